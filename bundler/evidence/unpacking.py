"""Makes a readable log of what log stores hand out: a few named steps, from one private file to another."""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, NamedTuple, cast

import msgspec

from bundler.amounts import plural

LINES = 200
"""How many lines tell whether a program's own lines carry a time."""
_PIECE = 64 * 1024
_BLOCK = 1024 * 1024
_RECORD_LIMIT = 4 * 1024**2
"""A larger record of a store is left out."""
_STAMPED = re.compile(
    rb"(?P<who>[\w.-]{1,120} \| )?"
    rb"(?P<stamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)|\d{13})(?:[ \t]|(?=\r?\n))"
)
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)
_TOTAL = re.compile(
    rb'"hits"\s{0,9}:\s{0,9}\{\s{0,9}"total"\s{0,9}:\s{0,9}(?:\{\s{0,9}"value"\s{0,9}:\s{0,9})?(\d{1,18})'
)
_START = datetime(1970, 1, 1, tzinfo=UTC)


class Unpacked(NamedTuple):
    """The readable log, and what is missing in it ("" for nothing)."""

    spool: BinaryIO
    size: int
    remark: str


class _Event(msgspec.Struct):
    timestamp: str
    line: str


class _Hit(msgspec.Struct):
    source: msgspec.Raw = msgspec.field(name="_source")


def unpack(step: str, spool: BinaryIO) -> Unpacked:
    """Run one of ``STEPS`` over a spool that is not empty; what cannot be read is left out and counted."""
    tally = _Tally()
    written = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - lives on in the result
    spool.seek(0)
    count = 0
    for line in STEPS[step](spool, tally):
        count += written.write(line)
    written.flush()
    return Unpacked(written, count, tally.remark)


class _Tally:
    """What went missing on the way."""

    def __init__(self) -> None:
        self.unread = 0
        self.taken = 0
        self.held = 0

    @property
    def remark(self) -> str:
        if self.held > self.taken:
            return f"only {self.taken:,} of {plural(self.held, 'matching record')} came"
        if self.unread:
            return f"left out: {plural(self.unread, 'record')} that could not be read"
        return ""


def _stamps(spool: BinaryIO, _: _Tally) -> Iterator[bytes]:
    """Lines that the store has put its own times before (docker, kubectl, stern, CloudWatch)."""
    return _with_one_stamp(_lines(spool, _PIECE))


def _loki(spool: BinaryIO, tally: _Tally) -> Iterator[bytes]:
    """One JSON object a line, with the program's own line in it (logcli)."""
    decoder = msgspec.json.Decoder(_Event)

    def events() -> Iterator[bytes]:
        begins = True
        for line in _lines(spool, _RECORD_LIMIT):
            is_rest, begins = not begins, line.endswith(b"\n")
            if is_rest or not line.strip():
                continue
            try:
                event = decoder.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                tally.unread += 1
                continue
            whole = f"{event.timestamp} {event.line}".encode("utf-8", "replace").rstrip(b"\r\n") + b"\n"
            yield from whole.splitlines(keepends=True)

    return _with_one_stamp(events())


def _array(spool: BinaryIO, tally: _Tally) -> Iterator[bytes]:
    """One JSON list of records (gcloud), a record a line."""
    for record in _objects(spool, 1, tally):
        yield from _as_line(msgspec.Raw(record), tally)


def _hits(spool: BinaryIO, tally: _Tally) -> Iterator[bytes]:
    """The answer of OpenSearch and Elasticsearch: what was stored, a record a line."""
    spool.seek(0)
    total = _TOTAL.search(spool.read(4096))
    tally.held = int(total[1]) if total is not None else 0
    decoder = msgspec.json.Decoder(_Hit)
    for record in _objects(spool, 3, tally):
        try:
            hit = decoder.decode(record)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            tally.unread += 1
            continue
        yield from _as_line(hit.source, tally)


def _as_line(record: msgspec.Raw, tally: _Tally) -> Iterator[bytes]:
    try:
        line = msgspec.json.encode(msgspec.json.decode(record)) + b"\n"
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        tally.unread += 1
        return
    tally.taken += 1
    yield line


def _objects(spool: BinaryIO, depth: int, tally: _Tally) -> Iterator[bytes]:
    """The objects that stand ``depth`` brackets deep in one JSON document, which may break off anywhere."""
    spool.seek(0)
    level, begin, scanned, kept = 0, -1, 0, b""
    while block := spool.read(_BLOCK):
        kept += block
        for match in _TOKEN.finditer(kept, scanned):
            sign = kept[match.start()]
            scanned = match.start()
            if sign == 0x22:
                if match.end() - scanned == 1:
                    break  # a string that goes on in the next block
            elif sign in b"{[":
                if level == depth and sign == 0x7B:
                    begin = scanned
                level += 1
            else:
                level -= 1
                if level == depth and begin >= 0:
                    if match.end() - begin <= _RECORD_LIMIT:
                        yield kept[begin : match.end()]
                    else:
                        tally.unread += 1
                    begin = -1
            scanned = match.end()
        else:
            scanned = len(kept)
        if begin >= 0 and len(kept) - begin > _RECORD_LIMIT:
            tally.unread += 1
            begin = -1
        if len(kept) - scanned > _RECORD_LIMIT:
            break  # a string without an end
        done = scanned if begin < 0 else begin
        kept, scanned, begin = kept[done:], scanned - done, -1 if begin < 0 else 0
    tally.unread += begin >= 0


def _lines(spool: BinaryIO, limit: int) -> Iterator[bytes]:
    """Lines, those that are longer than ``limit`` in pieces."""
    while line := spool.readline(limit):
        yield line


def _with_one_stamp(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Take off the store's times where the program's own lines carry one.

    A trace of many lines is one record then: by the store's times each of its lines would be one.
    """
    sample = list(itertools.islice(lines, LINES))
    has_own = _carry_times(sample)
    begins = True
    for line in itertools.chain(sample, lines):
        match = _STAMPED.match(line) if begins else None
        begins = line.endswith(b"\n")
        if match is None:
            yield line
            continue
        who, rest = match["who"] or b"", line[match.end() :]
        if has_own or rest[:1] in (b" ", b"\t"):
            yield who + rest
        else:
            yield who + _readable(match["stamp"]) + b" " + rest


def _carry_times(sample: Iterable[bytes]) -> bool:
    """Whether the lines without the store's times read as a log with full times of its own."""
    from bundler.logs.recognition import recognise
    from bundler.logs.starts import bare, own_starter

    stripped = [_STAMPED.sub(b"", line, count=1) for line in sample]
    guess = recognise(b"".join(stripped)[:_PIECE], "")
    if guess.format is None or guess.score < 0.5:
        return False
    starter = own_starter(guess.format)
    starts = [start for line in stripped if line.strip() and (start := starter(bare(line))) is not None]
    full = sum(isinstance(start.stamp, datetime) for start in starts)
    return full * 2 > len(starts)


def _readable(stamp: bytes) -> bytes:
    if not stamp.isdigit():
        return stamp
    return (_START + timedelta(milliseconds=int(stamp))).strftime("%Y-%m-%dT%H:%M:%S.").encode() + stamp[-3:] + b"Z"


STEPS: Mapping[str, Callable[[BinaryIO, _Tally], Iterator[bytes]]] = {
    "stamps": _stamps,
    "loki": _loki,
    "array": _array,
    "hits": _hits,
}
"""Every step by its name in a preset or a configuration."""
