"""A zip or tar of logs is read like a folder of them, and nothing that it says of itself is believed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from bundler.errors import UnreadableInput
from bundler.evidence import archives as archives_module
from bundler.evidence import sources as sources_module
from bundler.evidence.archives import is_bundle
from bundler.evidence.contents import FileContent
from bundler.evidence.parts import AsGzip, Part, Reading
from bundler.evidence.sources import Skipped, Source, gather
from bundler.logs.readable import FileBacked
from tests.logs.memory import InMemory

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LINE = b"2026-11-23 14:03:27,%03d INFO shop: payment %d\n"
TEXT = b"".join(LINE % (number % 1000, number * 7919) for number in range(3_000))
PACKERS = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd.compress,
}


def make_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def make_tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def contents(sources: list[Source]) -> dict[str, bytes]:
    found = {}
    for source in sources:
        with source.open() as stream:
            found[source.name.partition("/")[2]] = stream.read()
    return found


def look(path: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    sources, skipped = gather([str(path)])
    return contents(sources), {each.name.partition("/")[2]: each.why for each in skipped}


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


def test_names_that_lead_out_are_only_names(tmp_path: Path) -> None:
    names = ["../../climbing.log", "/etc/absolute.log", "..\\windows.log", "a/./b.log", "blåbær.log", ".."]
    path = make_zip(tmp_path / "logs.zip", dict.fromkeys(names, TEXT))
    sources, _ = gather([str(path)])
    assert [source.name.removeprefix("logs.zip/") for source in sources] == [
        "climbing.log",
        "etc/absolute.log",
        "windows.log",
        "a/b.log",
        "blåbær.log",
        "without a name",
    ]
    assert [each.name for each in tmp_path.iterdir()] == ["logs.zip"]


def test_links_devices_and_folders_in_a_tar_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "logs.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (
            ("d", tarfile.DIRTYPE),
            ("s", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("n", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("app.log")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT))
    read, skipped = look(path)
    assert read == {"app.log": TEXT}
    assert {name: why.split(";")[0] for name, why in skipped.items()} == {
        "s": "a link",
        "h": "a link",
        "n": "not a regular file",
    }


def test_a_member_without_a_name_is_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"@@@": TEXT, "app.log": TEXT})
    path.write_bytes(path.read_bytes().replace(b"@@@", b"\0\0\0"))
    assert look(path) == ({"without a name": TEXT, "app.log": TEXT}, {})


def test_links_in_a_zip_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("link.log")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("app.log", TEXT)
    assert look(path) == ({"app.log": TEXT}, {"link.log": "not a regular file"})


def _marked(path: Path, name: bytes, offset: int, value: int) -> None:
    """Change a byte of the directory's entry for ``name``."""
    data = bytearray(path.read_bytes())
    entry = data.rindex(name) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + offset] = value
    path.write_bytes(bytes(data))


def test_an_encrypted_member_is_left_out_with_the_reason(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"secret.log": TEXT, "app.log": TEXT})
    _marked(path, b"secret.log", 8, 1)
    read, skipped = look(path)
    assert read == {"app.log": TEXT}
    assert "encrypted" in skipped["secret.log"]


def test_an_archive_with_nothing_but_encrypted_members_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"secret.log": TEXT})
    _marked(path, b"secret.log", 8, 1)
    with pytest.raises(UnreadableInput, match=r"logs\.zip can be read: .*encrypted"):
        gather([str(path)])


def test_a_member_of_an_unknown_method_is_left_out(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"odd.log": TEXT, "app.log": TEXT})
    _marked(path, b"odd.log", 10, 9)  # Deflate64
    assert "number 9" in look(path)[1]["odd.log"]


def test_a_damaged_member_gives_what_was_readable_and_a_note(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"app.log": TEXT})
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    (source,), _ = gather([str(path)])
    notes: list[str] = []
    with source.open(notes) as stream:
        text = stream.read()
    assert text[:1_000] == TEXT[:1_000]
    assert notes == ["the compressed file is damaged; what was readable before that was read"]


def test_a_member_whose_checksum_is_wrong_is_noted(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"app.log": TEXT})
    _marked(path, b"app.log", 16, 0)
    _marked(path, b"app.log", 17, 0)
    (source,), _ = gather([str(path)])
    notes: list[str] = []
    with source.open(notes) as stream:
        assert stream.read() == TEXT
    assert len(notes) == 1


def test_a_member_that_cannot_be_read_is_left_out_and_the_others_are_not(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"bad.log": TEXT, "app.log": TEXT})
    data = bytearray(path.read_bytes())
    data[:4] = b"PK\x05\x06"  # where the first member should begin
    path.write_bytes(bytes(data))
    read, skipped = look(path)
    assert read == {"app.log": TEXT}
    assert "damaged where the file should begin" in skipped["bad.log"]


def test_a_bomb_is_left_out_by_what_it_says_of_itself(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"zeros.log": b"\0" * (70 * 1024**2), "app.log": TEXT})
    read, skipped = look(path)
    assert read == {"app.log": TEXT}
    assert "times its size" in skipped["zeros.log"]


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_zip(tmp_path / "logs.zip", {"zeros.log": b"\0" * (70 * 1024**2)})
    monkeypatch.setattr(archives_module, "RATIO_FROM", 1024**3)
    (source,), _ = gather([str(path)])
    with pytest.raises(UnreadableInput, match="times its size"):
        contents([source])


def test_members_that_lie_on_top_of_each_other_are_left_out(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"one.log": TEXT, "two.log": TEXT, "six.log": TEXT})
    data = bytearray(path.read_bytes())
    second = data.rindex(b"two.log") - 46
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(bytes(data))
    read, skipped = look(path)
    assert sorted(read) == ["six.log"]
    assert "on top of another" in skipped["two.log"]


def test_an_archive_in_an_archive_is_left_out(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "inner.zip", {"app.log": TEXT}).read_bytes()
    tar = gzip.compress(make_tar(tmp_path / "inner.tar", {"app.log": TEXT}).read_bytes())
    path = make_zip(tmp_path / "logs.zip", {"inner.zip": inner, "inner.tar.gz": tar, "app.log": TEXT})
    read, skipped = look(path)
    assert read == {"app.log": TEXT}
    assert list(skipped) == ["inner.zip", "inner.tar.gz"]
    assert all("archive in an archive" in why for why in skipped.values())


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


def test_a_truncated_tar_gives_what_was_readable(tmp_path: Path) -> None:
    whole = make_tar(tmp_path / "whole.tar", {"first.log": TEXT, "second.log": TEXT}).read_bytes()
    path = tmp_path / "logs.tar"
    path.write_bytes(whole[: len(TEXT) + 2_000])
    read, skipped = look(path)
    assert read["first.log"] == TEXT
    assert TEXT.startswith(read["second.log"])
    assert "ends early" in skipped[""]


def test_a_truncated_packed_tar_says_so(tmp_path: Path) -> None:
    whole = gzip.compress(make_tar(tmp_path / "whole.tar", {"first.log": TEXT, "second.log": TEXT}).read_bytes())
    path = tmp_path / "logs.tar.gz"
    path.write_bytes(whole[:-2_000])
    sources, skipped = gather([str(path)])
    assert contents(sources)["first.log"] == TEXT
    assert Skipped("logs.tar.gz", "the compressed file ends early; what was readable was read") in skipped


def test_an_archive_of_very_many_files_says_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_module, "FILE_LIMIT", 5)
    for path in (
        make_zip(tmp_path / "logs.zip", {f"{number}.log": TEXT for number in range(9)}),
        make_tar(tmp_path / "logs.tar", {f"{number}.log": TEXT for number in range(9)}),
    ):
        sources, skipped = gather([str(path)])
        assert len(sources) == 5
        assert "more than 5 files" in skipped[-1].why


def test_a_directory_too_large_to_be_held_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives_module, "HEADER_LIMIT", 70_000)
    path = make_zip(tmp_path / "logs.zip", {f"{number:0200}.log": b"" for number in range(400)})
    with pytest.raises(UnreadableInput, match="very many files"):
        gather([str(path)])


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_whatever_is_wrong_with_an_archive_is_told_in_words(tmp_path: Path, kind: str) -> None:
    chance = random.Random(11)
    members = {"var/app.log": TEXT[:3_000], "b.log": b"x" * 700, "c" * 120 + ".log": b"y"}
    whole = (make_zip if kind == "zip" else make_tar)(tmp_path / "whole", members).read_bytes()
    path = tmp_path / "logs"
    for _ in range(300):
        data = bytearray(whole[: chance.choice((len(whole), chance.randrange(600, len(whole))))])
        for _ in range(chance.randrange(8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(bytes(data))
        try:
            for source in gather([str(path)])[0]:
                with source.open() as stream:
                    stream.read()
        except UnreadableInput:
            continue
