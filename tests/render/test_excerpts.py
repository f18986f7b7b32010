"""Log excerpts: numbered, the payment's own lines marked, and nothing left out in silence."""

from __future__ import annotations

from datetime import timedelta

from bundler.model import Excerpt, RecordSpan
from bundler.render.excerpts import as_text, numbered
from tests.build import FAILED_AT, PAYMENT, empty_ticket, hostile_ticket, safe_ticket


def test_lines_carry_the_numbers_of_the_source_and_gaps_are_shown() -> None:
    reading = numbered(safe_ticket().logs[0], safe_ticket())
    assert [row.number for row in reading.rows] == [
        20511, 0, 20877, 20878, 0, 21306, 0, 21340, 21341, 21342, 21343, 21344, 21345, 21346, 21347, 21348,
    ]  # fmt: skip
    assert [row.gap for row in reading.rows if row.gap] == ["365 lines", "427 lines", "33 lines"]
    assert [row.number for row in reading.rows if row.is_hit and not row.is_continued] == [
        20511,
        20877,
        21306,
        21340,
        21341,
        21348,
    ]
    assert reading.left_out == ""


def test_limit_keeps_the_payments_own_records_then_those_nearest_to_the_error() -> None:
    lines = [f"line {number}" + (f" {PAYMENT}" if number == 3 else "") for number in range(1, 101)]
    spans = tuple(
        RecordSpan(number, 1, FAILED_AT + timedelta(seconds=number - 90), number == 3) for number in range(1, 101)
    )
    log = Excerpt("a.log", "x", "\n".join(lines).encode() + b"\n", spans)
    reading = numbered(log, safe_ticket(), 4)
    assert [row.number for row in reading.rows if not row.gap] == [3, 89, 90, 91]
    assert [row.gap for row in reading.rows if row.gap] == ["2 lines", "85 lines"]
    assert reading.left_out == "96 more lines of this excerpt left out here"


def test_record_longer_than_the_limit_is_cut_and_counted() -> None:
    log = Excerpt("a.log", "x", b"start\n" + b"  at frame\n" * 999, (RecordSpan(1, 1000, FAILED_AT),))
    reading = numbered(log, empty_ticket(), 10)
    assert len(reading.rows) == 10
    assert reading.left_out == "990 more lines of this excerpt left out here"


def test_long_line_says_how_much_of_it_is_missing() -> None:
    log = Excerpt("a.log", "x", b"x" * 5000 + b"\n", (RecordSpan(1, 1),))
    assert numbered(log, empty_ticket(), 10, 100).rows[0].text == "x" * 100 + "… (+4,900 bytes)"


def test_excerpt_as_text_marks_hits() -> None:
    text = as_text(numbered(safe_ticket().logs[0], safe_ticket()))
    assert text.startswith("20511 > 2026-11-23 14:01:10,280 INFO")
    assert "\n      ⋮ (365 lines not shown)\n" in text
    assert "\n20878 | 2026" in text


def test_empty_and_hostile_excerpts_are_read_too() -> None:
    assert numbered(Excerpt("a.log", "x", b"", ()), empty_ticket()).rows == ()
    ticket = hostile_ticket()
    for row in numbered(ticket.logs[0], ticket).rows:
        assert row.text.isprintable() or "\t" in row.text


def test_a_stack_trace_is_indented_and_not_full_of_escapes() -> None:
    excerpt = Excerpt("a.log", "plain", b"boom\n\tat Shop.pay\n", (RecordSpan(1, 2),))
    assert [row.text for row in numbered(excerpt, empty_ticket()).rows] == ["boom", "    at Shop.pay"]
