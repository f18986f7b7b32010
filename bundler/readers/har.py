"""Reads HAR 1.2 files as a stream: one entry in memory at a time, whatever the size of the file."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from bundler.errors import UnreadableInput
from bundler.model import Exchange
from bundler.readers.har_entry import to_exchange
from bundler.readers.json_stream import VALUE_LIMIT, BrokenJson, EndsEarly, JsonStream, TooLarge
from bundler.readers.scores import CERTAIN, HINT, LIKELY, NO, STRONG
from bundler.readers.source_text import head_text
from bundler.readers.types import Guess

FORMAT = "har"

INFLATED_LIMIT = 4 << 30
"""Bytes that a compressed HAR may grow to; reading stops there and says so."""

_WRAPPER_DEPTH = 8
_NAMED = 20
_ENTRY_PARTS = frozenset({"startedDateTime", "time", "request", "response", "_error", "_failureText", "_charlesStatus"})
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_LOG = re.compile(r'"log"\s*:\s*\{')
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_CREATOR = re.compile(r'"creator"\s*:\s*\{')
_REQUEST = re.compile(r'"request"\s*:\s*\{')
_SANITISED = (
    "No entry has an Authorization or Cookie header: browsers leave them out of sanitised exports, so their absence "
    "proves nothing."
)
_ADVICE = 'Export it again with "Save all as HAR" in the browser\'s network tab, or add the request as a curl command.'


def detect(head: bytes, name: str) -> Guess:
    """Judge by the ``log`` and ``entries`` of the format, or by the parts of a bare entry."""
    if head.startswith(_ZLIB):
        return _detect_compressed(head, name)
    text = head_text(head)
    if text is None or not text.lstrip().startswith("{"):
        return Guess(NO, "no JSON object")
    if _ENTRIES.search(text) and (_LOG.search(text) or _REQUEST.search(text)):
        return Guess(CERTAIN, "JSON with log and entries")
    if _LOG.search(text) and _CREATOR.search(text):
        return Guess(STRONG, "JSON with a log that names its creator")
    if '"startedDateTime"' in text and _REQUEST.search(text):
        return Guess(STRONG, "JSON that looks like one entry of a HAR")
    if name.casefold().endswith(".har"):
        return Guess(LIKELY, "a JSON object in a file named .har")
    return Guess(NO, "JSON without the entries of a HAR")


def read(stream: BinaryIO, name: str, notes: list[str]) -> Iterator[Exchange]:
    """Yield one exchange an entry, ``place`` being ``entry N``; entries that cannot be read are noted and keep their N.

    Raises ``UnreadableInput`` when not a single entry could be read.
    """
    compressed = _Inflated(stream)
    text = JsonStream(compressed.read)
    seen = _Seen()
    try:
        if text.peek() != "{":
            raise BrokenJson("no JSON object")
        for index, entry in _entries(text, 0, seen):
            exchange = to_exchange(entry, name, index)
            if exchange is None:
                seen.leave_out(index, "holding neither a request nor a response")
                continue
            seen.exchange(exchange)
            yield exchange
    except EndsEarly:
        _finish_early(f"The file ends early after entry {seen.entry_count}", seen, name, notes)
    except (BrokenJson, TooLarge):
        _finish_early(f"The file is not valid JSON after entry {seen.entry_count}", seen, name, notes)
    notes.extend(seen.left_out())
    if compressed.limit_was_hit:
        notes.append(f"The compressed file was read up to {INFLATED_LIMIT >> 30} GiB.")
    if text.replaced:
        notes.append("Bytes that are not valid text were replaced.")
    if not seen.exchange_count:
        raise UnreadableInput(f"{name} holds no entries of a HAR that could be read.", _ADVICE)
    if not seen.credentials:
        notes.append(_SANITISED)


class _Seen:
    """What was met in the file so far."""

    def __init__(self) -> None:
        self.entry_count = 0
        self.exchange_count = 0
        self.credentials = False
        self._left_out: dict[str, list[int]] = {}  # why -> how many, then the first numbers

    def leave_out(self, index: int, why: str) -> None:
        numbers = self._left_out.setdefault(why, [0])
        numbers[0] += 1
        if len(numbers) <= _NAMED:
            numbers.append(index)

    def left_out(self) -> Iterator[str]:
        """One note a reason, naming the first entries of many."""
        for why, (count, *named) in self._left_out.items():
            numbers = ", ".join(map(str, named)) + (", …" if count > len(named) else "")
            yield f"Left out as {why}: {'entry' if count == 1 else f'{count} entries,'} {numbers}."

    def exchange(self, exchange: Exchange) -> None:
        self.exchange_count += 1
        if not self.credentials and exchange.request is not None:
            names = {key.casefold() for key, _ in exchange.request.headers}
            self.credentials = not names.isdisjoint({"authorization", "cookie"})


class _Inflated:
    """Reads through zlib where the stream is compressed with it (mitmproxy's ``.zhar``), else plainly."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._opener: zlib._Decompress | None = None
        self._first = stream.read(2)
        self._left = INFLATED_LIMIT
        self.limit_was_hit = False
        if self._first in _ZLIB:
            self._opener = zlib.decompressobj()
            self._waiting = self._first

    def read(self, size: int) -> bytes:
        if self._opener is None:
            first, self._first = self._first, b""
            return first + self._stream.read(size) if first else self._stream.read(size)
        while not self._opener.eof and self._left:
            data = self._waiting or self._stream.read(size)
            try:
                text = self._opener.decompress(data, size)
            except zlib.error:
                return b""
            self._waiting = self._opener.unconsumed_tail
            if text:
                self.limit_was_hit = len(text) > self._left
                text = text[: self._left]
                self._left -= len(text)
                return text
            if not data:
                return b""
        return b""


def _entries(text: JsonStream, depth: int, seen: _Seen) -> Iterator[tuple[int, object]]:
    """The entries below the object that begins here, wherever their array stands, each with its number."""
    parts: dict[str, object] = {}
    for key in text.members():
        mark = text.peek()
        if key == "entries" and mark == "[":
            for _ in text.elements():
                seen.entry_count += 1
                entry = _entry(text, seen)
                if entry is not None:
                    yield seen.entry_count, entry
        elif key in _ENTRY_PARTS:
            parts[key] = text.value()
        elif mark == "{" and depth < _WRAPPER_DEPTH:
            yield from _entries(text, depth + 1, seen)
        else:
            text.skip()
    if "request" in parts and not seen.entry_count:
        seen.entry_count += 1
        yield seen.entry_count, parts


def _entry(text: JsonStream, seen: _Seen) -> object:
    """The entry that begins here; None, with a note, for one that must be passed over."""
    try:
        return text.value()
    except EndsEarly:
        seen.entry_count -= 1  # "ends early after entry N" counts what was complete
        raise
    except TooLarge:
        seen.leave_out(seen.entry_count, f"larger than {VALUE_LIMIT >> 20} MiB")
    except BrokenJson:
        seen.leave_out(seen.entry_count, "not valid JSON")
    text.skip()
    return None


def _finish_early(what: str, seen: _Seen, name: str, notes: list[str]) -> None:
    if not seen.exchange_count:
        raise UnreadableInput(f"{name} is not a HAR that can be read: it is cut off or no JSON.", _ADVICE) from None
    notes.append(f"{what}; what came before was read.")


def _detect_compressed(head: bytes, name: str) -> Guess:
    try:
        inner = zlib.decompressobj().decompress(head, 64 * 1024)
    except zlib.error:
        return Guess(NO, "no JSON object")
    if inner.startswith(_ZLIB):
        return Guess(NO, "compressed more than once")
    guess = detect(inner, name)
    return Guess(guess.score if guess.score > HINT else NO, f"compressed {guess.reason}")
