"""What only looks secret or personal stays."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from bundler.providers import load
from bundler.redact import mask_text
from bundler.redact.leaks import find_leaks
from bundler.redact.vault import Vault

VIPPS = load("vipps-mobilepay")


@pytest.mark.parametrize(
    "decoy",
    [
        "apiVersion=2024-01-01 merchantId=65a1c0de-4f02-4c1b-8d3a-9b7e2f5a1c44 paymentId=1b0c5c2e-7a54",
        "token_type=bearer merchantId=MID-7",
        'tokenType: "card"',
        '{"code":"2040","message":"Not allowed","correlationId":"8d0f6a52-3c1b-47e9-a2f4-5b7d9e1c0a63"}',
        "sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "took 1712345698 ms at 1712345698123 for order 20261123130211",
        "pspReference=4111111111111111 GET /v1/payments/15108695088/captures",
        '{"pspTransactionId": 4111111111111111}',
        "amount=24900 total: 15108695088",
        "cardNumber=479694XXXXXX1234 and 47969485XXXX1234",  # masked as providers show a card, by two rules of theirs
        "User-Agent: Mozilla/5.0 Chrome/124.0.0.0 Safari/537.36",
        "listening on 0.0.0.0:8080, health from 127.0.0.1 and ::1",
        "2026-11-23T13:02:11.482+01:00 12:34:56",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        '"required":["email","phoneNumber","address"]',
        "extraDetails: name=phoneNumber reason=too short",
        '{"errors":{"client_secret":["is required"]}} merchantId is required',
        '{"errors":{"token":["has expired"],"customer.firstName":["must not be empty"]}}',
        '{"errors":{"streetAddress":["The field is required"]},"cookie":"is missing"}',
        "password: must be at least 8 characters",
        "&#34;pspReference&#34;: &#34;688131923657559743&#34;",
        '[{"name":"orderId","value":"6108848066575457"}]',
        "[('pspReference', '567476999428559971')] map[orderId:[6893309161614732]]",
        "pspReference 677558933950997323 pointOfSaleId=4571501827408723",
        "dotnet 8.0.11.2",
    ],
)
def test_decoys_stay(decoy: str) -> None:
    assert mask_text(decoy, VIPPS) == decoy


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable"])
def test_the_border_of_a_mail_stays_and_is_no_leak(encoding: str) -> None:
    """Python draws it at random, and one in forty reads as a card; the digits of this one are a test card's."""
    message = EmailMessage()
    message.set_content("Kjøpet gikk ikke gjennom, a = 1\n" * 3, cte=encoding)
    message.add_attachment(b"status=409\n", maintype="application", subtype="octet-stream", filename="a.log")
    message.set_boundary("===============6212345678900000003==")
    written = message.as_bytes()
    assert mask_text(written.decode(), VIPPS) == written.decode()
    assert list(find_leaks([("a.eml", written)], vault=Vault(), profile=VIPPS, protected=[]).leaks) == []


def test_a_neighbour_does_not_swallow_the_next_field() -> None:
    masked = mask_text("apiKey=77aabbcc99,merchantId=MID-7;paymentId=P-88 password=x1y2z3 reference=R-1", VIPPS)
    for kept in ("merchantId=MID-7", "paymentId=P-88", "reference=R-1"):
        assert kept in masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("\ufeffola@example.com", "\ufeff[email-1]"),
        ("“ola@example.com”", "“[email-1]”"),
        ("ola@example.com…", "[email-1]…"),
        ("by\u00a0ola@example.com–kari@example.org", "by\u00a0[email-1]–[email-2]"),
        ("søren.å@bücher.example.рф.", "[email-1]."),
    ],
)
def test_signs_that_no_mail_address_holds_stay_beside_it(text: str, masked: str) -> None:
    assert mask_text(text, VIPPS) == masked
