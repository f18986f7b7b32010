"""Formats of the user's own take part, or are refused with what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bundler.errors import UnreadableInput
from bundler.logs.catalogue import FORMATS, find_format, misses_of, samples_of, use
from bundler.logs.explaining import explain_format
from bundler.logs.own_formats import load_formats
from bundler.logs.recognition import recognise
from bundler.logs.starts import starter

OWN = """
name = "shop-journal"
title = "journal of the shop"
patterns = ['JOURNAL> <iso> (?P<level>OK|BAD) ']
docs = "https://shop.example.com/journal"
misses = ['JOURNAL> closed']
[[samples]]
text = 'JOURNAL> 2026-11-23T14:03:27Z BAD capture failed'
"""
REPLACING = """
name = "stamped"
patterns = ['<iso> ']
"""


@pytest.fixture
def own() -> Iterator[None]:
    use(load_formats([("shop.toml", OWN), ("stamped.toml", REPLACING)]))
    yield
    use(())


@pytest.mark.usefixtures("own")
def test_own_formats_take_part_before_all_others() -> None:
    line = b"JOURNAL> 2026-11-23T14:03:27Z BAD capture failed\n"
    fmt = recognise(line * 3, "x").format
    assert fmt is not None
    assert (fmt.name, fmt.title) == ("shop-journal", "journal of the shop")
    assert find_format("shop-journal") is fmt
    assert FORMATS[0] is fmt
    assert "shop-journal" in FORMATS.names
    python = find_format("python-logging")
    assert python is not None
    assert starter(python)(line) is not None
    assert getattr(recognise(b"2026-11-23 14:03:27 capture failed\n" * 3, "x").format, "title", "") == "stamped"
    assert [fmt.name for fmt in FORMATS].count("stamped") == 1
    assert not samples_of("shop-journal")
    assert not misses_of("shop-journal")
    told = explain_format("shop-journal")
    assert told is not None
    assert told.link == "https://shop.example.com/journal"


def test_own_formats_leave_no_trace_when_they_are_gone() -> None:
    use(load_formats([("shop.toml", OWN)]))
    use(())
    assert find_format("shop-journal") is None
    assert recognise(b"JOURNAL> 2026-11-23T14:03:27Z BAD capture failed\n" * 3, "x").format is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "shop.toml is not TOML"),
        ('name = "shop"\npattern = []', "pattern: no format has such a key"),
        ('name = "shop"', "patterns: there are none"),
        ('name = "shop"\npatterns = "<iso>"', "patterns: expected `array`"),
        ("patterns = ['<iso> ']", "missing required field `name`"),
        ("name = 'shop'\npatterns = ['<isso> ']", "patterns: <isso> is no kind of time"),
        ("name = 'shop'\npatterns = ['<iso> (']", "patterns: missing ), unterminated subpattern in <iso> ("),
        ("name = 'shop'\npatterns = ['(?:<iso>)?']", "fits every line, even an empty one"),
        ("name = 'shop'\npatterns = ['<iso> (?:a+ )*b']", "a repeat inside a repeat can take forever"),
        ("name = 'Shop!'\npatterns = ['<iso> ']", "name: it is not a free word"),
        ("name = 'plain'\npatterns = ['<iso> ']", "name: it is not a free word"),
        ("name = 'shop'\nweight = 7\npatterns = ['<iso> ']", "weight: it is not between 0 and 1"),
        ("name = 'shop'\nspan = 900\npatterns = ['<iso> ']", "span: it is not a number of lines"),
        ("name = 'shop'\nzone = 'Atlantis'\npatterns = ['<iso> ']", "zone: no such zone is known"),
        ("name = 'shop'\nkind = 'json'", "time_keys: there are none"),
        ("name = 'shop'\nkind = 'plain'", "kind: it is not one of"),
        ("name = 'shop'\npatterns = ['J <iso>']\n[[samples]]\ntext = 'K'", "the format does not know its own sample 1"),
        ("name = 'shop'\npatterns = ['<iso> ']\n[[samples]]\ntxt = 'K'", "samples[0]: object contains unknown field"),
        ("name = 'shop'\npatterns = ['J <iso>']\nmisses = ['J 2026-11-23 14:03:27']", "takes miss 1 for its own"),
    ],
)
def test_own_format_that_cannot_be_used_says_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        load_formats([("shop.toml", text)])
    assert told in refused.value.message
    assert "shop.toml" in refused.value.message
    assert refused.value.hint


def test_two_own_formats_of_one_name_are_refused() -> None:
    with pytest.raises(UnreadableInput, match="another format of yours"):
        load_formats([("one.toml", OWN), ("two.toml", OWN)])
