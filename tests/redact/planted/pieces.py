"""A text that knows which of its parts are secrets and which have to stay, however it is encoded later."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple
from urllib.parse import quote, quote_plus

from tests.benchmarks.corpus_lines import Draws

Role = Literal["", "secret", "kept", "decoy"]


class Piece(NamedTuple):
    """A part of a text: nothing special, a secret, an identifier that has to stay, or what only looks like a secret.

    ``plain`` is how it reads without any encoding.
    """

    text: str
    role: Role = ""
    plain: str = ""
    tag: str = ""


Pieces = tuple[Piece, ...]


def words(*parts: str | Piece | Iterable[Piece]) -> Pieces:
    """All the parts in a row; a bare text is nothing special."""
    found: list[Piece] = []
    for part in parts:
        if isinstance(part, str):
            found += [Piece(part)] if part else []
        elif isinstance(part, Piece):
            found.append(part)
        else:
            found += part
    return tuple(found)


def secret(text: str, tag: str = "") -> Piece:
    """What must not be left."""
    return Piece(text, "secret", text, tag)


def kept(text: str, tag: str = "") -> Piece:
    """What has to be left."""
    return Piece(text, "kept", text, tag)


def decoy(text: str, tag: str = "") -> Piece:
    """What looks like a secret and is none."""
    return Piece(text, "decoy", text, tag)


def plain(pieces: Pieces) -> str:
    """The text alone."""
    return "".join(piece.text for piece in pieces)


def encoded(pieces: Pieces, encode: Callable[[str], str]) -> Pieces:
    """The same parts, each written in another way."""
    return tuple(piece._replace(text=encode(piece.text)) for piece in pieces)


def joined(rows: Iterable[Pieces], separator: str) -> Pieces:
    """Rows with a separator between them."""
    found: list[Piece] = []
    for number, row in enumerate(rows):
        if number:
            found.append(Piece(separator))
        found += row
    return tuple(found)


def as_json(text: str) -> str:
    """Within a JSON string; other alphabets as they are."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def as_ascii_json(text: str) -> str:
    """Within a JSON string, ASCII only."""
    return json.dumps(text)[1:-1]


def as_percent(text: str) -> str:
    """Every special sign as ``%XX``, blanks too."""
    return quote(text, safe="", errors="surrogatepass")


def as_form(text: str) -> str:
    """As HTML forms send it, with ``+`` for blanks."""
    return quote_plus(text, safe="", errors="surrogatepass")


def as_html(text: str) -> str:
    """Within HTML or XML, with named entities."""
    return html.escape(text, quote=True)


def as_numeric_html(text: str) -> str:
    """Within HTML or XML, punctuation as decimal entities."""
    return "".join(
        sign if sign.isalnum() or sign in " ,._-:" or ord(sign) > 127 else f"&#{ord(sign)};" for sign in text
    )


def as_python(text: str) -> str:
    """Within single quotes of Python, whatever quotes are in it."""
    return repr(f'"{text}')[2:-1]


def as_shell_single(text: str) -> str:
    """Within single quotes of a shell."""
    return text.replace("'", "'\\''")


def as_shell_double(text: str) -> str:
    """Within double quotes of a shell."""
    return "".join(f"\\{sign}" if sign in '"\\$`' else sign for sign in text)


def as_quoted_printable(text: str) -> str:
    """RFC 2045 without soft line breaks: ``=`` and other alphabets as ``=XX``."""
    return "".join(
        sign if (32 <= ord(sign) < 127 and sign != "=") or sign in "\r\n\t" else _octets(sign) for sign in text
    )


def _octets(sign: str) -> str:
    return "".join(f"={octet:02X}" for octet in sign.encode("utf-8", "surrogatepass"))


def with_unicode_escapes(draws: Draws, share: int) -> Callable[[str], str]:
    """JSON strings in which one in ``share`` of the plain letters is an escape such as ``\\u0041`` too."""

    def encode(text: str) -> str:
        return "".join(
            f"\\u{ord(sign):04x}" if ord(sign) < 128 and draws.below(share) == 0 else as_json(sign) for sign in text
        )

    return encode


class Span(NamedTuple):
    """Where a part stands in the bytes of a document."""

    start: int
    end: int
    role: Role
    plain: str
    tag: str


class Document(NamedTuple):
    """Bytes, what is hidden in them and where, and how they came about."""

    name: str
    data: bytes
    spans: tuple[Span, ...]

    def of(self, *roles: Role) -> list[Span]:
        """The parts of these roles."""
        return [span for span in self.spans if span.role in roles]


def document(name: str, pieces: Pieces) -> Document:
    """The bytes of ``pieces`` in UTF-8; neighbours of one role that were one part stay apart."""
    chunks: list[bytes] = []
    spans: list[Span] = []
    at = 0
    for piece in pieces:
        chunk = piece.text.encode("utf-8", "surrogatepass")
        chunks.append(chunk)
        if piece.role and chunk:
            spans.append(Span(at, at + len(chunk), piece.role, piece.plain, piece.tag))
        at += len(chunk)
    return Document(name, b"".join(chunks), tuple(spans))
