"""The header of a mail as we write it, taken apart into its fields."""

from __future__ import annotations

import re

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
