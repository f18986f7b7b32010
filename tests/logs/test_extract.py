"""An excerpt holds what belongs to the payment, counts the rest, and finds the record that tells of the failure."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from bundler.logs.catalogue import PLAIN, find_format
from bundler.logs.extract import excerpt, failing_record, survey
from bundler.logs.types import EVERYTHING, Window, window_around
from bundler.model import Excerpt, Omission

PAYMENT = "8f14e45f-ceea-4672-8b1d-1e4f0a7c9b21"
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
REFERENCE = datetime(2026, 11, 24, tzinfo=UTC)


def take(
    data: bytes,
    name: str = "python-logging",
    *,
    ids: tuple[str, ...] = (),
    window: Window | None = None,
    budget: int = 2_000_000,
    reference: datetime = REFERENCE,
) -> Excerpt:
    fmt = find_format(name)
    assert fmt is not None
    return excerpt(
        BytesIO(data), "app.log", fmt, ids=ids, window=window, zone=COPENHAGEN, zone_from="the configuration",
        reference=reference, budget=budget,
    )  # fmt: skip


def minute(number: int, text: str = "INFO shop: tick") -> bytes:
    return f"2026-11-23 14:{number:02}:00,000 {text}\n".encode()


def between(first: int, last: int) -> Window:
    return Window(datetime(2026, 11, 23, 13, first, tzinfo=UTC), datetime(2026, 11, 23, 13, last, tzinfo=UTC))


def test_window_holds_its_first_moment_and_not_its_last() -> None:
    taken = take(b"".join(map(minute, range(10))), window=between(3, 6))
    assert [span.line for span in taken.spans] == [4, 5, 6]
    assert taken.omitted == (Omission(7, "outside the window"),)
    assert (taken.first, taken.last) == (between(3, 5).start, between(3, 5).end)
    assert (taken.source_first, taken.source_last) == (between(0, 9).start, between(0, 9).end)
    assert (taken.zone, taken.zone_from) == ("Europe/Copenhagen", "the configuration")


def test_records_that_mention_an_id_are_taken_wherever_they_are_whole() -> None:
    trace = minute(0, "ERROR shop: failed") + b"Traceback (most recent call last):\n" + f"  id {PAYMENT}\n".encode()
    data = trace + b"".join(map(minute, range(1, 10)))
    taken = take(data, ids=(PAYMENT,), window=between(8, 9))
    assert taken.data == trace + minute(8)
    assert [(span.line, span.line_count) for span in taken.spans] == [(1, 3), (11, 1)]
    assert [record for _, record in taken.records()] == [trace, minute(8)]
    assert taken.hits == 1
    assert taken.omitted == (Omission(8, "outside the window and without the ids"),)


def test_without_window_and_ids_nothing_is_taken_and_everything_counted() -> None:
    taken = take(minute(1) + minute(2))
    assert (taken.data, taken.spans) == (b"", ())
    assert taken.omitted[0].records == 2


def test_over_the_budget_the_records_farthest_from_the_middle_go_first() -> None:
    named = minute(0, f"INFO shop: {PAYMENT}")
    data = named + b"".join(map(minute, range(1, 11)))
    taken = take(data, ids=(PAYMENT,), window=between(0, 11), budget=len(named) + 3 * len(minute(1)))
    assert [span.line for span in taken.spans] == [1, 5, 6, 7]
    assert [omission.records for omission in taken.omitted] == [7]
    assert "over the limit" in taken.omitted[0].why


def test_over_the_budget_what_is_near_the_error_stays_wherever_in_its_window_that_lies() -> None:
    data = b"".join(map(minute, range(11)))
    window = window_around(between(8, 9).start, timedelta(minutes=8), timedelta(minutes=2))
    taken = take(data, window=window, budget=3 * len(minute(1)))
    assert [span.line for span in taken.spans] == [8, 9, 10]


def test_over_the_budget_dropped_mentions_are_counted_apart() -> None:
    data = b"".join(minute(number, f"INFO shop: {PAYMENT}") for number in range(5))
    taken = take(data, ids=(PAYMENT,), budget=len(data) // 5 * 2)
    assert [span.line for span in taken.spans] == [1, 2]
    assert taken.omitted[0].records == 3
    assert "although they mention an id" in taken.omitted[0].why


def test_records_out_of_order_are_taken_by_their_own_moment() -> None:
    data = minute(5) + minute(2) + minute(7) + minute(4)
    taken = take(data, window=between(4, 6))
    assert [span.line for span in taken.spans] == [1, 4]
    assert (taken.first, taken.last) == (between(4, 5).start, between(4, 5).end)


def test_lines_before_the_first_stamp_go_with_the_first_record() -> None:
    data = b"  the end of a trace\n" + minute(1) + minute(5)
    assert take(data, window=between(1, 2)).data == b"  the end of a trace\n" + minute(1)
    assert take(data, window=between(5, 6)).data == minute(5)


def test_offset_in_the_lines_wins_over_the_given_zone() -> None:
    data = b"2026-11-23T14:03:27Z INFO x\n2026-11-23T14:04:27Z INFO y\n"
    taken = take(data, "stamped", window=between(0, 59))
    assert (taken.spans, taken.zone, taken.zone_from) == ((), "UTC", "written in the log")


def test_format_that_fixes_the_zone_says_so() -> None:
    data = b"2026-11-23 13:03:27 192.0.2.80 POST /v1/payments - 443 - 192.0.2.7 409 120\n"
    taken = take(data, "iis", window=between(3, 4))
    assert len(taken.spans) == 1
    assert taken.zone == "UTC"
    assert "IIS" in taken.zone_from


def test_syslog_over_new_year_gets_both_years_and_a_note() -> None:
    data = b"Dec 31 23:59:59 shop-1 shop[1]: a\nJan  1 00:00:01 shop-1 shop[1]: b\n"
    for reference in (datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 5, tzinfo=UTC)):
        taken = take(data, "syslog-3164", window=EVERYTHING, reference=reference)
        assert [span.moment and span.moment.astimezone(COPENHAGEN).year for span in taken.spans] == [2026, 2027]
        assert "no year" in taken.notes[0]


def test_clock_without_a_date_runs_over_midnight() -> None:
    data = b"23:59:59.000 [main] INFO  com.example.Shop - a\n00:00:01.000 [main] INFO  com.example.Shop - b\n"
    taken = take(data, "java-logging", window=EVERYTHING, reference=datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC))
    assert [span.moment for span in taken.spans] == [
        datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 23, 23, 0, 1, tzinfo=UTC),
    ]
    assert "no date" in taken.notes[0]


def test_hour_that_comes_twice_is_settled_by_the_line_before() -> None:
    lines = ("02:59:59", "02:00:01", "02:59:59", "03:00:01")
    data = "".join(f"2026-10-25 {clock},000 INFO shop: x\n" for clock in lines).encode()
    moments = [span.moment for span in take(data, window=EVERYTHING).spans]
    assert [moment and f"{moment:%H:%M:%S}" for moment in moments] == ["00:59:59", "01:00:01", "01:59:59", "02:00:01"]


def test_cut_record_is_counted_with_its_bytes() -> None:
    data = minute(1, "INFO shop: " + "word " * 300_000)
    taken = take(data, window=EVERYTHING)
    assert len(taken.spans) == 1
    (omission,) = taken.omitted
    assert omission.records == 1
    assert f"{len(data) - len(taken.data) + 1:,} bytes left out" in omission.why


def test_unknown_text_is_searched_line_by_line() -> None:
    data = f"started\npayment {PAYMENT}\n  refused\nstopped\n".encode()
    taken = excerpt(BytesIO(data), "x", PLAIN, ids=[PAYMENT], window=None, zone=UTC, zone_from="", reference=REFERENCE)
    assert taken.data == f"payment {PAYMENT}\n  refused\n".encode()
    assert taken.notes == (PLAIN.note,)
    assert (taken.zone, taken.zone_from) == ("", "")


def test_short_ids_are_said_not_to_be_searched() -> None:
    assert "fewer than 4" in take(minute(1), ids=("42",)).notes[0]


def test_survey_tells_span_count_and_order() -> None:
    fmt = find_format("python-logging")
    assert fmt is not None
    look = partial(survey, fmt=fmt, zone=COPENHAGEN, zone_from="the configuration", reference=REFERENCE)
    sorted_ = look(BytesIO(minute(1) + b"  more\n" + minute(2)))
    assert (sorted_.format, sorted_.records, sorted_.sorted) == ("python-logging", 2, True)
    assert (sorted_.first, sorted_.last) == (between(1, 2).start, between(1, 2).end)
    assert (sorted_.zone, sorted_.zone_from) == ("Europe/Copenhagen", "the configuration")
    assert not look(BytesIO(minute(2) + minute(1))).sorted


def test_failing_record_is_the_first_severe_one_that_mentions_an_id() -> None:
    data = (
        minute(1, "ERROR shop: another payment failed")
        + minute(2, f"WARNING shop: {PAYMENT} slow")
        + minute(3, "ERROR shop: capture failed\n  " + PAYMENT)
        + minute(4, f"CRITICAL shop: {PAYMENT}")
    )
    taken = take(data, window=EVERYTHING)
    assert failing_record(taken, [PAYMENT]) == (between(3, 4).start, 3)
    assert failing_record(taken, []) is None
    assert failing_record(taken, ["11111111-2222-4333-8444-555555555555"]) is None


@pytest.mark.parametrize("name", ["json-lines", "access", "syslog-5424"])
def test_failing_record_knows_levels_that_are_no_words(name: str) -> None:
    lines = {
        "json-lines": f'{{"level":50,"time":1795442607482,"id":"{PAYMENT}"}}\n',
        "access": f'192.0.2.7 - - [23/Nov/2026:14:03:27 +0000] "GET /payments/{PAYMENT} HTTP/1.1" 502 1\n',
        "syslog-5424": f"<131>1 2026-11-23T14:03:27Z shop-1 shop - - - {PAYMENT}\n",
    }
    found = failing_record(take(lines[name].encode(), name, ids=(PAYMENT,)), [PAYMENT])
    assert found is not None
    assert found[1] == 1


def test_progress_is_told_in_bytes() -> None:
    told: list[int] = []
    fmt = find_format("python-logging")
    assert fmt is not None
    data = b"".join(map(minute, range(10))) * 2000
    excerpt(
        BytesIO(data), "x", fmt, ids=(), window=None, zone=UTC, zone_from="", reference=REFERENCE, advance=told.append
    )
    assert sum(told) == len(data)
    assert len(told) > 1


def test_memory_stays_near_the_budget() -> None:
    data = b"".join(minute(number, "INFO shop: " + "x" * 2000) for number in range(60)) * 60  # 7 MB
    tracemalloc.start()
    taken = take(data, window=EVERYTHING, budget=100_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 90_000 < len(taken.data) <= 100_000
    assert peak < 2_500_000


def test_survey_tells_that_a_log_goes_on_in_another_format() -> None:
    java = b"2026-11-23 14:%02d:%02d.000 [main] INFO  com.example.shop.Capture - captured\n"
    later = b"".join(java % (number // 60, number % 60) for number in range(3_000))
    fmt = find_format("python-logging")
    assert fmt is not None
    told = {}
    for data in (minute(1) * 5_000, minute(1) * 5_000 + later * 3):
        seen = survey(BytesIO(data), fmt, zone=COPENHAGEN, zone_from="", reference=REFERENCE)
        told[len(data)] = [note for note in seen.notes if "further on" in note]
        assert seen.records == data.count(b"\n")
    first, second = told.values()
    assert (first, len(second)) == ([], 1)
    assert "Java logging" in second[0]
