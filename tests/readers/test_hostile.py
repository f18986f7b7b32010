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
_ADVERSARIAL = {
    "quotes": b"curl " + b"'\"" * 500_000,
    "substitutions": b"curl https://a.test/ " + b"$(" * 500_000,
    "substitutions in quotes": b'curl https://a.test/ "' + b'$("' * 300_000,
    "ansi": b"curl https://a.test/ $'" + b"\\n" * 500_000,
    "braces": b"curl https://a.test/ " + b"{," * 500_000,
    "here documents": b"curl https://a.test/ " + b"<<A " * 250_000 + b"\n" + b"x\n" * 1000,
    "commands": b"curl https://a.test/\n" * 48_000,
    "almost commands": b"$ " * 500_000 + b"\n" + b"curl x\n" * 10_000,
    "urls": b"curl " + b"a.test " * 140_000,
    "continuations": b"curl https://a.test/ " + b"\\\n" * 500_000,
    "options": b"curl https://a.test/ " + b"-H a:b " * 140_000,
    "form": b"curl https://a.test/ -F 'a=" + b';type="' * 140_000 + b"'",
    "blanks": b"HTTP/1.1 200" + b" " * 1_000_000 + b"\rx\n",
    "blank request": b"GET /" + b" " * 1_000_000 + b"x\n",
    "blank lines": b"\n" * 1_000_000 + b"GET https://a.test/ HTTP/1.1\n",
    "comments": b"# x\n" * 250_000,
    "messages": b"HTTP/1.1 200 OK\n\n" * 60_000,
    "wrong lengths": b"HTTP/1.1 200 OK\nContent-Length: 9\n\n{}\n" * 30_000,
    "huge lengths": b"HTTP/1.1 200 OK\nContent-Length: 999999\n\n" * 25_000,
    "separators": b"###\n" * 250_000,
    "requests": b"###\nGET https://a.test/\n" * 45_000,
    "folded": b"HTTP/1.1 200 OK\nA: b\n" + b" c\n" * 300_000,
    "chunks": b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n" + b"1\na\n" * 250_000,
    "methods": b"A" * 1_000_000,
    "turns": b"> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n< \n" * 25_000,
    "status lines": b"< HTTP/1.1 200 OK\n" * 55_000,
    "meter": b"> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n< \n" + b" " * 1_000_000 + b"\r.\n",
    "stars": b"* Trying \n" * 100_000,
    "trouble": b"* Connected to \n* " + b"SSL" * 330_000,
    "nest": b'{"log":{"entries":[' + b'{"a":[' * 160_000,
    "flat": b'{"log":{"entries":[' + b"{}," * 330_000,
    "keys": b"{" + b'"a":1,' * 160_000,
    "strings": b'{"a":"' + b'\\"' * 500_000,
    "backslashes": b'{"a":"' + b"\\" * 1_000_001 + b'"}',
    "digits": b'{"log":{"entries":[' + b"9" * 1_000_000 + b"]}}",
    "objects": b'{"error":' * 110_000,
    "fences": b"```\ncurl https://a.test/\n" * 40_000,
    "tails": b"curl https://a.test/\n" + b"{" * 1_000_000,
    "prompts": b"curl https://a.test/ \\\n" + b"> " * 500_000,
    "nul": b"\x00" * 1_000_000,
    "utf-16": b"\xff\xfe" + b"\x00\xd8" * 500_000,
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
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=_STARTS, rest=st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(reader: Reader, start: bytes, rest: bytes) -> None:
    read_all(reader, start + rest)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.FORMAT)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=st.sampled_from(_CASES), changes=st.lists(st.tuples(_CUTS, _SPOILT), max_size=4))
def test_spoilt_cases_raise_nothing_else(
    reader: Reader, case: bytes, changes: list[tuple[tuple[int, int], bytes]]
) -> None:
    for (start, length), put in changes:
        case = case[:start] + put + case[start + length :]
    read_all(reader, case)


@pytest.mark.parametrize("name", _ADVERSARIAL)
def test_reading_ends_on_a_megabyte_of_malice(name: str) -> None:
    for reader in READERS:
        read_all(reader, _ADVERSARIAL[name])
