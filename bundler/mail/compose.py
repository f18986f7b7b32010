"""The mail as bytes: pure, the same for the same input, a draft that the user's own mail program opens and sends.

The parts are those that ten decoders read alike: text and HTML as alternatives, at most two pictures shown in the
HTML, and the evidence as single attachments with plain names. The draft carries no Date and no Message-ID (the
program that sends it adds them) and a From only where the reporter's address is configured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from hashlib import sha256

from msgspec import Struct

from bundler.errors import MisuseError
from bundler.mail.addresses import PLAIN, header_field
from bundler.mail.clipping import clipped
from bundler.mail.digest import with_digest
from bundler.mail.letter import Sender
from bundler.model import Reporter, SafeTicket


class _DraftPolicy(EmailPolicy):
    """Leaves the subject on one line: the library would break one of about 70 characters right after ``Subject:``,
    and readers, the library itself among them, then show it with a blank in front. Ids of mails stay as they are, one a
    line, for the library would encode a long one as if it were words."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name in ("Subject", "In-Reply-To"):
            return f"{name}: {value}{self.linesep}".encode("ascii")
        if name == "References":
            return f"{name}: {value.replace(' ', f'{self.linesep} ')}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


POLICY = _DraftPolicy(linesep=SMTP.linesep, max_line_length=76)
"""76, because quoted-printable lines of the standard library come out two longer than RFC 2045 section 6.7 allows
(cpython#78206)."""

SUBJECT_LIMIT = 120
INLINE_LIMIT = 2
_NAME_LIMIT = 200
_REFERENCE_LIMIT = 20
"""Of a long thread the first and the latest mails are named (RFC 5537 section 3.4.4 lets one do so)."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_MEDIA_TYPE = re.compile(r"(?:application|image)/[a-z0-9][a-z0-9.+-]*")
_CONTENT_ID = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9.-]+")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"<(?!.*=\?)[!-;=?-~]{1,240}>")
_REPLY = re.compile(r"re:\s*", re.IGNORECASE)
_FOREIGN = re.compile(r"[^A-Za-z0-9-]+")


class Attachment(Struct, frozen=True):
    """A file of the mail. With a ``content_id`` it is a picture that the HTML shows as ``cid:…``.

    Never of a text type: RFC 2046 section 4.1.1 lets programs rewrite the line ends of text, and neomutt does so when
    it sends a draft (``tests/mail/test_neomutt.py``), after which no digest fits.
    """

    name: str
    data: bytes
    media_type: str
    content_id: str | None = None


def picture_id(ticket_id: str, number: int) -> str:
    """The content id of the ticket's picture ``number`` (from 1), for ``Attachment`` and for ``cid:`` in the HTML."""
    return f"picture-{number:02}.{_FOREIGN.sub('-', ticket_id).strip('-')}@ticket-bundler.invalid"


def compose(
    ticket: SafeTicket,
    *,
    to: str,
    subject: str,
    text: str,
    html: str,
    attachments: Sequence[Attachment],
    in_reply_to: str = "",
    references: Sequence[str] = (),
) -> bytes:
    """The draft of a mail to ``to``, as the bytes of an ``.eml`` file: CRLF, lines of 76 characters but the subject.

    With an empty ``to`` the draft has no recipient, and the person who sends it fills that in. HTML that mail programs
    would cut is replaced by the text (``clipping``). ``in_reply_to`` is the ``<id>`` of the mail that this one follows
    up, ``references`` are those of the mails before that; the subject then begins with ``Re:``, once.

    Raises ``MisuseError`` for an address, a subject or an id that no header may hold (the subject is ASCII, one line,
    at most 120 characters after its ``Re:``) and ``ValueError`` for attachments whose names, types or content ids are
    not ours to use.
    """
    bare = _bare(subject)
    _check(to, bare, attachments)
    thread = _thread(in_reply_to, references)
    inline = [each for each in attachments if each.content_id is not None]
    message = EmailMessage(policy=POLICY)
    if to:
        message["To"] = to
    message["Subject"] = f"Re: {bare}" if thread or bare != subject else bare
    if thread:
        message["In-Reply-To"] = in_reply_to
        message["References"] = " ".join(thread)
    message["X-Unsent"] = "1"
    message["X-Ticket-Id"] = _FOREIGN.sub("-", ticket.ticket_id)
    message.set_content(_tidy(text), cte="quoted-printable")
    message.make_alternative()
    message.attach(_page(clipped(_tidy(html), _tidy(text)), inline))
    message.make_mixed()
    for each in attachments:
        if each.content_id is None:
            _attach(message, each)
    _fix_boundaries(message, ticket.ticket_id, [text, html], attachments)
    return with_digest(_from(ticket.reporter) + message.as_bytes())


def _check(to: str, subject: str, attachments: Sequence[Attachment]) -> None:
    if to and not PLAIN.fullmatch(to):
        raise MisuseError(
            "The address to send the ticket to is not a plain mail address.",
            "Set it as name@example.com, without a display name.",
        )
    if not (subject.isascii() and subject.isprintable() and 0 < len(subject) <= SUBJECT_LIMIT):
        raise MisuseError(
            f"The subject of the mail is not one line of 1 to {SUBJECT_LIMIT} ASCII characters.",
            "If you use your own subject template, shorten it and leave out letters beyond ASCII.",
        )
    names = [each.name for each in attachments]
    if len({name.lower() for name in names}) != len(names) or not all(map(_NAME.fullmatch, names)):
        raise ValueError("attachment names are plain, at most 60 characters, and differ even without case")
    if not all(_MEDIA_TYPE.fullmatch(each.media_type) for each in attachments):
        raise ValueError("an attachment has the type of a single file")
    inline = [each for each in attachments if each.content_id is not None]
    if len(inline) > INLINE_LIMIT or any(each.media_type not in ("image/png", "image/jpeg") for each in inline):
        raise ValueError(f"at most {INLINE_LIMIT} pictures, PNG or JPEG, are shown in the text")
    ids = [each.content_id or "" for each in inline]
    if len(set(ids)) != len(ids) or not all(map(_CONTENT_ID.fullmatch, ids)):
        raise ValueError("content ids look like addresses and differ")


def _bare(subject: str) -> str:
    """The subject without what replies before this one put in front of it."""
    while found := _REPLY.match(subject):
        subject = subject[found.end() :]
    return subject


def _thread(in_reply_to: str, references: Sequence[str]) -> list[str]:
    """The ids of all the mails that this one follows, the latest last."""
    ids = list(dict.fromkeys([*references, in_reply_to])) if in_reply_to else []
    if not all(map(_MESSAGE_ID.fullmatch, ids)):
        raise MisuseError(
            "The id of the mail to follow up is not one.",
            "Copy it from that mail's Message-ID, with its angle brackets.",
        )
    return ids if len(ids) <= _REFERENCE_LIMIT else [ids[0], *ids[1 - _REFERENCE_LIMIT :]]


def _from(reporter: Reporter) -> bytes:
    if not PLAIN.fullmatch(reporter.email):
        return b""
    name = " ".join("".join(each if each.isprintable() else " " for each in reporter.name).split())
    return header_field("From", [Sender(reporter.email, name[:_NAME_LIMIT])])


def _tidy(text: str) -> str:
    """No trailing blanks (a mail program glues such a line to the next), no control characters, LF line ends."""
    plain = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.rstrip(" \t") for line in plain.split("\n")).rstrip("\n") + "\n"


def _page(html: str, pictures: Sequence[Attachment]) -> EmailMessage:
    """The HTML with its pictures beside it; RFC 2387 section 3.1 wants the type of the root part named."""
    page = EmailMessage(policy=POLICY)
    page.set_content(html, subtype="html", cte="quoted-printable")
    for each in pictures:
        kind, _, subtype = each.media_type.partition("/")
        cid = f"<{each.content_id}>"
        page.add_related(each.data, kind, subtype, cid=cid, filename=each.name, disposition="inline")
    if pictures:
        page.set_param("type", "text/html")
    return page


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    kind, _, subtype = attachment.media_type.partition("/")
    message.add_attachment(attachment.data, kind, subtype, filename=attachment.name)


def _fix_boundaries(message: EmailMessage, ticket_id: str, texts: list[str], files: Sequence[Attachment]) -> None:
    """Boundaries that follow from the whole content: the same every time, and in no part of it but by a miracle."""
    digest = sha256(ticket_id.encode("utf-8", "replace"))
    for content in [*(text.encode("utf-8", "replace") for text in texts), *(each.data for each in files)]:
        digest.update(sha256(content).digest())
    for number, part in enumerate(_multiparts(message)):
        part.set_boundary(f"={number}_{digest.hexdigest()[:32]}")
    for part in message.walk():
        if part is not message:
            del part["MIME-Version"]  # it belongs to the message alone (RFC 2045 section 4)


def _multiparts(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.walk():
        if part.is_multipart() and isinstance(part, EmailMessage):
            yield part
