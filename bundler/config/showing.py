"""The configuration as people see it: a file to begin with, and every option with where it was set."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from bundler.config import Settings, accounts, sources
from bundler.config.options import OPTIONS, REDACTION, REPORTER


def starter(*, for_user: bool = False) -> str:
    """A commented configuration to begin with, made from the options themselves; the user's own has an account too."""
    lines = ["# Settings of ticket-bundler. Every line is optional; secrets never belong in here."]
    table = ""
    for option in OPTIONS:
        if option.table != table:
            if not table:  # a key of the file itself cannot stand below a table
                lines += [f"# {sources.ABOUT}", f"# {sources.TABLE}.shop = {sources.EXAMPLE}"]
            table = option.table
            lines += ["", f"[{table}]"]
        lines += [f"# {option.about}", f"# {option.key} = {option.example}"]
    if for_user:
        lines += ["", accounts.EXAMPLE.rstrip("\n")]
    return "\n".join(lines) + "\n"


def as_rows(settings: Settings) -> list[tuple[str, str | tuple[str, ...], str]]:
    """Every option with its value and where it was set ("default" where it was not)."""
    held = {
        **{option.name: getattr(settings, option.name) for option in OPTIONS if not option.table},
        **{name: getattr(settings, field) for name, field in REDACTION.items()},
        **{name: settings.written_by.get(field, "") for name, field in REPORTER.items()},
    }
    rows = [(option.name, held[option.name], settings.origins.get(option.name, "default")) for option in OPTIONS]
    for name, table in settings.sources.items():
        rows.append(_row(f"{sources.TABLE}.{name}", table, settings))
    for name, account in settings.accounts.items():
        rows.append(_row(f"{accounts.TABLE}.{name}", account, settings))
    return rows


def _row(place: str, table: Mapping[str, Any], settings: Settings) -> tuple[str, tuple[str, ...], str]:
    return place, tuple(_as_text(key, value) for key, value in table.items()), settings.origins.get(place, "")


def _as_text(key: str, value: str | tuple[str, ...] | bool) -> str:
    if isinstance(value, bool):
        return f"{key}={str(value).lower()}"
    return f"{key}={value if isinstance(value, str) else shlex.join(value)}"
