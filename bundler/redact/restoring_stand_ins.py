"""Finds stand-ins of valid form in a text: addresses, numbers and tokens that a private map knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_START = 3
"""So many bytes of a stand-in choose which ones to compare; none is shorter."""
_GROUPED = re.compile(rb"(?<![0-9])\+?[0-9]{1,8}(?:[ -][0-9]{1,8}){1,9}+(?![0-9])")
_LONGEST_NUMBER = 100
_GOES_ON = re.compile(rb"[0-9]|\.[0-9]")
_DIGITS = frozenset(b"0123456789")


class StandIns:
    """Real values by stand-in, which is found in any case where that tells it from others; a number in groups, too."""

    def __init__(self, values: Mapping[bytes, bytes]) -> None:
        self._values = values
        lowered: dict[bytes, list[bytes]] = {}
        for name in values:
            lowered.setdefault(name.lower(), []).append(name)
        self._lowered = {low: names[0] for low, names in lowered.items() if len(names) == 1}
        lengths: dict[bytes, set[int]] = {}
        for low in lowered:
            lengths.setdefault(low[:_START], set()).add(len(low))
        self._lengths = {start: sorted(each, reverse=True) for start, each in lengths.items()}
        self._has_numbers = any(name.isdigit() for name in values)
        classes = [b"".join({re.escape(start[at : at + 1]) for start in lengths}) for at in range(_START)]
        start = b"".join(b"[%s]" % each for each in classes) if lengths else rb"(?!)"
        self._starts = re.compile(rb"(?=" + start + rb")", re.IGNORECASE)

    def find(self, text: bytes, at: int, limit: int) -> Iterator[tuple[int, int, bytes, bytes]]:
        """Start, end, stand-in and value of each that begins from ``at`` to before ``limit``, none within another."""
        if not self._values:
            return
        grouped = self._grouped(text, at, limit) if self._has_numbers else {}
        for found in self._starts.finditer(text, at, limit + _START - 1):
            start = found.start()
            if start < at:
                continue
            hit = self._at(text, start) or grouped.get(start)
            if hit is None:
                continue
            end, name = hit
            value = self._values[name]
            if value.startswith(b"+") and text[start - 1 : start] == b"+" and start > at:
                start -= 1
            yield start, end, name, value
            at = end

    def _at(self, text: bytes, start: int) -> tuple[int, bytes] | None:
        for length in self._lengths.get(text[start : start + _START].lower(), ()):
            written = text[start : start + length]
            if len(written) < length:
                continue
            name = written if written in self._values else self._lowered.get(written.lower())
            if name is not None and not _is_within_number(text, start, start + length):
                return start + length, name
        return None

    def _grouped(self, text: bytes, at: int, limit: int) -> dict[int, tuple[int, bytes]]:
        """Numbers in groups, by where their first digit stands."""
        places: dict[int, tuple[int, bytes]] = {}
        for found in _GROUPED.finditer(text, at, limit + _LONGEST_NUMBER):
            digits = found[0].translate(None, b" +-")
            if digits in self._values:
                places[found.start() + (text[found.start()] not in _DIGITS)] = (found.end(), digits)
        return places


def _is_within_number(text: bytes, start: int, end: int) -> bool:
    """True where the digits of the stretch go on before or behind it, or those of an address do."""
    if text[start] in _DIGITS and text[start - 1 : start].isdigit():
        return True
    return text[end - 1] in _DIGITS and _GOES_ON.match(text, end) is not None
