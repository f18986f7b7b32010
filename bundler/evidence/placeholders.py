"""What may stand in braces in a command, and what it becomes; nothing outside is touched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from msgspec import Struct

from bundler.errors import MisuseError
from bundler.logs.types import EVERYTHING, Window

Need = Literal["time", "ids", "payment id"]

PLACEHOLDERS: Mapping[str, tuple[Need, str]] = {
    "from": ("time", "start of the window, 2026-11-23T13:00:00Z"),
    "to": ("time", "end of the window, 2026-11-23T13:10:00Z"),
    "from_epoch": ("time", "start in seconds since 1970"),
    "to_epoch": ("time", "end in seconds since 1970"),
    "from_ms": ("time", "start in milliseconds since 1970"),
    "to_ms": ("time", "end in milliseconds since 1970"),
    "from_ns": ("time", "start in nanoseconds since 1970"),
    "to_ns": ("time", "end in nanoseconds since 1970"),
    "from_local": ("time", "start in the zone of the source, 2026-11-23 14:00:00"),
    "to_local": ("time", "end in the zone of the source, 2026-11-23 14:10:00"),
    "from_age": ("time", "how many seconds ago the window begins"),
    "payment_id": ("payment id", "the payment's id"),
    "ids": ("ids", "every id: the argument that holds it is repeated for each"),
    "ids_regex": ("ids", r"every id as one regular expression, ID-1|ID\.2"),
    "ids_json": ("ids", 'every id as a JSON list, ["ID-1", "ID.2"]'),
    "ids_or": ("ids", 'every id as a query of words, "ID-1" OR "ID.2"'),
    "ids_or_json": ("ids", "the same as a JSON text, for the middle of a JSON body"),
    "ids_any": ("ids", 'every id as CloudWatch wants it, ?"ID-1" ?"ID.2"'),
}
"""Each placeholder: what must be known for it, and what it stands for."""

LACKS: Mapping[Need, str] = {
    "time": "no time is known; give --around or --at",
    "ids": "no id is known; give --id or --payment-id",
    "payment id": "no payment id is known; give --payment-id",
}
IDS = 20
"""More ids are not asked for at once: engines limit the length of a question (CloudWatch to 1024 letters)."""

_TOKEN = re.compile(r"\{\{|\}\}|\{(\w{1,64})\}|[{}]")
# a value from the evidence must not become an option, a file to read (@) or a piece of a query language
_HARMLESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:@/+=-]{0,199}")
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Search(Struct, frozen=True, kw_only=True):
    """What a run looks for: what the placeholders of commands stand for."""

    window: Window | None = None
    ids: tuple[str, ...] = ()
    payment_id: str = ""
    zone: tzinfo = UTC
    """For local times, where a source names no zone of its own."""
    now: datetime | None = None
    """Only for programs that want to know how long ago something was."""


class Lacking(Exception):
    """A placeholder has no value; the text says which and what to give."""


def check(command: Sequence[str]) -> None:
    """Raises ``MisuseError`` for a placeholder that nobody knows, and for a brace that begins none."""
    for argument in command:
        names = [name for name, _ in _pieces(argument) if name]
        for name in names:
            if name not in PLACEHOLDERS:
                raise MisuseError(f"Nobody knows the placeholder {{{name}}}.", _nearest(name))
        if names.count("ids") > 1:
            raise MisuseError(
                "{ids} stands twice in one argument.", "Use {ids_regex} or {ids_json}, or one argument for each."
            )


def fill(command: Sequence[str], search: Search, zone: tzinfo) -> tuple[tuple[str, ...], str]:
    """The arguments with their values, and a sentence about ids that were left out ("" for none).

    Raises ``Lacking`` where a value is not known or may not go into a command.
    """
    known = tuple(dict.fromkeys(found for found in (search.payment_id, *search.ids) if found))
    ids = tuple(found for found in known if _HARMLESS.fullmatch(found))
    values = {**_times(search, zone), **_texts(ids[:IDS])}
    if _HARMLESS.fullmatch(search.payment_id):
        values["payment_id"] = search.payment_id
    filled: list[str] = []
    used: set[str] = set()
    for argument in command:
        pieces = list(_pieces(argument))
        for name, _ in pieces:
            if name and name not in values and name != "ids":
                raise Lacking(_why_not(PLACEHOLDERS[name][0], known, search.payment_id))
            used.add(name)
        repeated = any(name == "ids" for name, _ in pieces)
        if repeated and not ids:
            raise Lacking(_why_not("ids", known, search.payment_id))
        filled.extend(
            "".join(found if name == "ids" else values[name] if name else text for name, text in pieces)
            for found in (ids[:IDS] if repeated else ("",))
        )
    asked = any(PLACEHOLDERS[name][0] == "ids" for name in used if name)
    return tuple(filled), _left_out(len(known), len(ids)) if asked else ""


def _pieces(argument: str) -> Iterator[tuple[str, str]]:
    """An argument cut up: the name of a placeholder, or "" and a literal text."""
    end = 0
    for match in _TOKEN.finditer(argument):
        if match.start() > end:
            yield "", argument[end : match.start()]
        end = match.end()
        if match[1]:
            yield match[1], ""
        elif len(match[0]) == 2:
            yield "", match[0][0]
        else:
            raise MisuseError(
                f"A single {match[0]} in a command begins or ends no placeholder.",
                "Write {{ for { and }} for }; in braces can stand {from}, {to}, {ids} and the like.",
            )
    if end < len(argument):
        yield "", argument[end:]


def escaped(text: str) -> str:
    """``text`` as it must stand in a command to be taken literally."""
    return text.replace("{", "{{").replace("}", "}}")


def with_options(argument: str, options: Mapping[str, str]) -> str:
    """``argument`` with the values of a preset's own options; the placeholders of the search stay."""
    return _TOKEN.sub(lambda match: escaped(options[match[1]]) if match[1] in options else match[0], argument)


def options_in(argument: str) -> set[str]:
    """The names in braces."""
    return {name for name, _ in _pieces(argument) if name}


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, PLACEHOLDERS, n=1, cutoff=0.5)
    known = (
        f"Did you mean {{{near[0]}}}?" if near else f"Known are: {', '.join(f'{{{word}}}' for word in PLACEHOLDERS)}."
    )
    return f"{known} For braces of the command itself write {{{{ and }}}}."


def _times(search: Search, zone: tzinfo) -> dict[str, str]:
    """Every form of both ends that are known; in forms without fractions the window is widened to whole units."""
    values: dict[str, str] = {}
    if search.window is None:
        return values
    for name, moment, sign in (("from", search.window.start, 1), ("to", search.window.end, -1)):
        if moment in (EVERYTHING.start, EVERYTHING.end):
            continue
        since = (moment - _START) // _MICROSECOND
        seconds = sign * (sign * since // 1_000_000)  # down for the start, up for the end
        whole = _START + timedelta(seconds=seconds)
        values[name] = whole.strftime("%Y-%m-%dT%H:%M:%SZ")
        values[f"{name}_epoch"] = str(seconds)
        values[f"{name}_ms"] = str(sign * (sign * since // 1000))
        values[f"{name}_ns"] = str(since * 1000)
        values[f"{name}_local"] = whole.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        if name == "from" and search.now is not None:
            values["from_age"] = str(max(1, -(-(search.now - whole) // timedelta(seconds=1))))
    return values


def _texts(ids: Sequence[str]) -> dict[str, str]:
    if not ids:
        return {}
    either = " OR ".join(f'"{found}"' for found in ids)
    return {
        "ids_regex": "|".join(re.sub(r"([.+])", r"\\\1", found) for found in ids),
        "ids_json": json.dumps(ids),
        "ids_or": either,
        "ids_or_json": json.dumps(either),
        "ids_any": f'"{ids[0]}"' if len(ids) == 1 else " ".join(f'?"{found}"' for found in ids),
    }


def _why_not(need: Need, known: Sequence[str], payment_id: str) -> str:
    if (need == "ids" and known) or (need == "payment id" and payment_id):
        return "the id holds signs that must not get into a command; letters, digits and . _ : @ / + = - may"
    return LACKS[need]


def _left_out(known: int, harmless: int) -> str:
    asked = min(harmless, IDS)
    return f"only {asked} of {known} ids were asked for" if asked < known else ""
