"""Whatever the bytes, readers raise nothing but ``UnreadableInput`` and come to an end."""

from __future__ import annotations

import io

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bundler.errors import UnreadableInput
from bundler.model import Exchange
from bundler.readers import READERS
from bundler.readers.pairing import pair
from bundler.readers.types import HEAD_SIZE, Reader
from tests.readers.reading import CASES

_CASES = [
    path.read_bytes() for folder in ("har", "curl", "http", "json") for path in sorted((CASES / folder).iterdir())
]
_CUTS = st.tuples(st.integers(0, 4000), st.integers(0, 400))
_SPOILT = st.one_of(
    st.sampled_from(
        [b"", b"\x00", b"\r", b"\n\n", b"'", b'"', b"\\", b"$(", b"{", b"[", b"\xff\xfe", b"###\n", b"null", b"-1"]
    ),
    st.binary(max_size=8),
)
_STARTS = st.sampled_from(
    [
        b"",
        b"curl ",
        b"HTTP/1.1 409 ",
        b"> GET / HTTP/1.1\n",
        b'{"log":{"entries":[',
        b"\x78\x9c",
        b"\xff\xfe",
        b"GET / HTTP/1.1\n",
    ]
)
_SIZE = 300_000  # bytes; enough for a quadratic step to take minutes
_ADVERSARIAL = {  # start, what is repeated up to the size, end
    "quotes": (b"curl ", b"'\"", b""),
    "substitutions": (b"curl https://a.test/ ", b"$(", b""),
    "substitutions in quotes": (b'curl https://a.test/ "', b'$("', b""),
    "ansi": (b"curl https://a.test/ $'", b"\\n", b""),
    "braces": (b"curl https://a.test/ ", b"{,", b""),
    "here documents": (b"curl https://a.test/ ", b"<<A ", b"\n" + b"x\n" * 1000),
    "commands": (b"", b"curl https://a.test/\n", b""),
    "almost commands": (b"", b"$ ", b"\n" + b"curl x\n" * 10_000),
    "urls": (b"curl ", b"a.test ", b""),
    "continuations": (b"curl https://a.test/ ", b"\\\n", b""),
    "options": (b"curl https://a.test/ ", b"-H a:b ", b""),
    "form": (b"curl https://a.test/ -F 'a=", b';type="', b"'"),
    "blanks": (b"HTTP/1.1 200", b" ", b"\rx\n"),
    "blank request": (b"GET /", b" ", b"x\n"),
    "blank lines": (b"", b"\n", b"GET https://a.test/ HTTP/1.1\n"),
    "comments": (b"", b"# x\n", b""),
    "messages": (b"", b"HTTP/1.1 200 OK\n\n", b""),
    "wrong lengths": (b"", b"HTTP/1.1 200 OK\nContent-Length: 9\n\n{}\n", b""),
    "huge lengths": (b"", b"HTTP/1.1 200 OK\nContent-Length: 99999\n\n", b""),
    "lengths into json": (b"", b"HTTP/1.1 200 OK\nContent-Length: 99999\n\n{", b""),
    "separators": (b"", b"###\n", b""),
    "requests": (b"", b"###\nGET https://a.test/\n", b""),
    "folded": (b"HTTP/1.1 200 OK\nA: b\n", b" c\n", b""),
    "chunks": (b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", b"1\na\n", b""),
    "methods": (b"", b"A", b""),
    "turns": (b"", b"> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n< \n", b""),
    "status lines": (b"", b"< HTTP/1.1 200 OK\n", b""),
    "meter": (b"> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n< \n", b" ", b"\r.\n"),
    "stars": (b"", b"* Trying \n", b""),
    "trouble": (b"* Connected to \n* ", b"SSL", b""),
    "nest": (b'{"log":{"entries":[', b'{"a":[', b""),
    "flat": (b'{"log":{"entries":[', b"{},", b""),
    "keys": (b"{", b'"a":1,', b""),
    "strings": (b'{"a":"', b'\\"', b""),
    "backslashes": (b'{"a":"', b"\\", b'"}'),
    "digits": (b'{"log":{"entries":[', b"9", b"]}}"),
    "objects": (b"", b'{"error":', b""),
    "fences": (b"", b"```\ncurl https://a.test/\n", b""),
    "tails": (b"curl https://a.test/\n", b"{", b""),
    "prompts": (b"curl https://a.test/ \\\n", b"> ", b""),
    "nul": (b"", b"\x00", b""),
    "utf-16": (b"\xff\xfe", b"\x00\xd8", b""),
}


def read_all(reader: Reader, data: bytes) -> None:
    reader.detect(data[:HEAD_SIZE], "evidence.txt")
    notes: list[str] = []
    exchanges: list[Exchange] = []
    was_refused = False
    try:
        exchanges.extend(reader.read(io.BytesIO(data), "evidence.txt", notes))
    except UnreadableInput:
        was_refused = True
    assert was_refused != bool(exchanges)
    msgspec.json.encode((exchanges, notes))  # every text can be written
    pair(exchanges)
    assert len(notes) < 20


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.FORMAT)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=_STARTS, rest=st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(reader: Reader, start: bytes, rest: bytes) -> None:
    read_all(reader, start + rest)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.FORMAT)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=st.sampled_from(_CASES), changes=st.lists(st.tuples(_CUTS, _SPOILT), max_size=4))
def test_spoilt_cases_raise_nothing_else(
    reader: Reader, case: bytes, changes: list[tuple[tuple[int, int], bytes]]
) -> None:
    for (start, length), put in changes:
        case = case[:start] + put + case[start + length :]
    read_all(reader, case)


@pytest.mark.parametrize("name", _ADVERSARIAL)
def test_reading_ends_on_malice(name: str) -> None:
    data = adversarial(name, _SIZE)
    for reader in READERS:
        read_all(reader, data)


def adversarial(name: str, size: int) -> bytes:
    """The attack of that name, about ``size`` bytes long."""
    start, piece, end = _ADVERSARIAL[name]
    return start + piece * (size // len(piece)) + end
