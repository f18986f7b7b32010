"""Opening what the user named: odd names, folders that may not be read, files that fail in the middle."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from io import BufferedReader
from pathlib import Path
from typing import Any

import pytest

from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence import sources
from bundler.evidence.contents import _File
from bundler.evidence.sources import gather
from bundler.readers.types import HEAD_SIZE


def test_a_file_name_that_is_not_utf_8_is_shown_in_a_form_that_can_be_written(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff.log")).write_bytes(b"text")
    (source,), _ = gather([str(tmp_path)])
    assert source.name.encode().endswith(b"a\\udcff.log")


def test_the_home_of_nobody_does_not_exist() -> None:
    with pytest.raises(UnreadableInput, match=r"~no-such-user/trace\.har does not exist"):
        gather(["~no-such-user/trace.har"])


def test_a_folder_below_that_may_not_be_read_is_left_out_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "trace.har").write_bytes(b"{}")
    scandir = os.scandir

    def guarded(place: Any) -> Any:
        if str(place).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", guarded)
    sources, skipped = gather([str(tmp_path)])
    assert [Path(source.name).name for source in sources] == ["trace.har"]
    assert [(Path(each.name).name, each.why) for each in skipped] == [("closed", "the folder may not be read.")]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file at hand that cannot be read")
@pytest.mark.parametrize("size", [10, -1])
def test_a_file_that_fails_while_it_is_read_is_told_in_a_sentence(size: int) -> None:
    with (
        BufferedReader(_File(Path("/proc/self/mem"), "share.log")) as stream,
        pytest.raises(UnreadableInput, match=r"share\.log cannot be read \(Input/output error\)"),
    ):
        stream.read(size)


def test_readers_and_sources_agree_on_how_much_is_looked_at() -> None:
    assert sources.HEAD_SIZE == HEAD_SIZE


def test_opening_a_file_brings_in_no_reader() -> None:
    code = "import sys, bundler.evidence.sources; print([name for name in sys.modules if 'readers' in name])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("times", [1, 2])
def test_packing_is_taken_off_even_where_it_is_there_twice(tmp_path: Path, times: int) -> None:
    data = b'{"log": {"entries": []}}'
    for _ in range(times):
        data = gzip.compress(data)
    (tmp_path / "trace.har.gz").write_bytes(data)
    (source,), _ = gather([str(tmp_path / "trace.har.gz")])
    assert (source.packing, source.readable()) == ("gzip", None)
    with source.open() as stream:
        assert source.head == stream.read() == b"".join(source.blocks()) == b'{"log": {"entries": []}}'


def test_a_packed_file_that_cannot_be_unpacked_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "app.log.gz").write_bytes(gzip.compress(b"")[:10] + b"\xff" * 20)
    with pytest.raises(UnreadableInput, match=r"app\.log\.gz is damaged from the start"):
        gather([str(tmp_path / "app.log.gz")])


def test_a_file_that_grows_is_as_long_as_it_was_when_it_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(b"one\n" * 100_000)
    (source,), _ = gather([str(path)])
    for size in (-1, 65_536, 1_000):
        with source.open() as stream:
            expected = path.stat().st_size
            count = len(stream.read(10))
            with path.open("ab") as writer:
                writer.write(b"more\n" * 50_000)
            while piece := stream.read(size):
                count += len(piece)
            assert count == expected


@pytest.mark.parametrize("size", [-1, 65_536])
def test_a_file_that_becomes_shorter_while_it_is_read_is_noted(tmp_path: Path, size: int) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(b"one\n" * 100_000)
    (source,), _ = gather([str(path)])
    notes: list[str] = []
    with source.open(notes) as stream:
        count = len(stream.read(10))
        os.truncate(path, 200_000)
        while piece := stream.read(size):
            count += len(piece)
    assert count <= 200_000
    assert notes == ["the file became shorter while it was read; what was still there was read"]


def test_a_file_of_the_system_without_a_size_is_read() -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("no file at hand that has no size")
    (source,), _ = gather(["/proc/self/status"])
    with source.open() as stream:
        assert stream.read().startswith(b"Name:")


def test_an_address_of_a_file_is_its_path(tmp_path: Path) -> None:
    path = tmp_path / "my app.log"
    path.write_bytes(b"text")
    (source,), _ = gather([path.as_uri()])
    assert (source.name, source.path) == ("my app.log", path)


def test_an_address_of_an_unknown_kind_is_refused_without_its_secrets() -> None:
    with pytest.raises(MisuseError) as refused:
        gather(["gopher://user:secret@example.com/app.log"])
    assert "secret" not in refused.value.message + refused.value.hint
