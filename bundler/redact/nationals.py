"""Finds and proves national identity numbers and bank accounts of many countries, by the checks of python-stdnum."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from bundler.redact.proofs import digits_of
from bundler.redact.rule import Locate, Proof
from bundler.redact.shapes import Place, closes, opens, stands_alone, when_used

_NINO = re.compile(
    rb"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[A-D]"
)
_SIGNS = rb"[^0-9A-Za-z\n\[]{0,8}"
_FILLER = (
    rb"(?i:number|no|nr|nummer|numer|numero|code|kod|value|is|was|er|ist|of|for|the|van|de|del|customer|payer|user|"
    rb"kunde|klant|given|provided|invalid)(?![A-Za-z])"
)
_BETWEEN = rb"(?![A-Za-z])(?:" + _SIGNS + _FILLER + rb"){0,5}" + _SIGNS


@cache
def _checks() -> dict[str, Callable[[str], bool]]:
    from stdnum import imei
    from stdnum.be import ssn as be_ssn
    from stdnum.de import idnr
    from stdnum.ee import ik
    from stdnum.es import dni, nie
    from stdnum.fr import nir
    from stdnum.gb import nhs
    from stdnum.is_ import kennitala
    from stdnum.it import codicefiscale
    from stdnum.lt import asmens
    from stdnum.lv import pvn
    from stdnum.nl import bsn
    from stdnum.no import kontonr
    from stdnum.pl import pesel
    from stdnum.pt import nif
    from stdnum.us import ssn as us_ssn

    return {
        "imei": imei.is_valid,
        "be": be_ssn.is_valid,
        "de": idnr.is_valid,
        "ee": ik.is_valid,
        "es": lambda number: bool(dni.is_valid(number) or nie.is_valid(number)),
        "fr": nir.is_valid,
        "gb-nhs": nhs.is_valid,
        "is": kennitala.is_valid,
        "it": codicefiscale.is_valid,
        "lt": asmens.is_valid,
        "lv": pvn.is_valid,
        "nl": bsn.is_valid,
        "no-account": kontonr.is_valid,
        "pl": pesel.is_valid,
        "pt": nif.is_valid,
        "us": lambda number: bool(us_ssn.is_valid("".join(digit for digit in number if digit.isdigit()))),
    }


def passes(check: str) -> Proof:
    """A proof by the check digits of one country, as python-stdnum knows them; all the same digit is a placeholder."""

    def proof(value: bytes) -> bool:
        if len(set(digits_of(value))) < 2:
            return False
        return bool(_checks()[check](value.decode("ascii", "replace")))

    return proof


def is_nino(value: bytes) -> bool:
    """A British national insurance number: two letters that are given out, six digits, A to D (HMRC, NIM39110)."""
    return _NINO.fullmatch(value) is not None


def number_of(digits: int) -> bytes:
    """The pattern of a number of so many digits, with a sign between some of them or not."""
    return rb"[0-9](?:[ .\-/]?[0-9]){%d}(?![0-9])" % (digits - 1)


def after_word(words: bytes, number: bytes) -> Locate:
    """A ``number`` right after one of ``words``, or after a few that may stand between: "NIF of the customer is …"."""
    word_then_number = when_used(rb"(?i:" + words + rb")" + _BETWEEN + rb"(" + number + rb")(?![A-Za-z0-9_])")

    def locate(text: bytes, start: int, _end: int) -> Place:
        if not opens(text, start):
            return None
        found = word_then_number().match(text, start)
        if found is None or not (opens(text, found.start(1)) and closes(text, found.end(1))):
            return None
        return found.span(1)

    return locate


def separated(pattern: bytes, back: int = 0) -> Locate:
    """Where ``pattern`` matches up to ``back`` bytes before the anchor, as a number that stands alone."""
    compiled = when_used(pattern)

    def locate(text: bytes, start: int, _end: int) -> Place:
        for first in range(max(0, start - back), start + 1):
            found = compiled().match(text, first)
            if found is not None and stands_alone(text, *found.span()):
                return found.span()
        return None

    return locate
