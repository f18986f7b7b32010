"""Text from outside, made fit for reading: nothing invisible stays invisible, and whatever is cut says so."""

from __future__ import annotations

import re
import string
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from bundler.amounts import plural

_WORD_SIGNS = f"{string.ascii_letters}{string.digits}_-"
MAIL_WIDTH = 76
"""Longest line of a plain mail body, but for a longer word: quoted-printable has 76 (RFC 2045 section 6.7)."""
_MAIL_LIMIT = 998  # bytes of a line: RFC 5322 section 2.1.1


class Cut(Struct, frozen=True):
    """A text that may have been shortened; ``left_out`` says by how much, in words, and is empty when nothing is."""

    text: str
    left_out: str = ""


class Shown(Struct, frozen=True):
    """The part of a list that is shown, to loop over, and how many elements are ``left_out``."""

    shown: tuple[Any, ...]
    left_out: int

    def __iter__(self) -> Iterator[Any]:
        return iter(self.shown)

    def __len__(self) -> int:
        return len(self.shown)


def _signs() -> dict[int, str]:
    """Escapes, as programmers know them, for characters that one would not see or that would move the others about.

    These are control characters, bidirectional marks (UAX 9), zero-width characters, line separators, tags, and halves
    of surrogate pairs. Plain ASCII, for pictures of control characters are missing from most fonts.
    """
    low = [*(point for point in range(0x20) if chr(point) not in "\n\t"), *range(0x7F, 0xA0), 0xAD]
    high = [0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070)]
    high += [*range(0xFFF9, 0xFFFC), *range(0xD800, 0xE000)]
    signs = {point: f"\\x{point:02x}" for point in low} | {point: f"\\u{point:04x}" for point in high}
    return signs | {point: f"\\U{point:08x}" for point in (0xE0001, *range(0xE0020, 0xE0080))} | {ord("\r"): "\\r"}


_SIGNS = _signs()
_ONE_LINE = _SIGNS | {ord("\n"): "\\n", ord("\t"): "\\t"}
_MARKUP = re.compile(r"[\\`*\[\]<>|~]|&(?=#?\w{1,31};)|(?<!\w)_|_(?!\w)")  # CommonMark 2.4, 2.5, 6.2
_BLOCK = re.compile(r"^(?:([#+=-])(?=[\s#=-]|$)|(\d{1,9})([.)])(?=\s|$))")  # at the start of a line: CommonMark 4 and 5


def visible(text: str) -> str:
    """``text`` with every hidden character shown; line ends become plain ones and stay, and so do tabs."""
    return text if text.isprintable() else text.replace("\r\n", "\n").translate(_SIGNS)


def inline(value: object, width: int = 500) -> str:
    """``value`` on one line with every hidden character shown, line ends too, and at most ``width`` characters kept."""
    text = str(value)
    kept = text[:width]
    kept = kept if kept.isprintable() else kept.translate(_ONE_LINE)
    return kept if len(text) <= width else f"{kept}… (+{plural(len(text) - width, 'character')})"


def decoded(data: bytes) -> str:
    """``data`` as text; bytes that are not UTF-8 show as ``\\xNN``."""
    return data.decode("utf-8", errors="backslashreplace")


def size(count: int) -> str:
    """A number of bytes for people, in decimal units: ``812 B``, ``18.4 kB``, ``2.0 MB``."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.1f} kB" if count < 999_950 else f"{count / 1_000_000:,.1f} MB"


def cut(text: str, limit: int = 400, width: int = 2000) -> Cut:
    """The first ``limit`` lines of ``text``, each of at most ``width`` characters, and what that left out."""
    lines = text.split("\n", limit)
    rest = lines.pop() if len(lines) > limit else ""
    shown = "\n".join(_line(line.removesuffix("\r"), width) for line in lines).rstrip("\n")
    long_count = sum(len(line) > width for line in lines)
    notes = []
    if rest.strip():
        notes.append(f"{plural(rest.count(chr(10)) + (not rest.endswith(chr(10))), 'more line')} left out here")
    if long_count:
        notes.append(f"{plural(long_count, 'long line')} cut after {width:,} characters")
    return Cut(shown, "; ".join(notes))


def _line(line: str, width: int) -> str:
    return visible(line) if len(line) <= width else inline(line, width)


def capped(elements: Sequence[Any], limit: int) -> Shown:
    """The first ``limit`` elements, and how many more there are."""
    return Shown(tuple(elements[:limit]), max(0, len(elements) - limit))


def fenced(text: str, language: str = "") -> str:
    """``text`` as a Markdown code block whose fence is longer than any run of backticks in it (CommonMark 4.5)."""
    text = visible(text)
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{fence}"


def code(value: object, width: int = 500) -> str:
    """``value`` as a Markdown code span, fit for a table cell too (CommonMark 6.1; GFM 4.10 splits cells at ``|``)."""
    text = inline(value, width).replace("|", "\\|")
    if not text.strip():
        return ""
    longest = max(map(len, re.findall("`+", text)), default=0)
    blank = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{'`' * (longest + 1)}{blank}{text}{blank}{'`' * (longest + 1)}"


def md(value: object, width: int = 1500) -> str:
    """``value`` as Markdown text in which nothing is markup, on one line, also where it begins the line."""
    text = _MARKUP.sub(r"\\\g<0>", inline(value, width).strip())
    return _BLOCK.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", text)


def wrap(value: object, indent: int = 0, hang: int = 0, width: int = MAIL_WIDTH) -> str:
    """``value`` as lines of at most ``width`` characters, indented by ``indent``, after the first by ``hang`` more.

    A longer word, such as an address, has a line to itself, whole, so that it can be copied and followed; only what no
    line of a mail may hold goes on, indented further, on the next ones.
    """
    lines = textwrap.wrap(
        inline(value, 2000),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(line if len(line.encode()) <= _MAIL_LIMIT else _torn(line, width) for line in lines)


def _torn(line: str, width: int) -> str:
    word = line.lstrip()
    return folded(word, len(line) - len(word), width)


def folded(text: str, indent: int = 2, width: int = MAIL_WIDTH) -> str:
    """``text`` line by line, as it is, indented; lines that are too long go on, indented further, on the next ones.

    Numbers and ids stay whole where there is room: half of one cannot be copied, and may read as another number.
    """
    lines = []
    for line in visible(text).expandtabs(4).split("\n"):
        first, *others = _folds(line, width - indent)
        lines.append(" " * indent + first)
        lines += [" " * (indent + 2) + each for each in others]
    return "\n".join(line.rstrip() for line in lines)


def _folds(line: str, room: int) -> Iterator[str]:
    start, size = 0, room
    while start + size < len(line):
        end, least = start + size, start + size // 2
        if line[end] in _WORD_SIGNS:
            before = line[least:end]
            word = len(before) - len(before.rstrip(_WORD_SIGNS))
            end = end - word if word < len(before) else end
        yield line[start:end]
        start, size = end, room - 2
    yield line[start:]


_LATIN = str.maketrans(
    {
        "æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa", "ß": "ss", "đ": "d", "Đ": "D", "ð": "d",
        "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "œ": "oe", "Œ": "Oe", "€": "EUR", "→": "->", "←": "<-",
        "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "×": "x",
    }
)  # fmt: skip


def ascii_line(text: str) -> str:
    """``text`` on one line in printable ASCII: letters lose their marks, what has no likeness is dropped."""
    plain = unicodedata.normalize("NFKD", text.translate(_LATIN)).encode("ascii", "ignore").decode()
    return " ".join("".join(sign if sign.isprintable() else " " for sign in plain).split())
