"""Opening what the user named: odd names, folders that may not be read, files that fail in the middle."""

from __future__ import annotations

import os
from io import BufferedReader
from pathlib import Path
from typing import Any

import pytest

from bundler.errors import UnreadableInput
from bundler.evidence import gather
from bundler.evidence.sources import _File


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
