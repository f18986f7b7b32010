"""Finds the lines of a TOML file on which rows and keys begin: the reader of TOML tells what a file says, not where."""

from __future__ import annotations

import re

from msgspec import Struct

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""+'
    r"|'''.*?'''+"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|^[ \t]*\[\[[ \t]*(?P<row>[\w-]+)[ \t]*\]\]"
    r"|^[ \t]*\[[ \t]*(?P<table>[\w-]+)[ \t]*\]"
    r"|^[ \t]*(?P<key>[\w-]+)[ \t]*="
    r"|(?P<open>[\[{])"
    r"|(?P<close>[\]}])",
    re.DOTALL | re.MULTILINE,
)
"""Texts and comments are taken in whole, so that no bracket within them counts."""


class Places(Struct, frozen=True):
    """Lines, from 1: ``rows`` those of each table's rows in their order, ``keys`` those of the keys of the file itself.

    The keys of a table ``[support]`` are found as ``support.address``, the table itself as ``support``.
    """

    rows: dict[str, list[int]]
    keys: dict[str, int]

    def line_of_row(self, table: str, count: int) -> int:
        """The line on which row ``count`` (from 1) of ``table`` begins; its table's where that is not found."""
        lines = self.rows.get(table, [])
        return lines[count - 1] if count <= len(lines) else self.keys.get(table, 1)

    def line_of_key(self, key: str) -> int:
        """The line of a key or table of the file itself, such as ``support.address``; 1 where it is not found."""
        table = key.partition(".")[0]
        return self.keys.get(key) or self.keys.get(table) or self.rows.get(table, [1])[0]


def find_places(text: str) -> Places:
    """Where everything stands in ``text``, which is valid TOML.

    Rows are written as ``[[table]]``, or as inline tables of an array ``table = [{…}, {…}]``.
    """
    rows: dict[str, list[int]] = {}
    keys: dict[str, int] = {}
    header, array, is_row = "", "", False
    depth, line, counted = 0, 1, 0
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind is None:
            continue
        at = token.start(kind)
        line += text.count("\n", counted, at)
        counted = at
        if kind == "open":
            if depth == 1 and array and token["open"] == "{":
                rows.setdefault(array, []).append(line)
            depth += 1
        elif kind == "close":
            depth -= 1
        elif depth == 0 and kind == "row":
            header, array, is_row = token["row"], "", True
            rows.setdefault(header, []).append(line)
        elif depth == 0 and kind == "table":
            header, array, is_row = token["table"], "", False
            keys[header] = line
        elif depth == 0 and not is_row:
            array = "" if header else token["key"]
            keys[f"{header}.{token['key']}" if header else token["key"]] = line
    return Places(rows, keys)
