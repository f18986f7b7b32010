"""A zip or tar of logs is read like a folder of them."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path

import pytest

from bundler.errors import UnreadableInput
from bundler.evidence import sources as sources_module
from bundler.evidence.archives import is_bundle
from bundler.evidence.contents import FileContent
from bundler.evidence.parts import AsGzip, Part, Reading
from bundler.evidence.sources import gather
from bundler.logs.readable import FileBacked
from tests.evidence.archives import PACKERS, TEXT, contents, look, make_tar, make_zip
from tests.logs.memory import InMemory


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_files_in_a_zip_are_sources_of_their_own(tmp_path: Path, method: int) -> None:
    members = {"var/app.log": TEXT, "var/app.log.1.gz": gzip.compress(TEXT[:500]), "short.txt": b"x"}
    path = make_zip(tmp_path / "logs.zip", members, method)
    sources, skipped = gather([str(path)])
    assert skipped == []
    assert [source.name for source in sources] == [
        "logs.zip/var/app.log",
        "logs.zip/var/app.log.1.gz",
        "logs.zip/short.txt",
    ]
    assert contents(sources) == {**members, "var/app.log.1.gz": TEXT[:500]}
    assert [source.size for source in sources[::2]] == [len(TEXT), 1]
    assert not any(source.named for source in sources)
    assert b"".join(sources[0].blocks()) == TEXT


@pytest.mark.parametrize("ending", PACKERS)
def test_files_in_a_tar_are_sources_of_their_own(tmp_path: Path, ending: str) -> None:
    members = {"var/app.log": TEXT, "var/app.log.1.gz": gzip.compress(TEXT[:500]), "empty.log": b""}
    plain = make_tar(tmp_path / "logs.tar", members)
    path = tmp_path / f"logs.tar{ending}.copy"
    path.write_bytes(PACKERS[ending](plain.read_bytes()))
    assert look(path) == ({**members, "var/app.log.1.gz": TEXT[:500]}, {})


def test_what_is_stored_can_be_read_at_any_place(tmp_path: Path) -> None:
    for path in (
        make_zip(tmp_path / "logs.zip", {"first": b"x" * 77, "app.log": TEXT}, zipfile.ZIP_STORED),
        make_tar(tmp_path / "logs.tar", {"first": b"x" * 77, "app.log": TEXT}),
    ):
        readable = gather([str(path)])[0][1].readable()
        assert readable is not None
        assert readable.size == len(TEXT)
        assert readable.read_at(1_000, 50) == TEXT[1_000:1_050]
        assert readable.read_at(len(TEXT) - 5, 50) == TEXT[-5:]
        assert not isinstance(readable, FileBacked), "its places are not those of the file"
        readable.close()


def test_what_is_deflated_comes_in_order(tmp_path: Path) -> None:
    (source,), _ = gather([str(make_zip(tmp_path / "logs.zip", {"app.log": TEXT}))])
    assert source.packing is not None
    assert source.readable() is None


def test_a_deflated_member_is_a_gzip_file_at_every_place() -> None:
    whole = gzip.compress(TEXT[:300], mtime=0)
    framed = AsGzip(
        Part(InMemory(b"before" + whole[10:-8] + b"behind"), 6, len(whole) - 18), zlib.crc32(TEXT[:300]), 300
    )
    data = framed.read_at(0, framed.size)
    assert gzip.decompress(data) == TEXT[:300]
    assert framed.read_at(0, 10_000) == data
    for start in range(0, framed.size, 3):
        for count in (1, 9, 40, 1_000):
            assert framed.read_at(start, count) == data[start : start + count]


def test_a_stream_over_a_part_goes_where_it_is_told() -> None:
    stream = Reading(Part(InMemory(TEXT), 100, 50))
    assert (stream.read(), stream.read()) == (TEXT[100:150], b"")
    assert (stream.seek(-5, io.SEEK_END), stream.read(3)) == (45, TEXT[145:148])
    assert (stream.seek(-3, io.SEEK_CUR), stream.tell(), stream.read(99)) == (45, 45, TEXT[145:150])
    with pytest.raises(OSError, match="before the start"):
        stream.seek(-1)


def test_archives_in_a_folder_are_looked_into_and_count_towards_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources_module, "FILE_LIMIT", 3)
    folder = tmp_path / "logs"
    folder.mkdir()
    make_zip(folder / "a.zip", {"1.log": TEXT, "2.log": TEXT})
    make_zip(folder / "b.zip", {"3.log": TEXT, "4.log": TEXT})
    (folder / "c.log").write_bytes(TEXT)
    sources, skipped = gather([str(folder)])
    assert [Path(source.name).name for source in sources] == ["1.log", "2.log", "3.log"]
    assert "more than 1 files" in skipped[0].why
    assert "more than 3 files" in skipped[1].why


def test_an_archive_of_folders_alone_is_empty(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"logs\.zip is empty"):
        gather([str(make_zip(tmp_path / "logs.zip", {"folder/": b""}))])
    with pytest.raises(UnreadableInput, match=r"none\.zip is empty"):
        gather([str(make_zip(tmp_path / "none.zip", {}))])


@pytest.mark.parametrize("marker", ["[Content_Types].xml", "META-INF/MANIFEST.MF", "mimetype"])
def test_a_document_that_merely_is_a_zip_is_one_source(tmp_path: Path, marker: str) -> None:
    path = make_zip(tmp_path / "numbers.xlsx", {marker: b"x", "content.xml": b"<x/>"})
    (source,), skipped = gather([str(path)])
    assert (source.name, skipped) == ("numbers.xlsx", [])


def test_a_bundle_of_our_own_is_no_evidence(tmp_path: Path) -> None:
    manifest = b'{"schema": "ticket-bundler/manifest/1", "files": []}'
    path = make_zip(tmp_path / "ticket.zip", {"ticket.json": b"{}", "MANIFEST.json": manifest})
    with pytest.raises(UnreadableInput, match="finished ticket bundle") as refused:
        gather([str(path)])
    assert "ticket-bundler verify ticket.zip" in refused.value.hint
    assert is_bundle(FileContent(path, "ticket.zip"))
    assert not is_bundle(FileContent(make_zip(tmp_path / "logs.zip", {"app.log": TEXT}), "logs.zip"))
    (tmp_path / "logs.zip").write_bytes(b"PK\x03\x04 and nothing else")
    assert not is_bundle(FileContent(tmp_path / "logs.zip", "logs.zip"))
    (tmp_path / "logs.zip").unlink()
    (tmp_path / "app.log").write_bytes(TEXT)
    sources, skipped = gather([str(tmp_path)])
    assert [Path(source.name).name for source in sources] == ["app.log"]
    assert "finished ticket bundle" in skipped[0].why
