"""Stand-ins that look valid where a parser needs them, each out of a range that is nobody's.

A maker is one function in ``MAKERS``. It says out of which pools a stand-in for a value may come; ``Placeholders``
chooses by the ticket's key, so that nobody without it can tell what was where.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

from bundler.redact.proofs import decode_base64
from bundler.redact.pseudonyms_numbers import (
    Maker,
    Pool,
    accounts,
    birth_dates,
    cards,
    national_ids,
    network_addresses,
    numbers_after,
    telephones,
)
from bundler.redact.webtokens import read_web_token

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MANY = 999_999

_UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEXADECIMAL = re.compile(rb"[0-9a-f]{32,512}|[0-9A-F]{32,512}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{20,512}={0,2}")
_NAMED_ZEROS = "00000000-0000-4000-8000-"
_WORD = "placeholder0"
_HEX_WORD = b"placeholder".hex()
_BASIC_USER = b"placeholder:"
_MAIL_HOST = "masked.example.com"
_UNSECURED = '{"alg":"none","typ":"JWT"}'
_CLAIM = '{"placeholder":'


def _base64url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


SELF_EVIDENT = re.compile(
    "|".join(
        (
            rf"user-[1-9][0-9]{{0,8}}@{re.escape(_MAIL_HOST)}",
            rf"{_NAMED_ZEROS}[0-9a-fA-F]{{12}}",
            rf"{_HEX_WORD}[0-9a-f]{{10,490}}|{_HEX_WORD.upper()}[0-9A-F]{{10,490}}",
            rf"{_WORD}[0-9A-Za-z]{{8,502}}",
            rf"{base64.b64encode(_BASIC_USER).decode()}[A-Za-z0-9]{{12}}",
            rf"{_base64url(_UNSECURED)}\.{_base64url(_CLAIM)}[A-Za-z0-9_-]{{2,200}}\.",
        )
    ).encode()
)
"""Stand-ins that nothing but us writes: inert without the private map, too."""
STARTS = frozenset((b"u", b"0", b"7", b"p", b"c", b"e"))
"""How all of these begin."""


def mail_addresses(_value: bytes, _written: bytes) -> Iterator[Pool]:
    """``user-7@masked.example.com``: the domain is reserved, and no mail is ever delivered there (RFC 2606, 6761)."""
    yield Pool("mail", _MANY, lambda number: f"user-{number + 1}@{_MAIL_HOST}")


def card_data(value: bytes, written: bytes) -> Iterator[Pool]:
    """Of a card's number, as for numbers; of what is encrypted, as for tokens."""
    yield from cards(value, written) if value.isdigit() else tokens(value, written)


_HARDWARE = re.compile(rb"[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(?:\1[0-9a-fA-F]{2}){4}")


def devices(value: bytes, written: bytes) -> Iterator[Pool]:
    """Hardware addresses that are for documentation (RFC 9542, 00-00-5E-00-53-00 to -FF); else as for tokens."""
    if (found := _HARDWARE.fullmatch(written)) is not None:
        sign = found[1].decode()
        yield Pool(f"hardware {sign}", 256, lambda number: sign.join(("00", "00", "5e", "00", "53", f"{number:02x}")))
    elif value.isdigit():
        yield from numbers_after("00", len(value))  # an IMEI that begins so is of a test device (GSMA TS.06)
    else:
        yield from tokens(value, written)


def tokens(value: bytes, _written: bytes) -> Iterator[Pool]:
    """A UUID for a UUID, else as long and of the same alphabet; none of them could be taken for a real one."""
    if _UUID.fullmatch(value):
        yield Pool("uuid", 16**12, lambda number: f"{_NAMED_ZEROS}{number:012x}")
    elif _HEXADECIMAL.fullmatch(value):
        is_upper = value.upper() == value
        width = len(value) - len(_HEX_WORD)

        def write(number: int) -> str:
            made = f"{_HEX_WORD}{number:0{width}x}"
            return made.upper() if is_upper else made

        yield Pool(f"hexadecimal {len(value)}", 16 ** min(width, 24), write)
    elif _BASE64.fullmatch(value) and not value.isdigit():
        places = len(value) - len(_WORD)  # no padding: a sign at the end that quoted-printable would take for its own
        yield Pool(
            f"word {len(value)}",
            62 ** min(places, 20),
            lambda number: f"{_WORD}{_in_base62(number).rjust(places, '0')}",
        )


def web_tokens(value: bytes, _written: bytes) -> Iterator[Pool]:
    """Three parts, the algorithm ``none`` (RFC 7519 section 6), its own times, and a claim that says what it is."""
    if value.count(b".") != 2:
        return
    times = read_web_token(value).times

    def write(number: int) -> str:
        claims = json.dumps({"placeholder": f"jwt-{number + 1}", **times}, separators=(",", ":"))
        return f"{_base64url(_UNSECURED)}.{_base64url(claims)}."

    yield Pool("web token", _MANY, write)


def basic_credentials(value: bytes, _written: bytes) -> Iterator[Pool]:
    """Base64 of the user ``placeholder`` and a number for a password."""
    if decode_base64(value) is not None:
        yield Pool("basic", 10**9, lambda number: base64.b64encode(_BASIC_USER + b"%09d" % number).decode())


def _in_base62(number: int) -> str:
    written = ""
    while number:
        number, place = divmod(number, 62)
        written = _BASE62[place] + written
    return written


def fitted(text: bytes, start: int, placeholder: bytes, quote: bytes) -> tuple[int, bytes]:
    """Where to write ``placeholder`` for a value at ``start``, and how: a number stays a number, a plus sign a sign.

    ``quote`` stands around everything else where a bare JSON number was.
    """
    if not placeholder.isdigit():
        return start, quote + placeholder + quote
    if placeholder[:1] == b"0":
        return start, quote + placeholder + quote  # no JSON number begins so
    return start + (text[start : start + 1] == b"+"), placeholder


MAKERS: dict[str, Maker] = {
    "email": mail_addresses,
    "ip": network_addresses,
    "phone": telephones,
    "card": card_data,
    "iban": accounts,
    "national-id": national_ids,
    "birth-date": birth_dates,
    "device": devices,
    "jwt": web_tokens,
    "basic": basic_credentials,
    "token": tokens,
    "key": tokens,
    "secret": tokens,
    "signature": tokens,
    "cookie": tokens,
    "cryptogram": tokens,
}
"""By kind; a kind without, and a value that is not of its kind's form, gets its placeholder in brackets."""
