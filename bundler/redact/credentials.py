"""Reads what stands in Authorization and Cookie: which parts are secret, and which tell what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.redact.quoting import OPENING, QUOTE
from bundler.redact.values import Value, closing_quote, says_nothing

_OPEN = re.compile(rb"[ \t]{0,16}(?:[\[(]{0,2})(?:b(?=\\{0,15}[\"']))?" + OPENING)
_START = re.compile(rb"[ \t\[(]{0,16}+")
_SCHEME = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,30}(?:(?<=[bB]earer):)?)(?:[ \t+]|%20){1,8}+(?=[^\s\"'])")
_KNOWN_SCHEMES = re.compile(
    rb"(?i:bearer:?|basic|token|digest|apikey|api-key|hmac.*|aws4?.*|oauth|negotiate|ntlm|key|jwt|signature|dpop|hawk|"
    rb"sharedkey.*|sharedaccesssignature|psk|ssws|bot|gcs|vapid|splunk|sso-key|epay|qg|privatetoken|client-?secret)"
)
_SECRET_NAME = (
    rb"(?i:\b(?:signature|sig|mac|hmac|response|oauth_token|oauth_signature|token|key|secret|password)[ ]?=[ ]?)"
    rb"(?:" + QUOTE + rb")?"
)
_SIGNS = rb"(?:[^\s\"'`,&;\\]|\\{1,15}+/)++"
_SECRET_PARAMETER = re.compile(_SECRET_NAME + rb"(" + _SIGNS + rb")")
_DELIMITED_PARAMETER = re.compile(
    _SECRET_NAME + rb"(" + _SIGNS + rb"(?:[ ](?![A-Za-z][\w-]{0,40}=[^\s\"'`=])" + _SIGNS + rb")*+)"
)
"""A blank may be the plus sign of a Base64 value, in a line that was read as a form."""
_WITH_PARAMETERS = re.compile(rb"(?i:digest|oauth|hawk|signature|vapid)")
_PARAMETERS = re.compile(
    rb"(?:[ ,]{0,4}[A-Za-z][A-Za-z0-9_-]{1,40}="
    rb"(?:\\{0,31}([\"'`])[^\"'`\\\r\n]{0,1024}+\\{0,31}\1|[^\s\"'`,;&\\]{1,1024}+))++"
)
_TOKEN = re.compile(rb"(?:[^\s\"'`,;<>\\\])}&|]|[&|](?![ +]?[\w.\-]{1,40}[=:]))++")
_OPAQUE = rb"(?:[^\s\"'`<>\\(){}\[\]&,;|]|[&,;|](?![ +]?[\w.\-]{1,40}[=:]))++"
_WORDS = re.compile(_OPAQUE + rb"(?:[ ](?![\w.\-]{1,40}[=:\"'])" + _OPAQUE + rb")*+")
_COOKIE = re.compile(
    rb"[ \t]{0,4}([^\s=;,\"'`\\<>]{1,128}+)=(\"[^\"\r\n\\]*\"|(?:[^;,\r\n\"'`\\\s]|,(?![ ]?[^\s=;,]{1,80}=))*+)"
)
_NEXT_COOKIE = re.compile(rb"[ \t]{0,4}(?:;[ \t]{0,4}\r?\n[ \t]|[;,\n])[ \t]{0,4}")
_FLAG = re.compile(rb"(?i:secure|httponly|partitioned)(?=[;,\s]|\Z)")
_DATE = re.compile(rb"[^;\"'\r\n\\]{0,40}")
_LONGEST_PARAMETERS = 16 * 1024
"""So far behind a scheme its parameters are looked for where nothing tells their end: a line may be endless."""
_ATTRIBUTES = frozenset(b"path domain expires max-age samesite priority version comment".split())


def _region(text: bytes, at: int, limit: int) -> tuple[int, int, bool]:
    """Where the value may stand: within the quotes that open at ``at``, or up to the end of the line."""
    if (opened := _OPEN.match(text, at)) is not None:
        return opened.end(), closing_quote(text, opened.end(), len(opened[1]), opened[2], limit), True
    blank = _START.match(text, at)
    return (blank.end() if blank is not None else at), limit, False


def authorization_values(text: bytes, at: int, limit: int, *, whole: bool = False) -> Iterator[Value]:
    """The secret parts of an Authorization value that begins at ``at``: the scheme and signed header names stay.

    ``whole`` says that all up to ``limit`` is the value, as in a header of an exchange.
    """
    start, end, quoted = _region(text, at, limit)
    is_delimited = quoted or whole
    scheme = _SCHEME.match(text, start, end)
    if scheme is not None and (
        _KNOWN_SCHEMES.fullmatch(scheme[1])
        or (is_delimited and scheme[1].isalpha() and b" " not in text[scheme.end() : end].strip())
    ):
        start = scheme.end()
        if (doubled := _SCHEME.match(text, start, end)) is not None and doubled[1].lower() == scheme[1].lower():
            start = doubled.end()  # a mistake that support has to see
        if quoted and _WITH_PARAMETERS.fullmatch(scheme[1]) and (listed := _PARAMETERS.match(text, start, limit)):
            end = max(end, listed.end())  # the quotes of the parameters were taken for the end
        near = end if is_delimited else min(end, start + _LONGEST_PARAMETERS)
        parameter = _DELIMITED_PARAMETER if is_delimited else _SECRET_PARAMETER
        parameters = list(parameter.finditer(text, start, near))
        if parameters:
            yield from (Value(*found.span(1), is_quoted=True) for found in parameters)
            return
        found = None if is_delimited else _TOKEN.match(text, start, end)
    else:
        found = None if is_delimited else _WORDS.match(text, start, end)
    if is_delimited:
        stripped = text[start:end].rstrip()
        if not says_nothing(stripped) and not _KNOWN_SCHEMES.fullmatch(stripped):
            yield Value(start, start + len(stripped), is_quoted=True)
    elif found is not None and not _KNOWN_SCHEMES.fullmatch(found[0]) and not says_nothing(found[0]):
        yield Value(*found.span(), is_quoted=True)


def cookie_values(text: bytes, at: int, limit: int, *, whole: bool = False) -> Iterator[Value]:
    """The value of each cookie of a Cookie or Set-Cookie header; attributes such as Path and Expires stay."""
    start, end, quoted = _region(text, at, limit)
    at, seen = start, False
    while at < end:
        if (flag := _FLAG.match(text, at, end)) is not None:
            at = flag.end()
        elif (pair := _COOKIE.match(text, at, end)) is not None:
            at, seen = pair.end(), True
            if pair[1].lower() not in _ATTRIBUTES:
                yield Value(*pair.span(2), is_quoted=True)
            elif pair[1].lower() == b"expires" and (date := _DATE.match(text, pair.start(2), end)) is not None:
                at = max(at, date.end())
        if (following := _NEXT_COOKIE.match(text, at, end)) is None:
            break
        at = following.end()
    if whole or quoted:
        rest = text[at:end].strip()
        if rest and not says_nothing(rest):
            first = end - len(text[at:end].lstrip())
            yield Value(first, first + len(rest), is_quoted=True)
    elif not seen and (lone := _TOKEN.match(text, start, end)) is not None and len(lone[0]) >= 12:
        yield Value(*lone.span(), is_quoted=True)
