"""Records stay whole, whatever the file does to their lines."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO, cast

import pytest

from bundler.errors import UnreadableInput
from bundler.logs.catalogue import FORMATS, PLAIN, find_format
from bundler.logs.mentions import Finder
from bundler.logs.pieces import RECORD_LIMIT
from bundler.logs.records import Record, read_records
from bundler.logs.timeline import Timeline
from bundler.logs.types import LogFormat

PAYMENT = "8f14e45f-ceea-4672-8b1d-1e4f0a7c9b21"


def fmt(name: str) -> LogFormat:
    found = find_format(name)
    assert found is not None
    return found


def records(data: bytes | BinaryIO, name: str = "python-logging", ids: tuple[str, ...] = ()) -> list[Record]:
    chosen = fmt(name)
    timeline = Timeline(chosen, zone=UTC, zone_from="", reference=datetime(2026, 11, 24, tzinfo=UTC))
    stream = BytesIO(data) if isinstance(data, bytes) else data
    return list(read_records(stream, chosen, timeline, finder=Finder(ids)))


def test_lines_without_a_stamp_belong_to_the_record_before() -> None:
    first = (
        b"2026-11-23 14:03:27,482 ERROR shop: answer was\n{\n"
        b'  "timestamp": "2026-11-23T13:03:27Z"\n}\n\nCaused by: 2026-11-23\n'
    )
    second = b"2026-11-23 14:03:28,000 INFO shop: next\n"
    found = records(first + second)
    assert [record.data for record in found] == [first, second]
    assert [record.line for record in found] == [1, 7]


def test_json_body_on_its_own_line_stays_with_its_record() -> None:
    text = b'2026-11-23 14:03:27,482 ERROR shop: answer was\n{"timestamp":"2026-11-23T13:03:27Z","status":409}\n'
    assert [record.data for record in records(text)] == [text]


def test_lines_of_another_program_in_the_same_file_are_records_too() -> None:
    text = (
        b'2026-11-23 14:03:27,482 INFO shop: up\n{"level":"error","time":"2026-11-23T14:03:28Z","msg":"no"}\n'
        b'192.0.2.7 - - [23/Nov/2026:14:03:29 +0000] "GET / HTTP/1.1" 200 1\nts=2026-11-23T14:03:30Z level=info msg=x\n'
    )
    assert [record.moment and record.moment.second for record in records(text)] == [27, 28, 29, 30]


def test_what_stands_before_the_first_stamp_is_a_record_without_a_moment() -> None:
    text = b"\tat com.example.Shop.capture(Shop.java:42)\n\n2026-11-23 14:03:27,482 INFO shop: up\n"
    head, _ = records(text)
    assert (head.line, head.line_count, head.moment) == (1, 2, None)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_line_endings_and_a_missing_last_one_are_kept(ending: bytes) -> None:
    text = ending.join(
        [b"2026-11-23 14:03:27,482 INFO shop: one", b"  more", b"2026-11-23 14:03:28,482 INFO shop: two"]
    )
    found = records(text)
    assert b"".join(record.data for record in found) == text
    assert [record.line_count for record in found] == [2, 1]


def test_lone_carriage_returns_count_as_the_excerpt_splits_them() -> None:
    text = b"2026-11-23 14:03:27,482 INFO shop: 10%\r20%\r30%\n2026-11-23 14:03:28,482 INFO shop: two\n"
    assert [(record.line, record.line_count) for record in records(text)] == [(1, 3), (2, 1)]


def test_byte_order_mark_is_kept_and_does_not_hide_the_first_stamp() -> None:
    text = b"\xef\xbb\xbf2026-11-23 14:03:27,482 INFO shop: one\n"
    (only,) = records(text)
    assert (only.data, only.moment is not None) == (text, True)


def test_utf_16_comes_out_as_utf_8() -> None:
    text = "2026-11-23 14:03:27,482 INFO shop: på\r\n  mere æøå\r\n2026-11-23 14:03:28,482 INFO shop: to\r\n"
    for encoding in ("utf-16", "utf-16-be", "utf-16-le"):
        assert b"".join(record.data for record in records(text.encode(encoding))) == text.encode()


def test_nuls_of_a_rotated_file_are_kept_and_do_not_hide_the_first_stamp() -> None:
    text = b"\0" * 5000 + b"2026-11-23 14:03:27,482 INFO shop: one\n"
    (only,) = records(text)
    assert (only.data, only.moment is not None) == (text, True)


class Endless:
    """A stream of one endless line, made while it is read."""

    def __init__(self, head: bytes, size: int, tail: bytes) -> None:
        self._pieces = [head, tail]
        self._left = size

    def read(self, size: int = -1) -> bytes:
        if len(self._pieces) == 2:
            return self._pieces.pop(0)
        if self._left > 0:
            self._left -= size
            return b"x" * size
        return self._pieces.pop() if self._pieces else b""


def test_endless_line_is_kept_up_to_the_limit_and_the_rest_is_counted() -> None:
    size = 64 * 1024 * 1024
    head = b"2026-11-23 14:03:27,482 INFO shop: body "
    tail = b" paymentId=" + PAYMENT.encode() + b"\n2026-11-23 14:03:28,482 INFO shop: two\n"
    long, short = records(cast("BinaryIO", Endless(head, size, tail)), ids=(PAYMENT,))
    assert len(long.data) <= RECORD_LIMIT + 1
    assert long.cut_size + len(long.data) - 1 == size + len(head) + len(tail) - len(short.data)
    assert (long.mentioned, short.mentioned) == (True, False)
    assert long.line_count == 1


def test_record_of_many_lines_is_cut_between_lines() -> None:
    text = b"2026-11-23 14:03:27,482 ERROR shop: failed\n" + b"  at somewhere in the code\n" * 100_000
    (only,) = records(text)
    assert only.data.endswith(b"code\n")
    assert text.startswith(only.data)
    assert only.cut_size == len(text) - len(only.data) > 0


def test_cut_line_ends_between_words_so_that_no_half_secret_is_left() -> None:
    token = b"A" * 900
    text = b"2026-11-23 14:03:27,482 ERROR shop: " + b"filler " * 149_700 + token + b" end\n"
    assert len(text) > RECORD_LIMIT > len(text) - len(token)
    (only,) = records(text)
    assert b"AA" not in only.data
    assert only.data.endswith(b"filler \n")


def test_json_line_without_a_stamp_is_a_record_of_its_own() -> None:
    text = b'{"level":30,"time":1795442607482,"msg":"a"}\n{"msg":"b"}\n{"level":30,"time":1795442607483,"msg":"c"}\n'
    assert len(records(text, "json-lines")) == 3


def test_plain_lines_are_records_unless_indented() -> None:
    assert PLAIN not in FORMATS
    assert [record.data for record in records(b"one\n  more\ntwo\n", "plain")] == [b"one\n  more\n", b"two\n"]


def test_stream_that_breaks_is_unreadable_input() -> None:
    class Broken:
        def read(self, size: int = -1) -> bytes:
            raise OSError("input/output error")

    with pytest.raises(UnreadableInput):
        records(cast("BinaryIO", Broken()))
