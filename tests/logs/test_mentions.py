"""An id is found where it stands whole, and only there."""

from __future__ import annotations

import pytest

from bundler.logs.mentions import Finder

PAYMENT = "8f14e45f-ceea-4672-8b1d-1e4f0a7c9b21"


@pytest.mark.parametrize(
    ("identifier", "line"),
    [
        (PAYMENT, f"paymentId={PAYMENT} failed"),
        (PAYMENT, f"paymentId={PAYMENT.upper()}"),
        (PAYMENT.upper(), f"/payments/{PAYMENT}/captures"),
        (PAYMENT, PAYMENT.replace("-", "")),
        (PAYMENT.replace("-", ""), PAYMENT),
        (PAYMENT, f"path=%2Fpayments%2F{PAYMENT}"),
        (PAYMENT, rf'body="id:\n{PAYMENT}"'),
        (PAYMENT, rf'"{{\u0022id\u0022:\u0022{PAYMENT}\u0022}}"'),
        (PAYMENT, f"\x1b[32m{PAYMENT}\x1b[0m"),
        ("order-1042", "reference order-1042, amount 100"),
        ("order/1042", "GET /orders?ref=order%2F1042"),
        ("order/1042", "GET /orders?ref=order%2f1042"),
        ("order/1042", r'{"ref":"order\/1042"}'),
        ("a/b c+1", "ref=a%2Fb+c%2B1"),
        ("a/b c+1", "ref=a/b%20c%2B1"),
        ("rød-1042", "ref=r%C3%B8d-1042"),
        ("4bf92f3577b34da6", "traceparent: 00-4BF92F3577B34DA6-01"),
    ],
)
def test_id_is_found(identifier: str, line: str) -> None:
    assert Finder([identifier]).found(line.encode())
    assert Finder([identifier]).mentions(line.encode(), 0, len(line.encode()))


@pytest.mark.parametrize(
    ("identifier", "line"),
    [
        (PAYMENT, f"paymentId={PAYMENT}0"),
        (PAYMENT, f"x{PAYMENT}"),
        ("order-1042", "reference order-10421"),
        ("order-1042", "ORDER-1042"),
        ("123456", "amount=91234567"),
        ("123", "status 123"),
        (PAYMENT, ""),
    ],
)
def test_id_inside_a_longer_token_is_not_found(identifier: str, line: str) -> None:
    assert not Finder([identifier]).found(line.encode())


def test_whole_id_after_a_longer_token_is_found() -> None:
    assert Finder(["order-1042"]).found(b"order-10421 order-1042")


def test_short_ids_are_named_and_not_searched() -> None:
    finder = Finder(["42", " ", PAYMENT])
    assert finder.too_short == ("42",)
    assert not finder.found(b"42")


def test_finder_without_ids_is_false() -> None:
    assert not Finder([])
    assert Finder([PAYMENT])
