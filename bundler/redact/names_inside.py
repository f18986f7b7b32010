"""Tells what a name means by the object, the call or the element that it stands in: a customer's name, a shop's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.redact.names import Names, plain
from bundler.redact.rule import Rule

_DUMPED = re.compile(rb"(?:\barray\([0-9]{1,9}\)|\bArray|object\([A-Za-z0-9_\\]{1,80}\)#[0-9]{1,9} \([0-9]{1,9}\))\Z")
_BLANKS = b" \t\r\n"
_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
_SIBLINGS = re.compile(
    rb"(?i:given_?name|family_?name|first_?name|last_?name|birth_?date|phone_?number|street_?address|e?mail)"
    rb"\\{0,15}[\"'][ \t]{0,8}[:=]"
)
_EXPLAINED = re.compile(
    rb"name\\{0,15}[\"'][ ]{0,8}:[ ]{0,8}\\{0,15}[\"'][^\"'\\]{1,120}\\{0,15}[\"'],"
    rb"[ \r\n\t]{0,64}\\{0,15}[\"']reason\\{0,15}[\"']"
)
"""A name with a reason: what is wrong with a field of this name (RFC 7807, section 3)."""
_TAG = re.compile(rb"<(/?)(?:[A-Za-z0-9_.-]{1,40}:)?([A-Za-z][A-Za-z0-9_.-]{0,60})(?:[ \t\r\n][^<>]{0,200})?(/?)>")
_TYPE_BEHIND = re.compile(rb"(?:Dto|DTO|Model|Entity|Details|Info|Data|Request|Response|Input|Type|Record)\Z")
_REACH = 1024
_OPENERS = {125: 123, 41: 40}
_BRACKETS = re.compile(rb"[{}()]")


def rule_inside(text: bytes, names: Names, written: bytes, start: int) -> Rule | None:
    """The rule for ``name`` or ``number`` at ``start``, when the object it stands in is a person's or a card's."""
    rule = names.inside(written)
    if rule is None or start == 0 or text[start - 1] not in b"\"'`@({, \t\n:":
        return None
    window = text[max(0, start - _REACH) : start]
    if _speaks_of(rule, window) and any(_is_inside(rule, name) for name in _objects_above(window)):
        return rule
    if _is_inside_of_lines(rule, window):
        return rule
    is_quoted = text[start - 1] in b"\"'`"
    beside = window[-160:] + text[start : start + 160]
    if rule.form == "name" and is_quoted and _SIBLINGS.search(beside) and _EXPLAINED.match(text, start) is None:
        return rule
    return None


def rule_inside_element(text: bytes, names: Names, written: bytes, start: int) -> Rule | None:
    """The same for an element of XML whose tag begins at ``start``, by the elements around it."""
    rule = names.inside(written)
    if rule is None or not _speaks_of(rule, text[max(0, start - _REACH) : start]):
        return None
    above: list[bytes] = []
    for tag in _TAG.finditer(text, max(0, start - _REACH), start):
        if not tag[1] and not tag[3]:
            above.append(tag[2])
        elif tag[1] and tag[2] in above:
            del above[len(above) - 1 - above[::-1].index(tag[2]) :]
    return rule if any(_is_inside(rule, name) for name in above) else None


def _is_inside_of_lines(rule: Rule, window: bytes) -> bool:
    """True where a name that begins a line of YAML stands deeper than the line ``customer:`` before it."""
    *lines, blanks = window.split(b"\n")
    depth = len(blanks)
    if not depth or blanks.strip(b" -"):
        return False
    for line in reversed(lines):
        inner = line.lstrip(b" ")
        if len(line) - len(inner) < depth and inner.strip():
            name = inner.rstrip().lstrip(b"- ")
            return name.endswith(b":") and _is_inside(rule, name[:-1].strip(b"\"' "))
    return False


def _speaks_of(rule: Rule, window: bytes) -> bool:
    """False where a closer look is in vain."""
    squeezed = window.lower().translate(None, b"_-")
    return any(name.encode() in squeezed for name in rule.inside)


def _is_inside(rule: Rule, name: bytes) -> bool:
    words = (name, _TYPE_BEHIND.sub(b"", name))
    return any(plain(word.decode("utf-8", "replace")) in rule.inside for word in words)


def _objects_above(window: bytes) -> Iterator[bytes]:
    """The names of the objects and calls around the end of ``window``, the nearest first."""
    closed: list[int] = []
    for bracket in reversed(list(_BRACKETS.finditer(window))[-128:]):
        sign = bracket[0][0]
        if sign in _OPENERS:
            closed.append(_OPENERS[sign])
        elif closed:
            if closed[-1] == sign:
                closed.pop()
        else:
            name = _name_at_end(window[max(0, bracket.start() - 120) : bracket.start()])
            if name:
                yield name


def _name_at_end(before: bytes) -> bytes:
    """The name that an object behind ``before`` has: ``"name": ``, ``name=``, ``["name"]=>\\n  array(2) ``."""
    before = before.rstrip(_BLANKS)
    if before.endswith((b")", b"Array")):
        before = _DUMPED.sub(b"", before).rstrip(_BLANKS)
    before = before.rstrip(b":=>").rstrip(_BLANKS).rstrip(b"]\"'\\")
    return before[len(before.rstrip(_LETTERS)) :][-40:]
