"""The same search for known values as ``forms.py`` with Hyperscan, of the extra ``[fast]``: one pass for all forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bundler.redact.forms import Form, Occurrence, placed

MOST = 20_000
"""So many forms are compiled: with more it takes longer, and more memory, than the search without saves."""
_TAIL = 24


class ScannedForms:
    """Forms in databases of which each holds more than twice as many as the next.

    A database once compiled takes no more forms. So what is new costs little, and no form is compiled often.
    """

    def __init__(self, hyperscan: Any) -> None:
        self._hyperscan = hyperscan
        self._databases: list[_Database] = []
        self._new: list[Form] = []

    def add(self, form: Form) -> None:
        """Look for this form from now on."""
        self._new.append(form)

    def find(self, text: bytes) -> Iterator[Occurrence]:
        """Where the forms stand in ``text``; may overlap, in no order."""
        if self._new:
            forms, self._new = self._new, []
            while self._databases and len(self._databases[-1].forms) <= 2 * len(forms):
                forms = [*self._databases.pop().forms, *forms]
            self._databases.append(_Database(self._hyperscan, forms))
        for database in self._databases:
            yield from database.find(text)


class _Database:
    """Some forms, of which the ends are compiled: what they begin with is often the same."""

    def __init__(self, hyperscan: Any, forms: list[Form]) -> None:
        self.forms = forms
        self._by_tail: dict[bytes, dict[bytes, list[Form]]] = {}
        for form in forms:
            self._by_tail.setdefault(form.written[-_TAIL:], {}).setdefault(form.written, []).append(form)
        self._tails = list(self._by_tail)
        self._sizes = [sorted({len(written) for written in self._by_tail[tail]}) for tail in self._tails]
        count = len(self._tails)
        self._compiled = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._compiled.compile(
            expressions=self._tails, ids=list(range(count)), elements=count, flags=[0] * count, literal=True
        )
        self._compiled.scratch = hyperscan.Scratch(self._compiled)

    def find(self, text: bytes) -> Iterator[Occurrence]:
        seen: list[tuple[int, int]] = []
        self._compiled.scan(text, match_event_handler=lambda number, _, end, *__: seen.append((number, end)))
        for number, end in seen:
            same_tail = self._by_tail[self._tails[number]]
            for size in self._sizes[number]:
                for form in same_tail.get(text[max(0, end - size) : end], ()):
                    yield from placed(text, end - size, form)
