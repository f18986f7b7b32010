"""A mail from its bytes, without trust.

Whatever is wrong with a mail is noted as a defect, never an exception.
Parsed by the standard library's ``compat32`` policy, which is its parser's own, and decoded here: ``policy.default``
fails with exceptions of many kinds on hostile mail and on some that Microsoft's programs write, and to import
``email.policy`` takes longer than all else that a mail needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from typing import Any

from msgspec import Struct

from bundler.errors import UnreadableInput
from bundler.mail.decoding import FAILURES, decode_text, header_text, visible
from bundler.mail.guard import MAIL_LIMITS, MailLimits, refuse_hostile
from bundler.model import Header

_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}")
_HINT = "Ask the sender for the bundle itself (the .zip) and verify that."

File = tuple[str, str, bytes]
"""A name, a media type and the content. The name is the sender's: show it, never use it as a path."""


class Mail(Struct, frozen=True):
    """A mail as it arrived: decoded headers in their order, both bodies with LF line ends, the files byte by byte."""

    headers: tuple[Header, ...]
    subject: str
    to: str
    text: str
    html: str
    attachments: tuple[File, ...]
    defects: tuple[str, ...] = ()

    def find_header(self, name: str) -> str | None:
        """The first value of a header."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), None)


def read_mail(data: bytes, limits: MailLimits = MAIL_LIMITS) -> Mail:
    """The mail in ``data``; forwarded mails in it are opened three deep and their files listed with its own.

    Raises ``UnreadableInput``, and nothing else, for a mail beyond the limits or without any header.
    """
    return mail_of(parse_mail(data, limits), limits)


def parse_mail(data: bytes, limits: MailLimits = MAIL_LIMITS) -> Message[Any, Any]:
    """The parts of ``data`` as the standard library finds them, nothing decoded; raises as ``read_mail``."""
    refuse_hostile(data, limits)
    try:
        message = BytesParser().parsebytes(data)
    except FAILURES:
        raise UnreadableInput("The mail cannot be taken apart.", _HINT) from None
    if not message.keys():
        raise UnreadableInput("The file is not a mail: it has no header.", _HINT)
    return message


def mail_of(message: Message[Any, Any], limits: MailLimits = MAIL_LIMITS) -> Mail:
    """As ``read_mail``, of what ``parse_mail`` gave."""
    try:
        parts = list(_leaves(message, limits))
    except FAILURES:
        raise UnreadableInput("The mail cannot be taken apart.", _HINT) from None
    defects = [f"a part is malformed: {type(each).__name__}" for part in message.walk() for each in part.defects]
    texts: dict[str, str] = {}
    files: list[File] = []
    for part in parts:
        kind, name, content = _media_type(part), _file_name(part, defects), _content(part, defects)
        is_body = kind in ("text/plain", "text/html") and not name and _disposition(part) != "attachment"
        if is_body and kind not in texts:
            texts[kind] = _text(part, content, defects)
        else:
            files.append((name, kind, content))
    headers = tuple((name, header_text(value, defects)) for name, value in message.items())
    first = {name.lower(): value for name, value in reversed(headers)}
    return Mail(
        headers=headers,
        subject=first.get("subject", ""),
        to=first.get("to", ""),
        text=texts.get("text/plain", ""),
        html=texts.get("text/html", ""),
        attachments=tuple(files),
        defects=tuple(dict.fromkeys(defects)),
    )


def _leaves(message: Message[Any, Any], limits: MailLimits) -> Iterator[Message[Any, Any]]:
    """The parts that hold something, in their order; a list instead of recursion."""
    waiting: list[tuple[Message[Any, Any], int]] = [(message, 0)]
    seen_count = 0
    while waiting:
        part, depth = waiting.pop()
        seen_count += 1
        if seen_count > limits.parts:
            raise UnreadableInput(f"The mail has more than {limits.parts:,} parts.", _HINT)
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            deeper = depth + (part.get_content_maintype() == "message")
            if deeper > limits.nested_mails:
                raise UnreadableInput(f"The mail forwards mails more than {limits.nested_mails} deep.", _HINT)
            waiting += [(each, deeper) for each in reversed(inner) if isinstance(each, Message)]
        else:
            yield part


def _media_type(part: Message[Any, Any]) -> str:
    try:
        kind = part.get_content_type()
    except FAILURES:
        kind = ""
    return kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"


def _disposition(part: Message[Any, Any]) -> str:
    try:
        return part.get_content_disposition() or ""
    except FAILURES:
        return ""


def _file_name(part: Message[Any, Any], defects: list[str]) -> str:
    try:
        name = part.get_filename() or ""
    except FAILURES:
        defects.append("the name of a file cannot be decoded")
        return ""
    return visible(header_text(name, defects))


def _content(part: Message[Any, Any], defects: list[str]) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except FAILURES:
        content = None
    if not isinstance(content, bytes):
        defects.append("the content of a part cannot be decoded")
        return b""
    return content


def _text(part: Message[Any, Any], content: bytes, defects: list[str]) -> str:
    try:
        charset = str(part.get_content_charset("utf-8"))
    except FAILURES:
        charset = "utf-8"
    return decode_text(content, charset, defects).replace("\r\n", "\n").replace("\r", "\n")
