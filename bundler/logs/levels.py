"""How severe a record is, in one scale: trace, debug, info, warning, error, critical."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from bundler.logs.arrays import behind_opening
from bundler.logs.catalogue import find_format
from bundler.logs.keyed import payload, written_levels
from bundler.logs.starts import bare, candidates, expanded, uncoloured
from bundler.logs.types import LogFormat

_SPELLINGS = (
    ("trace", "trace trce vrb verbose v finest finer silly all"),
    ("debug", "debug dbug dbg d fine config"),
    ("info", "info inf i information informational notice log http success s default note"),
    ("warning", "warning warn wrn w varning warnung"),
    ("error", "error err fail e severe failure eror allvarlig schwerwiegend"),
    ("critical", "critical crit fatal ftl f a emerg emergency alert panic dpanic c"),
)
_LEVELS = {word: level for level, words in _SPELLINGS for word in words.split()}
_PINO = ((60, "critical"), (50, "error"), (40, "warning"), (30, "info"), (20, "debug"), (0, "trace"))
_MONOLOG = ((500, "critical"), (400, "error"), (300, "warning"), (200, "info"), (0, "debug"))
_EVENTS = (None, "critical", "error", "warning", "info", "debug")  # Windows; 0 is that of what has none
_SYSLOG = ("critical", "critical", "critical", "error", "warning", "info", "info", "debug")
_IN_TEXT = re.compile(
    rb"\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|FAIL|CRITICAL|CRIT|FATAL|SEVERE|PANIC|ALERT|EMERG)\b"
    rb"|[\[ <|.](trace|debug|info|notice|warn|warning|error|err|critical|crit|fatal|severe|panic)[\]:>|]"
)
_WORDED = re.compile(rb"\b(?:level|lvl|severity)=")
_OPENS = re.compile(rb"[\[<(]?\d|[A-Z]{1,8}[:/, ]|[a-z]{4}: |[IWEF]\d{4} |\[[A-Z\d]|[\w-]{1,64} \d")
"""How a line may begin that is of some format; most messages begin otherwise."""
_LOOKED_AT = 512

SEVERE = frozenset(("error", "critical"))
"""Levels that tell of a failure."""


def level(fmt: LogFormat, record: bytes) -> str | None:
    """The level of a record, in lower case; None when it names none that is known.

    Access logs: 5xx is an error, 4xx a warning. Syslog: the severity in PRI (RFC 5424, section 6.2.1). Numbers: as in
    pino and bunyan (10 to 60), Monolog (100 to 600) or syslog (0 to 7).
    """
    if record[:1].isdigit() and (quick := _telling_first(fmt)) is not None:
        # most lines are of the first pattern, and begin with a stamp: nothing stands before that
        match = quick.pattern.match(record)
        if match is not None and (text := match[quick.level]) and (found := _named(text)) is not None:
            return found
    end = record.find(b"\n", 0, 65536) if fmt.span == 1 else 65536
    line = bare(record[: end if end >= 0 else 65536]) if record else b""
    known, found, rest = _by_format(fmt, line)
    if fmt.wraps and rest:
        found = _others(fmt).level(rest) or found
    elif found is None and known:
        found = _by_lines(fmt, record) if fmt.level_keys and fmt.kind == "text" else _by_words(rest)
    elif found is None:
        found = _others(fmt).level(line)
    if found is not None:
        return found
    if (first := behind_opening(record)) is not None:
        return level(fmt, first)
    match = _IN_TEXT.search(uncoloured(record) if b"\x1b" in record else record, 0, _LOOKED_AT)
    return None if match is None else _named(match[1] or match[2])


class _Telling(NamedTuple):
    """A pattern, and the numbers of the groups in it that tell of a level; 0 for those it has not."""

    pattern: re.Pattern[bytes]
    level: int
    status: int
    pri: int
    event: int


@cache
def _telling(fmt: LogFormat) -> tuple[_Telling, ...]:
    return tuple(
        _Telling(pattern, *(pattern.groupindex.get(name, 0) for name in ("level", "status", "pri", "event_level")))
        for pattern in map(expanded, fmt.patterns)
    )


@cache
def _telling_first(fmt: LogFormat) -> _Telling | None:
    """The first pattern of ``fmt``, where its level is that of the record and no other is asked."""
    if fmt.kind != "text" or fmt.wraps or fmt.span > 1:
        return None
    first = next(iter(_telling(fmt)), None)
    return first if first is not None and first.level else None


def _by_format(fmt: LogFormat, line: bytes) -> tuple[bool, str | None, bytes]:
    """Whether the line is of ``fmt``, its level by that, and what of it may be a line of another format."""
    if fmt.kind in {"json", "logfmt"}:
        rest = payload(fmt, line) if fmt.wraps else b""
        for written in written_levels(fmt, line):
            if (found := _named(written)) is not None:
                return True, found, rest
        return line[:1] == b"{", None, rest
    for pattern, by_level, by_status, by_pri, by_event in _telling(fmt):
        match = pattern.match(line)
        if match is None:
            continue
        rest = line[match.end() :].lstrip() if fmt.wraps or not by_level else b""
        if by_level and (text := match[by_level]) and (found := _named(text)) is not None:
            return True, found, rest
        if by_status and (text := match[by_status]) and len(text) == 3:
            return True, _by_status(text), rest
        if by_pri and (text := match[by_pri]):
            return True, _SYSLOG[int(text) % 8], rest
        if by_event and (text := match[by_event]):
            return True, _EVENTS[int(text)], rest
        return True, None, rest or line[match.end() :].lstrip()
    return False, None, line


def _by_status(text: bytes) -> str | None:
    return None if not text.isdigit() else "error" if text >= b"500" else "warning" if text >= b"400" else "info"


@cache
def _lines_of_level(fmt: LogFormat, indents: str) -> re.Pattern[bytes]:
    keys = "|".join(map(re.escape, fmt.level_keys))
    return re.compile(
        rf'^[ \t]{{{indents}}}"?(?:{keys})"? {{0,20}}[:=] {{0,4}}([^\r\n,]{{1,32}})'.encode(), re.MULTILINE
    )


def _by_lines(fmt: LogFormat, record: bytes) -> str | None:
    """The level that a line of its own names, in a record of a key a line; what is indented far may be of a part."""
    for indents in ("0,8", "9,12"):
        if (match := _lines_of_level(fmt, indents).search(record, 0, 65536)) is not None:
            return _named(match[1])
    return None


def _by_words(text: bytes) -> str | None:
    """The level that the message of a line gives where it is JSON or logfmt itself."""
    if text[:1] == b"{":
        name = "json-lines"
    elif _WORDED.search(text, 0, _LOOKED_AT) is not None:
        name = "logfmt"
    else:
        return None
    fmt = find_format(name)
    return None if fmt is None else _by_format(fmt, text)[1]


class _Others:
    """Reads levels of lines in a log of one format that are themselves of another, wrapped or not."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._latest: LogFormat | None = None  # most lines of a log are written like the one before

    def level(self, line: bytes) -> str | None:
        if (found := _by_words(line)) is not None or _OPENS.match(line) is None:
            return found
        if self._latest is not None and (found := _by_format(self._latest, line)[1]) is not None:
            return found
        for glance in candidates(line):
            if glance.knows_levels and glance.name != self._name and (other := find_format(glance.name)) is not None:
                found = _by_format(other, line)[1]
                if found is not None:
                    self._latest = other
                    return found
        return None


@cache
def _others(fmt: LogFormat) -> _Others:
    return _Others(fmt.name)


@lru_cache(1024)
def _word(text: bytes) -> str | None:
    word = text.strip(b' "[]<>:').decode("ascii", "replace").lower()
    if not word.isdigit() or len(word) > 3:
        return _LEVELS.get(word.rstrip("0123456789"))
    number = int(word)
    if number < 8:
        return _SYSLOG[number]
    scale = _MONOLOG if number >= 100 else _PINO
    return next(name for least, name in scale if number >= least)


def _named(text: bytes) -> str | None:
    return _word(text) if len(text) <= 32 else None
