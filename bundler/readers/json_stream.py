"""Walks through a JSON text of any size, decoding one value at a time and skipping what nobody asked for."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator

CHUNK = 1 << 20
VALUE_LIMIT = 64 << 20
"""Characters of one value that are held in memory at most."""
DEPTH_LIMIT = 100_000
"""Brackets that a skipped value may open inside each other."""

_DECODER = json.JSONDecoder(strict=False)  # raw control characters in strings occur and harm nobody
_BLANK = re.compile(r"[ \t\r\n]*")
_LITERAL = re.compile(r"[^,\]}\s]*")
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_FLAT = re.compile(rf'(?:[^"{{}}\[\]]++|{_STRING})*+', re.DOTALL)
_DECODERS: dict[bytes, Callable[[bytes, str, bool], tuple[str, int]]] = {
    codecs.BOM_UTF16_LE: codecs.utf_16_le_decode,
    codecs.BOM_UTF16_BE: codecs.utf_16_be_decode,
}


class BrokenJson(Exception):
    """The text is not JSON at this place; what came before was."""


class EndsEarly(Exception):
    """The text ends in the middle of a value."""


class TooLarge(Exception):
    """The value at this place is longer than ``VALUE_LIMIT``; it can be skipped."""


class JsonStream:
    """A position in a JSON text. Each method reads on from there; none looks back.

    Memory is bounded by the largest value decoded, and doubling the piece that is tried keeps that value linear in
    time. ``replaced`` tells whether bytes that are no valid text were replaced.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._text = ""
        self._position = 0
        self._bytes = read(4)
        self._at_end = False
        self.replaced = False
        self._decode: Callable[[bytes, str, bool], tuple[str, int]] = codecs.utf_8_decode
        if self._bytes.startswith(codecs.BOM_UTF8):
            self._bytes = self._bytes[3:]
        elif self._bytes[:2] in _DECODERS:
            self._decode = _DECODERS[self._bytes[:2]]
            self._bytes = self._bytes[2:]

    def peek(self) -> str:
        """The next character that is no blank, not consumed; empty at the end."""
        while True:
            self._position = _end(_BLANK, self._text, self._position)
            if self._position < len(self._text):
                return self._text[self._position]
            if not self._more():
                return ""

    def value(self) -> object:
        """Decode the value that begins here. Raises ``BrokenJson``, ``EndsEarly`` or ``TooLarge`` and stays there."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._position)
            except RecursionError:
                raise BrokenJson("nested too deeply") from None
            except ValueError as problem:
                if not self._may_be_cut(problem):
                    raise BrokenJson("not JSON") from None
            else:
                # a number at the very end of the piece may go on in the next
                if end < len(self._text) or self._text[end - 1] in '"]}' or self._at_end:
                    self._position = end
                    return value
            held = len(self._text) - self._position
            if held >= VALUE_LIMIT:
                raise TooLarge
            if not self._more(max(CHUNK, min(held, VALUE_LIMIT - held))):
                raise EndsEarly

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here; whoever asks must read or skip each value before the next key."""
        for _ in self._parts("{", "}"):
            if self.peek() != '"':
                raise BrokenJson("not JSON")
            try:
                key = str(self.value())
            except TooLarge:
                raise BrokenJson("a key of absurd length") from None
            self._expect(":")
            yield key

    def elements(self) -> Iterator[int]:
        """Count the elements of the array that begins here, from 1; each must be read or skipped before the next."""
        return self._parts("[", "]")

    def skip(self) -> None:
        """Pass over the value that begins here without holding it, however long it is."""
        opening = self.peek()
        if not opening:
            raise EndsEarly
        if opening == '"':
            self._position += 1
            self._skip_string()
        elif opening in "{[":
            self._skip_brackets()
        else:
            self._skip_literal()

    def _parts(self, opening: str, closing: str) -> Iterator[int]:
        self._expect(opening)
        count = 0
        if self.peek() == closing:
            self._position += 1
            return
        while True:
            count += 1
            yield count
            mark = self.peek()
            self._position += 1
            if mark == closing:
                return
            if not mark:
                raise EndsEarly
            if mark != ",":
                raise BrokenJson("not JSON")

    def _expect(self, mark: str) -> None:
        found = self.peek()
        if not found:
            raise EndsEarly
        if found != mark:
            raise BrokenJson("not JSON")
        self._position += 1

    def _skip_brackets(self) -> None:
        depth = 0
        while True:
            self._position = _end(_FLAT, self._text, self._position)
            if self._position == len(self._text):
                if not self._more():
                    raise EndsEarly
                continue
            mark = self._text[self._position]
            self._position += 1
            if mark == '"':  # a string that goes on in the next piece
                self._skip_string()
            elif mark in "{[":
                depth += 1
                if depth > DEPTH_LIMIT:
                    raise BrokenJson("nested too deeply")
            else:
                depth -= 1
                if depth == 0:
                    return

    def _skip_string(self) -> None:
        """Pass over the rest of a string whose opening quote is behind us."""
        while True:
            quote = self._text.find('"', self._position)
            end = quote if quote >= 0 else len(self._text)
            passed = self._text[self._position : end]
            is_escaped = (len(passed) - len(passed.rstrip("\\"))) % 2 == 1
            if quote >= 0:
                self._position = quote + 1
                if not is_escaped:
                    return
                continue
            self._position = end - is_escaped  # a backslash at the end of the piece belongs to the next
            if not self._more():
                raise EndsEarly

    def _skip_literal(self) -> None:
        moved = False
        while True:
            end = _end(_LITERAL, self._text, self._position)
            moved = moved or end > self._position
            self._position = end
            if end < len(self._text) or not self._more():
                break
        if not moved:
            raise BrokenJson("not JSON")

    def _may_be_cut(self, problem: ValueError) -> bool:
        if not isinstance(problem, json.JSONDecodeError):
            return False
        return problem.msg.startswith("Unterminated string") or problem.pos >= len(self._text) - 16

    def _more(self, size: int = CHUNK) -> bool:
        """Put the next piece of text behind what is not consumed yet; False at the end."""
        if self._at_end:
            return False
        pieces = [self._text[self._position :]]
        self._text = ""
        while size > 0 and not self._at_end:
            data = self._read(CHUNK)
            self._at_end = not data
            self._bytes += data
            try:
                text, used = self._decode(self._bytes, "strict", self._at_end)
            except UnicodeDecodeError:
                self.replaced = True
                text, used = self._decode(self._bytes, "replace", self._at_end)
            self._bytes = self._bytes[used:]
            pieces.append(text)
            size -= len(data)
        self._text = "".join(pieces)
        self._position = 0
        return True


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position
