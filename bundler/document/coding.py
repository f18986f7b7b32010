"""Typed records to JSON bytes that are the same every time, and back without trust."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from bundler.errors import UnreadableInput

Record = TypeVar("Record", bound=msgspec.Struct)

_SURROGATES = re.compile("[\ud800-\udfff]")
_PLACE = re.compile(r" - at `(\$[A-Za-z0-9_.\[\]]*)`$")


class _Head(msgspec.Struct):
    schema: str


def encode_json(record: msgspec.Struct) -> bytes:
    """Indented JSON in UTF-8 with a final newline; keys in the order of the record's fields."""
    try:
        compact = msgspec.json.encode(record)
    except UnicodeEncodeError:  # lone surrogates, as JSON escapes in a HAR can make them, have no UTF-8
        compact = msgspec.json.encode(_without_surrogates(msgspec.to_builtins(record)))
    return msgspec.json.format(compact, indent=2) + b"\n"


def decode_json(data: bytes, kind: type[Record], *, schema: str, name: str) -> Record:
    """The record that ``data`` holds; unknown keys are ignored.

    ``schema`` is what ours is called, such as ``ticket-bundler/ticket/1``. Raises ``UnreadableInput`` for anything
    that does not fit it, a newer major version included. The message names the place, never a value.
    """
    hint = "Ask the sender for the file again, or have it made anew with this version."
    family, _, major = schema.rpartition("/")
    try:
        head = msgspec.json.decode(data, type=_Head).schema
    except (ValueError, RecursionError):
        raise UnreadableInput(f"{name} is not a JSON object that says which schema it follows.", hint) from None
    found = re.fullmatch(re.escape(family) + r"/(\d{1,9})", head)
    if found is None:
        raise UnreadableInput(f"{name} follows a schema that is not {family}.", hint)
    if int(found[1]) > int(major):
        raise UnreadableInput(
            f"{name} follows version {int(found[1])} of its schema; this program knows versions up to {major}.",
            "Install a newer ticket-bundler to read it.",
        )
    try:
        return msgspec.json.decode(data, type=kind)
    except (ValueError, RecursionError) as error:
        place = _PLACE.search(str(error))
        where = f" (at {place[1]})" if place else ""
        raise UnreadableInput(f"{name} does not follow its schema {schema}{where}.", hint) from None


def schema_json(kind: type[msgspec.Struct], *, schema: str, title: str) -> bytes:
    """The JSON Schema (draft 2020-12) of a record, as it ships in the package."""
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:" + schema.replace("/", ":"),
        "title": title,
        **msgspec.json.schema(kind),
    }
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2) + b"\n"


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(each) for each in value]
    return value
