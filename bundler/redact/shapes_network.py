"""Finds where an address begins and ends around an anchor: of a machine, of a mailbox, the secret part of a URL."""

from __future__ import annotations

import re

from bundler.redact.befores import name_before
from bundler.redact.escape_forms import readable
from bundler.redact.shapes import Place, closes, goes_on_from_before, letters_behind_soft_break, opens

_BYTE = rb"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})"
_IPV4 = re.compile(rb"(?!0{1,3}\.|127\.|255\.)" + _BYTE + rb"(?:\." + _BYTE + rb"){3}(?![0-9A-Za-z_]|\.[0-9])")
"""A dotted quad that is no mask, not this very machine and not this very network."""
_VERSION_BEFORE = re.compile(
    rb"(?i:ver(?:sion)?|build|release|rev|dotnet|runtime|sdk)[\"'\\]{0,9}[ \t]{0,3}[:=]?[ \t]{0,3}[\"'\\]{0,9}v?$"
)
_OF_VERSIONS = re.compile(rb"ver|build|rel|rev|dotnet|runtime|sdk|&#|=[\n\r\\]")
"""Where none of these stands before an address, in lower case, it needs no closer look, which takes much longer."""
_PRODUCT_BEFORE = re.compile(rb"[A-Za-z_+-]/$")


def ipv4(text: bytes, start: int, _end: int) -> Place:
    """Around its first dot: a dotted quad that is no version, no mask and not this very machine."""
    before = text[max(0, start - 3) : start]
    first = start - len(before) + len(before.rstrip(b"0123456789"))
    found = _IPV4.match(text, first)
    if found is None or not opens(text, first):
        return None
    if first > 1 and text[first - 1] in b".-" and not (text[first - 1] == 45 and text[first - 2 : first - 1].isdigit()):
        return (
            None  # a longer row of numbers, or a file such as "client-1.2.3.4.jar"; a range "10.0.0.1-10.0.0.9" is fine
        )
    if first and text[first - 1] in b"\nn" and goes_on_from_before(text, first):
        return None
    before = text[max(0, first - 96) : first]
    begins_line = before[-1:] == b"\n" and before[-3:].strip() != b""  # behind an empty line it may be part of a form
    lowered = before.lower()
    if begins_line or not (lowered.endswith((b"/", b"%2f")) or _OF_VERSIONS.search(lowered)):
        return found.span()
    before = readable(before)
    if name_before(before).lower().endswith((b"version", b"build", b"release")):
        return None
    if _VERSION_BEFORE.search(before) or (
        _PRODUCT_BEFORE.search(before) and text[found.end() : found.end() + 1] != b":"
    ):
        return None
    return found.span()


_HEX = frozenset(b"0123456789abcdefABCDEF:")
_TAIL_IPV4 = re.compile(rb"(?:\.[0-9]{1,3}){3}(?![0-9.])")


def ipv6(text: bytes, start: int, end: int) -> Place:
    """All of an IPv6 address around two of its groups, but the loopback and the unspecified one."""
    if text[start : start + 1] == b":" and b":" in (text[start - 1 : start], text[end : end + 1]):
        return None
    first, last = start, end
    while first > 0 and first > start - 30 and text[first - 1] in _HEX:
        first -= 1
    while last < len(text) and last < end + 40 and text[last] in _HEX:
        last += 1
    if (tail := _TAIL_IPV4.match(text, last)) is not None:
        last = tail.end()
    while last > first and text[last - 1] == 58 and text[last - 2 : last] != b"::":
        last -= 1
    if text.count(b":", first, last) != 7 and text.find(b"::", first, last) < 0:
        return None
    if not (opens(text, first) and closes(text, last)) or last - first < 6:
        return None
    import ipaddress

    try:
        address = ipaddress.IPv6Address(text[first:last].decode("ascii"))
    except ValueError:
        return None
    return None if address.is_loopback or address.is_unspecified else (first, last)


def hardware_address(text: bytes, start: int, end: int) -> Place:
    """Six pairs of hexadecimal digits that are not part of a longer row, not all zero and not the broadcast address."""
    if not (opens(text, start) and closes(text, end)) or text[end : end + 1] in (b":", b"-"):
        return None
    if start > 0 and text[start - 1] in b":-":
        return None
    return (start, end) if len(set(digits_and_letters(text[start:end]))) > 1 else None


def digits_and_letters(value: bytes) -> bytes:
    """The value without its separators, in lower case."""
    return value.replace(b":", b"").replace(b"-", b"").lower()


_LOCAL = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-" + bytes(range(128, 256))
_DOMAIN = re.compile(rb"[A-Za-z0-9\x80-\xff](?:[A-Za-z0-9\x80-\xff-]|\.(?=[A-Za-z0-9\x80-\xff])){1,252}+")
_NAME_AT_END = re.compile(r"(?![.+-])[\w.+-]+\Z")
_NAME_AT_START = re.compile(r"\A[\w.-]+")
_FILE_ENDINGS = frozenset(b"png jpg jpeg gif svg webp css js ts map html json xml java py so dll".split())
_AUTHORITY = re.compile(rb"[^\s/?#\"'<>\\`]{1,512}+")


def mail_address(text: bytes, start: int, _end: int) -> Place:
    """Around an ``@``: a local part and a domain with a top level of letters, outside the user part of a URL."""
    end = start + 1
    before = text[max(0, start - 64) : start]
    local = before[len(before.rstrip(_LOCAL)) :].lstrip(b".-+")
    if not local.isascii():
        local = _letters_of(_NAME_AT_END, local)
    domain = _DOMAIN.match(text, end)
    if not local or domain is None:
        return None
    name = domain[0] if domain[0].isascii() else _letters_of(_NAME_AT_START, domain[0])
    name = name.rstrip(b"-.")
    top = name.rpartition(b".")[2] + letters_behind_soft_break(text, end + len(name))
    if b"." not in name or len(top) < 2 or not top.decode().isalpha() or top.lower() in _FILE_ENDINGS:
        return None
    first = start - len(local)
    ahead = text[max(0, first - 256) : first]
    scheme = ahead.rfind(b"://")
    if scheme >= 0 and _AUTHORITY.fullmatch(ahead[scheme + 3 :] + b"x"):
        return None
    return first, end + len(name)


def _letters_of(pattern: re.Pattern[str], value: bytes) -> bytes:
    """The part of ``value`` without what no name holds: a byte order mark, a quotation mark, a space that binds."""
    found = pattern.search(value.decode("utf-8", "surrogateescape"))
    return found[0].encode() if found is not None else b""


def url_password(text: bytes, start: int, _end: int) -> Place:
    """After ``://``: the password of ``user:password@host``, or a long user part that stands alone (a token)."""
    end = start + 3
    authority = _AUTHORITY.match(text, end)
    if authority is None or (at := authority[0].rfind(b"@")) < 1:
        return None
    user, colon, password = authority[0][:at].partition(b":")
    if colon:
        return (end + len(user) + 1, end + at) if password else None
    return (end, end + at) if len(user) >= 16 and any(48 <= byte <= 57 for byte in user) else None
