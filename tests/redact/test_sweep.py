"""One set of placeholders over many texts: what one of them shows, all of them lose."""

from __future__ import annotations

import io

from bundler.providers import load
from bundler.redact.sweep import Manner, Sweep

VIPPS = load("vipps-mobilepay")


def swept(*texts: bytes) -> tuple[list[bytes], Sweep]:
    sweep = Sweep(Manner(VIPPS))
    for text in texts:
        learned = io.BytesIO()
        sweep.copy(io.BytesIO(text), learned)
        assert learned.getvalue() == b""
    sweep.settle()
    return [sweep.mask(text) for text in texts], sweep


def test_a_value_that_a_later_text_names_is_masked_in_an_earlier_one() -> None:
    (first, second), sweep = swept(b"found kq7Zr2x9tAvB4mN8sLd0 here\n", b"client_secret=kq7Zr2x9tAvB4mN8sLd0\n")
    assert first == b"found [secret-1] here\n"
    assert second == b"client_secret=[secret-1]\n"
    assert [(each.placeholder, each.count) for each in sweep.vault().entries] == [("[secret-1]", 2)]


def test_a_placeholder_that_a_later_text_holds_already_is_not_given_out() -> None:
    (first, second), _ = swept(b"password=hunter2xyz\n", b"an older [secret-1] and [secret-2:x]\n")
    assert first == b"password=[secret-3]\n"
    assert second == b"an older [secret-1] and [secret-2:x]\n"


def test_nothing_is_reported_while_it_learns() -> None:
    sweep = Sweep(Manner(VIPPS))
    marks: list[object] = []
    sweep.copy(io.BytesIO(b"password=hunter2xyz"), io.BytesIO(), marks.append)
    assert marks == []
    assert sweep.mask(b"password=hunter2xyz") == b"password=hunter2xyz"
    sweep.settle()
    sweep.copy(io.BytesIO(b"password=hunter2xyz"), io.BytesIO(), marks.append)
    assert len(marks) == 1


def test_a_value_longer_than_a_piece_goes_whole_in_both_passes() -> None:
    (masked,), _ = swept(b"token=" + b"a1" * (2 << 20) + b" amount=24900\n")
    assert masked == b"token=[token-1] amount=24900\n"
