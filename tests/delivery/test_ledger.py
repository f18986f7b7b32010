"""The ledger: private, without contents, whole after a crash, and the reason why a ticket goes to nobody twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from bundler.delivery.ledger import AlreadySent, Entry, Standing, entries, record, refuse_second
from bundler.delivery.outcome import Outcome, Refusal
from bundler.delivery.state import state_folder
from bundler.errors import EnvironmentProblem, MisuseError

MOMENT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
SUPPORT, DESK = "support@example.test", "desk@example.test"
ENTRY = Entry(
    when="2026-11-23T18:30:00Z",
    id="20261123T183000Z-TB-1-abc",
    ticket_id="TB-1",
    way="smtp",
    account="work",
    recipients=(SUPPORT, DESK),
    sha256="0" * 64,
    message_id="<tb-1@shop.example>",
    state="queued",
)


def test_the_ledger_is_private_and_one_line_of_json_a_step() -> None:
    folder = state_folder()
    record(folder, ENTRY)
    record(folder, ENTRY.at(MOMENT, "trying"))
    file = folder / "ledger.jsonl"
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["state"] for line in lines] == ["queued", "trying"]
    assert lines[0]["recipients"] == [SUPPORT, DESK]
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700


def test_the_last_line_about_a_hand_over_counts() -> None:
    folder = state_folder()
    record(folder, ENTRY)
    record(folder, replace(ENTRY, id="other"))
    record(folder, ENTRY.at(MOMENT, "delivered"))
    assert [(each.id, each.state) for each in entries(folder).values()] == [
        (ENTRY.id, "delivered"),
        ("other", "queued"),
    ]


def test_a_line_that_a_crash_cut_short_spoils_no_other() -> None:
    folder = state_folder()
    record(folder, ENTRY)
    file = folder / "ledger.jsonl"
    whole = file.read_bytes()
    for length in range(1, len(whole)):
        file.write_bytes(whole + whole[:length])
        record(folder, replace(ENTRY, id="next"))
        assert {"next", ENTRY.id} <= entries(folder).keys()


def test_lines_of_no_sense_are_passed_over() -> None:
    folder = state_folder()
    (folder / "ledger.jsonl").write_bytes(b'\xff\xfe\n[]\n{"id": 3}\nnull\n\n{"state": "delivered"}\n')
    assert entries(folder) == {}
    record(folder, ENTRY)
    assert list(entries(folder)) == [ENTRY.id]


def test_without_a_place_for_the_ledger_nothing_is_begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(EnvironmentProblem, match="nobody remembers what was sent"):
        state_folder()


def _refuse(entry: Entry, *recipients: str, again: bool = False, kept: tuple[str, ...] = ()) -> None:
    new = replace(ENTRY, id="new", recipients=recipients or (SUPPORT,))
    refuse_second([entry], new, kept, again=again)


def test_a_ticket_goes_to_nobody_twice_unless_asked_for() -> None:
    sent = ENTRY.after(MOMENT, Outcome("delivered", "", accepted=(SUPPORT, DESK)), ENTRY.recipients)
    with pytest.raises(MisuseError, match=r"TB-1 was sent to support@example\.test already") as caught:
        _refuse(sent, "Support@Example.test", "new@example.test")
    assert "--again" in caught.value.hint
    _refuse(sent, "new@example.test")
    _refuse(sent, again=True)
    refuse_second([sent], replace(ENTRY, ticket_id="TB-2"))


def test_a_follow_up_and_another_of_several_mails_of_a_ticket_are_other_mails() -> None:
    sent = replace(ENTRY, state="delivered", accepted=(SUPPORT,))
    refuse_second([sent], replace(ENTRY, message_id="<tb-1.other@shop.example>"))
    with pytest.raises(AlreadySent):
        refuse_second([sent], replace(ENTRY, message_id="<tb-1@home.example>", account="home"))


def test_whom_the_server_refused_may_be_sent_to_again() -> None:
    outcome = Outcome("partly", "", accepted=(SUPPORT,), refusals=(Refusal(DESK, 550, "no"),))
    partly = ENTRY.after(MOMENT, outcome, ENTRY.recipients)
    assert (partly.accepted, partly.refused) == ((SUPPORT,), (DESK,))
    _refuse(partly, DESK)
    with pytest.raises(MisuseError):
        _refuse(partly, SUPPORT)


@pytest.mark.parametrize("state", ["trying", "unknown"])
def test_of_what_may_have_arrived_one_is_told_to_look_first(state: Standing) -> None:
    entry = ENTRY.at(MOMENT, state)
    for again in (False, True):
        with pytest.raises(MisuseError, match="It is not known whether") as caught:
            _refuse(entry, again=again, kept=(entry.id,))
        assert "Look into your Sent folder first" in caught.value.hint
        assert "--resume" in caught.value.hint
        assert "--arrived" in caught.value.hint
    with pytest.raises(MisuseError):
        _refuse(entry)
    _refuse(entry, again=True)  # the bytes are gone, so that nothing could be resumed


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY,
        replace(ENTRY, state="refused", refused=(SUPPORT,)),
        replace(ENTRY, state="delivered", accepted=(SUPPORT,), reflected=True),
        replace(ENTRY, state="delivered", way="imap"),
        replace(ENTRY, state="dropped"),
    ],
)
def test_what_reached_nobody_else_does_not_count_as_sent(entry: Entry) -> None:
    _refuse(entry)


def test_an_unknown_end_counts_nobody_as_reached() -> None:
    outcome = Outcome("unknown", "", accepted=(SUPPORT, DESK))
    assert ENTRY.after(MOMENT, outcome, ENTRY.recipients).accepted == ()


def test_who_has_the_mail_already_stays_so_when_the_rest_follows() -> None:
    first = ENTRY.after(MOMENT, Outcome("partly", "", accepted=(SUPPORT,), refusals=(Refusal(DESK, 451, ""),)), ())
    second = first.after(MOMENT, Outcome("delivered", "", accepted=(DESK,)), (DESK,))
    assert set(second.accepted) == {SUPPORT, DESK}


COUNT = """
import sys
from pathlib import Path
from bundler.delivery.state import alone
folder = Path(sys.argv[1])
for _ in range(25):
    with alone(folder):
        file = folder / "count"
        file.write_text(str(int(file.read_text()) + 1))
"""


def test_only_one_run_at_a_time_sends() -> None:
    folder = state_folder()
    (folder / "count").write_text("0")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    runs = [subprocess.Popen([sys.executable, "-c", COUNT, folder], env=environment) for _ in range(4)]
    assert [run.wait(60) for run in runs] == [0, 0, 0, 0]
    assert (folder / "count").read_text() == "100"
