"""What arrived of a ticket in a mail: each part beside its digest, and each field with where it was read.

Mail programs rewrite what they send: one throws the text away and makes it anew of the HTML, lists append footers, some
rename attachments. Attachments survive; so a part is looked for by its content where its name is not there any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from bundler.document import TICKET_NAME, TicketDocument, decode
from bundler.errors import UnreadableInput
from bundler.mail.html_text import text_of_html
from bundler.mail.presence import Part, find_manifest, parts_of
from bundler.mail.read import Mail

FieldSource = Literal["ticket.json", "text", "HTML", "subject"]

_MOST_LINES = 400
_MOST_HTML = 200_000
_LONGEST_VALUE = 400
_FIELD = re.compile(r"^[>\s|]{0,8}([A-Z][A-Za-z]{2,40})[ \t]{0,3}:[ \t]{1,20}(\S[^\n]{0,400})$")
_NAMES = ("MerchantId", "PaymentId", "Timestamp", "Environment", "ErrorCode", "Ticket")
_OF_TWO_WORDS = "ErrorCode"  # its group and the code
_OUR_ID = re.compile(r"TB-[0-9A-Z]{8}")
_SUBJECT = re.compile(r"\[(?P<ticket>TB-[0-9A-Z]{8})\]|(?<![\w-])PaymentId (?P<payment>[^\s,;\]]{4,100})")


class Field(Struct, frozen=True):
    """One fact of the ticket as it was recovered, and from where."""

    name: str
    value: str
    source: FieldSource


class Arrival(Struct, frozen=True):
    """What is here of the ticket ``ticket_id`` (empty where nothing tells it).

    ``is_ours`` is True where a manifest, a ``ticket.json``, our header or an id as we make them tells so.
    ``is_trusted`` is True where ``ticket.json`` has the digest that the manifest gives it.
    """

    ticket_id: str
    parts: tuple[Part, ...]
    fields: tuple[Field, ...]
    is_trusted: bool
    is_ours: bool


def what_arrived(mail: Mail) -> Arrival:
    """Every part that the manifest lists, every other file, and the fields out of the surest place that has them.

    Without a manifest no part can be judged: all are ``extra``, and fields come from the text, the HTML or the subject.
    """
    manifest = find_manifest(mail)
    parts = parts_of(mail.attachments, manifest)
    document = _document(mail, parts)
    fields = tuple(_fields(mail, document))
    told = next((field.value for field in fields if field.name == "Ticket"), "")
    known = manifest.ticket_id if manifest is not None else told
    is_ours = (
        manifest is not None
        or mail.find_header("X-Ticket-Id") is not None
        or any(name == TICKET_NAME for name, _, _ in mail.attachments)
        or _OUR_ID.fullmatch(told) is not None
    )
    return Arrival(known or told, parts, fields, is_trusted=document is not None, is_ours=is_ours)


def _document(mail: Mail, parts: tuple[Part, ...]) -> TicketDocument | None:
    """The ticket, where its file is the one that the manifest lists."""
    found = next((part for part in parts if part.name == TICKET_NAME and part.state in ("whole", "renamed")), None)
    if found is None or found.number is None:
        return None
    try:
        return decode(mail.attachments[found.number][2])
    except UnreadableInput:
        return None


def _fields(mail: Mail, document: TicketDocument | None) -> Iterator[Field]:
    """The surest source first; of each name only the first."""
    seen: set[str] = set()
    for field in _candidates(mail, document):
        if field.name not in seen and field.value:
            seen.add(field.name)
            yield field


def _candidates(mail: Mail, document: TicketDocument | None) -> Iterator[Field]:
    if document is not None:
        yield from _of_document(document)
    yield from (Field(name, value, "text") for name, value in _in_lines(mail.text.split("\n")))
    yield from (
        Field(name, value, "HTML") for name, value in _in_lines(text_of_html(mail.html[:_MOST_HTML]).split("\n"))
    )
    for found in _SUBJECT.finditer(mail.subject):
        if found["ticket"]:
            yield Field("Ticket", found["ticket"], "subject")
        else:
            yield Field("PaymentId", found["payment"], "subject")


def _of_document(document: TicketDocument) -> Iterator[Field]:
    facts, cause = document.facts, document.cause
    values = {
        "MerchantId": facts.merchant_id.value if facts.merchant_id else "",
        "PaymentId": facts.payment_id.value if facts.payment_id else "",
        "Timestamp": str(facts.occurred_at.value) if facts.occurred_at else "",
        "Environment": document.environment or "",
        "ErrorCode": "",
        "Ticket": document.ticket_id,
    }
    if cause is not None and cause.provider_code is not None:
        values["ErrorCode"] = " ".join(filter(None, (cause.provider_code.group, cause.provider_code.code)))
    yield from (Field(name, value, "ticket.json") for name, value in values.items())


def _in_lines(lines: list[str]) -> Iterator[tuple[str, str]]:
    """``MerchantId: 65a1…`` at the beginning of a line; quoted lines count, for answers quote the ticket.

    Where a mail asks for what is missing, the name is followed by a sentence, which is no value.
    """
    for line in lines[:_MOST_LINES]:
        found = _FIELD.match(line.replace("\t", " ").rstrip())
        if found is None or found[1] not in _NAMES:
            continue
        value = found[2].strip()[:_LONGEST_VALUE]
        if found[1] == _OF_TWO_WORDS or " " not in value:
            yield found[1], value
