"""Tickets made of logs: of any size, from programs, and where the clocks do not agree."""

from __future__ import annotations

import json
import shlex
import sys
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bundler.assemble import excerpts
from bundler.assemble.case import NoProgress
from bundler.errors import ExitCode
from bundler.evidence.sources import file_source
from bundler.excerpts import cutting, searching
from bundler.excerpts.cutting import Reference, as_log
from bundler.logs.types import Window, window_around
from tests.conftest import Invoke
from tests.logs.reference import IDS, REFERENCE, START, format_named, made_log

PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"
FAILED = datetime(2026, 11, 23, 13, 2, 11, tzinfo=UTC)


def line(moment: datetime, text: str, level: str = "INFO") -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S},000 {level} shop.payments: {text}\n"


def service_log(count: int = 2_000) -> str:
    """One record a second, the failure in the middle, and one more of the payment long before."""
    begin = FAILED - timedelta(seconds=count // 2)
    lines = [line(begin + timedelta(seconds=number), f"tick {number}") for number in range(count)]
    lines[3] = line(begin + timedelta(seconds=3), f"reserved PaymentId={PAYMENT}")
    failure = line(FAILED, f"capture refused PaymentId={PAYMENT} correlationId=8d0f6a52-3c1b-47e9", "ERROR")
    lines[count // 2] = failure + "Traceback (most recent call last):\n  File x\nConflict: 409\n"
    return "".join(lines)


def made(invoke: Invoke, *argv: str | Path, code: int = 0) -> dict[str, Any]:
    outcome = invoke("create", "--payment-id", PAYMENT, "--tz", "UTC", *argv, "--json")
    assert outcome.code == code, outcome.err
    ticket: dict[str, Any] = json.loads(outcome.out)["ticket"]
    return ticket


@pytest.mark.parametrize("known_early", [(), IDS[:1], IDS[:3], IDS[5:6], ("12345", *IDS[:1]), ("nowhere-9",)])
def test_excerpts_cut_again_as_more_becomes_known_are_those_cut_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known_early: tuple[str, ...]
) -> None:
    monkeypatch.setattr(searching, "FORK_FROM", 1_000)
    monkeypatch.setattr(excerpts, "READ_WHOLE", 1_000)
    monkeypatch.setattr(cutting, "SMALL", 1_000)
    (tmp_path / "shop.log").write_bytes(made_log(7, 2_000))
    log = as_log(file_source(tmp_path / "shop.log", "shop.log", named=True), format_named("python-logging"))
    reference, window = Reference(UTC, "the test", REFERENCE), window_around(START, *2 * (timedelta(minutes=9),))
    rounds: list[tuple[tuple[str, ...], Window | None]] = [
        (IDS[:1], None), (IDS[:3], None), (IDS[:3], window), (IDS[:3], window), ((*IDS[:3], "nowhere-9"), window),
        (IDS[3:5], window),
    ]  # fmt: skip
    with closing(excerpts.Cutter(reference, NoProgress())) as cutter:
        cutter.begin((log,), known_early)
        for ids, around in rounds:
            (again,) = cutter.cut((log,), ids, around)
            assert (again,) == excerpts.Cutter(reference, NoProgress()).cut((log,), ids, around)
            assert again.spans


def test_of_very_many_records_those_that_tell_are_found_and_all_are_counted(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "READ_WHOLE": 1_000,
        "SIEVED_FROM": 1_000,
        "TOTAL_BUDGET": 40_000,
        "SMALLEST_BUDGET": 1,
    }.items():
        monkeypatch.setattr(excerpts, name, value)
    count = 6_000
    begin = FAILED - timedelta(seconds=count - 900)
    lines = [line(begin + timedelta(seconds=n), f"tick {n} of PaymentId={PAYMENT}, look again") for n in range(count)]
    lines[5_100] = line(FAILED, f"refused PaymentId={PAYMENT}", "ERROR")
    lines[5_900] = line(FAILED + timedelta(seconds=800), f"late alarm of PaymentId={PAYMENT}", "ERROR")
    lines[4_450] = line(begin + timedelta(seconds=4_450), f"gateway was exchanged under PaymentId={PAYMENT}")
    (tmp_path / "shop.log").write_text("".join(lines))
    ticket = made(invoke, "shop.log", "--no-input", "-o", "out")
    assert ticket["facts"]["occurred_at"]["value"].startswith("2026-11-23T13:02:11")
    (log,) = ticket["logs"]
    with zipfile.ZipFile(next((tmp_path / "out").glob("*.zip"))) as bundle:
        taken = bundle.read(log["file"]).decode()
    assert "late alarm" in taken
    assert "gateway was exchanged" in taken
    assert all(f"tick {number} of" in taken for number in range(5_080, 5_100))
    assert log["records"] + sum(omitted["records"] for omitted in log["omitted"]) == count
    assert log["records"] < 500


def test_large_log_gives_the_same_excerpt_as_a_small_one(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop.log").write_text(service_log())
    whole = made(invoke, "shop.log", "-o", "whole")
    monkeypatch.setattr(excerpts, "READ_WHOLE", 1_000)
    monkeypatch.setattr(cutting, "SMALL", 1_000)
    cut = made(invoke, "shop.log", "-o", "cut")
    assert cut["facts"]["occurred_at"]["value"].startswith("2026-11-23T13:02:11")
    assert cut["facts"] == whole["facts"]
    for key in ("from", "to", "records"):
        assert cut["logs"][0][key] == whole["logs"][0][key]
    (taken,) = cut["evidence"]
    assert any("not counted" in note for note in taken["notes"])
    assert any(origin["place"] == "line 4" for origin in cut["facts"]["payment_id"]["origins"])


def test_program_among_the_evidence_is_told_with_what_became_of_it(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "shop.log").write_text(service_log())
    good = shlex.join([sys.executable, "-c", "print(open('shop.log').read(), end='')"])
    bad = shlex.join([sys.executable, "-c", "raise SystemExit(3)"])
    ticket = made(invoke, "--log-command", good, "--log-command", bad, code=ExitCode.PARTIAL)
    states = {taken["state"]: taken for taken in ticket["evidence"]}
    assert set(states) == {"ok", "failed"}
    assert states["ok"]["used"]
    assert states["failed"]["reason"].startswith("failed: it ended with exit code 3")
    assert [finding["severity"] for finding in ticket["findings"] if finding["code"] == "LOG003"] == ["warning"]
    assert ticket["logs"][0]["records"] > 100
    assert ticket["facts"]["occurred_at"]["value"].startswith("2026-11-23T13:02:11")


def test_window_and_ids_are_handed_to_the_program(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "ask.py").write_text(
        "import sys\nopen('asked', 'w').write(' '.join(sys.argv[1:]))\n"
        f"print('2026-11-23 13:02:11,000 ERROR shop: refused PaymentId={PAYMENT}')\n"
    )
    (tmp_path / "ticket-bundler.toml").write_text(
        f'[sources.shop]\ncommand = ["{sys.executable}", "ask.py", "{{from}}", "{{to}}", "{{payment_id}}"]\n'
    )
    made(invoke, "--log-source", "shop", "--at", "2026-11-23T13:02:11Z", "--window", "1m,30s")
    assert (tmp_path / "asked").read_text() == f"2026-11-23T13:01:11Z 2026-11-23T13:02:41Z {PAYMENT}"


def test_source_of_the_configuration_runs_only_when_it_is_named(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "ticket-bundler.toml").write_text(
        f'[sources.shop]\ncommand = ["{sys.executable}", "-c", "open(\'ran\', \'w\')"]\n'
    )
    (tmp_path / "shop.log").write_text(service_log())
    made(invoke, "shop.log")
    assert not (tmp_path / "ran").exists()


def test_wrong_clock_of_the_recording_makes_the_window_longer_and_says_so(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "shop.log").write_text(service_log())
    wrong = FAILED + timedelta(minutes=15)
    exchange = {
        "startedDateTime": f"{wrong:%Y-%m-%dT%H:%M:%S}.000Z",
        "time": 200,
        "request": {
            "method": "POST",
            "url": f"https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v1/payments/{PAYMENT}/captures",
            "headers": [],
        },
        "response": {
            "status": 409,
            "statusText": "Conflict",
            "headers": [{"name": "Date", "value": f"{FAILED:%a, %d %b %Y %H:%M:%S} GMT"}],
            "content": {"mimeType": "application/json", "text": '{"code":"2040","message":"no"}'},
        },
    }
    har = {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [exchange]}}
    (tmp_path / "trace.har").write_text(json.dumps(har))
    ticket = made(invoke, "trace.har", "shop.log", "--window", "10s")
    (log,) = ticket["logs"]
    assert log["from"] <= "2026-11-23T13:02:02"
    (taken,) = [taken for taken in ticket["evidence"] if taken["source"] == "shop.log"]
    assert any("899 s longer: the recording's clock was so much ahead of" in note for note in taken["notes"])
