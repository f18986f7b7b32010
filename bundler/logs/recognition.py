"""Says whether the start of a file is a log, and which format explains its lines best."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO

from bundler.logs.catalogue import FORMATS
from bundler.logs.fragments import as_utf8
from bundler.logs.starts import bare, own_starter
from bundler.logs.types import LogFormat, LogGuess

LINES = 200
"""How many lines have a vote."""
BOUND = 0.3
"""A score below this means: not a log."""

_FOLLOWS = re.compile(
    rb"[ \t\r\n]|\Z|[}\]){]|at |Caused by|Traceback |During handling|The above exception|\.\.\.|---|Suppressed: |#\d"
    rb"|[\w.$]{1,120}(?:Error|Exception|Warning|Exit|Interrupt|Throwable)\b"
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b\0")) + b"\x7f"
_CUT_FROM = 4096
"""A shorter start is the whole file; of a longer one the last line may be cut."""
_OFTEN = {1: 0.8, 2: 0.9}
"""One line can look like a log by chance."""


def recognise(head: bytes, name: str) -> LogGuess:
    """Judge the first bytes of a file (64 KiB will do); never raises. ``name`` only ever adds a little."""
    text = as_utf8(head)
    if _is_noise(text):
        return LogGuess(0.0, "it holds bytes that are not text")
    lines = BytesIO(text.lstrip(b"\0")).readlines()[:LINES]
    if len(lines) > 1 and len(head) >= _CUT_FROM and not lines[-1].endswith(b"\n"):
        lines.pop()
    if not lines:
        return LogGuess(0.0, "it is empty")
    lines = [bare(line[:65536]) for line in lines]
    best, opened, score = FORMATS[0], 0, 0.0
    for fmt in FORMATS:
        count, found = judge(fmt, lines)
        if found > score:
            best, opened, score = fmt, count, found
    if score < BOUND:
        return LogGuess(score, "too few of its lines begin as log lines do")
    if name.lower().rpartition("/")[2].rpartition("\\")[2].find("log") >= 0:
        score = min(1.0, score + 0.04)
    return LogGuess(round(score, 3), f"{opened} of its first {len(lines)} lines read as {best.title}", best)


def judge(fmt: LogFormat, lines: Sequence[bytes]) -> tuple[int, float]:
    """How many of the lines open a record of ``fmt``, and how well the format explains them all (0 to 1)."""
    start_of = own_starter(fmt)
    opened = strange = 0
    sure = False
    for line in lines:
        start = start_of(line) if line[:1] not in b" \t" else None
        if start is not None and (start.sure or start.stamp is not None):
            opened += 1
            sure = sure or start.sure
        elif not _FOLLOWS.match(line):
            strange += 1
    if not opened:
        return 0, 0.0
    if opened == 1 and not sure:
        return 1, 0.2  # one JSON object with a time in it is a document as likely as a log
    return opened, fmt.weight * (1 - strange / len(lines)) * _OFTEN.get(opened, 1.0)


def _is_noise(text: bytes) -> bool:
    sample = text[:65536].lstrip(b"\0")
    return len(sample) - len(sample.translate(None, _CONTROL)) + sample.count(0) > len(sample) // 20
