"""What holds for every letter before a server or a program gets it: addresses that are some, lines that are whole."""

from __future__ import annotations

from bundler.errors import MisuseError
from bundler.mail.addresses import checked
from bundler.mail.letter import Letter, Sender


def check_envelope(letter: Letter) -> None:
    """Raises ``MisuseError`` for a letter without recipients or with an address that is none.

    So nobody's address ends a command and begins another, and none is taken for an option of a program. ``ValueError``
    is for letters that are not to be sent, or whose line ends are not CRLF: a mistake of ours, and a lone CR or LF
    could end a mail early at one server and not at the next.
    """
    data = letter.data
    ends = data.count(b"\r\n")
    if letter.manner != "send" or not data.endswith(b"\r\n") or not ends == data.count(b"\n") == data.count(b"\r"):
        raise ValueError("only a letter to be sent, with CRLF line ends, is handed over")
    if not letter.recipients:
        raise MisuseError("The mail has no recipient.", "Name one: --to ADDRESS")
    for each in (letter.sender, *letter.recipients):
        checked(Sender(each))
