"""``scrub`` writes whole or not at all, and never in the place of something dear."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.commands.scrub.samples import LINE, MASKED, filtered, tree_of
from tests.conftest import Invoke
from tests.refusals import refused


def test_a_folder_that_is_there_already_is_refused_and_replaced_when_told(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    Path("out").mkdir()
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.FINE
    Path("out/old").touch()
    refused = invoke("scrub", "in", "-o", "out")
    assert refused.code == ExitCode.INPUT
    assert "out exists already." in refused.err
    assert invoke("scrub", "in", "-o", "out", "--force").code == ExitCode.FINE
    assert tree_of(Path("out")) == ["a.log"]
    assert sorted(path.name for path in Path().iterdir()) == ["in", "out"]


def test_a_folder_within_the_folder_is_not_part_of_it(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    for _ in range(2):
        assert invoke("scrub", "in", "-o", "in/safe", "--force").code == ExitCode.FINE
        assert tree_of(tree / "safe") == ["a.log"]


@pytest.mark.parametrize("output", ["in", "."])
def test_a_folder_with_the_originals_in_it_is_never_replaced(invoke: Invoke, tree: Path, output: str) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    outcome = invoke("scrub", "in", "-o", output, "--force")
    assert outcome.code == ExitCode.USAGE
    assert tree_of(tree) == ["a.log"]


def test_nothing_is_left_behind_when_the_disk_is_full(
    invoke: Invoke, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = invoke("scrub", "in", "-o", "out")
    assert outcome.code == ExitCode.INPUT
    assert "The disk is full" in outcome.err
    assert [path.name for path in Path().iterdir()] == ["in"]


def test_nothing_is_left_behind_after_an_interrupt(invoke: Invoke, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.INTERRUPTED
    assert [path.name for path in Path().iterdir()] == ["in"]


def test_a_missing_path_or_output_is_told_and_nothing_written(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    assert "Name it with -o DIR." in invoke("scrub", "in").err
    assert "Several files" in invoke("scrub", "in/a.log", "in/a.log").err
    assert invoke("scrub", "in", "gone", "-o", "out").code == ExitCode.INPUT
    assert invoke("scrub", "in", "-o", "gone/out").code == ExitCode.INPUT
    assert invoke("scrub", "in/a.log", "--json").code == ExitCode.USAGE
    assert invoke("scrub", "in", "-o", "out", "--report", "out").code == ExitCode.USAGE
    Path("nothing").mkdir()
    assert "The folder nothing is empty." in invoke("scrub", "nothing", "-o", "out").err
    assert sorted(path.name for path in Path().iterdir()) == ["in", "nothing"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("in/a.log", "-o", "safe", "--report", "./safe"), "--report and --output name the same file"),
        (("in/a.log", "-o", "real.map.json", "--map", "real.map.json"), "--map and --output name the same file"),
        (("in/a.log", "-o", "safe", "--report", "in/../real.map.json", "--map", "real.map.json"), "--report and --map"),
        (("in", "-o", "out", "--map", "out/real.map.json"), "--map would lie in the folder that is made"),
        (("in", "-o", "link", "--report", "out/marks.jsonl"), "--report would lie in the folder that is made"),
    ],
)
def test_no_two_things_are_written_to_one_place(
    invoke: Invoke, tree: Path, options: tuple[str, ...], said: str
) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    for name in ("real.map.json", "out/real.map.json"):
        Path(name).parent.mkdir(exist_ok=True)
        assert invoke("scrub", "in/a.log", "-o", "safe", "--map", name, "--force").code == ExitCode.FINE
    Path("link").symlink_to("out")
    refused(invoke, tree.parent, ExitCode.USAGE, said, "scrub", *options, "--force")


def test_report_and_map_are_no_part_of_the_folder_that_they_lie_in(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    for _ in range(2):
        options = ("--report", "in/marks.jsonl", "--map", "in/real.map.json", "--force")
        assert invoke("scrub", "in", "-o", "out", *options).code == ExitCode.FINE
        assert tree_of(Path("out")) == ["a.log"]
        assert tree_of(tree) == ["a.log", "marks.jsonl", "real.map.json"]


def test_a_new_map_without_a_folder_is_told_before_anything_is_masked(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    said = "There is no folder gone."
    refused(invoke, tree.parent, ExitCode.INPUT, said, "scrub", "in/a.log", "--map", "gone/real.map.json")


def test_a_dash_is_standard_output_and_no_file(tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    assert filtered("scrub", "a.log", "-o", "-", folder=tree).stdout == MASKED.encode()
    assert tree_of(tree) == ["a.log"]
