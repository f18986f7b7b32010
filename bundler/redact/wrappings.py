"""Finds where a value begins and ends that a program or a file wraps: in a type, a call, a block of lines."""

from __future__ import annotations

import re

from bundler.redact.quoting import QUOTE
from bundler.redact.values import closing_quote, line_end

_OF_PHP = rb"(?:\"?[A-Za-z0-9_\\]{1,120}\"?:)?(?:protected|private)\][ ]?=>"
"""``["pin":protected]=>`` and ``[pin:App\\User:private] =>``: who may see a property stands behind its name."""
_ARRAY = rb"[ \t\r\n]{1,64}array\([0-9]{1,9}\) \{[ \t\r\n]{1,64}\[0\]=>"
_DUMPED = rb"(?:" + _ARRAY + rb")?[ \t\r\n]{1,64}(?:string\([0-9]{1,9}\) (?=\")|(?:int|float)\((?=[0-9]))"
_LISTED = rb"[ \t\r\n]{1,64}[Aa]rray[ \t\r\n]{0,64}\([ \t\r\n]{1,64}(?:\[0\]|0) =>[ ]"
"""What ``var_dump``, ``print_r`` and ``var_export`` print of a list, up to its first element."""
_CALLED = (
    rb"(?:(?:new |await )?\$?[A-Za-z_][A-Za-z0-9_]{0,40}(?:(?:\.|::|->)[A-Za-z_][A-Za-z0-9_]{0,40}){0,3}"
    rb"(?:<[A-Za-z0-9_, ]{1,40}>)?[({\[]){1,3}(?:[0-9]{1,3},[ ]?)?"
)
"""``Some("…")``, ``Secret::New("…")``, ``BinData(0, "…")``, ``os.getenv("…")``, ``response["…"]``."""
_MAYBE = rb"(?:(?:Some|Just|Optional|Present|Right|Ok)[(\[{][ \t\r\n]{0,64}){1,3}(?=[^\s\"'`()\[\]{}])"
_OVER_LINES = rb"(?:[A-Z][A-Za-z0-9_]{0,40}[(\[{][ \t\r\n]{1,64}){1,3}(?=" + QUOTE + rb")"
_LABELLED = (
    rb"[A-Z][A-Za-z0-9_.]{0,60}[ ]?[({][ \t\r\n]{0,64}(?i:value|data|inner|_value|raw|secret)[ ]?[:=][ ]?"
    rb"(?=[^\s()\[\]{}])"
)
"""``RefCell { value: "…" }``, ``Password(value=…)``."""
_SLICE = rb"\[\][A-Za-z][A-Za-z0-9_.]{0,40}\{"
_CAST = rb"ConvertTo-SecureString (?:-String )?"
_OBJECT = rb"#<[A-Z][A-Za-z0-9_:]{0,60}(?: [@A-Za-z0-9_]{1,40}=| ?\()"
_ERLANG = rb"(?<=>>)[ ]?(?:=>|,)[ ]?<<(?=" + QUOTE + rb")"
_SIGIL = rb"[ \t]{0,16}(?:<<|@)(?=" + QUOTE + rb")"
_TYPED = rb"(?<=:)[ ]?&?[A-Za-z][A-Za-z0-9_.<>\[\]?| ]{0,40}[ ]=[ ](?=@?" + QUOTE + rb")"
"""``let token: String = "…"``."""
_REJECTED = rb"(?<=:)[ ](?:rejected|invalid|provided|attempted) value:?[ ]?\[?(?=[^\s\[\]])"
_YAML = rb"(?<=:)[ \t]{1,16}(?:!!?(?:str|binary|vault|secret)|&[A-Za-z0-9_-]{1,60})[ \t]{1,4}(?=[^\s|>])"
_WRAPPED = re.compile(
    rb"(?:"
    + _OF_PHP
    + rb")?(?:"
    + rb"|".join((_DUMPED, _LISTED, _REJECTED, _TYPED, _YAML, _ERLANG, _SIGIL))
    + rb"|[ \t]{0,16}(?:"
    rb"(?:" + rb"|".join((_CALLED, _SLICE, _CAST, _OBJECT)) + rb")(?=[bBuUrR]?" + QUOTE + rb")"
    rb"|" + rb"|".join((_MAYBE, _OVER_LINES, _LABELLED)) + rb"))"
    rb"|" + _OF_PHP
)
_BLOCK = re.compile(
    rb"(?<=:)[ \t]{1,16}(?:![A-Za-z!/:_-]{1,40}[ \t]{1,4})?[|>][0-9]?[+-]?[0-9]?[ \t]{0,8}\r?\n"
    rb"(?P<indent>[ \t]{1,60})(?=[^\s])|"
    rb"[ \t]{0,8}<<[-~]?[\"']?(?P<end>[A-Z][A-Z0-9_]{1,20})[\"']?[ \t]{0,4}\r?\n[ \t]{0,60}"
)
_LINE = re.compile(rb"([^\r\n]{1,4096}+)(?:\r?\n)?")
_FOLDED = re.compile(
    rb"(?<=:)[ \t]{0,4}\r?\n[ \t]{1,16}(?=(?![-#&*!|>{\[\"'])(?=[^\s]{0,512}[0-9])[^\s:,]{12,512}(?:\r?\n|\Z))"
)
_LONG = re.compile(rb"[ \t]{0,16}(\"\"\"|''')[ \t]{0,4}(?:\r?\n)?")
_CONTINUED = re.compile(rb"[ \t]{0,4}[+.\\]?[ \t]{0,4}\r?\n[ \t]{1,64}[+.]?[ ]{0,4}[bBuUrRfF]{0,2}([\"'])")
_OPENED = re.compile(rb"[ \t]{0,16}[bBuUrR]?([\"'])")
_AFTER_STRING = re.compile(rb"[ \t]{0,4}(?![ \t]|[:=]|=>)")
_MOST_LINES = 64
_LONGEST = 4096


def unwrapped(text: bytes, at: int) -> int:
    """Where the value behind the separator at ``at`` begins: ``Some("…")``, ``string(9) "…"``, ``!!str …``."""
    found = _WRAPPED.match(text, at) or _FOLDED.match(text, at)
    return found.end() if found is not None else at


def lines_of_block(text: bytes, at: int) -> list[tuple[int, int]]:
    """The lines of a block of YAML or of a here document that begins at ``at``, each without its indentation.

    Strings between three quotes are such blocks as well.
    """
    if (long := _LONG.match(text, at)) is not None:
        end = text.find(long[1], long.end(), long.end() + _LONGEST)
        return _lines(text, long.end(), end, b"", b"") if end >= 0 else []
    block = _BLOCK.match(text, at)
    if block is None:
        return []
    first = block.start("indent") if block["indent"] else block.end()
    return _lines(text, first, min(len(text), first + _LONGEST), block["indent"] or b"", block["end"] or b"")


def _lines(text: bytes, at: int, limit: int, indent: bytes, last: bytes) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    while len(places) < _MOST_LINES and (line := _LINE.match(text, at, limit)) is not None:
        content = line[1].strip()
        if not line[1].startswith(indent) or (last and content == last):
            break
        start = at + line[0].find(content)
        if content:
            places.append((start, start + len(content)))
        at = line.end()
    return places


def continued(text: bytes, at: int, limit: int) -> list[tuple[int, int]]:
    """The further parts of a string that begins at ``at`` and ends its line, as Python and Java break a long one.

    ``limit`` is where the line ends.
    """
    parts: list[tuple[int, int]] = []
    opened = _OPENED.match(text, at)
    if opened is None or text[max(at, limit - 8) : limit].rstrip(b" \t+.\\")[-1:] != opened[1]:
        return parts
    end = closing_quote(text, opened.end(), 0, opened[1], limit)
    while len(parts) < _MOST_LINES and (opened := _CONTINUED.match(text, end + 1)) is not None:
        end = closing_quote(text, opened.end(), 0, opened[1], line_end(text, opened.end()))
        if text[end : end + 1] != opened[1] or _AFTER_STRING.match(text, end + 1) is None:
            break
        parts.append((opened.end(), end))
    return parts
