"""Error bodies and callbacks of MobilePay's own APIs: one of each form, and everything that has to be read from it."""

from __future__ import annotations

from typing import Any

UUID = "8d72ece4-1b0b-464b-98d9-6bbb02199daa"
AGREEMENT = "3c9e7a10-5b2f-4d8e-9a41-7f06c2d1e5b8"
PAYMENT = "7d3f0a52-91c4-4b1e-8f66-20c5b7e4a913"

CALLED_BACK = {"agreement_id": AGREEMENT, "payment_id": PAYMENT, "amount": "10.20", "currency": "DKK"}
EXECUTED = CALLED_BACK | {"status": "Executed", "status_text": "", "status_code": 0, "payment_type": "Regular"}
DECLINED = CALLED_BACK | {"status": "Declined", "status_text": "Duplicate", "status_code": 50004}
REQUESTED = CALLED_BACK | {"status": "Requested", "status_text": "Act", "status_code": 50013, "payment_type": "OneOff"}

FORMS: list[tuple[str, str | None, Any, dict[str, Any]]] = [
    (
        "MobilePay domain error with origin",
        "app-payments",
        {"code": "invalid_payment_state", "message": "Captured.", "correlationId": UUID, "origin": "MPY"},
        {"code": "invalid_payment_state", "detail": "Captured.", "traces": (("correlationId", UUID),)},
    ),
    (
        "MobilePay domain error",
        "mobilepay-online",
        {"code": "2020", "message": "Deleted", "correlationId": UUID},
        {"code": "2020", "detail": "Deleted", "traces": (("correlationId", UUID),)},
    ),
    (
        "MobilePay PoS error",
        "pos",
        {"code": "1304", "message": "Not reserved", "CorrelationId": UUID},
        {"code": "1304", "detail": "Not reserved", "traces": (("CorrelationId", UUID),)},
    ),
    (
        "MobilePay failed-payment callback",
        "mobilepay-online",
        {"Code": "100", "Reason": "Payment expired", "PaymentId": PAYMENT},
        {"code": "100", "group": "failed-callback", "detail": "Payment expired"},
    ),
    (
        "Subscriptions error",
        "subscriptions",
        {
            "error": "PreconditionFailed",
            "error_description": {
                "message": "Duplicate payment.",
                "error_type": "PreconditionError",
                "correlation_id": UUID,
                "error_code": None,
            },
        },
        {
            "group": "PreconditionError",
            "title": "PreconditionFailed",
            "detail": "Duplicate payment.",
            "traces": (("correlation_id", UUID),),
        },
    ),
    (
        "Subscriptions refund error",
        "subscriptions",
        {"StatusCode": 104, "StatusText": "Amount too high"},
        {"code": "104", "group": "facade-refund", "detail": "Amount too high"},
    ),
    (
        "Subscriptions agreement callback",
        "subscriptions",
        {
            "agreement_id": AGREEMENT,
            "status": "Canceled",
            "status_text": "By user",
            "status_code": 40002,
            "timestamp": "2026-11-23T13:02:11Z",
        },
        {"code": "40002", "group": "agreement", "title": "Canceled", "detail": "By user"},
    ),
    (
        "Subscriptions payment callbacks",
        "subscriptions",
        [EXECUTED, DECLINED],
        {"code": "50004", "group": "payment", "title": "Executed", "detail": "Duplicate"},
    ),
    (
        "Subscriptions payment callback",
        "subscriptions",
        DECLINED,
        {"code": "50004", "group": "payment", "title": "Declined", "detail": "Duplicate"},
    ),
    (
        "Subscriptions one-off callbacks",
        "subscriptions",
        [REQUESTED],
        {"code": "50013", "group": "one-off", "title": "Requested", "detail": "Act"},
    ),
    (
        "Subscriptions refund callback",
        "subscriptions",
        CALLED_BACK | {"refund_id": UUID, "status": "Declined", "status_text": "No money", "status_code": 60008},
        {"code": "60008", "group": "refund", "title": "Declined", "detail": "No money"},
    ),
    (
        "Invoice error",
        "invoice",
        {
            "correlation_id": UUID,
            "error": "DomainError",
            "error_code": "10504",
            "error_description": "Paid",
            "error_context": "Invoices",
        },
        {
            "code": "10504",
            "group": "Invoices",
            "title": "DomainError",
            "detail": "Paid",
            "traces": (("correlation_id", UUID),),
        },
    ),
    (
        "Invoice batch errors",
        "invoice",
        {"Errors": [{"ErrorText": "Exists", "ErrorCode": 10104}]},
        {"code": "10104", "detail": "Exists"},
    ),
    (
        "Invoice batch answer",
        "invoice",
        {"Accepted": [], "Rejected": [{"InvoiceNumber": "2", "Errors": [{"ErrorText": "Paid", "ErrorCode": 10504}]}]},
        {"code": "10504", "detail": "Paid"},
    ),
    (
        "Invoice callback of an invalid invoice",
        "invoice",
        [{"InvoiceId": PAYMENT, "Status": "Invalid", "ErrorCode": 10201, "ErrorMessage": "Too much"}],
        {"code": "10201", "title": "Invalid", "detail": "Too much"},
    ),
]
"""Name of the form, API, body, and what is read from it; what is not named is empty."""
