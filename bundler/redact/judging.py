"""Judges what stands under the name of a field: whether it has to go, how far it reaches, and which rule names it."""

from __future__ import annotations

import re

from bundler.redact.escape_forms import readable
from bundler.redact.names import Names
from bundler.redact.proofs import looks_random
from bundler.redact.quoting import LINE_BREAK
from bundler.redact.remarks import begins_remark, is_remark
from bundler.redact.rule import Hit, Rule
from bundler.redact.values import Value, says_nothing

_SOFT_END = re.compile(rb"=" + LINE_BREAK + rb"\Z")
_SOFT_REST = re.compile(LINE_BREAK + rb"[^\s,}\])\"'`\\&;<>]*+")
_LOOKUP = re.compile(rb"[A-Za-z0-9_][\[(]\\{0,7}[\"']\Z")
_CONSTANT = re.compile(rb"[A-Z]{2,20}(?:_[A-Z]{1,20}|_[0-9]{1,2}){1,8}")
_COMPOUND = re.compile(rb"[a-z]+(?:[A-Z][a-z0-9]+)+|[a-z]+(?:_[a-z0-9]+)+")
_PATH = re.compile(rb"[A-Za-z][A-Za-z0-9_]{0,60}(?:\.[A-Za-z0-9_]{1,60}|\[[0-9]{0,4}\]){0,8}")
_OF_SCHEMA = frozenset(b"type format minlength maxlength pattern $ref required nullable readonly writeonly".split())
"""What a schema tells of a field, in an object under its name."""
_LONGEST_UNFIT = 1024
REACH = 16_384
"""So far a value may go on behind soft line breaks."""


class Judge:
    """For the values of one text; in one that is quoted-printable they go on behind soft line breaks."""

    def __init__(self, text: bytes, names: Names, *, is_printable: bool) -> None:
        self._text = text
        self._names = names
        self._is_printable = is_printable

    def hit(self, rule: Rule, value: Value, at: int) -> Hit | None:
        """The value to be masked, or None; ``at`` is right behind the separator. Raises whatever a rule raises."""
        text = self._text
        for name in reversed(value.names):
            nearer = self._names.meaning(name)
            if name is value.names[-1] and (nearer == "keep" or name.lower() in _OF_SCHEMA):
                return None
            if isinstance(nearer, Rule):
                rule = nearer
                break
        if self._is_printable and text[value.end - 1 : value.end] == b"=":
            value = value._replace(end=_end_of_soft_lines(text, value.end))
        found = text[value.start : value.end]
        if (
            says_nothing(found.strip())
            or _says_nothing_encoded(text, value)
            or (rule.form == "mail" and b"@" not in found)
        ):
            return None
        if value.is_quoted and self._names_setting(found, value.start):
            return None
        if rule.fits is not None and len(found) <= _LONGEST_UNFIT and not rule.fits(found):
            return None
        if self._is_remark(rule, value, found) or (rule.form == "name" and self._is_name_of_field(found)):
            return None
        is_prose = not value.is_quoted and not value.quote and text[at - 1 : at] == b":" and value.start > at
        is_random = looks_random(found)
        if is_prose and not is_random and rule.form == "word":
            return None  # "Invalid token: expired"
        if rule.form == "digits" and not any(48 <= byte <= 57 for byte in found):
            return None
        spreads = rule.everywhere and (is_random or len(found) >= 4)
        return Hit(value.start, value.end, rule, rule.rank, found, value.quote, spreads)

    def _names_setting(self, found: bytes, start: int) -> bool:
        """True for ``getenv("DB_PASSWORD")`` and ``response["token"]``, where the name of the field is looked up."""
        if _LOOKUP.search(self._text, max(0, start - 12), start) is None:
            return False
        return _CONSTANT.fullmatch(found) is not None or self._names.meaning(found) is not None

    def _is_name_of_field(self, found: bytes) -> bool:
        """True for ``phoneNumber`` and ``profile.first_name``, where an error tells which field it is about."""
        if _PATH.fullmatch(found) is None:
            return False
        parts = [part for part in re.split(rb"[.\[\]]+", found) if part]
        if len(parts) > 1 and any(self._names.meaning(part) == "keep" for part in parts):
            return True
        return any(_COMPOUND.fullmatch(part) and self._names.meaning(part) is not None for part in parts)

    def _is_remark(self, rule: Rule, value: Value, found: bytes) -> bool:
        if value.is_quoted:
            return is_remark(found.strip(), is_any_sentence=rule.form in ("word", "cookies"))
        return not value.quote and begins_remark(self._text, value.start)


def _end_of_soft_lines(text: bytes, end: int) -> int:
    """Where a bare value ends that is broken by ``=`` at the end of a line."""
    limit = end + REACH
    while text[end - 1 : end] == b"=" and (rest := _SOFT_REST.match(text, end, limit)) is not None:
        end = rest.end()
    return end


def _says_nothing_encoded(text: bytes, value: Value) -> bool:
    """True for ``%2A%2A%2A`` and ``=3Dnull``: nothing, or masked before, once it is decoded."""
    if value.end - value.start > 256:
        return False
    found = text[max(0, value.start - 1) : value.end]
    plain = readable(_SOFT_END.sub(b"", found))
    return plain != found and says_nothing(plain.lstrip(b"=: \"'`").rstrip(b" \"'`"))
