"""Each provider's own secrets go, wherever they stand in a call; the ids that its support looks a payment up by stay.

All keys, tokens and ids are invented; they have the form that the provider's own have.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct

from bundler.model import BodyState, Exchange, Request, Response
from bundler.providers import load
from bundler.redact import mask_exchange

HEX = "4f1c9a7e2b6d4830a5e8c1d7b3f90a62"
UUID = "7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913"
TRACE = "c41e8b90-5a27-4d63-b0f8-9e3172d6a54b"
ADYEN_KEY = "AQEyhmfxK4InventedOnly123456789/abcdefghijklm+0123456789==-InventedOnly123456789abcdefg=-InventedOnly1234"


class Call(Struct, frozen=True):
    """A call with its answer; ``secrets`` must not be left anywhere in it, ``ids`` must be left where they were."""

    url: str
    sent: tuple[tuple[str, str], ...]
    body: str
    received: tuple[tuple[str, str], ...]
    answer: str
    secrets: tuple[str, ...]
    ids: tuple[str, ...]


CALLS = {
    "stripe": Call(
        url="https://api.stripe.com/v1/payment_intents/pi_3Qz7Vb2Kd9RtXw0M1nYc4eHs/capture"
        "?client_secret=pi_3Qz7Vb2Kd9RtXw0M1nYc4eHs_secret_9sKdXw4Rt7Vb2Qz",
        sent=(
            ("Authorization", "Bearer sk_live_51Qz7Vb2Kd9RtXw0Ma1b2c3d4"),
            ("Stripe-Account", "acct_1Qz7Vb2Kd9RtXw0M"),
            ("Stripe-Signature", f"t=1795438931,v1={HEX}{HEX}"),
            ("Idempotency-Key", "cap-20771-1"),
        ),
        body="amount_to_capture=10050&api_key=rk_test_51Qz7Vb2Kd9RtXw0Mr5t6y7u8&webhook_secret=whsec_k7Xw2Qmb9Tvr4Hn8Pd3L",
        received=(("Request-Id", "req_7Vb2Kd9RtXw0Mn"), ("Set-Cookie", "machine_identifier=9fKq2mTx7Rv4")),
        answer='{"id":"pi_3Qz7Vb2Kd9RtXw0M1nYc4eHs","client_secret":"pi_3Qz7Vb2Kd9RtXw0M1nYc4eHs_secret_9sKdXw4Rt7Vb2Qz",'
        '"latest_charge":"ch_3Qz7Vb2Kd9RtXw0M1pTn6cLa","receipt_email":"kari@shop.example"}',
        secrets=(
            "51Qz7Vb2Kd9RtXw0Ma1b2c3d4",
            "51Qz7Vb2Kd9RtXw0Mr5t6y7u8",
            "k7Xw2Qmb9Tvr4Hn8Pd3L",
            "9sKdXw4Rt7Vb2Qz",
            f"{HEX}{HEX}",
            "9fKq2mTx7Rv4",
            "kari@shop.example",
        ),
        ids=(
            "pi_3Qz7Vb2Kd9RtXw0M1nYc4eHs/capture",
            "acct_1Qz7Vb2Kd9RtXw0M",
            "req_7Vb2Kd9RtXw0Mn",
            "ch_3Qz7Vb2Kd9RtXw0M1pTn6cLa",
            "cap-20771-1",
        ),
    ),
    "adyen": Call(
        url="https://checkout-test.adyen.com/v71/payments/KTV9XH2QB7M4WN38/refunds?clientKey=test_K7XW2QMB9TVR4HN8PD3L5",
        sent=(
            ("X-API-Key", ADYEN_KEY),
            ("Authorization", "Basic d3NfMjA3NzE6aW52ZW50ZWQtb25seQ=="),
            ("Idempotency-Key", UUID),
        ),
        body='{"merchantAccount":"AcmeShopDK","reference":"acme-20771","amount":{"value":10050,"currency":"DKK"},'
        '"paymentMethod":{"encryptedCardNumber":"adyenjs_0_1_25$k7Xw2Qmb9Tvr4Hn8","cvc":"737"},"shopperIP":"203.0.113.9"}',
        received=(("Content-Type", "application/json"),),
        answer='{"pspReference":"X7MB2KTV9RHN41QW","requestId":"1W1UI15PLVGC9V8O","hmacSignature":"coqCmt/IZ4E3CzPvMY8zTjQVL5hY"}',
        secrets=(
            ADYEN_KEY,
            "InventedOnly123456789abcdefg",
            "d3NfMjA3NzE6aW52ZW50ZWQtb25seQ",
            "K7XW2QMB9TVR4HN8PD3L5",
            "k7Xw2Qmb9Tvr4Hn8",
            '"737"',
            "coqCmt/IZ4E3CzPvMY8zTjQVL5hY",
            "203.0.113.9",
        ),
        ids=("KTV9XH2QB7M4WN38", "AcmeShopDK", "acme-20771", "X7MB2KTV9RHN41QW", "1W1UI15PLVGC9V8O", UUID),
    ),
    "paypal": Call(
        url="https://api-m.sandbox.paypal.com/v2/checkout/orders/4XH27B9QKTV8M3W1N/capture?access_token=A21AAk7Xw2Qmb9Tvr4",
        sent=(
            ("Authorization", "Bearer A21AAp3Rt7Vb2Qz9sKdXw4Lm6Nj8Hg"),
            ("PayPal-Auth-Assertion", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJpbnZlbnRlZCIsInBheWVyX2lkIjoiUVg3In0."),
            ("PayPal-Request-Id", UUID),
        ),
        body='{"client_secret":"EKp3Rt7Vb2Qz9sKdXw4L","payee":{"merchant_id":"QX7MB2KTV9RHN"},"security_code":"123"}',
        received=(("Paypal-Debug-Id", "a3f1c9b27d4e8"),),
        answer='{"name":"NOT_AUTHORIZED","debug_id":"a3f1c9b27d4e8","message":"No.","payer":{"email_address":"ola@shop.example"}}',
        secrets=(
            "A21AAk7Xw2Qmb9Tvr4",
            "A21AAp3Rt7Vb2Qz9sKdXw4Lm6Nj8Hg",
            "eyJpc3MiOiJpbnZlbnRlZCIsInBheWVyX2lkIjoiUVg3In0",
            "EKp3Rt7Vb2Qz9sKdXw4L",
            '"123"',
            "ola@shop.example",
        ),
        ids=("4XH27B9QKTV8M3W1N", "QX7MB2KTV9RHN", "a3f1c9b27d4e8", UUID),
    ),
    "klarna": Call(
        url=f"https://api.playground.klarna.com/ordermanagement/v1/orders/{UUID}/captures"
        "?client_token=eyJhbGciOiJSUzI1NiJ9.eyJzZXNzaW9uIjoiaW52ZW50ZWQifQ.k7Xw2Qmb9Tvr4Hn8",
        sent=(
            ("Authorization", "Basic SzIwNzcxNF85ZjppbnZlbnRlZC1vbmx5"),
            ("Klarna-Idempotency-Key", "cap-20771-1"),
        ),
        body='{"captured_amount":10050,"api_key":"klarna_test_api_k7Xw2Qmb9Tvr4Hn8Pd3Lq5Zs6","merchant_reference1":"acme-20771",'
        '"national_identification_number":"131052-308T"}',
        received=(("Klarna-Correlation-Id", TRACE),),
        answer=f'{{"correlation_id":"{TRACE}","error_code":"BAD_VALUE","error_messages":["No."],"shared_secret":"p3Rt7Vb2Qz9sKdXw"}}',
        secrets=(
            "SzIwNzcxNF85ZjppbnZlbnRlZC1vbmx5",
            "k7Xw2Qmb9Tvr4Hn8Pd3Lq5Zs6",
            "eyJzZXNzaW9uIjoiaW52ZW50ZWQifQ",
            "131052-308T",
            "p3Rt7Vb2Qz9sKdXw",
        ),
        ids=(UUID, TRACE, "acme-20771", "cap-20771-1"),
    ),
    "swedbank-pay": Call(
        url=f"https://api.externalintegration.payex.com/psp/paymentorders/{UUID}/captures?paymentToken={HEX}{HEX}",
        sent=(
            ("Authorization", f"Bearer {HEX[::-1]}{HEX}"),
            ("Session-Id", TRACE),
            ("Forwarded", "for=203.0.113.9; host=shop.example; proto=https"),
        ),
        body='{"transaction":{"amount":10050,"payeeReference":"acme20771"},"recurrenceToken":"p3Rt7Vb2Qz9sKdXw","msisdn":"+4791234567"}',
        received=(("Content-Type", "application/problem+json"),),
        answer='{"type":"https://api.payex.com/psp/errordetail/inputerror","title":"No.","status":400,'
        f'"instance":"https://api.payex.com/psp/probleminstance/00-{HEX}-8c2e5b7a9d1f3046-01","sessionId":"{TRACE}"}}',
        secrets=(f"{HEX}{HEX}", f"{HEX[::-1]}{HEX}", "p3Rt7Vb2Qz9sKdXw", "91234567", "203.0.113.9"),
        ids=(UUID, TRACE, "acme20771", f"probleminstance/00-{HEX}-8c2e5b7a9d1f3046-01"),
    ),
    "nexi": Call(
        url=f"https://test.api.dibspayment.eu/v1/payments/{HEX}/charges?secretKey=p3Rt7Vb2Qz9sKdXw",
        sent=(
            ("Authorization", "test-secret-key-0123456789abcdef0123456789abcdef"),
            ("X-API-KEY", "c41e8b90-9e31-4d63-b0f8-72d6a54b5a27"),
            ("Correlation-Id", TRACE),
        ),
        body='{"amount":10050,"notifications":{"webhooks":[{"eventName":"payment.created","authorization":"k7Xw2Qmb9Tvr4Hn8"}]}}',
        received=(("Content-Type", "application/json"),),
        answer=f'{{"chargeId":"{HEX[::-1]}","merchantNumber":100207714,"checkoutKey":"test-checkout-key-{HEX}"}}',
        secrets=(
            "0123456789abcdef0123456789abcdef",
            "c41e8b90-9e31-4d63-b0f8-72d6a54b5a27",
            "k7Xw2Qmb9Tvr4Hn8",
            "p3Rt7Vb2Qz9sKdXw",
        ),
        ids=(f"/v1/payments/{HEX}/charges", HEX[::-1], "100207714", TRACE),
    ),
    "braintree": Call(
        url="https://payments.sandbox.braintree-api.com/graphql?tokenization_key=sandbox_k7xw2qmb_9tvr4hn8pd3lq5zs",
        sent=(("Authorization", "Basic djRuZHE6aW52ZW50ZWQtb25seQ=="), ("Braintree-Version", "2019-01-01")),
        body='{"query":"mutation { chargePaymentMethod }","variables":{"input":{'
        '"paymentMethodNonce":"tokencc_bh_k7xw2q_mb9tvr",'
        '"merchantAccountId":"acme_dkk","orderId":"acme-20771","privateKey":"93b7a0c2d4e6f81357924680acebdf13"}}}',
        received=(("Content-Type", "application/json"),),
        answer='{"data":{"transaction":{"id":"dHJhbnNhY3Rpb25fazd4dzJxbWI=","legacyId":"k7xw2qmb"}},'
        f'"clientToken":"eyJ2ZXJzaW9uIjoyfQk7Xw2Q","extensions":{{"requestId":"{UUID}"}}}}',
        secrets=(
            "djRuZHE6aW52ZW50ZWQtb25seQ",
            "9tvr4hn8pd3lq5zs",
            "tokencc_bh_k7xw2q_mb9tvr",
            "93b7a0c2d4e6f81357924680acebdf13",
            "eyJ2ZXJzaW9uIjoyfQk7Xw2Q",
        ),
        ids=("acme_dkk", "acme-20771", "dHJhbnNhY3Rpb25fazd4dzJxbWI=", '"legacyId":"k7xw2qmb"', UUID),
    ),
    "mollie": Call(
        url="https://api.mollie.com/v2/payments/tr_7Kd9RtXw0M/refunds?access_token=access_k7Xw2Qmb9Tvr4Hn8Pd3Lq5Zs6Yj1Gf",
        sent=(
            ("Authorization", "Bearer live_p3Rt7Vb2Qz9sKdXw4Lm6Nj8HgTyU5eR"),
            ("X-Client-Signature", "c2lnbmVkLWludmVudGVk"),
            ("Idempotency-Key", UUID),
        ),
        body='{"amount":{"currency":"EUR","value":"10.00"},"cardToken":"tkn_UqAvArS3gw","apiKey":"test_k7Xw2Qmb9Tvr4Hn8Pd3Lq5Zs6Yj1G"}',
        received=(("Content-Type", "application/hal+json"),),
        answer='{"id":"re_4Kd9RtXw0M","paymentId":"tr_7Kd9RtXw0M","profileId":"pfl_7Kd9RtXw0M",'
        '"details":{"consumerAccount":"NL91ABNA0417164300","consumerName":"Kari Nordmann"}}',
        secrets=(
            "k7Xw2Qmb9Tvr4Hn8Pd3Lq5Zs6Yj1G",
            "p3Rt7Vb2Qz9sKdXw4Lm6Nj8HgTyU5eR",
            "c2lnbmVkLWludmVudGVk",
            "tkn_UqAvArS3gw",
            "NL91ABNA0417164300",
            "Kari Nordmann",
        ),
        ids=("tr_7Kd9RtXw0M", "re_4Kd9RtXw0M", "pfl_7Kd9RtXw0M", UUID),
    ),
}


def exchange(call: Call) -> Exchange:
    there: dict[str, Any] = {"body_state": BodyState.PRESENT}
    return Exchange(
        "trace.har",
        1,
        Request("POST", call.url, headers=call.sent, body=call.body.encode(), **there),
        Response(400, headers=call.received, body=call.answer.encode(), **there),
    )


def texts(shown: Exchange) -> str:
    assert shown.request is not None
    assert shown.response is not None
    headers = (*shown.request.headers, *shown.response.headers)
    bodies = (shown.request.body.decode(), shown.response.body.decode())
    return "\n".join((shown.request.url, *(f"{name}: {value}" for name, value in headers), *bodies))


@pytest.mark.parametrize("slug", CALLS)
def test_secrets_of_the_provider_go_from_header_body_and_query_and_its_ids_stay(slug: str) -> None:
    call = CALLS[slug]
    whole, shown = texts(exchange(call)), texts(mask_exchange(exchange(call), load(slug)))
    for secret in call.secrets:
        assert secret in whole, secret
        assert secret not in shown, secret
    for kept in call.ids:
        assert kept in whole, kept
        assert shown.count(kept) == whole.count(kept), kept


@pytest.mark.parametrize("slug", CALLS)
def test_a_call_that_is_masked_is_not_masked_again(slug: str) -> None:
    once = mask_exchange(exchange(CALLS[slug]), load(slug))
    assert texts(mask_exchange(once, load(slug))) == texts(once)
