"""The same search for known values as ``forms.py`` with Hyperscan, of the extra ``[fast]``: one pass for all forms."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from hashlib import sha256
from itertools import accumulate, chain
from typing import Any

from bundler.redact.forms import AnyText, Form, Occurrence, placed

_AT_ONCE = 2_000
"""So many are compiled into one database: to compile takes memory, some 3 kB for each."""
_TAIL = 24
_LONGER_TAIL = 64
"""Where more than ``_CROWD`` end alike: private keys, for one. Whole ones would make a database large."""
_CROWD = 16
_LEAST = 16_000
"""Of less than some 10,000 bytes Hyperscan makes an automaton for short texts too, which takes 60 MB for a moment."""
_FILLER = 64
_IDS = list(range(_AT_ONCE + _LEAST // _FILLER))
"""The same numbers each time: who compiles never lets go of them."""


class ScannedForms:
    """Forms in databases of which each holds more than twice as many as the next, or as many as one may.

    A database once compiled takes no more forms. So what is new costs little, and no form is compiled often.
    """

    def __init__(self, hyperscan: Any) -> None:
        self._hyperscan = hyperscan
        self._databases: list[_Database] = []
        self._new: list[Form] = []
        self._others = AnyText()

    def add(self, form: Form) -> None:
        """Look for this form from now on."""
        if b"\0" in form.written:  # which ends an expression for Hyperscan
            self._others.add(form)
        else:
            self._new.append(form)

    def find(self, text: bytes) -> Iterator[Occurrence]:
        """Where the forms stand in ``text``; may overlap, in no order."""
        if self._new:
            self._take_in()
        yield from self._others.find(text)
        for database in self._databases:
            yield from database.find(text)

    def _take_in(self) -> None:
        forms, self._new = self._new, []
        while self._databases and len(self._databases[-1].forms) <= min(2 * len(forms), _AT_ONCE - 1):
            forms = [*self._databases.pop().forms, *forms]
        for at in range(0, len(forms), _AT_ONCE):
            self._databases.append(_Database(self._hyperscan, forms[at : at + _AT_ONCE]))


def _by_tail(forms: list[Form], size: int) -> dict[bytes, list[Form]]:
    by_tail: dict[bytes, list[Form]] = {}
    for form in forms:
        by_tail.setdefault(form.written[-size:], []).append(form)
    return by_tail


def _fillers(size: int) -> list[bytes]:
    """Literals of so many bytes together that stand in no text."""
    return [sha256(b"filler %d" % number).hexdigest().encode() for number in range(-(-max(0, size) // _FILLER))]


class _Database:
    """Some forms, of which the ends are compiled: what they begin with is often the same, and long."""

    def __init__(self, hyperscan: Any, forms: list[Form]) -> None:
        by_tail = _by_tail(forms, _TAIL)
        for tail, same in list(by_tail.items()):
            if len(same) > _CROWD:
                by_tail |= _by_tail(by_tail.pop(tail), _LONGER_TAIL)
        self.forms = list(chain.from_iterable(by_tail.values()))
        self._starts = array("I", accumulate(map(len, by_tail.values()), initial=0))  # of those with each tail
        literals = [*by_tail, *_fillers(_LEAST - sum(map(len, by_tail)))]
        count = len(literals)
        self._compiled = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._compiled.compile(expressions=literals, ids=_IDS[:count], elements=count, flags=[0] * count, literal=True)
        self._scratch = hyperscan.Scratch(self._compiled)  # kept here: one that the database keeps is never freed

    def find(self, text: bytes) -> Iterator[Occurrence]:
        """Where they stand."""
        seen: list[tuple[int, int]] = []
        self._compiled.scan(
            text, match_event_handler=lambda number, _, end, *__: seen.append((number, end)), scratch=self._scratch
        )
        starts = self._starts
        for number, end in seen:
            for form in self.forms[starts[number] : starts[number + 1]] if number + 1 < len(starts) else ():
                if text.endswith(form.written, 0, end):
                    yield from placed(text, end - len(form.written), form)
