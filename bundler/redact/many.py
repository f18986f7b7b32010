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
_RECENT = 4_000
"""So many of the others are kept until the next ones come: most values of a log come again soon."""
_RANKS = tuple(Rank)


class ManyPlaceholders(Placeholders):
    """Hands out the same placeholders, and takes some 30 bytes for a value, however many there are and how long."""

    def __init__(self, *, moment: datetime | None = None) -> None:
        super().__init__(moment=moment)
        self._rows = Rows()
        self._kinds: list[str] = []
        self._row_count = 0  # of those that were given a number
        self._recent: dict[bytes, Secret] = {}  # some of these

    def find(self, value: bytes) -> Secret | None:
        secret = self.secrets.get(value) or self._recent.get(value)
        if secret is not None or len(self.secrets) < _WHOLE:
            return secret
        row = self._rows.get(value)
        return self._remembered(value, row) if row is not None else None

    def learn(self, written: bytes, kind: str, rank: Rank, *, spreads: bool) -> bytes:
        if len(self.secrets) < _WHOLE:
            return super().learn(written, kind, rank, spreads=spreads)
        value = canonical(written)
        if value in self.secrets:
            return super().learn(written, kind, rank, spreads=spreads)
        secret = self.find(value)
        if secret is None:
            self._remembered(value, self._put(value, Row(0, self._mark(kind, rank, spreads=spreads))))
            return value
        has_better_kind = rank < secret.rank and not secret.placeholder
        if has_better_kind or spreads > secret.spreads:
            if has_better_kind:
                secret.kind, secret.rank = kind, rank
            secret.spreads = secret.spreads or spreads
            row = self._rows.get(value)
            mark = self._mark(secret.kind, secret.rank, spreads=secret.spreads)
            self._put(value, Row(row.number if row is not None else 0, mark))
        return value

    def given(self, value: bytes) -> Secret:
        if value in self.secrets:
            return super().given(value)
        secret = self.secret(value)
        if not secret.placeholder:
            number = self._next_number(secret.kind)
            self._put(value, Row(number, self._mark(secret.kind, secret.rank, spreads=secret.spreads)))
            self._row_count += 1
            secret.placeholder = self._written(number, value, secret)
        return secret

    def _put(self, value: bytes, row: Row) -> Row:
        self._rows.put(value, row)
        return row

    def _remembered(self, value: bytes, row: Row) -> Secret:
        """What a row says, kept for a while."""
        kind, rank, spreads = self._read(row.mark)
        secret = Secret(kind, rank, value, spreads)
        if row.number:
            secret.placeholder = self._written(row.number, value, secret)
        if len(self._recent) >= _RECENT:
            self._recent.clear()
        self._recent[value] = secret
        return secret

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
