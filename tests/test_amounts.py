"""Numbers of things are said as people say them."""

from __future__ import annotations

import pytest

from bundler.amounts import plural


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (1204, "1,204 entries")]
)
def test_one_thing_is_not_several(count: int, told: str) -> None:
    assert plural(count, "entry", "entries") == told
    assert plural(count, "record") == told.replace("entry", "record").replace("entries", "records")
