"""Checks for what was meant to be filled in and was not: names in braces, "undefined", values of examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from bundler.checks.masked import is_masked
from bundler.checks.request.blame import believed, can_be, is_failing
from bundler.checks.request.calls import Call
from bundler.checks.request.requests import code_of
from bundler.checks.types import View, check
from bundler.model import Finding
from bundler.providers.json_body import printable, scalars, trail_text

_LEFT_IN = 0.9
_REFUSED = frozenset((400, 401, 403, 404, 405, 409, 422, 429, 500))
_MOST_TOLD = 5
_MOST_SCALARS = 500
_MOST_PARTS = 100
_LONGEST = 400
_LONGEST_SHOWN = 60
_EMPTY_WORDS = frozenset(("undefined", "null", "nan", "[object object]", "string"))
_EMPTY_STEPS = _EMPTY_WORDS | {"none", "nil"}
"""In a body these two may be values of their own."""
_VARIABLE = re.compile(
    r"\{\{?\s{0,4}[A-Za-z_$][\w$ .-]{0,60}\}?\}|\$\{[\w.]{1,60}\}|\$[A-Za-z_]\w{1,60}|<[A-Za-z_][\w -]{0,60}>"
)
_VARIABLE_IN_URL = re.compile(r"\{[A-Za-z_$][\w$.-]{0,60}\}|<[A-Za-z_][\w-]{0,60}>")
_COLON = re.compile(r":[A-Za-z]\w{0,60}")
_YOURS = re.compile(r"(?:<|\[)?YOUR[-_ ][A-Z0-9_ -]{2,60}(?:>|\])?|INSERT[-_ ][A-Z0-9_ -]{2,60}", re.IGNORECASE)
_KEY_ENDS_SO = re.compile(r"\[[a-z-]{1,40}-\d+:last4=[-_](?:KEY|key|MSN|msn)\]")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://\S+")


class _Left(NamedTuple):
    place: str
    told: str


@check("REQ015")
def everything_filled_in(view: View) -> Iterator[Finding]:
    """Something was left in the request that was to be replaced by a value.

    `{reference}`, `:orderId`, `undefined`, `YOUR-SUBSCRIPTION-KEY`: a variable that was empty when the request was
    made, or an example of the documentation that was sent as it stands.
    """
    for call in view.calls:
        if not is_failing(view, call):
            continue
        found = {left.place: left for left in islice(_left_in(view, call), _MOST_TOLD)}
        refused = can_be(view, call, _REFUSED)
        for place, told in found.values():
            yield Finding(
                code="REQ015",
                severity="note" if call.succeeded else "warning",
                message=f"{told}.",
                advice="Look where this value should have come from, and refuse to send a request without it.",
                who="code",
                confidence=believed(view, call, _LEFT_IN) if refused else None,
                origins=(call.exchange.origin(place),),
            )


def _left_in(view: View, call: Call) -> Iterator[_Left]:
    yield from _in_url(call.request.url)
    known = _known_headers(view)
    for name, value in islice(call.request.headers, _MOST_PARTS):
        plain = value.strip()[:_LONGEST].removeprefix("Bearer ").strip()
        if name.lower() in known and (_is_left(plain) or _KEY_ENDS_SO.fullmatch(plain)):
            yield _left(f"request header {printable(name)}", plain)
    for rule, problem in call.broken:
        if code_of(view, rule, problem) == "REQ015":
            yield _Left(f"request body, {problem.path}", f"{problem.path} {problem.told}")
    for trail, _, value in islice(scalars(call.body), _MOST_SCALARS):
        if isinstance(value, str) and len(value) <= _LONGEST and _is_left(value.strip()):
            yield _left(f"request body, {trail_text(trail)}", value)


def _in_url(url: str) -> Iterator[_Left]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    for segment in islice(parts.path.split("/"), _MOST_PARTS):
        plain = unquote(segment[:_LONGEST])
        if _is_left(plain) or plain.lower() in _EMPTY_STEPS or _COLON.fullmatch(plain):
            yield _left("URL path", plain)
    for pair in islice(parts.query.split("&"), _MOST_PARTS):
        plain = unquote(pair.partition("=")[2][:_LONGEST])
        if _is_left(plain):
            yield _left("URL query", plain)


def _left(place: str, text: str) -> _Left:
    return _Left(place, f"“{printable(text[:_LONGEST_SHOWN])}” was left in the {place}")


def _known_headers(view: View) -> frozenset[str]:
    """What the profile knows; browsers send "null" and "none" in headers of their own."""
    demanded = (demand.name.lower() for demand in view.profile.header_demands)
    return frozenset((*demanded, *(name.lower() for rule in view.profile.headers for name in rule.names)))


def _is_left(text: str) -> bool:
    if not text or is_masked(text):
        return False
    if text.lower() in _EMPTY_WORDS or _YOURS.fullmatch(text) or _VARIABLE.fullmatch(text):
        return True
    return _URL.fullmatch(text) is not None and _VARIABLE_IN_URL.search(unquote(text)) is not None


CHECKS = (everything_filled_in,)
