"""In this room every log counts as a large one, so that small ones show what becomes of those."""

from __future__ import annotations

import pytest

from bundler.excerpts import cutting, passing, searching, together


@pytest.fixture(autouse=True)
def _every_log_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "SMALL", 1_000)
    monkeypatch.setattr(passing, "_SMALL", 0)
    monkeypatch.setattr(searching, "FORK_FROM", 1_000)
    monkeypatch.setattr(together, "_WORTH_A_PROCESS", 1_000)
