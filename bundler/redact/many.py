"""Placeholders for streams without end, of whose values nobody wants a map."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from bundler.redact.placeholders import Placeholders, Secret
from bundler.redact.rows import Row, Rows
from bundler.redact.rule import Rank
from bundler.redact.vault import canonical

_WHOLE = 5_000
"""So many values are kept themselves, which is quicker; of all others a digest."""
_RANKS = tuple(Rank)


class ManyPlaceholders(Placeholders):
    """Hands out the same placeholders, and takes some 30 bytes for a value, however many there are and how long."""

    def __init__(self, *, moment: datetime | None = None) -> None:
        super().__init__(moment=moment)
        self._rows = Rows()
        self._kinds: list[str] = []
        self._row_count = 0  # of those that were given a number

    def find(self, value: bytes) -> Secret | None:
        secret = self.secrets.get(value)
        if secret is not None or len(self.secrets) < _WHOLE:
            return secret
        row = self._rows.get(value)
        if row is None:
            return None
        kind, rank, spreads = self._read(row.mark)
        return Secret(kind, rank, value, spreads)

    def learn(self, written: bytes, kind: str, rank: Rank, *, spreads: bool) -> bytes:
        if len(self.secrets) < _WHOLE:
            return super().learn(written, kind, rank, spreads=spreads)
        value = canonical(written)
        if value in self.secrets:
            return super().learn(written, kind, rank, spreads=spreads)
        row = self._rows.get(value)
        if row is None:
            self._rows.put(value, Row(0, self._mark(kind, rank, spreads=spreads)))
            return value
        known_kind, known_rank, known_spreads = self._read(row.mark)
        if rank < known_rank and not row.number:
            known_kind, known_rank = kind, rank
        self._rows.put(value, Row(row.number, self._mark(known_kind, known_rank, spreads=known_spreads or spreads)))
        return value

    def of(self, value: bytes) -> str:
        if value in self.secrets:
            return super().of(value)
        secret, row = self.secret(value), self._rows.get(value)
        number = row.number if row is not None else 0
        if row is not None and not number:
            number = self._next_number(secret.kind)
            self._rows.put(value, row._replace(number=number))
            self._row_count += 1
        return self._written(number, value, secret)

    def value_count(self) -> int:
        return super().value_count() + self._row_count

    def vault(self, ticket_id: str = "") -> NoReturn:
        raise ValueError(f"the values are not kept, and there is no map of them{ticket_id and f' for {ticket_id}'}")

    def _mark(self, kind: str, rank: Rank, *, spreads: bool) -> int:
        if kind not in self._kinds:
            self._kinds.append(kind)
        return self._kinds.index(kind) << 8 | _RANKS.index(rank) << 1 | spreads

    def _read(self, mark: int) -> tuple[str, Rank, bool]:
        return self._kinds[mark >> 8], _RANKS[mark >> 1 & 127], bool(mark & 1)
