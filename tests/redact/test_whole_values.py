"""Headers, keys and objects go whole, and a value that was found is known everywhere."""

from __future__ import annotations

import json

from bundler.model import BodyState, Exchange, Request, Response
from bundler.providers import load
from bundler.redact import mask_exchange, mask_text

VIPPS = load("vipps-mobilepay")


def test_headers_are_masked_by_their_class() -> None:
    request = Request(
        "POST",
        "https://api.vipps.no/epayment/v1/payments/acme-20771/capture?token=kq7Zr2x9tAvB4mN8",
        headers=(
            ("Authorization", "my own callback secret, with blanks"),
            ("ocp-apim-subscription-key", "0f14d0ab9605f4a8b7e2c0d1e9f3a6b5"),
            ("X-Request-Id", "4111111111111111"),
            ("Cookie", 'a="x y"; b=2z; opaque'),
            ("X-Forwarded-For", "203.0.113.77, 127.0.0.1"),
            ("X-MobilePay-Client-System-Version", "1.2.3.4"),
            ("Stripe-Signature", "t=1712345698,v1=0a1b2c3d4e5f"),
        ),
        body=b'{"phone":"+4791234567"}',
        body_state=BodyState.PRESENT,
    )
    answer = Response(401, headers=(("Set-Cookie", "s=9z8y7x; Path=/; Secure"),), body=b'{"sent":"4791234567"}')
    masked = mask_exchange(Exchange("a.har", 1, request, answer), VIPPS)
    assert masked.request is not None
    assert masked.request.url.endswith("/acme-20771/capture?token=[token-1]")
    assert [value for _, value in masked.request.headers] == [
        "[token-2]",
        "[key-1:last4=a6b5]",
        "4111111111111111",
        "a=[cookie-1]; b=[cookie-2]; [cookie-3]",
        "[ip-1], 127.0.0.1",
        "1.2.3.4",
        "[signature-1]",
    ]
    assert masked.request.body == b'{"phone":"[phone-1]"}'
    assert masked.response is not None
    assert masked.response.headers == (("Set-Cookie", "s=[cookie-4]; Path=/; Secure"),)
    assert masked.response.body == b'{"sent":"[phone-1]"}'


def test_a_value_is_known_everywhere_once_it_is_found() -> None:
    secret = "n0t/a-real+secret"
    text = "\n".join(
        (
            f"client_secret={secret}",
            f"retrying with {secret}",
            "encoded n0t%2Fa-real%2Bsecret",
            'escaped "n0t\\/a-real+secret"',
            "basic Y2xpZW50Om4wdC9hLXJlYWwrc2VjcmV0",
        )
    )
    masked = mask_text(text, VIPPS)
    assert "real" not in masked
    assert "Y2xpZW50Om4wdC9hLXJlYWwrc2VjcmV0" not in masked
    assert masked.count("[secret-1]") == 4


def test_the_password_in_basic_credentials_is_known_everywhere() -> None:
    masked = mask_text("Authorization: Basic c2hvcDpsZXRtZWluMTIz\nlogin with letmein123 failed", VIPPS)
    assert masked == "Authorization: Basic [basic-1]\nlogin with [secret-1] failed"


def test_a_private_key_goes_whole_and_lines_stay_lines() -> None:
    body = "MIIBVgIBADANBgkqhkiG9w0\nBAQEFAASCAUAwggE8AgEA"
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\nafter"
    masked = mask_text(key, VIPPS)
    assert "MII" not in masked
    assert "BAQ" not in masked
    assert masked.count("\n") == key.count("\n")
    assert masked.endswith("-----END RSA PRIVATE KEY-----\nafter")
    escaped = json.dumps({"pem": key})
    assert "MII" not in json.loads(mask_text(escaped, VIPPS))["pem"]


def test_names_and_addresses_inside_an_object_are_masked() -> None:
    body = {
        "shippingDetails": {
            "address": {"name": "Kari Nordmann", "formatted": "Storgata 1\n0150 Oslo", "country": "NO"}
        },
        "userDetails": {"name": "Ola Nordmann", "sub": "c06c4afe-d9e1-4c5d-939a-177d752a0944"},
        "product": {"name": "Blue socks"},
    }
    masked = json.loads(mask_text(json.dumps(body), VIPPS))
    assert masked["shippingDetails"]["address"] == {"name": "[name-1]", "formatted": "[address-1]", "country": "NO"}
    assert masked["userDetails"]["name"] == "[name-2]"
    assert masked["product"] == {"name": "Blue socks"}


def test_an_object_under_the_name_of_a_secret_is_masked_whole() -> None:
    body = json.dumps({"password": {"current": "hunter2x", "deep": [{"older": "hunter1x"}, 12345]}, "amount": 100})
    masked = mask_text(body, VIPPS)
    assert "hunter" not in masked
    assert "12345" not in masked
    assert json.loads(masked)["amount"] == 100
