"""``inspect``, with the real program: what each file is, what is masked, how a time is understood."""

from __future__ import annotations

import json
from pathlib import Path

from bundler.errors import ExitCode
from tests.commands.previews import HAR, LOG, PICTURE, SECRET
from tests.conftest import Invoke


def test_inspect_says_what_each_file_is(invoke: Invoke) -> None:
    outcome = invoke("inspect", HAR, LOG, PICTURE, "--json")
    assert outcome.code == ExitCode.FINE
    recording, log, picture = json.loads(outcome.out)["sources"]
    assert (recording["format"], len(recording["exchanges"])) == ("har", 22)
    assert (log["log"]["format"], log["log"]["zone"], log["log"]["sorted"]) == ("python-logging", "+01:00", True)
    assert picture["format"] == "picture"
    failing = recording["exchanges"][19]
    assert (failing["index"], failing["request"]["method"], failing["response"]["status"]) == (20, "PATCH", 409)
    assert failing["request"]["body_state"] == "present"


def test_inspect_counts_one_record_as_one(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "one.log").write_bytes(b"2026-11-23 12:05:00,000 ERROR payment failed\n")
    assert "\n  1 record, 2026-11-23T" in invoke("inspect", "one.log").out


def test_inspect_masks_unless_asked_for_raw(invoke: Invoke) -> None:
    assert SECRET not in invoke("inspect", HAR, "--json").out
    assert SECRET in invoke("inspect", HAR, "--json", "--raw").out


def test_inspect_masks_names_of_files_and_what_is_said_of_them_too(invoke: Invoke, tmp_path: Path) -> None:
    folder = tmp_path / "from kari.nordmann@example.com"
    folder.mkdir()
    (folder / "kari.nordmann@example.com.log").write_bytes(LOG.read_bytes())
    (folder / "NO9386011117947.txt").write_bytes(b"")
    for argv in (("--json",), ()):
        outcome = invoke("inspect", folder, *argv)
        assert "[email-1]" in outcome.out
        for private in ("kari", "9386011117947"):
            assert private not in outcome.out + outcome.err
    assert "kari.nordmann@example.com.log" in invoke("inspect", folder, "--raw").out


def test_inspect_goes_on_after_an_unreadable_file_and_exits_3(invoke: Invoke) -> None:
    outcome = invoke("inspect", "nowhere.har", HAR, "--json")
    assert outcome.code == ExitCode.INPUT
    missing, recording = json.loads(outcome.out)["sources"]
    assert "does not exist" in missing["error"]
    assert recording["format"] == "har"


def test_inspect_shows_how_a_time_is_understood(invoke: Invoke) -> None:
    outcome = invoke("inspect", "--time", "today 14:03", "--time", "03/04/2026 14:00", "--json")
    assert outcome.code == ExitCode.FINE
    today, two_ways = json.loads(outcome.out)["times"]
    assert today["utc"] == "2026-11-23T13:03:00.000Z"
    assert (today["certainty"], today["zone_from"]) == ("assumed", "this computer's zone")
    assert (two_ways["certainty"], two_ways["utc"], len(two_ways["readings"])) == ("ambiguous", None, 2)
