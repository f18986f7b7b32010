"""How severe a record is, in one scale: trace, debug, info, warning, error, critical."""

from __future__ import annotations

import re

from bundler.logs.catalogue import FORMATS
from bundler.logs.starts import bare, compiled, plain, read_keys
from bundler.logs.types import LogFormat

_SPELLINGS = (
    ("trace", "trace trce vrb verbose v finest finer silly all"),
    ("debug", "debug dbug dbg d fine config"),
    ("info", "info inf i information informational notice log http success s default"),
    ("warning", "warning warn wrn w"),
    ("error", "error err fail e severe failure eror"),
    ("critical", "critical crit fatal ftl f a emerg emergency alert panic dpanic c"),
)
_LEVELS = {word: level for level, words in _SPELLINGS for word in words.split()}
_PINO = ((60, "critical"), (50, "error"), (40, "warning"), (30, "info"), (20, "debug"), (0, "trace"))
_MONOLOG = ((500, "critical"), (400, "error"), (300, "warning"), (200, "info"), (0, "debug"))
_SYSLOG = ("critical", "critical", "critical", "error", "warning", "info", "info", "debug")
_IN_TEXT = re.compile(
    rb"\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|FAIL|CRITICAL|CRIT|FATAL|SEVERE|PANIC|ALERT|EMERG)\b"
    rb"|[\[ <|.](trace|debug|info|notice|warn|warning|error|err|critical|crit|fatal|severe|panic)[\]:>|]"
)
_LOOKED_AT = 512

SEVERE = frozenset(("error", "critical"))
"""Levels that tell of a failure."""


def level(fmt: LogFormat, record: bytes) -> str | None:
    """The level of a record, in lower case; None when it names none that is known.

    Access logs: 5xx is an error, 4xx a warning. Syslog: the severity in PRI (RFC 5424, section 6.2.1). Numbers: as in
    pino and bunyan (10 to 60), Monolog (100 to 600) or syslog (0 to 7).
    """
    line = bare(record.partition(b"\n")[0][:65536])
    for candidate in (fmt, *FORMATS):
        found = _by_format(candidate, line)
        if found is not None:
            return found
    match = _IN_TEXT.search(record, 0, _LOOKED_AT)
    return None if match is None else _named(match[1] or match[2])


def _by_format(fmt: LogFormat, line: bytes) -> str | None:
    if fmt.kind in {"json", "logfmt"}:
        keys = read_keys(fmt, line) or {}
        for key in fmt.level_keys:
            if key in keys and (found := _named(plain(keys[key]))) is not None:
                return found
        return "info" if "@t" in keys else None  # CLEF leaves the level out where it is Information
    for pattern, _ in compiled(fmt):
        match = pattern.match(line)
        if match is not None and (found := _by_groups(match.groupdict())) is not None:
            return found
    return None


def _by_groups(groups: dict[str, bytes | None]) -> str | None:
    if status := groups.get("status"):
        return "error" if status >= b"500" else "warning" if status >= b"400" else "info"
    if pri := groups.get("pri"):
        return _SYSLOG[int(pri) % 8]
    return _named(groups.get("level") or b"")


def _named(text: bytes) -> str | None:
    word = text.strip(b' "[]<>:').decode("ascii", "replace").lower()
    if not word.isdigit() or len(word) > 3:
        return _LEVELS.get(word.rstrip("0123456789"))
    number = int(word)
    if number < 8:
        return _SYSLOG[number]
    scale = _MONOLOG if number >= 100 else _PINO
    return next(name for least, name in scale if number >= least)
