"""Keys, headers and numbers as the issuers' own documents show them, and what looks like one and has to stay."""

from __future__ import annotations

import pytest

from bundler.providers import load
from bundler.redact import mask_text

VIPPS = load("vipps-mobilepay")
GENERIC = load("generic")
HEX = "0123456789abcdef0123456789abcdef"
UUID = "0a1b2c3d-77aa-4f11-9d3c-5566778899aa"


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        (f"x-ibm-client-secret: {HEX}", "x-ibm-client-secret: [secret-1]"),
        ("Authorization: GCS v1HMAC:0123:c2lnbmVkK2J5", "Authorization: GCS [token-1]"),
        ("Authorization: SSWS 00ExampleOnly0123456789", "Authorization: SSWS [token-1]"),
        (f"Authorization: live-secret-key-{HEX}", "Authorization: [token-1]"),
        (f"X-Auth-Key: {HEX}", "X-Auth-Key: [key-1]"),
        (f"DD-APPLICATION-KEY: {HEX}", "DD-APPLICATION-KEY: [key-1]"),
        ("PAYPAL-TRANSMISSION-SIG: aB3dE5gH7jK9mN1pQ3==", "PAYPAL-TRANSMISSION-SIG: [signature-1]"),
        (f"Cko-Signature: {HEX}", "Cko-Signature: [signature-1]"),
        ('"hmacSignature":"coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiB"', '"hmacSignature":"[signature-1]"'),
        ("webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQ", "webhook-signature: [signature-1]"),
        (f"verif-hash: {HEX}", "verif-hash: [key-1]"),
        (
            "AccountName=shop;AccountKey=Zm9vYmFyYmF6cXV4Zm9v8g==;EndpointSuffix=core.windows.net",
            "AccountName=shop;AccountKey=[key-1];EndpointSuffix=core.windows.net",
        ),
        ("sv=2022-11-02&sp=r&sig=aB3dE5gH7jK9mN1p%3D&se=2026", "sv=2022-11-02&sp=r&sig=[signature-1]&se=2026"),
        ("SharedAccessKeyName=Root;SharedAccessKey=aB3dE5gH7jK9=", "SharedAccessKeyName=Root;SharedAccessKey=[key-1]"),
        (
            "Server=db;User Id=sa;Password=p@ss!w0rd#1;Encrypt=yes",
            "Server=db;User Id=sa;Password=[secret-1];Encrypt=yes",
        ),
        ("cache:6380,password=aB3dE5gH7jK9=,ssl=True", "cache:6380,password=[secret-1],ssl=True"),
        ("redis://:hunter2x@cache:6379/0", "redis://:[secret-1]@cache:6379/0"),
        ("jdbc:oracle:thin:scott/tiger118@//db:1521/x", "jdbc:oracle:thin:scott/[secret-1]@//db:1521/x"),
        (
            "curl -b 'sid=4b1fe2c09d77; theme=dark' https://shop.example.com/",
            "curl -b 'sid=[cookie-1]' https://shop.example.com/",
        ),
        (
            '{"auths":{"r.example.com":{"auth":"c2hvcDpsZXRtZWluMTIz"}}}',
            '{"auths":{"r.example.com":{"auth":"[basic-1]"}}}',
        ),
        (
            f"https://hooks.slack.com/services/T0/B0/{HEX} failed",
            "https://hooks.slack.com/services/[key-1] failed",
        ),
        (f"SENTRY_DSN=https://{HEX}@o1.ingest.sentry.io/2", "SENTRY_DSN=https://[secret-1]@o1.ingest.sentry.io/2"),
        ("kontonummer 8601 11 17947", "kontonummer [iban-1]"),
        ("paid to 8601.11.17947", "paid to [iban-1]"),
        ("the ssn 536-90-4399 of the payer", "the ssn [national-id-1] of the payer"),
        ("BSN is 111222333", "BSN is [national-id-1]"),
        ("NINO: AB123456C", "NINO: [national-id-1]"),
        ("fornavn=Kari etternavn=Nordmann beløp=100", "fornavn=[name-1] etternavn=[name-2] beløp=100"),
        ('{"kunde":{"navn":"Ola Nordmann"}}', '{"kunde":{"navn":"[name-1]"}}'),
        ('{"förnamn":"Åsa","postort":"Umeå"}', '{"förnamn":"[name-1]","postort":"[address-1]"}'),
        ('{"f\\u00f6rnamn":"Kari"}', '{"f\\u00f6rnamn":"[name-1]"}'),
    ],
)
def test_what_an_issuer_made_is_masked_and_the_rest_stays(written: str, masked: str) -> None:
    assert mask_text(written, GENERIC) == masked


@pytest.mark.parametrize(
    "decoy",
    [
        "pk_live_51Nq0ZrExampleOnlyKey00 and pk_test_51Nq0ZrExampleOnlyKey00",
        "commit 8f14e45fceea167a5a36dedd4bea2543a1b2c3d4 of main",
        "order 20261123-1234567 and 1234-56-78901 and 123.45.678",
        "version v1.2.3-beta.4+sha.5114f85 build 2026.11.23-033.28",
        "epoch 1712345698 1712345698123 1712345698123456 1712345698123456789",
        "reference 295109912611194 86095742719 44051401359 111222333 36805280109 501964843",
        "task-runner disk-usage sk-learn risk-score-calculation-service",
        "risk_assessment_completed test_payment_is_captured_once live_mode=true",
        "amount 1234.56 total 12345678.90 NOK price $2.50 cost $1$2",
        "the password was changed by the secretary; token expired; secret santa",
        "dckr_pat_ xoxb- AKIA ASIA GOCSPX- ya29 shpat_ SG.x",
        "AROAEXAMPLE012345678 arn:aws:iam::123456789012:role/shop",
        "pspReference F7WCWRG6JPHR8HG2 debug_id cc44b915bc1d4 req_AbCdEf1234567 pi_3Nq0ZrExample00 cus_NffrFeUfNV2Hib",
        "tr_WDqYK6vllg pfl_QkEhN94Ba agr_5kSeqz chr-xCv5gtN",
        f"paymentId {HEX} instance /psp/paymentorders/{UUID}",
        f"Paypal-Debug-Id: cc44b915bc1d4\nKlarna-Correlation-Id: {UUID}\nCko-Request-Id: {UUID}",
        f"Idempotency-Key: {UUID}\nx-ms-content-sha256: lNlsp1XMo5uGe1tFBEMRTMhMbSzTaCpRRJqVVFsLqnw=",
        "publicKeyId=42 keyId=abc123 kid=key-2026-11",
        '"sort":"asc","report":"full","support":"yes","port":8080',
        "created by=admin passthrough=true bypass=false compass=north",
        "AB123456C is the container and 12345678Z the batch",
        "ORDER-123-45-6789-A 000-12-3456 666-12-3456",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQINB\n-----END PGP PUBLIC KEY BLOCK-----",
        "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI=",
        '{"kty":"RSA","n":"abc123abc123abc123","e":"AQAB","kid":"d"}',
        "vatNumber=12345674 orgnr 974760673 cvr=13612870 SharedAccessKeyName=RootManageSharedAccessKey",
        '"produkt":{"navn":"Blå sokker"}',
        "NIF check took 501964843 ns",
        f"disk_{UUID} sk_SK locale",
        "orderId=536-90-4399 reference: 8601.11.17947",
    ],
)
def test_what_only_looks_like_one_stays(decoy: str) -> None:
    assert mask_text(decoy, GENERIC) == decoy
    assert mask_text(decoy, VIPPS) == decoy
