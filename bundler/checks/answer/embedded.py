"""Finds the error bodies that a log record quotes: whole, cut short, escaped, or printed as a program's own value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import jiter

LONGEST_RECORD = 64 * 1024
_MOST_BODIES = 20
_DEEPEST = 3  # a body in a string of a body in a record: that is how frameworks log the errors of HTTP libraries
_BEGIN = re.compile(r"""[{\[]\s*(?:\{\s*)?\\*["']""")
_PRINTED = re.compile(r"""(?<=[{\[,:\s])'|'(?=[\]},:\s])""")
_PYTHON_WORDS = re.compile(r"\b(None|True|False)\b")
_WORDS = {"None": "null", "True": "true", "False": "false"}
_DECODER = json.JSONDecoder(strict=False)


class Body(NamedTuple):
    """A JSON object or array; of one that is cut, what is left of it."""

    value: Any
    is_whole: bool


def embedded_bodies(record: str) -> Iterator[Body]:
    """Every JSON object or array that ``record`` quotes, the outermost first.

    A last string or number that a cut ran through is left out: half a code is another code.
    """
    yield from _bodies(record[:LONGEST_RECORD], 0)


def read_partly(text: str) -> Any:
    """The JSON value that ``text`` begins with, as far as it goes; None where it begins with none."""
    return _as_far_as_it_goes(text).value


def _as_far_as_it_goes(text: str) -> Body:
    try:
        value, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        pass
    else:
        return Body(value, is_whole=True)
    try:
        return Body(jiter.from_json(text.encode("utf-8", "replace"), partial_mode=True), is_whole=False)
    except ValueError:
        return Body(_before_the_break(text), is_whole=False)


def _before_the_break(text: str) -> Any:
    """What stands before the first place that is no JSON, such as a library's own "(truncated...)"."""
    for end in (text.rfind(","), text.rfind(",", 0, max(text.rfind(","), 0))):
        if end > 0:
            try:
                return jiter.from_json(text[:end].encode("utf-8", "replace"), partial_mode=True)
            except ValueError:
                continue
    return None


def _bodies(text: str, depth: int) -> Iterator[Body]:
    start = 0
    for _ in range(_MOST_BODIES):
        begin = _BEGIN.search(text, start)
        if begin is None:
            return
        body, end = _body_at(text, begin.start())
        if body.value is None:
            start = begin.end()
            continue
        start = max(end, begin.end())
        yield body
        if depth < _DEEPEST:
            for inner in _strings(body.value):
                yield from _bodies(inner, depth + 1)


def _body_at(text: str, start: int) -> tuple[Body, int]:
    """The body that begins at ``start`` and where it ends; a cut one ends with the text."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        pass
    else:
        return Body(value, is_whole=True), end
    rest = text[start:]
    head = rest[:8]
    if '\\"' in head:
        rest = rest.replace('\\"', '"').replace("\\\\", "\\")
    elif "'" in head:
        rest = _PYTHON_WORDS.sub(lambda word: _WORDS[word[1]], _PRINTED.sub('"', rest))
    return _as_far_as_it_goes(rest), len(text)


def _strings(value: Any) -> Iterator[str]:
    """Texts inside ``value`` that may quote a body themselves."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item[:_MOST_BODIES])
        elif isinstance(item, str) and ("{" in item or "[" in item):
            yield item
