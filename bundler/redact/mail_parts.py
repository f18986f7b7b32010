"""Takes the files out of a mail that are in it as Base64; the rest of it is text and is read as it stands."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

_HEADERS = re.compile(rb"(?:\A|\n)(?i:from|to|subject|date|received|mime-version|content-type|message-id):[ \t]")
_FIELDS = re.compile(rb"(?:[!-9;-~]{1,80}:[^\n]*\n(?:[ \t][^\n]*\n)*)++\r?(?:\n|\Z)")
_BASE64 = re.compile(rb"\ncontent-transfer-encoding:[ \t]*base64[ \t]*\r?\n", re.IGNORECASE)
_HEAD_END = re.compile(rb"\n\r?\n")
_NAME = re.compile(rb"name=\"?([A-Za-z0-9][A-Za-z0-9._ -]{0,79})")
_BLANKS = b" \t\r\n"
_BODY = re.compile(rb"[A-Za-z0-9+/= \t\r\n]*+")


class MailFile(NamedTuple):
    """A file in a mail: its name, or its number, and its content."""

    name: str
    data: bytes


def is_mail(head: bytes) -> bool:
    """True for what begins like a mail: header fields up to a blank line, one of which every mail has (RFC 5322)."""
    fields = _FIELDS.match(head[:65_536])
    return fields is not None and _HEADERS.search(fields[0]) is not None


def take_apart(mail: bytes) -> tuple[bytes, list[MailFile]]:
    """The text of a mail, all lines where they were, and the files in it.

    A file is what stands under ``Content-Transfer-Encoding: base64`` and is nothing but that; anything else stays in
    the text, so that no part of the mail is in neither of the two.
    """
    pieces: list[bytes] = []
    files: list[MailFile] = []
    at = 0
    while (found := _BASE64.search(mail, at)) is not None:
        head_end = _HEAD_END.search(mail, found.end() - 1)
        if head_end is None:
            break
        start = head_end.end()
        end = _end_of_base64(mail, start)
        body = mail[start:end]
        try:
            is_all = end == len(mail) or mail.startswith(b"--", end)
            data = binascii.a2b_base64(body.translate(None, _BLANKS), strict_mode=True) if is_all else None
        except binascii.Error:
            data = None
        if data is None:
            pieces.append(mail[at:start])
            at = start
            continue
        border = found.start()
        head_start = max(mail.rfind(b"\n\n", at, border), mail.rfind(b"\n\r\n", at, border), at)
        name = _NAME.search(mail, head_start, start)
        files.append(MailFile(name[1].decode() if name is not None else f"file {len(files) + 1}", data))
        pieces += (mail[at:start], b"\n" * body.count(b"\n"))
        at = start + len(body)
    return b"".join([*pieces, mail[at:]]), files


def _end_of_base64(mail: bytes, start: int) -> int:
    found = _BODY.match(mail, start)
    return found.end() if found is not None else start
