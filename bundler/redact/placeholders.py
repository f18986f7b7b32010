"""Learns what the secrets of a ticket are, and gives each value what stands for it, the same one every time."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from bundler.redact.pseudonyms import MAKERS, SELF_EVIDENT, STARTS
from bundler.redact.pseudonyms_numbers import shows_last_four
from bundler.redact.rule import Rank
from bundler.redact.vault import PLACEHOLDER, Vault, VaultEntry, canonical
from bundler.redact.webtokens import web_token_detail

_LAST_FOUR = re.compile(rb"[A-Za-z0-9=+/_-]{4}")
_PROBES = 1024
"""How many stand-ins in a row may be taken before the next pool is tried."""


def derive_key(key: bytes) -> bytes:
    """The key of the private map from the ticket's key, which it does not give away (HMAC-SHA256, RFC 2104)."""
    return hmac.digest(key, b"ticket-bundler/map/1", "sha256")


class Secret(Struct):
    """What is known of one value: what it is, how it was first written, and where it may be looked for.

    ``value`` is the form by which it is known, however it is written. ``number`` is that in its placeholder, or 0.
    """

    value: bytes
    kind: str
    rank: Rank
    written: bytes
    spreads: bool
    detail: str = ""
    placeholder: str = ""
    number: int = 0
    count: int = 0


class Placeholders:
    """Learns what the secrets are, and hands out placeholders, numbered by kind in the order of first use.

    Values that the vault ``known`` holds are secrets from the start and keep what stands for them; numbers go on behind
    its own. ``moment`` is when the failing call was made, for what had expired by then. With ``preserves_format`` a
    value gets a stand-in of its own form where there is one, chosen by ``key``.
    """

    def __init__(
        self,
        known: Vault | None = None,
        *,
        key: bytes = b"",
        moment: datetime | None = None,
        preserves_format: bool = False,
    ) -> None:
        if preserves_format and not key:
            raise ValueError("stand-ins are chosen by a key")
        self.secrets: dict[bytes, Secret] = {}
        self._known = known or Vault()
        self._key = self._known.key or key
        self._moment = moment
        self._preserves_format = preserves_format
        self._given: list[Secret] = []
        self._next: dict[str, int] = {}
        self._taken: set[tuple[str, int]] = set()
        self._stand_ins: set[bytes] = set()
        self._used_up: set[str] = set()
        self.withholds: Callable[[bytes], bool] = _nothing
        """True for a value that may not even stand in the private map."""
        for entry in self._known.entries:
            self._remember(entry)

    def _remember(self, entry: VaultEntry) -> None:
        value = canonical(entry.written)
        secret = Secret(value, entry.kind, Rank.CERTAIN, entry.written, entry.everywhere, placeholder=entry.placeholder)
        self._given.append(secret)
        if value:
            self.secrets[value] = secret
        if (numbered := PLACEHOLDER.fullmatch(entry.placeholder.encode())) is not None:
            kind = numbered[1].decode()
            self._next[kind] = max(self._next.get(kind, 1), int(numbered[2]) + 1)
        else:
            self._stand_ins.add(canonical(entry.placeholder.encode()))

    def find(self, value: bytes) -> Secret | None:
        """What is known of a value; None for one that was never learned."""
        return self.secrets.get(value)

    def secret(self, value: bytes) -> Secret:
        """What is known of a value that was learned; raises ``KeyError`` for another."""
        if (secret := self.find(value)) is None:
            raise KeyError("a value that nobody has learned")
        return secret

    def learn(self, written: bytes, kind: str, rank: Rank, *, spreads: bool) -> Secret:
        """Remember a value; the lowest rank decides on its kind, until there is a placeholder."""
        value = canonical(written)
        secret = self.find(value)
        if secret is None:
            secret = Secret(value, kind, rank, written, spreads)
            self._keep(secret)
            return secret
        has_better_kind = rank < secret.rank and not secret.placeholder
        if has_better_kind:
            secret.kind, secret.rank = kind, rank
        if has_better_kind or spreads > secret.spreads:
            secret.spreads = secret.spreads or spreads
            self._keep(secret)
        return secret

    def _keep(self, secret: Secret) -> None:
        """Remember what is known of a value now."""
        self.secrets[secret.value] = secret

    def show_last_four(self, value: bytes) -> None:
        """Keep the last four characters of this value readable, as the provider asks for them."""
        secret = self.secrets.get(value)
        if secret is not None and len(value) >= 16 and _LAST_FOUR.fullmatch(value[-4:]):
            secret.detail = f":last4={value[-4:].decode()}"

    def avoid(self, text: bytes) -> None:
        """Do not give out the placeholders that stand in ``text`` already."""
        if b"[" in text:
            self._taken.update((found[1].decode(), int(found[2])) for found in PLACEHOLDER.finditer(text))

    def is_stand_in(self, value: bytes) -> bool:
        """True for a value of valid form that we have given or could have given: it is inert, and not given again."""
        if not self._stand_ins and value[:1] not in STARTS:
            return False  # asked for every hit
        known = canonical(value)
        if known in self._stand_ins:
            return True
        if SELF_EVIDENT.fullmatch(value) is None:
            return False
        self._stand_ins.add(known)
        return True

    def given(self, secret: Secret) -> Secret:
        """The secret that was learned or found, with what stands for it; counted as one replacement."""
        if not secret.placeholder:
            secret.placeholder = self._stand_in(secret) or self._numbered(secret)
            self._given.append(secret)
        secret.count += 1
        return secret

    def value_count(self) -> int:
        """How many values were replaced."""
        return sum(secret.count > 0 for secret in self._given)

    def _numbered(self, secret: Secret) -> str:
        number = self._next.get(secret.kind, 1)
        while (secret.kind, number) in self._taken:
            number += 1
        self._next[secret.kind] = number + 1
        secret.number = number
        return self._written(secret)

    def _written(self, secret: Secret) -> str:
        return f"[{secret.kind}-{secret.number}{self._detail(secret)}]"

    def _detail(self, secret: Secret) -> str:
        """What may be told of a value: a token's times, the last four digits of a real card."""
        if secret.kind == "jwt":
            return web_token_detail(secret.value, self._moment)
        if secret.kind == "card" and shows_last_four(secret.value):
            return f":last4={secret.value[-4:].decode()}"
        return secret.detail

    def _stand_in(self, secret: Secret) -> str:
        """A value of the same form that is nobody's, not in use and not found in the evidence; else nothing."""
        maker = MAKERS.get(secret.kind) if self._preserves_format else None
        if maker is None:
            return ""
        subject = secret.kind.encode() + b"\0" + secret.value
        chosen = int.from_bytes(hmac.digest(self._key, subject, "sha256"), "big")
        for pool in maker(secret.value, secret.written):
            tries = 0 if pool.name in self._used_up else min(pool.size, _PROBES)
            for step in range(tries):
                made = pool.write((chosen + step) % pool.size)
                known = canonical(made.encode()) if made else b""
                if made and known not in self._stand_ins and known not in self.secrets:
                    self._stand_ins.add(known)
                    return made
            if tries == pool.size:
                self._used_up.add(pool.name)
        return ""

    def vault(self, ticket_id: str = "") -> Vault:
        """What was given out, in that order, behind what was known before."""
        entries = tuple(
            VaultEntry.of(
                b"" if self.withholds(secret.written) else secret.written,
                secret.placeholder,
                secret.kind,
                secret.count,
                everywhere=secret.spreads,
            )
            for secret in self._given
        )
        known = self._known
        if not ticket_id:
            return Vault(entries, self._key, known.ticket_id, known.earlier)
        before = dict.fromkeys(each for each in (*known.earlier, known.ticket_id) if each not in ("", ticket_id))
        return Vault(entries, self._key, ticket_id, tuple(before))


def _nothing(_written: bytes) -> bool:
    return False
