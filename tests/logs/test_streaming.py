"""One pass takes the records that looking at each would take, in blocks of any size."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest

from bundler.logs.mentions import Finder
from bundler.logs.pieces import RECORD_LIMIT, read_pieces
from bundler.logs.ranges import Range, pairs, union
from bundler.logs.scanning import scanner_of
from bundler.logs.streaming import OutOfOrder, Passed, cut_stream
from bundler.logs.timeline import Timeline
from bundler.logs.types import LogFormat, Wanted, Window
from tests.logs.reference import IDS, REFERENCE, START, format_named, made_log, wanted_ranges

PYTHON = format_named("python-logging")
WINDOW = Window(START + timedelta(seconds=200), START + timedelta(seconds=320))


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def cut(
    data: bytes, wanted: Wanted, size: int, *, in_order: bool = True, fmt: LogFormat = PYTHON
) -> tuple[list[Range], bytes, Passed]:
    taken: list[Range] = []
    written = bytearray()

    def take(place: Range, part: bytes) -> None:
        taken.append(place)
        written.extend(part)

    timeline = Timeline(fmt, zone=UTC, zone_from="", reference=REFERENCE)
    passed = cut_stream(blocks(data, size), scanner_of(fmt), timeline, wanted, take, in_order=in_order)
    return [*pairs(union(sorted(taken)))], bytes(written), passed


@pytest.mark.parametrize("size", [700, 5_000, 1_000_000])
@pytest.mark.parametrize("context", [0, 3])
@pytest.mark.parametrize("ids", [(), IDS[:2]])
@pytest.mark.parametrize("window", [None, WINDOW])
def test_pass_in_order_takes_what_a_full_scan_takes(
    window: Window | None, ids: tuple[str, ...], context: int, size: int
) -> None:
    for seed in range(3):
        data = made_log(seed, 700)
        ranges, written, passed = cut(data, Wanted(window, Finder(ids), context), size)
        expected = wanted_ranges(data, PYTHON, window=window, ids=ids, context=context)
        assert ranges == expected
        assert written == b"".join(data[start:end] for start, end in expected)
        assert passed.record_count == sum(passed.counts) - _shared(data, ids)


@pytest.mark.parametrize(("start", "length"), [(-5, 90), (0, 1), (1_234, 2), (1_700, 900), (2_400, 5_000)])
def test_window_is_found_in_a_block_that_reaches_far_beyond_it(start: int, length: int) -> None:
    data = made_log(4, 3_000, late=timedelta(seconds=0.9))
    assert len(data) > 250_000
    window = Window(START + timedelta(seconds=start), START + timedelta(seconds=start + length))
    ranges, _, _ = cut(data, Wanted(window, Finder(())), len(data))
    assert ranges == wanted_ranges(data, PYTHON, window=window)


@pytest.mark.parametrize("second", [0, 2, 500, 997, 999])
@pytest.mark.parametrize("size", [40_000, 1_000_000])
def test_window_is_found_beside_what_has_no_time_at_the_ends_of_a_log(second: int, size: int) -> None:
    moments = [(START + timedelta(seconds=number)).isoformat() for number in range(1_000)]
    lines = (f'{{"time":"{moment}","level":"info"}}\n' for moment in moments)
    data = b"# of a shop\n" + "".join(lines).encode() + 40 * b'{"level":"info","message":"bye"}\n'
    window = Window(START + timedelta(seconds=second), START + timedelta(seconds=second + 1))
    _, written, _ = cut(data, Wanted(window, Finder(())), size, fmt=format_named("json-lines"))
    assert moments[second].encode() in written


def _shared(data: bytes, ids: tuple[str, ...]) -> int:
    """How many records mention both ids."""
    both = [wanted_ranges(data, PYTHON, ids=(text,)) for text in ids]
    return len({start for start, _ in both[0]} & {start for start, _ in both[1]}) if len(both) == 2 else 0


@pytest.mark.parametrize("size", [700, 50_000])
def test_pass_over_a_log_that_is_not_in_order(size: int) -> None:
    data = made_log(1, 500) + made_log(2, 500)
    wanted = Wanted(WINDOW, Finder(IDS[:1]))
    with pytest.raises(OutOfOrder):
        cut(data, wanted, size)
    ranges, _, _ = cut(data, wanted, size, in_order=False)
    assert ranges == wanted_ranges(data, PYTHON, window=WINDOW, ids=IDS[:1])


def test_pass_ends_behind_the_window_when_nothing_else_is_wanted() -> None:
    data = made_log(1, 2_000)
    read = 0

    def counted() -> Iterator[bytes]:
        nonlocal read
        for block in blocks(data, 2_000):
            read += len(block)
            yield block

    timeline = Timeline(PYTHON, zone=UTC, zone_from="", reference=REFERENCE)
    wanted = Wanted(WINDOW, Finder(()))
    passed = cut_stream(counted(), scanner_of(PYTHON), timeline, wanted, lambda *_: None, in_order=True)
    assert not passed.is_whole
    assert read < len(data) // 3


@pytest.mark.parametrize("size", [1_000, 64 * 1024, 1_000_000])
def test_pieces_are_the_log_again(size: int) -> None:
    data = b"  the end of a trace\n" + made_log(5, 300) + b"2026-11-23 13:00:00,000 INFO shop: no feed"
    pieces = list(read_pieces(blocks(data, size), scanner_of(PYTHON)))
    assert b"".join(piece.data for piece in pieces) == data
    assert [piece.offset for piece in pieces] == [sum(len(p.data) for p in pieces[:at]) for at in range(len(pieces))]


@pytest.mark.parametrize("size", [4_000, 700_000])
@pytest.mark.parametrize("feeds", [False, True])
def test_endless_record_is_cut_and_counted_and_its_neighbours_are_whole(feeds: bool, size: int) -> None:
    before, after = made_log(1, 20), made_log(2, 20)
    endless = (
        b"2026-11-23 12:01:00,000 ERROR shop: body " + (b"word word\n" if feeds else b"word word ") * 300_000 + b"\n"
    )
    data = before + endless + after
    pieces = list(read_pieces(blocks(data, size), scanner_of(PYTHON)))
    cut_pieces = [piece for piece in pieces if piece.cut_size]
    assert len(cut_pieces) == 1
    kept = cut_pieces[0]
    assert len(kept.data) <= RECORD_LIMIT + 1
    assert kept.cut_size + len(kept.data.rstrip(b"\n")) + (1 if feeds else 0) == len(endless)
    line_ends = kept.data.count(b"\n") + kept.cut_lines
    assert line_ends == endless.count(b"\n")
    whole = b"".join(piece.data for piece in pieces if not piece.cut_size)
    assert whole == before + after


@pytest.mark.parametrize(("context", "is_taken"), [(1, False), (2, True), (3, True)])
def test_endless_record_before_a_mention_is_counted_as_cut(context: int, *, is_taken: bool) -> None:
    line = b"2026-11-23 12:00:0%d,000 INFO shop: %b\n"
    endless = line % (1, b"x " * RECORD_LIMIT)
    data = line % (0, b"first") + endless + line % (2, b"between") + line % (3, IDS[0].encode())
    _, written, passed = cut(data, Wanted(None, Finder(IDS[:1]), context), 300_000)
    assert (passed.cut_size > RECORD_LIMIT // 2) is is_taken
    assert (b"x x" in written) is is_taken
    whole = sum(len(each) for each in data.splitlines(keepends=True)[3 - context :])
    assert len(written) + passed.cut_size - whole == is_taken  # the line end in place of what was cut
