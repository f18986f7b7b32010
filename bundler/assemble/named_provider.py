"""Which provider a text is about where no call and no ``ticket.json`` tells it: by the hosts that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bundler.mail.read import Mail
from bundler.model import Exchange
from bundler.providers import recognise
from bundler.providers.profile import Profile

_URL = re.compile(rb"https?://[A-Za-z0-9][^\s\"'<>]{2,200}")
_HOST_LINE = re.compile(rb"^[>\s|]{0,8}Host:[ \t]*([A-Za-z0-9.-]{4,253})", re.IGNORECASE | re.MULTILINE)
_MOST_URLS = 2_000
_MOST_TEXT = 200_000
"""Bytes of each part of a mail, or of an answer, that are looked at."""


def provider_of(mail: Mail) -> Profile:
    """The profile whose hosts most of the mail's URLs name; the generic one where none is a host of a provider."""
    return recognise(islice(_urls(mail), _MOST_URLS))


def urls_in(text: bytes) -> Iterator[str]:
    """The URLs in a text, as they begin; one in a sentence may end with a sign of the sentence."""
    return (found[0].decode("latin-1") for found in _URL.finditer(text))


def words_of(exchange: Exchange) -> bytes:
    """What an answer that was saved alone begins with; b"" where the call itself is there, and tells what it was."""
    if exchange.request is not None or exchange.response is None:
        return b""
    return exchange.response.body[:_MOST_TEXT]


def _urls(mail: Mail) -> Iterator[str]:
    parts = (mail.text.encode("utf-8", "replace"), mail.html.encode("utf-8", "replace"))
    for part in (*parts, *(data for _, _, data in mail.attachments)):
        text = part[:_MOST_TEXT].replace(rb"\/", b"/")
        yield from urls_in(text)
        yield from (f"https://{found[1].decode('latin-1')}/" for found in _HOST_LINE.finditer(text))
