"""Reads bodies that may be JSON, and may be anything else, without ever raising."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

import msgspec

SIZE_LIMIT = 8 * 1024 * 1024
"""Larger bodies are not read as JSON: no call about one payment is that large, and decoding takes ten times as much."""

Trail = tuple["Trail | None", "str | int"]
"""A place in a JSON value as (place of the parent, key or index): shared, so that deep values stay cheap."""


def decode_json(body: bytes) -> Any:
    """The value that ``body`` holds, or None when it holds none (or null).

    A byte order mark, bytes that are not UTF-8 and NaN are tolerated, because real services send them.
    """
    if not body or len(body) > SIZE_LIMIT:
        return None
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body.decode("utf-16", "replace").encode()
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        return None
    except (msgspec.MsgspecError, ValueError):
        pass
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def scalars(value: Any) -> Iterator[tuple[Trail, str, Any]]:
    """Every scalar under a key of an object, as (place, key, scalar), the outermost first."""
    waiting: deque[tuple[Trail | None, Any]] = deque([(None, value)])
    while waiting:
        parent, container = waiting.popleft()
        if isinstance(container, dict):
            for key, inner in container.items():
                trail = (parent, key)
                if isinstance(inner, dict | list):
                    waiting.append((trail, inner))
                else:
                    yield trail, key, inner
        elif isinstance(container, list):
            waiting.extend(
                ((parent, count), inner) for count, inner in enumerate(container) if isinstance(inner, dict | list)
            )


def trail_keys(trail: Trail) -> Iterator[str]:
    """The keys on the way to the place, the innermost first, without its own."""
    place, _ = trail
    while place is not None:
        place, step = place
        if isinstance(step, str):
            yield step


def trail_text(trail: Trail) -> str:
    """``transaction.items[2].orderId``, counted from 0 as in JSON; the middle of a long place is left out."""
    steps: list[str | int] = []
    place: Trail | None = trail
    while place is not None:
        place, step = place
        steps.append(step)
    steps.reverse()
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step[:60]}" for step in steps).removeprefix(".")
    return printable(text if len(text) <= 160 else f"{text[:80]} … {text[-70:]}")


def printable(text: str) -> str:
    """``text`` as it can be written as UTF-8: JSON escapes may stand for half a character."""
    return text.encode("utf-8", "replace").decode()


def in_list(trail: Trail) -> bool:
    """Whether the place lies inside an array, so that the value is one of several."""
    place: Trail | None = trail
    while place is not None:
        place, step = place
        if isinstance(step, int):
            return True
    return False
