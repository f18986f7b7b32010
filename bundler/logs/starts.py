"""Decides whether a line opens a record, by one format or, where that does not know the line, by the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

import msgspec
from msgspec import Raw

from bundler.logs.catalogue import FORMATS
from bundler.logs.stamps import KINDS, Stamp, read_stamp, read_value
from bundler.logs.types import LogFormat

_ANSI = re.compile(rb"\x1b\[[0-9;]{0,32}[A-Za-z]")
_CONTAINER = re.compile(rb"[\w.-]{1,64} {0,40}\| ")
_TOKEN = re.compile("<([a-z-]+)>")
_PAIR = re.compile(rb'([A-Za-z_@][\w.@/-]{0,64})=("(?:[^"\\]|\\.)*"|[^ "]*) ?')
_KEY = re.compile(rb'"([A-Za-z_@.]{1,32})" ?: ?("[^"\\]{0,64}"|-?\d{1,20}(?:\.\d{1,9})?)')
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_MARKS = frozenset(b"\xef\x00")
_INDENTED = frozenset(b" \t\r\n")
_NOT_ALONE = frozenset(("day-first", "month-first"))


class Start(NamedTuple):
    """A line that opens a record: its stamp if it has one, and whether nothing but a log would be written like it."""

    stamp: Stamp | None
    sure: bool


Starter = Callable[[bytes], Start | None]


def bare(line: bytes) -> bytes:
    """``line`` without what terminals, editors and containers put before it: byte order mark, NULs, colours, name."""
    if line[0] in _MARKS:
        line = line.removeprefix(b"\xef\xbb\xbf").lstrip(b"\0")
    if b"\x1b" in line:
        line = _ANSI.sub(b"", line)
    if line.find(b"| ", 0, 110) > 0 and (match := _CONTAINER.match(line)) is not None:
        line = line[match.end() :]
    return line


@cache
def starter(fmt: LogFormat) -> Starter:
    """A function from a line to how it opens a record, or None for a line that goes on with the record before it.

    Lines of other formats open records too (different programs write into one file), but only with a stamp.
    """
    own = own_starter(fmt)
    if fmt.kind == "plain":
        return own
    others = [own_starter(other) for other in FORMATS if other.name != fmt.name and other.name not in _NOT_ALONE]

    def start_of(line: bytes) -> Start | None:
        if line[0] in _INDENTED:
            return None
        line = bare(line)
        start = own(line)
        if start is not None:
            return start
        for other in others:
            start = other(line)
            if start is not None and start.stamp is not None and start.sure:
                return start
        return None

    return start_of


@cache
def own_starter(fmt: LogFormat) -> Starter:
    """The same by ``fmt`` alone, for a line that ``bare`` has seen."""
    if fmt.kind == "text":
        return _text_starter(fmt)
    if fmt.kind == "plain":
        return lambda line: Start(None, sure=True) if line and line[0] not in _INDENTED else None
    return lambda line: _keyed_start(fmt, line)


@cache
def compiled(fmt: LogFormat) -> tuple[tuple[re.Pattern[bytes], tuple[tuple[str, str], ...]], ...]:
    """The patterns of a text format, each with the kinds of its stamps and the groups that hold them."""
    return tuple((_pattern(pattern), _kinds(pattern)) for pattern in fmt.patterns)


def _kinds(pattern: str) -> tuple[tuple[str, str], ...]:
    return tuple((kind, kind.replace("-", "_")) for kind in _TOKEN.findall(pattern) if kind in KINDS)


@cache
def _pattern(pattern: str) -> re.Pattern[bytes]:
    def expand(match: re.Match[str]) -> str:
        kind = match[1]
        return f"(?P<{kind.replace('-', '_')}>{KINDS[kind].pattern})" if kind in KINDS else match[0]

    return re.compile(_TOKEN.sub(expand, pattern).encode())


def _text_starter(fmt: LogFormat) -> Starter:
    patterns = compiled(fmt)

    def start_of(line: bytes) -> Start | None:
        for pattern, kinds in patterns:
            match = pattern.match(line)
            if match is None:
                continue
            for kind, group in kinds:
                text = match[group]
                if text is not None:
                    stamp = read_stamp(kind, text)
                    return None if stamp is None else Start(stamp, sure=True)
            return Start(None, sure=True)
        return None

    return start_of


def _keyed_start(fmt: LogFormat, line: bytes) -> Start | None:
    keys = read_keys(fmt, line)
    if keys is None:
        return None
    stamp = None
    for key in fmt.time_keys:
        if key in keys and (stamp := read_value(plain(keys[key]))) is not None:
            break
    if stamp is None:
        # in a file of JSON lines every object is a record of its own, stamped or not
        return Start(None, sure=False) if fmt.kind == "json" else None
    return Start(stamp, sure=not keys.keys().isdisjoint(fmt.level_keys) or b'"@t"' in line[:256])


def read_keys(fmt: LogFormat, line: bytes) -> Mapping[str, bytes | Raw] | None:
    """The top-level values of a JSON or logfmt line by their keys in lower case; None when the line is neither.

    ``plain`` turns a value into text.
    """
    return _read_json(line) if fmt.kind == "json" else _read_logfmt(line)


def _read_json(line: bytes) -> Mapping[str, bytes | Raw] | None:
    if line[:1] != b"{" or line[1:2] in b"\r\n":
        return None
    try:
        values = _OBJECT.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # cut off in the middle, or not quite JSON: what can be seen of its keys must do
        if line[1:2] != b'"':
            return None
        return {key.decode().lower(): value.strip(b'"') for key, value in reversed(_KEY.findall(line[:65536]))}
    return {key.lower(): value for key, value in values.items()}


def plain(value: bytes | Raw) -> bytes:
    """A value without its quotes; of an object what its first value is (``{"$date": "…"}``, ``{"level": "…"}``)."""
    value = bytes(value)
    if value[:1] == b"{" and len(value) < 256 and (match := _KEY.search(value)) is not None:
        return match[2].strip(b'"')
    return value.strip(b'"')


def _read_logfmt(line: bytes) -> Mapping[str, bytes | Raw] | None:
    line = line[:8192].rstrip()
    keys: dict[str, bytes | Raw] = {}
    position = 0
    while (match := _PAIR.match(line, position)) is not None:
        keys.setdefault(match[1].decode().lower(), match[2].strip(b'"'))
        position = match.end()
    return keys if len(keys) > 1 else None
