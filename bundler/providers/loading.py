"""Reads a provider profile from the TOML files of its folder; touches the data files beside this module only."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from bundler.errors import MisuseError, UnreadableInput
from bundler.providers.profile import (
    AskItem,
    ErrorCode,
    ErrorShape,
    Family,
    HeaderRule,
    Host,
    Identifier,
    KeyRule,
    Operation,
    Profile,
    StatusRow,
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
    "statuses": StatusRow,
    "asks": AskItem,
}

HEAD = "profile.toml"
"""The one file that names the provider. In every other file, what stands above the first table holds for its rows."""

FOLDER = Path(__file__).parent

T = TypeVar("T")


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

    Raises ``UnreadableInput`` naming the file and the field that is wrong.
    """
    head: dict[str, Any] = {}
    rows: dict[str, list[Struct]] = {table: [] for table in TABLES}
    for path in sorted(folder.glob("*.toml")):
        place = f"{folder.name}/{path.name}"
        document = _parse(path, place)
        tables = {key: document.pop(key) for key in TABLES if key in document}
        if path.name == HEAD:
            head, defaults = document, {}
        else:
            defaults = document
        for table, entries in tables.items():
            rows[table] += _convert_rows(table, entries, defaults, place)
    if not head:
        raise UnreadableInput(f"The provider folder {folder.name} has no {HEAD} that names the provider.")
    return _convert(head | {key: tuple(found) for key, found in rows.items()}, Profile, f"{folder.name}/{HEAD}")


def _parse(path: Path, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableInput(f"{place} could not be read: {error.strerror}.") from error
    except ValueError as error:  # not UTF-8, or not TOML; the latter names line and column
        raise UnreadableInput(f"{place} is not valid TOML: {error}.") from error


def _convert_rows(table: str, entries: object, defaults: dict[str, Any], place: str) -> list[Struct]:
    row_type = TABLES[table]
    inherited = {key: value for key, value in defaults.items() if key in row_type.__struct_fields__}
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnreadableInput(f"{place}: {table} must be written as [[{table}]].")
    return [
        _convert(inherited | entry, row_type, f"{place}, row {count} of {table}")
        for count, entry in enumerate(entries, start=1)
    ]


def _convert(value: Mapping[str, Any], kind: type[T], place: str) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise UnreadableInput(f"{place}: {error}.", "Compare it with bundler/providers/profile.py.") from error
