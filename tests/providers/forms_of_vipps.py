"""Error bodies of the Vipps platform and the gateway: one of each form, and everything that has to be read from it."""

from __future__ import annotations

from typing import Any

TRACE = "00-4f1c9a7e2b6d4830a5e8c1d7b3f90a62-8c2e5b7a9d1f3046-01"
UUID = "8d72ece4-1b0b-464b-98d9-6bbb02199daa"
PROBLEMS = "https://developer.vippsmobilepay.com/docs/APIs/recurring-api/recurring-api-problems"

FORMS: list[tuple[str, str | None, Any, dict[str, Any]]] = [
    (
        "ePayment problem with error code",
        "epayment",
        {
            "title": "Cannot capture before reservation",
            "detail": "Not reserved.",
            "instance": "/v1/payments/1/capture",
            "extraDetails": [{"name": "ErrorCode", "reason": "6080"}],
            "traceId": TRACE,
        },
        {
            "code": "6080",
            "title": "Cannot capture before reservation",
            "detail": "Not reserved.",
            "traces": (("traceId", TRACE),),
            "reasons": (("ErrorCode", "6080"),),
        },
    ),
    (
        "problem with extraDetails and traceId",
        "webhooks",
        {"title": "Bad Request", "traceId": TRACE, "extraDetails": [{"name": "url", "reason": "is required"}]},
        {"title": "Bad Request", "traces": (("traceId", TRACE),), "reasons": (("url", "is required"),)},
    ),
    (
        "Partner problem",
        "partner",
        {"title": "Not authorized", "traceId": UUID, "extraDetails": [{"key": "CustomErrorCode", "value": "9000"}]},
        {
            "code": "9000",
            "title": "Not authorized",
            "traces": (("traceId", UUID),),
            "reasons": (("CustomErrorCode", "9000"),),
        },
    ),
    (
        "Recurring problem",
        "recurring-psp",
        {
            "type": f"{PROBLEMS}#validation-error",
            "title": "Bad Request",
            "detail": "Input validation failed",
            "contextId": UUID,
            "extraDetails": [{"field": "productName", "text": "must not be empty"}],
        },
        {
            "code": "validation-error",
            "title": "Bad Request",
            "detail": "Input validation failed",
            "traces": (("contextId", UUID),),
            "reasons": (("productName", "must not be empty"),),
        },
    ),
    (
        "Recurring version 2 errors",
        "recurring",
        [
            {
                "field": "agreement.status",
                "message": "It is not active.",
                "code": "recurring.core.charges.create.invalid_agreement",
                "contextId": UUID,
            }
        ],
        {
            "code": "recurring.core.charges.create.invalid_agreement",
            "detail": "It is not active.",
            "traces": (("contextId", UUID),),
            "reasons": (("agreement.status", "It is not active."),),
        },
    ),
    (
        "Recurring charge that failed",
        "recurring",
        {"id": "chr-Qm4kT9a", "status": "FAILED", "failureReason": "technical_error", "failureDescription": "Failure"},
        {"code": "technical_error", "group": "failureReason", "title": "FAILED", "detail": "Failure"},
    ),
    (
        "problem with invalidParams",
        "qr",
        {
            "title": "One or more validation errors occurred.",
            "detail": "BadRequest",
            "instance": TRACE,
            "invalidParams": [{"name": "RedirectUrl", "reason": "is no address"}],
        },
        {
            "title": "One or more validation errors occurred.",
            "detail": "BadRequest",
            "traces": (("instance", TRACE),),
            "reasons": (("RedirectUrl", "is no address"),),
        },
    ),
    (
        "Checkout error",
        "checkout",
        {
            "errorCode": "Validation-00001",
            "title": "Validation errors",
            "status": 400,
            "instance": f"urn:uuid:{UUID}",
            "errors": {"Transaction.Reference": ["is required"]},
        },
        {
            "code": "Validation-00001",
            "title": "Validation errors",
            "traces": (("instance", f"urn:uuid:{UUID}"),),
            "reasons": (("Transaction.Reference", "is required"),),
        },
    ),
    (
        "eCom errors",
        "ecom",
        [{"errorGroup": "Payment", "errorCode": "44", "errorMessage": "Expired card", "contextId": UUID}],
        {"code": "44", "group": "Payment", "detail": "Expired card", "traces": (("contextId", UUID),)},
    ),
    (
        "PSP or report error",
        "report",
        {"errorCode": 100001, "errorMessage": "Not valid", "contextId": UUID},
        {"code": "100001", "detail": "Not valid", "traces": (("contextId", UUID),)},
    ),
    (
        "makePayment answer of a PSP",
        "vipps-psp",
        {"errorMessage": {"errorId": 1036, "errorText": "Soft Decline"}, "paymentInfo": {"status": "SOFT_DECLINE"}},
        {"code": "1036", "group": "makePayment", "detail": "Soft Decline"},
    ),
    (
        "card callback answer of a PSP",
        "recurring-psp",
        {"status": "FAIL", "errorCode": 300, "errorMessage": "Refused by Issuer"},
        {"code": "300", "group": "card-callback", "detail": "Refused by Issuer"},
    ),
    (
        "gateway error",
        "recurring",
        {"statusCode": 401, "message": "Access denied due to missing subscription key."},
        {"detail": "Access denied due to missing subscription key."},
    ),
    (
        "older gateway error",
        "ecom",
        {"responseInfo": {"responseCode": 401, "responseMessage": "Unauthorized"}, "result": {"message": "Key?"}},
        {"title": "Unauthorized", "detail": "Key?"},
    ),
    (
        "Login error with a code of its own",
        "login",
        {"error": "access_denied", "error_code": "old_app", "error_description": "Too old"},
        {"code": "old_app", "title": "access_denied", "detail": "Too old"},
    ),
    (
        "OAuth error",
        "access-token",
        {"error": "invalid_client", "trace_id": UUID},
        {"code": "invalid_client", "traces": (("trace_id", UUID),)},
    ),
    (
        "code and message",
        "epayment",
        {"code": "Unauthorized", "message": "Please check your API keys"},
        {"code": "Unauthorized", "detail": "Please check your API keys"},
    ),
    (
        "error information",
        "ecom",
        {"errorInfo": {"errorCode": "35", "errorGroup": "Merchant", "errorMessage": "Not found", "contextId": UUID}},
        {"code": "35", "group": "Merchant", "detail": "Not found", "traces": (("contextId", UUID),)},
    ),
    (
        "problem details",
        "qr",
        {
            "title": "Validation error",
            "detail": "Token?",
            "instance": UUID,
            "extraDetails": [{"name": "customer", "reason": "is required"}],
        },
        {
            "title": "Validation error",
            "detail": "Token?",
            "traces": (("instance", UUID),),
            "reasons": (("customer", "is required"),),
        },
    ),
    ("error messages", None, [{"errorMessage": "Went wrong"}], {"detail": "Went wrong"}),
    (
        "field errors",
        None,
        {"errors": {"Amount": ["is odd"]}},
        {"reasons": (("Amount", "is odd"),)},
    ),
    ("message alone", None, {"message": "Internal server error"}, {"detail": "Internal server error"}),
    ("texts", None, ["Amount is odd", "Reference is missing"], {"detail": "Amount is odd; Reference is missing"}),
    ("one text", None, "Merchant not available", {"detail": "Merchant not available"}),
]
"""Name of the form, API, body, and what is read from it; what is not named is empty."""
