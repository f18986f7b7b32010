"""Nothing that an archive says of itself is believed: damage, bombs and endless directories are told in words."""

from __future__ import annotations

import gzip
import random
import struct
from pathlib import Path

import pytest

from bundler.errors import UnreadableInput
from bundler.evidence import archives as archives_module
from bundler.evidence import sources as sources_module
from bundler.evidence.sources import Skipped, gather
from tests.evidence.archives import TEXT, change_entry, contents, look, make_tar, make_zip


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
    change_entry(path, b"app.log", 16, 0)
    change_entry(path, b"app.log", 17, 0)
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
