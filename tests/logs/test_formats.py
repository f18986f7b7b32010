"""Every log format proves itself on its own samples and misses; this module knows none of them by name."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest

from bundler.logs import FORMATS, PLAIN, LogFormat, excerpt, find_format, level, recognise
from bundler.logs.recognition import BOUND, judge
from bundler.logs.records import read_records
from bundler.logs.timeline import Timeline
from bundler.logs.types import EVERYTHING, Sample

REFERENCE = datetime(2026, 11, 24, tzinfo=UTC)


SAMPLES = [
    pytest.param(fmt, sample, id=f"{fmt.name}-{number}")
    for fmt in FORMATS
    for number, sample in enumerate(fmt.samples, 1)
]
MISSES = [
    pytest.param(fmt, miss, id=f"{fmt.name}-{number}") for fmt in FORMATS for number, miss in enumerate(fmt.misses, 1)
]


@pytest.mark.parametrize(("fmt", "sample"), SAMPLES)
def test_sample_is_claimed_by_its_own_format_most_strongly(fmt: LogFormat, sample: Sample) -> None:
    data = sample.text.encode()
    guess = recognise(data, "some file")
    assert guess.format is fmt
    assert guess.score >= 0.5
    lines = data.splitlines(keepends=True)
    rivals = {other.name: judge(other, lines)[1] for other in FORMATS if other is not fmt}
    assert max(rivals.values()) < judge(fmt, lines)[1], rivals


@pytest.mark.parametrize(("fmt", "sample"), SAMPLES)
def test_sample_reads_as_it_says(fmt: LogFormat, sample: Sample) -> None:
    timeline = Timeline(fmt, zone=UTC, zone_from="", reference=REFERENCE)
    records = list(read_records(BytesIO(sample.text.encode()), fmt, timeline))
    assert len(records) == sample.records
    assert records[0].moment == sample.moment
    assert level(fmt, records[0].data) == sample.level


@pytest.mark.parametrize(("fmt", "sample"), SAMPLES)
def test_sample_survives_whole_in_an_excerpt(fmt: LogFormat, sample: Sample) -> None:
    data = sample.text.encode()
    taken = excerpt(BytesIO(data), "log", fmt, ids=(), window=EVERYTHING, zone=UTC, zone_from="", reference=REFERENCE)
    assert taken.data == data
    assert len(taken.spans) == sample.records


@pytest.mark.parametrize(("fmt", "miss"), MISSES)
def test_miss_is_not_claimed(fmt: LogFormat, miss: str) -> None:
    assert judge(fmt, miss.encode().splitlines(keepends=True))[1] < BOUND


def test_every_format_has_a_name_of_its_own_samples_and_misses() -> None:
    assert len({fmt.name for fmt in FORMATS}) == len(FORMATS)
    assert all(fmt.samples and fmt.misses for fmt in FORMATS)
    assert all(find_format(fmt.name) is fmt for fmt in (*FORMATS, PLAIN))
    assert find_format("no such format") is None
