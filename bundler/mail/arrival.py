"""What arrived of a ticket in a mail: each part beside its digest, and each field with where it was read.

Mail programs rewrite what they send: one throws the text away and makes it anew of the HTML, lists append footers, some
rename attachments. Attachments survive; so a part is looked for by its content where its name is not there any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from typing import Literal

from msgspec import Struct

from bundler.document import MANIFEST_NAME, TICKET_NAME, Manifest, TicketDocument, attachment_name, decode
from bundler.document.manifest import ManifestFile
from bundler.errors import UnreadableInput
from bundler.mail.read import Mail, find_manifest

PartState = Literal["whole", "renamed", "line-ends", "changed", "missing", "extra"]
FieldSource = Literal["ticket.json", "text", "HTML", "subject"]

_MOST_LINES = 400
_MOST_HTML = 200_000
_LONGEST_VALUE = 400
_FIELD = re.compile(r"^[>\s|]{0,8}([A-Z][A-Za-z]{2,40})[ \t]{0,3}:[ \t]{1,20}(\S[^\n]{0,400})$")
_NAMES = ("MerchantId", "PaymentId", "Timestamp", "Environment", "ErrorCode", "Ticket")
_SUBJECT = re.compile(r"\[(?P<ticket>TB-[0-9A-Z]{8})\]|(?<![\w-])PaymentId (?P<payment>[^\s,;\]]{4,100})")


class Part(Struct, frozen=True):
    """One file of the ticket. ``arrived_as`` is the name in the mail, empty for one that is missing."""

    name: str
    state: PartState
    arrived_as: str = ""


class Field(Struct, frozen=True):
    """One fact of the ticket as it was recovered, and from where."""

    name: str
    value: str
    source: FieldSource


class Arrival(Struct, frozen=True):
    """What is here of the ticket ``ticket_id`` (empty where nothing tells it).

    ``is_trusted`` is True where ``ticket.json`` has the digest that the manifest gives it.
    """

    ticket_id: str
    parts: tuple[Part, ...]
    fields: tuple[Field, ...]
    is_trusted: bool


def what_arrived(mail: Mail) -> Arrival:
    """Every part that the manifest lists, every other file, and the fields out of the surest place that has them.

    Without a manifest no part can be judged: all are ``extra``, and fields come from the text, the HTML or the subject.
    """
    manifest = find_manifest(mail)
    parts = tuple(_parts(mail, manifest))
    document = _document(mail, parts)
    fields = tuple(_fields(mail, document))
    told = next((field.value for field in fields if field.name == "Ticket"), "")
    known = manifest.ticket_id if manifest is not None else told
    return Arrival(known or told, parts, fields, is_trusted=document is not None)


def _parts(mail: Mail, manifest: Manifest | None) -> Iterator[Part]:
    files = [(name, data) for name, _, data in mail.attachments if name != MANIFEST_NAME or manifest is None]
    by_name = dict(reversed(files))
    by_digest = {sha256(data).hexdigest(): name for name, data in reversed(files)}
    used: set[str] = set()
    for file in manifest.files if manifest is not None else ():
        name = attachment_name(file.name)
        if not ("/" in file.name or name == TICKET_NAME):
            continue  # reports stay in the bundle: the mail's own text stands for them
        if name in by_name:
            used.add(name)
            yield Part(name, _state(by_name[name], file), name)
        elif (renamed := by_digest.get(file.sha256)) is not None:
            used.add(renamed)
            yield Part(name, "renamed", renamed)
        else:
            yield Part(name, "missing")
    yield from (Part(name, "extra", name) for name, _ in files if name not in used)


def _state(data: bytes, file: ManifestFile) -> PartState:
    if sha256(data).hexdigest() == file.sha256:
        return "whole"
    plain = data.replace(b"\r\n", b"\n")
    forms = (plain, plain.replace(b"\n", b"\r\n"), plain.rstrip(b"\n") + b"\n", plain.rstrip(b"\n"))
    return "line-ends" if any(sha256(form).hexdigest() == file.sha256 for form in forms) else "changed"


def _document(mail: Mail, parts: tuple[Part, ...]) -> TicketDocument | None:
    """The ticket, where its file is the one that the manifest lists."""
    found = next((part for part in parts if part.name == TICKET_NAME and part.state in ("whole", "renamed")), None)
    if found is None:
        return None
    try:
        return decode(next(data for name, _, data in mail.attachments if name == found.arrived_as))
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
    yield from (Field(name, value, "HTML") for name, value in _in_lines(_shown(mail.html)))
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
    """``MerchantId: 65a1…`` at the beginning of a line; quoted lines count, for answers quote the ticket."""
    for line in lines[:_MOST_LINES]:
        found = _FIELD.match(line.replace("\t", " ").rstrip())
        if found is not None and found[1] in _NAMES:
            yield found[1], found[2].strip()[:_LONGEST_VALUE]


def _shown(html: str) -> list[str]:
    """The lines that the HTML shows; the cells of a row stand on one."""
    reader = _Lines()
    try:
        reader.feed(html[:_MOST_HTML])
    except AssertionError:  # the library gives up on some malformed declarations
        return reader.lines
    return reader.lines


class _Lines(HTMLParser):
    _ROWS = frozenset(("tr", "p", "div", "br", "li", "pre", "h1", "h2", "table"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002, the library calls it
        if tag in self._ROWS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        first, *more = data.split("\n")
        self.lines[-1] = f"{self.lines[-1]} {first.strip()}".strip()
        if len(more) and not data.isspace():
            self.lines += [line.strip() for line in more if line.strip()] or [""]
