"""Planted numbers: cards and what belongs to them, accounts, and numbers of persons.

Sources: ISO/IEC 7812-1, ISO 13616, field names of the payment providers.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted import numbers
from tests.redact.planted.making import Shape, around, bare, in_base64, named
from tests.redact.planted.numbers import DIGITS
from tests.redact.planted.pieces import Pieces, secret, words


def _card_of(brand: str) -> Callable[[Draws], str]:
    return lambda draws: numbers.card(draws, brand)


def _grouped_card(draws: Draws) -> str:
    return numbers.grouped(numbers.card(draws, draws.pick(numbers.BRANDS[3:])), draws.pick((" ", "-", "\u00a0", ".")))


def _iban(draws: Draws) -> str:
    return numbers.iban(draws, draws.pick(numbers.COUNTRIES))


def _track(draws: Draws) -> Pieces:
    return words(";", secret(numbers.card(draws, "visa")), "=", secret(f"29121010000{draws.text(8, DIGITS)}"), "?")


def _card_object(draws: Draws) -> str:
    return "5" + draws.text(17, DIGITS)


def _cvv_in_prose(draws: Draws) -> Pieces:
    return words(f"{draws.pick(('with CVV', 'the cvc is', 'cvv2 code'))} ", secret(draws.text(3, "123456789")))


NUMBERS: tuple[Shape, ...] = (
    *(Shape(f"card-{brand}", bare(_card_of(brand))) for brand in numbers.BRANDS),
    Shape("card-grouped", bare(_grouped_card), has_blanks=True),
    Shape(
        "card-by-name",
        named("cardNumber pan card_number cardNo kortnummer primaryAccountNumber cc_number cardNum", _card_object),
    ),
    Shape("card-by-name-grouped", named("cardNumber card_number", _grouped_card), has_blanks=True),
    Shape(
        "network-token", named("networkToken dpan paymentToken tokenNumber", lambda d: "489573" + d.text(10, DIGITS))
    ),
    Shape("cvv", named("cvv cvc cvv2 securityCode CVC cvvCode", lambda d: d.text(3, "123456789"))),
    Shape("cvv-in-prose", around("note message", _cvv_in_prose), has_blanks=True),
    Shape("one-time-code", named("otp pin oneTimeCode otpCode verificationCode", lambda d: d.text(6, "123456789"))),
    Shape("cryptogram", named("cryptogram cavv dynamicDataValue", lambda d: in_base64(d.take(20)))),
    Shape("card-encrypted", named("encryptedPan EncryptedCardData", lambda d: in_base64(d.take(48)))),
    Shape("track-2", around("track2 track2Data trackData", _track, is_bare=False)),
    Shape("iban", bare(_iban)),
    Shape("iban-grouped", bare(lambda d: numbers.in_fours(_iban(d))), has_blanks=True),
    Shape("iban-lower", bare(lambda d: _iban(d).lower())),
    Shape("iban-by-name", named("iban bankAccount accountNumber payoutIban", _iban)),
    Shape("account-by-name", named("bankAccountNumber accountNumber kontonummer", lambda d: d.text(11, "123456789"))),
    Shape("fodselsnummer", bare(numbers.fodselsnummer)),
    Shape("fodselsnummer-grouped", bare(lambda d: _six_five(numbers.fodselsnummer(d))), has_blanks=True),
    Shape("d-number", bare(lambda d: numbers.fodselsnummer(d, is_d_number=True))),
    Shape("cpr", bare(numbers.cpr)),
    Shape("cpr-by-name", named("cpr cprNumber CPR nationalIdentityNumber", lambda d: numbers.cpr(d, ""))),
    Shape("hetu", bare(numbers.hetu)),
    Shape("personnummer", bare(lambda d: numbers.personnummer(d, has_century=False))),
    Shape("personnummer-12", bare(lambda d: numbers.personnummer(d, has_century=True))),
    Shape("national-id-by-name", named("ssn nin fnr nationalId personnummer", lambda d: d.text(11, "123456789"))),
)
"""Cards and what belongs to them, accounts, and numbers of persons."""


def _six_five(number: str) -> str:
    return f"{number[:6]} {number[6:]}"
