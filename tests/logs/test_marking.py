"""A marked line says which log it is from, and everything behind the mark is as it was."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.logs.catalogue import FORMATS, find_format, samples_of
from bundler.logs.folding import Fold
from bundler.logs.marking import LONGEST, mark, mark_width, marked, shown
from bundler.logs.merging import Placed
from bundler.logs.recognition import recognise
from bundler.logs.records import Record, read_records
from bundler.logs.starts import bare
from bundler.logs.timeline import Timeline
from bundler.logs.types import LogFormat

START = datetime(2026, 11, 23, 14, 32, 1, tzinfo=UTC)
FOLD = Fold("shop.log", 4, START, START, 4, 99, b"")


def placed(data: bytes, source: str = "shop.log") -> Placed:
    return Placed(source, Record(data, 1, None, 0, mentioned=False), None)


def read(data: bytes, fmt: LogFormat) -> list[Record]:
    timeline = Timeline(fmt, zone=UTC, zone_from="", reference=datetime(2026, 11, 24, tzinfo=UTC))
    return list(read_records(BytesIO(data), fmt, timeline))


def unmarked(data: bytes) -> bytes:
    return re.sub(rb"(?m)^((?:\xef\xbb\xbf)?\0*)[\w.-]{1,24} {0,40}\| ", rb"\1", data)


def test_every_line_is_marked_with_room_for_the_longest_name() -> None:
    names = ["shop.log", "gateway.log"]
    records = [placed(b"one\n  more\n"), placed(b"two\n", "gateway.log")]
    assert b"".join(marked(records, names)) == b"shop.log    | one\nshop.log    |   more\ngateway.log | two\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"one\r\n  more\r\n", b"a | one\r\na |   more\r\n"),
        (b"one\n\n", b"a | one\na | \n"),
        (b"one", b"a | one\n"),
        (b"10%\r20%\n", b"a | 10%\r20%\n"),
        (b"caf\xe9 \xff\xfe\x00\n", b"a | caf\xe9 \xff\xfe\x00\n"),
        (b"\0\0\0one\n", b"\0\0\0a | one\n"),
    ],
)
def test_bytes_of_a_record_stay(data: bytes, expected: bytes) -> None:
    assert mark(placed(data, "a"), 1) == expected


def test_byte_order_mark_stays_only_at_the_very_beginning() -> None:
    record = placed(b"\xef\xbb\xbf\0\0one\n", "a")
    assert mark(record, 1, first=True) == b"\xef\xbb\xbf\0\0a | one\n"
    assert mark(record, 1) == b"\0\0a | one\n"
    assert list(marked([placed(b"zero\n", "a"), record], ["a"])) == [b"a | zero\n", b"\0\0a | one\n"]
    assert list(marked([record, placed(b"two\n", "a")], ["a"])) == [b"\xef\xbb\xbf\0\0a | one\n", b"a | two\n"]


def test_fold_is_a_line_of_its_own() -> None:
    line = mark(FOLD, 10)
    assert line.decode() == "shop.log   | … 4 more like the record above, 14:32:01.000 UTC …\n"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("shop.log", "shop.log"),
        ("logs/shop.log", "logs-shop.log"),
        ("standard input", "standard-input"),
        ("kubectl logs deploy/shop (command)", "..gs-deploy-shop-command"),
        ("payments-production-north-europe-1.log", "..ion-north-europe-1.log"),
        ("bestøl.log", "best-l.log"),
        ("журнал", "log"),
        ("", "log"),
    ],
)
def test_names_are_short_and_plain_enough_to_be_taken_off_again(source: str, name: str) -> None:
    assert shown(source) == name
    assert len(name) <= LONGEST
    assert bare(mark(placed(b"one\n", source), LONGEST)) == b"one\n"


def test_width_is_that_of_the_longest_name_as_shown() -> None:
    assert mark_width([]) == 0
    assert mark_width(["a", "logs/shop.log", "shop.log"]) == len("logs-shop.log")
    assert mark_width(["a", "x" * 50]) == LONGEST


@pytest.mark.parametrize("fmt", [fmt for fmt in FORMATS if fmt.span == 1], ids=lambda fmt: fmt.name)
def test_marked_log_reads_as_the_log_it_was(fmt: LogFormat) -> None:
    text = "".join(sample.text.strip("\n") + "\n" for sample in samples_of(fmt.name)).encode() * 2
    before = read(text, fmt)
    out = b"".join(marked([Placed("logs/shop.log", record, record.moment) for record in before], ["logs/shop.log"]))
    found = read(out, fmt)
    assert [(record.moment, unmarked(record.data)) for record in found] == [(r.moment, r.data) for r in before]
    guess, again = recognise(text, "x"), recognise(out, "x")
    assert again.format == guess.format
    assert again.score >= guess.score - 0.05


def test_several_logs_with_folds_read_as_the_same_records() -> None:
    fmt = find_format("python-logging")
    assert fmt is not None
    text = b"2026-11-23 14:03:27,482 ERROR shop: failed\r\n  Traceback\r\n\r\n2026-11-23 14:03:29,000 INFO x\r\n"
    shop = read(b"\xef\xbb\xbf" + text, fmt)
    gateway = read(b"\0\0\x002026-11-23 14:03:28,000 INFO gateway: up\n2026-11-23 14:03:30,000 INFO gateway: down", fmt)
    order = [("gateway", gateway[0]), ("shop", shop[0]), ("gateway", gateway[1]), ("shop", shop[1])]
    items: list[Placed | Fold] = [Placed(source, record, record.moment) for source, record in order]
    items.insert(3, FOLD)
    out = b"".join(marked(items, ["shop", "gateway"]))
    found = read(out, fmt)
    assert [record.moment for record in found] == [record.moment for _, record in order]
    assert found[2].data.endswith("… 4 more like the record above, 14:32:01.000 UTC …\n".encode())
    assert unmarked(found[1].data) == shop[0].data.removeprefix(b"\xef\xbb\xbf")
    assert recognise(out, "x").format is fmt


@settings(max_examples=200, deadline=None)
@given(
    lines=st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line and line[:1] != b"\0"), min_size=1),
    ending=st.sampled_from([b"\n", b"\r\n"]),
    front=st.sampled_from([b"", b"\xef\xbb\xbf", b"\0\0", b"\xef\xbb\xbf\0"]),
    last=st.booleans(),
    source=st.text(max_size=40),
    width=st.integers(0, LONGEST),
)
def test_behind_the_mark_all_bytes_are_the_original(
    lines: list[bytes], ending: bytes, front: bytes, last: bool, source: str, width: int
) -> None:
    if lines[0].startswith(b"\xef\xbb\xbf"):
        return
    data = front + ending.join(lines) + (ending if last else b"")
    out = mark(placed(data, source), width, first=True)
    name = f"{shown(source):<{width}} | ".encode()
    assert out.startswith(front + name)
    stripped = b"".join(line.removeprefix(name) for line in BytesIO(out.removeprefix(front)).readlines())
    assert front + stripped in {data, data + b"\n"}
    assert out.count(name) >= len(data.removeprefix(front).removesuffix(b"\n").split(b"\n"))
    assert out.endswith(b"\n")
