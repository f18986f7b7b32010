"""Every field rule of every profile accepts its samples and finds what its misses break; masked values stay alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.checks.request.fields import MOST_PROBLEMS, find_problems
from bundler.providers import PROVIDERS, load
from bundler.providers.body_places import is_amount
from bundler.providers.demands import FieldForm, FieldRule
from tests.checks.payment_calls import EPAYMENT, FIELDS, ONLINE, changed

ROWS = [
    pytest.param(rule, id=f"{slug}-{rule.family}-{'+'.join(rule.operations)}-{rule.field}-{count}")
    for slug in PROVIDERS
    for count, rule in enumerate(load(slug).fields)
]


def rule(field: str, **more: Any) -> FieldRule:
    return FieldRule(family="x", field=field, remedy="Put it right.", **more)


def told(of: FieldRule, body: Any) -> list[tuple[str, str, str]]:
    return [(problem.path, problem.kind, problem.told) for problem in find_problems(of, body)]


@pytest.mark.parametrize("row", ROWS)
def test_a_rule_accepts_its_samples_and_finds_what_its_misses_break(row: FieldRule) -> None:
    for sample in row.samples:
        assert told(row, json.loads(sample)) == [], sample
    for miss in row.misses:
        assert told(row, json.loads(miss)), miss


@pytest.mark.parametrize(
    ("of", "body", "found"),
    [
        (rule("amount.value", required=True), {"amount": {}}, ("amount.value", "missing", "is missing")),
        (rule("amount.value", required=True), {}, ("amount.value", "missing", "is missing")),
        (rule("reference", required=True), {"reference": ""}, ("reference", "missing", "is empty")),
        (rule("reference", required=True), {"reference": None}, ("reference", "missing", "is null")),
        (rule("reference"), {"Reference": "a"}, ("reference", "misspelt", "is written Reference")),
        (rule("a.b", required=True), {"A": {"b": 1}}, ("a", "misspelt", "is written A")),
        (
            rule("amount", type="integer"),
            {"amount": 49.9},
            ("amount", "type", "is 49.9: it has decimals where an integer is asked for"),
        ),
        (
            rule("amount", type="integer"),
            {"amount": "4990"},
            ("amount", "type", 'is "4990": a number within quotes is a text'),
        ),
        (rule("amount", type="integer"), {"amount": True}, ("amount", "type", "is true, not an integer")),
        (rule("msn", type="string"), {"msn": 210045}, ("msn", "type", "is 210045, not a text")),
        (rule("amount", least=1), {"amount": 0}, ("amount", "range", "is 0, below 1")),
        (rule("text", longest=3), {"text": "four"}, ("text", "length", "has 4 characters; allowed: at most 3")),
        (rule("all", shortest=1), {"all": []}, ("all", "length", "has 0 elements; needed: at least 1")),
        (
            rule("cards[].name", choices=("VISA-DEBIT",)),
            {"cards": [{"name": "VISA-DEBIT"}, {"name": "VISA_DEBIT"}]},
            ("cards[1].name", "choice", 'is "VISA_DEBIT"; VISA-DEBIT is meant'),
        ),
        (
            rule("cards[].name", required=True),
            {"cards": [{}, {"name": "x"}]},
            ("cards[0].name", "missing", "is missing"),
        ),
        (rule("[].id", required=True), [{"id": 1}, {}], ("[1].id", "missing", "is missing")),
        (rule("codes[]", choices=("A",)), {"codes": ["A", "B"]}, ("codes[1]", "choice", 'is "B", not one of A')),
        (rule("old", removed="since 2024"), {"old": 1}, ("old", "removed", "has no effect: since 2024")),
        (rule("c", deprecated=("M",)), {"c": "M"}, ("c", "deprecated", 'is "M", which is deprecated')),
        (
            rule("logo", placeholders=("https://no-logo.png",)),
            {"logo": "https://NO-logo.png"},
            ("logo", "placeholder", 'is still "https://NO-logo.png", a value of the documentation'),
        ),
        (rule("id", form="uuid"), {"id": "17"}, ("id", "form", 'is "17": it is not a UUID')),
        (
            rule("u", form="https-url"),
            {"u": "http://shop.example/x"},
            ("u", "form", 'is "http://shop.example/x": it is http, not https'),
        ),
    ],
)
def test_what_is_wrong_with_a_field_is_named_with_its_place(
    of: FieldRule, body: Any, found: tuple[str, str, str]
) -> None:
    assert told(of, body) == [found]


@pytest.mark.parametrize(
    ("form", "url", "inward"),
    [
        ("url", "http://localhost:3000/r", "points at localhost, which nobody outside can reach"),
        ("https-url", "HTTP://192.168.1.7/r", "points at 192.168.1.7, an address that nobody outside can reach"),
        ("https-url", "http://[::1]/r", "points at ::1, an address that nobody outside can reach"),
        ("https-url", "http:///r", "names no host"),
    ],
)
def test_an_address_that_is_http_and_not_reachable_is_told_both(form: FieldForm, url: str, inward: str) -> None:
    assert told(rule("u", form=form), {"u": url}) == [("u", "form", f'is "{url}": it is http, not https, and {inward}')]


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("https-url", "https://shop.example/x?y=1#z", "https://localhost:3000/x"),
        ("https-url", "https://shop.example:8443", "https://127.0.0.1/x"),
        ("https-url", "https://8.8.8.8/x", "https://10.0.0.7/x"),
        ("https-url", "https://sub.shop.example./x", "https://shop/x"),
        ("https-url", "HTTPS://shop.example", "shop.example/return"),
        ("https-url", "https://shop.example", "https://[fe80::1]/x"),
        ("https-url", "https://shop.example/a%20b", "https://shop.example/a b"),
        ("https-url", "https://shop.example", "https://[::1/x"),
        ("https-url", "https://shop.example", "https://shop.example:port/x"),
        ("url", "acme://return", "acme://"),
        ("url", "https://localhost", "return"),
        ("url", "https://shop.example", "http://shop.example"),
        ("date-time", "2026-11-23T13:02:38.12Z", "2026-11-23 13:02"),
        ("date-time", "2026-11-23T13:02:38+01:00", "2026-13-23T13:02:38Z"),
        ("msisdn", "4791234567", "+4791234567"),
        ("msisdn", "4512345678", "47 91 23 45 67"),
    ],
)
def test_forms_tell_right_from_wrong(form: Any, good: str, bad: str) -> None:
    assert told(rule("f", form=form), {"f": good}) == []
    assert [kind for _, kind, _ in told(rule("f", form=form), {"f": bad})] == ["form"]


@pytest.mark.parametrize("value", ["[phone-1]", "47[word-3]11", "[card-1:last4=1111]", "[withheld: the rule x failed]"])
def test_a_masked_value_is_never_judged(value: str) -> None:
    strict = rule("f", type="integer", form="msisdn", pattern="x", choices=("y",), longest=1)
    assert told(strict, {"f": value}) == []


def test_an_address_is_judged_by_its_host_when_only_what_follows_is_masked() -> None:
    of = rule("f", form="https-url")
    assert told(of, {"f": "https://shop.example/return?token=[token-1]"}) == []
    assert told(of, {"f": "https://localhost/return?token=[token-1]"}) != []
    assert told(of, {"f": "https://[ip-1]/return"}) == []


def test_a_rule_with_a_condition_holds_only_where_the_condition_does() -> None:
    of = rule("addressCallbackUrl", required=True, when="isCheckout=true")
    assert told(of, {"isCheckout": True}) != []
    assert told(of, {"isCheckout": False}) == []
    assert told(of, {}) == []
    assert told(rule("x", required=True, when="paymentMethod.type=WALLET"), {"paymentMethod": {"type": "CARD"}}) == []


def test_what_stands_in_a_list_or_an_object_that_is_not_there_is_not_missing_from_it() -> None:
    assert told(rule("cards[].name", required=True), {}) == []
    assert told(rule("cards[].name", required=True), {"cards": []}) == []


def test_real_bodies_keep_the_rules() -> None:
    for of in FIELDS:
        body = {"epayment": EPAYMENT, "mobilepay-online": ONLINE}.get(of.family)
        assert body is None or told(of, body) == []


def test_a_long_list_gives_a_few_problems() -> None:
    body = {"cards": [{"name": "?"}] * 100_000}
    assert len(told(rule("cards[].name", choices=("A",)), body)) == MOST_PROBLEMS


def test_the_value_that_is_shown_is_cut() -> None:
    body = changed(EPAYMENT, reference="x" * 5_000)
    (problem,) = find_problems(rule("reference", pattern="[a-z]{1,9}", longest=9_000), {"reference": "X" * 3_000})
    assert len(problem.told) < 140
    assert told(rule("reference", longest=64), body)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("amount", True),
        ("amount.value", True),
        ("transaction.amount", True),
        ("modificationAmount.value", True),
        ("value", False),
        ("amount.currency", False),
        ("account", False),
    ],
)
def test_the_path_tells_whether_it_is_an_amount(field: str, expected: bool) -> None:
    assert is_amount(field) is expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["amount", "Amount", "value", "reference", "cards", "name"]) | st.text(max_size=6),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
HARD = [
    *FIELDS,
    rule("amount.value", required=True, type="integer", least=1, most=9, choices=("1",), misspelt=("val",)),
    rule("cards[].name", required=True, form="https-url", pattern="a*", longest=3, when="reference=x"),
    rule("cards[name=x].value", required=True, type="object"),
    rule("[].name", form="date-time", placeholders=("x",), deprecated=("y",)),
    rule("$", type="list"),
]


@given(JSON)
def test_no_body_whatever_makes_a_rule_raise(body: Any) -> None:
    for of in HARD:
        for problem in find_problems(of, body):
            assert problem.told.encode()
