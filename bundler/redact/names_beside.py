"""Finds values that stand beside a name without a sign between them: in calls, in pairs, in maps of Lisp and Scala."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bundler.redact.names import Names
from bundler.redact.proofs import is_opaque, looks_random
from bundler.redact.quoting import OPENING, QUOTE, SETTING_VERB
from bundler.redact.rule import Rank, Rule
from bundler.redact.values import closing_quote, line_end

BESIDE = b"(,; \t|\x82"
"""The signs behind which a value may stand beside its name; the last byte is the one of ``│``."""
_STRING = re.compile(
    rb"[ \t\r\n]{0,64}(?:(?:to|\.|<-|string[ ]=)[ \t]{1,4}|(?P<list>\[))?(?P<whole>(?:<<|[@bBuU])?" + OPENING + rb")"
)
_WRAPPED = re.compile(rb"[ \t]{0,4}(?:new )?[A-Za-z_][A-Za-z0-9_.:]{0,60}\([ \t]{0,4}" + QUOTE)
_BARE = re.compile(rb"(?=[^()]{0,512}[0-9])[^\s()\"'`,.:]{3,512}\)")
_WRAPS = re.compile(rb"(?:[(\[=]|, ?)\Z")
_READS = re.compile(
    rb"(?i:get|has|is|find|fetch|load|read|look_?up|list|delete|remove|clear|unset|need|require|expect|ask|create|make|"
    rb"generate|no|invalid|missing|unknown|expired|wrong|bad|without)(?:_|(?=[A-Z]))"
)
"""What the name of a function begins with that is told where something is, not what it is."""
_PROMPT = re.compile(rb"(?i:.{0,80}\b(?:password|passphrase|passcode|token|secret|key)\b)")
_NAME = re.compile(rb"[A-Za-z][A-Za-z0-9_-]{2,40}")
_WORD = re.compile(rb"[A-Za-z_][A-Za-z_.-]*+")
_DENSE = re.compile(rb"[^\s()]{6,}+")
_MIXED = re.compile(rb"(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])[^\s(){}\[\]]{10,512}+")
_NUMBER = re.compile(rb"\+?[0-9][0-9 -]{2,24}+")
_CONSTANT = re.compile(rb"[A-Z][A-Z0-9]{1,20}(?:_[A-Z0-9]{1,20}){1,6}")
_QUOTED_NAME = re.compile(rb"(?:<<|[@b])?\\{0,15}[\"'`][@:$]?\Z")
_OPENS = re.compile(rb"([(\[{])[ \t\r\n]{0,64}\Z")
_ARGUMENT = re.compile(rb"([\"'`]?)[ \t]{0,4},[ \t\r\n]{0,64}\Z")
_CLOSES = re.compile(rb"(?:>>|\])?[ \t\r\n]{0,64},?[ \t\r\n]{0,64}[)\]}]")
_NEXT_STRING = re.compile(rb"[ \t]{0,4},[ \t\r\n]{0,16}" + QUOTE)
_KEYWORD = re.compile(rb"(?:\A|[\s{\[(,#]):{1,2}(?:[A-Za-z][A-Za-z0-9_.-]{0,60}/)?\Z|\([a-z-]{1,20} '\Z")
_BORDER = re.compile(rb"(?:\A|[\s{\[(,])\Z")
_STATEMENT = re.compile(
    rb"(?:\A|\n)[ \t]{0,32}(?:(?:[#(]?(?:define|def|defonce|set|setenv|setx|env|export|const|static|var)|SetEnv)"
    rb"[ \t]{1,8})?\Z"
)
_STATEMENT_ENDS = re.compile(rb"[ \t,;)\\]{0,16}(?:\r?\n|\Z)")
_IN_MAP = re.compile(rb"(?:\A|[(\[{,\n])[ \t]{0,16}\Z")
_PAIR_OF_MAP = re.compile(
    rb"(?:\{|,[ \n]{1,64}):?(?:[A-Za-z][A-Za-z0-9_.-]{0,60}/)?([A-Za-z][A-Za-z0-9_-]{1,60}) "
    rb"(?=[^\s{}\[(#:,])([^,{}\"'`\\\n]{1,512})(?=[,}])"
)
_BORDERS = rb"(?:\||\xe2\x94\x82)"
_ROW = re.compile(_BORDERS + rb"?[ \t]*(?:[0-9]{1,6}[ \t]*" + _BORDERS + rb"[ \t]*)?[\"'*`]{0,3}")
_CELL = re.compile(rb"[ \t]*[\"'`]?([^|\xe2\"'`\r\n]*[^|\xe2\"'`\s])[\"'`]?[ \t]*" + _BORDERS + rb"?[ \t]*(?:\r?\n|\Z)")
_RULED = re.compile(rb"[-+|:= ]{3,512}\r?\n")
_BLANKS = re.compile(rb"[ \t]*")
_SERIALIZED = re.compile(rb"(?:s:[0-9]{1,9}:|[id]:)")
_SUBSCRIPT = re.compile(rb"[A-Za-z0-9_>]\{[\"']?\Z")
_JOINTS = (b"], [", b"),(", b"), (")
_PAIR_IN_LIST = re.compile(rb"[\[(]([A-Za-z][A-Za-z0-9_.-]{2,60}), ?([^\[\]()\"'`\\\n]{1,512})[\])]")
_BEFORE = 128
_REACH = 16_384


class _String(NamedTuple):
    """Where a string is written, from its quote or sigil on; ``is_listed`` says that it stands alone in a list."""

    start: int
    value: bytes
    end: int
    is_listed: bool


def rule_beside(text: bytes, names: Names, written: bytes, start: int, end: int, at: int) -> tuple[Rule, int] | None:
    """The rule for the value beside ``written``, and where to read it from; None where there is none.

    ``at`` is behind the sign that follows the name, one of ``BESIDE``.
    """
    before = text[max(0, start - _BEFORE) : start]
    string = _string(text, at)
    sign = text[at - 1 : at]
    opened = _QUOTED_NAME.search(before)
    is_quoted = opened is not None and text[end : end + 16].lstrip(b"\\")[:1] == opened[0].strip(b"@:$")[-1:]
    if sign == b"(":
        return None if is_quoted else _in_call(text, names, written, before, string, at)
    rule = names.meaning(written)
    if not isinstance(rule, Rule):
        return None
    if sign in b";|\x82":
        place = _SERIALIZED.match(text, at) if sign == b";" else _cell(text, names, rule, start, at)
        return (rule, place.end()) if place is not None else None
    if string is None or _is_name(names, string.value):
        return None
    head = before[: opened.start()] if opened is not None and is_quoted else before
    if sign == b",":
        is_pair = (
            _is_pair(text, head.removesuffix(b":"), string)
            if is_quoted or head.endswith(b":")
            else _is_bare_pair(written, head)
        )
    elif is_quoted:
        is_pair = before[-1:] != b"`" and _BORDER.search(head) is not None  # in backticks it is a word of prose
    else:
        is_statement = _STATEMENT.search(before) and _STATEMENT_ENDS.match(text, string.end)
        is_pair = _KEYWORD.search(before) is not None or is_statement is not None
    return (rule, string.start) if is_pair else None


def _string(text: bytes, at: int) -> _String | None:
    found = _STRING.match(text, at)
    if found is None:
        return None
    slashes, quote = found.group(3, 4)  # those of OPENING
    last = closing_quote(text, found.end(), len(slashes), quote, line_end(text, found.end()))
    end = last + len(slashes) + 1
    is_listed = found["list"] is not None
    if is_listed and text[end : end + 1] != b"]":
        return None
    return _String(found.start("whole"), text[found.end() : last], end, is_listed)


def _in_call(
    text: bytes, names: Names, written: bytes, before: bytes, string: _String | None, at: int
) -> tuple[Rule, int] | None:
    """``setApiKey("…")``, ``.clientSecret("…")``, ``Some(Token(…))``."""
    name = written.rpartition(b".")[2]
    verb = SETTING_VERB.match(name)
    rule = names.meaning(written) or (names.meaning(name[verb.end() :]) if verb is not None else None)
    if not isinstance(rule, Rule):
        return None
    reads = _READS.match(name) is not None
    if string is None:
        is_wrapper = name[:1].isupper() and _WRAPS.search(before) is not None
        is_told = not reads and (verb is not None or rule.form != "lines")
        is_value = _BARE.match(text, at) if is_wrapper else is_told and _WRAPPED.match(text, at)
        return (rule, at) if is_value else None
    value = string.value
    if _is_name(names, value) or _is_said(rule, value):
        return None
    if (reads or _NEXT_STRING.match(text, string.end)) and not is_opaque(value):
        return None
    return rule, string.start


def _is_said(rule: Rule, value: bytes) -> bool:
    """True for a message, and for what a grammar or a schema calls a token, a signature, a zip."""
    if b" " in value and (rule.form == "word" or _PROMPT.match(value)):
        return True
    if rule.rank is not Rank.KEYED_LOOSELY:
        return False
    if rule.form == "lines":
        return not any(48 <= byte <= 57 for byte in value)
    return rule.form == "word" and not (_DENSE.fullmatch(value) and looks_random(value))


def _cell(text: bytes, names: Names, rule: Rule, start: int, at: int) -> re.Match[bytes] | None:
    """The blanks before the cell at ``at``, where the row holds but the name and it, and is no head of columns."""
    row = text[max(0, text.rfind(b"\n", max(0, start - 64), start) + 1, start - 64) : start]
    cell = _CELL.match(text, at)
    if cell is None or _ROW.fullmatch(row) is None or _RULED.match(text, cell.end()) is not None:
        return None
    if _is_name(names, cell[1]) or (b" " in cell[1] and rule.form in ("word", "phrase")):
        return None
    return _BLANKS.match(text, at)


def is_subscript(text: bytes, start: int, at: int) -> bool:
    """True for ``$ENV{name} = "…"`` of Perl; ``{name}`` elsewhere is what something is filled in for."""
    return _SUBSCRIPT.search(text[max(0, start - 8) : start]) is not None and _string(text, at) is not None


def _is_pair(text: bytes, head: bytes, string: _String) -> bool:
    """True where a name that is a string or a symbol begins a list, or is an argument before the last one."""
    is_last = string.is_listed or _CLOSES.match(text, string.end) is not None
    if (opens := _OPENS.search(head)) is not None:
        return is_last or opens[1] != b"{"
    argument = _ARGUMENT.search(head)
    if argument is None:
        return False
    if argument[1] and _WORD.fullmatch(string.value):
        return False  # one of a list of words
    return is_last or _is_drawn(string.value)


def _is_drawn(value: bytes) -> bool:
    """True for what was drawn at random or is a number, and the name of nothing."""
    return any((is_opaque(value), _MIXED.fullmatch(value), _NUMBER.fullmatch(value)))


def _is_bare_pair(written: bytes, head: bytes) -> bool:
    """``{password,"…"}`` of Erlang, ``curl_setopt(curl, CURLOPT_PASSWORD, "…")``."""
    return head.endswith(b"{") or (_CONSTANT.fullmatch(written) is not None and _ARGUMENT.search(head) is not None)


def _is_name(names: Names, value: bytes) -> bool:
    """True for the name of a field: ``("first_name", "phone")`` is a list of such."""
    return _NAME.fullmatch(value) is not None and isinstance(names.meaning(value), Rule)


def is_in_map(text: bytes, start: int, at: int) -> bool:
    """True for ``Map(name -> …``: an arrow in other places leads from one state to another, or to a method."""
    head = text[max(0, start - 32) : start]
    return text[at : at + 1] == b" " and (head[-1:] in (b'"', b"'") or _IN_MAP.search(head) is not None)


def pairs_of_maps(text: bytes, names: Names) -> Iterator[tuple[Rule, int, int]]:
    """What stands bare in ``{:name …, :headers {x-api-key …}}``, as Clojure prints a map for people."""
    at = text.find(b"{:")
    while at >= 0:
        following = text.find(b"{:", at + 2)
        limit = min(following if following >= 0 else len(text), at + _REACH)
        for pair in _PAIR_OF_MAP.finditer(text, at, limit):
            if isinstance(rule := names.meaning(pair[1]), Rule):
                yield rule, *pair.span(2)
        at = following


def pairs_in_lists(text: bytes, names: Names) -> Iterator[tuple[Rule, int, int]]:
    """What stands bare in ``[name, …], [name, …]`` and ``(name,…), (name,…)``, as .NET and Scala print pairs."""
    for joint in _JOINTS:
        at = text.find(joint)
        while at >= 0:
            first = text.rfind(joint[-1:], max(0, at - _REACH // 16), at)
            for begin in (first, at + len(joint) - 1):
                pair = _PAIR_IN_LIST.match(text, begin) if begin >= 0 else None
                if pair is not None and isinstance(rule := names.meaning(pair[1]), Rule):
                    yield rule, *pair.span(2)
            at = text.find(joint, at + 1)
