"""What ``logs`` makes of several logs and of ids beside: followed, merged, folded, within a budget."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import Invoke
from tests.logs.reference import IDS, START, made_log


def test_ids_beside_are_followed_shown_and_can_be_excluded(invoke: Invoke, tmp_path: Path) -> None:
    lines = [
        f"2026-11-23 12:00:0{number},000 INFO shop: {text}\n"
        for number, text in enumerate(
            (f"paymentId={IDS[1]} correlationId=c0ffee-1042", "correlationId=c0ffee-1042 acquirer asked", "else")
        )
    ]
    (tmp_path / "shop.log").write_text("".join(lines))
    followed = invoke("logs", "shop.log", "--id", IDS[1], "--follow")
    assert followed.out == "".join(lines[:2])
    assert "followed correlationId c0ffee-1042: 2 records" in followed.err
    assert invoke("logs", "shop.log", "--id", IDS[1]).out == lines[0]
    excluded = invoke("logs", "shop.log", "--id", IDS[1], "--follow", "--exclude-id", "C0FFEE-1042")
    assert excluded.out == lines[0]


def test_id_that_names_more_than_a_payment_is_not_followed(invoke: Invoke, tmp_path: Path) -> None:
    line = "2026-11-23 12:00:00,000 INFO shop: orderId=BATCH-20261 step\n"
    own = f"2026-11-23 11:00:00,000 INFO shop: paymentId={IDS[1]} orderId=BATCH-20261 traceId=t-77aa88bb\n"
    (tmp_path / "shop.log").write_text(own + line * 3_000)
    outcome = invoke("logs", "shop.log", "--id", IDS[1], "--follow")
    assert outcome.out == own
    assert "not followed: orderId BATCH-20261" in outcome.err


def test_merged_logs_share_one_clock_and_say_whose_a_record_is(invoke: Invoke, tmp_path: Path) -> None:
    first, second = made_log(1, 200), made_log(2, 200)
    (tmp_path / "first.log").write_bytes(first)
    (tmp_path / "second.log").write_bytes(second)
    window = ("--around", "2026-11-23T12:01:00Z", "--window", "30s", "--tz", "UTC")
    plain = invoke("logs", "first.log", "second.log", *window).out
    merged = invoke("logs", "first.log", "second.log", *window, "--merge", "--mark").out
    assert sorted(line.partition(" | ")[2] for line in merged.splitlines()) == sorted(plain.splitlines())
    stamps = [line.partition(" | ")[2][:23] for line in merged.splitlines() if " | 2026" in line]
    assert stamps == sorted(stamps)
    assert {line.partition("|")[0].strip() for line in merged.splitlines()} == {"first.log", "second.log"}


def test_repeated_records_are_folded_and_counted(invoke: Invoke, tmp_path: Path) -> None:
    lines = [f"2026-11-23 12:00:{number:02},000 INFO shop: poll {number}\n" for number in range(50)]
    (tmp_path / "shop.log").write_text("".join(lines))
    outcome = invoke("logs", "shop.log", "--around", "2026-11-23T12:00:30Z", "--window", "1m", "--tz", "UTC", "--fold")
    assert outcome.out.startswith(lines[0])
    assert "49 more like the record above" in outcome.out
    assert outcome.out.count("\n") == 2


@pytest.mark.parametrize("merges", [(), ("--merge",)])
def test_budget_counts_the_names_that_marks_add(invoke: Invoke, tmp_path: Path, merges: tuple[str, ...]) -> None:
    for name, count in (("a-long-name-of-a-log.log", 900), ("b.log", 20)):
        moments = [START + timedelta(seconds=number) for number in range(count)]
        lines = [f"{moment:%Y-%m-%d %H:%M:%S},000 INFO shop: {moment:%f}\n  more\n" for moment in moments]
        (tmp_path / name).write_text("".join(lines))
    names = ("a-long-name-of-a-log.log", "b.log")
    window = ("--around", f"{START:%Y-%m-%dT%H:%M:%SZ}", "--window", "0.001s,1h", "--tz", "UTC", *merges)
    whole = invoke("logs", *names, *window, "--mark").out
    for budget in (4_000, 40_000, len(whole) - 1):
        outcome = invoke("logs", *names, *window, "--mark", "--budget", f"{budget}B")
        assert budget - 200 < len(outcome.out) <= budget
        assert "over the limit" in outcome.err
    assert invoke("logs", *names, *window, "--mark", "--budget", f"{len(whole)}B").out == whole
