"""Looks a finished mail over before it leaves: everything that a server, a filter or a mail program would mind.

Secrets are not looked for here: whoever hands the mail over does that with the private map (``redact.find_leaks``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from email.message import Message
from typing import Any

from msgspec import Struct

from bundler.document import MANIFEST_NAME, TICKET_NAME
from bundler.mail.blocked import who_refuses
from bundler.mail.clipping import PAGE_LIMIT
from bundler.mail.compose import PLAIN_NAME, SUBJECT_LIMIT
from bundler.mail.faults import fault
from bundler.mail.letter import Manner, Sender
from bundler.mail.page import Page
from bundler.mail.read import Mail, mail_of, parse_mail
from bundler.mail.verified import verify_mail
from bundler.model import Finding

_FIELD = re.compile(r"([0-9A-Za-z_-]{1,40}): +(\S.*)")
_LONG_LINE = re.compile(rb"[^\r\n]{999}")
_HOME = re.compile(r"(?:/home/|/Users/|\b[A-Za-z]:\\{1,2}Users\\{1,2}|file:///)[^\s/\\\"'<>]{1,60}")
_DAMAGE = {"PRV101", "PRV103", "PRV106", "PRV107", "PRV110", "PRV111", "PRV120"}


class _Look(Struct, frozen=True):
    """A mail from several sides."""

    data: bytes
    manner: Manner
    size_limit: int
    sender: Sender | None
    mail: Mail
    page: Page
    parts: tuple[Message[Any, Any], ...]

    @property
    def is_sealed(self) -> bool:
        """True when nothing of what is inside can be seen (RFC 3156)."""
        return any(part.get_content_type() == "multipart/encrypted" for part in self.parts[:1])


def lint(data: bytes, manner: Manner, *, size_limit: int, sender: Sender | None) -> tuple[Finding, ...]:
    """What is wrong with the mail ``data``, as it leaves in ``manner`` from ``sender``; nothing when it is ready.

    ``size_limit`` is in bytes of the whole mail, encoded as it is. Raises ``UnreadableInput`` for what is no mail.
    """
    message = parse_mail(data)
    mail = mail_of(message)
    look = _Look(data, manner, size_limit, sender, mail, Page(mail.html), tuple(message.walk()))
    rules = RULES if not look.is_sealed else RULES_OF_ANY_MAIL
    return tuple(finding for rule in rules for finding in rule(look))


def _headers(look: _Look) -> Iterator[Finding]:
    unsent = look.mail.find_header("X-Unsent") is not None
    if unsent and look.manner != "file":
        yield fault("MAI001")
    if not unsent and look.manner == "file":
        yield fault("MAI002")
    if look.manner == "send" and look.mail.find_header("Bcc") is not None:
        yield fault("MAI018")
    needed = ("Date", "From", "Message-ID") if look.manner in ("send", "imap") else ()
    missing = [name for name in needed if not look.mail.find_header(name)]
    if missing:
        yield fault("MAI019", f"The mail has no {' and no '.join(missing)}.")


def _sender(look: _Look) -> Iterator[Finding]:
    origin = look.mail.find_header("From")
    if look.sender is None or not origin:
        return
    address = origin.rpartition("<")[2].removesuffix(">").strip()
    if address.lower() != look.sender.address.lower():
        yield fault("MAI014", f"The mail comes from {address[:100]}, the account is {look.sender.address}.")


def _subject(look: _Look) -> Iterator[Finding]:
    subject = re.sub(r"^re: ", "", look.mail.subject, flags=re.IGNORECASE)
    if not (subject.isascii() and subject.isprintable() and 0 < len(subject) <= SUBJECT_LIMIT):
        yield fault("MAI015")


def _lines(look: _Look) -> Iterator[Finding]:
    if not look.data.count(b"\n") == look.data.count(b"\r\n") == look.data.count(b"\r"):
        yield fault("MAI003")
    if _LONG_LINE.search(look.data):
        yield fault("MAI004")
    for part in look.parts:
        encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
        content = part.get_payload()
        if encoding in ("quoted-printable", "base64") and isinstance(content, str):
            longest = max(map(len, content.splitlines()), default=0)
            if longest > 76:
                yield fault("MAI005", f"A line of an encoded part is {longest:,} characters long; 76 are allowed.")
                return


def _size(look: _Look) -> Iterator[Finding]:
    if len(look.data) > look.size_limit:
        yield fault("MAI012", f"The mail has {len(look.data):,} bytes; it may have {look.size_limit:,}.")


def _names(look: _Look) -> Iterator[Finding]:
    names = [name for name, _, _ in look.mail.attachments]
    for name in names:
        if not PLAIN_NAME.fullmatch(name):
            yield fault("MAI006", f"The name {name[:80]!r} of an attachment may not arrive as it is.")
        if refusing := who_refuses(name):
            yield fault("MAI013", f"{refusing} refuse{'' if ' ' in refusing else 's'} files such as {name[:80]!r}.")
    for name, count in Counter(name.lower() for name in names).items():
        if count > 1:
            yield fault("MAI007", f"{count} attachments have the name {name[:80]!r}.")


def _form(look: _Look) -> Iterator[Finding]:
    if look.mail.defects:
        yield fault("MAI022", f"The mail is malformed in places: {'; '.join(look.mail.defects[:3])}.")


def _pictures(look: _Look) -> Iterator[Finding]:
    held = {str(part["Content-ID"]).strip().strip("<>") for part in look.parts if part["Content-ID"] is not None}
    shown = set(look.page.shown_ids)
    if missing := shown - held:
        yield fault("MAI008", f"The mail shows a picture that it does not hold: {min(missing)[:80]!r}.")
    if unseen := held - shown:
        yield fault("MAI009", f"The mail holds a picture and does not show it: {min(unseen)[:80]!r}.")
    if look.page.wordless_count:
        yield fault("MAI016")


def _page(look: _Look) -> Iterator[Finding]:
    size = len(look.mail.html.encode("utf-8", "replace"))
    if size > PAGE_LIMIT:
        yield fault("MAI020", f"The page of the mail has {size:,} bytes; Gmail shows about 102,000.")
    if look.page.foreign:
        yield fault("MAI021", f"The page of the mail loads or runs what mail programs block: {look.page.foreign[0]}.")


def _fields(look: _Look) -> Iterator[Finding]:
    fields = _fields_of_text(look.mail.text)
    if not fields:
        yield fault("MAI010", "The text of the mail does not begin with the ticket's fields.")
    seen, told = look.page.squeezed_text, "".join(look.mail.text.split())
    for place, where, pairs in (("HTML", seen, fields), ("text", told, look.page.fields)):
        lacking = [name for name, value in pairs if "".join(f"{name}:{value}".split()) not in where]
        if lacking:
            yield fault("MAI010", f"The {place} of the mail does not tell {', '.join(lacking[:5])} as the other does.")


def _fields_of_text(text: str) -> list[tuple[str, str]]:
    """The lines ``Name: value`` that a mail begins with; a line that begins with blanks goes on with the one above."""
    head = re.sub(r"\n[ \t]+", " ", text.lstrip().partition("\n\n")[0][:20_000])
    found = (_FIELD.fullmatch(line) for line in head.split("\n"))
    return [(match[1], match[2]) for match in found if match is not None]


def _digests(look: _Look) -> Iterator[Finding]:
    for finding in verify_mail(look.mail, look.data):
        if finding.code in _DAMAGE:
            yield fault("MAI011", finding.message)


def _paths(look: _Look) -> Iterator[Finding]:
    ours = {MANIFEST_NAME: "the manifest", TICKET_NAME: "ticket.json"}
    texts = {"the headers": "\n".join(value for _, value in look.mail.headers), "the text": look.mail.text}
    texts["the HTML"] = look.mail.html
    texts |= {ours[name]: data.decode("utf-8", "replace") for name, _, data in look.mail.attachments if name in ours}
    places = [place for place, text in texts.items() if _HOME.search(text)]
    if places:
        yield fault("MAI017", f"A folder of somebody's computer is told in {', '.join(places)}.")


RULES_OF_ANY_MAIL: tuple[Callable[[_Look], Iterator[Finding]], ...] = (
    _headers,
    _sender,
    _subject,
    _lines,
    _size,
    _names,
    _form,
)
"""Those that hold for an encrypted mail as well."""
RULES = (*RULES_OF_ANY_MAIL, _pictures, _page, _fields, _digests, _paths)
