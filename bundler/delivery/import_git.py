"""How git sends mail, as an account; touches ``git config`` of one folder."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from bundler.delivery.imported import UNKNOWN_SENDER, Imported, Value, address, is_file, relay, table_name, words
from bundler.errors import EnvironmentProblem, UnreadableInput


def from_git(folder: Path) -> list[Imported]:
    """What ``git send-email`` is set to in ``folder``: an account for each of its identities.

    Raises ``EnvironmentProblem`` without git, ``UnreadableInput`` where nothing is set.
    """
    values = _git(folder, "--get-regexp", "^sendemail\\.")
    person = dict(_git(folder, "--get-regexp", "^user\\.(name|email)$"))
    if not values:
        raise UnreadableInput(
            "git has no settings for sending mail (sendemail.…).",
            "Write the account yourself: ticket-bundler config init.",
        )
    usual: dict[str, str] = {}
    identities: dict[str, dict[str, str]] = {}
    for key, value in values:  # the last one counts, as for git
        _, *identity, name = key.split(".")
        (identities.setdefault(".".join(identity), {}) if identity else usual)[name] = value
    tables = {"git": usual, **{name: {**usual, **own} for name, own in identities.items()}}
    made = [_of_git(table_name(name, "git"), table, person) for name, table in tables.items()]
    return [each for each in made if each.keys]


def _of_git(name: str, table: Mapping[str, str], person: Mapping[str, str]) -> Imported:
    notes = ["Made of git's sendemail settings."]
    email = person.get("user.email", "")
    known = table.get("from", "") or (f"{person.get('user.name', '')} <{email}>".strip() if email else "")
    keys: list[tuple[str, Value]] = [("from", known or UNKNOWN_SENDER)]
    if not known:
        notes.append("git does not say who you are: put your address in.")
    command = table.get("sendmailcmd", "")
    server = table.get("smtpserver", "")
    if command or server.startswith(("/", "~")):
        keys += _sendmail(command or server, notes)
    elif server:
        encryption = table.get("smtpencryption", "").lower()
        scheme = "smtps" if encryption in ("ssl", "smtps") else "smtp+starttls"
        if encryption not in ("ssl", "smtps", "tls"):
            notes.append("git does not ask for TLS here; this account does, or nothing is sent.")
        auth = table.get("smtpauth", "").upper().split()
        logs_in = bool(table.get("smtpuser")) and auth != ["NONE"]  # git logs in nobody without a name
        port = table.get("smtpserverport", "")
        keys.append(("smtp", address(scheme, server, port) if logs_in else relay(scheme, server, port)))
        keys += [("user", table["smtpuser"])] if logs_in else [("smtp_login", False)]
        keys += [("auth", each.lower()) for each in auth if each in ("XOAUTH2", "OAUTHBEARER") and logs_in][:1]
        keys += [("ca_file", table["smtpsslcertpath"])] if is_file(table.get("smtpsslcertpath", "")) else []
    else:
        return Imported(name, ())
    if ("smtp_login", False) in keys:
        notes.append("git logs in nobody here (it has no sendemail.smtpUser), so nor does this account.")
    if "smtppass" in table:
        notes.append(
            "git's configuration holds your password in the clear. It is not copied: put it into your keyring,"
        )
        notes.append("name a program that prints it as password_command, and take sendemail.smtppass out.")
    elif "user" in dict(keys):
        notes.append("git asks its credential helper; here the keyring, a password_command or you are asked.")
    return Imported(name, tuple(keys), tuple(notes))


def _sendmail(command: str, notes: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    found = (str(Path(command).expanduser()),) if command.startswith("~") else words(command)
    if found is None:
        notes.append("sendmailCmd needs a shell, and sendmail gets none: put it into a small script, and name that.")
        found = ("/usr/sbin/sendmail",)
    yield "sendmail", found


def _git(folder: Path, *question: str) -> list[tuple[str, str]]:
    """The settings of git by their keys; parted by NUL, because values may hold line ends."""
    try:
        done = subprocess.run(
            [shutil.which("git") or "git", "config", "--null", *question],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentProblem("git cannot be asked for its settings.", "Is it installed? git --version") from error
    pairs = done.stdout.decode("utf-8", "replace").split("\0")
    return [(key, value) for key, _, value in (pair.partition("\n") for pair in pairs if pair)]
