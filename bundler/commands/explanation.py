"""What is said of a code, for people and as JSON."""

from __future__ import annotations

from msgspec import Struct

WHO = {
    "code": "your code",
    "config": "whoever set up the account, keys or product",
    "user": "the payer",
    "wait": "nobody yet: try again later, with the same idempotency key",
    "provider": "the provider; write to support",
    "test": "nobody: it happens in the test environment only",
    "other-desk": "another desk",
}
"""Who has to act, in words."""


class Explanation(Struct, frozen=True):
    """What one code means. ``kind`` tells what goes by the code: a check, a provider's code or text, a test amount …

    What belongs to a provider has its slug, and the family and group that the code is of, where it is of one.
    """

    code: str
    title: str
    text: str = ""
    link: str = ""
    kind: str = ""
    provider: str = ""
    family: str = ""
    group: str | None = None
