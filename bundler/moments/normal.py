"""Brings what people paste into one shape before it is read: plain digits, plain signs, no wrapping, lower case."""

from __future__ import annotations

import re
import unicodedata

LENGTH_LIMIT = 100
"""How many characters a time may have; anything longer is no time, and some parsers take long over it."""

_MINUS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"), "-")
_MARKS = dict.fromkeys((0x200B, 0x200E, 0x200F, 0x202A, 0x202C, 0x2060, 0xFEFF))  # invisible, copied from file dialogs
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201c\u201d\u00ab\u00bb`"), '"')
_WRAPPED = {'"': '"', "'": "'", "[": "]", "(": ")", "<": ">", "{": "}"}
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "đ": "d"})
_BLANKS = re.compile(r"\s+")


def normalised(text: str) -> str:
    """``text`` with plain digits, minus signs and blanks, without quotes or brackets around the whole; case is kept."""
    text = unicodedata.normalize("NFKC", text.translate(_MINUS).translate(_MARKS).translate(_QUOTES))
    text = "".join(_plain_digit(character) for character in text)
    text = _BLANKS.sub(" ", text).strip(" ,;")
    while len(text) > 2 and _WRAPPED.get(text[0]) == text[-1] and text.find(text[-1], 1) == len(text) - 1:
        text = text[1:-1].strip(" ,;")
    return text


def fold(text: str) -> str:
    """``text`` in lower case and without accents, as ``words`` has it."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _plain_digit(character: str) -> str:
    if character.isascii():
        return character
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
