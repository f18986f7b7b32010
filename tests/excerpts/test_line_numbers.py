"""Records of a cut are told with the lines of their log, however it was read."""

from __future__ import annotations

import gzip
import os
import signal
import tracemalloc
from array import array
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest

from bundler import fast
from bundler.evidence import workers
from bundler.excerpts import lines, searching
from bundler.excerpts.cutting import Cut, Seen
from bundler.excerpts.lines import lines_of
from bundler.logs.records import Record, records_in
from bundler.logs.timeline import Timeline
from tests.excerpts.cuts import PACKINGS, PYTHON, WINDOW, cut, log_of
from tests.logs.reference import IDS, REFERENCE, made_log


def test_lines_of_records_are_those_of_the_log(tmp_path: Path) -> None:
    data = made_log(12, 2_000)
    for packing, counts_lines in (("", False), (".gz", False), (".gz", True)):
        log = log_of(tmp_path / f"app.log{packing}", PACKINGS[packing](data))
        (found,) = cut(log, window=WINDOW, ids=IDS[:6], counts_lines=counts_lines)
        assert bool(found.lines) == counts_lines
        timeline = Timeline(PYTHON, zone=UTC, zone_from="", reference=REFERENCE)
        lines = data.splitlines(keepends=True)
        records = list(records_in(found.blocks(), PYTHON, timeline))
        for some in (records, records[3::7], []):
            for record, line in zip(some, lines_of(found, some), strict=True):
                assert lines[line - 1] == record.data.splitlines(keepends=True)[0]


@pytest.mark.parametrize("is_fast", [True, False])
@pytest.mark.parametrize("endless", [0, 2_000_000, 9_000_000])
def test_lines_are_counted_while_packed_logs_go_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endless: int, is_fast: bool
) -> None:
    monkeypatch.setattr(fast, "enabled", is_fast)
    tick = b"2026-11-23 12:00:00,000 INFO shop: step\n"
    named = f"2026-11-23 12:00:01,000 INFO shop: {IDS[0]}\n  and a second line\n".encode()
    long = named + b"  and more of it\n" * (endless // 17)
    data = b"".join((named, tick * 3, named, named, tick * 200_000, long, tick, named, tick * 9_000, named))
    logs = [log_of(tmp_path / f"{name}.log.gz", gzip.compress(data, 1)) for name in ("one", "two")]
    for found in (*cut(*logs, ids=IDS[:1], counts_lines=True), *cut(logs[0], ids=IDS[:1], counts_lines=True)):
        timeline = Timeline(PYTHON, zone=UTC, zone_from="", reference=REFERENCE)
        records = list(records_in(found.blocks(), PYTHON, timeline))
        more = endless // 17
        assert lines_of(found, records) == [1, 6, 8, *(200_000 + 10 + each for each in (0, 3 + more, 9_005 + more))]


@pytest.mark.parametrize("is_fast", [True, False])
def test_lines_of_records_of_a_large_log_are_counted_on_all_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_fast: bool
) -> None:
    monkeypatch.setattr(fast, "enabled", is_fast)
    line = b"2026-11-23 12:00:00,000 INFO shop: step\n"
    places = [0, 1, 49_999, 50_000, 99_998, 99_999]
    found = Cut(log_of(tmp_path / "app.log", line * 100_000), array("Q", (0, len(line) * 100_000)), Seen())
    records = [Record(line, 1, None, 0, mentioned=True, offset=place * len(line)) for place in places]
    assert lines_of(found, records) == [place + 1 for place in places]


@pytest.mark.parametrize("is_fast", [True, False])
@pytest.mark.parametrize("is_lost", [False, True])
def test_lines_are_counted_while_records_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_fast: bool, is_lost: bool
) -> None:
    monkeypatch.setattr(fast, "enabled", is_fast)
    monkeypatch.setattr(searching, "FORK_FROM", 1)
    data = made_log(12, 2_000)
    (found,) = cut(log_of(tmp_path / "app.log", data), window=WINDOW, ids=IDS[:6])
    assert len(found.bounds) > 2
    timeline = Timeline(PYTHON, zone=UTC, zone_from="", reference=REFERENCE)
    wanted = lines_of(found, list(records_in(found.blocks(), PYTHON, timeline)))
    if is_lost:
        monkeypatch.setattr(lines, "_count_part", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with closing(lines.Lines(found)) as counted:
        assert (counted._counting is not None) == workers.can_fork()
        if not is_lost:  # the log is not looked at again
            monkeypatch.setattr(lines, "lines_of", None)
        assert counted.of(list(records_in(found.blocks(), PYTHON, timeline))) == wanted


def test_lines_of_many_records_are_known_in_little_memory(tmp_path: Path) -> None:
    line = "2026-11-23 12:00:00,000 INFO shop: step\n"
    found = Cut(log_of(tmp_path / "app.log", (line * 200_000).encode()), array("Q"), Seen())
    found.bounds.extend(edge for at in range(0, 200_000, 2) for edge in (at * len(line), (at + 1) * len(line)))
    tracemalloc.start()
    lines = lines_of(found, [Record(line.encode(), 100_000, None, 0, mentioned=True, offset=99_999 * len(line))])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
    assert lines == [199_999]
