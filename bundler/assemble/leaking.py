"""What the last look into finished files, before they appear, means for who makes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bundler.errors import LeakFound
from bundler.redact import Leak, Look
from bundler.redact.rule import RuleFailure


@contextmanager
def refusing_failed_rules() -> Iterator[None]:
    """Raise ``LeakFound`` where a rule fails within: files that could not be searched are not clean."""
    try:
        yield
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
