"""Finds private keys in the files that programs keep them in, whole or as members of an object."""

from __future__ import annotations

import re

from bundler.redact.proofs import decode_base64
from bundler.redact.quoting import LINE_BREAK
from bundler.redact.shapes import Place

_PEM_LINE = re.compile(rb"[A-Za-z0-9+/=]{16}")
"""In every key; what only stands between two of its lines, in a table of a report, has none."""
_PEM_BODY = re.compile(rb"(?:[A-Za-z0-9+/=:,. \t\r\n]|\\[nr])*+")
_PUTTY = re.compile(
    rb"Private-Lines: ?[0-9]{1,4}"
    + LINE_BREAK
    + rb"((?:[A-Za-z0-9+/=]{1,80}+(?=[\r\n\"'`\\<]|\Z)"
    + LINE_BREAK
    + rb"?){1,400})"
)
_BREAK_AT_END = re.compile(rb"(?:[\r\n]|\\{1,15}[rn])+\Z")
_SSH2 = re.compile(rb"---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----")
_SSH2_END = b"---- END SSH2"
_FORM = re.compile(rb"-----BEGIN\+(?:[A-Z0-9]{1,12}\+){0,2}PRIVATE\+KEY(?:\+BLOCK)?-----")
_LONGEST = 16_384
_MEMBER = re.compile(
    rb"[\"'`](?:d|p|q|dp|dq|qi|k)\\{0,15}[\"'`][ \t\r\n]{0,16}:[ \t\r\n]{0,16}\\{0,15}[\"'`]([A-Za-z0-9_-]{16,8192}+)"
)
_REACH = 6144


def private_key(text: bytes, start: int, end: int) -> Place:
    """All between the BEGIN and END lines of a private key (RFC 7468); without END, as far as it looks like Base64."""
    if b"-----BEGIN " not in text[max(0, start - 32) : start]:
        return None
    dashes = text.find(b"-----", end, end + 16)
    if dashes < 0:
        return None
    first = dashes + 5
    last = text.find(b"-----END", first, first + _LONGEST)
    if last < 0:
        body = _PEM_BODY.match(text, first, first + _LONGEST)
        last = body.end() if body is not None else first
    return (first, last) if _PEM_LINE.search(text, first, last) is not None else None


def putty_lines(text: bytes, start: int, _end: int) -> Place:
    """The lines behind ``Private-Lines:`` in a key file of PuTTY (PuTTY manual, appendix C)."""
    found = _PUTTY.match(text, start)
    if found is None:
        return None
    return found.start(1), found.start(1) + len(_BREAK_AT_END.sub(b"", found[1]))


def ssh2_block(text: bytes, start: int, _end: int) -> Place:
    """All between the BEGIN and END lines of the older private keys of SSH (RFC 4716 has the public ones)."""
    found = _SSH2.match(text, start)
    if found is None:
        return None
    last = text.find(_SSH2_END, found.end(), found.end() + _LONGEST)
    return (found.end(), last) if last > found.end() else None


def form_block(text: bytes, start: int, _end: int) -> Place:
    """The same as in PEM, where a form writes ``+`` for blanks: all between the BEGIN and END lines (RFC 7468)."""
    found = _FORM.match(text, start)
    if found is None:
        return None
    last = text.find(b"-----END", found.end(), found.end() + _LONGEST)
    return (found.end(), last) if last > found.end() else None


def private_members(text: bytes, start: int, end: int) -> Place:
    """Around ``kty``: from the first to the last private member of a JSON web key (RFC 7518 section 6)."""
    first = text.rfind(b"{", max(0, start - _REACH), start)
    if first < 0 or text.find(b"kty", first, start) >= 0:
        return None  # each object is read once, at its first
    last = text.find(b"}", end, end + _REACH)
    if last < 0:
        last = text.find(b"{", end, end + _REACH)
    members = list(_MEMBER.finditer(text, first, last if last >= 0 else min(len(text), end + _REACH)))
    return (members[0].start(1), members[-1].end(1)) if members else None


def is_encoded_private_key(value: bytes) -> bool:
    """Base64 of a PEM file that begins with a private key."""
    plain = decode_base64(value[:64])
    return plain is not None and b"PRIVATE KEY" in plain
