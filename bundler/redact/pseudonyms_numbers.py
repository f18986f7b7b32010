"""Numbers, addresses and dates that are nobody's, as ranges to choose stand-ins from."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bundler.redact.proofs import is_card, is_iban


class Pool(NamedTuple):
    """A range of stand-ins: how many there are, and how the one of a number is written; None for one to be skipped."""

    name: str
    size: int
    write: Callable[[int], str | None]


Maker = Callable[[bytes, bytes], Iterator[Pool]]
"""From a value in the form by which it is known, and as it was first written, to pools in the order of preference."""


def numbered(start: str, width: int, numbers: range) -> Pool:
    """``start`` and each of ``numbers``, written in ``width`` digits."""
    return Pool(f"{start} {width}", len(numbers), lambda index: f"{start}{numbers[index]:0{width}}")


def numbers_after(start: str, length: int, least: int = 1_000_000) -> Iterator[Pool]:
    """All numbers of ``length`` digits that begin with ``start``, where these are enough."""
    width = length - len(start)
    if width > 0 and 10**width >= least:
        yield numbered(start, width, range(10**width))


_DOCUMENTATION = ("192.0.2.0", "198.51.100.0", "203.0.113.0")
_BENCHMARKING = int(ipaddress.IPv4Address("198.18.0.0"))


def network_addresses(value: bytes, _written: bytes) -> Iterator[Pool]:
    """The nets for documentation (RFC 5737, RFC 3849); when these are used up, the one for benchmarks (RFC 2544)."""
    if b":" in value:
        yield Pool(
            "ipv6", 0xFFFF * 0xFFFF, lambda number: f"2001:db8::{number // 0xFFFF + 1:x}:{number % 0xFFFF + 1:x}"
        )
        return
    yield Pool("documentation", 3 * 254, _documentation_address)
    yield Pool("benchmarking", 2**17 - 2, lambda number: str(ipaddress.IPv4Address(_BENCHMARKING + number + 1)))


def _documentation_address(number: int) -> str:
    net, host = divmod(number, 254)
    return f"{_DOCUMENTATION[net].removesuffix('0')}{host + 1}"


_FICTITIOUS = (
    (re.compile(rb"(00)?44[0-9]{10}"), "447700900", 3, range(1000)),
    (re.compile(rb"(00)?1[2-9][0-9]{9}"), "120255501", 2, range(100)),
    (re.compile(rb"(00)?46[0-9]{9}"), "46701740", 3, range(605, 700)),
)
"""Numbers that are kept free for films and books: Ofcom, "Telephone numbers for use in TV and radio drama"; NANPA,
555-0100 to 555-0199; PTS, 070-174 06 05 to 070-174 06 99."""
_NORDIC = re.compile(rb"((?:00)?(?:4[567]|35[48]|298))[0-9]{6,10}")


def telephones(value: bytes, _written: bytes) -> Iterator[Pool]:
    """A documented fictitious number where the country has such, else one as long that cannot be anybody's.

    No numbers are kept free in Norway, Denmark, Finland, Iceland and the Faroe Islands. There, and in Sweden, 00 is
    dialled to leave the country, so that no number behind the country code begins with it; and no country code begins
    with 0 (ITU-T E.164), so that nobody is reached by a number that begins with four of them.
    """
    if not value.isdigit():
        return
    for shape, first, width, free in _FICTITIOUS:
        if (found := shape.fullmatch(value)) is not None:
            yield numbered(f"{(found[1] or b'').decode()}{first}", width, free)
    nordic = _NORDIC.fullmatch(value) if len(value) > 8 else None
    yield from numbers_after(f"{nordic[1].decode()}00" if nordic is not None else "0000", len(value), least=1000)


_TEST_PREFIXES = {
    b"4": "411111",
    b"50": "501971",
    b"5": "555555",
    b"2": "222300",
    b"34": "378282",
    b"37": "378282",
    b"30": "305693",
    b"36": "305693",
    b"38": "305693",
    b"35": "353011",
    b"6": "601111",
}
"""How the schemes' published test numbers begin, by the first digits of a number."""


def cards(value: bytes, _written: bytes) -> Iterator[Pool]:
    """As long, with the beginning of a brand's test number and the old last four digits, and a wrong check digit.

    No payment is possible: whatever takes cards refuses a number that fails Luhn (ISO/IEC 7812-1 annex B) before it
    asks an issuer. So our own rules and the leak check see no card in it either.
    """
    prefix = _TEST_PREFIXES.get(value[:2]) or _TEST_PREFIXES.get(value[:1], "601111")
    last = value[-4:].decode() if shows_last_four(value) else ""
    width = len(value) - len(prefix) - len(last)

    def write(number: int) -> str | None:
        made = f"{prefix}{number:0{width}}{last}"
        return None if _passes_luhn(made) else made

    if 13 <= len(value) <= 19:
        yield Pool(f"card {prefix} {len(value)} {last}", 10**width, write)


def may_stand_for_card(digits: bytes) -> bool:
    """True for what ``cards`` makes: it begins like a test number of its brand and fails Luhn, so no card has it."""
    begins_so = digits.startswith(tuple(prefix.encode() for prefix in _TEST_PREFIXES.values()))
    return digits.isdigit() and 13 <= len(digits) <= 19 and begins_so and not _passes_luhn(digits.decode())


def shows_last_four(value: bytes) -> bool:
    """True for a real card number of 14 digits or more, of which the last four may be told (PCI DSS 4.0, 3.4.1)."""
    return value.isdigit() and len(value) >= 14 and is_card(value)


def _passes_luhn(digits: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(digits))


_IBAN = re.compile(rb"([A-Z]{2})[0-9]{2}([A-Z0-9]{11,30})")


def accounts(value: bytes, _written: bytes) -> Iterator[Pool]:
    """An IBAN of the same country and length with the check digits 00, which none has and which are wrong for it.

    Check digits run from 02 to 98 (ISO 13616, ISO/IEC 7064). A bare account number becomes one that begins with zeros.
    """
    found = _IBAN.fullmatch(value)
    if found is None:
        if value.isdigit():
            yield from numbers_after("0000", len(value))
        return
    country, account = found[1].decode(), found[2].decode()
    letters = account[: len(account) - len(account.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
    bank = "X" * len(letters)

    def write(number: int) -> str | None:
        made = f"{country}00{bank}{number:0{len(account) - len(bank)}}"
        return None if is_iban(made.encode()) else made

    yield Pool(f"iban {country}", min(10 ** (len(account) - len(bank)), 10**9), write)


_PERSON = re.compile(rb"([0-9]{6}|[0-9]{8})([-+A-FU-Y]?)([0-9]{3}[0-9A-Z]|[0-9]{5})")


def national_ids(value: bytes, written: bytes) -> Iterator[Pool]:
    """As long, of the day 00 in the month 00, which no register knows; the sign between the two parts stays."""
    shown = written if len(written) == len(value) + 1 and written[-5:-4] in (b"-", b"+") else value
    found = _PERSON.fullmatch(shown)
    if found is None:
        return
    start, rest = "0" * len(found[1]) + found[2].decode(), len(found[3])
    yield numbered(start, rest, range(10**rest))


_DATES = (
    (re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "1900-{0:02}-{1:02}"),
    (re.compile(rb"(?:19|20)[0-9]{6}"), "1900{0:02}{1:02}"),
    (re.compile(rb"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}"), "{0:02}.{1:02}.1900"),
    (re.compile(rb"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"), "{0:02}/{1:02}/1900"),
    (re.compile(rb"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}"), "{0:02}-{1:02}-1900"),
)


def birth_dates(_value: bytes, written: bytes) -> Iterator[Pool]:
    """A day of the year 1900, of which nobody lives any more, written alike; day and month may be exchanged."""
    pattern = next((pattern for shape, pattern in _DATES if shape.fullmatch(written)), "")
    if pattern:
        yield Pool(pattern, 144, lambda number: pattern.format(number % 12 + 1, number // 12 + 1))
