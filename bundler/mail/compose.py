"""The mail as bytes: pure, the same for the same input, a draft that the user's own mail program opens and sends.

The parts are those that ten decoders read alike: text and HTML as alternatives, at most two pictures shown in the
HTML, and the evidence as single attachments with plain names. The draft carries no Date and no Message-ID (the
program that sends it adds them) and a From only where the reporter's address is configured.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

from bundler.errors import MisuseError
from bundler.mail.addresses import PLAIN, header_field
from bundler.mail.clipping import clipped
from bundler.mail.digest import joined_with_digest
from bundler.mail.letter import Sender
from bundler.mail.parts import Pieces, file_part, multipart, text_part
from bundler.model import Reporter, SafeTicket

SUBJECT_LIMIT = 120
INLINE_LIMIT = 2
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
"""A name of an attachment that every mail program keeps."""
_NAME_LIMIT = 200
_REFERENCE_LIMIT = 20
"""Of a long thread the first and the latest mails are named (RFC 5537 section 3.4.4 lets one do so)."""

_FOLD = "\r\n "

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


def thread_id(ticket_id: str) -> str:
    """The ``<id>`` that several mails of one ticket all refer to, so that programs show them together; none has it."""
    return f"<{_FOREIGN.sub('-', ticket_id).strip('-') or 'ticket'}@ticket-bundler.invalid>"


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
    part: tuple[int, int] = (1, 1),
) -> bytes:
    """The draft of a mail to ``to``, as the bytes of an ``.eml`` file: CRLF, lines of 76 characters but the subject.

    With an empty ``to`` the draft has no recipient, and the person who sends it fills that in. HTML that mail programs
    would cut is replaced by the text (``clipping``). ``in_reply_to`` is the ``<id>`` of the mail that this one follows
    up: the subject then begins with ``Re:``, once. ``references`` are those of the mails before that, or of the thread.
    ``part`` is the number of this mail and how many the ticket has.

    Raises ``MisuseError`` for an address, a subject or an id that no header may hold (the subject is ASCII, one line,
    at most 120 characters after its ``Re:``) and ``ValueError`` for attachments whose names, types or content ids are
    not ours to use.
    """
    bare = _bare(subject)
    _check(to, bare, attachments)
    thread = _thread(in_reply_to, references)
    plain, page = _tidy(text), _tidy(html)
    boundaries = _boundaries(ticket.ticket_id, [text, html], attachments)
    inline = [_file(each) for each in attachments if each.content_id is not None]
    shown = text_part("html", clipped(page, plain))
    if inline:  # RFC 2387 section 3.1 wants the type of the root part named
        shown = multipart("related", boundaries[2], [shown, *inline], 'type="text/html"; ')
    bodies = multipart("alternative", boundaries[1], [text_part("plain", plain), shown])
    files = [_file(each) for each in attachments if each.content_id is None]
    fields = [f"To: {to}"] if to else []
    fields.append(f"Subject: {f'Re: {bare}' if in_reply_to or bare != subject else bare}")
    fields += [f"In-Reply-To: {in_reply_to}"] if in_reply_to else []
    fields += [f"References: {_FOLD.join(thread)}"] if thread else []
    fields += ["X-Unsent: 1", f"X-Ticket-Id: {_FOREIGN.sub('-', ticket.ticket_id)}"]
    if ticket.follows:  # tells the drafts of a ticket and of what follows it up apart in a mailbox
        fields.append(f"X-Ticket-Update: {ticket.update} {ticket.created:%Y%m%dT%H%M%SZ}")
    if part[1] > 1:  # and the drafts of one ticket's several mails
        fields.append(f"X-Ticket-Part: {part[0]}/{part[1]}")
    fields += ["MIME-Version: 1.0", ""]
    above = _from(ticket.reporter) + "\r\n".join(fields).encode("ascii")
    return joined_with_digest([above, *multipart("mixed", boundaries[0], [bodies, *files])])


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
    if len({name.lower() for name in names}) != len(names) or not all(map(PLAIN_NAME.fullmatch, names)):
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
    ids = list(dict.fromkeys([*references, *([in_reply_to] if in_reply_to else [])]))
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


def _file(attachment: Attachment) -> Pieces:
    return file_part(attachment.name, attachment.data, attachment.media_type, attachment.content_id)


def _boundaries(ticket_id: str, texts: list[str], files: Sequence[Attachment]) -> list[str]:
    """Boundaries that follow from the whole content: the same every time, and in no part of it but by a miracle."""
    digest = sha256(ticket_id.encode("utf-8", "replace"))
    for content in [*(text.encode("utf-8", "replace") for text in texts), *(each.data for each in files)]:
        digest.update(sha256(content).digest())
    return [f"={number}_{digest.hexdigest()[:32]}" for number in range(3)]
