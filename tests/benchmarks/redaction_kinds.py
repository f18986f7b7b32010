"""What is planted in the logs of ``redaction.py``: kinds, their families, and how each stands in a message."""

from __future__ import annotations

import re
from functools import cache

from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.corpus_lines import decoy as line_decoy
from tests.benchmarks.corpus_lines import secret as line_secret
from tests.redact.planted.keepsakes import lookalike
from tests.redact.planted.making import Shape
from tests.redact.planted.pieces import Pieces, as_json, encoded, plain, words
from tests.redact.planted.pieces import decoy as decoy_piece
from tests.redact.planted.pieces import secret as secret_piece
from tests.redact.planted.shapes import SHAPES

FAMILIES: dict[str, str] = {
    "card": r"card(?!-by-name|-encrypted).*",
    "card data": r"card-by-name.*|card-encrypted|network-token|cvv.*|one-time-code|cryptogram|track-2",
    "account": r"iban.*|account.*",
    "national id": r"fodselsnummer.*|d-number|cpr.*|hetu|personnummer.*|national-id.*",
    "jwt": r"jwt.*",
    "authorization": r"bearer|basic|hmac|digest|authorization-opaque",
    "vendor key": r"stripe-key|webhook-secret|.*-token(?<!access-token)|aws-key-id|google-key|sendgrid-key|mollie-key"
    r"|key|cloud-key",
    "secret by name": r"aws-secret|client-secret.*|webhook-secret-by-name|subscription-key|api-key.*|access-token"
    r"|code-verifier|password.*|private-key-by-name|session-id|signature|stripe-signature",
    "cookie": r"cookie|set-cookie",
    "address with credentials": r".*-url|jdbc|sql-server|storage-account|service-bus|curl-user|netrc|oauth-code"
    r"|key-in-query|token-fragment|login-hint",
    "private key": r"pem.*",
    "mail": r"mail.*",
    "phone": r"phone.*",
    "ip address": r"ipv[46].*",
    "device": r"mac|device.*",
    "person": r"name|first-name|street|postal-code|city|birth-date",
}
"""Families of kinds: the first whose pattern fits the name of a kind."""


@cache
def family_of(kind: str) -> str:
    """The family of a kind."""
    return next(family for family, pattern in FAMILIES.items() if re.fullmatch(pattern, kind))


def written_secret(draws: Draws) -> tuple[str, Pieces]:
    """A kind and its value as it stands in a message."""
    family = draws.pick(tuple(_members()))
    chosen = draws.pick(_members()[family])
    if isinstance(chosen, str):
        while True:
            value = line_secret(draws)
            if value.kind == chosen:
                before, _, after = value.written.partition(value.text)
                return chosen, words(before, secret_piece(value.text), after)
    made = chosen.make(draws)
    return chosen.name, _written(draws, made.name, made.value, is_bare=made.is_bare, is_spaced=chosen.has_blanks)


@cache
def _members() -> dict[str, list[Shape | str]]:
    """The shapes of one line, and the names of the plainer kinds of ``corpus_lines``, by family."""
    members: dict[str, list[Shape | str]] = {family: [] for family in FAMILIES}
    for shape in SHAPES:
        if not shape.is_multiline:
            members[family_of(shape.name)].append(shape)
    for kind in _LINE_KINDS:
        members[family_of(kind)].append(kind)
    return members


_LINE_KINDS = (
    *("card", "account", "mail", "phone", "jwt", "bearer", "basic", "key", "cloud-key", "client-secret", "password"),
    *("access-token", "cvv", "ipv4", "ipv6"),
)


def _written(draws: Draws, name: str, value: Pieces, *, is_bare: bool, is_spaced: bool) -> Pieces:
    if is_bare and draws.below(2):
        return words(f"{name} ", value)
    if "-" in name or name in ("Authorization", "authorization", "Cookie", "cookie"):
        return words(f"{name}: ", value)
    if is_spaced or draws.below(3) == 0:
        return words(f'{{"{name}":"', encoded(value, as_json), '"}')
    return words(f"{name}{draws.pick(('=', ': '))}", value)


def written_decoy(draws: Draws) -> tuple[str, Pieces]:
    """A kind of what only looks like a secret, and one of it as it stands in a message."""
    if draws.below(2):
        value = line_decoy(draws)
        return value.kind, words(decoy_piece(value.written))
    made = lookalike(draws)
    return made.value[0].tag, words(decoy_piece(plain(written_field(draws, made.name, made.value))))


def written_field(draws: Draws, name: str, value: Pieces) -> Pieces:
    """A value with its name before it, unless that says nothing."""
    if name == "note":
        return words("note ", value)
    return words(f"{name}=", value) if draws.below(2) else words(f'{{"{name}":"', encoded(value, as_json), '"}')
