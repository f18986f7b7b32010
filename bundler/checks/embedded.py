"""Finds the error bodies that a log record quotes: whole, cut short, escaped, or printed as a program's own value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jiter

LONGEST_RECORD = 64 * 1024
_MOST_BODIES = 20
_DEEPEST = 3  # a body in a string of a body in a record: that is how frameworks log the errors of HTTP libraries
_BEGIN = re.compile(r"""[{\[]\s*(?:\{\s*)?\\*["']""")
_PRINTED = re.compile(r"""(?<=[{\[,:\s])'|'(?=[\]},:\s])""")
_PYTHON_WORDS = re.compile(r"\b(None|True|False)\b")
_WORDS = {"None": "null", "True": "true", "False": "false"}
_DECODER = json.JSONDecoder(strict=False)


def embedded_bodies(record: str) -> Iterator[Any]:
    """Every JSON object or array that ``record`` quotes, the outermost first; of one that is cut, what is left of it.

    A last string or number that the cut ran through is left out: half a code is another code.
    """
    yield from _bodies(record[:LONGEST_RECORD], 0)


def read_partly(text: str) -> Any:
    """The JSON value that ``text`` begins with, as far as it goes; None where it begins with none."""
    try:
        value, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        pass
    else:
        return value
    try:
        return jiter.from_json(text.encode("utf-8", "replace"), partial_mode=True)
    except ValueError:
        return _before_the_break(text)


def _before_the_break(text: str) -> Any:
    """What stands before the first place that is no JSON, such as a library's own "(truncated...)"."""
    for end in (text.rfind(","), text.rfind(",", 0, max(text.rfind(","), 0))):
        if end > 0:
            try:
                return jiter.from_json(text[:end].encode("utf-8", "replace"), partial_mode=True)
            except ValueError:
                continue
    return None


def _bodies(text: str, depth: int) -> Iterator[Any]:
    start = 0
    for _ in range(_MOST_BODIES):
        begin = _BEGIN.search(text, start)
        if begin is None:
            return
        value, end = _value_at(text, begin.start())
        if value is None:
            start = begin.end()
            continue
        start = max(end, begin.end())
        yield value
        if depth < _DEEPEST:
            for inner in _strings(value):
                yield from _bodies(inner, depth + 1)


def _value_at(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at ``start`` and where it ends; a cut one ends with the text."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        pass
    rest = text[start:]
    head = rest[:8]
    if '\\"' in head:
        return read_partly(rest.replace('\\"', '"').replace("\\\\", "\\")), len(text)
    if "'" in head:
        plain = _PYTHON_WORDS.sub(lambda word: _WORDS[word[1]], _PRINTED.sub('"', rest))
        return read_partly(plain), len(text)
    return read_partly(rest), len(text)


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
