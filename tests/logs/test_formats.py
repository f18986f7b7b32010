"""Every log format proves itself on its own samples and misses; this module knows none of them by name."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from bundler.logs import catalogue
from bundler.logs.catalogue import FORMATS, PLAIN, find_format, misses_of, samples_of, zeroed
from bundler.logs.extract import excerpt
from bundler.logs.levels import level
from bundler.logs.own_formats import load_formats
from bundler.logs.proofs import Sample
from bundler.logs.recognition import BOUND, judge, recognise
from bundler.logs.records import read_records
from bundler.logs.starts import LOOK, bare, expanded, may_be_of, own_starter
from bundler.logs.timeline import Timeline
from bundler.logs.types import EVERYTHING, LogFormat

REFERENCE = datetime(2026, 11, 24, tzinfo=UTC)
GENERAL = 0.85
"""What a format weighs that knows little more of a line than its time."""

SAMPLES = [
    pytest.param(fmt, sample, id=f"{fmt.name}-{number}")
    for fmt in FORMATS
    for number, sample in enumerate(samples_of(fmt.name), 1)
]
MISSES = [
    pytest.param(fmt, miss, id=f"{fmt.name}-{number}")
    for fmt in FORMATS
    for number, miss in enumerate(misses_of(fmt.name), 1)
]


@pytest.mark.parametrize(("fmt", "sample"), SAMPLES)
def test_sample_is_claimed_by_its_own_format_most_strongly(fmt: LogFormat, sample: Sample) -> None:
    data = sample.text.encode()
    guess = recognise(data, "some file")
    assert guess.format is not None
    assert (guess.format.name, guess.score >= 0.5) == (fmt.name, True)
    lines = data.splitlines(keepends=True)
    rivals = {other.name: judge(other, lines)[1] for other in FORMATS if other.name != fmt.name}
    assert max(rivals.values()) < judge(fmt, lines)[1], rivals


@pytest.mark.parametrize(("fmt", "sample"), SAMPLES)
def test_sample_reads_as_it_says(fmt: LogFormat, sample: Sample) -> None:
    timeline = Timeline(fmt, zone=UTC, zone_from="", reference=REFERENCE)
    records = list(read_records(BytesIO(sample.text.encode()), fmt, timeline))
    assert len(records) == sample.records
    assert level(fmt, records[0].data) == sample.level
    assert records[0].moment == sample.moment


@pytest.mark.parametrize(("fmt", "sample"), SAMPLES)
def test_sample_survives_whole_in_an_excerpt(fmt: LogFormat, sample: Sample) -> None:
    data = sample.text.encode()
    taken = excerpt(BytesIO(data), "log", fmt, ids=(), window=EVERYTHING, zone=UTC, zone_from="", reference=REFERENCE)
    assert taken.data == data
    assert len(taken.spans) == sample.records


@pytest.mark.parametrize(("fmt", "sample"), SAMPLES)
def test_sample_with_the_line_ends_of_windows_reads_alike(fmt: LogFormat, sample: Sample) -> None:
    data = sample.text.replace("\n", "\r\n").encode()
    guess = recognise(data, "some file")
    assert guess.format is not None
    assert guess.format.name == fmt.name
    timeline = Timeline(fmt, zone=UTC, zone_from="", reference=REFERENCE)
    records = list(read_records(BytesIO(data), fmt, timeline))
    assert (len(records), records[0].moment) == (sample.records, sample.moment)
    assert level(fmt, records[0].data) == sample.level


@pytest.mark.parametrize(("fmt", "sample"), SAMPLES)
def test_patterns_look_no_further_than_they_say(fmt: LogFormat, sample: Sample) -> None:
    data = sample.text.encode()
    following = b"\nGET / HTTP/1.1\n" * 3
    for line in data.splitlines():
        for pattern in map(expanded, fmt.patterns):
            alone, among = pattern.match(line), pattern.match(line + following)
            assert (alone and alone.span()) == (among and among.span())
            inside = pattern.match(data, data.index(line))
            assert inside is None or inside[0].count(b"\n") < fmt.span


@pytest.mark.parametrize(("fmt", "sample"), SAMPLES)
def test_a_glance_hides_no_format_from_its_own_lines(fmt: LogFormat, sample: Sample) -> None:
    glance = next(glance for glance in FORMATS.glances if glance.name == fmt.name)
    assert not fmt.marks or glance.signs == tuple(zeroed(mark.encode()) for mark in fmt.marks)
    assert glance.is_dialect == bool(fmt.signatures)
    assert (glance.kind, glance.weight) == (fmt.kind, fmt.weight)
    for line in sample.text.encode().splitlines():
        opens = any(expanded(pattern).match(bare(line)) for pattern in fmt.patterns) or own_starter(fmt)(bare(line))
        if line and opens:
            assert fmt.signatures or may_be_of(glance, zeroed(line if fmt.kind == "json" else line[:LOOK]))


@pytest.mark.parametrize(("fmt", "miss"), MISSES)
def test_miss_is_not_claimed(fmt: LogFormat, miss: str) -> None:
    assert judge(fmt, miss.encode().splitlines(keepends=True))[1] < BOUND


def test_every_format_has_a_name_of_its_own_samples_and_misses() -> None:
    assert len({fmt.name for fmt in FORMATS}) == len(FORMATS)
    assert FORMATS.names == tuple(sorted(fmt.name for fmt in FORMATS))
    assert all(samples_of(fmt.name) and misses_of(fmt.name) for fmt in FORMATS)
    assert all(find_format(fmt.name) is fmt for fmt in (*FORMATS, PLAIN))
    assert find_format("no such format") is None
    assert not samples_of("no such format")
    assert not misses_of("no such format")


@pytest.mark.parametrize("name", FORMATS.names)
def test_a_format_is_read_as_toml_and_msgspec_have_it(name: str) -> None:
    text = (Path(catalogue.__file__).parent / "formats" / f"{name}.toml").read_text(encoding="utf-8")
    (fmt,) = load_formats([(name, text)])
    assert vars(find_format(name)) == {key: vars(fmt)[key] for key in tomllib.loads(text) if key in vars(fmt)}


def test_every_format_says_who_writes_it_and_where_that_is_told() -> None:
    for fmt in FORMATS:
        assert re.fullmatch(r"[a-z\d]+(-[a-z\d]+)*", fmt.name)
        assert fmt.writers
        assert fmt.docs.startswith("https://") or fmt.weight < GENERAL


def test_the_most_special_format_comes_first() -> None:
    weights = [fmt.weight for fmt in FORMATS]
    assert weights == sorted(weights, reverse=True)
    assert [fmt.name for fmt in FORMATS[-2:]] == [FORMATS[-2].name, FORMATS[-1].name]
