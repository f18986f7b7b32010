"""An account as another program has it: written down without any password, and what commands and servers become."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from msgspec import Struct

from bundler.delivery.configured import SCHEMES

UNKNOWN_SENDER = "YOU <you@example.com>"

_SHELL_SIGNS = re.compile(r"[|&;<>()$`*?\[\]{}~#\n]|^!")
_ASSIGNED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_TABLE_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


Value = str | tuple[str, ...] | bool


class Imported(Struct, frozen=True):
    """An account as it is written in a configuration, without any password, and what to know of it."""

    name: str
    keys: tuple[tuple[str, Value], ...]
    notes: tuple[str, ...] = ()

    def as_table(self) -> str:
        """The table ``[account.NAME]`` in TOML, with the notes as comments above it."""
        lines = [*(f"# {note}" for note in self.notes), f"[account.{self.name}]"]
        return "\n".join([*lines, *(f"{key} = {_toml(value)}" for key, value in self.keys)]) + "\n"


def words(command: str) -> tuple[str, ...] | None:
    """The words of a command that needs no shell; None for one that does, or that is not quoted as it should be."""
    bare = re.sub(r"'[^']*'", "q", command)
    try:
        words = tuple(shlex.split(command))
    except ValueError:
        return None
    if not words or _SHELL_SIGNS.search(bare) or _ASSIGNED.match(words[0]):
        return None
    return words


def address(scheme: str, host: str, port: str) -> str:
    """A server as a configuration names it; the two usual ports say themselves how they are kept secret."""
    if port.isascii() and port.isdigit():
        scheme = {"465": "smtps", "587": "smtp+starttls"}.get(port, scheme)
    else:
        port = ""
    is_usual = port in ("", str(SCHEMES[scheme][2]))
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}" if is_usual else f"{scheme}://{host}:{port}"


def relay(scheme: str, host: str, port: str) -> str:
    """As ``address``, of a server that lets nobody log in: the usual port is that between servers."""
    return address(scheme, host, port or ("25" if scheme == "smtp+starttls" else ""))


def is_file(path: str) -> bool:
    """Whether a file of that name is there; folders of certificates are not what ``ca_file`` takes."""
    return bool(path) and Path(path).expanduser().is_file()


def table_name(name: str, otherwise: str) -> str:
    """``name`` where an account may have it."""
    return name if _TABLE_NAME.fullmatch(name) and name != "default" else otherwise


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    escaped = (
        f"\\{each}" if each in '"\\' else each if each.isprintable() else f"\\U{ord(each):08x}" for each in value
    )
    return f'"{"".join(escaped)}"'
