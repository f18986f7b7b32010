"""Finds values by the names of their columns: in exports as CSV, and in what a database was told to insert or copy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import starmap
from typing import NamedTuple, TypeVar

from bundler.redact.names import Names
from bundler.redact.rule import Rule

Meaning = TypeVar("Meaning")
"""What is told of a column."""

_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?(?:sep=.\r?\n)?([^\r\n]{3,4096}+)\r?\n")
_RULED = re.compile(rb"[-+|:= ]{3,4096}+\r?\n")
_NAME = re.compile(rb"[ ]?[\"'`\[\\]{0,3}[A-Za-z_\x80-\xff][A-Za-z0-9_ .()/\x80-\xff-]{0,60}[\"'`\]\\]{0,3}[ ]?")
_DELIMITERS = b";,\t|"
_AROUND_NAME = b" \"'`[]\\"
_INSERT = re.compile(
    rb"(?i:insert into) [^\s(]{1,128}[ ]?\(([^()]{3,4096}+)\)\s{0,8}(?i:(?:overriding system value )?values)\s{0,8}"
    rb"(?=\()"
)
_COPY = re.compile(rb"(?i:copy) [^\s(]{1,128} \(([^()\n]{3,4096}+)\) (?i:from stdin)[^\n]{0,80};\r?\n")
_VALUES = re.compile(rb"'((?:[^'\\]|\\.|'')*+)'|([(),;])|([^\s'(),;][^'(),;]*+)|'", re.DOTALL)
_PERSONAL = frozenset(("email", "phone", "name", "address", "national-id", "birth-date"))
_MOST_COLUMNS = 200


class Cell(NamedTuple):
    """A value and the rule that its column's name stands for."""

    rule: Rule
    start: int
    end: int


class _Head(NamedTuple):
    """Of a table: where its rows begin, what stands between two cells, and what the columns are called."""

    end: int
    delimiter: bytes
    names: tuple[bytes, ...]


def find_cells(text: bytes, names: Names) -> Iterator[Cell]:
    """Every value in ``text`` under a column whose name gives it away."""
    head = _head(text)
    if head is not None and (columns := _columns(head.names, names)):
        yield from starmap(Cell, _rows(text, head.end, head.delimiter, columns)[0])
    for word in (b"INSERT INTO ", b"insert into "):
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if (told := _INSERT.match(text, at)) is not None and (columns := _listed(told[1], names)):
                cells, end = _inserted(text, told.end(), columns)
                yield from cells
            at = text.find(word, end)
    at = text.find(b" FROM stdin")
    while at >= 0:
        begin = max(text.rfind(b"COPY ", max(0, at - 4096), at), 0)
        end = at + 1
        if (told := _COPY.match(text, begin)) is not None and (columns := _listed(told[1], names)):
            copied, end = _rows(text, told.end(), b"\t", columns)
            yield from starmap(Cell, copied)
        at = text.find(b" FROM stdin", end)


def kept_cells(text: bytes, names: Names) -> Iterator[tuple[int, int]]:
    """Where the values of a table stand that support needs, by the names of their columns."""
    head = _head(text)
    if head is None:
        return
    columns = {number: name for number, name in enumerate(head.names) if names.meaning(name) == "keep"}
    for name, start, end in _rows(text, head.end, head.delimiter, columns)[0] if columns else ():
        if names.keeps(name, text[start:end]):
            yield start, end


def goes_on(text: bytes, names: Names) -> bytes:
    """The lines at the head of ``text`` that name the columns of a table which reaches its end; else nothing."""
    head = _head(text)
    if head is None or not any(map(names.meaning, head.names)):
        return b""
    return text[: head.end] if _rows(text, head.end, head.delimiter, {})[1] == len(text) else b""


def _head(text: bytes) -> _Head | None:
    """Of a table whose first line, that of the text, names the columns; its second must have as many."""
    header = _HEADER.match(text)
    if header is None:
        return None
    counts = {header[1].count(bytes((sign,))): bytes((sign,)) for sign in reversed(_DELIMITERS)}
    delimiter = counts[max(counts)]
    ruled = _RULED.match(text, header.end())
    first = ruled.end() if ruled is not None else header.end()
    following = text[first : first + 8192].split(b"\n", 1)[0]
    if not max(counts) or following.count(delimiter) < max(counts):
        return None
    return _Head(first, delimiter, _names(header[1], delimiter))


def _names(header: bytes, delimiter: bytes) -> tuple[bytes, ...]:
    """Those of the columns; none where one of them is no name."""
    written = header.split(delimiter)
    if len(written) > _MOST_COLUMNS or not all(map(_NAME.fullmatch, written)):
        return ()
    return tuple(name.strip(_AROUND_NAME) for name in written)


def _listed(written: bytes, names: Names) -> dict[int, Rule]:
    return _columns(_names(written, b","), names)


def _columns(written: tuple[bytes, ...], names: Names) -> dict[int, Rule]:
    """The rules by the numbers of their columns."""
    meanings = [names.meaning(name) for name in written]
    columns = {number: meaning for number, meaning in enumerate(meanings) if isinstance(meaning, Rule)}
    if any(rule.kind in _PERSONAL for rule in columns.values()):
        more = {number: names.inside(name) for number, name in enumerate(written) if meanings[number] is None}
        columns.update({number: rule for number, rule in more.items() if rule is not None and rule.kind in _PERSONAL})
    return columns


def _rows(
    text: bytes, at: int, delimiter: bytes, columns: Mapping[int, Meaning]
) -> tuple[list[tuple[Meaning, int, int]], int]:
    """The cells of these columns of all lines from ``at`` up to an empty one, and where that is.

    A cell in quotes may hold delimiters and line feeds.
    """
    cells: list[tuple[Meaning, int, int]] = []
    pattern = re.compile(
        rb"[ ]{0,8}\"((?:[^\"]|\"\"){0,65536}+)\"[^%(sign)b\r\n]*+|([^%(sign)b\r\n]*+)"
        % {b"sign": re.escape(delimiter)}
    )
    number, limit = 0, len(text)
    while at < limit and (found := pattern.match(text, at)) is not None:
        start, end = found.span(1 if found[1] is not None else 2)
        if number in columns and start < end:
            blanks = end - start - len(text[start:end].lstrip(b" "))
            cells.append((columns[number], start + blanks, start + len(text[start:end].rstrip(b" "))))
        at = found.end()
        if text[at : at + 1] == delimiter:
            number, at = number + 1, at + 1
            continue
        if number == 0 and not found[0].strip(b"\\."):
            break
        number, at = 0, at + (2 if text.startswith(b"\r\n", at) else 1)
    return cells, min(at, limit)


def _inserted(text: bytes, at: int, columns: dict[int, Rule]) -> tuple[list[Cell], int]:
    """The values of ``(1, 'a'), (2, 'b');`` from its first bracket on, and how far was read."""
    cells: list[Cell] = []
    number, depth, end = 0, 0, at
    for found in _VALUES.finditer(text, at):
        sign, end = found[2], found.end()
        if sign == b"(":
            depth += 1
            number = 0 if depth == 1 else number
        elif sign == b")":
            depth -= 1
        elif sign == b"," and depth == 1:
            number += 1
        elif found[0] == b"'" or (depth == 0 and sign != b","):
            break
        elif sign is None and (rule := columns.get(number)) is not None:
            cells.append(Cell(rule, *found.span(1 if found[1] is not None else 3)))
    return cells, end
