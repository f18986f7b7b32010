"""Every field of a ticket is searched."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import fields, replace

from bundler.model import Picture, Reporter, Ticket
from bundler.redact import redact
from tests.redact.tickets import VIPPS, full_ticket, text_of

OF_PROFILES = ("provider", "family")
"""Fields of a ticket whose values are names of our own profiles; nothing of the evidence gets there."""


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every text and every bytes in a record that is not one of a few words of our own."""
    if isinstance(value, Reporter | Enum):
        return
    if isinstance(value, str | bytes):
        yield path
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from leaves(part, (*path, index))
    elif isinstance(value, Struct):
        hints = typing.get_type_hints(type(value))
        for field in fields(value):
            is_word = "Literal" in str(hints[field.name]) or (isinstance(value, Ticket) and field.name in OF_PROFILES)
            if not is_word and not (isinstance(value, Picture) and field.name == "data"):
                yield from leaves(getattr(value, field.name), (*path, field.name))


def planted(value: Any, path: tuple[Any, ...], secret: str) -> Any:
    """``value`` with ``secret`` in the place that ``path`` leads to."""
    if not path:
        return secret.encode() if isinstance(value, bytes) else secret
    step, *rest = path
    if isinstance(step, int):
        return (*value[:step], planted(value[step], tuple(rest), secret), *value[step + 1 :])
    return replace(value, **{step: planted(getattr(value, step), tuple(rest), secret)})


LEAVES = list(leaves(full_ticket()))


def test_the_walk_over_the_fields_reaches_what_it_should() -> None:
    names = {path[-1] if isinstance(path[-1], str) else path[-2] for path in LEAVES}
    assert {
        "summary",
        "url",
        "body",
        "data",
        "caption",
        "message",
        "written",
        "place",
        "why",
        "reason",
        "link",
    } <= names
    assert len(LEAVES) > 60


def planted_everywhere(text: str) -> tuple[Ticket, dict[str, tuple[Any, ...]]]:
    """The full ticket with ``text`` in every place, each time with another secret in the place of ``%s``."""
    ticket, secrets = full_ticket(), {}
    for number, path in enumerate(LEAVES):
        secret = f"Zx{number:03d}wq72pl90kd{number:03d}"
        ticket, secrets[secret] = planted(ticket, path, text % secret), path
    return ticket, secrets


def test_a_secret_is_masked_wherever_it_is_planted() -> None:
    ticket, secrets = planted_everywhere("see client_secret=%s there")
    safe, vault = redact(ticket, VIPPS)
    assert [path for secret, path in secrets.items() if secret in text_of(safe)] == []
    known = " ".join(entry.value for entry in vault.entries)
    assert [path for secret, path in secrets.items() if secret not in known] == []


def test_a_value_found_by_name_is_masked_where_it_stands_bare() -> None:
    ticket, secrets = planted_everywhere("bare %s value")
    told = "\n".join(f"password={secret}" for secret in secrets)
    safe, _ = redact(replace(ticket, notes=(*ticket.notes, told)), VIPPS)
    assert [path for secret, path in secrets.items() if secret in text_of(safe)] == []
