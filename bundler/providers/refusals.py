"""Says in words why a row of a profile is refused, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from bundler.errors import UnreadableInput

_EXPECTED = re.compile("Expected `([^`]*)`, got `([^`]*)`")
_CHOICE = re.compile("Invalid enum value (.*)", re.DOTALL)
_MISSING = re.compile("missing required field `([^`]*)`")
_UNKNOWN = re.compile("unknown field `([^`]*)`")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date without quotes",
    "datetime": "a date and time without quotes",
    "time": "a time without quotes",
}
_LONGEST_QUOTE = 60


def refuse_field(error: msgspec.ValidationError, kind: type, place: Callable[[str], str]) -> UnreadableInput:
    """What is wrong with a value that should have been a ``kind``; ``place`` says where the field of a name stands."""
    problem, _, where = str(error).partition(" - at ")
    field = where.strip("`").removeprefix("$").removeprefix(".")
    if (missing := _MISSING.search(problem)) is not None:
        name = f"{field}.{missing[1]}" if field else missing[1]
        return UnreadableInput(f"{place(field)}: the field {missing[1]} is missing.", f'Add it: {name} = "…".')
    if (unknown := _UNKNOWN.search(problem)) is not None:
        known = _fields(kind, field)
        said = f"{place(f'{field}.{unknown[1]}' if field else unknown[1])}: there is no field {_quoted(unknown[1])}."
        return UnreadableInput(said, nearest(unknown[1], known))
    if (expected := _EXPECTED.search(problem)) is not None:
        wanted, found = (name.partition(" | ")[0] for name in expected.groups())
        said = f"{field} has to be {_KINDS.get(wanted, wanted)}, and is {_KINDS.get(found, found)}"
        return UnreadableInput(f"{place(field)}: {said}.", _hint_at_kind(field, wanted))
    if (choice := _CHOICE.search(problem)) is not None:
        said = f"{field} cannot be {choice[1][:_LONGEST_QUOTE]}"
        return UnreadableInput(f"{place(field)}: {said}.", f"It is one of: {', '.join(_choices(kind, field))}.")
    said = f"{field}: {problem[:1].lower()}{problem[1:]}".removeprefix(": ")
    return UnreadableInput(f"{place(field)}: {said}.", "Write it as the shipped profiles do.")


def refuse_toml(place: str, error: ValueError) -> UnreadableInput:
    """What the reader of TOML stumbled over, with the line that it names."""
    told = str(error)
    found = _TOML_PLACE.search(told)
    line = "" if found is None else f", line {found[1]}" if found[1] else ", at its end"
    why = told[: found.start()] if found is not None else told
    return UnreadableInput(
        f"{place}{line}: this is no TOML: {why[:1].lower()}{why[1:200]}.",
        "Texts stand in quotes, and a row begins with the name of its table in two brackets: [[codes]].",
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that ``name`` was meant to be, or at all of them."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(names)}."


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w.-]{1,60}", name) else repr(name[:_LONGEST_QUOTE])


def _hint_at_kind(field: str, wanted: str) -> str:
    name = field.partition("[")[0]
    if wanted == "str" and "[" not in field:
        return f'Put it in quotes: {name} = "…".'
    if wanted == "str":
        return f'Put each of its values in quotes: {name} = ["…"].'
    if wanted == "array":
        return f'Put it in brackets: {name} = ["…"].'
    return f"Write {name} = {'0.9' if wanted == 'float' else '1'}." if wanted in ("int", "float") else f"Mend {name}."


def _fields(kind: Any, path: str) -> tuple[str, ...]:
    """The fields of ``kind``, or of what stands at a path such as ``support`` in it."""
    inner = _annotation(kind, path) if path else kind
    return tuple(getattr(inner, "__struct_fields__", ()))


def _choices(kind: Any, path: str) -> tuple[str, ...]:
    return _values(_annotation(kind, path))


def _annotation(kind: Any, path: str) -> Any:
    for name in path.split("."):
        kind = _hints(kind).get(name.partition("[")[0])
    return kind


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _values(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return tuple(repr(value) for value in get_args(annotation))
    return tuple(value for inner in get_args(annotation) for value in _values(inner))
