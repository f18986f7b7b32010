"""How else the name of a person or a street is written: in capitals or not, and with the letters of ASCII alone."""

from __future__ import annotations

import unicodedata

_AS_TWO = str.maketrans(
    {"Å": "Aa", "å": "aa", "Ä": "Ae", "ä": "ae", "Æ": "Ae", "æ": "ae", "Ö": "Oe", "ö": "oe", "Ø": "Oe", "ø": "oe"}
    | {"Ü": "Ue", "ü": "ue", "ß": "ss", "Þ": "Th", "þ": "th", "Ð": "D", "ð": "d"}
)
"""As passports and banks write them (ICAO Doc 9303 part 3, section 6)."""
_AS_ONE = str.maketrans({"Ø": "O", "ø": "o", "Æ": "Ae", "æ": "ae", "Ð": "D", "ð": "d", "Þ": "Th", "þ": "th", "ß": "ss"})
"""What has no accent that could be left away."""

_METHODS_AND_LEVELS = """
BILL CARD CASE CASH CODE CONNECT DATA DATE DEBUG DELETE ERROR FAIL FALSE FATAL GRANT HEAD HTML HTTP HTTPS INFO JSON
LIST MARK NONE NOTICE NULL OPTIONS ORDER PAGE PATCH POST PRICE RATE SALE TEXT TIME TRACE TRUE TYPE VOID WARN
"""
_IN_CAPITALS = frozenset(_METHODS_AND_LEVELS.encode().split())
"""What is no name in capitals: methods, levels and types, beside which somebody may be called Post or Price."""


def respelled(value: bytes) -> set[bytes]:
    """Other spellings of a name in UTF-8: in capitals, in small letters where it has several words, without accents.

    A single word in small letters is none: many first names read like words of a language. Of a name in capitals, as
    cards have them, each word with one.
    """
    name = value.decode("utf-8", "replace")
    if name.isupper():
        name = name.title()
    spellings = {name} if name.isascii() else {name, _without_accents(name), _without_accents(name.translate(_AS_TWO))}
    spellings |= {each.upper() for each in spellings}
    if len(name.split()) > 1:
        spellings |= {each.lower() for each in spellings}
    return {each.encode() for each in spellings} - {value} - _IN_CAPITALS


def _without_accents(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.translate(_AS_ONE))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
