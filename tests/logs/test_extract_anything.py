"""Whatever a log holds, an excerpt of all of it is the log, and what is not taken is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.errors import UnreadableInput
from bundler.logs.catalogue import FORMATS, PLAIN
from bundler.logs.extract import excerpt, failing_record, survey
from bundler.logs.opening import decompressed
from bundler.logs.types import EVERYTHING, LogFormat, Window

PAYMENT = "8f14e45f-ceea-4672-8b1d-1e4f0a7c9b21"
ZONE = ZoneInfo("Europe/Copenhagen")
REFERENCE = datetime(2026, 11, 24, tzinfo=UTC)

lines = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.sampled_from(
            [
                b"2026-11-23 14:03:27,482 ERROR shop: x",
                b'{"level":50,"time":1795442607482}',
                b'{"time":',
                b"Nov 23 14:03:27 shop-1 shop[1]: x",
                b"\tat com.example.Shop",
                b"\xff\xfe",
                b"\xef\xbb\xbf",
                PAYMENT.encode(),
                b"9999-99-99 99:99:99,999 ERROR shop: x",
                b"0001-01-01T00:00:00+14:00 x",
            ]
        ),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(parts=lines, ending=st.sampled_from([b"\n", b"\r\n", b"\r"]), fmt=st.sampled_from((*FORMATS, PLAIN)))
def test_excerpt_of_everything_is_the_input(parts: list[bytes], ending: bytes, fmt: LogFormat) -> None:
    data = ending.join(parts)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or data.count(0) > 2:
        return  # UTF-16 is written out as UTF-8
    taken = excerpt(BytesIO(data), "x", fmt, ids=(), window=EVERYTHING, zone=UTC, zone_from="", reference=REFERENCE)
    assert taken.data == data
    assert b"".join(record for _, record in taken.records()) == data
    assert taken.omitted == ()


@settings(max_examples=60, deadline=None)
@given(parts=lines, fmt=st.sampled_from((*FORMATS, PLAIN)), budget=st.integers(0, 400), data=st.data())
def test_every_record_is_taken_or_counted(parts: list[bytes], fmt: LogFormat, budget: int, data: st.DataObject) -> None:
    source = b"\n".join(parts)
    start = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=data.draw(st.integers(0, 90_000)))
    window = data.draw(st.sampled_from([None, EVERYTHING, Window(start, start + timedelta(hours=9))]))
    taken = excerpt(
        BytesIO(source), "x", fmt, ids=[PAYMENT], window=window, budget=budget, zone=ZONE, zone_from="",
        reference=REFERENCE,
    )  # fmt: skip
    whole = survey(BytesIO(source), fmt, zone=ZONE, zone_from="", reference=REFERENCE)
    assert len(taken.spans) + sum(omission.records for omission in taken.omitted) == whole.records
    assert len(taken.data) <= budget
    assert sum(span.line_count for span in taken.spans) == len(taken.data.splitlines())
    failing_record(taken, [PAYMENT])


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400), packed=st.booleans())
def test_nothing_but_unreadable_input_is_raised(data: bytes, packed: bool) -> None:
    stream = decompressed(BytesIO(b"\x1f\x8b\x08\0" + data)) if packed else BytesIO(data)
    try:
        excerpt(stream, "x", FORMATS[0], ids=[PAYMENT], window=EVERYTHING, zone=UTC, zone_from="", reference=REFERENCE)
    except UnreadableInput:
        assert packed
