"""Takes a file of many mails (mbox, RFC 4155) apart; what each of them is remains to be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.errors import UnreadableInput

MOST_MAILS = 10_000

_BETWEEN = re.compile(
    rb"^From [^\r\n]{1,200}? \d{1,2}:\d{2}(?::\d{2})?(?: [^\r\n]{1,20})? \d{4}(?: [^\r\n]{1,20})?\r?\n", re.MULTILINE
)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


def is_mbox(data: bytes) -> bool:
    """True for a file that begins as an mbox does; a mail begins with a header, which has a colon."""
    return data.startswith(b"From ")


def mails_in(data: bytes) -> Iterator[bytes]:
    """The bytes of each mail, without the line between mails, and with ``>From`` unquoted once (mboxrd).

    A new mail begins only where that line has a time and a year, for not every program quotes. Raises
    ``UnreadableInput`` at the mail after ``MOST_MAILS``.
    """
    start = data.index(b"\n") + 1 if b"\n" in data else len(data)
    for count, found in enumerate(_BETWEEN.finditer(data, start)):
        if count + 1 >= MOST_MAILS:
            raise UnreadableInput(
                f"The file holds more than {MOST_MAILS:,} mails.", "Export the mail of the ticket alone."
            )
        yield _unquoted(data[start : found.start()])
        start = found.end()
    yield _unquoted(data[start:])


def _unquoted(mail: bytes) -> bytes:
    for blank in (b"\r\n\r\n", b"\n\n"):  # an mbox ends each mail with a blank line of its own
        if mail.endswith(blank):
            mail = mail[: -len(blank) // 2]
            break
    return _QUOTED.sub(rb"\1", mail)
