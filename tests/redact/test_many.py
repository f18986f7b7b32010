"""A stream without end is masked like any other, in a memory that its values hardly add to."""

from __future__ import annotations

import base64
import io
import random
import tracemalloc

import pytest

from bundler.providers import load
from bundler.redact import many, scrub
from bundler.redact.many import ManyPlaceholders
from bundler.redact.masker import Masker
from bundler.redact.placeholders import Placeholders
from bundler.redact.rows import Row, Rows
from bundler.redact.rule import Rank
from bundler.redact.sweep import Manner, Sweep

VIPPS = load("vipps-mobilepay")


def log(count: int, seed: int) -> bytes:
    """Somebody new in every line, now and then somebody from before."""
    dice = random.Random(seed)
    lines, seen = [], []
    for number in range(count):
        seen.append(f"{dice.randrange(16**6):06x}.{number}@example.com")
        again = dice.choice(seen)
        token, card = f"{dice.getrandbits(120):030x}", "4111111111111111"
        lines.append(f"INFO receipt for {seen[-1]}, {again} token={token} pan={card if number % 7 == 0 else 'none'}\n")
    return "".join(lines).encode()


def swept(data: bytes, placeholders: Placeholders) -> tuple[bytes, int]:
    sweep = Sweep(Manner(VIPPS, placeholders))
    sweep.mask(data)
    sweep.settle()
    return sweep.mask(data), sweep.value_count()


@pytest.mark.parametrize("whole", [0, 5, 300])
def test_the_outcome_is_that_of_placeholders_that_keep_their_values(
    monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    monkeypatch.setattr(many, "_WHOLE", whole)
    for seed in range(3):
        data = log(400, seed)
        assert swept(data, ManyPlaceholders()) == swept(data, Placeholders())
        one, other = Masker(VIPPS, placeholders=ManyPlaceholders()), Masker(VIPPS, placeholders=Placeholders())
        for line in data.splitlines(keepends=True):
            assert one.splice(line, one.read_on(line)) == other.splice(line, other.read_on(line))
        assert one.placeholders.value_count() == other.placeholders.value_count()


def test_a_lower_rank_decides_on_the_kind_until_there_is_a_placeholder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "_WHOLE", 0)
    for placeholders in (ManyPlaceholders(), Placeholders()):
        placeholders.learn(b"4111111111111111", "token", Rank.KEYED_LOOSELY, spreads=False)
        placeholders.learn(b"4111 1111 1111 1111", "card", Rank.CHECKED, spreads=True)
        placeholders.learn(b"4111111111111111", "secret", Rank.SEEN_ELSEWHERE, spreads=False)
        secret = placeholders.secret(b"4111111111111111")
        assert secret.spreads
        assert placeholders.given(secret).placeholder == "[card-1:last4=1111]"
        later = placeholders.learn(b"4111111111111111", "key", Rank.CERTAIN, spreads=False)
        assert placeholders.given(later).placeholder == "[card-1:last4=1111]"
        assert placeholders.value_count() == 1
        assert placeholders.find(b"nobody") is None
        with pytest.raises(KeyError):
            placeholders.secret(b"nobody")


@pytest.mark.parametrize("whole", [0, 1000])
def test_the_password_in_basic_credentials_is_masked_elsewhere_in_the_stream(
    monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    monkeypatch.setattr(many, "_WHOLE", whole)
    credentials = base64.b64encode(b"webshop:kq7Zr2x9tA").decode()
    data = f"Authorization: Basic {credentials}\nsigned in with kq7Zr2x9tA\n".encode()
    sink = io.BytesIO()
    assert scrub(io.BytesIO(data), sink, VIPPS) == 2
    assert sink.getvalue() == b"Authorization: Basic [basic-1]\nsigned in with [secret-1]\n"


def test_there_is_no_map_of_values_that_are_not_kept() -> None:
    with pytest.raises(ValueError, match="not kept"):
        ManyPlaceholders().vault("TB-1")


def test_rows_are_those_that_were_put_down_last() -> None:
    dice = random.Random(6)
    rows, known = Rows(), dict[bytes, Row]()
    for _ in range(30_000):
        text = b"%d" % dice.randrange(20_000)
        known[text] = Row(dice.randrange(1 << 32), dice.randrange(1 << 16))
        rows.put(text, known[text])
    assert len(rows) == len(known)
    assert all(rows.get(text) == row for text, row in known.items())
    assert rows.get(b"another") is None


def test_a_value_more_takes_some_bytes_more() -> None:
    """Numbers of cards, which are found at once; so many more of them as take a second to search."""

    def peak(count: int) -> int:
        values = ManyPlaceholders()
        tracemalloc.start()
        try:
            for number in range(count):
                values.given(values.learn(b"somebody-%032d@example.com" % number, "email", Rank.SHAPED, spreads=True))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(120_000) - peak(40_000) < 100 * 80_000


def test_the_filter_counts_values_beyond_those_it_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "_WHOLE", 10)
    data = b"".join(b"token=kq7Zr2x9tA%03d\n" % number for number in range(50))
    assert scrub(io.BytesIO(data + data), io.BytesIO(), VIPPS) == 50
