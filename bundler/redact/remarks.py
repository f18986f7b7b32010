"""Tells what a program says about a field ("must not be empty") from what somebody wrote into it."""

from __future__ import annotations

import re

_SAID = re.compile(
    rb"(?i:(?:must|should|cannot|can't|can not|may not|has to|have to)(?: not)? "
    rb"(?:be|have|contain|match|start|end|exceed|include|consist)\b"
    rb"|(?:is|are|was|were|has|have|does|do|did)(?: not)?(?: an?)? (?:required|missing|invalid|empty|blank|null|"
    rb"expired|allowed|supported|valid|unknown|incorrect|wrong|malformed|too|match|exist|found|mandatory|been|already|not)\b"
    rb"|not (?:allowed|valid|supported|found|empty|set|present|be)\b"
    rb"|(?:invalid|missing|unknown|required|expired|incorrect|wrong|malformed|unsupported) "
    rb"(?:value|format|length|field|parameter|property|token|key|secret|password|input|type)\b"
    rb"|too (?:short|long|many|few|large|small)\b"
    rb"|the (?:field|value|parameter|property|[a-z_]{2,30} field)\b)"
)
_TELLING = frozenset(
    b"is are was were be been has have had must should cannot not no the invalid missing expired required".split()
)
_PLAIN_WORD = re.compile(rb"[('\"]?(?:[A-Za-z]{1,24}+(?:['_/-][A-Za-z]{1,24}+){0,4}|[0-9]{1,3})[)'\".,:;!?]{0,3}")
_LONGEST = 400


def begins_remark(text: bytes, start: int) -> bool:
    """True when the words at ``start`` are those of a validation: "is required", "must be at least 8 characters"."""
    return _SAID.match(text, start, min(len(text), start + 80)) is not None


def is_remark(value: bytes, *, is_any_sentence: bool) -> bool:
    """True for a validation's words without a random one among them.

    ``is_any_sentence`` also lets other sentences pass, where what is expected holds no blanks: a key, a cookie.
    """
    words = value.split(b" ") if len(value) <= _LONGEST else []
    if len(words) < 2 or not all(_PLAIN_WORD.fullmatch(word) for word in words):
        return False
    if begins_remark(value, 0):
        return True
    return is_any_sentence and len(words) > 2 and not _TELLING.isdisjoint(value.lower().split(b" "))
