"""The header of a mail as we write it, taken apart into its fields."""

from __future__ import annotations

import re
from email.utils import getaddresses

from bundler.errors import UnreadableInput

Fields = list[tuple[str, bytes]]
"""Each by its lower-case name, whole with its line end, in their order."""

_FIELD = re.compile(rb"([!-9;-~]+):((?:[^\r\n]|\r\n[ \t])*)\r\n")


def take_apart(mail: bytes) -> tuple[Fields, bytes]:
    """The fields of the header, and everything below the blank line.

    Raises ``UnreadableInput`` for a mail that is not as we write it, with CRLF line ends.
    """
    above, blank, body = mail.partition(b"\r\n\r\n")
    fields: Fields = []
    position, above = 0, above + b"\r\n"
    while found := _FIELD.match(above, position):
        fields.append((found[1].decode().lower(), found[0]))
        position = found.end()
    is_crlf = body.count(b"\n") == body.count(b"\r\n") == body.count(b"\r")
    if not blank or position != len(above) or not is_crlf:
        raise UnreadableInput(
            "The file is not a draft as we write it: its header or its line ends are not.",
            "Make it again with `ticket-bundler create`.",
        )
    return fields, body


def people_of(mail: bytes) -> dict[str, tuple[str, ...]]:
    """The addresses in ``to``, ``cc`` and ``bcc``, without names; raises as ``take_apart``."""
    people: dict[str, tuple[str, ...]] = {"to": (), "cc": (), "bcc": ()}
    for name, field in take_apart(mail)[0]:
        if name in people:
            written = field.decode("utf-8", "replace").partition(":")[2].replace("\r\n", "")
            people[name] += tuple(address for _, address in getaddresses([written]))
    return people
