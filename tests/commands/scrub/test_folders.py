"""``scrub`` for folders and several files: one set of placeholders, names like texts, a report and a summary."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

from bundler.errors import ExitCode
from tests.commands.scrub.samples import LINE, MASKED, PNG, SECRET, told, tree_of
from tests.conftest import Invoke


def test_a_folder_is_mirrored_with_one_set_of_placeholders(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(f"seen {SECRET} without its name\n", encoding="utf-8")
    (tree / "sub").mkdir()
    (tree / "sub" / "b.log").write_text(LINE, encoding="utf-8")
    (tree / "empty").touch()
    os.utime(tree / "a.log", ns=(10**18, 10**18))
    outcome = invoke("scrub", "in", "-o", "out")
    assert outcome.code == ExitCode.FINE
    assert outcome.out == ""
    assert tree_of(Path("out")) == ["a.log", "empty", "sub/b.log"]
    assert Path("out/a.log").read_text(encoding="utf-8") == "seen [secret-1] without its name\n"
    assert Path("out/sub/b.log").read_text(encoding="utf-8") == MASKED
    assert Path("out/a.log").stat().st_mtime_ns == 10**18
    assert "2 replacements of 1 value in 3 files" in outcome.err


def test_several_paths_keep_their_names(invoke: Invoke, tree: Path, tmp_path: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    (tmp_path / "x.log").write_text(LINE, encoding="utf-8")
    assert invoke("scrub", "in", "x.log", tmp_path / "x.log", "-o", "out").code == ExitCode.FINE
    assert tree_of(Path("out")) == ["in/a.log", "x.log"]


def test_standard_input_may_be_one_of_several(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(SECRET, encoding="utf-8")
    assert invoke("scrub", "in", "-", "-o", "out", stdin=LINE.encode()).code == ExitCode.FINE
    assert Path("out/standard-input").read_text(encoding="utf-8") == MASKED
    assert Path("out/in/a.log").read_text(encoding="utf-8") == "[secret-1]"


def test_names_that_hold_personal_values_are_masked_like_texts(invoke: Invoke, tree: Path) -> None:
    (tree / "jane.doe@example.com").mkdir()
    (tree / "jane.doe@example.com" / "a.log").write_text("from jane.doe@example.com\n", encoding="utf-8")
    (tree / f"{SECRET}.log").write_text(LINE, encoding="utf-8")
    (tree / "[secret-1].log").write_text("was there before\n", encoding="utf-8")
    outcome = invoke("scrub", "in", "-o", "out", "--json")
    assert outcome.code == ExitCode.FINE
    assert tree_of(Path("out")) == ["[email-1]/a.log", "[secret-1].log", "[secret-2].log"]
    assert Path("out/[email-1]/a.log").read_text(encoding="utf-8") == "from [email-1]\n"
    assert "jane.doe" not in outcome.out + outcome.err


def test_two_files_that_would_be_called_the_same_both_stay(invoke: Invoke, tree: Path) -> None:
    for name in ("4111 1111 1111 1111.log", "4111111111111111.log", "[card-9].log"):
        (tree / name).write_text(name, encoding="utf-8")
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.FINE
    assert tree_of(Path("out")) == ["[card-1] (2).log", "[card-1].log", "[card-9].log"]


def test_a_name_that_is_no_utf_8_or_very_long_is_kept_as_far_as_it_goes(invoke: Invoke, tree: Path) -> None:
    odd = os.fsdecode(b"caf\xe9.log")
    (tree / odd).write_text(LINE, encoding="utf-8")
    (tree / ("x" * 240 + ".log")).write_bytes(PNG)
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    names = tree_of(Path("out"))
    assert odd in names
    assert all(len(os.fsencode(name)) < 255 for name in names)


def test_the_report_tells_file_and_place_of_each_replacement(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    (tree / "b.log.gz").write_bytes(gzip.compress(b"\n" + LINE.encode()))
    (tree / "c.log").write_bytes(LINE.encode("utf-16"))
    assert invoke("scrub", "in", "-o", "out", "--report", "marks.jsonl").code == ExitCode.FINE
    marks = [json.loads(line) for line in Path("marks.jsonl").read_text(encoding="utf-8").splitlines()]
    start = LINE.index(SECRET)
    expected = {"kind": "secret", "start": start, "end": start + len(SECRET), "placeholder": "[secret-1]"}
    assert marks[0] == expected | {"file": "a.log"}
    assert marks[1] == expected | {"file": "b.log.gz", "start": start + 1, "end": start + 1 + len(SECRET)}
    assert marks[2]["decoded"] is True
    assert marks[2]["start"] == start + len("\ufeff".encode())
    assert SECRET not in Path("marks.jsonl").read_text(encoding="utf-8")


def test_the_summary_counts_by_kind(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE * 2 + "card 4111 1111 1111 1111\n", encoding="utf-8")
    (tree / "p.png").write_bytes(PNG)
    outcome = invoke("scrub", "in", "-o", "out", "--json")
    summary = told(outcome)
    assert outcome.code == summary["exit"] == ExitCode.PARTIAL
    assert summary["replacements"] == {"card": 1, "secret": 2}
    assert summary["files"] == 2
    assert summary["values"] == 2
    assert summary["withheld"] == [
        {
            "file": "p.png",
            "why": "It is a picture (PNG), and cannot be searched.",
            "hint": "Cover what is private with ticket-bundler screenshot --from FILE -o FILE.png --redact X,Y,W,H.",
        }
    ]
