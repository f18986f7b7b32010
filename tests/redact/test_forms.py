"""Known values in a text: every way of looking for their forms finds them in the same places."""

from __future__ import annotations

import random
import string

import pytest

from bundler import fast
from bundler.redact.fast_forms import ScannedForms
from bundler.redact.forms import AnyText, Form, ManyLines, Occurrence

Searches = tuple[AnyText | ManyLines | ScannedForms, ...]

WORDS = (
    "shop",
    "Kari",
    "Nordmann",
    "payment",
    "47",
    "983",
    "28",
    "215",
    "540619",
    "5494",
    "deadbeef",
    "x1Z",
    "\u00f8",
    "\0",
)
JOINTS = ("", "", " ", "-", "+", "@", ".", "%20", "\\n", "\n", '"')


@pytest.fixture
def searches() -> Searches:
    hyperscan = fast.module("hyperscan")
    if hyperscan is None:
        pytest.fail("the extra [fast] is not installed")
    return AnyText(), ManyLines(), ScannedForms(hyperscan)


def made_of(dice: random.Random, count: int) -> bytes:
    return "".join(part for _ in range(count) for part in (dice.choice(WORDS), dice.choice(JOINTS))).encode()


def form_of(dice: random.Random) -> Form:
    random_text = "".join(dice.choices(string.ascii_letters + string.digits, k=dice.randrange(4, 60))).encode()
    number = str(dice.randrange(10**6, 10**12)).encode()
    written = dice.choice((made_of(dice, dice.randrange(2, 7)), random_text, number)).strip()
    is_encoded = written == random_text and dice.random() < 0.5
    return Form(written, b"of " + written, is_encoded, not is_encoded and len(written) < 12)


def found(search: AnyText | ManyLines | ScannedForms, text: bytes) -> set[Occurrence]:
    return set(search.find(text))


@pytest.mark.parametrize("seed", range(40))
def test_every_way_finds_the_same_places(searches: Searches, seed: int) -> None:
    dice = random.Random(seed)
    forms: list[Form] = []
    for _ in range(4):  # what is added later is found as well
        more = {form.written: form for form in (form_of(dice) for _ in range(20)) if len(form.written) >= 4}
        forms += more.values()
        for form in more.values():
            for search in searches:
                search.add(form)
        parts = []
        for _ in range(120):
            written = dice.choice(forms).written
            parts += [written, dice.choice(JOINTS).encode(), made_of(dice, 2), str(dice.randrange(99)).encode()]
        text = b"".join(parts)
        expected = found(searches[0], text)
        assert expected
        assert [found(search, text) for search in searches[1:]] == [expected, expected]


def test_forms_with_the_same_end_are_told_apart(searches: Searches) -> None:
    end = b"@customers.of-the-shop.example.com"
    for search in searches:
        for name in (b"anna.berg", b"berg", b"lars.holm", b""):
            search.add(Form(name + end, name or b"nobody", False, False))
        assert {place.value for place in search.find(b"to: anna.berg" + end + b", lars.holm" + end)} == {
            b"anna.berg",
            b"berg",
            b"lars.holm",
            b"nobody",
        }


def test_a_number_is_found_only_as_a_whole(searches: Searches) -> None:
    for search in searches:
        search.add(Form(b"4798328215", b"phone", False, True))
        text = b"14798328215 47983282150 %204798328215 tel:4798328215."
        starts = {place.start for place in search.find(text)}
        assert starts == {text.rindex(b"4798328215")}
