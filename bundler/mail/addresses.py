"""Mail addresses as people write them, and as a header may hold them (RFC 5322 section 3.4, RFC 2047)."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator

from bundler.errors import MisuseError
from bundler.mail.letter import Sender

PLAIN = re.compile(r"(?!-)[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""An address of ASCII; none begins with a hyphen, for programs would take it for one of their options."""
_ANY_LETTERS = re.compile(r"(?!-)[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,255}")

_NAME_LIMIT = 200
_BARE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LONGEST_QUOTED = 60
_WORD_SIZE = (
    39  # bytes; as an encoded word 64 characters, which fit behind "Reply-To: " into a line (RFC 2047 section 2)
)
_LINE = 76
_JOINERS = {"\u200c", "\u200d"}  # part of names in Persian and in languages of India


def mailbox(written: str) -> Sender:
    """The address, and the name if any, in ``dev@example.com`` or ``Doe, Jane <jane@example.com>``.

    Raises ``MisuseError`` for what is not exactly one address, and for a name that no header may hold.
    """
    text = written.strip(" \t")
    name, opened, rest = text.rpartition("<")
    address = rest.removesuffix(">") if opened and rest.endswith(">") else text
    name = name.strip(" \t")
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return checked(Sender(address, name))


def checked(sender: Sender) -> Sender:
    """``sender`` itself, when a header may hold it; raises ``MisuseError`` when not."""
    if not is_address(sender.address):
        raise MisuseError(
            f"{_shown(sender.address)} is not a mail address.",
            "Write each as name@example.com or Name <name@example.com>, one at a time.",
        )
    if len(sender.name) > _NAME_LIMIT or not all(each.isprintable() or each in _JOINERS for each in sender.name):
        raise MisuseError(
            f"The name beside {sender.address} is not one line of at most {_NAME_LIMIT} visible characters.",
            "Shorten it, and leave out line ends and control characters.",
        )
    return sender


def is_address(text: str) -> bool:
    """True for exactly one address without a name: nothing in it ends a line, an argument or an SMTP command."""
    return bool(PLAIN.fullmatch(text)) or is_international(text)


def is_international(address: str) -> bool:
    """True for an address with letters beyond ASCII, which only a server with SMTPUTF8 takes (RFC 6531)."""
    return not address.isascii() and address.isprintable() and bool(_ANY_LETTERS.fullmatch(address))


def header_field(name: str, people: Iterable[Sender]) -> bytes:
    """The whole header field with its line end: ``From: Åse <ase@example.com>``, encoded, folded at 76 characters.

    ASCII, but for international addresses, which stand as UTF-8 (RFC 6532).
    """
    lines = [f"{name}:"]
    for token in _tokens(list(people)):
        if len(lines[-1]) + 1 + len(token) > _LINE and not lines[-1].endswith(":"):
            lines.append("")
        lines[-1] += f" {token}"
    return "\r\n".join(lines).encode() + b"\r\n"


def _tokens(people: list[Sender]) -> Iterator[str]:
    """What lines may be broken between."""
    for number, person in enumerate(people, start=1):
        comma = "," if number < len(people) else ""
        if person.name:
            yield from _name(person.name)
            yield f"<{person.address}>{comma}"
        else:
            yield f"{person.address}{comma}"


def _name(name: str) -> Iterator[str]:
    if name.isascii() and "=?" not in name and len(name) <= _LONGEST_QUOTED:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        yield name if _BARE.fullmatch(name) else f'"{quoted}"'
        return
    piece = ""
    for word in re.split("(?<= )", name):  # some readers put a blank between two encoded words, where none belongs
        for part in [word] if len(word.encode()) <= _WORD_SIZE else word:
            if len((piece + part).encode()) > _WORD_SIZE:
                yield _word(piece)
                piece = ""
            piece += part
    yield _word(piece)


def _word(text: str) -> str:
    return f"=?utf-8?b?{b64encode(text.encode()).decode()}?="


def _shown(address: str) -> str:
    return repr(address if len(address) <= 60 else f"{address[:57]}...")
