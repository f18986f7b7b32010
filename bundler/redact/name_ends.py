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
SEPARATORS_BACKWARDS = (
    rb"(?:::?[ \t]{0,4}[\"'`\]\\]{0,9}(?:m[0-9;]{0,12}\[\x1b)?|(?::-|-<)[ \t]{1,4}[\"'`]?|"
    rb"(?:(?P<string>[\"'`]\\{0,15}(?:<<|[@bu\[])?[ \t]{0,16}|\n\r?),[ \t]{0,4}:{0,2}|\([ \t]{0,4})[\"'`\\]{0,9}|"
    rb"(?P<beside>[\"'`]\\{0,15}@?(?:[ \t](?:ot|\.|:[ ]gnirts))?[ \t]{0,23})[ \t][\"'`\\]{0,9})"
)
"""What may stand behind a name, read backwards and with ``:`` for ``=`` and ``>``.

``:`` and the like, an arrow, a comma or a bracket or only blanks before a string.
"""
_SEPARATOR = (
    rb"(?:(?:\x1b\[[0-9;]{0,12}m)?[\"'`\]\\]{0,9}[ \t]{0,4}[:=>]{1,2}|[\"'`]?[ \t]{1,4}(?:->|<-)|"
    rb"[\"'`\\]{0,9}(?:[:=>]{0,2}[ \t]{0,4},(?:[ \t]{0,16}(?:<<|[@bBuU\[])?\\{0,15}[\"'`]|\r?\n)|[ \t]{0,4}\(|"
    rb"[ \t]{1,24}(?:(?:to|\.|string[ ]=)[ \t])?@?\\{0,15}[\"'`]))"
)
_LONGEST_SEPARATOR = 64
_TAIL = 6
"""So many bytes at the end of a name tell where one may be: with more the pattern grows, with fewer it says little."""
_WORTH = 1024 * 1024
"""So much has to be searched before it pays to compile all names, letter by letter."""


class NameEnds:
    """Names, given in lower case without separators; each is found at the end of a longer name too."""

    def __init__(self, names: Iterable[str]) -> None:
        self._backwards = sorted({name.encode()[::-1] for name in names})
        self._pattern: re.Pattern[bytes] | None = None
        self._searched = 0

    def expect_much(self) -> None:
        """Compile all names now, letter by letter."""
        self._thorough()

    def _thorough(self) -> re.Pattern[bytes]:
        if self._pattern is None:
            self._pattern = re.compile(SEPARATORS_BACKWARDS + b"(?P<name>" + any_of(self._backwards, _GAP) + b")")
        return self._pattern

    def find(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Where a name ends, and where its separator does, from the right to the left.

        The separator (``:``, ``=``, ``=>`` or ``>``) may be written twice, and stand behind a quote and blanks; it may
        also be an arrow, a bracket, or before a string a comma or a blank. Between two letters of the name there may be
        one of ``-``, ``_``, ``.`` and blank.
        """
        self._searched += len(text)
        backwards = text.translate(_KEYS)[::-1]
        size = len(text)
        if self._searched > _WORTH:
            self.expect_much()
        search = (self._pattern or self._likely).search
        at = 0
        while (found := search(backwards, at)) is not None:
            name = found.start("name")
            if self._pattern is not None or self._is_name(backwards, name):
                yield size - name, size - _end_of_separator(found)
                at = found.end()
            else:
                at = found.start() + 1

    def patterns(self, longest: int) -> Iterator[bytes]:
        """Patterns that match, in either case, up to the end of each separator that a name stands before, and others.

        They are for a text that is read forwards, and each is of ``longest`` bytes at most.
        """
        yield from _before_separators(sorted({name[:_TAIL][::-1] for name in self._backwards}), longest)

    def find_before(self, text: bytes, ends: Iterable[int]) -> Iterator[tuple[int, int]]:
        """The same where ``ends`` holds the end of every separator that a name stands before, and perhaps others."""
        pattern = self._thorough()
        reach = self._reach
        first = len(text)
        for end in sorted(ends, reverse=True):
            if end > first:
                continue  # within what was found behind it
            found = pattern.match(text[max(0, end - reach) : end].translate(_KEYS)[::-1])
            if found is not None:
                first = end - found.end()
                yield end - found.start("name"), end - _end_of_separator(found)

    @cached_property
    def _reach(self) -> int:
        """How far before the end of a separator the longest name may begin, in bytes."""
        return _LONGEST_SEPARATOR + 2 * max(map(len, self._backwards))

    @cached_property
    def _likely(self) -> re.Pattern[bytes]:
        """A separator behind two letters that one of the names ends with; quick to compile."""
        return re.compile(
            SEPARATORS_BACKWARDS + b"(?P<name>" + any_of((name[:2] for name in self._backwards), _GAP) + b")"
        )

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
    return max(found.start(), found.end("string"), found.end("beside"))


def _before_separators(tails: list[bytes], longest: int) -> Iterator[bytes]:
    pattern = b"(?:" + any_of(tails, _GAP) + b")" + _SEPARATOR
    if len(pattern) <= longest or len(tails) == 1:
        yield pattern
        return
    half = len(tails) // 2
    yield from _before_separators(tails[:half], longest)
    yield from _before_separators(tails[half:], longest)
