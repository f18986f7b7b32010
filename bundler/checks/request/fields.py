"""Compares the JSON body of a request with what the provider demands of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

from msgspec import Struct

from bundler.amounts import plural
from bundler.checks.masked import before_mask, is_masked
from bundler.checks.request.forms import wrong_form
from bundler.providers import key_form
from bundler.providers.body_places import MOST_ELEMENTS, Place, holds, places, plain
from bundler.providers.demands import FieldRule
from bundler.providers.json_body import printable

MOST_PROBLEMS = 20
_LONGEST_SHOWN = 60
_MOST_LISTED = 8
_LONGEST_JUDGED = 4_000
"""No pattern of a field is tried on a longer text; its length is judged all the same."""

Kind = Literal[
    "missing",
    "misspelt",
    "type",
    "form",
    "pattern",
    "choice",
    "deprecated",
    "placeholder",
    "range",
    "length",
    "removed",
]

_HOST_ENDS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s]*[/?#]")
_ARTICLES = {
    "string": "a text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "list": "a list",
}


class Problem(Struct, frozen=True):
    """One field that breaks its rule. ``path`` has concrete indexes, counted from 0 as in JSON
    (``allowedCardTypes[1].name``); ``told`` completes a sentence that begins with it: "is missing"."""

    path: str
    kind: Kind
    told: str


def find_problems(rule: FieldRule, body: Any) -> Iterator[Problem]:
    """How ``body``, a decoded JSON value, breaks the rule: 20 problems at most. What is masked is not judged."""
    if not rule.when or holds(rule.when, body):
        yield from islice(_problems(rule, body), MOST_PROBLEMS)


def _problems(rule: FieldRule, body: Any) -> Iterator[Problem]:
    for place in places(body, rule.field):
        if place.value is not None:
            yield from _judged(rule, place.path, place.value)
        elif (written := _otherwise_written(rule, place)) is not None:
            yield Problem(place.lacking, "misspelt", f"is written {written}")
        elif rule.required:
            yield Problem(place.path, "missing", "is missing" if place.key not in place.parent else "is null")


def _judged(rule: FieldRule, path: str, value: Any) -> Iterator[Problem]:
    if rule.removed:
        yield Problem(path, "removed", f"has no effect: {rule.removed}")
        return
    if isinstance(value, str) and is_masked(value):
        known = before_mask(value)
        if rule.form != "https-url" or not _HOST_ENDS.match(known):
            return
        value = known
    if rule.required and value == "":
        yield Problem(path, "missing", "is empty")
    elif (wrong := _wrong_type(rule.type, value)) is not None:
        yield Problem(path, "type", wrong)
    elif isinstance(value, str):
        yield from _judged_text(rule, path, value)
    elif isinstance(value, list):
        yield from _out_of_bounds(path, len(value), rule.shortest, rule.longest, "element")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _out_of_range(rule, path, value)
        yield from _not_accepted(rule, path, str(value))
    elif isinstance(value, bool):
        yield from _not_accepted(rule, path, str(value).lower())


def _judged_text(rule: FieldRule, path: str, text: str) -> Iterator[Problem]:
    if text.strip().lower() in {left.lower() for left in rule.placeholders}:
        yield Problem(path, "placeholder", f"is still {_shown(text)}, a value of the documentation")
        return
    if rule.form and (wrong := wrong_form(rule.form, text)):
        yield Problem(path, "form", f"is {_shown(text)}: it {wrong}")
    elif rule.pattern and len(text) <= _LONGEST_JUDGED and not re.fullmatch(rule.pattern, text):
        yield Problem(path, "pattern", f"is {_shown(text)}, which the provider does not take")
    yield from _not_accepted(rule, path, text)
    yield from _out_of_bounds(path, len(text), rule.shortest, rule.longest, "character")


def _not_accepted(rule: FieldRule, path: str, text: str) -> Iterator[Problem]:
    if text in rule.deprecated:
        yield Problem(path, "deprecated", f"is {_shown(text)}, which is deprecated")
    elif rule.choices and text not in rule.choices:
        meant = next((choice for choice in rule.choices if key_form(choice) == key_form(text)), "")
        more = f"; {meant} is meant" if meant else f", not one of {_listed(rule.choices)}"
        yield Problem(path, "choice", f"is {_shown(text)}{more}")


def _out_of_range(rule: FieldRule, path: str, number: float) -> Iterator[Problem]:
    if rule.least is not None and number < rule.least:
        yield Problem(path, "range", f"is {_shown(number)}, below {rule.least:g}")
    elif rule.most is not None and number > rule.most:
        yield Problem(path, "range", f"is {_shown(number)}, above {rule.most:g}")


def _out_of_bounds(path: str, count: int, shortest: int | None, longest: int | None, unit: str) -> Iterator[Problem]:
    if shortest is not None and count < shortest:
        yield Problem(path, "length", f"has {plural(count, unit)}; needed: at least {shortest:,}")
    elif longest is not None and count > longest:
        yield Problem(path, "length", f"has {plural(count, unit)}; allowed: at most {longest:,}")


def _wrong_type(wanted: str, value: Any) -> str | None:
    """What is wrong with the type of ``value``, None when nothing is; numbers are told apart closely."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "": True,
        "string": isinstance(value, str),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": number,
        "boolean": isinstance(value, bool),
        "object": isinstance(value, dict),
        "list": isinstance(value, list),
    }
    if fits[wanted]:
        return None
    if wanted == "integer" and number:
        return f"is {_shown(value)}: it has decimals where an integer is asked for"
    if wanted in ("integer", "number") and isinstance(value, str) and re.fullmatch(r"\s*[+-]?[\d., ]{1,40}", value):
        return f"is {_shown(value)}: a number within quotes is a text"
    return f"is {_shown(value)}, not {_ARTICLES[wanted]}"


def _otherwise_written(rule: FieldRule, place: Place) -> str | None:
    """The key in place of the right one: one that people use instead, or the same but for capitals."""
    instead = rule.misspelt if place.lacking == place.path else ()
    lowered = place.key.lower()
    for key in islice(place.parent, MOST_ELEMENTS):
        if key != place.key and (key.lower() == lowered or key in instead):
            return key
    return None


def _shown(value: Any) -> str:
    """A value as it may stand in a sentence; it has been through redaction."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = printable(value if isinstance(value, str) else plain(value))
    short = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return f'"{short}"' if isinstance(value, str) else short


def _listed(choices: tuple[str, ...]) -> str:
    return ", ".join(choices[:_MOST_LISTED]) + (", …" if len(choices) > _MOST_LISTED else "")
