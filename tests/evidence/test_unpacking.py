"""What log stores hand out becomes a log that reads well, also when it breaks off anywhere."""

from __future__ import annotations

import json
import tempfile
import tracemalloc
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.evidence.unpacking import STEPS, unpack
from bundler.logs.recognition import recognise

TRACE = b"""2026-11-23 14:03:27,482 ERROR shop: capture failed for pay-1001
Traceback (most recent call last):
  File "/srv/shop/capture.py", line 42, in capture
ValueError: 409
2026-11-23 14:03:28,000 INFO shop: done
"""


def run(step: str, data: bytes) -> tuple[bytes, str]:
    spool = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed below
    with spool:
        spool.write(data)
        spool.flush()
        unpacked = unpack(step, spool)
        with unpacked.spool:
            unpacked.spool.seek(0)
            out = unpacked.spool.read()
    assert len(out) == unpacked.size
    return out, unpacked.remark


def stamped(data: bytes, stamp: bytes = b"2026-11-23T13:03:27.482123456Z ", who: bytes = b"") -> bytes:
    return b"".join(who + stamp + line for line in data.splitlines(keepends=True))


@pytest.mark.parametrize("who", [b"", b"shop-6c9f-x2 | "])
@pytest.mark.parametrize(
    "stamp", [b"2026-11-23T13:03:27.482123456Z ", b"2026-11-23T14:03:27.482+01:00 ", b"1795442607482\t"]
)
def test_a_program_with_times_of_its_own_keeps_them_and_its_traces_whole(stamp: bytes, who: bytes) -> None:
    out, remark = run("stamps", stamped(TRACE, stamp, who))
    assert out == b"".join(who + line for line in TRACE.splitlines(keepends=True))
    assert remark == ""


def test_json_lines_with_times_stay_json_lines() -> None:
    line = b'{"level":50,"time":1795442607482,"msg":"capture failed"}\n'
    assert run("stamps", stamped(line * 3))[0] == line * 3


def test_a_program_without_times_keeps_those_of_the_store() -> None:
    plain = b'capture failed\n  because of 409\n\n{"level":50,"msg":"gave up"}\n'
    stamp = b"2026-11-23T13:03:27.482123456Z "
    out, _ = run("stamps", stamped(plain))
    assert out == (
        stamp + b"capture failed\n" + b"  because of 409\n" + stamp + b"\n" + stamp + b'{"level":50,"msg":"gave up"}\n'
    )
    guess = recognise(out, "")
    assert guess.format is not None


def test_levels_without_times_are_no_times() -> None:
    dotnet = b"info: Shop.Payments[0]\n      capture started\nfail: Shop.Payments[0]\n      capture failed\n" * 5
    out, _ = run("stamps", stamped(dotnet))
    assert out.startswith(b"2026-11-23T13:03:27.482123456Z info: Shop.Payments[0]\n")


def test_milliseconds_since_1970_become_a_time_that_people_read() -> None:
    out, _ = run("stamps", b"1795442607482\tcapture failed\nwent on\n1795442607000\tdone\n")
    assert out == b"2026-11-23T14:03:27.482Z capture failed\nwent on\n2026-11-23T14:03:27.000Z done\n"


def test_a_line_without_an_end_is_read_in_bounded_pieces() -> None:
    data = b"2026-11-23T13:03:27Z " + b"no end " * 500_000
    assert run("stamps", data)[0] == data


def test_loki() -> None:
    events = [
        {"labels": {"app": "shop"}, "line": "capture failed\n  at x", "timestamp": "2026-11-23T13:03:27.482123456Z"},
        {"labels": {"app": "shop"}, "line": "gave up", "timestamp": "2026-11-23T13:03:28Z"},
    ]
    data = "".join(json.dumps(event) + "\n" for event in events).encode()
    out, remark = run("loki", data + b'{"labels":{"app"')
    assert out == b"2026-11-23T13:03:27.482123456Z capture failed\n  at x\n2026-11-23T13:03:28Z gave up\n"
    assert remark == "left out: 1 record that could not be read"


def test_loki_with_times_of_its_own() -> None:
    events = [
        {"labels": {}, "line": line.decode(), "timestamp": "2026-11-23T13:03:27.482123456Z"}
        for line in TRACE.splitlines()
    ]
    assert run("loki", "\n".join(map(json.dumps, events)).encode())[0] == TRACE


ENTRIES = [
    {
        "timestamp": "2026-11-23T13:03:27.482Z",
        "severity": "ERROR",
        "textPayload": 'a "brace" { and \\ [',
        "n": [{"a": 1}],
    },
    {
        "timestamp": "2026-11-23T13:03:28Z",
        "severity": "INFO",
        "jsonPayload": {"message": "æøå", "hits": {"hits": [{}]}},
    },
]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_of_records_becomes_a_record_a_line(indent: int | None) -> None:
    out, remark = run("array", json.dumps(ENTRIES, indent=indent).encode())
    assert [json.loads(line) for line in out.splitlines()] == ENTRIES
    assert remark == ""
    guess = recognise(out, "")
    assert guess.format is not None
    assert guess.format.kind == "json"


def answer(sources: list[dict[str, object]], total: object, indent: int | None = None) -> bytes:
    hits = [{"_index": "logs", "_id": "1", "_score": None, "_source": source, "sort": [1]} for source in sources]
    return json.dumps(
        {
            "took": 5,
            "timed_out": False,
            "_shards": {"total": 1},
            "hits": {"total": total, "max_score": None, "hits": hits},
        },
        indent=indent,
    ).encode()


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("total", [{"value": 2, "relation": "eq"}, 2])
def test_hits_become_a_record_a_line(indent: int | None, total: object) -> None:
    out, remark = run("hits", answer(ENTRIES, total, indent))  # type: ignore[arg-type]
    assert [json.loads(line) for line in out.splitlines()] == ENTRIES
    assert remark == ""


def test_hits_say_when_the_store_holds_more() -> None:
    _, remark = run("hits", answer(ENTRIES, {"value": 12345, "relation": "eq"}))  # type: ignore[arg-type]
    assert remark == "only 2 of 12,345 matching records came"


def test_no_hits() -> None:
    assert run("hits", answer([], {"value": 0, "relation": "eq"})) == (b"", "")


@given(st.integers(0, 400))
def test_a_list_that_breaks_off_gives_what_is_whole(size: int) -> None:
    whole = json.dumps(ENTRIES).encode()
    out, _ = run("array", whole[: size % len(whole) + 1])
    read = [json.loads(line) for line in out.splitlines()]
    assert read == ENTRIES[: len(read)]
    assert len(read) == sum(end <= size % len(whole) + 1 for end in _ends(whole))


def _ends(whole: bytes) -> list[int]:
    first = len(json.dumps(ENTRIES[:1]).encode()) - 1
    return [first, len(whole) - 1]


@given(st.binary(min_size=1, max_size=300) | st.text(min_size=1, alphabet='{}[]",:\\ae1 ').map(str.encode))
def test_whatever_comes_nothing_breaks(data: bytes) -> None:
    for step in STEPS:
        run(step, data)


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 20])
def test_blocks_may_end_anywhere(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bundler.evidence.unpacking._BLOCK", size)
    assert [json.loads(line) for line in run("array", json.dumps(ENTRIES).encode())[0].splitlines()] == ENTRIES
    assert [json.loads(line) for line in run("hits", answer(ENTRIES, 2, 2))[0].splitlines()] == ENTRIES  # type: ignore[arg-type]


@pytest.mark.parametrize("start", [b'[{"a":"', b'["', b'[{"a":[', b'[{"a":"b"},{"c":"'])
def test_a_record_without_an_end_is_not_kept_in_memory(start: bytes) -> None:
    tracemalloc.start()
    try:
        out, remark = run("array", start + b"x, " * 10_000_000)
        assert tracemalloc.get_traced_memory()[1] < 60_000_000 + 30_000_000  # the input itself is held by the test
    finally:
        tracemalloc.stop()
    assert out == (b'{"a":"b"}\n' if b"c" in start else b"")
    assert remark == ("" if start == b'["' else "left out: 1 record that could not be read")


def test_after_a_record_that_is_too_large_comes_the_next() -> None:
    large = json.dumps({"a": ["x" * 100_000] * 50})
    out, remark = run("array", f'[{large}, {{"a":"b"}}]'.encode())
    assert (out, remark) == (b'{"a":"b"}\n', "left out: 1 record that could not be read")


def test_deep_nesting_is_left_out_and_counted() -> None:
    deep = b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b'},{"timestamp":"2026-11-23T13:03:27Z"}]'
    out, remark = run("array", deep)
    assert out == b'{"timestamp":"2026-11-23T13:03:27Z"}\n'
    assert remark == "left out: 1 record that could not be read"
