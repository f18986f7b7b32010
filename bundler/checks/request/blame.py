"""How sure one can be that a broken rule is why the call failed: by the answer's own words, else by its status."""

from __future__ import annotations

import re

from bundler.checks.request.calls import Call
from bundler.checks.types import View
from bundler.providers import find_code, identifiers_of_header, is_token_call, key_form

NAMED = 0.96
BY_FIELD = 0.85
BY_HEADER = 0.8
BY_PAGE = 0.6
"""The most that is believed where a gateway answered with a web page: what was sent may never have been looked at."""
BY_STRANGER = 0.5
"""The most that is believed of a header where the answer has a code of its own that no table explains."""
FOREIGN = 0.4
"""The most that is believed where the answer may be another service's."""
_SPECIFIC = 0.9
"""A documented code that is surer than this says by itself what is wrong."""
_ABOUT_THE_BODY = frozenset((400, 409, 412, 422, 500))
"""Statuses of calls that were let in and whose content was then refused; 500 is one of them by the provider's own
account (knowledge base, page "errors")."""
_ABOUT_THE_HEADERS = frozenset((400, 401, 403, 415, 422, 500))
_ABOUT_WHO_CALLS = frozenset((401, 403))
_PARTS = re.compile(r"[./$\[\]\s]+")
_COMMON = frozenset(("value", "name", "type", "id", "url", "text", "code", "status", "number", "date"))
"""Keys that are words of any sentence: it has to name what they belong to."""
_LONGEST_TEXT = 4_000


def is_failing(view: View, call: Call) -> bool:
    """True for the call that the ticket is about."""
    return call.exchange is view.failing


UNTOLD = -1
"""Stands for the status of an answer that is an error by its body and was saved without its first line."""


def status_of(view: View, call: Call) -> int | None:
    """The status of the call's answer; for the failing call, where no answer is at hand, the one that a log tells."""
    if call.status is not None or not is_failing(view, call) or view.said is None:
        return call.status
    return UNTOLD if view.said.status is None and view.error is not None else view.said.status


def can_be(view: View, call: Call, statuses: frozenset[int]) -> bool:
    """Whether the call was answered with one of ``statuses``, or with an error whose status nobody saved."""
    status = status_of(view, call)
    return status in statuses or (status == UNTOLD and not is_explained(view))


def believed(view: View, call: Call, confidence: float) -> float | None:
    """``confidence`` for the failing call, less where somebody else answered; None for what did not fail."""
    status = status_of(view, call)
    if not is_failing(view, call) or status is None or 0 < status < 400:
        return None
    if view.other_speaker is not None:
        return min(confidence, FOREIGN)
    return min(confidence, BY_PAGE) if view.said is not None and view.said.is_page else confidence


def blame_of_field(view: View, call: Call, field: str) -> float | None:
    """How sure a broken rule of ``field`` (a path in the body) is the cause; None when it is not."""
    if names_field(view, field):
        return believed(view, call, NAMED)
    status = status_of(view, call)
    if status == 429 and _identifies(view, field):
        return believed(view, call, BY_FIELD)  # without its reference every payment shares one limit
    if not can_be(view, call, _ABOUT_THE_BODY) or is_explained(view):
        return None
    return believed(view, call, BY_FIELD)


def blame_of_header(view: View, call: Call, name: str) -> float | None:
    """How sure a broken rule of the header is the cause; None when it is not."""
    if names_header(view, name):
        return believed(view, call, NAMED)
    if not can_be(view, call, _ABOUT_THE_HEADERS) or is_explained(view):
        return None
    if status_of(view, call) in _ABOUT_WHO_CALLS and not _tells_who_calls(view, name):
        return None
    return believed(view, call, BY_STRANGER if _has_unknown_number(view) else BY_HEADER)


def names_header(view: View, name: str) -> bool:
    """True when the answer's words name the header, as it is written or in plain words."""
    words = name.split("-")
    if len(words) == 1:
        return False  # a word such as "Authorization" stands in many an answer that is about something else
    return any(_mentions(view, written) for written in (name, " ".join(words), " ".join(words[-2:])))


def was_let_in(view: View, call: Call) -> bool:
    """True where the answer shows that the keys were accepted, whatever of them the evidence still holds.

    It is a success, or an error of the API's own form about what was asked: gateways turn calls without keys away with
    401 or 403 before the API reads them (knowledge base, page "errors"). A call for a token is about the keys.
    """
    if call.succeeded:
        return True
    status, error = status_of(view, call), view.error
    if not is_failing(view, call) or status is None or status < 400 or status in _ABOUT_WHO_CALLS:
        return False
    if error is None or view.other_speaker is not None or is_token_call(view.profile, call.request.url):
        return False
    return bool(set(error.families) & set(call.families)) and bool(error.code or error.reasons)


def is_of_who_calls(view: View, name: str) -> bool:
    """True for the headers that carry keys and tokens."""
    kinds = {rule.kind for rule in view.profile.headers if name.lower() in map(str.lower, rule.names)}
    return bool(kinds & {"secret", "partly-secret"})


def names_field(view: View, field: str) -> bool:
    """True when the answer's reasons or its words name the field, or what it stands in."""
    error = view.error
    keys = _keys(field)
    if error is None or not keys:
        return False
    if any(_same(keys, _keys(name)) for name, _ in error.reasons):
        return True
    if error.code and keys == _keys(error.code):
        return True  # where a field is refused, the code of eCom is its name
    telling = [key for key in keys if key not in _COMMON]
    return bool(telling) and _mentions(view, telling[-1])


def _mentions(view: View, name: str) -> bool:
    error = view.error
    if error is None:
        return False
    text = " ".join(filter(None, (error.title, error.detail, *(text for _, text in error.reasons))))[:_LONGEST_TEXT]
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _keys(path: str) -> list[str]:
    return [key_form(part) for part in _PARTS.split(path[:200]) if part and not part.isdigit()]


def _same(field: list[str], named: list[str]) -> bool:
    """Whether one path is the end or the beginning of the other: ``Transaction.Reference`` and ``reference``."""
    if not named:
        return False
    short, long = sorted((field, named), key=len)
    return long[-len(short) :] == short or long[: len(short)] == short


def _identifies(view: View, field: str) -> bool:
    keys = _keys(field)
    return any(rule.role == "payment_id" and key_form(rule.name) == keys[-1] for rule in view.profile.identifiers)


def _tells_who_calls(view: View, name: str) -> bool:
    """True for the headers of keys and units; no call is turned away for want of an idempotency key."""
    if is_of_who_calls(view, name):
        return True
    return any(rule.role not in ("trace_id", "idempotency_key") for rule in identifiers_of_header(view.profile, name))


def _has_unknown_number(view: View) -> bool:
    code = (view.error.code if view.error is not None else None) or ""
    said = view.said.status if view.said is not None else None
    return code.isdecimal() and code != str(said) and not is_explained(view)


def is_explained(view: View) -> bool:
    """True when the answer has a documented code that tells the cause by itself."""
    error = view.error
    if error is None or not error.code:
        return False
    row = find_code(view.profile, view.ticket.family, error.code, error.group)
    return row is not None and row.confidence >= _SPECIFIC
