"""What has to stay: identifiers that support needs, and decoys that only look like something secret."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted import numbers
from tests.redact.planted.numbers import DIGITS
from tests.redact.planted.pieces import Pieces, decoy, kept, words

Make = Callable[[Draws], tuple[str, Pieces]]
"""A name and its value."""


def _hex(draws: Draws, count: int) -> str:
    return draws.take(count).hex()


def _clock(draws: Draws) -> str:
    return f"{draws.below(24):02}:{draws.below(60):02}:{draws.below(60):02}"


def _moment(draws: Draws) -> str:
    return f"2026-11-{draws.below(28) + 1:02}T{_clock(draws)}.{draws.text(3, DIGITS)}{draws.pick(('Z', '+01:00'))}"


PROTECTED: dict[str, Callable[[Draws], tuple[str, str]]] = {
    "payment-id": lambda d: (d.pick(("paymentId", "payment_id", "PaymentId")), d.guid()),
    "merchant-id": lambda d: (d.pick(("merchantId", "MerchantId", "merchant_id")), d.guid()),
    "msn": lambda d: (d.pick(("merchantSerialNumber", "msn", "Merchant-Serial-Number")), d.text(6, "123456789")),
    "correlation-id": lambda d: (d.pick(("correlationId", "CorrelationId", "x-correlation-id")), d.guid()),
    "trace-id": lambda d: (d.pick(("traceId", "trace_id")), _hex(d, 16)),
    "traceparent": lambda d: ("traceparent", f"00-{_hex(d, 16)}-{_hex(d, 8)}-01"),
    "request-id": lambda d: (d.pick(("X-Request-Id", "requestId", "request_id")), d.guid()),
    "psp-reference": lambda d: (d.pick(("pspReference", "psp_reference")), "6" + d.text(17, DIGITS)),
    "psp-luhn": lambda d: (d.pick(("pspReference", "pspTransactionId")), numbers.card(d, "visa")),
    "order-id": lambda d: (d.pick(("orderId", "order_id", "reference")), f"shop-{d.text(8, DIGITS)}"),
    "transaction-id": lambda d: (d.pick(("transactionId", "transaction_id")), d.text(10, "123456789")),
    "amount": lambda d: (d.pick(("amount", "captureAmount", "totalAmount")), str(d.below(99_000) + 1000)),
    "currency": lambda d: ("currency", d.pick(("NOK", "DKK", "EUR", "SEK"))),
    "status": lambda d: (d.pick(("status", "statusCode", "http_status")), d.pick(("409", "500", "401", "200"))),
    "error-code": lambda d: (d.pick(("errorCode", "code", "error_code")), d.pick(("2040", "1312", "PAY-409", "21"))),
    "moment": lambda d: (d.pick(("timestamp", "createdAt", "occurredAt")), _moment(d)),
    "idempotency-key": lambda d: (d.pick(("Idempotency-Key", "idempotencyKey")), d.guid()),
}
"""Identifiers, amounts, codes and times, by their names."""

DECOYS: dict[str, Callable[[Draws], tuple[str, str]]] = {
    "uuid": lambda d: ("note", d.guid()),
    "epoch": lambda d: (d.pick(("note", "at")), f"179{d.text(7, DIGITS)}"),
    "epoch-ms": lambda d: (d.pick(("note", "timestampMs", "seen")), f"179{d.text(10, DIGITS)}"),
    "epoch-us": lambda d: (d.pick(("time_us", "timestamp")), f"179{d.text(13, DIGITS)}"),
    "no-card": lambda d: (d.pick(("note", "ref")), numbers.not_a_card(d)),
    "no-card-grouped": lambda d: ("note", numbers.grouped(numbers.not_a_card(d), " ")),
    "luhn-under-id": lambda d: (d.pick(("orderId", "transactionId", "reference")), numbers.card(d, "mastercard")),
    "order-number": lambda d: ("orderNumber", f"100{d.text(9, DIGITS)}"),
    "order-date": lambda d: ("order", f"20260131-{d.text(4, DIGITS)}"),
    "psp-18": lambda d: ("pspReference", "88" + d.text(16, DIGITS)),
    "sha256": lambda d: (d.pick(("sha256", "note", "digest")), _hex(d, 32)),
    "commit": lambda d: (d.pick(("commit", "release", "note")), _hex(d, 20)),
    "version": lambda d: (
        d.pick(("version", "clientVersion")),
        f"{d.below(9)}.{d.below(30)}.{d.below(90)}.{d.below(9)}",
    ),
    "agent": lambda d: ("userAgent", f"Mozilla/5.0 Chrome/1{d.below(30):02}.0.0.0 Safari/537.36"),
    "masked-card": lambda d: (d.pick(("cardNumber", "maskedPan", "note")), f"479694XXXXXX{d.text(4, DIGITS)}"),
    "masked-stars": lambda d: (d.pick(("card", "pan", "note")), f"411111******{d.text(4, DIGITS)}"),
    "masked-dots": lambda d: ("card", f"•••• {d.text(4, DIGITS)}"),
    "amount-grouped": lambda d: (d.pick(("turnover", "note")), f"1,{d.text(3, DIGITS)},999.00"),
    "amount-phone": lambda d: (d.pick(("amount", "balance", "total")), f"9{d.text(7, DIGITS)}"),
    "amount-signed": lambda d: ("change", f"+1{d.text(4, DIGITS)}.{d.text(2, DIGITS)}"),
    "date": lambda d: (d.pick(("note", "dueDate")), f"2026{d.below(12) + 1:02}{d.below(28) + 1:02}"),
    "date-dashed": lambda d: ("dueDate", f"2026-{d.below(12) + 1:02}-{d.below(28) + 1:02}"),
    "publishable-key": lambda d: ("note", f"pk_live_{d.text(24)}"),
    "token-type": lambda d: (d.pick(("token_type", "tokenType")), d.pick(("bearer", "Bearer", "card"))),
    "words-password": lambda d: ("note", f"password reset page shown {d.below(90)} times"),
    "words-token": lambda d: ("note", "the token has expired"),
    "words-bearer": lambda d: ("note", "Bearer authentication is required"),
    "words-secret": lambda d: ("note", "secret rotation finished"),
    "clock": lambda d: ("note", f"at {_clock(d)}"),
    "clock-row": lambda d: ("note", f"{_clock(d)} {_clock(d)}"),
    "moment": lambda d: ("note", _moment(d)),
    "base64-plain": lambda d: (
        "payload",
        base64.b64encode(json.dumps({"amount": d.below(9999), "currency": "NOK"}).encode()).decode(),
    ),
    "trace-id": lambda d: ("note", f"trace {_hex(d, 16)}"),
    "cpp": lambda d: ("note", f"std::vector<int>::{d.pick(('at', 'push_back', 'end'))}"),
    "ruby": lambda d: ("note", "Shop::Payments::Capture"),
    "picture": lambda d: ("file", d.pick(("sprite@2x.png", "logo@3x.jpg"))),
    "package": lambda d: ("note", d.pick(("react@18.2.0", "shop-sdk@1.24.0", "@types/node@20.1.1"))),
    "handle": lambda d: ("note", f"mention of @example in note {d.below(99)}"),
    "loopback": lambda d: ("listen", d.pick(("127.0.0.1:8080", "0.0.0.0:80", "localhost:3000"))),
    "netmask": lambda d: ("mask", "255.255.255.0"),
    "key-id": lambda d: (d.pick(("kid", "keyId", "publicKeyId")), f"key-{d.text(8, DIGITS)}"),
    "last-four": lambda d: (d.pick(("last4", "lastFour")), d.text(4, DIGITS)),
    "bin": lambda d: (d.pick(("bin", "binNumber")), f"4571{d.text(2, DIGITS)}"),
    "org-number": lambda d: (d.pick(("orgNumber", "vatNumber", "cvr")), d.text(8, "123456789")),
    "counter": lambda d: (d.pick(("max_tokens", "passwordLength", "tokenCount")), d.text(4, "123456789")),
    "null": lambda d: (d.pick(("password", "client_secret", "phoneNumber", "cardNumber")), "null"),
    "currency-pair": lambda d: ("note", f"EUR/NOK 11.{d.text(4, DIGITS)}"),
    "file-date": lambda d: ("file", f"export_2026{d.below(12) + 1:02}{d.below(28) + 1:02}.csv"),
    "path": lambda d: ("path", f"/v1/payments/{numbers.card(d, 'visa')}/captures"),
    "host": lambda d: ("host", "api.example.com"),
    "build": lambda d: ("build", f"2026.11.{d.below(28) + 1}.{d.below(9)}"),
    "parcel": lambda d: ("parcel", f"0034043416{d.text(8, DIGITS)}"),
}
"""What a rash rule masks."""


class Keepsake(NamedTuple):
    """A field that has to stay."""

    name: str
    value: Pieces


def protected(draws: Draws) -> Keepsake:
    """One identifier that support needs."""
    kind = draws.pick(tuple(PROTECTED))
    name, value = PROTECTED[kind](draws)
    return Keepsake(name, words(kept(value, kind)))


def lookalike(draws: Draws, kind: str = "") -> Keepsake:
    """One decoy."""
    kind = kind or draws.pick(tuple(DECOYS))
    name, value = DECOYS[kind](draws)
    return Keepsake(name, words(decoy(value, kind)))
