"""Archives that were made to do harm are refused with one sentence."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.errors import UnreadableInput
from bundler.pack import container
from bundler.pack.limits import Limits
from bundler.pack.open import open_bundle
from tests.pack.bundles import bundle, members


def _zip(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the doubles that we make on purpose
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, data in files:
                archive.writestr(name, data)
    return buffer.getvalue()


def test_bundle_opens_from_a_file_and_from_bytes(tmp_path: Path) -> None:
    path = tmp_path / "ticket.zip"
    path.write_bytes(bundle())
    opened = open_bundle(path)
    assert opened == open_bundle(bundle())
    assert opened.members.keys() == {"MANIFEST.json", *(member.name for member in members())}
    assert all(opened.members.get(member.name) == member.data for member in members())
    assert opened.members.get("nothing") is None


@pytest.mark.parametrize(
    "name",
    ["../a", "/a", "a/../b", "C:a", "a\\b", "..", "./a", "a//b", "\x1b[31m", "\u202egnp.exe", "a" * 2000, "a/"],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(UnreadableInput):
        open_bundle(_zip(("MANIFEST.json", b"{}"), (name, b"x")))


def test_names_given_twice_are_refused() -> None:
    for second in ("a", "A"):
        with pytest.raises(UnreadableInput, match="twice"):
            open_bundle(_zip(("a", b"1"), (second, b"2")))


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644, stat.S_IFDIR | 0o755])
def test_links_and_other_things_are_refused(mode: int) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = mode << 16
    with pytest.raises(UnreadableInput, match="not a plain file"):
        open_bundle(_zip((info, b"/etc/passwd")))


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    limits = Limits(members=5, total_size=10_000, ratio_from=1_000, archive_size=100_000)
    with pytest.raises(UnreadableInput, match="would unpack to 9,000 bytes"):
        open_bundle(_zip(("a", b"0" * 9_000)), limits)
    with pytest.raises(UnreadableInput, match="more than 5 files"):
        open_bundle(_zip(*((str(n), b"") for n in range(6))), limits)
    with pytest.raises(UnreadableInput, match="unpack to more than 10,000 bytes"):
        open_bundle(_zip(*((str(n), b"0123456789" * 99) for n in range(4)), ("b", bytes(9000)), method=0), limits)
    with pytest.raises(UnreadableInput, match="larger than 100,000 bytes"):
        open_bundle(bytes(100_001), limits)


def test_member_that_unpacks_to_more_than_it_says_is_cut_and_damaged() -> None:
    liar = container.compress("a", b"0" * 100_000, store=False)
    honest = [container.Packed(m.name, m.method, m.crc, m.size, m.data) for m in open_bundle(bundle()).packed]
    opened = open_bundle(container.write([*honest, container.Packed("zz", liar.method, liar.crc, 10, liar.data)]))
    assert opened.damaged == ("zz",)
    assert len(opened.members.get("zz") or b"") <= 11


def test_encrypted_and_strangely_compressed_members_are_refused() -> None:
    archive = bytearray(_zip(("a", b"x")))
    archive[archive.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableInput, match="encrypted"):
        open_bundle(bytes(archive))
    with pytest.raises(UnreadableInput, match="compressed in a way"):
        open_bundle(_zip(("a", b"x"), method=zipfile.ZIP_BZIP2))


@pytest.mark.parametrize("manifest", [None, b"", b"{}", b"\xff", b'{"schema": "ticket-bundler/manifest/2"}'])
def test_archive_without_a_readable_manifest_is_no_bundle(manifest: bytes | None) -> None:
    with pytest.raises(UnreadableInput, match="MANIFEST"):
        open_bundle(_zip(("a", b"x")) if manifest is None else _zip(("MANIFEST.json", manifest)))


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06", b"PK\x05\x06" + b"\xff" * 18, bundle()[:-30]])
def test_what_is_no_whole_archive_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableInput, match="not a complete zip"):
        open_bundle(data)


def test_directory_that_points_outside_is_refused() -> None:
    archive = bytearray(bundle())
    at = archive.rfind(b"PK\x01\x02")
    for offset in (0xFFFFFFF0, len(archive), 1):
        struct.pack_into("<I", archive, at + 42, offset)
        with pytest.raises(UnreadableInput):
            open_bundle(bytes(archive))


@given(st.binary(max_size=300))
def test_random_bytes_are_unreadable_at_most(data: bytes) -> None:
    with pytest.raises(UnreadableInput):
        open_bundle(data + b"PK\x05\x06" + data[:18])


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"gone\.zip cannot be read: no such file"):
        open_bundle(tmp_path / "gone.zip")
    with pytest.raises(UnreadableInput, match="cannot be read: is a directory"):
        open_bundle(tmp_path)
