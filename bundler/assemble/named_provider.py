"""Which provider a mail is about where its ``ticket.json`` does not tell it: by the hosts that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bundler.mail.read import Mail
from bundler.providers import recognise
from bundler.providers.profile import Profile

_URL = re.compile(rb"https?://[A-Za-z0-9][^\s\"'<>]{2,200}")
_HOST_LINE = re.compile(rb"^[>\s|]{0,8}Host:[ \t]*([A-Za-z0-9.-]{4,253})", re.IGNORECASE | re.MULTILINE)
_MOST_URLS = 2_000
_MOST_TEXT = 200_000
"""Bytes of each part of the mail that are looked at."""


def provider_of(mail: Mail) -> Profile:
    """The profile whose hosts most of the mail's URLs name; the generic one where none is a host of a provider."""
    return recognise(islice(_urls(mail), _MOST_URLS))


def _urls(mail: Mail) -> Iterator[str]:
    parts = (mail.text.encode("utf-8", "replace"), mail.html.encode("utf-8", "replace"))
    for part in (*parts, *(data for _, _, data in mail.attachments)):
        text = part[:_MOST_TEXT].replace(rb"\/", b"/")
        yield from (found[0].decode("latin-1") for found in _URL.finditer(text))
        yield from (f"https://{found[1].decode('latin-1')}/" for found in _HOST_LINE.finditer(text))
