"""Lets those records of a very large cut go early, and at little cost, that a budget would hardly hold."""

from __future__ import annotations

from datetime import datetime, timedelta

from bundler.logs.levels import SEVERE, level
from bundler.logs.ranking import OFTEN, STEPS
from bundler.logs.records import Record
from bundler.logs.types import LogFormat

FAR = timedelta(seconds=STEPS[-1])
"""Beyond this distance from the error nearness hardly counts."""
_TELLING = SEVERE | {"warning"}
_OPENING = slice(16, 144)
_VARYING = b"0123456789abcdefABCDEF-"
_OPENINGS_KNOWN = 16_384


class Sieve:
    """Tells which records are worth weighing: what is near the error, tells of trouble, or is not like many before.

    ``middle`` is the moment of the error. Where that or the moment of a record is not known, what lies in the first
    ``ahead`` bytes counts as near: of equally useful records the first stay. Whether a record is like others is seen
    by how it opens; it takes a quarter of the time that weighing a record takes.
    """

    def __init__(self, fmt: LogFormat, middle: datetime | None, ahead: int) -> None:
        self._format = fmt
        self._middle = middle
        self._ahead = ahead
        self._alike: dict[bytes, int] = {}

    def keeps(self, record: Record, moment: datetime | None) -> bool:
        """Whether it is to be weighed; each record of the cut is asked about once, in order.

        ``moment`` is its own or that of the record before it.
        """
        opening = record.data[_OPENING].translate(None, _VARYING)
        alike = self._alike.get(opening, 0) + 1
        if alike == 1 and len(self._alike) >= _OPENINGS_KNOWN:
            self._alike.clear()
        self._alike[opening] = alike
        if alike <= OFTEN or self._is_near(record, moment):
            return True
        return level(self._format, record.data) in _TELLING

    def _is_near(self, record: Record, moment: datetime | None) -> bool:
        if self._middle is None or moment is None:
            return record.offset < self._ahead
        return abs(moment - self._middle) <= FAR
