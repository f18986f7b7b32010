"""Finds where a telephone, an identity number, a card or an account begins and ends around an anchor."""

from __future__ import annotations

import re

from bundler.redact.proofs import digits_of, iban_length, is_card
from bundler.redact.rule import Locate
from bundler.redact.shapes import Place, closes, opens, stands_alone

LONG_NUMBER = b"0" * 10
FOUR_AND_FOUR = b"0000-0000-00"
SIX_AND_THREE = b"000000-000"
THREE_AND_TWO = b"000-00-0000"
"""The anchors of numbers in the view ``grouped``: each costs a pass over every byte, so rules share these few."""

_PLUS_PHONE = re.compile(
    rb"\+[1-9](?:[0-9]|(?:[ .\-]|\xc2\xa0|\xe2\x80[\x80-\x91\xaf])(?=[0-9(])|\((?=[0-9])|\)(?=[ 0-9])){6,24}+"
)
_NATIONAL_DIGITS = {b"47": 8, b"45": 8, b"298": 6, b"354": 7}


def plus_phone(text: bytes, start: int, _end: int) -> Place:
    """E.164 with its plus sign, 8 to 15 digits, grouped or not; Nordic numbers end where their plan says."""
    found = _PLUS_PHONE.match(text, start) if opens(text, start) else None
    if found is None:
        return None
    written = _as_long_as_planned(found[0])
    count = len(digits_of(written))
    end = start + len(written)
    if not 8 <= count <= 15 or not closes(text, end) or re.fullmatch(rb"\+[0-9]+\.[0-9]{1,3}", written):
        return None  # the last: a signed amount
    return start, end


def _as_long_as_planned(written: bytes) -> bytes:
    digits = digits_of(written)
    for country, national in _NATIONAL_DIGITS.items():
        if digits.startswith(country) and len(digits) > len(country) + national:
            seen = 0
            for index, byte in enumerate(written):
                seen += 48 <= byte <= 57
                if seen == len(country) + national:
                    rest = written[index + 1 : index + 2]
                    return written if rest.isdigit() else written[: index + 1]
    return written


PHONE_WORDS = (
    rb"phone",
    rb"mobil",
    rb"msisdn",
    rb"telefon",
    rb"telfon",
    rb"\btlf",
    rb"\btel\b",
    rb"puhelin",
    rb"\bsms\b",
)
"""Words for telephones; ``\\b`` where only the whole word is one."""
PERSON_WORDS = (
    rb"\bcpr\b",
    rb"hetu\b",
    rb"personn",
    rb"f\xc3\xb8dsel",
    rb"fodsel",
    rb"\bfnr\b",
    rb"\bssn\b",
    rb"national",
    rb"\bnin\b",
)
"""Words for national identity numbers."""
_NO_PLACEHOLDER = rb"(?!(?:-id)?-[0-9]{1,5}[\] :])"  # "[phone-1]" is no word for a telephone
_PHONE_WORDS = re.compile(rb"(?i:" + b"|".join(PHONE_WORDS) + rb")" + _NO_PLACEHOLDER)
_PERSON_WORDS = re.compile(rb"(?i:" + b"|".join(PERSON_WORDS) + rb")" + _NO_PLACEHOLDER)
_NUMBER_BETWEEN = re.compile(
    rb"[0-9](?:(?:[ .+\-]|%20)?[0-9]){7}|\[[a-z-]{2,20}-[0-9]|&[A-Za-z][\w.\[\]-]{0,40}="  # or the next field of a form
)
_DATE = re.compile(rb"(?:19|20)[0-9]{2}[ -][01]?[0-9][ -][0-3]?[0-9](?: .*)?")
_INTERNATIONAL = re.compile(rb"00(?:4[57][0-9]{8}|46[0-9]{7,9}|358[0-9]{5,10})")


def phone_in_context(text: bytes, start: int, end: int) -> Place:
    """A bare number of 8 to 15 digits after a word for telephones on its line."""
    if 8 <= end - start <= 15 and _is_number(text, start, end) and _follows(_PHONE_WORDS, text, start):
        return start, end
    return None


def is_grouped_phone(value: bytes) -> bool:
    """Seven to eleven digits that are no date."""
    return 7 <= len(digits_of(value)) <= 11 and _DATE.fullmatch(value) is None


def phone_with_prefix(text: bytes, start: int, end: int) -> Place:
    """A bare number that begins with ``00`` and a Nordic country code."""
    return (start, end) if _INTERNATIONAL.fullmatch(text, start, end) and _is_number(text, start, end) else None


_SPACED = re.compile(rb"00(?:4[5-7]|358)((?: [0-9]{2,4}){3,5})(?![0-9])")


def spaced_phone_with_prefix(text: bytes, start: int, _end: int) -> Place:
    """``00`` and a Nordic country code, the rest in groups between blanks: four blanks in a row but for digits."""
    found = _SPACED.match(text, start)
    if found is None or not 7 <= len(digits_of(found[1])) <= 10 or not stands_alone(text, *found.span()):
        return None
    blanks = found[1].count(b" ") + (text[start - 1 : start] == b" ") + (text[found.end() : found.end() + 1] == b" ")
    return found.span() if blanks >= 4 else None


def national_id_in_context(text: bytes, start: int, end: int) -> Place:
    """A bare number of 10 or 12 digits after a word for national identity numbers on its line."""
    if end - start in (10, 12) and _is_number(text, start, end) and _follows(_PERSON_WORDS, text, start, 56):
        return start, end
    return None


def _is_number(text: bytes, start: int, end: int) -> bool:
    return stands_alone(text, start, end) and _is_no_file_name(text, start, end)


def _is_no_file_name(text: bytes, start: int, end: int) -> bool:
    """True unless ``_`` or a file's ending stands beside a number that only a word makes personal: a date, a time."""
    return opens(text, start) and closes(text, end) and not (text[end : end + 1] == b"." and not closes(text, end + 1))


_CLOSING_TAG = re.compile(rb"</[A-Za-z0-9_:.-]{0,40}\Z")


def _follows(words: re.Pattern[bytes], text: bytes, start: int, reach: int = 96) -> bool:
    """True where the nearest word before ``start`` is on its line, and no other number between."""
    before = text[max(0, start - reach) : start].rpartition(b"\n")[2]
    at = -1
    for found in words.finditer(before):
        if _CLOSING_TAG.search(before, 0, found.start()) is None:
            at = found.start()
    return at >= 0 and _NUMBER_BETWEEN.search(before, at) is None


def digits(low: int, high: int) -> Locate:
    """A number of ``low`` to ``high`` digits, or of one with a sign among them, that stands alone."""

    def locate(text: bytes, start: int, end: int) -> Place:
        return (start, end) if low <= end - start <= high and stands_alone(text, start, end) else None

    return locate


_BORDER_START = b"=" * 15
_BORDER_DIGITS = 19


def card_digits(text: bytes, start: int, end: int) -> Place:
    """13 to 19 digits that stand alone, but not those of a border in a mail that Python wrote: they are random.

    Its standard library puts 19 of them between 15 equal signs and two (``email.generator``); at the end of a line the
    second of the two may be read as a soft line break.
    """
    size = end - start
    if not 13 <= size <= 19 or not stands_alone(text, start, end):
        return None
    is_bordered = text.endswith(_BORDER_START, 0, start) and text.startswith(b"=", end)
    return None if is_bordered and size == _BORDER_DIGITS else (start, end)


_BEHIND_CARD = re.compile(rb"[=D][0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3}[0-9]{0,32}+F?(?![0-9A-Za-z])")


def track_two(text: bytes, start: int, end: int) -> Place:
    """A card number, ``=`` or ``D``, month and year, service code and what the issuer adds (ISO/IEC 7813).

    In what EMV calls tag 57 its length stands right before, in hexadecimal digits too.
    """
    behind = _BEHIND_CARD.match(text, end)
    if behind is None:
        return None
    sizes = (size for size in (16, 15, 19, 18, 17, 14, 13) if end - size >= start)
    size = next((size for size in sizes if is_card(text[end - size : end])), 0)
    return (end - size, behind.end()) if size else None


def emv_card(text: bytes, start: int, end: int) -> Place:
    """Sixteen digits behind tag 5A of a chip's data and their length, eight bytes."""
    is_tagged = text[max(0, start - 2) : start].upper() == b"5A" and text.startswith(b"08", start)
    return (start + 2, start + 18) if is_tagged and end - start >= 18 else None


_GROUPED_CARD = re.compile(
    rb"[0-9]{4}([ +.\-]|\xc2\xa0|\xe2\x80[\x80-\x91\xaf])"
    rb"(?:[0-9]{4}\1[0-9]{4}\1[0-9]{1,4}(?:\1[0-9]{1,3})?|[0-9]{6}\1[0-9]{4,5})(?![0-9])"
)


def grouped_card(text: bytes, start: int, _end: int) -> Place:
    """Digits in fours, or 4-6-5 and 4-6-4, with one kind of separator."""
    for first in (start, start - 5):  # six digits are the second group
        found = _GROUPED_CARD.match(text, first) if first >= 0 else None
        if found is not None and stands_alone(text, *found.span()):
            return found.span()
    return None


def behind_first_group(text: bytes, start: int, end: int) -> Place:
    """The same, from the sign behind the first four digits."""
    return grouped_card(text, start - 4, end) if start >= 4 else None


_SIX_AND_FIVE = re.compile(rb"[0-9]{6}[ -][0-9]{5}")


def six_and_five(text: bytes, start: int, _end: int) -> Place:
    """Eleven digits with a blank or a hyphen behind the date."""
    found = _SIX_AND_FIVE.match(text, start)
    return found.span() if found is not None and stands_alone(text, *found.span()) else None


_BIRTH_NUMBER = re.compile(rb"[0-9]{6}(?:[-+][0-9]{4}|[-+A-FU-Ya-fu-y][0-9]{3}[0-9A-Ya-y])")


def birth_number(text: bytes, start: int, _end: int) -> Place:
    """Six digits of a date (eight with the century), a separator, three or four digits and perhaps a check letter."""
    found = _BIRTH_NUMBER.match(text, start)
    if found is None:
        return None
    first = start - 2 if start > 1 and text[start - 2 : start].isdigit() else start
    return (first, found.end()) if stands_alone(text, first, found.end()) else None


_IBAN_START = re.compile(rb"[A-Za-z](?=[A-Za-z][0-9]{2})")


def iban(text: bytes, start: int, end: int) -> Place:
    """Around a long number or groups of four: an account with its country, its length and its separators."""
    first = max(0, start - 30)
    before = text[first : min(start + 4, end)]
    for found in _IBAN_START.finditer(before):
        place = _iban_at(text, first + found.start(), first + found.start() + 4)
        if place is not None and place[1] > start:
            return place
    return None


def iban_from_start(text: bytes, start: int, _end: int) -> Place:
    """The same, from the letters of the country on."""
    return _iban_at(text, start, start + 4)


def _iban_at(text: bytes, start: int, end: int) -> Place:
    """Two letters, two digits and as many characters as the country's IBANs have, in groups or not."""
    wanted = iban_length(text[start : start + 2].upper()) if opens(text, start) else 0
    seen, at = 4, end
    while 4 <= seen < wanted and at < len(text):
        byte = text[at]
        if byte in _LETTERS_AND_DIGITS:
            seen += 1
        elif byte not in b" +-" or at + 1 >= len(text) or text[at + 1] not in _LETTERS_AND_DIGITS:
            return None
        at += 1
    return (start, at) if wanted and seen == wanted and closes(text, at) else None


_LETTERS_AND_DIGITS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
