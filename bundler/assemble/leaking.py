"""Searches finished files for what redaction took out, as their readers would see them."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from bundler.errors import LeakFound
from bundler.providers.profile import Profile
from bundler.redact import Leak, Vault, find_leaks
from bundler.redact.rule import RuleFailure


def search(
    parts: Iterable[tuple[str, bytes]], *, vault: Vault | None, profile: Profile, protected: Iterable[str]
) -> tuple[Leak, ...]:
    """Every leak in ``parts`` (name and content, unpacked and decoded); raises ``LeakFound`` where a rule fails."""
    known = [text for text in protected if text]
    try:
        return find_leaks(_as_read(parts), vault=vault, profile=profile, protected=known)
    except RuleFailure as failure:
        told = f"The finished files could not be searched: the rule {failure.rule} failed."
        raise LeakFound(told, "Leave out the evidence that was added last, and tell us which rule it was.") from failure


def _as_read(parts: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """HTML also without its escapes: behind ``&#34;`` neither a secret nor the name of an id is seen for what it is."""
    for name, data in parts:
        if name.lower().endswith("html"):
            yield name, html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        else:
            yield name, data
