"""Finds private keys in the files that programs keep them in, whole or as members of an object."""

from __future__ import annotations

import re

from bundler.redact.proofs import decode_base64
from bundler.redact.shapes import Place

_PUTTY = re.compile(
    rb"Private-Lines: ?[0-9]{1,4}(?:\r?\n|(?:\\{1,15}r)?\\{1,15}n)"
    rb"((?:[A-Za-z0-9+/=]{1,80}+(?=[\r\n\"'`\\<]|\Z)(?:\r?\n|(?:\\{1,15}r)?\\{1,15}n)?){1,400})"
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
