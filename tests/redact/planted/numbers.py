"""Numbers with check digits, worked out here once more so that the rules are not measured by their own proofs."""

from __future__ import annotations

from tests.benchmarks.corpus_lines import Draws

DIGITS = "0123456789"
_HETU_SIGNS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CARDS = {
    "visa": (("4",), 16),
    "visa-13": (("4",), 13),
    "visa-19": (("4",), 19),
    "visa-dankort": (("4571",), 16),
    "dankort": (("5019",), 16),
    "mastercard": (("51", "52", "53", "54", "55"), 16),
    "mastercard-2": (("2221", "2300", "2500", "2699", "2719", "2720"), 16),
    "amex": (("34", "37"), 15),
    "diners": (("36",), 14),
    "diners-16": (("38",), 16),
    "discover": (("6011", "644", "65"), 16),
    "jcb": (("3528", "3540", "3589"), 16),
    "unionpay": (("62",), 16),
    "unionpay-19": (("62",), 19),
    "maestro": (("50", "58", "6304", "6759", "6761"), 16),
    "maestro-18": (("6759", "5893"), 18),
    "maestro-19": (("6304", "6761"), 19),
}
BRANDS = tuple(_CARDS)
_IBANS = {
    "NO": "n" * 11,
    "DK": "n" * 14,
    "FI": "n" * 14,
    "SE": "n" * 20,
    "DE": "n" * 18,
    "GB": "aaaa" + "n" * 14,
    "NL": "aaaa" + "n" * 10,
    "BE": "n" * 12,
    "FR": "n" * 10 + "c" * 11 + "nn",
    "MT": "aaaa" + "nnnnn" + "c" * 18,
    "PL": "n" * 24,
    "ES": "n" * 20,
}
COUNTRIES = tuple(_IBANS)


def luhn_digit(digits: str) -> str:
    """The digit that makes ``digits`` and itself pass the Luhn check."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


def card(draws: Draws, brand: str) -> str:
    """A card number of a brand, digits only."""
    prefixes, length = _CARDS[brand]
    head = draws.pick(prefixes)
    head += draws.text(length - 1 - len(head), DIGITS)
    return head + luhn_digit(head)


def not_a_card(draws: Draws, length: int = 16) -> str:
    """So many digits that begin like a card number and fail the Luhn check."""
    head = draws.pick(("4", "51", "60")) + draws.text(length - 3, DIGITS)
    head = head[: length - 1].ljust(length - 1, "7")
    return head + str((int(luhn_digit(head)) + 1 + draws.below(9)) % 10)


def grouped(number: str, separator: str) -> str:
    """A card number as it is printed: in fours, or 4-6-5 and 4-6-4."""
    if len(number) in (14, 15):
        return separator.join((number[:4], number[4:10], number[10:]))
    return separator.join(number[at : at + 4] for at in range(0, len(number), 4))


def iban(draws: Draws, country: str) -> str:
    """An IBAN of a country, without blanks."""
    alphabets = {"n": DIGITS, "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + DIGITS}
    account = "".join(draws.text(1, alphabets[sign]) for sign in _IBANS[country])
    number = int("".join(str(int(sign, 36)) for sign in f"{account}{country}00"))
    return f"{country}{98 - number % 97:02}{account}"


def in_fours(text: str, separator: str = " ") -> str:
    """The way IBANs are printed."""
    return separator.join(text[at : at + 4] for at in range(0, len(text), 4))


def fodselsnummer(draws: Draws, *, is_d_number: bool = False) -> str:
    """A Norwegian birth number, or a D-number, with both check digits."""
    while True:
        day = draws.below(28) + 1 + (40 if is_d_number else 0)
        nine = f"{day:02}{draws.below(12) + 1:02}{draws.text(2, DIGITS)}{draws.text(3, DIGITS)}"
        first = _control(nine, (3, 7, 6, 1, 8, 9, 4, 5, 2))
        second = _control(f"{nine}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) if first < 10 else 10
        if first < 10 and second < 10:
            return f"{nine}{first}{second}"


def _control(digits: str, weights: tuple[int, ...]) -> int:
    rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return 0 if rest == 0 else 11 - rest


def cpr(draws: Draws, separator: str = "-") -> str:
    """A Danish CPR number of the twentieth century; its check digit was given up in 2007."""
    day = f"{draws.below(28) + 1:02}{draws.below(12) + 1:02}{draws.below(60) + 37:02}"
    return f"{day}{separator}{draws.below(4)}{draws.text(3, DIGITS)}"


def hetu(draws: Draws) -> str:
    """A Finnish personal identity code."""
    day = f"{draws.below(28) + 1:02}{draws.below(12) + 1:02}{draws.below(70) + 20:02}"
    individual = f"{draws.below(890) + 2:03}"
    return f"{day}{draws.pick('-YXWVU')}{individual}{_HETU_SIGNS[int(day + individual) % 31]}"


def personnummer(draws: Draws, *, has_century: bool) -> str:
    """A Swedish personal number with its separator."""
    ten = f"{draws.below(60) + 30:02}{draws.below(12) + 1:02}{draws.below(28) + 1:02}{draws.text(3, DIGITS)}"
    ten += luhn_digit(ten)
    return f"{'19' if has_century else ''}{ten[:6]}-{ten[6:]}"
