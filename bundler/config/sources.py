"""The tables ``[sources.NAME]`` of a configuration: commands that hand out logs. Checked here, run elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bundler.errors import MisuseError, UnreadableInput

TABLE = "sources"
ABOUT = "a command that hands out logs, run when you ask for it: --log-source shop"
EXAMPLE = '{ preset = "journalctl", unit = "shop.service", timeout = "30s" }'
NO_SECRETS = "Secrets never live in the configuration; remove it from the file."

_KEYS = ("command", "preset", "timeout", "limit", "zone", "format")
_SECRET_WORDS = ("password", "secret", "token", "apikey", "api_key", "key")


def read_sources(path: Path, tables: Any) -> Iterator[tuple[str, dict[str, str | tuple[str, ...]]]]:
    """The named log sources of one file; what the options of a preset mean is for the preset to say."""
    example = f"For example: {TABLE}.shop = {EXAMPLE}"
    if not isinstance(tables, dict):
        raise UnreadableInput(f"{path}: {TABLE} must be tables.", example)
    for name, table in tables.items():
        place = f"{TABLE}.{name}"
        if not isinstance(table, dict):
            raise UnreadableInput(f"{path}: {place} must be a table.", example)
        if not name or any(letter in name for letter in ":,=") or not name.isprintable():
            raise UnreadableInput(f"{path}: {place} is no name for a source.", "Take letters, digits, - and _.")
        if ("command" in table) == ("preset" in table):
            raise UnreadableInput(f"{path}: {place} needs either a command or a preset.", example)
        yield place, {key: _value(path, place, key, value, "command" in table) for key, value in table.items()}


def _value(path: Path, place: str, key: str, value: Any, has_command: bool) -> str | tuple[str, ...]:
    if is_secret(key):
        raise UnreadableInput(f"{path}: {place}.{key} looks like a secret.", NO_SECRETS)
    if has_command and key not in _KEYS:
        near = nearest(key, _KEYS)
        hint = near or f"Beside a command can stand {', '.join(_KEYS[2:])}."
        raise UnreadableInput(f"{path}: {place} has a command, and no option {key!r}.", hint)
    if key == "command":
        if isinstance(value, list) and value and all(isinstance(word, str) for word in value) and value[0]:
            return tuple(value)
        raise UnreadableInput(
            f"{path}: {place}.command must be a list of texts: the program and its arguments.",
            'For example: command = ["journalctl", "--since=@{from_epoch}", "--until=@{to_epoch}"]',
        )
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # a port, a number of records
    if not isinstance(value, str):
        raise UnreadableInput(f"{path}: {place}.{key} must be a text.", f'For example: {key} = "…"')
    if key == "zone":
        refuse_unknown_zone(f"{path}: {place}.zone", value)
    return value


def is_secret(key: str) -> bool:
    """Whether an option of that name would hold a secret."""
    return key.lower().replace("-", "_") in _SECRET_WORDS


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that ``name`` was meant to be; "" when none is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else ""


def refuse_unknown_zone(place: str, name: str) -> None:
    """``MisuseError`` that says where the zone is written which does not exist."""
    from bundler.moments.zones import find_zone

    try:
        find_zone(name)
    except MisuseError as error:
        raise MisuseError(f"{place}: {error.message}", error.hint) from error
