"""A search finds the records that looking at each would find, with either finder."""

from __future__ import annotations

import os
import random
from array import array
from mmap import ACCESS_READ, mmap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler import fast
from bundler.logs import automaton, occurrences, standard
from bundler.logs.mentions import Finder
from bundler.logs.ranges import Range, chained, pairs, union
from bundler.logs.scanning import scanner_of
from bundler.logs.searching import find_records
from tests.logs.reference import IDS, format_named, made_log, records, wanted_ranges

PYTHON = format_named("python-logging")


def search(data: bytes, ids: tuple[str, ...], context: int = 0, edges: tuple[int, ...] = ()) -> tuple[list[Range], int]:
    parts = [
        find_records(data, start, end, scanner_of(PYTHON), Finder(ids), context=context)
        for start, end in zip((0, *edges), (*edges, len(data)), strict=True)
    ]
    return list(pairs(union(*(pairs(part.bounds) for part in parts)))), sum(part.record_count for part in parts)


@pytest.mark.parametrize("with_extra", [True, False])
@pytest.mark.parametrize("context", [0, 1, 4])
@pytest.mark.parametrize("seed", range(4))
def test_records_with_a_mention_are_those_of_a_full_scan(
    seed: int, context: int, with_extra: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "enabled", with_extra)
    data = made_log(seed, 700)
    for ids in (IDS[:1], IDS, ("step",), ("absent-1042",)):
        found, count = search(data, ids, context)
        assert found == wanted_ranges(data, PYTHON, ids=ids, context=context)
        assert count == sum(record.mentioned for record in records(data, PYTHON, ids))


def test_each_id_is_counted_by_records_not_by_mentions() -> None:
    data = b"2026-11-23 12:00:00,000 INFO x: order-1 order-1 order-2\n2026-11-23 12:00:01,000 INFO x: order-2\n"
    found = find_records(data, 0, len(data), scanner_of(PYTHON), Finder(("order-1", "order-2", "order-3")))
    assert found.counts == (1, 2, 0)
    assert found.record_count == 2


def test_parts_that_begin_with_a_record_find_the_same_together() -> None:
    data = made_log(9, 500)
    offsets = [record.offset for record in records(data, PYTHON)]
    edges = (offsets[100], offsets[101], offsets[400])
    assert search(data, IDS, edges=edges) == search(data, IDS)


WORDS = st.sampled_from(
    [b"order-1042", b"ORDER-1042", b"%2Forder-1042", b"order-10421", b" ", b"x", b"\\n", b"\n", b"-"]
)
ID_PIECES = st.sampled_from(
    [IDS[3], IDS[3].upper(), IDS[3].replace("-", ""), IDS[3].replace("-", "").upper(), IDS[3][:-1]]
)


@given(st.lists(st.one_of(WORDS, ID_PIECES.map(str.encode)), max_size=12))
def test_both_finders_find_the_same_mentions(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    for ids in (("order-1042", IDS[3]), (IDS[3].upper(),), ("order/1042", "order-1042")):
        plain, quick = Finder(ids), Finder(ids)
        quick.mentions(data, 0, len(data))
        fast.enabled = False
        try:
            expected = plain.mentions(data, 0, len(data))
        finally:
            fast.enabled = True
        assert quick.mentions(data, 0, len(data)) == expected


GUIDS = tuple(f"{number * 3:08x}-{number % 3:04x}-4672-8b1d-1e4f0a7c9b2{number % 10}" for number in range(14))
LOOKALIKES = st.sampled_from(
    [b"-", b"--", b"-0000-", b"-0001-4672-", b"0000-4672-8b1d-", b" ", b"\n", b"2026-11-23 ", GUIDS[1][:35].encode()]
)


@given(st.lists(st.one_of(LOOKALIKES, st.sampled_from(GUIDS).map(str.encode)), max_size=16), st.integers(0, 60))
def test_many_guids_at_once_are_found_where_each_alone_is(pieces: list[bytes], start: int) -> None:
    data = b"".join(pieces)
    for end in (len(data) // 2, len(data)):
        expected = [
            (place, place + len(each), number)
            for number, each in enumerate(map(str.encode, (*GUIDS, "2026-11-23")))
            for place in range(start, end)
            if data.startswith(each, place)
        ]
        needles = [(each.encode(), number) for number, each in enumerate((*GUIDS, "2026-11-23"))]
        for many in (1, len(needles) + 1):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(standard, "_MANY", many)
                patch.setattr(standard, "_MANY_QUICK", many)
                assert standard.make_search(needles)(data, start, end) == sorted(expected)
        quick = automaton.make_search(needles)
        assert quick is not None
        assert quick(data, start, end) == sorted(expected)


def test_every_way_to_look_for_a_text_finds_it_in_the_same_places(tmp_path: Path) -> None:
    c_library = occurrences.by_c_library()
    stringzilla = fast.module("stringzilla")
    assert stringzilla is not None, "the extra [fast] is not installed"
    ways = (occurrences.by_python, occurrences.by_stringzilla(stringzilla), *filter(None, (c_library,)))
    dice = random.Random(5)
    path = tmp_path / "app.log"
    for length in (1, 4, 5, 16, 36, 256):
        text = bytes(dice.choices(b"ab-", k=length))
        data = b"".join(dice.choices([text, text[:-1], text[1:], b"-", b"a", b"\0" * 40], k=300)) + text
        path.write_bytes(data)
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
            for start, end in ((0, len(data)), (7, len(data) // 2), (len(data) - length, len(data)), (9, 9), (0, 1)):
                expected = [place for place in range(start, end) if data.startswith(text, place)]
                for way in ways:
                    for held in (data, bytearray(data), mapped):
                        assert way(held, text, start, end) == expected


def test_another_c_library_or_an_old_one_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for told in ("glibc 2.28", "musl", ""):
        monkeypatch.setattr(os, "confstr", lambda _name, told=told: told)
        occurrences.by_c_library.cache_clear()
        assert occurrences.by_c_library() is None
    occurrences.by_c_library.cache_clear()


def test_union_merges_parts_in_order() -> None:
    assert union([Range(0, 2), Range(9, 12)], [Range(2, 4), Range(11, 15)]) == array("Q", [0, 4, 9, 15])


def test_parts_of_a_log_are_put_together_whether_they_follow_each_other_or_overlap() -> None:
    dice = random.Random(3)
    for _ in range(500):
        edges = [sorted(dice.sample(range(60), 2 * dice.randrange(4))) for _ in range(3)]
        if dice.random() < 0.5:
            edges = [[100 * number + edge for edge in part] for number, part in enumerate(edges)]
        parts = [array("Q", part) for part in edges]
        assert chained(parts) == union(*(pairs(part) for part in parts))
    assert chained([array("Q", [0, 5]), array("Q", [5, 7, 9, 10])]) == array("Q", [0, 7, 9, 10])
