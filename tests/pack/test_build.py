"""Files to a bundle: the same bytes every time, readable by other programs."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.document import decode_manifest
from bundler.errors import EnvironmentProblem
from bundler.model import Redaction
from bundler.pack.build import Member, build
from bundler.pack.limits import LIMITS
from bundler.pack.open import open_bundle
from bundler.pack.verify import verify
from tests.document.tickets import full_ticket
from tests.pack.bundles import TOOL, bundle, members

NAMES = st.from_regex(re.compile(r"(?:(?:logs|exchanges)/)?[a-z0-9][a-z0-9._-]{0,20}", re.ASCII), fullmatch=True)


def test_same_members_in_any_order_give_the_same_bytes() -> None:
    shuffled = members()
    random.Random(7).shuffle(shuffled)
    assert build(shuffled, ticket_id=full_ticket().ticket_id, tool=TOOL) == bundle() == bundle()


@given(st.dictionaries(NAMES, st.binary(max_size=300), max_size=6))
@settings(max_examples=60)
def test_what_is_packed_is_unpacked_the_same(files: dict[str, bytes]) -> None:
    opened = open_bundle(build([Member(n, d, "x") for n, d in files.items()], ticket_id="t", tool=TOOL))
    assert {name: data for name, data in opened.contents if name != "MANIFEST.json"} == files
    assert not opened.damaged
    assert {file.name: file.sha256 for file in opened.manifest.files} == {
        name: sha256(data).hexdigest() for name, data in files.items()
    }


def test_manifest_tells_origin_redactions_and_what_was_left_out() -> None:
    manifest = open_bundle(bundle()).manifest
    assert (manifest.ticket_id, manifest.tool) == ("t-7f3a2c19d0", TOOL)
    files = {file.name: file for file in manifest.files}
    assert list(files) == sorted(files)
    assert files["exchanges/02-POST-captures.http"].origin == "trace.har"
    assert files["exchanges/02-POST-captures.http"].redactions == (
        Redaction("token", "[token-1]", 1),
        Redaction("cookie", "[cookie-1]", 1),
    )
    assert files["logs/01-service.log"].omitted[0].records == 1204


def test_other_program_reads_names_dates_modes_and_contents() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle())) as archive:
        assert archive.testzip() is None
        infos = archive.infolist()
        assert [info.filename for info in infos] == sorted(info.filename for info in infos)
        assert infos[0].filename == "MANIFEST.json"
        assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in infos} == {0o100644}
        methods = {info.filename: info.compress_type for info in infos}
        assert methods["pictures/01-phone.png"] == zipfile.ZIP_STORED
        assert methods["logs/01-service.log"] == zipfile.ZIP_DEFLATED
        assert {name: archive.read(name) for name in archive.namelist() if name != "MANIFEST.json"} == {
            member.name: member.data for member in members()
        }
        assert decode_manifest(archive.read("MANIFEST.json")) == open_bundle(bundle()).manifest


@pytest.mark.real
@pytest.mark.skipif(shutil.which("unzip") is None, reason="needs the unzip program (Debian package unzip)")
def test_unzip_finds_nothing_wrong_and_extracts_the_same(tmp_path: Path) -> None:
    (tmp_path / "ticket.zip").write_bytes(bundle())
    done = subprocess.run(["unzip", "-d", "out", "ticket.zip"], cwd=tmp_path, capture_output=True, check=True)
    assert not done.stderr
    out = {
        path.relative_to(tmp_path / "out").as_posix(): path for path in (tmp_path / "out").rglob("*") if path.is_file()
    }
    assert {name: path.read_bytes() for name, path in out.items() if name != "MANIFEST.json"} == {
        member.name: member.data for member in members()
    }
    assert {path.stat().st_mode & 0o777 for path in out.values()} == {0o644}


@pytest.mark.parametrize(
    "names",
    [
        ["../a"],
        ["/a"],
        ["a/b/c"],
        ["a\\b"],
        ["a b"],
        ["æ"],
        [""],
        [".hidden"],
        ["a/"],
        ["a", "A"],
        ["MANIFEST.json"],
        ["manifest.JSON"],
        ["a\n"],
        ["a" * 81],
    ],
)
def test_name_that_is_not_plain_or_not_alone_is_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match="names"):
        build([Member(name, b"", "x") for name in names], ticket_id="t", tool=TOOL)


def test_bundle_that_nobody_would_open_is_not_made() -> None:
    with pytest.raises(EnvironmentProblem, match="too large"):
        build([Member(str(n), b"", "x") for n in range(LIMITS.members)], ticket_id="t", tool=TOOL)


def test_bundle_that_shrinks_like_a_bomb_is_stored_and_opens() -> None:
    data = b"0" * (LIMITS.ratio_from + 1)
    opened = open_bundle(build([Member("logs/01.log", data, "x")], ticket_id="t", tool=TOOL))
    assert opened.members.get("logs/01.log") == data


def test_bundle_of_nothing_but_its_manifest_is_intact_as_an_archive() -> None:
    assert [each.code for each in verify(open_bundle(build([], ticket_id="t", tool=TOOL)))] == ["PRV106"]
