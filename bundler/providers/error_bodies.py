"""Reads what an error body says, in whichever of the provider's forms it comes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from msgspec import Struct

from bundler.providers.identifiers import identifiers_of_key
from bundler.providers.json_body import decode_json, printable
from bundler.providers.profile import ErrorShape, Profile
from bundler.providers.urls import related_families

_ELEMENTS = 100
"""How many elements of an array are looked at; nobody reads the hundredth error of one answer."""
_TEXTS = 5
_LONGEST_CODE = 200
_LONGEST_TEXT = 2000
_STEP = re.compile(r"\[(?:(?P<name>\w+)=(?P<wanted>[^\]]*))?\]|#(?P<cut>fragment|segment)|(?P<key>[^.\[\]#]+)")


class ErrorReading(Struct, frozen=True):
    """What an error body says. ``traces`` and ``reasons`` are (name, value) pairs: trace ids, and fields with what is
    wrong with them. ``families`` are the APIs that use this form, none where all do."""

    shape: str
    code: str | None
    group: str | None
    title: str | None
    detail: str | None
    traces: tuple[tuple[str, str], ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()
    families: tuple[str, ...] = ()


def read_error(profile: Profile, family: str | None, body: bytes) -> ErrorReading | None:
    """Read ``body`` by the shape that fits best: one of the family before one that all share, the most telling first.

    A body that fits only another family's shape is read by that one. None when it is not JSON (an HTML page of a
    gateway, say) or fits no shape.
    """
    value = decode_json(body)
    return None if value is None else read_error_value(profile, family, value)


def read_error_value(profile: Profile, family: str | None, value: Any) -> ErrorReading | None:
    """What ``read_error`` says of a body that is decoded already."""
    related = related_families(profile, family)
    fitting = [shape for shape in profile.shapes if _fits(value, shape)]
    if not fitting:
        return None
    return _read(profile, value, max(fitting, key=lambda shape: (*_closeness(shape, related), len(shape.needs))))


def read_cut_error(profile: Profile, family: str | None, value: Any) -> ErrorReading | None:
    """What is left of an error body that was cut, decoded as far as it goes: by the form whose code it still has.

    Only a form of the family will do: what is missing may be what would tell it from another's.
    """
    whole = read_error_value(profile, family, value)
    if whole is not None and whole.code is not None and whole.families:
        return whole
    related = related_families(profile, family)
    with_code = [
        (sum(leads_somewhere(value, path) for path in shape.needs), shape)
        for shape in profile.shapes
        if any(slug in shape.families for slug in related) and _code(value, shape) is not None
    ]
    if not with_code:
        return whole
    return _read(profile, value, max(with_code, key=lambda each: each[0])[1])


def _closeness(shape: ErrorShape, related: Sequence[str]) -> tuple[bool, bool]:
    own = any(slug in shape.families for slug in related)
    return own, not (related and shape.families)


def _read(profile: Profile, value: Any, shape: ErrorShape) -> ErrorReading:
    return ErrorReading(
        shape=shape.name,
        code=_code(value, shape),
        group=_first(value, shape.group, _LONGEST_CODE) or shape.group_name or None,
        title=_first(value, shape.title, _LONGEST_TEXT),
        detail=_joined(value, shape.detail),
        traces=_traces(profile, value, shape.trace),
        reasons=_reasons(value, shape),
        families=shape.families,
    )


@lru_cache(maxsize=512)
def _steps(path: str) -> tuple[re.Match[str], ...]:
    return tuple(_STEP.finditer(path.removeprefix("$")))


def follow(value: Any, path: str) -> Iterable[Any]:
    """Everything that ``path``, written as in error shapes, leads to in a JSON value; none of it is null."""
    found: list[Any] = [value]
    for step in _steps(path):
        if key := step["key"]:
            found = [item[key] for item in found if isinstance(item, dict) and item.get(key) is not None]
        elif cut := step["cut"]:
            sign = "#" if cut == "fragment" else "/"
            found = [item.rpartition(sign)[2] for item in found if isinstance(item, str) and sign in item]
        else:
            elements = (inner for item in found if isinstance(item, list) for inner in item[:_ELEMENTS])
            name, wanted = step["name"], step["wanted"]
            found = [item for item in elements if not name or (isinstance(item, dict) and item.get(name) == wanted)]
    return found


def leads_somewhere(value: Any, path: str) -> bool:
    """Whether the path leads to something; the body itself, or an element of an array as such, must be text."""
    found = follow(value, path)
    if path == "$" or path.endswith("[]"):
        return any(isinstance(item, str) for item in found)
    return any(item is not None for item in found)


def _fits(value: Any, shape: ErrorShape) -> bool:
    if not all(leads_somewhere(value, path) for path in shape.needs):
        return False
    return not shape.success or _code(value, shape) is not None


def _code(value: Any, shape: ErrorShape) -> str | None:
    """The first code that does not say that all went well."""
    texts = map(_text, follow(value, shape.code)) if shape.code else ()
    failed = (text for text in texts if text and text not in shape.success)
    return next((text for text in failed if len(text) <= _LONGEST_CODE), None)


def _text(item: Any) -> str | None:
    """Strings and numbers as text; providers send codes and statuses as either."""
    if isinstance(item, float) and item.is_integer():
        item = int(item)
    if isinstance(item, bool) or not isinstance(item, str | int | float):
        return None
    return printable(str(item)).strip() or None


def _first(value: Any, path: str, longest: int) -> str | None:
    texts = map(_text, follow(value, path)) if path else ()
    return next((text for text in texts if text and len(text) <= longest), None)


def _joined(value: Any, path: str) -> str | None:
    texts = map(_text, follow(value, path)) if path else ()
    distinct = dict.fromkeys(text[:_LONGEST_TEXT] for text in texts if text)
    return "; ".join(islice(distinct, _TEXTS)) or None


def _traces(profile: Profile, value: Any, paths: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Trace ids that look like ones: ``instance`` is a trace id in some APIs and a path in others."""
    traces: dict[tuple[str, str], None] = {}
    for path in paths:
        name = path.rpartition(".")[2]
        text = _first(value, path, _LONGEST_CODE)
        known = [identifier for identifier in identifiers_of_key(profile, name) if identifier.role == "trace_id"]
        if text and (not known or any(re.fullmatch(identifier.pattern, text) for identifier in known)):
            traces[name, text] = None
    return tuple(traces)


def _reasons(value: Any, shape: ErrorShape) -> tuple[tuple[str, str], ...]:
    if not shape.reasons:
        return ()
    pairs: list[tuple[str | None, str | None]] = []
    for item in follow(value, shape.reasons):
        if not isinstance(item, dict):
            continue
        if shape.reason_name:
            pairs.append((_text(item.get(shape.reason_name)), _text(item.get(shape.reason_text))))
            continue
        for field, reason in islice(item.items(), _ELEMENTS):
            first = reason[0] if isinstance(reason, list) and reason else reason
            pairs.append((_text(field), _text(first)))
    return tuple((name[:_LONGEST_CODE], text[:_LONGEST_TEXT]) for name, text in pairs if name and text)
