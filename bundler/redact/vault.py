"""Gives every secret of a ticket its placeholder, and keeps the real values for the one who is allowed to see them."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Struct

from bundler.errors import UnreadableInput
from bundler.model import Redaction
from bundler.redact.proofs import decode_base64
from bundler.redact.rule import Rank
from bundler.redact.rules import RULES

SCHEMA = "ticket-bundler/map/1"
KINDS: frozenset[str] = frozenset(rule.kind for rule in RULES) | {"personal"}
PLACEHOLDER = re.compile(
    rb"\[(" + b"|".join(kind.encode() for kind in sorted(KINDS)) + rb")-([1-9][0-9]{0,8})(?::[A-Za-z0-9=,.:+/_-]*)?\]"
)
"""A placeholder as it stands in a text: inert, never masked again. ``RULES`` and the profiles use these kinds only."""

_SEPARATED_DIGITS = re.compile(rb"\+?[0-9][0-9 ()+-]{6,28}")
_ODD_SEPARATOR = re.compile(rb"(?<=[0-9])(?:\xc2\xa0|\xe2\x80[\x80-\x91\xaf])(?=[0-9(])")
_GROUPED_IBAN = re.compile(rb"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 +-]{11,40}")
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_TIMES = ("iat", "nbf", "exp")
_LAST_FOUR = re.compile(rb"[A-Za-z0-9=+/_-]{4}")


class VaultEntry(Struct, frozen=True):
    """One secret: what stands for it, what kind it is, the value itself, and how often it was replaced.

    ``everywhere`` is False for a value that is masked in its place only, for any text may hold it by chance.
    """

    placeholder: str
    kind: str
    value: str
    count: int
    everywhere: bool = True


class _MapFile(Struct, frozen=True):
    schema: str
    ticket_id: str
    entries: tuple[VaultEntry, ...]


class Vault(Struct, frozen=True):
    """The real values behind the placeholders of one ticket: private, never part of what leaves."""

    entries: tuple[VaultEntry, ...] = ()

    def to_json(self, ticket_id: str = "") -> bytes:
        """The private map as a file: UTF-8, indented, the same bytes for the same entries."""
        return msgspec.json.format(msgspec.json.encode(_MapFile(SCHEMA, ticket_id, self.entries)), indent=2) + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> Vault:
        """The vault that ``to_json`` wrote; raises ``UnreadableInput`` for anything else."""
        try:
            read = msgspec.json.decode(data, type=_MapFile)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise UnreadableInput(
                "This is not a private map of a ticket.", "Name the ….map.json beside the bundle."
            ) from error
        if read.schema != SCHEMA:
            raise UnreadableInput("This private map is of another version.", "Use the version that wrote it.")
        return cls(read.entries)

    def restore(self, text: str) -> str:
        """``text`` with the real values in the place of their placeholders."""
        values = {entry.placeholder: entry.value for entry in self.entries}
        return PLACEHOLDER.sub(
            lambda found: values.get(found[0].decode(), found[0].decode()).encode(), text.encode()
        ).decode()

    def redactions(self) -> tuple[Redaction, ...]:
        """What was replaced and how often, without the values."""
        return tuple(Redaction(entry.kind, entry.placeholder, entry.count) for entry in self.entries)


def read_vault(data: bytes) -> Vault:
    """The vault in the private map's bytes; raises ``UnreadableInput``."""
    return Vault.from_json(data)


@lru_cache(maxsize=16_384)
def canonical(value: bytes) -> bytes:
    """The same secret written otherwise, as one: without escapes, separators of numbers, the case of mail addresses."""
    if b"%" in value:
        value = unquote_to_bytes(value)
    if b"\\" in value:
        value = _without_slashes(value)
    value = value.strip()
    if not value.isascii():
        value = _ODD_SEPARATOR.sub(b" ", value)
    if _SEPARATED_DIGITS.fullmatch(value):
        return value.translate(None, b" ()+-")
    if _GROUPED_IBAN.fullmatch(value) and (b" " in value or b"+" in value):
        return value.translate(None, b" +-").upper()
    return value.lower() if b"@" in value and b" " not in value else value


def _without_slashes(value: bytes) -> bytes:
    for _ in range(3):
        try:
            plain = json.loads(b'"' + value + b'"')
        except ValueError:
            return value
        shorter = plain.encode("utf-8", "surrogatepass")
        if shorter == value:
            return value
        value = shorter
    return value


class Secret(Struct):
    """What is known of one value: what it is, how it was first written, and where it may be looked for."""

    kind: str
    rank: Rank
    written: bytes
    spreads: bool
    detail: str = ""
    placeholder: str = ""
    count: int = 0


class Placeholders:
    """Learns what the secrets are, and hands out placeholders, numbered by kind in the order of first use."""

    def __init__(self) -> None:
        self.secrets: dict[bytes, Secret] = {}
        self._given: list[Secret] = []
        self._next: dict[str, int] = {}
        self._taken: set[tuple[str, int]] = set()

    def learn(self, written: bytes, kind: str, rank: Rank, *, spreads: bool) -> bytes:
        """Remember a value and return the form by which it is known; the lowest rank decides on its kind."""
        value = canonical(written)
        known = self.secrets.get(value)
        if known is None:
            self.secrets[value] = Secret(kind, rank, written, spreads)
            return value
        known.spreads = known.spreads or spreads
        if rank < known.rank and not known.placeholder:
            known.kind, known.rank = kind, rank
        return value

    def show_last_four(self, value: bytes) -> None:
        """Keep the last four characters of this value readable, as the provider asks for them."""
        secret = self.secrets.get(value)
        if secret is not None and len(value) >= 16 and _LAST_FOUR.fullmatch(value[-4:]):
            secret.detail = f":last4={value[-4:].decode()}"

    def avoid(self, text: bytes) -> None:
        """Do not give out the placeholders that stand in ``text`` already."""
        if b"[" in text:
            self._taken.update((found[1].decode(), int(found[2])) for found in PLACEHOLDER.finditer(text))

    def of(self, value: bytes) -> str:
        """The placeholder of a value that was learned; counted as one replacement."""
        secret = self.secrets[value]
        if not secret.placeholder:
            number = self._next.get(secret.kind, 1)
            while (secret.kind, number) in self._taken:
                number += 1
            self._next[secret.kind] = number + 1
            detail = jwt_detail(value) if secret.kind == "jwt" else secret.detail
            secret.placeholder = f"[{secret.kind}-{number}{detail}]"
            self._given.append(secret)
        secret.count += 1
        return secret.placeholder

    def vault(self) -> Vault:
        """What was given out, in that order."""
        return Vault(
            tuple(
                VaultEntry(
                    secret.placeholder,
                    secret.kind,
                    secret.written.decode("utf-8", "replace"),
                    secret.count,
                    secret.spreads,
                )
                for secret in self._given
            )
        )


def jwt_detail(token: bytes) -> str:
    """``:alg=RS256,iat=…,exp=…`` of a JSON web token: its algorithm, and its times that are numbers (RFC 7519)."""
    parts = token.split(b".")
    told: list[str] = []
    algorithm = _json_object(parts[0]).get("alg")
    if isinstance(algorithm, str) and re.fullmatch(r"[A-Za-z0-9-]{1,16}", algorithm):
        told.append(f"alg={algorithm}")
    claims = _json_object(parts[1]) if len(parts) > 1 else {}
    for name in _TIMES:
        seconds = claims.get(name)
        if isinstance(seconds, (int, float)) and 0 <= seconds < 32_503_680_000:
            told.append(f"{name}={datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}")
    return ":" + ",".join(told) if told else ""


def _json_object(part: bytes) -> dict[str, object]:
    plain = decode_base64(part)
    try:
        read = json.loads(plain) if plain is not None else {}
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def basic_parts(value: bytes) -> tuple[bytes, bytes] | None:
    """User and password of Basic credentials (RFC 7617), or None."""
    plain = decode_base64(value)
    if plain is None or b":" not in plain:
        return None
    user, _, password = plain.partition(b":")
    return user, password


def base64_forms(value: bytes) -> set[bytes]:
    """What a longer Base64 or Base64url text holds when ``value`` is in what it encodes, at any of three offsets."""
    forms: set[bytes] = set()
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + value)[: (offset + len(value)) * 4 // 3]
        core = whole[(0, 2, 3)[offset] :]
        if len(core) >= 7:
            forms |= {core, core.translate(_URL_SAFE)}
    return forms
