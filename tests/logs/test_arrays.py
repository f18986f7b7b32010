"""A JSON array on one line is read an element a line, in blocks of any size, and no byte of an element is touched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.logs.arrays import LOOK, behind_opening, find_array, opens_array
from bundler.logs.blocks import as_utf8, in_utf8
from bundler.logs.elements import on_lines

TIME = "2026-11-23T13:03:27Z"
TEXTS = st.text(alphabet='{}[],:"\\ ab\n\u00e9', max_size=12)
VALUES = st.recursive(
    st.none() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)
RECORDS = st.lists(st.fixed_dictionaries({"a": VALUES}, optional={"b": VALUES, "time": st.just(TIME)}), max_size=12)
FIRST = {"time": TIME, "a": [{"time": TIME}, {"a": 1}]}

WRAPPERS: dict[str, tuple[str, str]] = {
    "alone": ("[", "]"),
    "alone, with a mark": ("\ufeff[", "]\n"),
    "alone, on a line of its own": ("[\n", "\n]\n"),
    "CloudTrail": ('{"Records":[', "]}"),
    "CloudWatch": ('{"searchedLogStreams": [], "events": [', '], "nextToken": "f/3"}\n'),
    "in two objects": ('{"data":{"items":[', "]}}\n"),
    "in two objects, among others": (
        '{"status":"a [{\\"","data":{"tags":[{"a":1},{"a":2}],"items":[',
        '],"total":7},"a":1}',
    ),
    "a batch": ('{"logGroup":"a [{\\"","tags":[{"a":1},{"a":2}],"logEvents":[', "]}"),
}
COMPACT: dict[str, Any] = {"separators": (",", ":")}


def written(records: Sequence[Any], wrapper: str = "alone", **how: Any) -> bytes:
    """As ``JSON.stringify`` or, without separators, as Python writes it."""
    before, after = WRAPPERS[wrapper]
    return (before + json.dumps(records, ensure_ascii=False, **how)[1:-1] + after).encode()


def in_blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def read(data: bytes, size: int = LOOK) -> tuple[bytes, list[str]]:
    notes: list[str] = []
    return b"".join(in_utf8(in_blocks(data, size), notes)), notes


def elements_of(text: bytes) -> list[Any]:
    found = []
    for line in text.split(b"\n"):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        found.append(value)
    return found


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("how", [COMPACT, {}], ids=["JSON.stringify", "Python"])
@given(RECORDS, st.integers(1, 90))
def test_each_element_is_a_line_and_stays_where_it_lies(
    wrapper: str, how: dict[str, Any], records: list[Any], size: int
) -> None:
    records = [FIRST, FIRST, *records]
    data = written(records, wrapper, **how)
    text, notes = read(data, size)
    assert len(notes) == 1
    assert elements_of(text) == records
    assert len(text) == len(data)
    assert {(mine, its) for mine, its in zip(text, data, strict=True) if mine != its} <= {
        (ord(mine), ord(its)) for mine in "\n " for its in "[], "
    }


@given(RECORDS, st.binary(max_size=40), st.integers(1, 90))
def test_anything_behind_is_read_whatever_it_is(records: list[Any], rest: bytes, size: int) -> None:
    data = written([FIRST, FIRST, *records], **COMPACT)
    array = find_array(data)
    assert array is not None
    text = b"".join(on_lines(in_blocks(data + rest, size), array))
    assert (text[: len(data)], len(text)) == (b"".join(on_lines((data,), array)), len(data + rest))


def test_arrays_that_follow_each_other_are_all_taken_apart() -> None:
    data = b"\n".join(written([FIRST] * 3, "CloudTrail", **COMPACT) for _ in range(4))
    assert elements_of(read(data)[0]) == [FIRST] * 12


def test_array_that_ends_early_is_read_as_far_as_it_goes() -> None:
    data = written([FIRST] * 100, **COMPACT)
    text, _ = read(data[:-20])
    assert elements_of(text) == [FIRST] * 99
    assert text.endswith(data[-40:-20])


def test_array_in_utf_16_is_read_alike() -> None:
    data = written([FIRST] * 20, **COMPACT)
    text, notes = read(b"\xff\xfe" + data.decode().encode("utf-16-le"), 64)
    assert (text, len(notes)) == (read(data)[0], 2)


def test_beginning_of_a_log_is_read_as_the_whole_is() -> None:
    data = written([FIRST] * 2_000, "CloudTrail")
    assert read(data)[0].startswith(as_utf8(data[:LOOK])[:-4096])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[",
        b"[]",
        b"[2026-11-23 13:03:27] INFO capture failed [{}]\n" * 3,
        b'[{"time":"2026-11-23T13:03:27Z"}]',
        b'[{"time":"2026-11-23T13:03:27Z"},\n{"time":"2026-11-23T13:03:27Z"}]',
        b'[{\n"time":"2026-11-23T13:03:27Z"},{\n"time":"2026-11-23T13:03:27Z"}]',
        b'[{shop},{"time"}]',
        b'[[{"time":"2026-11-23T13:03:27Z"},{"time":"2026-11-23T13:03:27Z"}]]',
        b'[1,{"time":"2026-11-23T13:03:27Z"},{"time":"2026-11-23T13:03:27Z"}]',
        b'{"errors":[{"code":"2040"},{"code":"2041"}]}',
        b'{"time":"2026-11-23T13:03:27Z","steps":[{"time":"2026-11-23T13:03:27Z"},{"time":"2026-11-23T13:03:27Z"}]}\n',
        b'{"steps":[{"time":"2026-11-23T13:03:27Z"},{"time":"2026-11-23T13:03:27Z"}],"time":"2026-11-23T13:03:27Z"}\n',
        b'{"time":"2026-11-23T13:03:27Z","steps":[{"time":"2026-11-23T13:03:27Z"},{"time":"2026-11-23T13:03:27Z"},',
        b'{"Records":[\n{"time":"2026-11-23T13:03:27Z"},\n{"time":"2026-11-23T13:03:27Z"}\n]}\n',
        b'{"a":{"steps":[{"time":"2026-11-23T13:03:27Z"},{"time":"2026-11-23T13:03:27Z"}]}}\n' * 2,
        b'{"a":{"b":{"steps":[{"time":"2026-11-23T13:03:27Z"},{"time":"2026-11-23T13:03:27Z"}]}}}\n',
        b'{"a":{"time":"2026-11-23T13:03:27Z","b":[["c"],[{"a":1},{"a":2}]]}}\n',
    ],
)
def test_any_other_log_is_left_as_it_is(data: bytes) -> None:
    assert find_array(data) is None
    assert read(data) == (data, [])


def text_of(size: int) -> str:
    return 'x},{"a":[' * (size // 9)


@pytest.mark.parametrize(
    "make",
    [
        lambda size: [{"text": "\\" * (size // 2)}],
        lambda size: [{"text": text_of(size)}],
        lambda size: [{"text": "\\"} for _ in range(size // 14)],
        lambda size: [{"a": [{"time": 1} for _ in range(size // 11)]}],
        lambda size: [{"a": [{"time": number, "a": {"b": [{"time": 2}, {"a": 3}]}} for number in range(size // 60)]}],
        lambda size: list(range(size // 8)),
    ],
    ids=["backslashes", "a long text", "short ones", "a long element", "a nested one", "no objects"],
)
def test_time_grows_with_the_length_and_not_faster(make: Callable[[int], list[Any]]) -> None:
    def seconds(size: int) -> float:
        data = written([FIRST, FIRST, *make(size), FIRST], **COMPACT)
        array = find_array(data[:LOOK])
        assert array is not None
        begin = process_time()
        text = b"".join(on_lines(in_blocks(data, LOOK), array))
        took = process_time() - begin
        assert text.rstrip().rpartition(b"\n")[2].startswith(b'{"time"')
        return took

    assert seconds(4_000_000) < 12 * min(seconds(500_000) for _ in range(3)) + 0.1


def test_opening_of_an_array_is_told_from_a_record() -> None:
    for opening in (b"[", b"[\n", b" [ \r\n", b"\n", b'{"Records":[', b'{\n  "Records" : [\n', b'{"Records":\n', b""):
        assert opens_array(opening)
    for record in (b"{", b'{"a":1}', b'{"a":1,"Records":[', b"[{", b"[2026", b"x", b"[[", b"]\n"):
        assert not opens_array(record)
    assert behind_opening(b'{\n  "Records": [\n    {\n') == b"{\n"
    assert behind_opening(b"[\r\n\t{}") == b"{}"
    assert behind_opening(b'{"a":1}\n{}') is behind_opening(b"[{}") is behind_opening(b"{\n") is None
