"""What ``verify`` finds: every change of every byte."""

from __future__ import annotations

import io
import json
import os
import random
import zipfile
import zlib
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from bundler.document import Manifest, ManifestFile, encode_manifest
from bundler.errors import UnreadableInput
from bundler.pack import container
from bundler.pack.build import Member, build
from bundler.pack.open import open_bundle
from bundler.pack.verify import verify
from tests.document.tickets import full_ticket
from tests.pack.bundles import TOOL, bundle, members


def _codes(archive: bytes) -> list[str]:
    return [finding.code for finding in verify(open_bundle(archive))]


def _is_caught(archive: bytes) -> bool:
    try:
        return bool(_codes(archive))
    except UnreadableInput:
        return True


def test_fresh_bundle_is_intact() -> None:
    assert _codes(bundle()) == []


def test_every_changed_byte_is_found() -> None:
    archive = bundle()
    dice = random.Random(2026)
    count = int(os.environ.get("MUTATIONS", "10000"))
    for _ in range(count):
        at = dice.randrange(len(archive))
        changed = bytearray(archive)
        changed[at] ^= dice.randrange(1, 256)
        assert _is_caught(bytes(changed)), f"byte {at} of {len(archive)}"


def test_every_byte_that_is_missing_or_added_is_found() -> None:
    archive = bundle()
    dice = random.Random(11)
    for _ in range(100):
        at = dice.randrange(len(archive) + 1)
        assert _is_caught(archive[:at] + b"\0" + archive[at:]), f"added at {at}"
        assert at == len(archive) or _is_caught(archive[:at] + archive[at + 1 :]), f"removed at {at}"
    assert _is_caught(archive + b"\n")
    assert _is_caught(b"#!" + archive)


def _repack(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The same archive after ``change``, written in our own form, as a careful forger would."""
    files = {member.name: member.data for member in members()}
    files["MANIFEST.json"] = encode_manifest(open_bundle(bundle()).manifest)
    change(files)
    stored = ("MANIFEST.json", "pictures/01-phone.png")
    return container.write([container.compress(name, files[name], store=name in stored) for name in sorted(files)])


def test_repacking_without_a_change_is_the_same_bundle() -> None:
    assert _repack(lambda files: None) == bundle()


def test_changed_missing_and_extra_files_are_named() -> None:
    def change(files: dict[str, bytes]) -> None:
        files["report.md"] += b"x"
        files["logs/99-extra.log"] = files.pop("logs/01-service.log")

    found = verify(open_bundle(_repack(change)))
    assert [(each.code, each.origins[0].source) for each in found] == [
        ("PRV102", "logs/01-service.log"),
        ("PRV101", "report.md"),
        ("PRV103", "logs/99-extra.log"),
        ("PRV108", "ticket.json"),
    ]
    assert all(each.severity == "blocker" and each.advice for each in found)


def _with_manifest(change: Callable[[Manifest], Manifest]) -> bytes:
    def exchange(files: dict[str, bytes]) -> None:
        files["MANIFEST.json"] = encode_manifest(change(open_bundle(bundle()).manifest))

    return _repack(exchange)


def test_manifest_of_another_ticket_is_found() -> None:
    assert _codes(_with_manifest(lambda manifest: replace(manifest, ticket_id="t-2"))) == ["PRV107"]


def test_manifest_that_lists_a_file_twice_is_found() -> None:
    def twice(manifest: Manifest) -> Manifest:
        return replace(manifest, files=(*manifest.files, manifest.files[0]))

    assert _codes(_with_manifest(twice)) == ["PRV104"]


def test_manifest_with_another_size_or_digest_is_found() -> None:
    def bent(manifest: Manifest) -> Manifest:
        first, second, *others = manifest.files
        files: list[ManifestFile] = [replace(first, size=first.size + 1), replace(second, sha256="0" * 64), *others]
        return replace(manifest, files=tuple(files))

    assert _codes(_with_manifest(bent)) == ["PRV101", "PRV101"]


def test_ticket_that_is_none_is_found() -> None:
    broken = [Member("ticket.json", b"{}", "x") if m.name == "ticket.json" else m for m in members()]
    assert _codes(build(broken, ticket_id="t-7f3a2c19d0", tool=TOOL)) == ["PRV106"]


def test_ticket_of_another_id_is_found() -> None:
    other = replace(full_ticket(), ticket_id="t-2")
    assert _codes(build(members(other), ticket_id="t-1", tool=TOOL)) == ["PRV107"]


def test_bundle_packed_again_by_another_program_is_found() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for member in members():
            archive.writestr(member.name, member.data)
        archive.writestr("MANIFEST.json", encode_manifest(open_bundle(bundle()).manifest))
    found = verify(open_bundle(buffer.getvalue()))
    assert {each.code for each in found} == {"PRV105"}


def test_comment_in_the_archive_is_found() -> None:
    buffer = io.BytesIO(bundle())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"hello"
    assert _codes(buffer.getvalue()) == ["PRV105"]


def test_unknown_keys_of_a_later_version_do_not_break_verifying() -> None:
    ticket = json.loads(next(m.data for m in members() if m.name == "ticket.json")) | {"news": 1}
    later = [Member(m.name, json.dumps(ticket).encode(), "x") if m.name == "ticket.json" else m for m in members()]
    assert _codes(build(later, ticket_id="t-7f3a2c19d0", tool=TOOL)) == []


@pytest.mark.parametrize("level", [1, 9])
def test_bundle_of_a_machine_whose_compression_differs_is_intact(level: int, monkeypatch: pytest.MonkeyPatch) -> None:
    real = zlib.compressobj
    with monkeypatch.context() as patch:
        patch.setattr(zlib, "compressobj", lambda _level, *rest: real(level, *rest))
        archive = bundle()
    assert _codes(archive) == []
