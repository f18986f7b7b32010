"""Finds values by the names of their fields, however the two are written down together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.redact.credentials import authorization_values, cookie_values
from bundler.redact.escapes import readable
from bundler.redact.finder import NamePlace
from bundler.redact.names import Names
from bundler.redact.proofs import looks_random
from bundler.redact.remarks import begins_remark, is_remark
from bundler.redact.rule import Hit, Rule, RuleFailure
from bundler.redact.values import Value, closing_quote, line_end, read, says_nothing
from bundler.redact.vault import PLACEHOLDER

NAME_BYTES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-" + bytes(range(128, 256))
_QUOTE = re.compile(rb"\\{0,15}[\"'`]")
_WORD_BEFORE = re.compile(rb"([A-Za-z0-9_\x80-\xff-]{1,30})[ ]$")
_PAIR = re.compile(rb"[\"'`]([^\"'`<>]{1,60}?)\\{0,15}[\"'`](?:[ ]?,[ ]?\\{0,15}[\"'`]|[^<>\"'`]{0,40}[ ])$")
_PAIR_BEHIND = re.compile(
    rb"[ \t]{0,8}(?:\\{0,15}[\"'`][^\"'`\r\n]{0,4096}+[\"'`]|[0-9.]{1,32}+)[ \t\r\n]{0,64}+,"
    rb"[ \t\r\n]{0,64}+\\{0,15}[\"'`](?i:name|key)"
    rb"\\{0,15}[\"'`][ \t]{0,8}:[ \t]{0,8}\\{0,15}[\"'`]([A-Za-z][A-Za-z0-9_. -]{1,60}+)\\{0,15}[\"'`]"
)
_COLOUR = re.compile(rb"[ \t]{0,4}\x1b\[[0-9;]{0,12}m")
_COLOUR_BEFORE = re.compile(rb"\x1b\[[0-9;]{0,12}m(?=[A-Za-z0-9_.\x80-\xff-]{1,64}\Z)")
_MULTIPART = re.compile(
    rb"\\{0,15}[\"`]([^\"`\r\n\\]{1,60})\\{0,15}[\"`][^\r\n]{0,200}\r?\n(?:[A-Za-z-]{1,40}:[^\r\n]{0,200}\r?\n){0,4}\r?\n([^\r\n]*)"
)
_TUPLE = re.compile(rb"[(\[]b?([\"'])([A-Za-z][A-Za-z0-9_.-]{2,40})\1, ?(b?[\"'])")
_CLOSING = re.compile(rb"</(?:[A-Za-z0-9_.-]{1,40}:)?\Z")
_OBJECT_NAME = re.compile(rb"([A-Za-z0-9_-]{1,40})\\{0,15}[\"']?[ \t\r\n]{0,16}[:=]?[ \t\r\n]{0,16}$")
_SIBLINGS = re.compile(
    rb"(?i:given_?name|family_?name|first_?name|last_?name|birth_?date|phone_?number|street_?address)"
    rb"\\{0,15}[\"'][ \t]{0,8}[:=]"
)
_CODE_BEFORE = re.compile(rb"[?&#]$|^$")
_CODE = re.compile(rb"(?=[^&\s]*[a-z0-9])(?=[^&\s]*[0-9A-Z_./-])[A-Za-z0-9._~/+%-]{10,}+")
_TUPLE_OPENS = (re.compile(rb"\((?=b?[\"'])"), re.compile(rb"\[(?=b?[\"'])"))
_QUOTES = (b'"', b"'", b"`")
_BRACKET = re.compile(rb"[ \t\r\n]{0,64}[\[{]")
_BARE_JSON = re.compile(rb"[ \t]{0,16}[^\s\[({bBuUrR\\\"'`]")
_NEXT_PARAMETER = re.compile(
    rb"&[\w.\[\]-]{1,40}=|[,;|][ ]?(?=[A-Za-z][\w.-]{1,40}=)(?!response=|nonce=|uri=|realm=)| HTTP/"
)
_NEXT_OF_QUERY = re.compile(rb"&[\w.\[\]-]{1,40}=| HTTP/")
_SOFT_BREAK = re.compile(rb"=(?:\r?\n|\\{1,15}[rn])")
_SOFT_END = re.compile(rb"=(?:\r?\n|(?:\\{1,15}r)?\\{1,15}n)\Z")
_SOFT_REST = re.compile(rb"(?:\r?\n|(?:\\{1,15}r)?\\{1,15}n)[^\s,}\])\"'`\\&;<>]*+")
_LONGEST_UNFIT = 1024
_REACH = 16_384
_QUOTED_NEXT = re.compile(rb"[ \t]{0,16}(\\{0,15})([\"'`])")
_BEFORE_STRING = (b"", b" ", b"\t", b"\n", b":", b"=", b",", b"(", b"[", b"{")
_AFTER_STRING = (b",", b":", b"]", b"}", b")")
_AFTER_FIELD = (b" ", b";", b"|", b"&", b"/", b">")
_LIST = re.compile(rb"[ \t\r\n]{0,64}[\[{][ \t\r\n]{0,64}[\[{}\]\\\"'0-9-]")
_HEADER_OPTION = re.compile(rb"(?<![^\s\"'])(?:-H|--header)[ =]{0,2}\$?(\\{0,15})([\"'`])\Z")
_COOKIE_PARTS = frozenset(b"name path domain expires httponly secure samesite comment session".split())


def find_pairs(text: bytes, names: Names) -> Iterator[tuple[Rule, int]]:
    """Where a name and a value stand as two strings behind ``(`` or ``[``: the name's rule, and the value's quote."""
    places = sorted(found.start() for opens in _TUPLE_OPENS for found in opens.finditer(text))
    for at in places:
        found = _TUPLE.match(text, at)
        meaning = names.meaning(found[2]) if found is not None else None
        if found is not None and isinstance(meaning, Rule) and meaning.name != "oauth-code":
            yield meaning, found.start(3)


class Fields:
    """One search of one text for values by name."""

    def __init__(self, text: bytes, names: Names) -> None:
        self._text = text
        self._names = names
        self._line_end = -1
        self._line_start = 0
        self._container_end = 0
        self._value_end = 0
        self._is_printable = b"quoted-printable" in text and _SOFT_BREAK.search(text) is not None

    def in_pairs(self) -> Iterator[Hit]:
        """``("Authorization", "…")``: name and value as two strings in brackets, the way Python prints headers."""
        self._value_end = self._container_end = 0  # this reads from the beginning again
        for rule, at in find_pairs(self._text, self._names):
            yield from self._values(rule, at, b"")

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
        quote = _QUOTE.match(text, end)
        is_quoted = (
            quote is not None and start > 0 and text[start - 1] in (quote[0][-1], 92)
        )  # 92: an escape in the name
        key_quote = quote[0] if quote is not None and is_quoted else b""
        lowered = written.lower()
        if lowered in (b"value", b"val"):
            pair = _PAIR.search(text[max(0, start - 140) : start])
            if pair is None and key_quote:
                pair = _PAIR_BEHIND.match(text, place.value)
            written = pair[1] if pair is not None else written
        elif lowered == b"name" and separator == 61:
            yield from self._in_multipart(place.value)
        meaning = self._names.meaning(written)
        if meaning is None:
            meaning = self._inner(written, start)
        if meaning is None and not key_quote:
            meaning = self._with_words_before(written, start)
        if meaning == "keep" or meaning is None:
            return
        if meaning.name == "oauth-code" and not self._is_oauth_code(start, separator, place.value):
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
            try:
                yield from self._judged(rule, Value(first, end, is_quoted=True), at)
            except Exception as error:
                raise RuleFailure(rule.name) from error

    def _with_words_before(self, written: bytes, start: int) -> Rule | None:
        """``Card number:`` and ``social security number:``, names that hold blanks."""
        for _ in range(2):
            before = _WORD_BEFORE.search(self._text[max(0, start - 32) : start])
            if before is None:
                break
            written, start = before[1] + written, start - len(before[0])
            meaning = self._names.meaning(written)
            if isinstance(meaning, Rule):
                return meaning
        return None

    def _values(self, rule: Rule, at: int, key_quote: bytes) -> Iterator[Hit]:
        try:
            if (colour := _COLOUR.match(self._text, at)) is not None:
                at = colour.end()
            if at < self._value_end or (at < self._container_end and _BRACKET.match(self._text, at)):
                return  # within what was read already; reading on from here again and again would take for ever
            if not key_quote and self._ends_here(at):
                return
            limit = self._end_of_line(at)
            if (
                rule.form in ("authorization", "cookies")
                and not key_quote
                and self._text[at - 1 : at] == b"="
                and _QUOTED_NEXT.match(self._text, at) is None
            ):
                ends = _NEXT_PARAMETER if rule.form == "authorization" else _NEXT_OF_QUERY
                found = ends.search(self._text, at, limit)
                limit = found.start() if found is not None else limit
            for value in self._read(rule, at, limit, key_quote):
                yield from self._judged(rule, value, at)
        except RuleFailure:
            raise
        except Exception as error:
            raise RuleFailure(rule.name) from error

    def _ends_here(self, at: int) -> bool:
        """True when the quote at ``at`` closes the string that the name stands in: ``["password: ", …``."""
        quote = _QUOTED_NEXT.match(self._text, at)
        if quote is None:
            return False
        last = self._text.rfind(quote[2], max(0, at - 512), at)
        before = self._text[max(0, last - 64) : max(0, last)]
        inner = before.rstrip(b"\\")
        following = self._text[last + 1 : last + 2]
        if inner[-1:] == b"=" and following in _AFTER_FIELD:
            return False  # the padding of Base64, and its closing quote
        return (
            last >= 0
            and len(before) - len(inner) == len(quote[1])
            and self._text.find(b"\n", last, at) < 0
            and inner[-1:] in _BEFORE_STRING
            and following not in _AFTER_STRING
        )

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
        text = self._text
        for name in reversed(value.names):
            nearer = self._names.meaning(name)
            if nearer == "keep" and name is value.names[-1]:
                return
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
            return
        if rule.fits is not None and len(found) <= _LONGEST_UNFIT and not rule.fits(found):
            return
        if self._is_remark(rule, value, found):
            return
        is_prose = not value.is_quoted and not value.quote and text[at - 1 : at] == b":" and value.start > at
        is_random = looks_random(found)
        if is_prose and not is_random and rule.form == "word":
            return  # "Invalid token: expired"
        if rule.form == "digits" and not any(48 <= byte <= 57 for byte in found):
            return
        if not value.names:
            self._value_end = max(self._value_end, value.end)
        spreads = rule.everywhere and (is_random or len(found) >= 4)
        yield Hit(value.start, value.end, rule, rule.rank, found, value.quote, spreads)

    def _is_remark(self, rule: Rule, value: Value, found: bytes) -> bool:
        if value.is_quoted:
            return is_remark(found.strip(), is_any_sentence=rule.form in ("word", "cookies"))
        return not value.quote and begins_remark(self._text, value.start)

    def _in_element(self, written: bytes, start: int, value: int) -> Iterator[Hit]:
        """``<password>…`` and ``…</password>``: from the tag to the next ``<``, or back from the closing tag."""
        text = self._text
        meaning = self._names.meaning(written)
        if not isinstance(meaning, Rule) or start < 1 or meaning.name == "oauth-code":
            return
        if (closing := _CLOSING.search(text[max(0, start - 48) : start])) is not None:
            end = start - len(closing[0])
            first = max(text.rfind(b">", max(0, end - 4096), end), text.rfind(b"\n", max(0, end - 4096), end)) + 1
        elif text[start - 1] in b"<:":
            first = value
            end = text.find(b"<", first, first + 4096)
            end = min(end, self._end_of_line(first)) if end >= 0 else self._end_of_line(first)
        else:
            return
        if first < end:
            try:
                yield from self._judged(meaning, Value(first, end, is_quoted=True), first)
            except Exception as error:
                raise RuleFailure(meaning.name) from error

    def _in_multipart(self, at: int) -> Iterator[Hit]:
        """``Content-Disposition: form-data; name="password"``, then a blank line and the value (RFC 7578)."""
        part = _MULTIPART.match(self._text, at)
        if part is None:
            return
        meaning = self._names.meaning(part[1])
        if isinstance(meaning, Rule) and meaning.name != "oauth-code":
            before = self._value_end
            first, end = part.span(2)
            values = iter((Value(first, end, is_quoted=True),))
            if meaning.form == "authorization":
                values = authorization_values(self._text, first, end, whole=True)
            elif meaning.form == "cookies":
                values = cookie_values(self._text, first, end, whole=True)
            try:
                for value in values:
                    yield from self._judged(meaning, value, at)
            except Exception as error:
                raise RuleFailure(meaning.name) from error
            finally:
                self._value_end = before  # what only looks like a part must not hide the values within it

    def _inner(self, written: bytes, start: int) -> Rule | None:
        """The rule for ``name`` or ``number``, when the object it stands in is a person's or a card's."""
        rule = self._names.inside(written)
        if rule is None or self._text[start - 1 : start] not in _QUOTES:
            return None
        window = self._text[max(0, start - 1024) : start]
        above = list(_objects_above(window))
        if any(name.lower().replace(b"_", b"").decode("utf-8", "replace") in rule.inside for name in above):
            return rule
        if rule.form == "name" and _SIBLINGS.search(window[-160:] + self._text[start : start + 160]):
            return rule
        return None

    def _is_oauth_code(self, start: int, separator: int, value: int) -> bool:
        before = self._text[max(0, start - 1) : start]
        return (
            separator == 61 and _CODE_BEFORE.search(before) is not None and _CODE.match(self._text, value) is not None
        )

    def _end_of_line(self, at: int) -> int:
        if not self._line_start <= at <= self._line_end:
            end = line_end(self._text, at)
            while self._is_printable and self._text[end - 1 : end] == b"=" and end > at and end - at < _REACH:
                end = line_end(self._text, self._text.find(b"\n", end) + 1)  # a soft line break is none
            fed = self._text.find(b"#012", at, end)
            self._line_start, self._line_end = at, fed if fed >= 0 else end
        return self._line_end


def _end_of_soft_lines(text: bytes, end: int) -> int:
    """Where a bare value ends that is broken by ``=`` at the end of a line."""
    limit = end + _REACH
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


def _objects_above(window: bytes) -> Iterator[bytes]:
    """The names of the objects around the end of ``window``, the nearest first."""
    at, depth = len(window), 0
    for _ in range(64):
        at = max(window.rfind(b"{", 0, at), window.rfind(b"}", 0, at))
        if at < 0:
            return
        if window[at] == 125:
            depth += 1
        elif depth:
            depth -= 1
        elif (found := _OBJECT_NAME.search(window[max(0, at - 80) : at])) is not None:
            yield found[1]
