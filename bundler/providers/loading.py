"""Reads a provider profile from the TOML files of its folder; touches the data files beside this module only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from bundler.errors import MisuseError, UnreadableInput
from bundler.providers.causes import Behaviour, CodeBand, ErrorCode, MessageText, StatusRow, TestAmount
from bundler.providers.demands import Deadline, FieldRule, HeaderDemand, Mandatory, RateLimit
from bundler.providers.desks import AskItem, Desk
from bundler.providers.places import line_of_row
from bundler.providers.profile import (
    ErrorShape,
    Event,
    Family,
    HeaderRule,
    Host,
    Identifier,
    KeyRule,
    Operation,
    Payload,
    Profile,
)

PROVIDERS: tuple[str, ...] = ("vipps-mobilepay", "generic")
"""Every provider that has a folder here; ``generic`` stands for all others and comes last."""

TABLES: Mapping[str, type[Struct]] = {
    "hosts": Host,
    "families": Family,
    "operations": Operation,
    "identifiers": Identifier,
    "headers": HeaderRule,
    "keys": KeyRule,
    "shapes": ErrorShape,
    "codes": ErrorCode,
    "bands": CodeBand,
    "statuses": StatusRow,
    "texts": MessageText,
    "behaviours": Behaviour,
    "test_amounts": TestAmount,
    "fields": FieldRule,
    "header_demands": HeaderDemand,
    "limits": RateLimit,
    "deadlines": Deadline,
    "events": Event,
    "payloads": Payload,
    "mandatory": Mandatory,
    "asks": AskItem,
    "desks": Desk,
}

HEAD = "profile.toml"
"""The one file that names the provider. In every other file, what stands above the first table holds for its rows."""

FOLDER = Path(__file__).parent

T = TypeVar("T")

_UNKNOWN = re.compile("unknown field `([^`]*)`")


@lru_cache(maxsize=len(PROVIDERS))
def load(slug: str) -> Profile:
    """The profile called ``slug``. Raises ``MisuseError`` for a name that is not in ``PROVIDERS``."""
    if slug not in PROVIDERS:
        near = get_close_matches(slug, PROVIDERS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(PROVIDERS)}."
        raise MisuseError(f"Nobody knows the provider {slug[:60]!r}.", hint)
    return read_profile(FOLDER / slug)


def read_profile(folder: Path) -> Profile:
    """The profile that the TOML files of ``folder`` make together, read in the order of their names.

    Raises ``UnreadableInput`` naming the file, the line and the field that is wrong.
    """
    head: dict[str, Any] = {}
    rows: dict[str, list[Struct]] = {table: [] for table in TABLES}
    for path in sorted(folder.glob("*.toml")):
        place = f"{folder.name}/{path.name}"
        text, document = _parse(path, place)
        tables = {key: document.pop(key) for key in TABLES if key in document}
        if path.name == HEAD:
            head, defaults = document, {}
        else:
            defaults = document
        for table, entries in tables.items():
            rows[table] += _convert_rows(table, entries, defaults, text, place)
    if not head:
        raise UnreadableInput(
            f"The provider folder {folder.name} has no {HEAD} that names the provider.",
            "ticket-bundler config provider new NAME writes one to begin with.",
        )
    return _convert(head | {key: tuple(found) for key, found in rows.items()}, Profile, f"{folder.name}/{HEAD}")


def _parse(path: Path, place: str) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise UnreadableInput(f"{place} could not be read: {error.strerror}.") from error
    except ValueError as error:  # not UTF-8, or not TOML; the latter names line and column
        raise UnreadableInput(f"{place} is not valid TOML: {error}.") from error


def _convert_rows(table: str, entries: object, defaults: dict[str, Any], text: str, place: str) -> list[Struct]:
    row_type = TABLES[table]
    inherited = {key: value for key, value in defaults.items() if key in row_type.__struct_fields__}
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnreadableInput(f"{place}: {table} must be written as [[{table}]].")
    rows: list[Struct] = []
    for count, entry in enumerate(entries, start=1):
        try:
            rows.append(msgspec.convert(inherited | entry, row_type))
        except msgspec.ValidationError as error:
            raise _refusal(error, row_type, f"{place}, line {line_of_row(text, table, count)}, {table}") from error
    return rows


def _convert(value: Mapping[str, Any], kind: type[T], place: str) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _refusal(error, kind, place) from error


def _refusal(error: msgspec.ValidationError, kind: type, place: str) -> UnreadableInput:
    """What is wrong, in words: the unknown key with the known one nearest to it, or the field and what it has to be."""
    problem, _, where = str(error).partition(" - at ")
    field = where.strip("`").removeprefix("$").removeprefix(".")
    told = f"{place}{f', {field}' if field else ''}: {problem[:1].lower()}{problem[1:]}."
    known: tuple[str, ...] = getattr(kind, "__struct_fields__", ())
    if (unknown := _UNKNOWN.search(problem)) is not None and not field:
        near = get_close_matches(unknown[1], known, n=1)
        return UnreadableInput(told, f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known)}.")
    return UnreadableInput(told, "Write it as the shipped profiles do." if field else f"Known are: {', '.join(known)}.")
