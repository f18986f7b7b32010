"""The private map: what stands for which real value, kept for the one who is allowed to see them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Struct

from bundler.errors import UnreadableInput
from bundler.model import Redaction
from bundler.redact.proofs import decode_base64
from bundler.redact.rules import RULES
from bundler.redact.stretches import as_utf8

SCHEMA = "ticket-bundler/map/1"
KINDS: frozenset[str] = frozenset(rule.kind for rule in RULES) | {"personal", "word"}
PLACEHOLDER = re.compile(
    rb"\[(" + b"|".join(kind.encode() for kind in sorted(KINDS)) + rb")-([1-9][0-9]{0,8})(?::[A-Za-z0-9=,.:+/_-]*)?\]"
)
"""A placeholder as it stands in a text: inert, never masked again. ``RULES`` and the profiles use these kinds only."""

_VERSION = re.compile(r"ticket-bundler/map/[0-9]{1,9}")
_GIVEN = re.compile(r"\[[a-z-]{1,40}-[1-9][0-9]{0,8}(?::[A-Za-z0-9=,.:+/_-]*)?\]|[A-Za-z0-9@.:+/_=-]{3,1024}")
_KIND = re.compile(r"[a-z-]{1,40}")
_SCHEMA_OF_MAP = re.compile(rb"(?<!\\)\"schema\"\s{0,8}:\s{0,8}\"ticket-bundler/map/")
_ENTRY_OF_MAP = re.compile(
    rb"\{\s{0,40}\"placeholder\"\s{0,8}:\s{0,8}\"[^\"]{1,1024}\",\s{0,40}\"kind\"\s{0,8}:\s{0,8}\"[a-z-]{1,40}\",\s{0,40}\"value\""
)
_SEPARATED_DIGITS = re.compile(rb"\+?[0-9][0-9 ()+-]{6,28}")
_ODD_SEPARATOR = re.compile(rb"(?<=[0-9])(?:\xc2\xa0|\xe2\x80[\x80-\x91\xaf])(?=[0-9(])")
_GROUPED_IBAN = re.compile(rb"[A-Za-z]{2}[0-9]{2}(?=.{11})([ +-])(?:[A-Za-z0-9]{4}\1){1,7}[A-Za-z0-9]{1,4}")
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class VaultEntry(Struct, frozen=True, omit_defaults=True):
    """One secret: what stands for it, what kind it is, the value itself, and how often it was replaced.

    ``everywhere`` is False for a value that is masked in its place only, for any text may hold it by chance. ``exact``
    is the Base64 of a value that is not UTF-8; ``value`` shows of it what can be shown.
    """

    placeholder: str
    kind: str
    value: str
    count: int
    everywhere: bool = True
    exact: str = ""

    def __post_init__(self) -> None:
        base64.b64decode(self.exact, validate=True)

    @classmethod
    def of(cls, written: bytes, placeholder: str, kind: str, count: int, *, everywhere: bool) -> VaultEntry:
        """The entry of a value as it was written."""
        value = written.decode("utf-8", "replace")
        exact = "" if value.encode() == written else base64.b64encode(written).decode()
        return cls(placeholder, kind, value, count, everywhere, exact)

    @property
    def written(self) -> bytes:
        """The value's own bytes."""
        return base64.b64decode(self.exact) if self.exact else self.value.encode()


class _Version(Struct, frozen=True):
    schema: str


class _MapFile(Struct, frozen=True):
    schema: str
    ticket_id: str
    entries: tuple[VaultEntry, ...]
    key: str = ""
    earlier: tuple[str, ...] = ()


class Vault(Struct, frozen=True):
    """The real values behind the placeholders of one ticket: private, never part of what leaves.

    ``key`` chooses stand-ins of valid form. ``earlier`` are the ids of the tickets that the map was used for before.
    """

    entries: tuple[VaultEntry, ...] = ()
    key: bytes = b""
    ticket_id: str = ""
    earlier: tuple[str, ...] = ()

    def to_json(self, ticket_id: str = "") -> bytes:
        """The private map as a file: UTF-8, indented, the same bytes for the same entries."""
        whole = _MapFile(SCHEMA, ticket_id or self.ticket_id, self.entries, self.key.hex(), self.earlier)
        return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"

    @classmethod
    def from_json(cls, data: bytes, name: str = "This") -> Vault:
        """The vault that ``to_json`` wrote; raises ``UnreadableInput`` for anything else, which is called ``name``."""
        try:
            schema = msgspec.json.decode(data, type=_Version).schema
            if schema != SCHEMA and _VERSION.fullmatch(schema):
                raise UnreadableInput(
                    f"{name} is a private map of a newer version of the program.", "Use the version that wrote it."
                )
            read = msgspec.json.decode(data, type=_MapFile)
            vault = cls(read.entries, bytes.fromhex(read.key), read.ticket_id, read.earlier)
            is_sound = schema == SCHEMA and vault._is_sound()
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise _no_map(name) from error
        if not is_sound:
            raise _no_map(name)
        return vault

    def _is_sound(self) -> bool:
        """True when every entry could be ours: what is written into texts later may hold nothing that does harm."""
        given = {entry.placeholder for entry in self.entries}
        return (
            len(given) == len(self.entries)
            and len(self.key) in (0, 32)
            and all(_GIVEN.fullmatch(entry.placeholder) and _KIND.fullmatch(entry.kind) for entry in self.entries)
        )

    def is_of(self, ticket_id: str) -> bool:
        """True when the map belongs to that ticket, or was used for it before a later one."""
        return ticket_id == self.ticket_id or ticket_id in self.earlier

    def restore(self, text: str) -> str:
        """``text`` with the real values in the place of what stands for them."""
        # the words of a mask file have no value here
        values = {entry.placeholder: entry.value for entry in self.entries if entry.value}
        restored = PLACEHOLDER.sub(
            lambda found: values.get(found[0].decode(), found[0].decode()).encode(), text.encode()
        ).decode()
        stand_ins = [each for each in values if not each.startswith("[")]
        if not stand_ins:
            return restored

        def real(found: re.Match[str]) -> str:
            value = values[found[0].removeprefix("+")]
            return value if value.startswith("+") else found[0][: found[0].startswith("+")] + value

        return re.compile(rf"\+?{standing_alone(stand_ins).pattern}").sub(real, restored)

    def redactions(self) -> tuple[Redaction, ...]:
        """What was replaced and how often, without the values; what is known from before and did not occur is not."""
        return tuple(Redaction(entry.kind, entry.placeholder, entry.count) for entry in self.entries if entry.count)


def standing_alone(texts: Sequence[str]) -> re.Pattern[str]:
    """The longest of ``texts`` that stands at a place, but not within a longer number or address."""
    longest_first = sorted(texts, key=len, reverse=True)
    return re.compile(rf"(?<![0-9])(?:{'|'.join(map(re.escape, longest_first))})(?![0-9]|\.[0-9])")


def _no_map(name: str) -> UnreadableInput:
    return UnreadableInput(
        f"{name} is not a private map of a ticket, or it is damaged.", "Name the ….map.json beside the bundle."
    )


def read_vault(data: bytes) -> Vault:
    """The vault in the private map's bytes; raises ``UnreadableInput``."""
    return Vault.from_json(data)


def looks_like_map(head: bytes) -> bool:
    """True for the beginning of a private map, in whatever order its keys are and whatever its encoding."""
    text, _ = as_utf8(head)
    if not text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    says_so = b"ticket-bundler/map/" in text and _SCHEMA_OF_MAP.search(text) is not None
    return says_so or (b'"placeholder"' in text and _ENTRY_OF_MAP.search(text) is not None)


@lru_cache(maxsize=8_192)
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
    if b"@" in value and b" " not in value and (lowered := value.lower()) != value:
        return lowered
    return value  # the very same one where it can be: many are kept in both forms


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
