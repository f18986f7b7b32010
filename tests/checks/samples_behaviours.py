"""For every check of documented behaviour, and of deliveries, a ticket that trips it and one that does not."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256

from msgspec.structs import replace

from bundler.model import Exchange, SafeTicket
from tests.checks.makers import JSON
from tests.checks.samples_deadlines import initiate, online, patch
from tests.checks.stories import EPAYMENT, PAYMENT, REFERENCE, change, create, kr, log, read, sent, story, webhook

_PAYMENTS = EPAYMENT.rpartition("/")[0]
_CAPTURED = read(90, "AUTHORIZED", 24900, 24900)
_REDIRECT = "https://shop.example/mobilepay/return"
_SIGNED = '{"reference": "acme-shop-20771", "name": "AUTHORIZED"}'


def unnamed(field: str) -> Exchange:
    """A payment is created, and the field that names it is called ``field``."""
    return sent(1, 0, "POST", _PAYMENTS, 429, {field: REFERENCE, "amount": kr(100)}, {"statusCode": 429})


def signed(body: str, status: int = 401) -> Exchange:
    """A webhook whose digest is that of the body as it was sent."""
    made = webhook(30, "AUTHORIZED", status=status)
    digest = b64encode(sha256(_SIGNED.encode()).digest()).decode()
    assert made.request is not None
    request = replace(made.request, body=body.encode(), headers=(*JSON, ("x-ms-content-sha256", digest)))
    return replace(made, request=request)


def redirected(exchange: Exchange) -> Exchange:
    assert exchange.request is not None
    body = json.loads(exchange.request.body) | {"redirectFromMobilePayUrl": _REDIRECT}
    return replace(exchange, request=replace(exchange.request, body=json.dumps(body).encode()))


def arrivals(count: int) -> tuple[tuple[float, str], ...]:
    return tuple((60.0 + each, f"GET /mobilepay/return?paymentId={PAYMENT} HTTP/1.1 200") for each in range(count))


def again(exchange: Exchange, after_s: float) -> Exchange:
    """The same delivery once more."""
    later = webhook(after_s, "AUTHORIZED")
    return replace(exchange, started=later.started, index=9, place="entry 9")


_FAILED = webhook(30, "AUTHORIZED", status=500)
_ARRIVED = webhook(30, "AUTHORIZED", status=200)

SAMPLES_OF_BEHAVIOURS: dict[str, tuple[SafeTicket, SafeTicket]] = {
    "RSP020": (
        online(initiate(), failing=None, event="No callback came when the user rejected the payment"),
        online(initiate(), failing=None, event="The capture answered 409"),
    ),
    "RSP021": (
        story(create(), change("capture", 60, 24900), _CAPTURED),
        story(create(), change("capture", 60, 24900), read(90, "AUTHORIZED", 24900, 0)),
    ),
    "RSP022": (story(unnamed("Reference")), story(unnamed("reference"))),
    "RSP023": (
        online(redirected(initiate()), patch(40, 204), logs=(log(*arrivals(2)),)),
        online(redirected(initiate()), patch(40, 204), logs=(log(*arrivals(1)),)),
    ),
    "RSP024": (
        story(create(), _FAILED, again(_FAILED, 90)),
        story(create(), _FAILED, webhook(90, "CAPTURED", status=200)),
    ),
    "RSP025": (
        story(create(), signed(_SIGNED.replace(" ", ""))),
        story(create(), signed(_SIGNED)),
    ),
    "RSP026": (
        story(create(), _ARRIVED, again(_ARRIVED, 90)),
        story(create(), _ARRIVED, webhook(90, "CAPTURED")),
    ),
    "RSP027": (
        story(create(), change("capture", 60, 24900, 202), webhook(90, "TERMINATED", 0), failing=1),
        story(create(), change("capture", 60, 24900, 202), webhook(90, "CAPTURED"), failing=1),
    ),
}
