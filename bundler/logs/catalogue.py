"""The log formats we know, read once from the TOML files beside this module."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import msgspec

from bundler.logs.types import LogFormat


def _load() -> tuple[LogFormat, ...]:
    folder = files("bundler.logs") / "formats"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    formats = (msgspec.convert(tomllib.loads(entry.read_text("utf-8")), LogFormat) for entry in found)
    return tuple(sorted(formats, key=lambda fmt: -fmt.weight))


FORMATS: tuple[LogFormat, ...] = _load()
"""All formats, the most special first."""

PLAIN = LogFormat(
    name="plain",
    title="plain lines",
    kind="plain",
    weight=0.0,
    note="no format is known for it: each line that is not indented counts as a record, and no times are read",
)
"""For a file that the user calls a log and nobody recognises. Never guessed, so not one of ``FORMATS``."""


def find_format(name: str) -> LogFormat | None:
    """The format of that name."""
    return next((fmt for fmt in (*FORMATS, PLAIN) if fmt.name == name), None)
