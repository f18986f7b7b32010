"""Judges what redaction made of a document: secrets gone, however one decodes what is left; all else as it was."""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import json
import re
import urllib.parse
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from bundler.providers.profile import Profile
from bundler.redact import Mark, mask_text, redact, scrub
from tests.redact.planted.pieces import Document, Span
from tests.redact.planted.tickets import ticket

_ENCODED_RUN = re.compile(rb"[A-Za-z0-9+/_-]{8,}={0,2}")
_JSON_ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL)
_SOFT_BREAK = re.compile(rb"=\r?\n")
_OCTET = re.compile(rb"=([0-9A-F]{2})")
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
_SIMPLE = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_NOTHING = re.compile(rb"[^0-9A-Za-z\x80-\xff]*")


class Miss(NamedTuple):
    """One thing that went wrong. ``what`` is leak, decoy, protected or broken."""

    what: str
    tag: str
    document: str
    channel: str
    excerpt: bytes
    became: bytes

    def __str__(self) -> str:
        return f"{self.what} {self.tag} [{self.document}, {self.channel}]\n    {self.excerpt!r}\n -> {self.became!r}"


def _unescaped(data: bytes) -> bytes:
    def plain(found: re.Match[bytes]) -> bytes:
        if found[1] is not None:
            return chr(int(found[1], 16)).encode("utf-8", "surrogatepass")
        return _SIMPLE.get(found[2], found[2])

    return _JSON_ESCAPE.sub(plain, data)


def _without_entities(data: bytes) -> bytes:
    return html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogatepass")


def _without_quoted_printable(data: bytes) -> bytes:
    return _OCTET.sub(lambda found: bytes((int(found[1], 16),)), _SOFT_BREAK.sub(b"", data))


_DECODERS: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (b"%", urllib.parse.unquote_to_bytes),
    (b"+", lambda data: data.replace(b"+", b" ")),
    (b"&", _without_entities),
    (b"\\", _unescaped),
    (b"=", _without_quoted_printable),
    (b"\x1b", lambda data: _COLOUR.sub(b"", data)),
)


def readings(data: bytes, depth: int = 4) -> set[bytes]:
    """The data in every way in which somebody could decode it, with what stands in Base64 and in gzip."""
    seen, fresh = {data}, {data}
    for _ in range(depth):
        found: set[bytes] = set()
        for each in fresh:
            found |= {decode(each) for sign, decode in _DECODERS if sign in each}
        fresh = found - seen
        seen |= fresh
        if not fresh or len(seen) > 200:
            break
    for each in tuple(seen):
        seen |= set(_unpacked(each))
    return seen


def _unpacked(data: bytes) -> Iterator[bytes]:
    for found in _ENCODED_RUN.finditer(data):
        run = found[0].rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for skip in range(4):
            part = run[skip:]
            try:
                yield base64.b64decode(part[: len(part) // 4 * 4])
            except (binascii.Error, ValueError):
                continue
    if data.startswith(b"\x1f\x8b"):
        try:
            yield gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return


def fragments(span: Span) -> list[bytes]:
    """What must not be left of a secret: every stretch of half its length, or all of a short one."""
    value = span.plain.encode("utf-8", "surrogatepass")
    if len(value) < 10:
        return [value]
    size = max(6, (len(value) + 1) // 2)
    return [value[at : at + size] for at in range(len(value) - size + 1)]


def _stands_in(value: bytes, text: bytes, *, is_whole: bool) -> bool:
    """A stretch of a long value counts anywhere, a short value where nothing goes on beside it."""
    if value not in text:
        return False
    return (
        not is_whole
        or re.search(rb"(?<![0-9A-Za-z\x80-\xff])" + re.escape(value) + rb"(?![0-9A-Za-z\x80-\xff])", text) is not None
    )


def _without_secrets(document: Document) -> bytes:
    rest = bytearray(document.data)
    for span in document.of("secret"):
        rest[span.start : span.end] = bytes(span.end - span.start)
    return bytes(rest)


def leaks(document: Document, outcome: bytes, channel: str) -> list[Miss]:
    """Secrets of which too much can be read in ``outcome``, and do not stand in the rest of the document anyway."""
    around = b"\0".join(readings(_without_secrets(document)))
    left = b"\0".join(readings(outcome))
    return [
        Miss("leak", span.tag, document.name, channel, document.data, outcome)
        for span in document.of("secret")
        if _is_left(span, left, around)
    ]


def _is_left(span: Span, left: bytes, around: bytes) -> bool:
    parts = fragments(span)
    is_whole = len(parts) == 1
    return any(
        _stands_in(part, left, is_whole=is_whole) and not _stands_in(part, around, is_whole=is_whole) for part in parts
    )


def losses(document: Document, outcome: bytes, channel: str) -> list[Miss]:
    """Identifiers and decoys that do not stand in ``outcome`` as often as in the document, byte for byte.

    Two or three digits may also be a part of a cookie's ``Expires``, which goes with it: their place alone is judged.
    """
    found: list[Miss] = []
    rest = _without_secrets(document)
    for span in document.of("kept", "decoy"):
        written = document.data[span.start : span.end]
        if len(written) > 3 and outcome.count(written) < rest.count(written):
            what = "protected" if span.role == "kept" else "decoy"
            found.append(Miss(what, f"{span.tag} {span.plain}", document.name, channel, document.data, outcome))
    return found


def _judged_by_place(document: Document, marks: list[Mark], outcome: bytes) -> list[Miss]:
    found: list[Miss] = []
    covered = bytearray(len(document.data))
    for mark in marks:
        covered[mark.start : mark.end] = b"\1" * (mark.end - mark.start)
    for span in document.spans:
        inside = covered[span.start : span.end]
        if span.role == "secret":
            bare = bytes(
                byte for byte, is_gone in zip(document.data[span.start : span.end], inside, strict=True) if not is_gone
            )
            if all(_NOTHING.fullmatch(each) is None for each in readings(bare)):
                found.append(Miss("leak", span.tag, document.name, "scrub, place", document.data, outcome))
        elif any(inside):
            what = "protected" if span.role == "kept" else "decoy"
            found.append(Miss(what, f"{span.tag} {span.plain}", document.name, "scrub, place", document.data, outcome))
    return found


def scrubbed(source: BinaryIO, profile: Profile) -> tuple[bytes, list[Mark]]:
    """What the filter writes and what it reports."""
    marks: list[Mark] = []
    sink = io.BytesIO()
    scrub(source, sink, profile, marks.append)
    return sink.getvalue(), marks


def by_place(document: Document, profile: Profile, source: BinaryIO | None = None) -> list[Miss]:
    """Judged by the filter and its report alone: which bytes were replaced, and that the report tells the truth."""
    outcome, marks = scrubbed(source or io.BytesIO(document.data), profile)
    pieces, at = [], 0
    for mark in marks:
        pieces += [document.data[at : mark.start], mark.placeholder.encode()]
        at = mark.end
    if b"".join([*pieces, document.data[at:]]) != outcome:
        return [Miss("broken", "report", document.name, "scrub, report", b"", b"")]
    return [miss._replace(excerpt=b"", became=b"") for miss in _judged_by_place(document, marks, outcome)]


def through_filter(document: Document, profile: Profile) -> list[Miss]:
    """Judged by the filter: by the place of every byte, and by what can be read."""
    outcome, marks = scrubbed(io.BytesIO(document.data), profile)
    found = _judged_by_place(document, marks, outcome)
    return found or [*leaks(document, outcome, "scrub"), *losses(document, outcome, "scrub")]


def through_text(document: Document, profile: Profile) -> list[Miss]:
    """Judged by ``mask_text``."""
    outcome = mask_text(document.data.decode("utf-8", "surrogatepass"), profile).encode("utf-8", "surrogatepass")
    return [*leaks(document, outcome, "mask_text"), *losses(document, outcome, "mask_text")]


def through_ticket(document: Document, profile: Profile, encoding: str = "utf-8") -> list[Miss]:
    """Judged by ``redact``: the document as a log excerpt, as a request's body and as what the user says."""
    text = document.data.decode("utf-8", "surrogatepass")
    mark = "" if encoding in ("utf-8", "utf-16") else "\ufeff"
    data = f"{mark}{text}".encode(encoding, "surrogatepass")
    safe, _ = redact(ticket(profile.slug, event=text, body=document.data, log=data), profile)
    request = safe.exchanges[0].request
    assert request is not None
    outcomes = {
        "ticket, event": (safe.event or "").encode("utf-8", "surrogatepass"),
        "ticket, body": request.body,
        "ticket, log": safe.logs[0].data.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass"),
    }
    return [
        miss
        for name, outcome in outcomes.items()
        for miss in (*leaks(document, outcome, name), *losses(document, outcome, name))
    ]


def is_json(text: str) -> bool:
    """True for one JSON value."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
