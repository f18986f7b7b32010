"""Finds what is written as quoted-printable (RFC 2045, section 6.7) in a text, and undoes it there and nowhere else.

``=20`` is a blank in a mail, and the beginning of a year in ``from=2026-11-23``. So a stretch is undone when a header
says how it is written, or when it shows signs that nothing else has and no sign that speaks against it.
"""

from __future__ import annotations

import binascii
import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from bundler.redact.escape_forms import SURE_OCTETS

Region = tuple[int, int]

_WIDEST = 80
"""No line is longer (76 by section 6.7, and the signs that mails quote each other with)."""
_FULL = 70
"""So long is a line that a program breaks with ``=``; a shorter one may be the end of some Base64."""
_MOST_BORDERS = 50
_DECLARED = re.compile(rb"^Content-Transfer-Encoding:[ \t]{0,8}quoted-printable", re.MULTILINE | re.IGNORECASE)
_NAMES = (b"uoted-printable", b"UOTED-PRINTABLE", b"uoted-Printable")
_HEAD_END = re.compile(rb"\n\r?\n")
_BORDER = re.compile(rb"boundary=\"?([!#-:<-~]{1,70})", re.IGNORECASE)
_EVIDENT = re.compile(rb"=(?:3D(?!%)|[C-F][0-9A-F]=[89AB]|22[A-Za-z_]{2,40}=22|\r?\n)")
_AGAINST = re.compile(rb"=(?:(?![0-9A-F]{2}|\r?\n|\r?\Z)|(?<=[A-Za-z_]=)[2-7][0-9]{2})")
"""A ``=`` that would be ``=3D``, and a number under a name, which begins with the code of a sign by chance."""
_EQUAL_SIGNS = re.compile(rb"={2,}")
"""No escape begins there, for ``=`` itself is ``=3D``; the borders of mails made by Python begin with fifteen."""
_SURE = re.compile(rb"=(?:(" + SURE_OCTETS + rb")|\r?\n)")


class Stretches(NamedTuple):
    """The lines, with their ends, that are ``wholly`` quoted-printable, and others that are so ``partly``, in order.

    A region may be several lines.
    """

    wholly: list[Region]
    partly: list[Region]


def printable_stretches(text: bytes, *, is_mail: bool) -> Stretches:
    """Where ``text`` is quoted-printable; what a mail says of its parts counts, whatever they look like."""
    wholly = list(_declared(text, is_mail)) if any(name in text for name in _NAMES) else []
    partly: list[Region] = []
    at = run_end = 0
    while (found := _EVIDENT.search(text, at)) is not None:
        start, end = _line(text, found.start())
        at = max(found.end(), end - 2)  # a soft break at its end is looked at by itself
        is_break = found.end() > end
        if is_break and not _FULL <= end - start <= _WIDEST:
            partly.append((start, _line(text, found.end())[1]))
        elif _AGAINST.search(text, start, end) is not None:
            partly.append((start, _line(text, found.end())[1] if is_break else end))
        elif end - start > _WIDEST:
            wholly.append((start, end))
        else:
            start, run_end = _run_start(text, start, run_end), _run_end(text, end)
            wholly.append((start, run_end))
            at = max(at, run_end)
    return Stretches(_whole_lines(text, wholly), _whole_lines(text, partly))


def _line(text: bytes, place: int) -> Region:
    end = text.find(b"\n", place)
    return text.rfind(b"\n", 0, place) + 1, end if end >= 0 else len(text)


def _may_be_printable(text: bytes, start: int, end: int) -> bool:
    return end - start <= _WIDEST and _AGAINST.search(text, start, end) is None


def _run_start(text: bytes, start: int, least: int) -> int:
    """The start of the first of the lines before that may be written in the same way."""
    while start > least:
        before = text.rfind(b"\n", least, start - 1) + 1 or least
        if not _may_be_printable(text, before, start - 1):
            break
        start = before
    return start


def _run_end(text: bytes, end: int) -> int:
    """The end of the last of the lines behind that may be written in the same way."""
    while end < len(text):
        behind = text.find(b"\n", end + 1)
        behind = behind if behind >= 0 else len(text)
        if not _may_be_printable(text, end + 1, behind):
            break
        end = behind
    return end


def _declared(text: bytes, is_mail: bool) -> Iterator[Region]:
    """What stands below headers that name the encoding: in a mail up to the border of the part, else while it may."""
    borders = [*_borders(text), len(text)] if is_mail else []
    at = 0
    while (found := _DECLARED.search(text, at)) is not None:
        head_end = _HEAD_END.search(text, found.end())
        if head_end is None:
            return
        start = head_end.end()
        at = borders[bisect_left(borders, start - 1)] if is_mail else _run_end(text, start - 1)
        yield start, at


def _borders(text: bytes) -> list[int]:
    """Where the line feeds stand before what parts a mail of several parts (RFC 2046, section 5.1.1)."""
    names = sorted(set(_BORDER.findall(text)))[:_MOST_BORDERS]
    if not names:
        return []
    return [found.start() for found in re.finditer(rb"\n--(?:" + b"|".join(map(re.escape, names)) + rb")", text)]


def _whole_lines(text: bytes, regions: list[Region]) -> list[Region]:
    """The same in order, without overlaps, and with the line feed behind each."""
    lines: list[Region] = []
    for start, end in sorted(regions):
        end += text[end : end + 1] == b"\n"
        if lines and start <= lines[-1][1]:
            lines[-1] = lines[-1][0], max(lines[-1][1], end)
        else:
            lines.append((start, end))
    return lines


def _as_escapes(signs: re.Match[bytes]) -> bytes:
    return b"=3D" * len(signs[0])


def without_printable(stretch: bytes) -> bytes:
    """What is ``wholly`` quoted-printable, as it reads."""
    return binascii.a2b_qp(_EQUAL_SIGNS.sub(_as_escapes, stretch))


def without_sure_printable(stretch: bytes) -> bytes:
    """What is ``partly`` quoted-printable, without the codes that no number or name begins with."""
    return _SURE.sub(lambda found: b"" if found[1] is None else bytes((int(found[1], 16),)), stretch)
