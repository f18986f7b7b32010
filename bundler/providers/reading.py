"""Reads the TOML texts of a provider's folder into a profile, and remembers where each row of it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from itertools import islice
from typing import Any, TypeVar

import msgspec
import tomli
from msgspec import Struct

from bundler.errors import UnreadableInput
from bundler.providers.causes import Behaviour, CodeBand, ErrorCode, MessageText, StatusRow, TestAmount
from bundler.providers.demands import Deadline, FieldRule, HeaderDemand, Mandatory, RateLimit
from bundler.providers.desks import AskItem, Desk
from bundler.providers.places import Places, find_places
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
from bundler.providers.refusals import nearest, refuse_field, refuse_toml

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

MOST_PROBLEMS = 100
"""So many problems of one profile are told; whoever has more has one mistake, made many times."""

_ROW_FIELDS = frozenset(field for row_type in TABLES.values() for field in row_type.__struct_fields__)

T = TypeVar("T")


class TomlFile(Struct, frozen=True, eq=False):
    """One file of a profile; ``name`` is that of its folder and its own: ``acme/errors.toml``."""

    name: str
    text: str

    def place_of_key(self, key: str) -> str:
        """``acme/profile.toml, line 3``, for a key of the file itself or of one of its tables."""
        return f"{self.name}, line {_places(self).line_of_key(key)}" if key else self.name


@lru_cache(maxsize=16)
def _places(file: TomlFile) -> Places:
    """Looked for when the first line of a file is wanted, which of a profile without mistakes is never."""
    return find_places(file.text)


class PlacedRow(Struct, frozen=True, eq=False):
    """A row with where it stands: it is row ``count`` (from 1) of ``table`` in its file."""

    row: Struct
    file: TomlFile
    table: str
    count: int

    @property
    def line(self) -> int:
        """The line, from 1, on which the row begins."""
        return _places(self.file).line_of_row(self.table, self.count)

    @property
    def place(self) -> str:
        """``acme/errors.toml, line 12, codes``."""
        return _place_of_row(self.file, self.table, self.count)


class Reading(Struct, frozen=True, eq=False):
    """What a folder holds: where there are ``problems``, not all of it. Without a head, ``profile`` is None."""

    profile: Profile | None
    head: TomlFile | None
    rows: tuple[PlacedRow, ...]
    problems: tuple[UnreadableInput, ...]


def read(folder: str, texts: Iterable[tuple[str, bytes]]) -> Reading:
    """The profile that the files (name and bytes) of the folder called ``folder`` make together, in their order."""
    head: TomlFile | None = None
    facts: dict[str, Any] = {}
    rows: list[PlacedRow] = []
    problems: list[UnreadableInput] = []
    for name, data in texts:
        try:
            file, document = _parse(f"{folder}/{name}", data)
        except UnreadableInput as problem:
            problems.append(problem)
            continue
        defaulted = {key for key, value in document.items() if name != HEAD and _is_default(key, value)}
        tables = {key: document.pop(key) for key in TABLES if key in document and key not in defaulted}
        if name == HEAD:
            head, facts, defaults = file, document, {}
        else:
            defaults = document
            problems += islice(_unknown_keys(file, defaults), MOST_PROBLEMS)
        for table, entries in tables.items():
            rows += _convert_rows(file, table, entries, defaults, problems)
    profile = None
    if head is not None:
        found = {table: tuple(placed.row for placed in rows if placed.table == table) for table in TABLES}
        profile = _convert(facts | found, Profile, head.place_of_key, problems)
    elif not problems:
        problems.append(
            UnreadableInput(
                f"The provider folder {folder} has no {HEAD} that names the provider.",
                "ticket-bundler config provider new NAME writes one to begin with.",
            )
        )
    return Reading(profile, head, tuple(rows), tuple(problems))


def _parse(name: str, data: bytes) -> tuple[TomlFile, dict[str, Any]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableInput(f"{name}, line {line}: this is not UTF-8.", "Save the file as UTF-8.") from error
    try:
        return TomlFile(name, text), tomli.loads(text)
    except ValueError as error:
        raise refuse_toml(name, error) from error
    except RecursionError as error:
        raise UnreadableInput(f"{name} is nested too deeply.", "Write it as the shipped profiles do.") from error


def _is_default(key: str, value: object) -> bool:
    """Families, headers and keys are names of tables and of lists in rows: ``families = ["pay"]`` is none of rows."""
    return key in _ROW_FIELDS and isinstance(value, list) and any(isinstance(entry, str) for entry in value)


def _unknown_keys(file: TomlFile, defaults: Mapping[str, Any]) -> Iterable[UnreadableInput]:
    """A misspelt table would be nobody's default, and nobody would miss it."""
    for key, value in defaults.items():
        is_table = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(row, dict) for row in value))
        if is_table or key not in _ROW_FIELDS:
            said = f"{file.place_of_key(key)}: there is no table or field {key[:60]}."
            yield UnreadableInput(said, nearest(key, TABLES))


def _convert_rows(
    file: TomlFile, table: str, entries: object, defaults: Mapping[str, Any], problems: list[UnreadableInput]
) -> Iterable[PlacedRow]:
    row_type = TABLES[table]
    inherited = {key: value for key, value in defaults.items() if key in row_type.__struct_fields__}
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        said = f"{file.place_of_key(table)}: {table} has to be written as [[{table}]]."
        problems.append(UnreadableInput(said, f"Begin each row with a line [[{table}]]."))
        return
    for count, entry in enumerate(entries, start=1):
        if len(problems) >= MOST_PROBLEMS:
            return
        row = _convert({**inherited, **entry}, row_type, partial(_place_in_row, file, table, count), problems)
        if row is not None:
            yield PlacedRow(row, file, table, count)


def _convert(value: object, kind: type[T], place: Callable[[str], str], problems: list[UnreadableInput]) -> T | None:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        problems.append(refuse_field(error, kind, place))
        return None


def _place_in_row(file: TomlFile, table: str, count: int, _field: str) -> str:
    return _place_of_row(file, table, count)


def _place_of_row(file: TomlFile, table: str, count: int) -> str:
    return f"{file.name}, line {_places(file).line_of_row(table, count)}, {table}"
