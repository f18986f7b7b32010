"""Reads how far the value after a name reaches: quoted at any depth of escaping, bare, in a list or an object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bundler.redact.quoting import OPENING, QUOTE
from bundler.redact.rule import Form

_OPEN = re.compile(rb"[ \t]{0,16}(?:[bBuUrR](?=\\{0,15}[\"']))?" + OPENING)
_BRACKET = re.compile(rb"[ \t\r\n]{0,64}[\[{]")
_GAP = re.compile(rb"[ \t]{0,16}+")
_BARE_JSON = re.compile(rb"[^\s,}\]\"'\\&;<>]++")
_WORD = re.compile(
    rb"(?:[^\s\"'`&,;|)}\]<>\\\x1b]|[,;)}\]](?![\s,;)}\]\"'\\]|\Z|[A-Za-z_][\w.\-]{0,40}[=:])|\\(?![\"'nrtu\\]|\Z))++",
)
_MORE_OF_PHRASE = re.compile(rb"(?:[ ](?![\w.\-]{1,40}(?:[ ]?[=:]|[\"']))[^\s\"'`&,;|<>(){}\[\]=\\]++)*+")
_OF_NAME = rb"(?:[^\s\"'`&,;|<>(){}\[\]=:\\]|(?<=[A-Za-z\x80-\xff])'(?=[A-Za-z\x80-\xff]))"  # O'Brien
_NO_NEXT_NAME = rb"(?![\w.\-\x80-\xff]{1,40}(?:[ ]?[=:]|[\"'](?![A-Za-z\x80-\xff])))"
_NAME = re.compile(_OF_NAME + rb"++(?:(?:[ ]&)?[ ]" + _NO_NEXT_NAME + rb"(?=[A-Z\x80-\xff])" + _OF_NAME + rb"++)*+")
_LINES = re.compile(_OF_NAME + rb"++(?:,?[ ]" + _NO_NEXT_NAME + _OF_NAME + rb"++)*+")
_NUMBER = re.compile(
    rb"\+?[0-9](?:[0-9]|(?:[ .+\-]|\xc2\xa0|\xe2\x80[\x80-\x91\xaf])(?=[0-9(])|\([0-9]{1,8}\)(?=[ 0-9])){0,24}+"
)
_MAIL = re.compile(rb"[^\s\"'`&,;|<>(){}\[\]=:\\]++")
_WHAT = rb"(?:secret|token|key|password|passphrase|value|name|id|here|number|string|credentials?)"
"""The last word where a text says what is to be filled in: ``<your client secret>``."""
_EMPTY = re.compile(
    rb"(?i:null|none|nil|undefined|unknown|string|true|false|nan|n/a|-|required|missing|\(null\)|<null>|<none>|\{\}|\[\]|"
    rb"\{\{[a-z0-9_. $-]{1,64}\}{0,2}|[$%#]\{{1,2}[a-z0-9_. -]{0,64}\}{0,2}|"
    rb"\(?(?:sensitive|known after apply|not set)(?: value)?\)?|"
    rb"<(?:[a-z]{2,20}[ _-]){0,5}" + _WHAT + rb">?|your[ _-](?:[a-z]{2,20}[ _-]){0,3}" + _WHAT + rb"|"
    rb"\$?(?:self|this|secrets|var|local|config|settings)(?:\.|->)[a-z_.>-]{0,80}" + _WHAT + rb";?)|"
    rb"Array|\$[A-Z]{2,20}(?:_[A-Z0-9]{1,20}){1,6}|%[A-Z]{2,20}(?:_[A-Z0-9]{1,20}){0,6}%|"
    rb"\$?(?:process\.env|os\.(?:environ|getenv)|System\.getenv|Environment\.Get[A-Za-z]{1,30}|config|settings|self|this)"
    rb"(?:(?<=\.env)\.|[\[(])[A-Za-z0-9_.>()\[\]'\"-]{0,80};?"
)
_MASKED = re.compile(
    rb"(?i:[0-9]{0,8}[ -]?(?:[x*#.]|\xe2\x80\xa2){2}(?:[x*#. -]|\xe2\x80\xa2){0,60}+[0-9]{0,4}|"
    rb"[\[<(]?(?:redacted|masked|hidden|filtered|removed|secret|private)>?)"
)
_TOKENS = re.compile(QUOTE + rb"|[\[{\]}]|-?[0-9][0-9.eE+-]*+")
_SHELL_QUOTE = re.compile(rb"'\\{1,15}''")
_CHANGED = re.compile(rb'" -> "')  # a plan of Terraform: the old value and the new
_AFTER_KEY = re.compile(rb"[ \t\r\n]{0,64}(?::|=>)")
_REACH = 16_384


class Value(NamedTuple):
    """Where a value stands.

    ``quote`` is what a bare JSON number needs around its replacement, ``is_quoted`` tells whether its end is certain.
    ``names`` are those of a value within an object, the nearest last. An empty value only tells how far was read.
    """

    start: int
    end: int
    quote: bytes = b""
    is_quoted: bool = False
    names: tuple[bytes, ...] = ()


def says_nothing(value: bytes) -> bool:
    """True for what holds no secret: empty, null and the like, only brackets, or masked by somebody before us."""
    if not value.strip(b"{}[](),:;\"' \t\\") or _EMPTY.fullmatch(value) is not None:
        return True
    inner = value.rstrip(b")}]")  # of what it stands in
    return len(value) <= 64 and (_EMPTY.fullmatch(inner) or _MASKED.fullmatch(inner)) is not None


def closing_quote(text: bytes, start: int, slashes: int, quote: bytes, limit: int) -> int:
    """Where the string ends that was opened behind ``slashes`` backslashes: the offset of its last quote's first one.

    A string in a string in a string is closed by the quote with as many backslashes as opened it; one with fewer ends
    an outer string, one with more stands within. So does an apostrophe between letters (``O'Brien``, escaped or not) or
    as a shell writes it (``O'\\''Brien``). Without an end the string reaches to ``limit``.
    """
    at = start
    while (found := text.find(quote, at, limit)) >= 0:
        if quote == b"'" and (within := _apostrophe_end(text, found, start)):
            at = within
            continue
        count = 0
        while found - count - 1 >= start and text[found - count - 1] == 92 and count < 64:
            count += 1
        depth = (slashes + 1).bit_length() - 1
        left = count
        while depth and left % 2:
            left, depth = (left - 1) // 2, depth - 1
        if left % 2 == 0:
            return found - min(count, slashes)
        at = found + 1
    return limit


def _apostrophe_end(text: bytes, at: int, start: int) -> int:
    """Where the apostrophe at ``at`` ends when it stands within a word, else 0."""
    if (written := _SHELL_QUOTE.match(text, at)) is not None:
        return written.end()
    before = text[max(start, at - 16) : at].rstrip(b"\\")
    is_within = before[-1:].isalpha() and text[at + 1 : at + 2].isalpha()
    return at + 1 if is_within else 0


def line_end(text: bytes, start: int) -> int:
    """Where the line ends that ``start`` is in."""
    found = text.find(b"\n", start)
    end = len(text) if found < 0 else found
    return end - 1 if end > start and text[end - 1] == 13 else end


def read(text: bytes, at: int, end_of_line: int, form: Form, key_quote: bytes) -> Iterator[Value]:
    """The values after a separator at ``at``: one, or each scalar of a list or an object that begins there."""
    if (opened := _OPEN.match(text, at)) is not None:
        start = opened.end()
        end = closing_quote(text, start, len(opened[1]), opened[2], end_of_line)
        yield Value(start, end, is_quoted=True)
        if (changed := _CHANGED.match(text, end)) is not None:
            yield Value(changed.end(), closing_quote(text, changed.end(), 0, b'"', end_of_line), is_quoted=True)
        return
    if (bracket := _BRACKET.match(text, at)) is not None:
        inner = list(_scalars(text, bracket.end() - 1, key_quote))
        if len(inner) > 1 or key_quote:
            yield from inner
            return
        at = bracket.end()  # "[value]" as Go and Java print lists
    gap = _GAP.match(text, at)
    start = gap.end() if gap is not None else at
    if key_quote:
        bare = _BARE_JSON.match(text, start)
        if bare is not None:
            yield Value(start, bare.end(), key_quote)
        return
    end = _bare_end(text, start, end_of_line, form, is_prose=start > at and _ends_name(text, at))
    if end > start:
        yield Value(start, end)


def _ends_name(text: bytes, at: int) -> bool:
    """True behind ``name:``, ``name =`` and ``name ->``, where blanks may stand in a value."""
    return text[at - 1 : at] == b":" or text[at - 2 : at] in (b" =", b"->")


def _bare_end(text: bytes, start: int, limit: int, form: Form, *, is_prose: bool) -> int:
    pattern = {"name": _NAME, "lines": _LINES, "digits": _NUMBER, "mail": _MAIL}.get(form, _WORD)
    found = pattern.match(text, start, limit)
    if found is None:
        return start
    if form == "phrase" and is_prose:
        more = _MORE_OF_PHRASE.match(text, found.end(), limit)
        return more.end() if more is not None else found.end()
    return found.end()


def _scalars(text: bytes, at: int, quote: bytes) -> Iterator[Value]:
    """Every string and number of the list or object at ``at`` that is a value, and at last how far was read."""
    path: list[bytes] = []
    name = b""
    limit = min(len(text), at + _REACH)
    while (found := _TOKENS.search(text, at, limit)) is not None:
        token = found[0]
        at = found.end()
        if token in (b"[", b"{"):
            path.append(name)
            name = b""
        elif token in (b"]", b"}"):
            path.pop()
            name = b""
            if not path:
                break
        elif token == b"'" and text[found.start() - 1 : found.start()].isalpha():
            continue  # an apostrophe
        elif token[-1] in b"\"'`":
            end = closing_quote(text, at, len(token) - 1, token[-1:], limit)
            if _AFTER_KEY.match(text, min(end + len(token), limit)) is not None:
                name, quote = text[at:end], token
            else:
                yield Value(at, end, is_quoted=True, names=_named(path, name))
                name = b""
            at = min(end + len(token), limit)
        else:
            if quote:
                yield Value(found.start(), found.end(), quote, names=_named(path, name))
            name = b""
    yield Value(at, at)


def _named(path: list[bytes], name: bytes) -> tuple[bytes, ...]:
    return tuple(step for step in (*path, name) if step)
