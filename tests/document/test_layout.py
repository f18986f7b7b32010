"""Names of files inside a bundle."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bundler.document import attachment_name, layout
from bundler.model import Excerpt, Exchange, Request, SafeTicket
from tests.document.tickets import PAYMENT_ID, empty_ticket, full_ticket, hostile_ticket, picture

SHAPE = re.compile(r"(?:exchanges|logs|pictures)/\d{2,}[A-Za-z0-9._-]*\.(?:http|log|png|jpg)")


def _check(ticket: SafeTicket) -> None:
    names = layout(ticket).names()
    assert all(SHAPE.fullmatch(name) and len(name) <= 60 and ".." not in name for name in names), names
    assert len({attachment_name(name).lower() for name in names}) == len(names)


def test_names_tell_the_call_the_log_and_the_picture() -> None:
    assert layout(full_ticket()).names() == (
        "exchanges/01-GET-payments.http",
        "exchanges/02-POST-captures.http",
        "logs/01-service.log",
        "pictures/01-phone.png",
    )
    assert attachment_name("logs/01-service.log") == "logs-01-service.log"


def _call(method: str, url: str) -> str:
    exchange = Exchange(source="a", index=1, request=Request(method, url))
    return layout(replace(empty_ticket(), exchanges=(exchange,))).exchanges[0]


@pytest.mark.parametrize(
    ("method", "url", "name"),
    [
        ("post", "https://api.example.com/v1/payments?id=4", "exchanges/01-POST-payments.http"),
        ("GET", f"https://api.example.com/epayment/v1/payments/{PAYMENT_ID}", "exchanges/01-GET-payments.http"),
        ("GET", "https://api.example.com/users/[name-1]", "exchanges/01-GET-users.http"),
        ("GET", "https://api.example.com/", "exchanges/01-GET.http"),
        ("BREW TEA", "/pot", "exchanges/01-call-pot.http"),
        ("POST", "https://api.example.com/order-management/v2/ecom/receipts", "exchanges/01-POST-receipts.http"),
        ("GET", "https://api.example.com/" + "a" * 64, "exchanges/01-GET.http"),
        ("GET", "https://[::bad/payments", "exchanges/01-GET.http"),
    ],
)
def test_exchange_is_named_after_its_resource_and_never_after_an_id(method: str, url: str, name: str) -> None:
    assert _call(method, url) == name


def test_hostile_names_are_filtered() -> None:
    _check(hostile_ticket())


def test_equal_sources_get_different_names() -> None:
    ticket = replace(empty_ticket(), pictures=(picture("a.png"), picture("A.PNG"), picture("a.png")))
    assert layout(ticket).pictures == ("pictures/01-a.png", "pictures/02-A.png", "pictures/03-a.png")


def test_a_hundred_files_still_sort_by_their_numbers() -> None:
    names = layout(replace(empty_ticket(), pictures=(picture(),) * 120)).pictures
    assert names[0] == "pictures/001-phone.png"
    assert list(names) == sorted(names)


@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_source_gives_a_plain_name(sources: list[str]) -> None:
    logs = tuple(Excerpt(source=each, format="", data=b"", spans=()) for each in sources)
    exchanges = tuple(Exchange(source=each, index=1, request=Request(each, each)) for each in sources)
    _check(replace(empty_ticket(), logs=logs, exchanges=exchanges, pictures=tuple(map(picture, sources))))
