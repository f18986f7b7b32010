"""Finds where identifiers are mentioned, whole and not as a part of a longer one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from bundler.logs.scanning import Buffer

if TYPE_CHECKING:
    from bundler.logs.automaton import Place

SHORTEST = 4
"""Identifiers shorter than this, in characters, stand in nearly every line and are not searched for."""

LONGEST = 256
"""Identifiers longer than this, in bytes, are not searched for."""

OVERLAP = 1024
"""How many bytes before a place may have a say in whether an identifier begins there, its own length included."""

_UUID = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32}"
_HEX = r"(?=.*\d)(?=.*[A-Fa-f])[0-9A-Fa-f-]{8,128}"
_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


class Spellings(NamedTuple):
    """How logs write one identifier: as it was given, and otherwise."""

    number: int
    given: tuple[bytes, ...]
    others: tuple[bytes, ...]


def spellings(number: int, text: str) -> Spellings:
    """UUIDs and hexadecimal ids are written in either case, UUIDs also without hyphens, other ids also URL-encoded."""
    if not (re.fullmatch(_UUID, text) or re.fullmatch(_HEX, text)):
        return Spellings(number, tuple(form.encode() for form in _escaped(text)), ())
    forms = [text]
    if re.fullmatch(_UUID, text):
        plain = text.replace("-", "")
        hyphened = "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
        forms = [text, plain, hyphened]
    cased = [case for form in forms for case in (form, form.lower(), form.upper())]
    given, *others = dict.fromkeys(cased)
    return Spellings(number, (given.encode(),), tuple(other.encode() for other in others))


def _escaped(text: str) -> Iterable[str]:
    """As it is, URL-encoded with digits in either case and a blank either way, and as PHP writes it into JSON."""
    from urllib.parse import quote, quote_plus

    encoded = (quote(text, safe=""), quote(text, safe="/"), quote_plus(text))
    lower = (re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in encoded)
    return dict.fromkeys((text, *encoded, *lower, text.replace("/", r"\/")))


class Finder:
    """Looks for any of ``ids``, in the spelling given and, unless told otherwise, in all others.

    An id also begins after an escape such as ``%2F``, ``\\n`` or ``\\u0022``, which ends in a letter or digit.
    """

    def __init__(self, ids: Sequence[str], *, as_given: bool = False) -> None:
        self.ids = tuple(text for text in dict.fromkeys(text.strip() for text in ids) if text)
        self.too_short = tuple(text for text in self.ids if len(text) < SHORTEST)
        self._spellings = [
            spellings(number, text) for number, text in enumerate(self.ids) if SHORTEST <= len(text.encode()) <= LONGEST
        ]
        self.has_others = any(each.others for each in self._spellings)
        self._needles = [
            (needle, each.number)
            for each in self._spellings
            for needle in (each.given if as_given else (*each.given, *each.others))
        ]
        self._search: Callable[[Buffer, int, int], list[Place]] | None = None

    def __bool__(self) -> bool:
        return bool(self._needles)

    def found(self, data: bytes) -> bool:
        """True when ``data`` mentions one of the ids. Takes time in proportion to the length of ``data``."""
        return any(_first(data, needle, 0, len(data)) >= 0 for needle, _ in self._needles)

    def mentions(self, data: Buffer, start: int, end: int) -> list[Place]:
        """Every mention that begins from ``start`` to before ``end``, in order; its number is the place in ``ids``."""
        if self._search is None:
            from bundler.logs import automaton, standard

            self._search = automaton.make_search(self._needles) or standard.make_search(self._needles)
        return [place for place in self._search(data, start, end) if is_whole(data, place[0], place[1])]


def is_whole(data: Buffer, start: int, end: int) -> bool:
    """Whether what stands there is not a part of a longer word."""
    if end < len(data) and data[end] in _WORD:
        return False
    return (
        start == 0 or data[start - 1] not in _WORD or _beginning().search(data[max(0, start - 20) : start]) is not None
    )


@cache
def _beginning() -> re.Pattern[bytes]:
    return re.compile(rb"(?:%[0-9A-Fa-f]{2}|\\[nrtbf]|\\u[0-9A-Fa-f]{4}|\x1b\[[0-9;]{0,16}m)\Z")


def _first(data: bytes, needle: bytes, start: int, end: int) -> int:
    position = data.find(needle, start, end)
    while position >= 0 and not is_whole(data, position, position + len(needle)):
        position = data.find(needle, position + 1, end)
    return position
