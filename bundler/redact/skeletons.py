"""Tells which lines of a log can be left unread, from what is left of them without digits and the letters a to f.

A log says the same few thousand things again and again, and only ids, times and amounts differ. Without digits and the
letters a to f most of them are gone, and the lines of one kind are one *skeleton*. Whatever stands in a line also
stands in its skeleton without those characters. So a skeleton in which no anchor can be found tells, once and for ever,
that there is none in any of its lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate, compress
from typing import NamedTuple, TypeAlias

from bundler.redact.anchors import Literals, Place, any_of
from bundler.redact.lines import Lines
from bundler.redact.name_ends import BESIDE, SHORT

_GONE = b"0123456789abcdefABCDEF\0"
_LOWER = bytes.maketrans(bytes(range(65, 91)), bytes(range(97, 123)))
_SEPARATORS = bytes.maketrans(b"=>", b"::")
_BORDER = rb"\b"
_LETTERS = frozenset(bytes((byte,)) for byte in b"ghijklmnopqrstuvwxyz")
_ESCAPES = (b"\\n", b"\\r", b"\\t")
_SIGNS = rb"(?::-[ \t]{1,4}[\"'`]?|::?[ \t]{0,4}[\"'`\]}\\]{0,9}(?:m;{0,12}\[\x1b)?)"
"""What is left of ``SIGNS`` (``name_ends.py``) in a skeleton that is read backwards; of others all is."""
_MOST = 100_000
SMALL = 16 * 1024
"""A text so small is read whole."""
LONG_LINES = 2048
"""Lines longer than this on average have hardly a skeleton in common, and each holds something of everything."""
_WORTH = 1024 * 1024
"""So much has to be searched before it pays to compile what skeletons are judged by."""
_PAUSE = 15
_TELLING = 500
"""So few lines tell nothing of others: such as those of a log that hold an escape."""


def skeleton(text: bytes) -> bytes:
    """``text`` in lower case, without digits and the letters a to f."""
    return text.translate(_LOWER, _GONE)


class _Borders(NamedTuple):
    """Whether a word begins or ends with the hint."""

    begins: bool
    ends: bool


class Picked(NamedTuple):
    """The lines to be read for anchors, and those for names."""

    anchors: Lines
    names: Lines


_Verdict: TypeAlias = tuple[bool, bool]
"""Whether a line is worth reading for anchors, and for names."""


class Skeletons:
    """Picks the lines on which an anchor may stand: all where there is one, and a few more.

    ``hints`` are texts of which an anchor's line holds one, ``\\b`` where a word begins or ends with them; ``endings``
    what names may end with before a separator, ``names`` whole names.
    """

    def __init__(self, hints: Iterable[bytes], endings: Iterable[str], names: Iterable[str]) -> None:
        borders: dict[bytes, _Borders] = {}
        for hint in hints:
            inner = skeleton(hint.removeprefix(_BORDER).removesuffix(_BORDER))
            begins, ends = borders.get(inner, _Borders(True, True))
            borders[inner] = _Borders(begins and hint.startswith(_BORDER), ends and hint.endswith(_BORDER))
        self._hints = Literals(borders)
        self._endings, self._whole_names = tuple(endings), tuple(names)
        self._names: list[re.Pattern[bytes]] | None = None
        self._verdict_by_skeleton: dict[bytes, _Verdict] = {}
        self._pause = 0
        self._searched = 0

    def expect_much(self) -> None:
        """Compile now what takes long to compile, and be worth it from the first line on."""
        if self._names is None:
            self._names = _names_before_separators(self._endings, self._whole_names)

    def pick(self, text: bytes) -> Picked:
        """The lines worth reading; a small text is, whole, and so are the first ones."""
        self._searched += len(text)
        if self._searched > _WORTH:
            self.expect_much()
        names = self._names
        if names is None or len(text) < SMALL or len(text) > LONG_LINES * (text.count(b"\n") + 1):
            return _whole(text)  # lines so long are worth reading nearly always, and no two of them are alike
        if self._pause:
            self._pause -= 1
            return _whole(text)
        skeletons = skeleton(text).split(b"\n")
        verdicts = self._verdicts(skeletons, names)
        lines = text.split(b"\n")
        starts = list(accumulate(map((1).__add__, map(len, lines)), initial=0))
        return Picked(*(_picked(lines, starts, kinds) for kinds in zip(*verdicts, strict=True)))

    def _verdicts(self, skeletons: list[bytes], names: list[re.Pattern[bytes]]) -> list[_Verdict]:
        known = self._verdict_by_skeleton
        verdicts = list(map(known.get, skeletons))
        if None in verdicts:
            unknown = {skeletons[number] for number, verdict in enumerate(verdicts) if verdict is None}
            if len(unknown) > len(skeletons) // 2 > _TELLING:
                self._pause = _PAUSE  # these lines have little in common
            if len(known) + len(unknown) > _MOST:
                known.clear()
            judged = self._judged(list(unknown), names)
            known.update((each, verdict) for each, verdict in judged.items() if len(each) <= LONG_LINES)
            verdicts = [judged.get(each, verdict) for each, verdict in zip(skeletons, verdicts, strict=True)]
        return [verdict or (False, False) for verdict in verdicts]

    def _judged(self, skeletons: list[bytes], names: list[re.Pattern[bytes]]) -> dict[bytes, _Verdict]:
        joined = b"\n".join(skeletons)
        starts = list(accumulate(map((1).__add__, map(len, skeletons)), initial=0))
        size = len(joined)
        places = (place for place in self._hints.find(joined) if _has_borders(joined, place))
        hinted = {bisect_right(starts, place.start) - 1 for place in places}
        backwards = joined.translate(_SEPARATORS)[::-1]
        named: set[int] = set()
        for pattern in names:
            named |= {bisect_right(starts, size - match.end()) - 1 for match in pattern.finditer(backwards)}
        return {each: (number in hinted, number in named) for number, each in enumerate(skeletons)}


def _whole(text: bytes) -> Picked:
    lines = Lines(text)
    return Picked(lines, lines)


def _picked(lines: list[bytes], starts: list[int], kinds: Iterable[bool]) -> Lines:
    kinds = list(kinds)
    origins, kept = list(compress(starts, kinds)), list(compress(lines, kinds))
    places = list(accumulate(map((1).__add__, map(len, kept)), initial=0))
    return Lines(b"\n".join(kept), places[:-1], origins)


def _has_borders(text: bytes, place: Place[_Borders]) -> bool:
    """True where a word begins and ends as it should; the letter of an escape (``\\n``) may stand before it."""
    before = text[max(0, place.start - 2) : place.start]
    begins = not place.meaning.begins or before[-1:] not in _LETTERS or before in _ESCAPES
    return begins and not (place.meaning.ends and text[place.end : place.end + 1] in _LETTERS)


def _names_before_separators(endings: Iterable[str], names: Iterable[str]) -> list[re.Pattern[bytes]]:
    """Read backwards: a separator, what may stand between, and what is left of a name or of its end."""
    gap = rb"[-_. ]{0,9}"  # of each letter that is gone, the separator before it stays
    begins = gap + rb"(?:(?![g-z])|(?=m;{0,12}\[\x1b))"  # no letter before it, but the last one of a colour code
    ends = [skeleton(ending.encode())[::-1] for ending in endings]
    wholes = [skeleton(name.encode())[::-1] for name in names]
    whole = b"(?:" + any_of(ends, gap) + b"|(?:" + any_of(wholes, gap) + b")" + begins + b")"
    last = any_of((name[:SHORT] for name in (*ends, *wholes)), gap)
    return [re.compile(_SIGNS + gap + whole), *(re.compile(sign + gap + last) for sign in BESIDE)]
