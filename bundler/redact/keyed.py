"""Finds values by the names of their fields, however the two are written down together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.redact.credentials import authorization_values, cookie_values
from bundler.redact.finder import NamePlace
from bundler.redact.judging import REACH, Judge
from bundler.redact.names import Names
from bundler.redact.names_around import (
    QUOTED_NEXT,
    QUOTED_VALUES,
    VALUES,
    ends_string,
    name_in_pair,
    rule_with_words_before,
    stands_in_query,
)
from bundler.redact.names_beside import BESIDE, is_in_map, is_subscript, pairs_in_lists, pairs_of_maps, rule_beside
from bundler.redact.names_inside import rule_inside, rule_inside_element
from bundler.redact.quoting import NAME_BYTES, OPENING, QUOTE
from bundler.redact.rule import Hit, Rule, RuleFailure
from bundler.redact.tables import find_cells
from bundler.redact.values import Value, closing_quote, line_end, read
from bundler.redact.vault import PLACEHOLDER
from bundler.redact.wrappings import continued, lines_of_block, unwrapped

_QUOTE = re.compile(QUOTE)
_COLOUR = re.compile(rb"[ \t]{0,4}\x1b\[[0-9;]{0,12}m")
_COLOUR_BEFORE = re.compile(rb"\x1b\[[0-9;]{0,12}m(?=[A-Za-z0-9_.\x80-\xff-]{1,64}\Z)")
_MULTIPART = re.compile(
    rb"\\{0,15}[\"`]([^\"`\r\n\\]{1,60})\\{0,15}[\"`][^\r\n]{0,200}\r?\n(?:[A-Za-z-]{1,40}:[^\r\n]{0,200}\r?\n){0,4}\r?\n([^\r\n]*)"
)
_INTO_ELEMENT = re.compile(rb"[ \t\r\n]{0,64}(?:<!\[CDATA\[[ \t\r\n]{0,64})?")
_CLOSING = re.compile(rb"</(?:[A-Za-z0-9_.-]{1,40}:)?\Z")
_BRACKET = re.compile(rb"[ \t\r\n]{0,64}[\[{]")
_BARE_JSON = re.compile(rb"[ \t]{0,16}[^\s\[({bBuUrR\\\"'`]")
_NEXT_PARAMETER = re.compile(
    rb"&[\w.\[\]-]{1,40}=|[,;|][ ]?(?=[A-Za-z][\w.-]{1,40}=)(?!response=|nonce=|uri=|realm=)| HTTP/"
)
_NEXT_OF_QUERY = re.compile(rb"&[\w.\[\]-]{1,40}=| HTTP/")
_SOFT_BREAK = re.compile(rb"=(?:\r?\n|\\{1,15}[rn])")
_LIST = re.compile(rb"[ \t\r\n]{0,64}[\[{][ \t\r\n]{0,64}[\[{}\]\\\"'0-9-]")
_HEADER_OPTION = re.compile(rb"(?<![^\s\"'])(?:-H|--header)[ =]{0,2}\$?" + OPENING + rb"\Z")
_FOLDED_COOKIES = re.compile(rb"(?:(?<=;)\r?\n[ \t][^\r\n]{1,4096}+){1,8}")
_COOKIE_PARTS = frozenset(b"name path domain expires httponly secure samesite comment session".split())


class Fields:
    """One search of one text for values by name."""

    def __init__(self, text: bytes, names: Names) -> None:
        self._text = text
        self._names = names
        self._line_end = -1
        self._line_start = 0
        self._container_end = 0
        self._value_end = 0
        self._raw_end = 0
        self._is_printable = b"quoted-printable" in text and _SOFT_BREAK.search(text) is not None
        self._judge = Judge(text, names, is_printable=self._is_printable)

    def in_pairs(self) -> Iterator[Hit]:
        """The cells of tables under the names of columns, and the bare values of maps as Clojure prints them."""
        self._value_end = self._container_end = 0  # this reads from the beginning again
        text, names = self._text, self._names
        found = (*find_cells(text, names), *pairs_of_maps(text, names), *pairs_in_lists(text, names))
        for rule, start, end in found:
            yield from self._in_whole(rule, start, end, start)

    def at(self, place: NamePlace) -> Iterator[Hit]:
        """The values that the name at ``place`` gives away; places come from the left to the right.

        Raises ``RuleFailure`` when a rule raises.
        """
        text, end = self._text, place.end
        window = text[max(0, end - 64) : end]
        written = window[len(window.rstrip(NAME_BYTES)) :]
        if b"\x1b" in window and (colour := _COLOUR_BEFORE.search(window)) is not None:
            written = window[colour.end() :]
        start = end - len(written)
        if written.startswith(b"012") and text[start - 1 : start] == b"#":
            written, start = written[3:], start + 3  # syslog's way of writing a line feed
        if text[end : end + 1] == b"]" and start and PLACEHOLDER.match(text, start - 1) is not None:
            return  # "[secret-1]=…": what was masked is no name
        separator = text[place.value - 1]
        if separator == 62 and text[end : place.value] == b">":
            yield from self._in_element(written, start, place.value)
            return
        between = text[end : place.value]
        if separator in BESIDE and between != b")=(":
            beside = rule_beside(text, self._names, written, start, end, place.value)
            if beside is not None:
                yield from self._values(*beside, b"")
            return
        if (between.endswith(b"->") and not is_in_map(text, start, place.value)) or (
            b"}" in between and not is_subscript(text, start, place.value)
        ):
            return
        quote = _QUOTE.match(text, end)
        is_quoted = (
            quote is not None and start > 0 and text[start - 1] in (quote[0][-1], 92)
        )  # 92: an escape in the name
        key_quote = quote[0] if quote is not None and is_quoted else b""
        lowered = written.lower()
        if lowered in (QUOTED_VALUES if key_quote else VALUES):
            written = name_in_pair(text, start, place.value, is_quoted=key_quote != b"") or written
        elif lowered == b"name" and separator == 61:
            yield from self._in_multipart(place.value)
        elif lowered == b"rawheaders":
            yield from self._in_raw_headers(place.value)
        in_query = self._names.in_query(written) if separator == 61 and not key_quote else None
        if in_query is not None and stands_in_query(text, start, place.value):
            yield from self._values(in_query, place.value, b"")
            return
        meaning = self._names.meaning(written)
        if meaning is None:
            meaning = rule_inside(text, self._names, written, start)
        if meaning is None and not key_quote:
            meaning = rule_with_words_before(text, self._names, written, start)
        if meaning == "keep" or meaning is None:
            return
        if not key_quote and meaning.form not in ("authorization", "cookies"):
            option = _HEADER_OPTION.search(text[max(0, start - 32) : start])
            if option is not None:
                yield from self._in_option(meaning, place.value, len(option[1]), option[2])
                return
        yield from self._values(meaning, place.value, key_quote)

    def _in_option(self, rule: Rule, at: int, slashes: int, quote: bytes) -> Iterator[Hit]:
        """``-H 'X-Api-Key: …'``: all up to the quote that ends the option is the value."""
        first = at + len(self._text[at : at + 16]) - len(self._text[at : at + 16].lstrip(b" "))
        end = closing_quote(self._text, first, slashes, quote, self._end_of_line(at))
        if first < end:
            yield from self._judged(rule, Value(first, end, is_quoted=True), at)

    def _values(self, rule: Rule, at: int, key_quote: bytes) -> Iterator[Hit]:
        try:
            if (colour := _COLOUR.match(self._text, at)) is not None:
                at = colour.end()
            if at < self._value_end or (at < self._container_end and _BRACKET.match(self._text, at)):
                return  # within what was read already; reading on from here again and again would take for ever
            if not key_quote and ends_string(self._text, at):
                return
            if lines := lines_of_block(self._text, at):
                for start, end in lines:
                    yield from self._judged(rule, Value(start, end, is_quoted=True), start)
                return
            at = unwrapped(self._text, at)
            limit = self._end_of_line(at)
            if rule.form == "cookies" and (folded := _FOLDED_COOKIES.match(self._text, limit)) is not None:
                limit = folded.end()
            if (
                rule.form in ("authorization", "cookies")
                and not key_quote
                and self._text[at - 1 : at] == b"="
                and QUOTED_NEXT.match(self._text, at) is None
            ):
                ends = _NEXT_PARAMETER if rule.form == "authorization" else _NEXT_OF_QUERY
                found = ends.search(self._text, at, limit)
                limit = found.start() if found is not None else limit
            for value in self._read(rule, at, limit, key_quote):
                yield from self._judged(rule, value, at)
            for start, end in continued(self._text, at, limit):
                yield from self._judged(rule, Value(start, end, is_quoted=True), start)
        except RuleFailure:
            raise
        except Exception as error:
            raise RuleFailure(rule.name) from error

    def _read(self, rule: Rule, at: int, limit: int, key_quote: bytes) -> list[Value]:
        if rule.form == "cookies" and not self._is_bare_json(at, key_quote):
            return list(self._cookies(at, limit, key_quote))
        if rule.form == "authorization" and not self._is_bare_json(at, key_quote):
            return list(self._authorization(at, limit, key_quote))
        found = list(read(self._text, at, limit, rule.form, key_quote))
        if found and found[-1].start == found[-1].end:
            self._container_end = max(self._container_end, found.pop().end)
        return found

    def _is_bare_json(self, at: int, key_quote: bytes) -> bool:
        """True for a number or a word such as ``null`` after a name in quotes."""
        return key_quote != b"" and _BARE_JSON.match(self._text, at) is not None

    def _authorization(self, at: int, limit: int, key_quote: bytes) -> Iterator[Value]:
        """Credentials as a header writes them, or as a list or an object of such texts."""
        if not key_quote or _BRACKET.match(self._text, at) is None:
            yield from authorization_values(self._text, at, limit)
            return
        for value in read(self._text, at, limit, "word", key_quote):
            if value.start == value.end:
                self._container_end = max(self._container_end, value.end)
            elif value.is_quoted:
                yield from authorization_values(self._text, value.start, value.end, whole=True)
            else:
                yield value._replace(names=())

    def _cookies(self, at: int, limit: int, key_quote: bytes) -> Iterator[Value]:
        """Cookies as a header writes them, or as a list of such texts or of objects (HAR 1.2, cookies)."""
        if (_BRACKET if key_quote else _LIST).match(self._text, at) is None:
            yield from cookie_values(self._text, at, limit)
            return
        for value in read(self._text, at, limit, "word", key_quote):
            name = value.names[-1].lower() if value.names else b""
            if value.start == value.end:
                self._container_end = max(self._container_end, value.end)
            elif value.is_quoted and name in (b"", b"cookie", b"cookies", b"set-cookie"):
                yield from cookie_values(self._text, value.start, value.end, whole=True)
            elif name not in _COOKIE_PARTS:
                yield value._replace(names=())

    def _judged(self, rule: Rule, value: Value, at: int) -> Iterator[Hit]:
        """The value, if it has to go; from now on it is read. Raises ``RuleFailure`` when a rule raises."""
        try:
            hit = self._judge.hit(rule, value, at)
        except Exception as error:
            raise RuleFailure(rule.name) from error
        if hit is not None:
            if not value.names:
                self._value_end = max(self._value_end, hit.end)
            yield hit

    def _in_element(self, written: bytes, start: int, value: int) -> Iterator[Hit]:
        """``<password>…`` and ``…</password>``: from the tag to the next ``<``, or back from the closing tag."""
        text = self._text
        meaning = self._names.meaning(written)
        if meaning is None:
            meaning = rule_inside_element(text, self._names, written, max(0, start - 1))
        if not isinstance(meaning, Rule) or start < 1:
            return
        if (closing := _CLOSING.search(text[max(0, start - 48) : start])) is not None:
            end = start - len(closing[0])
            first = max(text.rfind(b">", max(0, end - 4096), end), text.rfind(b"\n", max(0, end - 4096), end)) + 1
        elif text[start - 1] in b"<:":
            opened = _INTO_ELEMENT.match(text, value)
            first = opened.end() if opened is not None else value
            ends = [at for sign in (b"<", b"]]>") if (at := text.find(sign, first, first + 4096)) >= 0]
            end = min(*ends, self._end_of_line(first)) if ends else self._end_of_line(first)
        else:
            return
        if first < end:
            yield from self._judged(meaning, Value(first, end, is_quoted=True), first)

    def _in_multipart(self, at: int) -> Iterator[Hit]:
        """``Content-Disposition: form-data; name="password"``, then a blank line and the value (RFC 7578)."""
        part = _MULTIPART.match(self._text, at)
        if part is None:
            return
        meaning = self._names.meaning(part[1])
        if isinstance(meaning, Rule):
            # how far was read is not noted: what only looks like a part must not hide the values within it
            yield from self._in_whole(meaning, *part.span(2), at)

    def _in_raw_headers(self, at: int) -> Iterator[Hit]:
        """``rawHeaders: ['Authorization', '…', 'Host', '…']``, as Node.js keeps what came in."""
        if at < self._raw_end:
            return
        listed = list(read(self._text, at, at + REACH, "word", b'"'))
        self._raw_end = listed[-1].end if listed else at
        for name, value in zip(listed[::2], listed[1::2], strict=False):
            meaning = self._names.meaning(self._text[name.start : name.end])
            if isinstance(meaning, Rule):
                yield from self._in_whole(meaning, value.start, value.end, at)

    def _in_whole(self, rule: Rule, first: int, end: int, at: int) -> Iterator[Hit]:
        """What has to go of a value whose both ends are certain. Raises ``RuleFailure`` when a rule raises."""
        values = iter((Value(first, end, is_quoted=True),))
        if rule.form == "authorization":
            values = authorization_values(self._text, first, end, whole=True)
        elif rule.form == "cookies":
            values = cookie_values(self._text, first, end, whole=True)
        try:
            hits = [self._judge.hit(rule, value, at) for value in values]
        except Exception as error:
            raise RuleFailure(rule.name) from error
        yield from (hit for hit in hits if hit is not None)

    def _end_of_line(self, at: int) -> int:
        if not self._line_start <= at <= self._line_end:
            end = line_end(self._text, at)
            while self._is_printable and self._text[end - 1 : end] == b"=" and end > at and end - at < REACH:
                end = line_end(self._text, self._text.find(b"\n", end) + 1)  # a soft line break is none
            fed = self._text.find(b"#012", at, end)
            self._line_start, self._line_end = at, fed if fed >= 0 else end
        return self._line_end
