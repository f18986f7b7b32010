"""What is written down in the field's own ways: headers, redirects, error messages, lines without end."""

from __future__ import annotations

import pytest

from bundler.providers import load
from bundler.redact import mask_text

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
        (
            "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature=7+7srjjQRHxvfSDl8cwj4YJlFkQE=",
            "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature=[token-1]",
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


def test_a_colour_elsewhere_does_not_hide_what_is_encoded_as_a_form() -> None:
    form = "msg=payload=%7B%22command%22%3A+%22curl+-ushop%3AMG6EkNLKlrIV+https%3A%2F%2Fapi.example.com%2F%22%7D&v=2\n"
    coloured = "\x1b[36mnote\x1b[0m=\x1b[33mnothing\x1b[0m\n"
    assert "MG6EkNLKlrIV" not in mask_text(form + coloured, VIPPS)


@pytest.mark.parametrize("slash", ["/", "\\/", "\\\\/", "\\\\\\/"])
def test_a_signature_goes_whole_however_its_slashes_are_escaped(slash: str) -> None:
    value = f"HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature=2mlj4Hh2dBkenzCfaxTZJ5{slash}8kQ="
    assert "8kQ=" not in mask_text(f'Authorization: "{value}"', VIPPS)
    assert "8kQ=" not in mask_text(f"Authorization: {value}", VIPPS)
