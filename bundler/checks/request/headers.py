"""Checks of the headers of a request: those that must be there, that must not, and whether they belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice

from bundler.checks.masked import is_masked
from bundler.checks.request.blame import (
    believed,
    blame_of_header,
    can_be,
    is_failing,
    is_of_who_calls,
    names_header,
    was_let_in,
)
from bundler.checks.request.calls import Call
from bundler.checks.types import View, check
from bundler.model import Finding, Origin
from bundler.providers import identifiers_of_key, key_form
from bundler.providers.demands import HeaderDemand
from bundler.providers.json_body import printable, scalars
from bundler.providers.profile import Identifier

_OF_TOKENS = "authorization"
"""Judged beside the token that it carries (``tokens.py``)."""
_OF_BODIES = "content-type"
"""Its value is judged beside the body that it describes (``requests.py``)."""
_RANKS = {"required": 0, "forbidden": 0, "expected": 1, "optional": 2}
_MOST_NAMES = 100
_LONGEST_NAME = 64
_LONGEST_VALUE = 4_000
_LONGEST_SHOWN = 60
_NEAR = 0.88
_MOST_SCALARS = 500
_MOST_BYTES = 1_000_000
_OTHER_UNIT = 0.8
_ABOUT_THE_UNIT = frozenset((400, 401, 403, 404, 422, 500))


@check("REQ010")
def headers_there(view: View) -> Iterator[Finding]:
    """A header that the provider demands is missing.

    Keys, the merchant serial number and the idempotency key travel in headers. The Vipps-System headers are what
    support finds a call of your system by: calls work without them, and support will ask for them.
    """
    expected: list[HeaderDemand] = []
    for call, demand in _demands(view):
        if any(value.strip() for value in call.headers.get(demand.name.lower(), ())):
            continue
        if demand.need not in ("required", "expected") or _written_otherwise(call, demand.name) is not None:
            continue
        if demand.need == "expected":
            expected.append(demand)
            continue
        if _was_cut_out(view, call, demand.name):
            continue
        yield Finding(
            code="REQ010",
            severity="note" if call.succeeded else "warning",
            message=f"The header {demand.name} is missing.",
            advice=demand.remedy,
            who=demand.who,
            confidence=blame_of_header(view, call, demand.name),
            link=demand.link or view.profile.links.get("http-headers"),
            origins=(call.exchange.origin("request headers"),),
        )
    if expected:
        names = ", ".join(demand.name for demand in expected)
        yield Finding(
            code="REQ010",
            severity="note",
            message=f"Headers that support finds a call by are missing: {names}.",
            advice=expected[0].remedy,
            who=expected[0].who,
            link=expected[0].link or view.profile.links.get("http-headers"),
            origins=view.origin("request headers"),
        )


@check("REQ011")
def headers_well_formed(view: View) -> Iterator[Finding]:
    """A header must not be there, does not have its form, is too long, or its name is misspelt.

    Userinfo answers 401 to a call that carries a subscription key; a name with an underscore or a letter too many is
    another header, and gateways drop what they do not know.
    """
    for call, demand in _demands(view):
        values = call.headers.get(demand.name.lower(), [])
        told = _wrong_values(demand, values) if demand.name.lower() != _OF_BODIES else None
        if told is None and not any(values) and demand.need in ("required", "expected"):
            written = _written_otherwise(call, demand.name)
            told = f"is written {printable(written[:_LONGEST_NAME])}" if written is not None else None
        if told is None:
            continue
        is_needed = demand.need in ("required", "forbidden") or any(values)
        yield Finding(
            code="REQ011",
            severity="note" if call.succeeded else "warning",
            message=f"The header {demand.name} {told}.",
            advice=demand.remedy,
            who=demand.who,
            confidence=blame_of_header(view, call, demand.name) if is_needed else None,
            link=demand.link or view.profile.links.get("http-headers"),
            origins=(call.exchange.origin(f"request header {demand.name}"),),
        )


@check("REQ014")
def one_unit(view: View) -> Iterator[Finding]:
    """The call names another sales unit than its body or than the other calls of the payment.

    A payment belongs to the unit that created it: with the number or the keys of another one it is not found, or the
    call is not allowed. Take number and keys from one place, for each merchant.
    """
    for call in view.calls:
        for rule in view.profile.identifiers if is_failing(view, call) else ():
            value = _in_headers(call, rule) if rule.role == "merchant_id" else ""
            if not value or (other := _other_unit(view, call, rule, value)) is None:
                continue
            found, origin = other
            refused = can_be(view, call, _ABOUT_THE_UNIT)
            yield Finding(
                code="REQ014",
                severity="note" if call.succeeded else "warning",
                message=f"The call names {rule.name} {value} in its header, but {found} stands in {origin}.",
                advice="Send the number and the keys of one sales unit, the one that created the payment.",
                who="config",
                confidence=believed(view, call, _OTHER_UNIT) if refused else None,
                link=view.profile.links.get("api-keys"),
                origins=(call.exchange.origin(f"request header {rule.headers[0]}"), origin),
            )
            return


def _demands(view: View) -> Iterator[tuple[Call, HeaderDemand]]:
    """The demands on the headers of the failing call, where its headers are known: for each the strictest."""
    for call in view.calls:
        if not is_failing(view, call) or not call.headers:
            continue
        strictest: dict[str, HeaderDemand] = {}
        for demand in sorted(view.profile.header_demands, key=lambda demand: _RANKS[demand.need]):
            if demand.name.lower() != _OF_TOKENS and holds_for(demand, call):
                strictest.setdefault(demand.name.lower(), demand)
        yield from ((call, demand) for demand in strictest.values())


def holds_for(demand: HeaderDemand, call: Call) -> bool:
    """Whether the demand is one on this call."""
    operation = call.operation.operation if call.operation is not None else None
    if demand.families and not any(slug in demand.families for slug in call.families):
        return False
    if demand.methods and call.request.method.upper() not in demand.methods:
        return False
    return not demand.operations or (operation is not None and operation.name in demand.operations)


def _was_cut_out(view: View, call: Call, name: str) -> bool:
    """Whether a key that is not in the evidence was sent all the same, as the answer shows."""
    return is_of_who_calls(view, name) and was_let_in(view, call) and not names_header(view, name)


def _wrong_values(demand: HeaderDemand, values: list[str]) -> str | None:
    if demand.need == "forbidden":
        return "must not be sent with this call" if any(value.strip() for value in values) else None
    for value in values:
        if not value.strip() or is_masked(value):
            continue
        if demand.longest is not None and len(value) > demand.longest:
            return f"has {len(value):,} characters; at most {demand.longest:,} are taken"
        if demand.pattern and not re.fullmatch(demand.pattern, value[:_LONGEST_VALUE].strip()):
            return f"is “{printable(value[:_LONGEST_SHOWN])}”, which does not have its form"
    return None


def _written_otherwise(call: Call, name: str) -> str | None:
    """A header of nearly that name, which no demand knows by its own."""
    names = {key_form(other): other for other in islice(call.headers, _MOST_NAMES) if len(other) <= _LONGEST_NAME}
    near = get_close_matches(key_form(name), names, n=1, cutoff=_NEAR)
    return names[near[0]] if near and names[near[0]] != name.lower() else None


def _in_headers(call: Call, rule: Identifier) -> str:
    values = (value.strip() for name in rule.headers for value in call.headers.get(name.lower(), ()))
    return next((value for value in values if value and not is_masked(value)), "")


def _other_unit(view: View, call: Call, rule: Identifier, value: str) -> tuple[str, Origin] | None:
    """Another number of the same kind in the body of the call or in the headers of other calls of the payment."""
    for _, key, found in islice(scalars(call.body), _MOST_SCALARS):
        text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
        if rule in identifiers_of_key(view.profile, key) and re.fullmatch(rule.pattern, text[:64]) and text != value:
            return text, call.exchange.origin(f"request body, {printable(key[:_LONGEST_NAME])}")
    payment = view.ticket.facts.payment_id
    for other in view.calls if payment is not None else ():
        about = payment is not None and (
            payment.value in other.request.url or payment.value.encode() in other.request.body[:_MOST_BYTES]
        )
        found = _in_headers(other, rule) if about and other is not call else ""
        if found and found != value:
            return found, other.exchange.origin(f"request header {rule.headers[0]}")
    return None


CHECKS = (headers_there, headers_well_formed, one_unit)
