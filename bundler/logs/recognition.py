"""Says whether the start of a file is a log, and which format explains its lines best."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

from bundler.logs.blocks import as_utf8
from bundler.logs.catalogue import FORMATS, Glance, find_format, zeroed
from bundler.logs.keyed import is_of_dialect
from bundler.logs.stamps import Stamp
from bundler.logs.starts import LOOK, bare, goes_on, may_be_of, own_starter
from bundler.logs.types import LogFormat, LogGuess

LINES = 200
"""How many lines have a vote."""
BOUND = 0.3
"""A score below this means: not a log."""

_FOLLOWING = (
    *(
        b" ",
        b"\t",
        b"\r",
        b"\n",
        b"}",
        b"]",
        b")",
        b"{",
        b"[\n",
        b"[\r\n",
        b"at ",
        b"Caused by",
        b"Traceback ",
        b"During handling",
    ),
    *(b"The above exception", b"...", b"---", b"Suppressed: ", b'"}', b"[stacktrace]", b"[previous exception]"),
    *(b"Stack trace:", b"! ", b"** (", b"\xe2\x94", b"\xe2\x95"),  # traces of Dropwizard and Elixir, and boxes
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b\0")) + b"\x7f"
_HOLE = 128
"""So many NULs in a row are no text of another kind but a hole: a file that was cut while it was written has them."""
_CUT_FROM = 4096
"""A shorter start is the whole file; of a longer one the last line may be cut."""
_CHANGED = 0.5
"""What a format must score so that a log is taken to go on in it."""
_SAMPLE = 25
"""About so many lines are glanced at before all are."""
_TRIED = 6
"""So many formats are tried on the first line alone."""
_ALONE = 0.2
_TOGETHER = 2
_ONE_DAY = timedelta(days=1)
_STEPS_ASIDE = 10
"""One step in so many may go against the order of all others."""
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
    best = _vote([bare(line[:65536]) for line in lines])
    if best.format is None or best.score < BOUND:
        return LogGuess(best.score, "too few of its lines begin as log lines do")
    score = best.score
    if name.lower().rpartition("/")[2].rpartition("\\")[2].find("log") >= 0:
        score = min(1.0, score + 0.04)
    looked_at = f"{best.known} of its first {len(lines)} lines read" if len(lines) > 1 else "its first line reads"
    reason = f"{looked_at} as {best.format.title}"
    return LogGuess(round(score, 3), reason, best.format)


def redetect(fmt: LogFormat, lines: Sequence[bytes]) -> LogFormat | None:
    """The format that lines further on in a log are in, where ``fmt`` does not explain them as well; else None.

    A few dozen lines are best: one line can look like a log by chance, and traces look like none.
    """
    lines = [bare(line[:65536]) for line in lines[:LINES] if line]
    if not lines:
        return None
    best = _vote(lines)
    if best.format is None or best.format.name == fmt.name or best.score < _CHANGED:
        return None
    return best.format if judge(fmt, lines)[1] < best.score else None


class _Vote(NamedTuple):
    """How well the best of the formats explains some lines, and how many of them are of it."""

    format: LogFormat | None
    known: int
    score: float
    place: int = 0
    """Where it stands among the formats, the most hopeful first: of two that explain all as well, the first is best."""


def _vote(lines: Sequence[bytes]) -> _Vote:
    best = _Vote(None, 0, 0.0)
    some = _Signs(lines, every=len(lines) // _SAMPLE + 1)
    everything: _Signs | None = None
    hopes = sorted(((some.hope(glance), glance) for glance in FORMATS.glances), key=lambda hope: -hope[0])
    likely = _likely(hopes, lines[0])
    for place in (likely, *(place for place in range(len(hopes)) if place != likely)):
        hope, glance = hopes[place]
        if (hope, best.place) <= (best.score, place):
            continue
        if hope < glance.weight:
            everything = everything or _Signs(lines)
            if everything.hope(glance) < best.score:
                continue
        fmt = find_format(glance.name)
        if fmt is None:
            continue
        known, score = judge(fmt, lines, best.score)
        if (score, best.place) > (best.score, place):
            best = _Vote(fmt, known, score, place)
    return best


def _likely(hopes: Sequence[tuple[float, Glance]], line: bytes) -> int:
    """The place of the first that knows the line: judged first, it spares most of the work on those that do not."""
    places = [place for place, (hope, glance) in enumerate(hopes) if hope == glance.weight]
    for place in places[:_TRIED]:
        fmt = find_format(hopes[place][1].name)
        if fmt is not None and own_starter(fmt)(line) is not None:
            return place
    return 0


class _Signs:
    """What can be seen of some lines at a glance: enough to say which formats need not be tried."""

    def __init__(self, lines: Sequence[bytes], every: int = 1) -> None:
        self._count = len(lines)
        lines = lines[::every]
        self._shapes = [zeroed(line if line[:1] == b"{" else line[:LOOK]) for line in lines]
        self._whole = b"\n".join(self._shapes)
        self._asked = [shape for shape, line in zip(self._shapes, lines, strict=True) if not _follows(line[:LOOK])]

    def hope(self, glance: Glance) -> float:
        """The score that the format reaches at most."""
        if glance.signs and not any(sign in self._whole for sign in glance.signs):
            hopeless = len(self._asked)
            return 0.0 if len(self._shapes) == self._count else glance.weight * (1 - hopeless / self._count)
        hopeless = sum(not may_be_of(glance, shape) for shape in self._asked)
        return glance.weight * (1 - hopeless / self._count)


def judge(fmt: LogFormat, lines: Sequence[bytes], rival: float = 0.0) -> tuple[int, float]:
    """How many of the lines are of ``fmt`` (0 unless one opens a record), and how well it explains all (0 to 1).

    No more lines are looked at than it takes to see that it explains them less well than ``rival``.
    """
    start_of = own_starter(fmt)
    known = strange = 0
    opens = sure = False
    stamps: list[Stamp | None] = []
    for number, line in enumerate(lines):
        if line[:1] in b" \t" and not fmt.indented:
            continue
        start = start_of(line if fmt.span == 1 else b"".join(lines[number : number + fmt.span]))
        if start is not None and (start.sure or start.stamp is not None) and is_of_dialect(fmt, line):
            known += 1
            opens = True
            stamps.append(start.stamp)
            sure = sure or start.sure
        elif start is None and goes_on(fmt, line):
            known += 1
        elif not _follows(line):
            strange += 1
            if rival > _ALONE and fmt.weight * (1 - strange / len(lines)) < rival:
                return 0, 0.0
    if not opens or (fmt.ordered and not _agree(stamps)):
        return 0, 0.0
    if known == 1 and not sure:
        return 1, _ALONE  # one JSON object with a time in it is a document as likely as a log
    return known, fmt.weight * (1 - strange / len(lines)) * _OFTEN.get(known, 1.0)


def _agree(stamps: Sequence[Stamp | None]) -> bool:
    """Whether two stamps or more come in order, up or down but for a few, or on one day: other numbers do neither."""
    moments = [stamp.replace(tzinfo=None) for stamp in stamps if isinstance(stamp, datetime)]
    if len(moments) < _TOGETHER or max(moments) - min(moments) <= _ONE_DAY:
        return len(moments) >= _TOGETHER
    steps = [later > earlier for earlier, later in pairwise(moments) if later != earlier]
    return min(sum(steps), len(steps) - sum(steps)) <= len(steps) // _STEPS_ASIDE


def _follows(line: bytes) -> bool:
    """Whether a line looks as if it went on with a trace or a body, whatever wrote it."""
    if not line or line.startswith(_FOLLOWING):
        return True
    if line[4:5] == line[7:8] == b"-" and (line[:4] + line[5:7] + line[8:10] + line[11:13]).isdigit():
        return False  # a date and an hour, which none of the words below begins with
    return _word_that_follows().match(line) is not None


@cache
def _word_that_follows() -> re.Pattern[bytes]:
    return re.compile(
        rb"#\d|goroutine \d|[\w.$]{1,120}(?:Error|Exception|Warning|Exit|Interrupt|Throwable)\b"
        rb"|[\w./-]{1,120}(?:\(\*?\w{1,60}\)[\w.]{1,80})?\([^)\n]{0,200}\)\s{0,2}\Z"
    )


def _is_noise(text: bytes) -> bool:
    sample = text[:65536].lstrip(b"\0").replace(b"\0" * _HOLE, b"")
    return len(sample) - len(sample.translate(None, _CONTROL)) + sample.count(0) > len(sample) // 20
