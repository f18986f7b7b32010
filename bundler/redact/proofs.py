"""Decides whether characters are the number or token they look like: check digits, prefixes, decodable headers."""

from __future__ import annotations

import base64
import binascii
import re
from calendar import monthrange
from collections.abc import Callable
from functools import cache

CARD_PREFIX = re.compile(
    rb"4|5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|3[47]|3(?:0[0-5]|[689])|35(?:2[89]|[3-8])|50|5[6-9]|6[0-9]|2131|1800|9792"
)
"""First digits of Visa and Dankort/Visa, Mastercard, American Express, Diners, JCB, Maestro, Dankort (5019), Discover,
UnionPay, RuPay, Troy; from the schemes' published ranges."""

_CARD_LENGTHS = {b"34": (15,), b"37": (15,), b"36": (14, 15, 16, 17, 18, 19), b"30": (14, 16), b"38": (14, 16)}


_NO_DIGITS = bytes(byte for byte in range(256) if not 48 <= byte <= 57)


def has_digits(least: int) -> Callable[[bytes], bool]:
    """A proof that a value holds at least so many digits, of whatever alphabet."""

    def fits(value: bytes) -> bool:
        if value.isascii():
            return len(digits_of(value)) >= least
        return sum(letter.isdecimal() for letter in value.decode("utf-8", "replace")) >= least

    return fits


def digits_of(value: bytes) -> bytes:
    """The digits alone."""
    return value.translate(None, _NO_DIGITS)


def is_card(value: bytes) -> bool:
    """13 to 19 digits with an issuer's prefix, a length that the issuer uses, a valid Luhn digit (ISO/IEC 7812-1)."""
    from stdnum import luhn

    digits = digits_of(value)
    if not 13 <= len(digits) <= 19 or CARD_PREFIX.match(digits) is None or len(set(digits)) < 2:
        return False
    if len(digits) not in _CARD_LENGTHS.get(digits[:2], range(13, 20)):
        return False
    if digits[:1] == b"4" and len(digits) not in (13, 16, 19):
        return False
    if len(digits) == 13 and digits[:1] != b"4" and _is_article(digits):
        return False
    if (digits[:1] == b"2" or b"51" <= digits[:2] <= b"55") and len(digits) != 16:
        return False
    return bool(luhn.is_valid(digits.decode()))


def _is_article(digits: bytes) -> bool:
    """An article number (GS1 General Specifications, GTIN-13), whose check digit is reckoned otherwise."""
    from stdnum import ean

    return bool(ean.is_valid(digits.decode()))


@cache
def iban_length(country: bytes) -> int:
    """How many characters an IBAN of ``country`` has, 0 for a country without (SWIFT IBAN registry, by stdnum)."""
    from stdnum import numdb

    entry = numdb.get("iban").info(country.decode("ascii", "replace"))[0][1]
    return 4 + sum(int(part) for part in re.findall(r"(\d+)!", entry["bban"])) if "bban" in entry else 0


def is_iban(value: bytes) -> bool:
    """ISO 13616: the country's own structure and mod 97."""
    from stdnum import iban

    return bool(iban.is_valid(value.decode("ascii", "replace").replace("+", " "), check_country=False))


def _is_day(day: int, month: int, year: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def is_fodselsnummer(value: bytes) -> bool:
    """A Norwegian birth number, D-number, H-number, FH-number or synthetic number: date shape and both check digits.

    Skatteetaten's rule; a bare run of eleven random digits passes in about one of four hundred cases. Whether the
    person has been born yet is not asked: that would need a clock.
    """
    from stdnum.no import fodselsnummer

    digits = digits_of(value).decode()
    if len(digits) != 11:
        return False
    if digits[9] != fodselsnummer.calc_check_digit1(digits) or digits[10] != fodselsnummer.calc_check_digit2(digits):
        return False
    day, month = int(digits[:2]), int(digits[2:4])
    if day >= 80:
        return True
    day -= 40 if day > 40 else 0
    for offset in (80, 65, 40):
        if month > offset:
            month -= offset
            break
    return _is_day(day, month, 2000)  # a leap year: the century is not worth a refusal


def is_cpr(value: bytes) -> bool:
    """A Danish CPR number by its date; its check digit has been given up in 2007, so failing it proves nothing."""
    from stdnum.dk import cpr
    from stdnum.exceptions import ValidationError

    digits = digits_of(value).decode()
    if len(digits) != 10:
        return False
    try:
        cpr.get_birth_date(digits)
    except ValidationError:
        return False
    return True


def is_hetu(value: bytes) -> bool:
    """A Finnish personal identity code, temporary ones and the signs of 2023 included (DVV, personal identity code)."""
    from stdnum.fi import hetu

    return bool(hetu.is_valid(value.decode("ascii", "replace"), allow_temporary=True))


def is_personnummer(value: bytes) -> bool:
    """A Swedish personal or coordination number (day + 60): date and Luhn over the last ten digits (Skatteverket)."""
    from stdnum import luhn

    digits = digits_of(value).decode()
    if len(digits) not in (10, 12):
        return False
    if len(digits) == 12 and not "1880" <= digits[:4] <= "2015":
        return False  # an order number such as 20240131-1234; nobody born later has a payment account
    ten = digits[-10:]
    day = int(ten[4:6])
    return _is_day(day - 60 if day > 60 else day, int(ten[2:4]), 2000) and bool(luhn.is_valid(ten))


def is_nordic_id(value: bytes) -> bool:
    """``DDMMYY-SSSS``, ``YYMMDD-NNNN`` or ``YYYYMMDD-NNNN``: a CPR number or a personnummer."""
    return is_cpr(value) or is_personnummer(value)


_TYPE = re.compile(rb"(?i:str(?:ing)?|text|varchar|any)[!?]?")
_REGION = re.compile(rb"[a-z]{2,12}(?:-[a-z]{2,12}){1,2}-?[0-9]{1,2}[a-z]?|[A-Z]{2}-[A-Z0-9]{1,3}")


def is_no_type(value: bytes) -> bool:
    """What stands under ``name`` where a program says what kind of thing a name is."""
    return _TYPE.fullmatch(value) is None


def is_no_region(value: bytes) -> bool:
    """No type, no part of the world in a code (ISO 3166-2) or of a cloud: ``eu-north-1``."""
    return is_no_type(value) and _REGION.fullmatch(value) is None


def is_postal(value: bytes) -> bool:
    """A street with its number, or more: letters, a digit and a blank, and nothing of a URL."""
    return b" " in value.strip() and len(digits_of(value)) > 0 and value.upper() != value.lower() and b"/" not in value


def decode_base64(value: bytes) -> bytes | None:
    """The bytes behind Base64 or Base64url, padded or not; None when it is neither."""
    compact = value.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    if len(compact) % 4 == 1:
        return None
    try:
        return base64.b64decode(compact + b"=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def is_basic(value: bytes) -> bool:
    """Credentials of RFC 7617: Base64 of ``user:password``."""
    plain = decode_base64(value)
    return plain is not None and b":" in plain and all(byte >= 32 for byte in plain)


def is_bearer(value: bytes) -> bool:
    """Something that a word of prose after "Bearer" is not: a digit in it, or 24 characters."""
    if b"+" in value and value.replace(b"+", b"").isalpha() and value.islower():
        return False  # a sentence in a form
    return len(value) >= 24 or (len(value) >= 8 and any(48 <= byte <= 57 for byte in value))


def looks_random(value: bytes) -> bool:
    """True for what no sentence holds as a word: digits, mixed case or punctuation inside, or 16 characters."""
    if len(value) >= 16 or any(48 <= byte <= 57 for byte in value):
        return True
    inner = value.strip(b".,;:!?'\"()")
    return not inner.isalpha() or not (inner.islower() or inner.isupper() or inner.istitle())


def is_password(value: bytes) -> bool:
    """Six characters and more, letters and something that is none: no count, no plain word, no time."""
    return len(value) >= 6 and not value.isalpha() and value.lower() != value.upper()


def is_long_and_random(value: bytes) -> bool:
    """Eight characters and more that no sentence holds as a word."""
    return len(value) >= 8 and looks_random(value)


_OAUTH_CODE = re.compile(rb"(?=[^&\s]*[a-z0-9])(?=[^&\s]*[0-9A-Z_./-])[A-Za-z0-9._~/+%-]{10,}+")


def is_oauth_code(value: bytes) -> bool:
    """Begins like an authorization code of OAuth, and not like the code of an error."""
    return _OAUTH_CODE.match(value) is not None


_GUID = re.compile(rb"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_OPAQUE = re.compile(rb"[A-Za-z0-9_~+%-]{20,1024}+=*")
_HEX = re.compile(rb"(?=[0-9]*[A-Fa-f])(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{32,}+")
_DIGITS, _LETTERS = re.compile(rb"[0-9]"), re.compile(rb"[A-Za-z]")
_SIGNS = re.compile(rb"[-_~+=]|%[0-9A-F]{2}")
_KINDS = bytes.maketrans(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", b"0" * 10 + b"A" * 26 + b"a" * 26
)
_CHANGE = re.compile(rb"0(?=[Aa])|A(?=[0a])|a(?=[0A])")


def is_opaque(value: bytes) -> bool:
    """Twenty characters and more drawn at random, as programs draw keys: no number, no name, no UUID with its hyphens.

    What people or programs count (``shop-2026-11-23-000012345``) goes from digits to letters and back now and then; in
    random text every second character does, and parts between hyphens are no sign of it.
    """
    if _OPAQUE.fullmatch(value) is None or _GUID.search(value) is not None:
        return False
    if _HEX.fullmatch(value):
        return True
    plain = _SIGNS.sub(b"", value)
    if len(plain) < 16 or _DIGITS.search(plain) is None or _LETTERS.search(plain) is None:
        return False
    share = len(_CHANGE.findall(plain.translate(_KINDS))) / len(plain)
    return share > (0.2 if plain == value.rstrip(b"=") else 0.35)
