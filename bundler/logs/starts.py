"""Decides whether a line opens a record, by one format or, where that does not know the line, by the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from bundler.logs.catalogue import FORMATS, Glance, find_format, zeroed
from bundler.logs.keyed import is_of_dialect, keyed_start
from bundler.logs.stamps import KINDS, Start, read_stamp
from bundler.logs.types import LogFormat

_CONTAINER = rb"[\w.-]{1,64} {0,40}\| "
_POD = rb"\[pod/[\w./-]{1,300}\] "
_STAMPED = rb"\d[:.]\d\d[:.]\d\d|\d{10}"
_TOKEN = re.compile("<([a-z-]+)>")
_MARKS = (b"\xef", b"\x00")
_OBJECTS = (b"{", b"[", b",", b" ", b"\t")
"""How a line with a JSON object begins, alone or within an array."""
_INDENTED = frozenset(b" \t\r\n")
_GOES_ON_ALONE = _INDENTED | frozenset(b"}])")  # JSON that is written over several lines ends so
_NOT_ALONE = {
    "day-first": rb"\W?\d{1,2}[.-]",
    "month-first": rb"\W?[^\n]{17,22} [AP]M",
    "stamped-behind": rb"(?!)",
    "stamped-clock": rb"(?!)",
    "stamped-seconds": rb"(?!)",
    "stamped-short": rb"(?!)",
}
"""Formats whose times may be of another sense, and the lines of theirs that may stand in a log of another format."""
_GOES_ON = (
    r"(?:\s|#011|at |Caused by: |\.\.\. \d|[}\])]|Traceback |During handling |[\w.$]{1,120}(?:Error|Exception)\b)"
)
"""``<goes-on>`` in a pattern: how the text of a line begins that goes on with a trace or a body, however wrapped."""
LOOK = 400
"""A line of text that opens a record says so within so many bytes."""

Starter = Callable[[bytes], Start | None]


@cache
def _lazily(pattern: bytes) -> re.Pattern[bytes]:
    """For what few logs need: compiling a pattern takes as long as reading a thousand lines."""
    return re.compile(pattern)


def uncoloured(text: bytes) -> bytes:
    """``text`` without what tells a terminal how to show it."""
    return _lazily(rb"\x1b\[[0-9;]{0,32}[A-Za-z]").sub(b"", text)


def bare(line: bytes) -> bytes:
    """``line`` without what terminals, editors and containers put before it: byte order mark, NULs, colours, name."""
    if line[:1] in _MARKS:
        line = line.removeprefix(b"\xef\xbb\xbf").lstrip(b"\0")
    if b"\x1b" in line:
        line = uncoloured(line)
    if line.find(b"| ", 0, 110) > 0 and (match := _lazily(_CONTAINER).match(line)) is not None:
        line = line[match.end() :]
    if line.startswith(b"[pod/") and (match := _lazily(_POD).match(line)) is not None:
        line = line[match.end() :]  # kubectl logs --prefix
    return line


def may_be_of(glance: Glance, shape: bytes) -> bool:
    """False when a line is not of that format, as far as a glance can tell; ``shape`` is the line ``zeroed``."""
    if glance.kind == "json" and shape[:1] not in _OBJECTS:
        return False
    for sign in glance.signs:  # any() takes twice as long
        if sign in shape:
            return True
    return not glance.signs


def candidates(line: bytes) -> Iterator[Glance]:
    """The formats that may know a line, the most special first; dialects of JSON and logfmt are left to the whole."""
    shape = zeroed(line[:LOOK])
    for glance in FORMATS.glances:
        if glance.is_dialect or not may_be_of(glance, shape):
            continue
        if glance.name not in _NOT_ALONE or _lazily(_NOT_ALONE[glance.name]).match(line):
            yield glance


@cache
def starter(fmt: LogFormat) -> Starter:
    """A function from a line to how it opens a record, or None for a line that goes on with the record before it.

    Lines of other formats open records too (different programs write into one file), but only with a stamp.
    """
    own = own_starter(fmt)
    if fmt.kind == "plain":
        return own

    def start_of(line: bytes) -> Start | None:
        if line[0] in _INDENTED and not fmt.indented:
            return None
        line = bare(line)
        start = own(line)
        if start is not None or _lazily(_STAMPED).search(line, 0, LOOK) is None or goes_on(fmt, line):
            return start
        for glance in candidates(line):
            other = find_format(glance.name)
            if other is None or other.name == fmt.name or (fmt.kind == other.kind == "json"):
                continue
            start = own_starter(other)(line)
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
        return lambda line: Start(None, sure=True) if line and line[0] not in _GOES_ON_ALONE else None
    return lambda line: keyed_start(fmt, line)


def goes_on(fmt: LogFormat, line: bytes) -> bool:
    """True for a line of ``fmt`` that by its own look belongs to the record before it: a trace, each line wrapped."""
    if fmt.kind == "text":
        return any(expanded(pattern).match(line) for pattern in fmt.follows)
    return bool(fmt.wraps) and line[:1] == b"{" and is_of_dialect(fmt, line)


@cache
def compiled(pattern: str) -> tuple[re.Pattern[bytes], tuple[tuple[str, str], ...]]:
    """A pattern of a text format, with the kinds of its stamps and the groups that hold them.

    It is made to be matched at the start of a line, inside any amount of others: none looks beyond the line, but
    those of a format with a ``span``, which look at that many.
    """
    kinds = tuple((kind, kind.replace("-", "_")) for kind in _TOKEN.findall(pattern) if kind in KINDS)
    return expanded(pattern), kinds


@cache
def expanded(pattern: str) -> re.Pattern[bytes]:
    """A pattern of a format with its stamps put in; raises ``re.error``."""

    def expand(match: re.Match[str]) -> str:
        kind = match[1]
        if kind == "goes-on":
            return _GOES_ON
        return f"(?P<{kind.replace('-', '_')}>{KINDS[kind].pattern})" if kind in KINDS else match[0]

    return re.compile(_TOKEN.sub(expand, pattern).encode(), re.MULTILINE)


def lacks_marks(fmt: LogFormat, line: bytes) -> bool:
    """True where the marks of ``fmt`` tell that none of its patterns knows the line, so that none need be compiled."""
    if not fmt.marks or fmt.span > 1:
        return False
    shape = zeroed(line[:LOOK])
    return not any(mark in shape for mark in _marks(fmt))


@cache
def _marks(fmt: LogFormat) -> tuple[bytes, ...]:
    return tuple(zeroed(mark.encode()) for mark in fmt.marks)


def _text_starter(fmt: LogFormat) -> Starter:
    def start_of(line: bytes) -> Start | None:
        for place, written in enumerate(fmt.patterns):  # not all of them at once: the first will do for most logs
            if place == 1 and lacks_marks(fmt, line):
                return None
            pattern, kinds = compiled(written)
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
