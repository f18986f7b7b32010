"""What support answered, out of the mail it came in: its text, and the ticket that it is about."""

from __future__ import annotations

import re

from msgspec import Struct

from bundler.mail.html_text import text_of_html
from bundler.mail.read import read_mail

HEAD_SIZE = 16 * 1024
"""How many bytes of a file tell whether it is a mail."""

_FIELDS = re.compile(rb"(?:From [^\r\n]*\r?\n|>From [^\r\n]*\r?\n)?(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*+)+")
_OF_A_MAIL = re.compile(rb"^(?:mime-version|received|message-id|return-path|x-unsent)[ \t]*:", re.IGNORECASE | re.M)
_TICKET_ID = re.compile(r"[0-9A-Za-z-]{1,80}")


class Answer(Struct, frozen=True):
    """``text`` has LF line ends. ``ticket_id`` is empty where the mail's header does not tell it."""

    text: str
    ticket_id: str = ""
    attachment_count: int = 0


def is_mail(head: bytes) -> bool:
    """True for the beginning of a mail with its header, as opposed to a text that was copied out of one."""
    fields = _FIELDS.match(head)
    return fields is not None and _OF_A_MAIL.search(fields[0]) is not None


def read_answer(data: bytes) -> Answer:
    """The answer in the bytes of a mail: its text part, or its HTML as text; raises ``UnreadableInput``."""
    mail = read_mail(data)
    named = mail.find_header("X-Ticket-Id") or ""
    text = mail.text if mail.text.strip() or not mail.html else text_of_html(mail.html)
    return Answer(
        text=text if mail.subject == "" else f"Subject: {mail.subject}\n\n{text}",
        ticket_id=named if _TICKET_ID.fullmatch(named) else "",
        attachment_count=len(mail.attachments),
    )
