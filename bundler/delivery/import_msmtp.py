"""How msmtp sends mail, as accounts; touches ``~/.msmtprc`` or the file that is named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from bundler.delivery.imported import UNKNOWN_SENDER, Imported, Value, address, is_file, relay, table_name, words
from bundler.errors import UnreadableInput

_LARGEST = 1024 * 1024


def from_msmtp(path: Path | None = None) -> list[Imported]:
    """The accounts of ``~/.msmtprc``, or of ``path``; the default one first.

    Raises ``UnreadableInput`` for a file that cannot be read or has no account.
    """
    places = [path] if path is not None else _msmtp_places()
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise UnreadableInput(
            f"There is no {places[0]}.", "Name the file: ticket-bundler config import-mail msmtp FILE."
        )
    try:
        with found.open("rb") as stream:
            text = stream.read(_LARGEST).decode("utf-8", "replace")
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise UnreadableInput(f"{found} cannot be read: {why}.", "Check its permissions.") from error
    accounts, chosen = _msmtp_accounts(text)
    if not accounts:
        raise UnreadableInput(f"{found} has no account.", "It should hold lines such as: account work")
    ordered = sorted(accounts, key=lambda name: name != chosen)
    return [_of_msmtp(table_name(name, "msmtp"), accounts[name], found) for name in ordered if "host" in accounts[name]]


def _msmtp_places() -> list[Path]:
    """Where msmtp looks, by its manual."""
    config = os.environ.get("XDG_CONFIG_HOME", "")
    below = Path(config) if config else Path.home() / ".config"
    return [Path.home() / ".msmtprc", below / "msmtp" / "config"]


def _msmtp_accounts(text: str) -> tuple[dict[str, dict[str, str]], str]:
    """The settings of each account with what it inherits, and the name of the default one.

    ``defaults`` hold for the accounts below them; ``account A : B`` begins with what B has; ``account default : A``
    makes A the default.
    """
    defaults: dict[str, str] = {}
    accounts: dict[str, dict[str, str]] = {}
    chosen = ""
    current = defaults
    for line in text.splitlines():
        name, value = (*line.split(None, 1), "", "")[:2]
        value = _unquoted(value.strip())
        if not name or name.startswith("#"):
            continue
        if name == "defaults":
            defaults = current = {}
        elif name == "account":
            own, _, parents = (part.strip() for part in value.partition(":"))
            inherited = [accounts.get(parent.strip(), {}) for parent in parents.split(",")] if parents else []
            if own == "default" and parents:
                chosen = parents.split(",")[0].strip()
                current = {}
                continue
            current = accounts[own] = dict(defaults)
            for each in inherited:
                current |= each
            chosen = chosen or (own if own == "default" else "")
        else:
            current[name] = value
    return accounts, chosen or next(iter(accounts), "")


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def _of_msmtp(name: str, table: Mapping[str, str], file: Path) -> Imported:
    notes = [f"Made of {file.name}."]
    keys: list[tuple[str, Value]] = []
    known = table.get("from", "") or (table.get("user", "") if "@" in table.get("user", "") else "")
    if not known:
        notes.append("msmtp does not say whom it sends from: put your address in.")
    keys.append(("from", known or UNKNOWN_SENDER))
    starts_at_once = table.get("tls_starttls", "on") == "off"
    if table.get("tls", "off") != "on":
        notes.append("msmtp does not use TLS here; this account does, or nothing is sent.")
    if table.get("tls_certcheck", "on") == "off":
        notes.append("msmtp does not check the certificate here; this account does, or nothing is sent.")
    auth = table.get("auth", "off").lower()  # as msmtp has it: off where nothing is said, on where no word follows
    logs_in = auth != "off"
    scheme, place = "smtps" if starts_at_once else "smtp+starttls", (table["host"], table.get("port", ""))
    keys.append(("smtp", address(scheme, *place) if logs_in else relay(scheme, *place)))
    if not logs_in:
        notes.append("msmtp logs in nobody here (auth is off), so nor does this account.")
        keys.append(("smtp_login", False))
    keys += [("user", table["user"])] if logs_in and table.get("user") else []
    is_token = auth in ("xoauth2", "oauthbearer")
    keys += [("auth", auth)] if is_token else []
    keys += [("ca_file", table["tls_trust_file"])] if is_file(table.get("tls_trust_file", "")) else []
    if logs_in and (command := table.get("passwordeval", "")):
        keys += _secret_command("token_command" if is_token else "password_command", command, notes)
    if "password" in table:
        notes.append(
            f"{file.name} holds your password in the clear. It is not copied: put it into your keyring, or name"
        )
        notes.append("a program that prints it as password_command.")
    return Imported(name, tuple(keys), tuple(notes))


def _secret_command(key: str, command: str, notes: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    found = words(command)
    if found is None:
        notes.append(f"passwordeval needs a shell, and {key} gets none: put the command into a small script of yours,")
        notes.append(f'and name that: {key} = ["/home/you/bin/mail-password"].')
        return
    yield key, found
