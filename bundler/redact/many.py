"""Placeholders for streams without end, of whose values nobody wants a map."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from bundler.redact.placeholders import Placeholders, Secret
from bundler.redact.rows import Row, Rows
from bundler.redact.rule import Rank

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
        return self._recalled(value, row) if row is not None else None

    def _keep(self, secret: Secret) -> None:
        if secret.value in self.secrets or len(self.secrets) < _WHOLE:
            super()._keep(secret)
        else:
            self._rows.put(secret.value, Row(secret.number, self._mark(secret)))
            self._recall(secret)

    def given(self, secret: Secret) -> Secret:
        if secret.value in self.secrets:
            return super().given(secret)
        if not secret.placeholder:
            secret.placeholder = self._numbered(secret)
            self._keep(secret)
            self._row_count += 1
        return secret

    def _recalled(self, value: bytes, row: Row) -> Secret:
        """What a row says."""
        kind, rank, spreads = self._read(row.mark)
        secret = Secret(value, kind, rank, value, spreads, number=row.number)
        if secret.number:
            secret.placeholder = self._written(secret)
        self._recall(secret)
        return secret

    def _recall(self, secret: Secret) -> None:
        if len(self._recent) >= _RECENT:
            self._recent.clear()
        self._recent[secret.value] = secret

    def value_count(self) -> int:
        return super().value_count() + self._row_count

    def vault(self, ticket_id: str = "") -> NoReturn:
        raise ValueError(f"the values are not kept, and there is no map of them{ticket_id and f' for {ticket_id}'}")

    def _mark(self, secret: Secret) -> int:
        if secret.kind not in self._kinds:
            self._kinds.append(secret.kind)
        return self._kinds.index(secret.kind) << 8 | _RANKS.index(secret.rank) << 1 | secret.spreads

    def _read(self, mark: int) -> tuple[str, Rank, bool]:
        return self._kinds[mark >> 8], _RANKS[mark >> 1 & 127], bool(mark & 1)
