"""The targets of the fuzzer, played by hypothesis, and every input that ever broke one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.redact import RULES
from tests.redact.fuzz import TARGETS
from tests.redact.planted.adversaries import ADVERSARIES

CORPUS = Path(__file__).with_name("fuzz_corpus.txt")
SHAPES = [hit.replace("«", "").replace("»", "").encode() for rule in RULES for hit in rule.hits]
NAMES = [name.encode() for rule in RULES for name in (*rule.keys, *rule.endings)]
SIGNS = [
    b": ",
    b"=",
    b'"',
    b"\\",
    b'\\"',
    b"%22",
    b"%25",
    b"&quot;",
    b"\\u00",
    b"=3D",
    b"=\r\n",
    b"&",
    b"\n",
    b"\r\n",
    b"\0",
]
OTHERS = [
    b"[token-1]",
    b"[card-2:last4=1111]",
    b"\x1b[33m",
    b"eyJ",
    b"://",
    b"@",
    b"Bearer ",
    b"POST /a HTTP/1.1\r\n",
    b"curl -u ",
]
BYTES = st.lists(st.sampled_from([*SHAPES, *NAMES, *SIGNS, *OTHERS]) | st.binary(max_size=6), max_size=24).map(b"".join)


def corpus() -> list[tuple[str, bytes]]:
    rows = (
        line.split(" | ", 1) for line in CORPUS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    )
    return [(target, ast.literal_eval(data)) for target, data in rows]


@pytest.mark.parametrize(("target", "data"), corpus())
def test_what_broke_once_holds(target: str, data: bytes) -> None:
    TARGETS[target](data)


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=80, deadline=None)
@given(data=BYTES | st.binary(max_size=200))
def test_any_bytes_are_taken(target: str, data: bytes) -> None:
    TARGETS[target](data)


@pytest.mark.parametrize("name", ADVERSARIES)
def test_a_text_made_to_take_long_is_taken_too(name: str) -> None:
    """How the time grows is measured by tests/benchmarks/growth.py."""
    data = ADVERSARIES[name](6_000).encode()
    TARGETS["stream"](data)
    TARGETS["around"](data)
