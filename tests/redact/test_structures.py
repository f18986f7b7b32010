"""What is written down in the field's own ways: headers, redirects, error messages, decoys that must stay."""

from __future__ import annotations

import json
from email.message import EmailMessage

import pytest

from bundler.model import BodyState, Exchange, Request, Response
from bundler.providers import load
from bundler.redact import mask_exchange, mask_text
from bundler.redact.leaks import find_leaks
from bundler.redact.vault import Vault

VIPPS = load("vipps-mobilepay")
JWT = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI3IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        (
            f"Authorization: Bearer {JWT}",
            "Authorization: Bearer [jwt-1:alg=RS256,iat=2023-11-14T22:13:20Z,exp=2023-11-14T23:13:20Z]",
        ),
        ("authorization: basic c2hvcDpsZXRtZWluMTIz", "authorization: basic [basic-1]"),
        ("Proxy-Authorization: Basic c2hvcDpsZXRtZWluMTIz", "Proxy-Authorization: Basic [basic-1]"),
        (
            "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=Zm9vYmFyLXNpZw==",
            "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=[token-1]",
        ),
        ("Authorization: Bearer", "Authorization: Bearer"),
        ("Authorization: Bearer Bearer kq7Zr2x9tAvB4mN8", "Authorization: Bearer Bearer [token-1]"),
        ("Authorization: bearer: kq7Zr2x9tAvB4mN8", "Authorization: bearer: [token-1]"),
        ("Cookie: sid=4b1fe2; theme=dark", "Cookie: sid=[cookie-1]; theme=[cookie-2]"),
        (
            "Set-Cookie: sid=4b1fe2; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly",
            "Set-Cookie: sid=[cookie-1]; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly",
        ),
        ("curl -u shop:hunter2x https://api.example.com/", "curl -u shop:[secret-1] https://api.example.com/"),
        (
            "curl -H 'Authorization: Bearer kq7Zr2x9tAvB4mN8' https://api.example.com/v1/x",
            "curl -H 'Authorization: Bearer [token-1]' https://api.example.com/v1/x",
        ),
        ("vipps://?token=kq7Zr2x9tAvB4mN8&v=2", "vipps://?token=[token-1]&v=2"),
        ("https://x.test/cb#access_token=kq7Zr2x9tA&state=7", "https://x.test/cb#access_token=[token-1]&state=7"),
        ("https://x.test/cb?code=Ab12Cd34Ef56Gh&state=7", "https://x.test/cb?code=[token-1]&state=7"),
        ("?login_hint=urn:msisdn:4712345678&scope=x", "?login_hint=urn:msisdn:[phone-1]&scope=x"),
        (
            "phoneNumber must be valid, provided value: '44444444444444'",
            "phoneNumber must be valid, provided value: '[phone-1]'",
        ),
        ("card[number]=4242424242424242&card[cvc]=123", "card[number]=[card-1:last4=4242]&card[cvc]=[cvv-1]"),
        ('{"cvv": 123, "pan": 4111111111111111}', '{"cvv": "[cvv-1]", "pan": "[card-1:last4=1111]"}'),
        ('{"numbers":[4111111111111111,5]}', '{"numbers":["[card-1:last4=1111]",5]}'),
        ("[4111111111111111, 4242424242424242]", '["[card-1:last4=1111]", "[card-2:last4=4242]"]'),
        ("{'cvv': 123}", "{'cvv': '[cvv-1]'}"),
        ('{"message":"seen\\nola@example.com"}', '{"message":"seen\\n[email-1]"}'),
        ("password: correct horse battery user=bob", "password: [secret-1] user=bob"),
        ("firstName=Ola Nordmann amount=100", "firstName=[name-1] amount=100"),
        ("a4111111111111111", "a4111111111111111"),
        ("secret=abc123xyz apiKey=77aabbcc99 secret=abc123xyz", "secret=[secret-1] apiKey=[key-1] secret=[secret-1]"),
        ("[('userPassword', 'i6IwFu!uLG')] password=foo12345", "[('userPassword', '[secret-1]')] password=[secret-2]"),
        ("mobile=%2B45+82+16+04+32&x=1", "mobile=[phone-1]&x=1"),
        ("id_4571501827408723 4571501827408723.png", "id_[card-1:last4=8723] [card-1:last4=8723].png"),
        ("15108695088.pdf 131052-308T.png", "[national-id-1].pdf [national-id-2].png"),
        ('<u:Password Type="text">KSA0I5M61</u:Password>', '<u:Password Type="text">[secret-1]</u:Password>'),
        ("\x1b[36mclient_secret\x1b[0m=SecabcDEF1234567", "\x1b[36mclient_secret\x1b[0m=[secret-1]"),
        ('[{"value":"2OE2pEW2jCD9DMv","name":"privateKey"}]', '[{"value":"[key-1]","name":"privateKey"}]'),
        ('{"meta":"eyJjbGllbnRfc2VjcmV0IjoiYWJjREVGMTIzZ2hpNDU2In0="}', '{"meta":"[secret-1]"}'),
        ("{ streetAddress = Storgata 12, msn = 707604 }", "{ streetAddress = [address-1], msn = 707604 }"),
        ("phoneNumber=12345678\namount=12345678", "phoneNumber=[phone-1]\namount=12345678"),
        (
            '{"phone":"+45 51 37 46 34","timestampMs":1795004316302}',
            '{"phone":"[phone-1]","timestampMs":1795004316302}',
        ),
        ("Authorization: Bearer\r\n abcDEFghi123456789", "Authorization: Bearer\r\n [token-1]"),
        ("identityCardNumber=AB1234567 cardNumber=48957374", "identityCardNumber=[national-id-1] cardNumber=[card-1]"),
        ("customerName=Møller & Sønner&x=1", "customerName=[name-1]&x=1"),
    ],
)
def test_what_is_masked_and_what_stays(written: str, masked: str) -> None:
    assert mask_text(written, VIPPS) == masked


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
        "cardNumber=479694XXXXXX1234 and 47969485XXXX1234",
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


@pytest.mark.parametrize(
    "unit",
    [
        "4",
        "@",
        '"',
        "eyJ",
        "eyJ.",
        "a@",
        "basic+",
        "bearer ",
        '"token":',
        'password="',
        "token=\\",
        "token=",
        "cvv=",
        "secret: ",
        "Authorization: ",
        "://",
        "://a:",
        "%25",
        '{"address":{"token":',
        "cookie: a=b;",
        " -u a:b",
        "0000 0000 ",
        "::",
        "1.1.",
        "name: A ",
        "-----BEGIN PRIVATE KEY-----",
        "\\",
        "=,",
        "<password>",
        "('a",
        "&quot;",
        "eyJ/",
        "--token ",
        "\x1b[0m",
        '"value":"',
        "AA00",
        "+1",
    ],
)
def test_a_long_line_of_one_kind_is_masked_to_its_end(unit: str) -> None:
    """What grows with the square of the text would keep the suite here for minutes."""
    text = (unit * (100_000 // len(unit) + 1))[:100_000]
    assert "hunter2x" not in mask_text(f"{text}\npassword=hunter2x", VIPPS)


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


def test_a_colour_elsewhere_does_not_hide_what_is_encoded_as_a_form() -> None:
    form = "msg=payload=%7B%22command%22%3A+%22curl+-ushop%3AMG6EkNLKlrIV+https%3A%2F%2Fapi.example.com%2F%22%7D&v=2\n"
    coloured = "\x1b[36mnote\x1b[0m=\x1b[33mnothing\x1b[0m\n"
    assert "MG6EkNLKlrIV" not in mask_text(form + coloured, VIPPS)


@pytest.mark.parametrize("slash", ["/", "\\/", "\\\\/", "\\\\\\/"])
def test_a_signature_goes_whole_however_its_slashes_are_escaped(slash: str) -> None:
    value = f"HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature=2mlj4Hh2dBkenzCfaxTZJ5{slash}8kQ="
    assert "8kQ=" not in mask_text(f'Authorization: "{value}"', VIPPS)
    assert "8kQ=" not in mask_text(f"Authorization: {value}", VIPPS)
