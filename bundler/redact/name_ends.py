"""Finds names that may be ours by the separators behind them, in a text that is read backwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from bundler.redact.anchors import any_of

_UPPER = bytes(range(65, 91))
_LOWER = bytes(range(97, 123))
_KEYS = bytes.maketrans(_UPPER + b"=>", _LOWER + b"::")
_GAPS = b"-_. "
_GAP = rb"[-_. ]?"
_SEPARATORS_BACKWARDS = (
    rb"(?:::?[ \t]{0,4}[\"'`\]}\\]{0,9}(?:m[0-9;]{0,12}\[\x1b)?|:-[ \t]{1,4}[\"'`]?|\(:\)|"
    rb"(?:(?P<string>[\"'`]\\{0,15}(?:<<|[@bu\[])?[ \t]{0,16}|\n\r?),[ \t]{0,4}:{0,2}|\([ \t]{0,4}|"
    rb"(?P<typed>[\"'`]\\{0,15}:[0-9]{1,9}:s|:[id]);(?=[\"'`])|(?:\||\x82\x94\xe2)[ \t]{1,40})[\"'`\\]{0,9}|"
    rb"(?P<beside>[\"'`]\\{0,15}@?(?:[ \t](?:ot|\.|-<|:[ ]gnirts))?[ \t]{0,23})[ \t][\"'`\\]{0,9})"
)
"""What may stand behind a name, read backwards and with ``:`` for ``=`` and ``>``.

``:`` and the like, an arrow, ``)=(``, the border of a table's cell, a bracket, and before a string a comma, blanks or
what PHP writes of its type.
"""
SIGNS = rb"(?::-[ \t]{1,4}[\"'`]?|::?[ \t]{0,4}[\"'`\]}\\]{0,9}(?:m[0-9;]{0,12}\[\x1b)?)"
BESIDE = (
    rb"(?:[(|]|\x82\x94\xe2)(?::\)|[ \t]{0,40}[\"'`\\]{0,9})",
    rb"[\"'`](?=[ \t\\@])\\{0,15}@?(?:[ \t](?:ot|\.|-<|:[ ]gnirts))?[ \t]{1,24}[\"'`\\]{0,9}",
    rb",(?<![^\s\"'`<@bu\[\\],)[ \t]{0,4}:{0,2}[\"'`\\]{0,9}",
    rb";[\"'`][\"'`\\]{0,9}",
)
"""The same in parts, each of which begins with a sign that ``re`` looks for many times faster than for all."""
_OPENED = re.compile(
    rb"(?<=,)(?:[ \t]{0,16}(?:<<|[@bBuU\[])?\\{0,15}[\"'`]|\r?\n)|(?<=;)(?:s:[0-9]{1,9}:\\{0,15}[\"'`]|[idID]:)"
)
_SEPARATOR = (
    rb"(?:(?:\x1b\[[0-9;]{0,12}m)?[\"'`\]}\\]{0,9}[ \t]{0,4}[:=>]{1,2}|[\"'`]?[ \t]{1,4}->|\)=\(|"
    rb"[\"'`\\]{0,9}(?:[:=>]{0,2}[ \t]{0,4},(?:[ \t]{0,16}(?:<<|[@bBuU\[])?\\{0,15}[\"'`]|\r?\n)|[ \t]{0,4}\(|"
    rb";(?:s:[0-9]{1,9}:\\{0,15}[\"'`]|[id]:)|"
    rb"[ \t]{1,24}(?:(?:to|\.|<-|string[ ]=)[ \t])?@?\\{0,15}[\"'`]|[ \t]{1,40}(?:\||\xe2\x94\x82)))"
)
_LONGEST_SEPARATOR = 64
SHORT = 5
"""So many letters at the end of a name are looked for before what stands beside it."""
_TAIL = 6
"""So many bytes at the end of a name tell where one may be: with more the pattern grows, with fewer it says little."""
_WORTH = 1024 * 1024
"""So much has to be searched before it pays to compile all names, letter by letter."""


class NameEnds:
    """Names, given in lower case without separators; each is found at the end of a longer name too."""

    def __init__(self, names: Iterable[str]) -> None:
        self._backwards = sorted({name.encode()[::-1] for name in names})
        self._pattern: re.Pattern[bytes] | None = None
        self._signs: re.Pattern[bytes] | None = None
        self._searched = 0

    def expect_much(self) -> None:
        """Compile now all names, letter by letter."""
        if self._pattern is None:
            names = self._last(None)
            self._pattern, self._signs = re.compile(_SEPARATORS_BACKWARDS + names), re.compile(SIGNS + names)

    def find(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Where a name ends, and where its separator does, from the right to the left.

        The separator (``:``, ``=``, ``=>`` or ``>``) may be written twice, and stand behind a quote and blanks; for
        others see ``_SEPARATORS_BACKWARDS``. Between two letters of the name there may be one of ``-``, ``_``, ``.``
        and blank.
        """
        self._searched += len(text)
        backwards = text.translate(_KEYS)[::-1]
        size = len(text)
        if self._searched > _WORTH:
            self.expect_much()
        ends = set()
        for pattern in (self._signs or self._likely_signs, *self._likely_beside):
            for found in pattern.finditer(backwards):
                end = size - found.start()
                if text[end - 1] in b",;":
                    opened = _OPENED.match(text, end)
                    end = opened.end() if opened is not None else 0
                ends.add(end)
        yield from self._find_before(text, ends)

    def patterns(self, longest: int) -> Iterator[bytes]:
        """Patterns that match, in either case, up to the end of each separator that a name stands before, and others.

        They are for a text that is read forwards, and each is of ``longest`` bytes at most.
        """
        yield from _before_separators(sorted({name[:_TAIL][::-1] for name in self._backwards}), longest)

    def find_before(self, text: bytes, ends: Iterable[int]) -> Iterator[tuple[int, int]]:
        """The same where ``ends`` holds the end of every separator that a name stands before, and perhaps others."""
        self.expect_much()
        yield from self._find_before(text, ends)

    def _find_before(self, text: bytes, ends: Iterable[int]) -> Iterator[tuple[int, int]]:
        pattern = self._pattern or self._likely
        reach = self._reach
        first = len(text)
        for end in sorted(ends, reverse=True):
            if end > first:
                continue  # within what was found behind it
            backwards = text[max(0, end - reach) : end].translate(_KEYS)[::-1]
            found = pattern.match(backwards)
            if found is not None and (self._pattern is not None or self._is_name(backwards, found.start("name"))):
                first = end - found.end()
                yield end - found.start("name"), end - _end_of_separator(found)

    @cached_property
    def _reach(self) -> int:
        """How far before the end of a separator the longest name may begin, in bytes."""
        return _LONGEST_SEPARATOR + 2 * max(map(len, self._backwards))

    @cached_property
    def _likely(self) -> re.Pattern[bytes]:
        """A separator behind two letters that one of the names ends with; quick to compile."""
        return re.compile(_SEPARATORS_BACKWARDS + self._last(2))

    @cached_property
    def _likely_signs(self) -> re.Pattern[bytes]:
        return re.compile(SIGNS + self._last(2))

    @cached_property
    def _likely_beside(self) -> list[re.Pattern[bytes]]:
        return [re.compile(sign + self._last(SHORT)) for sign in BESIDE]

    def _last(self, count: int | None) -> bytes:
        """A pattern for the last letters of the names, or for the whole of each."""
        return b"(?P<name>" + any_of((name[:count] for name in self._backwards), _GAP) + b")"

    @cached_property
    def _by_size(self) -> dict[int, set[bytes]]:
        by_size: dict[int, set[bytes]] = {}
        for name in self._backwards:
            by_size.setdefault(len(name), set()).add(name)
        return by_size

    @cached_property
    def _letters(self) -> re.Pattern[bytes]:
        return re.compile(rb"(?:[a-z0-9\x80-\xff]%s){1,%d}" % (_GAP, max(self._by_size)))

    def _is_name(self, backwards: bytes, start: int) -> bool:
        found = self._letters.match(backwards, start)
        letters = found[0].translate(None, _GAPS) if found is not None else b""
        return any(letters[:size] in names for size, names in self._by_size.items())


def _end_of_separator(found: re.Match[bytes]) -> int:
    """Where in what was read backwards the string begins that shows a comma or a blank to be a separator."""
    return max(found.start(), *map(found.end, ("string", "typed", "beside")))


def _before_separators(tails: list[bytes], longest: int) -> Iterator[bytes]:
    pattern = b"(?:" + any_of(tails, _GAP) + b")" + _SEPARATOR
    if len(pattern) <= longest or len(tails) == 1:
        yield pattern
        return
    half = len(tails) // 2
    yield from _before_separators(tails[:half], longest)
    yield from _before_separators(tails[half:], longest)
