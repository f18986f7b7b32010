"""A store of the tests' own: moto behind a server that counts, and how a refusal of it must read."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from bundler.errors import UnreadableInput
from bundler.evidence.object_urls import locate, open_store
from bundler.evidence.objects import open_url
from tests.evidence.object_servers import Call

SECRET = "sEcReT/invented+for/the/tests"


class Store(NamedTuple):
    """Moto behind the counting server: where it listens, and what went over the wire."""

    port: int
    moto_port: int
    calls: list[Call]

    @property
    def byte_count(self) -> int:
        """The bytes of all answers."""
        return sum(call.byte_count for call in self.calls)


def put(store: Store, key: str, data: bytes) -> None:
    """Lay ``data`` down as ``s3://logs/KEY``; that is not counted."""
    import obstore  # an extra: without it these tests are skipped, not broken

    obstore.put(open_store(locate("s3://logs/")), key, data, use_multipart=False)
    store.calls.clear()


def refused(url: str) -> UnreadableInput:
    """How reading ``url`` is refused; nothing of it may hold a secret."""
    with pytest.raises(UnreadableInput) as caught:
        open_url(url)
    told = f"{caught.value.message} {caught.value.hint}"
    assert SECRET not in told
    assert "AKIAEXAMPLE" not in told
    assert caught.value.hint
    assert caught.value.__cause__ is None  # it quotes signed addresses
    return caught.value
