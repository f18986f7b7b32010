"""Looks at the bytes of a mail before anything parses it, for what would make a parser recurse or crawl."""

from __future__ import annotations

import re

from msgspec import Struct

from bundler.errors import UnreadableInput


class MailLimits(Struct, frozen=True):
    """How much of a mail we take. Sizes in bytes; ``nested_mails`` is how deep a forwarded mail is opened.

    The standard library's parser takes time for each line times each level of nesting, and for the square of a long
    ``Content-Type``; 50 MB of base64 have 650,000 lines.
    """

    size: int = 50_000_000
    head_size: int = 64_000
    lines: int = 1_000_000
    field_size: int = 4_000
    multiparts: int = 30
    parts: int = 1_000
    nested_mails: int = 3


MAIL_LIMITS = MailLimits()

_HINT = "Ask the sender for the bundle itself (the .zip) and verify that."
_HEAD_END = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_BOUNDARY = re.compile(rb"boundary[ \t\r\n]*(=|\*)", re.IGNORECASE)
_NESTED = re.compile(rb"message/rfc822", re.IGNORECASE)
_FIELD = re.compile(
    rb"^content-(?:type|disposition)[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE
)


def refuse_hostile(data: bytes, limits: MailLimits = MAIL_LIMITS) -> None:
    """Raise ``UnreadableInput`` for a mail beyond the limits; linear in the size of ``data``.

    The counts are of words that a parser could take for structure, wherever they stand: a mail that quotes dozens
    of others is refused although it is harmless.
    """
    if len(data) > limits.size:
        raise UnreadableInput(f"The mail is larger than {limits.size:,} bytes.", _HINT)
    if data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") > limits.lines:
        raise UnreadableInput(f"The mail has more than {limits.lines:,} lines.", _HINT)
    head = data[: limits.head_size]
    if len(data) > limits.head_size and not _HEAD_END.search(head):
        raise UnreadableInput(f"The head of the mail is longer than {limits.head_size:,} bytes.", _HINT)
    for count, found in enumerate(_BOUNDARY.finditer(data), start=1):
        if found[1] == b"*":
            raise UnreadableInput("The mail writes its structure in a way that no mail program does.", _HINT)
        if count > limits.multiparts:
            raise UnreadableInput(f"The mail has more than {limits.multiparts} groups of parts.", _HINT)
    for number, _ in enumerate(_NESTED.finditer(data), start=1):
        if number > limits.multiparts:
            raise UnreadableInput(f"The mail holds more than {limits.multiparts} other mails.", _HINT)
    for found in _FIELD.finditer(data):
        if found.end() - found.start() > limits.field_size:
            raise UnreadableInput(f"A header of the mail is longer than {limits.field_size:,} bytes.", _HINT)
