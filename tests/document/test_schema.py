"""The JSON Schemas that ship in the package. Run as a script, this module writes them anew."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bundler.document import Manifest, encode, encode_manifest, json_schema, manifest_schema, to_document
from bundler.model import SafeTicket
from tests.document.tickets import empty_ticket, full_ticket, hostile_ticket

jsonschema = import_module("jsonschema")  # ships no type information

FOLDER = Path(__file__).parents[2] / "bundler" / "schema"
SCHEMAS = {"ticket-1.json": json_schema, "manifest-1.json": manifest_schema}


@pytest.mark.parametrize("name", SCHEMAS)
def test_shipped_schema_is_the_one_of_the_records(name: str) -> None:
    assert (FOLDER / name).read_bytes() == SCHEMAS[name](), "run this module as a script to write the schemas anew"


def _validator(name: str) -> Any:
    schema = json.loads((FOLDER / name).read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("ticket", [full_ticket(), empty_ticket(), hostile_ticket()], ids=["full", "empty", "hostile"])
def test_every_ticket_follows_the_schema(ticket: SafeTicket) -> None:
    _validator("ticket-1.json").validate(json.loads(encode(to_document(ticket))))


def test_manifest_follows_the_schema() -> None:
    manifest = Manifest(schema="ticket-bundler/manifest/1", ticket_id="t", tool="x 1", files=())
    _validator("manifest-1.json").validate(json.loads(encode_manifest(manifest)))


def test_schema_lets_unknown_keys_pass_and_insists_on_the_known_ones() -> None:
    document = json.loads(encode(to_document(full_ticket())))
    validator = _validator("ticket-1.json")
    document["news"] = {"any": 1}
    assert validator.is_valid(document)
    for key in ("schema", "facts", "exchanges", "cause", "not_looked_into"):
        assert not validator.is_valid({name: value for name, value in document.items() if name != key}), key
    assert not validator.is_valid(document | {"kind": "party"})


if __name__ == "__main__":
    for name, make in SCHEMAS.items():
        (FOLDER / name).write_bytes(make())
