from __future__ import annotations

import random
import zlib
from pathlib import Path

import pytest

from bundler.readers import READERS, recognise
from bundler.readers.types import HEAD_SIZE
from tests.readers.reading import CASES, read

_FORMATS = {
    **{path.name: "har" for path in (CASES / "har").iterdir()},
    **{path.name: "curl" for path in (CASES / "curl").iterdir()},
    **{path.name: "json-error" for path in (CASES / "json").iterdir()},
    **{path.name: "curl-verbose" if path.name.startswith("curl-v") else "http" for path in (CASES / "http").iterdir()},
}
_ALL_CASES = sorted(path for folder in ("har", "curl", "http", "json") for path in (CASES / folder).iterdir())
_NOT_OURS = {
    "python.log": b"2026-11-23 13:02:11,482 ERROR shop.pay: POST /v1/payments -> 409\nTraceback (most recent):\n",
    "nginx.log": b'192.0.2.1 - - [23/Nov/2026:13:02:11 +0000] "POST /v1/payments HTTP/1.1" 409 113 "-" "curl/7.88.1"\n',
    "lines.jsonl": b'{"time":"2026-11-23T13:02:11Z","level":"error","error":"no"}\n{"time":"2026-11-23T13:02:12Z"}\n',
    "docker.log": b'{"log":"GET / HTTP/1.1\\n","stream":"stdout","time":"2026-11-23T13:02:11Z"}\n' * 2,
    "logfmt.log": b"time=2026-11-23T13:02:11Z level=error msg=failed method=POST path=/v1/payments status=409\n",
    "syslog": b"Nov 23 13:02:11 shop curl[12]: curl https://api.example.com failed\n",
    "dump.log": b"2026-11-23T13:02:11Z DEBUG sending\n" * 40 + b"POST /v1/payments HTTP/1.1\nHost: a.test\n",
    "java.log": b"13:02:11.482 [main] INFO  c.e.Pay - < HTTP/1.1 409\n> see http://a.test\n",
    "picture.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
    "picture.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)),
    "archive.zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(range(256)),
    "noise.bin": random.Random(1).randbytes(4096),
    "zlib-noise.bin": b"\x78\x9c" + random.Random(2).randbytes(4096),
    "twice.bin": zlib.compress(zlib.compress(b"{}")),
    "letter.txt": b"Dear support,\n\ncurl is what I use. The answer was HTTP 409.\n",
    "samples.toml": b"misses = [\n  \"curl 'https://api.example.com/'\",\n]\n",
    "settings.json": b'{"name":"shop","port":8080}',
    "empty.txt": b"",
    "noise.har": random.Random(3).randbytes(4096),
}


@pytest.mark.parametrize("path", _ALL_CASES, ids=lambda path: path.name)
def test_each_case_scores_highest_with_its_own_reader(path: Path) -> None:
    data = path.read_bytes()
    (best, first), (_, second), *_ = recognise(data[:HEAD_SIZE], path.name)
    assert _FORMATS[path.name] == best.FORMAT
    assert first.score >= 0.5
    assert first.score > second.score
    assert first.reason


@pytest.mark.parametrize("path", _ALL_CASES, ids=lambda path: path.name)
def test_names_of_files_are_only_a_hint(path: Path) -> None:
    best, guess = recognise(path.read_bytes()[:HEAD_SIZE], "evidence")[0]
    assert _FORMATS[path.name] == best.FORMAT
    assert guess.score >= 0.5


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        ("Here is what I did:\n\n$ curl https://a.test/x\n", "notes.txt", "curl"),
        ('{"log":{"version":"1.2","creator":{"name":"x"},"pages":[', "a.json", "har"),
        ('{"trace":{"x":1', "a.har", "har"),
        ("# note\nhttps://a.test/x\n", "a.http", "http"),
        ("GET https://a.test/x\nAccept: */*\n", "a.txt", "http"),
        ("### one\n\nsome words\nGET https://a.test/x\n", "a.txt", "http"),
        (":status: 409\n", "a.txt", "http"),
        ("< HTTP/1.1 409 Conflict\n< A: b\n", "a.txt", "curl-verbose"),
        ('\ufeff{"title":"No","detail":"x"}', "a.json", "json-error"),
    ],
)
def test_less_typical_texts_find_their_reader(text: str, name: str, wanted: str) -> None:
    best, guess = recognise(text.encode(), name)[0]
    assert wanted == best.FORMAT
    assert guess.score >= 0.5


@pytest.mark.parametrize("name", _NOT_OURS)
def test_logs_pictures_and_noise_are_left_to_others(name: str) -> None:
    assert {
        reader.FORMAT: guess.score for reader, guess in recognise(_NOT_OURS[name], name) if guess.score >= 0.3
    } == {}


@pytest.mark.parametrize("path", _ALL_CASES, ids=lambda path: path.name)
def test_reading_a_case_names_its_source_and_counts_from_one(path: Path) -> None:
    reader = next(one for one in READERS if _FORMATS[path.name] == one.FORMAT)
    outcome = read(reader, path.read_bytes(), path.name)  # type: ignore[arg-type]
    assert {exchange.source for exchange in outcome.exchanges} == {path.name}
    indexes = [exchange.index for exchange in outcome.exchanges]
    assert indexes == sorted(set(indexes))
    assert indexes[0] == 1


def test_formats_have_names_of_their_own() -> None:
    assert len({reader.FORMAT for reader in READERS}) == len(READERS)
