"""Opens finished files again and searches all of them for what redaction took out: the last step before they appear."""

from __future__ import annotations

from collections.abc import Iterable

from bundler.errors import LeakFound
from bundler.providers.profile import Profile
from bundler.redact import Leak, Look, Vault, find_leaks
from bundler.redact.rule import RuleFailure
from bundler.redact.words import NO_WORDS, Words


def search(
    files: Iterable[tuple[str, bytes]],
    *,
    vault: Vault | None,
    profile: Profile,
    protected: Iterable[str],
    words: Words = NO_WORDS,
) -> Look:
    """What leaks in ``files``: pairs of a name for people, and the bytes as they are to leave.

    Raises ``LeakFound`` where a rule fails.
    """
    known = [text for text in protected if text]
    try:
        return find_leaks(files, vault=vault, profile=profile, protected=known, words=words)
    except RuleFailure as failure:
        told = f"The finished files could not be searched: the rule {failure.rule} failed."
        raise LeakFound(told, "Leave out the evidence that was added last, and tell us which rule it was.") from failure


def refuse(look: Look) -> None:
    """Raise ``LeakFound`` for anything that is secret or could not be looked into; the first of it is named."""
    if look.leaks:
        first = look.leaks[0]
        raise LeakFound(f"There is still {first}{_more(look.leaks)}; nothing was written.", first.hint)
    if look.unread:
        first = look.unread[0]
        told = f"{first.member} cannot be searched for secrets: {first.place}{_more(look.unread)}"
        raise LeakFound(f"{told}; nothing was written.", first.hint)


def _more(leaks: tuple[Leak, ...]) -> str:
    return f" (and {len(leaks) - 1} more)" if len(leaks) > 1 else ""
