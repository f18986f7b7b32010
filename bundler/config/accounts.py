"""The tables ``[account.NAME]`` of the user's configuration, mail accounts: checked for form, understood elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bundler.config.paths import anchored
from bundler.config.sources import is_secret, nearest
from bundler.errors import UnreadableInput

TABLE = "account"
EXAMPLE = """\
# A mail account, for ticket-bundler send. One that git or msmtp knows: ticket-bundler config import-mail.
# A relay that asks for no password has smtp = "smtp+starttls://relay.psp.example:25" and smtp_login = false.
# [account.work]
# from = "Kim Example <kim@psp.example>"
# imap = "imaps://imap.psp.example"
# smtp = "smtps://smtp.psp.example"
# password_command = ["pass", "show", "mail"]
"""
"""For the starter of the user's own file; every line is one of a comment."""
NO_SECRETS = (
    "Passwords never live in the configuration: remove it from the file, and keep it in your keyring or name a program "
    'that prints it: password_command = ["pass", "show", "mail"].'
)

Value = str | tuple[str, ...] | bool

_PATHS = ("ca_file", "password_file")
_TEXTS = ("from", "user", "smtp", "imap", "auth", "drafts", "sent", "timeout", "source_address", *_PATHS)
_COMMANDS = ("password_command", "token_command", "sendmail")
_SWITCHES = ("keep_sent", "smtp_login")
_KEYS = (*_TEXTS, *_COMMANDS, *_SWITCHES)
_FORBIDDEN = ("pass", "passwd", "passwort", "auth_token", "access_token", "refresh_token", "client_secret")


def read_accounts(path: Path, tables: Any) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """The mail accounts of one file, by their full names (``account.work``); a file in one is taken from where it lies.

    Raises ``UnreadableInput`` for a key that nobody knows, of another type, or that would hold a secret.
    """
    if isinstance(tables, str):
        raise UnreadableInput(
            f"{path}: {TABLE} must be tables, [{TABLE}.NAME].",
            f'To say which of several is used: default_account = "{tables or "work"}".',
        )
    for name, table in (tables if isinstance(tables, dict) else {"": tables}).items():
        place = f"{TABLE}.{name}"
        if not isinstance(table, dict):
            raise UnreadableInput(f"{path}: {place} must be a table.", f"For example: [{TABLE}.work]")
        if not name or not name.isprintable() or not name.strip(' "'):
            raise UnreadableInput(f"{path}: {place} is no name for an account.", "Take letters, digits, - and _.")
        yield place, {key: _value(path, place, key, value) for key, value in table.items()}


def refuse_accounts(path: Path, names: Iterator[str]) -> None:
    """``UnreadableInput`` where a project's file has accounts: it would tell your password where to go."""
    for name in names:
        raise UnreadableInput(
            f"{path}: {name} stands in the file of a project, and accounts are only read from your own.",
            "Move it: whoever writes a project's file could send your password to a server of their own.",
        )


def _value(path: Path, place: str, key: str, value: Any) -> Value:
    if is_secret(key) or key.lower() in _FORBIDDEN:
        raise UnreadableInput(f"{path}: {place}.{key} looks like a secret.", NO_SECRETS)
    if key not in _KEYS:
        hint = nearest(key, _KEYS) or f"An account has {', '.join(_KEYS)}."
        raise UnreadableInput(f"{path}: {place} has no option {key!r}.", hint)
    if key in _SWITCHES:
        if not isinstance(value, bool):
            raise UnreadableInput(
                f"{path}: {place}.{key} must be true or false.",
                f"For example: {key} = {'true' if key == 'keep_sent' else 'false'}",
            )
        return value
    if key in _COMMANDS:
        if isinstance(value, list) and value and all(isinstance(word, str) for word in value) and value[0]:
            return tuple(value)
        raise UnreadableInput(
            f"{path}: {place}.{key} must be a list of texts: the program and its arguments.",
            f'For example: {key} = ["pass", "show", "mail"]; no shell sees it.',
        )
    if key == "timeout" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise UnreadableInput(f"{path}: {place}.{key} must be a text.", f'For example: {key} = "…"')
    return anchored(path, f"{place}.{key}", value) if key in _PATHS and value else value
