"""What holds for any text: few and strong."""

from __future__ import annotations

import csv
import io
import json
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bundler.providers import load
from bundler.readers import http_message
from bundler.redact import RULES, Mark, mask_text, scrub
from bundler.redact.masker import Masker
from bundler.redact.rule import Rule
from tests.benchmarks.corpus_lines import Draws
from tests.redact import fuzz
from tests.redact.planted.corpus import every
from tests.redact.planted.messages import http, message
from tests.redact.planted.pieces import Document
from tests.redact.planted.run import gaps, is_gap

VIPPS = load("vipps-mobilepay")
SHAPES = [hit.replace("«", "").replace("»", "") for rule in RULES for hit in rule.hits if rule.locate is not None]
NAMES = [name for rule in RULES for name in (*rule.keys, *rule.endings)]
SECRETS = ["kq7Zr2x9tAvB4mN8", "Tr0ub4dor-77x", "0f14d0ab9605f4a8b7e2c0d1e9f3a6b5", "n0t/a+real=secret7"]
FIELDS = [
    "client_secret",
    "clientSecret",
    "Client-Secret",
    "api_key",
    "password",
    "accessToken",
    "x-api-key",
    "webhookSecret",
]

PUNCTUATION = [
    ": ",
    "=",
    '"',
    "\\",
    '\\"',
    "%22",
    "&",
    ",",
    "\n",
    "\r\n",
    " ",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "'",
    "@",
    "//",
]
OTHERS = ["[token-1]", "[card-7]", "[withheld: the rule x failed]", "+47", "\\u0026", "&quot;", "é", "null"]
BITS = st.sampled_from([*SHAPES, *NAMES, *SECRETS, *PUNCTUATION, *OTHERS])
TEXTS = st.lists(BITS | st.text(max_size=6), max_size=24).map("".join)
SCALARS = st.none() | st.booleans() | st.integers(0, 10**19) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
@example("phone 44444444 88888888")
@example('password: [secret-1] rest "token":"[token-2] more"')
@example("Authorization: foo bar baz\nCookie: a=b c")
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_text(text, VIPPS)
    assert mask_text(once, VIPPS) == once


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_lines_stay_lines(text: str) -> None:
    masked = mask_text(text, VIPPS)
    assert (masked.count("\n"), masked.count("\r")) == (text.count("\n"), text.count("\r"))
    assert len(masked.encode(errors="replace").splitlines()) == len(text.encode(errors="replace").splitlines())


@settings(max_examples=80, deadline=None)
@given(JSON.filter(lambda value: isinstance(value, list | dict)), st.sampled_from([None, 2]), st.booleans())
@example({"pan": 4111111111111111, "x": [[4111111111111111], '[4111111111111111, "a"]']}, None, True)
def test_json_stays_json(value: Any, indent: int | None, is_ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    masked = json.loads(mask_text(text, VIPPS))
    assert type(masked) is type(value)
    assert len(masked) == len(value)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FIELDS), st.sampled_from(SECRETS), TEXTS.filter(lambda text: '"' not in text), st.integers(0, 5))
def test_a_planted_secret_is_gone_whatever_stands_around_it(name: str, secret: str, around: str, form: int) -> None:
    written = (
        f"{name}={secret}",
        f"{name}: {secret}",
        json.dumps({name: secret}),
        json.dumps(json.dumps({name: secret})),
        f"?{name}={quote(secret, safe='')}&x=1",
        quote(json.dumps({name: secret}), safe=""),
    )[form]
    masked = mask_text(f"{around}\n{written}\n{around} {secret} {around}", VIPPS)
    assert secret not in masked
    assert quote(secret, safe="") not in masked


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_the_filter_writes_what_the_report_says(text: str) -> None:
    fuzz.stream(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | TEXTS.map(str.encode))
def test_every_place_of_a_text_without_escapes_leads_back(data: bytes) -> None:
    fuzz.escapes(data)


@lru_cache
def planted() -> tuple[Document, ...]:
    """Some of the planted corpus: every shape in some structures."""
    return (*every("properties", 12), *(message("properties", kind, 0) for kind in ("http", "har", "curl", "mail")))


def _masked(data: bytes) -> bytes:
    return mask_text(data.decode("utf-8", "surrogatepass"), VIPPS).encode("utf-8", "surrogatepass")


def test_masking_the_planted_corpus_twice_is_masking_it_once() -> None:
    known = gaps()
    for document in planted():
        once = _masked(document.data)
        assert _masked(once) == once or is_gap(document, known), document.name


def _by_rules(rules: tuple[Rule, ...], data: bytes) -> bytes:
    masker = _maskers(rules)
    fresh = Masker(VIPPS)
    fresh.search = masker.search
    fresh.discover(data)
    fresh.settle()
    return fresh.mask(data)


@lru_cache(maxsize=8)
def _maskers(rules: tuple[Rule, ...]) -> Masker:
    return Masker(VIPPS, rules=rules)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rules_changes_no_byte(seed: int) -> None:
    draws = Draws("order", seed)
    shuffled = tuple(sorted(RULES, key=lambda _: draws.below(2**30)))
    assert shuffled != RULES
    for document in planted():
        assert _by_rules(shuffled, document.data) == _by_rules(RULES, document.data), document.name


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.lists(st.sampled_from(["[token-1]", "[card-12:last4=4242]", "[secret-3]", "[email-2]"]), max_size=4))
def test_placeholders_are_inert(text: str, given_before: list[str]) -> None:
    """What stands in a text already stays as it is, and no number is given twice."""
    written = f"{' '.join(given_before)} {text}"
    masked = mask_text(written, VIPPS)
    assert masked.startswith(" ".join(given_before))
    names = {placeholder.split(":")[0].strip("[]") for placeholder in given_before}
    fresh = mask_text(f"{' '.join(given_before)} client_secret=kq7Zr2x9tAvB4mN8 cardNumber=4571501827408723", VIPPS)
    assert not any(f"={name}" in fresh.replace("[", "") for name in names)


def _same_structure(before: Any, after: Any) -> bool:
    """The same keys, lengths and types, but for a number that had to become a text."""
    if isinstance(before, dict) and isinstance(after, dict):
        return len(before) == len(after) and all(map(_same_structure, before.values(), after.values()))
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_same_structure, before, after))
    if isinstance(before, int | float) and not isinstance(before, bool) and isinstance(after, str):
        return after.startswith("[")
    return type(before) is type(after)


@settings(max_examples=80, deadline=None)
@given(JSON.filter(lambda value: isinstance(value, list | dict)), st.sampled_from([None, 2]), st.booleans())
def test_json_keeps_its_structure(value: Any, indent: int | None, is_ascii: bool) -> None:
    masked = json.loads(mask_text(json.dumps(value, indent=indent, ensure_ascii=is_ascii), VIPPS))
    assert _same_structure(value, masked)


def test_json_of_the_planted_corpus_stays_json_as_deep_as_it_goes() -> None:
    count = 0
    for document in planted():
        lines = document.data.decode("utf-8", "surrogatepass").splitlines()
        masked = _masked(document.data).decode("utf-8", "surrogatepass").splitlines()
        assert len(lines) == len(masked), document.name
        for before, after in zip(lines, masked, strict=True):
            if before.startswith("{"):
                _assert_alike(before, after, document.name)
                count += before.endswith("}")
    assert count > 20


def _assert_alike(before: str, after: str, name: str) -> None:
    try:
        read = json.loads(before)
    except ValueError:
        return
    masked = json.loads(after)
    assert _same_structure(read, masked), name
    if isinstance(read, dict):
        for old, new in zip(read.values(), masked.values(), strict=True):
            if isinstance(old, str) and old.startswith("{") and not new.startswith("["):
                _assert_alike(old, new, name)


@pytest.mark.parametrize("number", range(12))
def test_an_exchange_stays_readable(number: int) -> None:
    """Start lines, header names and their order, and the line that ends the headers are as before."""
    data = message("properties", "http", number).data
    before = list(http_message.read(io.BytesIO(data), "a.http", []))
    after = list(http_message.read(io.BytesIO(_masked(data)), "a.http", []))
    assert len(before) == len(after) >= 1
    for old, new in zip(before, after, strict=True):
        assert old.request is not None
        assert new.request is not None
        assert old.request.method == new.request.method
        assert [name for name, _ in old.request.headers] == [name for name, _ in new.request.headers]
        assert (old.response is None) == (new.response is None)
        if old.response is not None and new.response is not None:
            assert old.response.status == new.response.status
            assert [name for name, _ in old.response.headers] == [name for name, _ in new.response.headers]
    assert http(Draws("x"))


CELLS = st.sampled_from(
    ["kari@example.com", "4111111111111111", "Kari Nordmann", "", "409", "2026-11-23", "+4791234567", "a b"]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(CELLS | st.text(alphabet='ab,";=: 1', max_size=8), min_size=4, max_size=4), min_size=1, max_size=5
    )
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_keeps_its_rows_and_columns(delimiter: str, rows: list[list[str]]) -> None:
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter).writerows([["email", "cardNumber", "password", "note"], *rows])
    masked = mask_text(sink.getvalue(), VIPPS)
    read = list(csv.reader(io.StringIO(masked, newline=""), delimiter=delimiter))
    assert [len(row) for row in read] == [4] * (len(rows) + 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS.map(lambda text: text.replace("\r", "").replace("\n", "")), max_size=8), st.data())
def test_line_ends_and_a_mark_at_the_beginning_stay(lines: list[str], data: st.DataObject) -> None:
    ends = [data.draw(st.sampled_from(["\n", "\r\n", "\n\n"])) for _ in lines]
    text = "\ufeff" + "".join(map("".join, zip(lines, ends, strict=True)))
    source = text.encode("utf-8", "surrogatepass")
    sink = io.BytesIO()
    scrub(io.BytesIO(source), sink, VIPPS)
    masked = sink.getvalue()
    assert masked.startswith(b"\xef\xbb\xbf")
    assert [line[len(line.rstrip(b"\r\n")) :] for line in masked.splitlines(keepends=True)] == [
        line[len(line.rstrip(b"\r\n")) :] for line in source.splitlines(keepends=True)
    ]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_without_a_hit_are_not_touched(data: bytes) -> None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    marks: list[Mark] = []
    sink = io.BytesIO()
    scrub(io.BytesIO(data), sink, VIPPS, marks.append)
    assert marks or sink.getvalue() == data
