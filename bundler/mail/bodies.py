"""Shortens the bodies of exchanges for a mail that has no room for them, with a mark where something is left out."""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from bundler.model import BodyState, Exchange, Request, Response

Message = TypeVar("Message", Request, Response)

CAPS = (128_000, 64_000, 32_000, 16_000, 8_000, 4_000)
"""Bytes of a body that may stay, from much to little."""
FAILING_CAPS = (128_000, 64_000, 32_000, 16_000)
"""The same for the call that failed, which keeps more."""

_TAIL_SHARE = 4
_NEAR = 1_000
_ENDS_OF_WORDS = (b" ", b"\t", b",", b";", b"&", b">")
_NOTE = "its long bodies are cut in the mail; they are whole in the bundle"


def with_bodies_cut(exchange: Exchange, cap: int) -> Exchange:
    """``exchange`` with bodies of about ``cap`` bytes at most: their beginning, a mark, and a quarter from their end.

    A body is cut at the end of a line or, near by, of a word, so that no id and no placeholder is cut in two. An
    exchange whose bodies are short enough comes back as it is.
    """
    request, response = exchange.request, exchange.response
    is_long = [message is not None and len(message.body) > cap + _NEAR for message in (request, response)]
    if not any(is_long):
        return exchange
    return replace(
        exchange,
        request=_shortened(request, cap) if request is not None and is_long[0] else request,
        response=_shortened(response, cap) if response is not None and is_long[1] else response,
        notes=(*exchange.notes, _NOTE),
    )


def _shortened(message: Message, cap: int) -> Message:
    return replace(message, body=_cut(message.body, cap), body_state=BodyState.TRUNCATED)


def _cut(body: bytes, cap: int) -> bytes:
    tail_size = cap // _TAIL_SHARE
    end = _boundary(body, cap - tail_size)
    start = max(end, _boundary(body, len(body) - tail_size))
    mark = f"\n[{start - end:,} bytes are left out of the mail here; the bundle has them]\n"
    return body[:end] + mark.encode() + body[start:]


def _boundary(body: bytes, place: int) -> int:
    """The last place up to ``place`` where one may cut."""
    near = body[max(0, place - _NEAR) : place]
    if (line := near.rfind(b"\n")) >= 0:
        return place - len(near) + line + 1
    word = max(near.rfind(end) for end in _ENDS_OF_WORDS)
    if word >= 0:
        return place - len(near) + word + 1
    while place and body[place] & 0xC0 == 0x80:  # within a character of UTF-8
        place -= 1
    return place
