"""Checks of what was sent: is it JSON, does it have the fields the provider demands, is the call still there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from bundler.checks.masked import is_masked
from bundler.checks.request.blame import believed, blame_of_field, can_be, is_failing
from bundler.checks.request.calls import Call
from bundler.checks.request.fields import Problem
from bundler.checks.types import View, check
from bundler.model import BodyState, Finding
from bundler.providers import identifiers_of_key
from bundler.providers.body_places import is_amount
from bundler.providers.demands import FieldRule
from bundler.providers.json_body import printable

_MOST_OF_FAILING = 8
_MOST_OF_OTHERS = 3
_MOST_JUDGED = 12
"""So many calls have their fields looked at: the failing one, then the first of the others."""
_NOT_JSON = 0.9
_REMOVED = 0.95
_BY_PATH = 0.85
_LONGEST_JSON = 1_000_000
_ABOUT_THE_MEDIA_TYPE = frozenset((400, 415, 422, 500))
_ABOUT_THE_PATH = frozenset((400, 404, 422, 500))
_JSON_BEGINS = re.compile(rb"\s*[\[{]")
_HARMLESS = frozenset(("deprecated", "removed"))
_LONGEST_SHOWN = 60
_MOST_NAMED = 4


@check("REQ003")
def body_is_json(view: View) -> Iterator[Finding]:
    """The body is not JSON, or its Content-Type says that it is something else.

    A comma too many, single quotes, a form instead of JSON or an empty body: the API cannot read any field then, and
    often complains of the first that it misses. The finding says where the JSON ends to be JSON.
    """
    for call in view.calls:
        if not is_failing(view, call) or not call.carries_json or (wrong := _wrong_body(call)) is None:
            continue
        is_refused = can_be(view, call, _ABOUT_THE_MEDIA_TYPE)
        yield Finding(
            code="REQ003",
            severity="warning",
            message=wrong,
            advice="Send JSON, made by a JSON library and not by hand, with Content-Type: application/json.",
            who="code",
            confidence=believed(view, call, _NOT_JSON) if is_refused else None,
            link=view.profile.links.get("errors"),
            origins=(call.exchange.origin("request body"),),
        )


@check("REQ004")
def fields_there(view: View) -> Iterator[Finding]:
    """A field that the provider demands is missing, or its name is misspelt.

    Names are compared letter by letter, capitals included: `fallback` is not `fallBack`. A misspelt name is ignored by
    the API, which then misses the right one.
    """
    yield from _of_fields(view, "REQ004")


@check("REQ005")
def amounts_right(view: View) -> Iterator[Finding]:
    """An amount is not an integer in minor units, or too small or too large.

    49.90 is written 4990, as a number and not as a text. Multiply and round before the amount is written; a sum of
    floating-point numbers ends in 4989.999.
    """
    yield from _of_fields(view, "REQ005")


@check("REQ006")
def addresses_public(view: View) -> Iterator[Finding]:
    """A URL of the request is not one that the provider can call or send the user to.

    Callbacks and return addresses have to be whole, https, and on a host that is reachable from outside: not localhost,
    no address of a private network. For development put a tunnel in front.
    """
    yield from _of_fields(view, "REQ006")


@check("REQ007")
def identifiers_well_formed(view: View) -> Iterator[Finding]:
    """An identifier or reference in the request does not have the form that the API takes.

    Blanks, underscores, too few letters, an order number where a UUID belongs, or the id of another object. In the path
    it leads to "not found", in the body to "invalid".
    """
    yield from _of_fields(view, "REQ007")
    for call in view.calls:
        if is_failing(view, call):
            yield from _ids_of_path(view, call)


@check("REQ008")
def values_accepted(view: View) -> Iterator[Finding]:
    """A value is not among those that the API takes, or it is deprecated.

    Codes are compared letter by letter: `VISA_DEBIT` and `VISA-DEBIT` belong to different APIs, and currencies are
    written in capitals.
    """
    yield from _of_fields(view, "REQ008")


@check("REQ009")
def values_within_bounds(view: View) -> Iterator[Finding]:
    """A field is too long, too short, out of range, or of the wrong type.

    The finding names the field, what was sent, and the limit. A number within quotes is a text in JSON; an identifier
    of digits alone usually has to be a text.
    """
    yield from _of_fields(view, "REQ009")


@check("REQ012")
def call_still_there(view: View) -> Iterator[Finding]:
    """The call was removed from the API.

    No change of the request helps: the finding says since when it is gone, and what stands in its place where something
    does.
    """
    for call in view.calls:
        operation = call.operation.operation if call.operation is not None else None
        if operation is None or not operation.removed or not is_failing(view, call):
            continue
        yield Finding(
            code="REQ012",
            severity="warning",
            message=f"The call “{operation.name}” ({operation.method} {operation.path}): {operation.removed}.",
            advice="Use the call that the current documentation names instead.",
            who="code",
            confidence=believed(view, call, _REMOVED),
            link=operation.docs or None,
            origins=(call.exchange.origin("URL"),),
        )


@check("REQ013")
def fields_still_used(view: View) -> Iterator[Finding]:
    """A field of the request has no effect any more.

    It does no harm, but what it asks for does not happen.
    """
    yield from _of_fields(view, "REQ013")


def _of_fields(view: View, code: str) -> Iterator[Finding]:
    """The findings about fields that belong under ``code``: of the failing call, then a few notes on the others."""
    told = 0
    seen: set[tuple[str, str]] = set()
    for call in sorted(view.calls, key=lambda call: not is_failing(view, call))[:_MOST_JUDGED]:
        for rule, problem in call.broken:
            if code_of(view, rule, problem) != code or (rule.field, problem.kind) in seen:
                continue
            if not is_failing(view, call):
                seen.add((rule.field, problem.kind))
            told += 1
            if told > (_MOST_OF_FAILING if is_failing(view, call) else _MOST_OF_OTHERS):
                return
            yield _of_field(view, call, rule, problem, code)


def code_of(view: View, rule: FieldRule, problem: Problem) -> str:
    """The check that a broken rule belongs to."""
    by_kind = {"missing": "REQ004", "misspelt": "REQ004", "removed": "REQ013", "placeholder": "REQ015"}
    by_kind |= {"choice": "REQ008", "deprecated": "REQ008"}
    if (code := by_kind.get(problem.kind)) is not None:
        return code
    if is_amount(rule.field) and problem.kind != "length":
        return "REQ005"
    if rule.form in ("url", "https-url") and problem.kind == "form":
        return "REQ006"
    last = re.split(r"[.\]]", rule.field)[-1]
    if problem.kind in ("form", "pattern") and (rule.form == "uuid" or identifiers_of_key(view.profile, last)):
        return "REQ007"
    return "REQ009"


def _of_field(view: View, call: Call, rule: FieldRule, problem: Problem, code: str) -> Finding:
    failing = is_failing(view, call)
    minor = (
        " Amounts are integers in minor units: 49.90 is 4990." if code == "REQ005" and problem.kind == "type" else ""
    )
    confidence = blame_of_field(view, call, rule.field) if problem.kind not in _HARMLESS else None
    return Finding(
        code=code,
        severity="warning" if failing and not call.succeeded and problem.kind not in _HARMLESS else "note",
        message=f"{'' if failing else 'In another call, '}{problem.path} {problem.told}.{minor}",
        advice=rule.remedy,
        who=rule.who,
        confidence=confidence,
        link=rule.link or None,
        origins=(call.exchange.origin(f"request body, {problem.path}"),),
    )


def _wrong_body(call: Call) -> str | None:
    """What is wrong with a body that has to be JSON, in a sentence; None when nothing is, or nobody can tell."""
    body = call.request.body
    kind = next(iter(call.headers.get("content-type", ())), "").lower()
    if is_masked(body[:64].decode("utf-8", "replace")) or len(body) > _LONGEST_JSON:
        return None
    if not body.strip():
        needed = [rule.field for rule in call.rules if rule.required and not rule.when and "[" not in rule.field]
        return f"The request has no body; the call needs {_some(needed)}." if needed else None
    if call.body is None and body.strip() != b"null":
        if call.rules or "json" in kind or _JSON_BEGINS.match(body):
            return f"The request's body is not JSON{_where_it_breaks(body)}."
        return None
    if call.rules and kind and "json" not in kind:
        return f"The request's body is JSON, and its Content-Type says {printable(kind[:_LONGEST_SHOWN])}."
    return None


def _some(fields: list[str]) -> str:
    more = len(fields) - _MOST_NAMED
    return ", ".join(fields[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _where_it_breaks(body: bytes) -> str:
    try:
        json.loads(body.decode("utf-8", "replace"))
    except json.JSONDecodeError as error:
        return f": {error.msg[:1].lower()}{error.msg[1:]} in line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError):
        return ": it is nested too deeply, or a number in it is too long"
    return ""


def _ids_of_path(view: View, call: Call) -> Iterator[Finding]:
    if call.operation is None or call.request.body_state is BodyState.UNRESOLVED:
        return
    for name, value in call.operation.params.items():
        known = [
            rule
            for rule in identifiers_of_key(view.profile, name)
            if not rule.families or any(slug in rule.families for slug in call.families)
        ]
        if not known or is_masked(value) or any(re.fullmatch(rule.pattern, value[:4_000]) for rule in known):
            continue
        is_refused = can_be(view, call, _ABOUT_THE_PATH)
        yield Finding(
            code="REQ007",
            severity="warning",
            message=f"{name} in the URL is {printable(value[:_LONGEST_SHOWN])}, which is no {known[0].name}.",
            advice="Take the id from the answer that created the object, whole and without anything around it.",
            who="code",
            confidence=believed(view, call, _BY_PATH) if is_refused else None,
            origins=(call.exchange.origin("URL path"),),
        )


CHECKS = (
    body_is_json,
    fields_there,
    amounts_right,
    addresses_public,
    identifiers_well_formed,
    values_accepted,
    values_within_bounds,
    call_still_there,
    fields_still_used,
)
