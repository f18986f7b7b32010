"""What one sighting of an identifier is, and when a value counts as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from bundler.model import Origin
from bundler.providers.profile import Identifier

_LONGEST_VALUE = 200
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_NO_VALUES = frozenset(
    {"string", "null", "undefined", "none", "nil", "nan", "true", "false", "unknown", "n/a", "na", "todo", "tbd"}
    | {"redacted", "masked", "hidden", "removed", "missing", "empty", "required", "invalid", "value", "example"}
)


class Sighting(Struct, frozen=True):
    """One value of an identifier and where it was seen.

    ``loose``: it is one of several in a list, so it decides nothing. ``family`` is that of the call in whose path it
    stood, empty elsewhere.
    """

    identifier: Identifier
    value: str
    origin: Origin
    loose: bool = False
    family: str = ""

    @property
    def same(self) -> str:
        """The value as it is compared."""
        return comparable(self.value)


def comparable(value: str) -> str:
    """``value`` as ids are compared: without case where it is a UUID, as it is otherwise."""
    return value.lower() if is_uuid(value) else value


def is_uuid(value: str) -> bool:
    """Whether ``value`` has the form of a UUID of any version (RFC 9562 section 4)."""
    return len(value) == 36 and _UUID.fullmatch(value) is not None


def applies(identifier: Identifier, families: Sequence[str]) -> bool:
    """Whether the identifier belongs to one of the families; an unknown family rules nothing out."""
    return not families or not identifier.families or any(slug in identifier.families for slug in families)


def matches(identifier: Identifier, value: str) -> bool:
    """Whether the whole value has the identifier's form."""
    return _compiled(identifier.pattern).fullmatch(value) is not None


def find_identifier(candidates: Sequence[Identifier], value: str, families: Sequence[str]) -> Identifier | None:
    """The first of the candidates that belongs to the families and whose form the value has.

    ``null``, ``string``, a row of zeros and the like are what programs write where an id is missing, and no ids.
    """
    if len(value) > _LONGEST_VALUE or not value.strip("0-*xX.") or value.lower() in _NO_VALUES:
        return None
    fitting = (identifier for identifier in candidates if applies(identifier, families) and matches(identifier, value))
    return next(fitting, None)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
