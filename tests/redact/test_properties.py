"""What holds for any text: few and strong."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import quote

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bundler.providers import load
from bundler.redact import RULES, Mark, mask_text, scrub
from bundler.redact.escapes import unescape

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
    data, sink = text.encode("utf-8", "surrogatepass"), io.BytesIO()
    marks: list[Mark] = []
    scrub(io.BytesIO(data), sink, VIPPS, marks.append)
    pieces, at = [], 0
    for mark in marks:
        assert at <= mark.start < mark.end <= len(data)
        pieces += [data[at : mark.start], mark.placeholder.encode()]
        at = mark.end
    assert b"".join([*pieces, data[at:]]) == sink.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | TEXTS.map(str.encode))
def test_every_place_of_a_text_without_escapes_leads_back(data: bytes) -> None:
    view = unescape(data)
    if view is None:
        return
    end = 0
    for index in range(len(view.text)):
        start, stop = view.origin(index, index + 1)
        assert end <= start < stop <= len(data)
        assert stop - start > 1 or data[start:stop] == view.text[index : index + 1]
        end = stop
