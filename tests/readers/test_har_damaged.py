"""A HAR that is cut, broken, endless or none at all gives what was readable, or is refused in words."""

from __future__ import annotations

import contextlib
import io
import json
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from bundler.errors import UnreadableInput
from bundler.readers import har, har_entry, json_stream
from tests.readers.hars import entry, log
from tests.readers.reading import read, read_case


def test_truncated_file_gives_what_was_complete() -> None:
    outcome = read_case(har, "har/truncated.har")
    assert [exchange.place for exchange in outcome.exchanges] == ["entry 1", "entry 2"]
    assert outcome.notes == ["The file ends early after entry 2; what came before was read."]


def test_every_cut_of_a_har_gives_its_whole_entries_or_an_error() -> None:
    whole = log(entry(), entry(), entry()).encode()
    ends = [found for found in range(len(whole)) if whole.startswith(b'}, {"request"', found)]
    for cut in range(0, len(whole), 7):
        expected = sum(end < cut for end in ends)
        if expected:
            assert len(read(har, whole[:cut]).exchanges) in (expected, expected + 1)
        else:
            with contextlib.suppress(UnreadableInput):
                assert len(read(har, whole[:cut]).exchanges) == 1


def test_broken_entry_is_left_out_and_the_next_is_read() -> None:
    outcome = read_case(har, "har/not-quite-json.har")
    assert [exchange.index for exchange in outcome.exchanges] == [1, 3]
    assert "Left out as not valid JSON: entry 2." in outcome.notes
    assert outcome.exchanges[0].duration_ms is None  # NaN
    assert "\ufffd" in outcome.response().body.decode()  # half a surrogate pair


def test_bytes_that_are_no_text_are_replaced_and_noted() -> None:
    data = log(entry(content={"text": "b\u00e9d", "size": 3}), entry()).encode("latin-1", "ignore")
    data = data.replace(b"\\u00e9", b"\xe9")
    outcome = read(har, data)
    assert outcome.response().body.decode() == "b\ufffdd"
    assert "Bytes that are not valid text were replaced." in outcome.notes


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"log":{"entries":[' + "[" * 1_000_000,
        '{"a":' * 200_000,
        '{"log":{"pages":' + "[" * 1_000_000,
        '{"log":{"entries":[{"request":' + '{"a":' * 100_000,
        '{"log":{"entries":[]}}',
        '{"log":{"entries":[1,2,"a",null]}}',
        '{"log":{"entries":[' + "1" * 10_000 + "]}}",
        '{"a":1}',
        "{",
        "",
        "\x00",
        '{"log":{"entries":[{}',
        '{"' + "k" * 10,
    ],
    ids=range(14),
)
def test_what_is_no_har_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read(har, text, "trace.har")
    assert "trace.har" in caught.value.message
    assert caught.value.hint


def test_entry_beyond_the_limit_is_left_out_without_being_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "VALUE_LIMIT", 1 << 20)
    monkeypatch.setattr(json_stream, "CHUNK", 1 << 16)
    large = '{"request":{"url":"https://a.test/' + 'x\\"y' * 600_000 + '"}}'
    outcome = read(har, f'{{"log":{{"entries":[{large},{json.dumps(entry())}]}}}}')
    assert [exchange.place for exchange in outcome.exchanges] == ["entry 2"]
    assert "Left out as larger than 64 MiB: entry 1." in outcome.notes


def test_many_entries_left_out_make_one_note() -> None:
    outcome = read(har, log(entry(), *({} for _ in range(500))))
    assert sum("Left out" in note for note in outcome.notes) == 1
    assert max(map(len, outcome.notes)) < 300


def test_memory_does_not_grow_with_the_file() -> None:
    one = json.dumps(entry(content={"text": "x" * 20_000})).encode()

    def pieces() -> Iterator[bytes]:
        yield b'{"log":{"entries":['
        for _ in range(1_000):
            yield one + b","
        yield one + b"]}}"

    stream = Generated(pieces())
    tracemalloc.start()
    count = len([None for _ in har.read(stream, "big.har", [])])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1_001
    assert peak < 8_000_000  # of 20 MB


def test_compressed_bomb_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har, "INFLATED_LIMIT", 1 << 20)
    text = log(entry()) + " " * (1 << 22)
    bomb = zlib.compress((text[:-1] + "}").encode(), 9)
    outcome = read(har, zlib.compress(text.encode(), 9))
    assert len(outcome.exchanges) == 1
    assert len(read(har, bomb).exchanges) == 1
    with pytest.raises(UnreadableInput):
        read(har, zlib.compress(b" " * (1 << 22), 9))


def test_broken_compression_gives_what_was_readable() -> None:
    data = zlib.compress(log(*(entry() for _ in range(2000))).encode(), 0)
    outcome = read(har, data[: len(data) // 2])
    assert outcome.exchanges
    assert "ends early" in outcome.notes[0]


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "0001-06-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_moment_at_an_end_of_the_calendar_is_no_moment(written: str) -> None:
    exchange = har_entry.to_exchange({**entry(), "startedDateTime": written}, "a.har", 1)
    assert exchange is not None
    assert exchange.started is None


class Generated(io.BytesIO):
    """A stream that is made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int | None = -1) -> bytes:
        size = -1 if size is None else size
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


@pytest.mark.parametrize(
    "text", ['{"a" 1}', '{"log":{"entries":[{} {}]}}', '{"a":,}', '{"pages":[[1}', "{1:2}", '{"a"']
)
def test_broken_json_around_the_entries_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInput):
        read(har, text)


def test_key_of_absurd_length_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "VALUE_LIMIT", 1 << 16)
    text = log(entry())[:-1] + ',"' + "k" * (3 << 20) + '":1}'
    assert "not valid JSON after entry 1" in read(har, text).notes[0]
