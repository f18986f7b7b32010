"""The corpus of the benchmarks is what it says: the same bytes for a seed, and everything where the truth has it."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest

from bundler.logs.catalogue import find_format
from bundler.logs.extract import survey
from bundler.logs.recognition import recognise
from tests.benchmarks.corpus import CATALOGUED, WINDOW, Corpus, Truth, read_truth, write
from tests.benchmarks.corpus_lines import FORMATS

SIZE = 256 * 1024
DIGEST = "4dc78e21cbd354ab05f19871159119317b92bbf0f01eae36e4da94fa9676b2a0"
NOW = datetime(2026, 3, 12, tzinfo=UTC)
GUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LINE = re.compile(rb"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")


Build = Callable[[str], tuple[bytes, Truth]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Each format once."""

    @cache
    def build(name: str) -> tuple[bytes, Truth]:
        folder = tmp_path_factory.mktemp("corpus")
        return read(folder, write(folder, Corpus(SIZE, name)))

    return build


def read(folder: Path, truth: Truth) -> tuple[bytes, Truth]:
    return b"".join((folder / each).read_bytes() for each, _, _ in truth.files), truth


@pytest.mark.parametrize("name", FORMATS)
def test_the_program_reads_it(built: Build, name: str) -> None:
    data, truth = built(name)
    guess = recognise(data[:65536], "corpus")
    assert guess.format is not None
    assert abs(len(data) - SIZE) < SIZE // 8
    if name == "mixed":
        return
    assert guess.format == find_format(CATALOGUED[name])
    found = survey(BytesIO(data), guess.format, zone=UTC, zone_from="the test", reference=NOW)
    assert (found.records, found.sorted) == (truth.records, True)
    assert found.first == datetime(2026, 3, 11, tzinfo=UTC)
    assert found.last is not None
    assert NOW - timedelta(minutes=2) < found.last < NOW


@pytest.mark.parametrize("name", FORMATS)
def test_every_planted_id_lies_where_the_truth_says(built: Build, name: str) -> None:
    data, truth = built(name)
    assert len(truth.places) == 20
    for each, places in truth.places.items():
        found = {data.count(b"\n", 0, match.start()) for match in re.finditer(each.encode(), data)}
        told = {data.count(b"\n", 0, start + data[start:end].index(each.encode())) for start, end in places}
        assert found == told
        assert all(data[end - 1 : end] == b"\n" and (not start or data[start - 1] == 10) for start, end in places)
    assert len(truth.places[truth.target]) == 40
    stacks = [data[start:end] for start, end in truth.places[truth.target] if b"answered 409" in data[start:end]]
    assert len(stacks) == (name != "access")
    if name in ("pylog", "mixed"):
        assert 10 <= stacks[0].count(b"\n") <= 47


def test_records_are_whole_and_the_window_is_true(built: Build) -> None:
    data, truth = built("pylog")
    starts = [match.start() for match in LINE.finditer(data)]
    assert len(starts) == truth.records
    assert all({start, end} <= {*starts, len(data)} for places in truth.places.values() for start, end in places)
    ((start, end, first, last),) = truth.windows
    assert (start, end) == WINDOW
    inside = [each for each in starts if b"2026-03-11 14:32:22" <= data[each : each + 19] < b"2026-03-11 14:42:22"]
    assert (first, last) == (inside[0], starts[starts.index(inside[-1]) + 1])


def test_records_of_a_request_share_a_trace_number_and_name_one_payment(built: Build) -> None:
    data, truth = built("pylog")
    planted = {each.encode() for each in (truth.common, truth.target, *truth.others)}
    requests: dict[bytes, list[set[bytes]]] = {}
    for line in filter(LINE.match, data.splitlines()):
        trace = re.search(rb" trace=([0-9a-f]{16}) ", line)
        assert trace is not None
        requests.setdefault(trace[1], []).append({*GUID.findall(line)} - planted)
    named = [set().union(*records) for records in requests.values()]
    assert max(len(ids) for ids in named) == 1
    assert 1.7 < truth.records / len(requests) < 2.3
    payments = {each for ids in named for each in ids}
    assert truth.records / len(payments) > 5


def test_the_same_bytes_for_a_seed_however_they_are_packed(built: Build, tmp_path: Path) -> None:
    data, truth = built("pylog")
    assert hashlib.sha256(data).hexdigest() == DIGEST
    for folder in ("rotated", "other"):
        (tmp_path / folder).mkdir()
    rotated = Corpus(SIZE, "pylog", rotate=8, compress="gz")
    packed = write(tmp_path / "rotated", rotated)
    assert [name for name, _, _ in packed.files] == [f"app.log.{number}.gz" for number in range(8, 0, -1)]
    files = [gzip.decompress((tmp_path / "rotated" / name).read_bytes()) for name, _, _ in packed.files]
    assert b"".join(files) == data
    assert all(files)
    assert [len(each) for each in files] == [end - start for _, start, end in packed.files]
    assert packed.places == truth.places
    assert read(tmp_path / "other", write(tmp_path / "other", Corpus(SIZE, "pylog", 8)))[0] != data
    reread = read_truth(tmp_path / "rotated", rotated)
    assert reread is not None
    assert (reread.target, reread.records) == (packed.target, packed.records)
    assert read_truth(tmp_path / "rotated", rotated._replace(seed=8)) is None


@pytest.mark.parametrize("name", FORMATS)
def test_a_log_with_room_for_few_ids_names_those(name: str, tmp_path: Path) -> None:
    data, truth = read(tmp_path, write(tmp_path, Corpus(9_000, name)))
    assert truth.places[truth.target]
    assert not truth.places[truth.others[-1]]
    for each, places in truth.places.items():
        assert all(each.encode() in data[start:end] for start, end in places)


def test_secrets_and_decoys_are_about_one_record_in_twenty(built: Build) -> None:
    data, truth = built("pylog")
    for planted in (truth.secrets, truth.decoys):
        texts = {text.encode() for _, text in planted if len(text) > 5}
        carrying = sum(any(text in line for text in texts) for line in data.splitlines())
        assert truth.records // 40 < carrying < truth.records // 12
