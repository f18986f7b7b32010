"""Whatever way a log goes, the records are those that reading every one would take."""

from __future__ import annotations

import gzip
import io
import os
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path

import pytest

from bundler import fast
from bundler.errors import UnreadableInput
from bundler.evidence import workers
from bundler.evidence.copying import copy_ranges
from bundler.excerpts import searching
from bundler.excerpts.cutting import Cut, cut_log
from bundler.excerpts.filtering import Answer, Shape, write
from bundler.excerpts.lines import lines_of
from bundler.excerpts.mentioning import records_of
from bundler.excerpts.progress import NoProgress
from bundler.excerpts.together import cut_all
from bundler.logs.mentions import Finder
from bundler.logs.ranges import pairs
from bundler.logs.records import records_in
from bundler.logs.timeline import Timeline
from bundler.logs.types import Wanted, Window
from tests.excerpts.cuts import PACKINGS, PYTHON, WINDOW, ZONE, cut, log_of
from tests.logs.reference import IDS, REFERENCE, START, made_log, wanted_ranges


def taken(found: Cut) -> bytes:
    return b"".join(found.blocks())


def expected(data: bytes, window: Window | None, ids: tuple[str, ...] = (), context: int = 0) -> bytes:
    ranges = wanted_ranges(data, PYTHON, window=window, ids=ids, context=context)
    return b"".join(data[start:end] for start, end in ranges)


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("context", [0, 2])
@pytest.mark.parametrize(("window", "ids"), [(WINDOW, ()), (None, IDS[:3]), (WINDOW, IDS[:3])])
def test_cut_of_a_log_plain_or_packed(
    tmp_path: Path, packing: str, context: int, window: Window | None, ids: tuple[str, ...]
) -> None:
    data = made_log(3, 3_000)
    (found,) = cut(
        log_of(tmp_path / f"app.log{packing}", PACKINGS[packing](data)), window=window, ids=ids, context=context
    )
    assert taken(found) == expected(data, window, ids, context)
    assert found.size == len(taken(found))


@pytest.mark.parametrize("packing", ["", ".gz"])
@pytest.mark.parametrize(
    ("first", "later"), [((), IDS[:2]), (IDS[:3], IDS[2::-1]), (IDS[:3], IDS[1:6]), (IDS[:2], ("x", *IDS[:5]))]
)
def test_what_an_earlier_cut_found_is_added_to(
    tmp_path: Path, packing: str, first: tuple[str, ...], later: tuple[str, ...]
) -> None:
    data = made_log(5, 3_000)
    log = log_of(tmp_path / f"app.log{packing}", PACKINGS[packing](data))
    earlier = cut(log, ids=first)
    (found,) = cut_all([log], Wanted(WINDOW, Finder(later)), ZONE, NoProgress(), job_count=2, earlier=earlier)
    (anew,) = cut(log, window=WINDOW, ids=later)
    assert taken(found) == taken(anew) == expected(data, WINDOW, later)
    assert found.seen == anew.seen


@pytest.mark.parametrize("packing", ["", ".gz"])
@pytest.mark.parametrize("ids", [(), IDS[:1], IDS])
def test_records_of_a_cut_are_known_to_mention_an_id(tmp_path: Path, packing: str, ids: tuple[str, ...]) -> None:
    for seed, window in ((8, WINDOW), (9, None)):
        (found,) = cut(
            log_of(tmp_path / f"app.log{packing}", PACKINGS[packing](made_log(seed, 3_000))), window=window, ids=ids
        )
        timeline = partial(Timeline, PYTHON, zone=UTC, zone_from="", reference=REFERENCE)
        records = list(records_of(found, timeline(), Finder(ids)))
        assert records == list(records_in(found.blocks(), PYTHON, timeline(), finder=Finder(ids)))
        assert any(record.mentioned for record in records) == bool(ids)


def test_no_id_is_searched_for_twice(tmp_path: Path) -> None:
    data = made_log(5, 3_000)
    log = log_of(tmp_path / "app.log", data)
    wanted = Wanted(None, Finder(IDS[:3]))
    searched = 0

    def advance(size: int) -> None:
        nonlocal searched
        searched += size

    earlier = cut_log(log, wanted, ZONE, advance, job_count=2)
    assert searched == len(data)
    found = cut_log(log, wanted._replace(window=WINDOW), ZONE, advance, job_count=2, earlier=earlier)
    assert searched == len(data)
    assert taken(found) == expected(data, WINDOW, IDS[:3])


@pytest.mark.parametrize("packing", ["", ".gz"])
def test_log_that_is_not_in_order_is_read_whole_and_says_so(tmp_path: Path, packing: str) -> None:
    data = made_log(4, 1_500) + made_log(5, 2_500)
    (found,) = cut(log_of(tmp_path / f"app.log{packing}", PACKINGS[packing](data)), window=WINDOW, ids=IDS[:1])
    assert taken(found) == expected(data, WINDOW, IDS[:1])
    assert "not in order" in " ".join(found.seen.notes)


def test_utf_16_is_cut_as_utf_8(tmp_path: Path) -> None:
    data = made_log(6, 300)
    (found,) = cut(log_of(tmp_path / "app.log", data.decode().encode("utf-16")), window=WINDOW, ids=IDS[:4])
    assert taken(found) == expected(data, WINDOW, IDS[:4])
    assert "UTF-16" in " ".join(found.seen.notes)


def test_other_spellings_are_found_where_the_given_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "OTHERS_UP_TO", 1_000)
    data = made_log(7, 800, ids=(IDS[0], IDS[1].upper()))
    log = log_of(tmp_path / "app.log", data)
    (found,) = cut(log, ids=(IDS[0], IDS[1]))
    assert taken(found) == expected(data, None, (IDS[0], IDS[1]))
    assert all(found.seen.counts)


def test_rotated_set_opens_only_what_can_hold_the_window(tmp_path: Path) -> None:
    data = made_log(8, 6_000)
    early = Window(START + timedelta(seconds=300), START + timedelta(seconds=900))
    edges = [0, *(data.index(b"\n20", len(data) * part // 4) + 1 for part in (1, 2, 3)), len(data)]
    names = ("app.log.3.gz", "app.log.2.gz", "app.log.1", "app.log")
    logs = [
        log_of(tmp_path / name, PACKINGS[".gz" if name.endswith("gz") else ""](data[start:end]))
        for name, start, end in zip(names, edges, edges[1:], strict=False)
    ]
    found = cut(*logs, window=early)
    assert b"".join(taken(each) for each in found) == expected(data, early)
    assert [bool(each.seen.notes and "not opened" in each.seen.notes[0]) for each in found] == [False, True, True, True]
    assert b"".join(taken(each) for each in cut(*logs, ids=IDS[:2])) == expected(data, None, IDS[:2])


def test_rotated_set_whose_members_overlap_is_opened_all_the_same(tmp_path: Path) -> None:
    early, late = made_log(8, 2_000), made_log(9, 2_000, step_s=0.5)
    logs = [log_of(tmp_path / name, data) for name, data in (("app.log.1", early), ("app.log", late))]
    window = Window(START + timedelta(seconds=400), START + timedelta(seconds=600))
    found = cut(*logs, window=window)
    assert [taken(each) for each in found] == [expected(early, window), expected(late, window)]


def test_two_copies_of_one_member_are_both_opened(tmp_path: Path) -> None:
    data = made_log(8, 2_000)
    half = data[: data.index(b"\n20", len(data) // 4) + 1]
    window = Window(START + timedelta(seconds=400), START + timedelta(seconds=600))
    logs = [
        log_of(tmp_path / name, gzip.compress(each)) for name, each in (("app.log.2.gz", data), ("app.log.1.gz", half))
    ]
    assert taken(cut(*logs, window=window)[0]) == expected(data, window)


def test_damaged_log_among_several_stops_nobody(tmp_path: Path) -> None:
    data = made_log(9, 800)
    packed = gzip.compress(data)
    logs = [log_of(tmp_path / name, packed) for name in ("a.log.gz", "b.log.gz")]
    (tmp_path / "b.log.gz").write_bytes(packed[:40] + b"\xff" * 400)
    found = cut(*logs, ids=IDS[:2])
    assert taken(found[0]) == expected(data, None, IDS[:2])
    assert found[1].seen.error or found[1].seen.notes
    (tmp_path / "b.log.gz").unlink()
    (gone,) = cut(logs[1], ids=IDS[:2])
    assert gone.seen.error
    with pytest.raises(UnreadableInput):
        cut_log(logs[1], Wanted(None, Finder(IDS)), ZONE, lambda _: None, job_count=1)


def test_lost_worker_is_made_up_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = made_log(10, 900)
    log = log_of(tmp_path / "app.log", data)

    def lost(*_: object) -> list[bytes]:
        raise workers.WorkerLost

    monkeypatch.setattr(workers, "run", lost)
    (found,) = cut(log, ids=IDS[:5])
    assert taken(found) == expected(data, None, IDS[:5])
    records = list(records_in(found.blocks(), PYTHON, Timeline(PYTHON, zone=UTC, zone_from="", reference=REFERENCE)))
    lines = data.splitlines(keepends=True)
    assert [lines[line - 1] for line in lines_of(found, records)] == [
        record.data.splitlines(keepends=True)[0] for record in records
    ]


@pytest.mark.parametrize("how", ["cut", "replaced"])
def test_log_that_changed_since_it_was_searched_is_not_taken_for_the_same(tmp_path: Path, how: str) -> None:
    data = made_log(11, 900)
    log = log_of(tmp_path / "app.log", data)
    (found,) = cut(log, window=WINDOW)
    if how == "cut":
        os.truncate(tmp_path / "app.log", len(data) // 2)
    else:
        (tmp_path / "app.log").rename(tmp_path / "app.log.1")
        (tmp_path / "app.log").write_bytes(made_log(12, 2_000))
    with pytest.raises(UnreadableInput):
        taken(found)
    sink = io.BytesIO()
    write(Answer((found,), ()), Shape(), None, ZONE, sink)
    assert "replaced or cut" in found.seen.error
    assert sink.getvalue() == b""


def test_ranges_are_copied_by_the_system(tmp_path: Path) -> None:
    data = made_log(13, 2_000)
    log = log_of(tmp_path / "app.log", data)
    (found,) = cut(log, window=WINDOW, ids=IDS)
    with (tmp_path / "out").open("wb") as sink:
        sink.write(b"before ")
        assert copy_ranges(log.source, found.bounds, sink)
    assert (tmp_path / "out").read_bytes() == b"before " + expected(data, WINDOW, IDS)
    assert len(list(pairs(found.bounds))) > 10


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_with_and_without_the_extra_the_bytes_are_the_same(
    tmp_path: Path, packing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = made_log(14, 3_000, ids=(*IDS, IDS[1].upper(), IDS[2].replace("-", "")))
    zstd = pytest.importorskip("backports.zstd")
    log = log_of(tmp_path / f"app.log{packing}", {**PACKINGS, ".zst": zstd.compress}[packing](data))
    answers = []
    for enabled in (True, False):
        if packing == ".zst" and not enabled:
            continue  # this Python knows Zstandard by the extra alone
        monkeypatch.setattr(fast, "enabled", enabled)
        for ids in (IDS[:1], IDS, ("step",)):
            (found,) = cut(log, window=WINDOW, ids=ids)
            answers.append(taken(found))
    assert answers[:3] == [expected(data, WINDOW, ids) for ids in (IDS[:1], IDS, ("step",))]
    assert answers[3:] in ([], answers[:3])
