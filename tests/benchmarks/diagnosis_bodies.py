"""Error bodies of each API in the form its specification shows, with what real answers vary in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from bundler.providers.causes import ErrorCode
from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_calls import HEX

Json = Any
Maker = Callable[[Draws, str, str, str], Json]
"""Draws, group, code and message to a body."""

WORDS = (
    "The operation could not be completed.",
    "See the documentation for details.",
    "Forespørselen kunne ikke behandles.",
    "Anmodningen kunne ikke gennemføres. Prøv igen.",
    "Pyyntöä ei voitu käsitellä.",
    "Begäran kunde inte behandlas – försök igen.",
    "Die Anfrage konnte nicht verarbeitet werden.",
)
"""What stands in message fields beside a code: the text may change, the code does not (ePayment error guide)."""

_PROBLEMS = "https://developer.vippsmobilepay.com/docs/APIs/recurring-api/recurring-api-problems"


def trace(draws: Draws) -> str:
    """A W3C trace context (version 00)."""
    return f"00-{draws.text(32, HEX)}-{draws.text(16, HEX)}-01"


def _problem(draws: Draws, title: str, detail: str, reasons: list[dict[str, str]], status: int = 400) -> Json:
    return {
        "type": f"https://httpstatuses.io/{status}",
        "title": title,
        "detail": detail,
        "instance": "/v1/payments",
        "status": status,
        "extraDetails": reasons,
        "traceId": trace(draws),
    }


def _epayment(draws: Draws, _: str, code: str, message: str) -> Json:
    return _problem(draws, "Bad Request", message, [{"name": "ErrorCode", "reason": code}])


def _ecom(draws: Draws, group: str, code: str, message: str) -> Json:
    entry = {"errorGroup": group, "errorCode": code, "errorMessage": message}
    return [entry | ({"contextId": draws.guid()} if draws.below(2) else {})]


def _recurring(draws: Draws, _: str, code: str, message: str) -> Json:
    if code.startswith("recurring."):
        return [{"field": "agreement.status", "message": message, "code": code, "contextId": draws.guid()}]
    head = {"type": f"{_PROBLEMS}#{code}", "title": "Bad Request", "status": 400, "detail": message}
    return head | {"instance": "/v3/agreements", "contextId": draws.guid(), "extraDetails": []}


def _psp(draws: Draws, _: str, code: str, message: str) -> Json:
    return {"errorCode": code, "errorMessage": message, "contextId": draws.guid()}


def _checkout(draws: Draws, _: str, code: str, message: str) -> Json:
    return {"errorCode": code, "title": message, "status": 400, "instance": f"urn:uuid:{draws.guid()}"}


def _domain(draws: Draws, _: str, code: str, message: str) -> Json:
    return {"code": code, "message": message, "correlationId": draws.guid()}


def _app(draws: Draws, group: str, code: str, message: str) -> Json:
    return _domain(draws, group, code, message) | {"origin": "MPY"}


def _pos(draws: Draws, _: str, code: str, message: str) -> Json:
    return {"code": code, "message": message, "CorrelationId": draws.guid()}


def _refund(_: Draws, __: str, code: str, message: str) -> Json:
    return {"StatusCode": int(code) if code.isdigit() else code, "StatusText": message}


def _invoice(_: Draws, group: str, code: str, message: str) -> Json:
    return {
        "error": "DomainError",
        "error_code": code,
        "error_description": message,
        "error_context": group or "Invoices",
    }


def _oauth(_: Draws, __: str, code: str, message: str) -> Json:
    return {"error": code, "error_description": message}


class Answered(NamedTuple):
    """How an API answers with a documented code: the form, usual statuses, calls, and which rows are such codes."""

    make: Maker
    statuses: tuple[int, ...]
    calls: tuple[str, ...]
    is_answer: Callable[[ErrorCode], bool] = lambda _: True


def _number(least: int, most: int) -> Callable[[ErrorCode], bool]:
    return lambda row: row.code.isdigit() and least <= int(row.code) <= most


_PAYMENT = ("initiate", "capture", "cancel", "refund")
ANSWERS: Mapping[str, Answered] = {
    "mobilepay-online": Answered(_domain, (409,), ("initiate",), lambda row: not row.group),
    "epayment": Answered(_epayment, (400, 404, 409), _PAYMENT),
    "ecom": Answered(_ecom, (400, 402, 500), _PAYMENT, lambda row: row.code.isdigit()),
    "recurring": Answered(_recurring, (400, 409, 422), ("initiate", "charge", "update"), lambda row: "-" in row.code),
    "vipps-psp": Answered(_psp, (400, 500), ("initiate",), lambda row: not row.group),
    "checkout": Answered(_checkout, (400, 404), ("initiate", "read"), lambda row: "-0" in row.code),
    "app-payments": Answered(_app, (409,), ("initiate", "capture", "cancel"), lambda row: "_" in row.code),
    "pos": Answered(_pos, (400, 403, 409), ("capture",), _number(1000, 1999)),
    "invoice": Answered(_invoice, (400, 409), ("initiate",), _number(10000, 10999)),
    "subscriptions": Answered(_refund, (400,), ("refund",), lambda row: row.group == "facade-refund"),
    "login": Answered(_oauth, (400, 401), ("token",), lambda row: "_" in row.code),
    "report": Answered(_psp, (400, 500), ("read",), lambda row: row.code.isdigit()),
}


def said(family: str, draws: Draws, status: int, message: str) -> Json:
    """A body of the API that says ``message`` and names no code."""
    if family in {"epayment", "epayment-psp", "webhooks", "partner"}:
        return _problem(draws, "Bad Request" if status == 400 else "Not allowed", message, [], status)
    if family in {"recurring", "recurring-psp"}:
        return {
            "type": f"{_PROBLEMS}#problem",
            "title": "Problem",
            "status": status,
            "detail": message,
            "contextId": draws.guid(),
        }
    if family in {"order-management", "qr", "psp-merchants"}:
        return {"title": "Bad request", "status": status, "detail": message, "instance": trace(draws)}
    if family == "subscriptions":
        inner = {"message": message, "error_type": "InputError", "correlation_id": draws.guid()}
        return {"error": "BadRequest", "error_description": inner}
    if family in {"login", "access-token", "userinfo"}:
        return {"error": "invalid_grant" if "grant" in message else "request_failed", "error_description": message}
    if family in {"mobilepay-online", "app-payments", "pos"}:
        return {"message": message, "correlationId": draws.guid()}
    if family == "checkout":
        return {"title": message, "status": status, "instance": f"urn:uuid:{draws.guid()}"}
    return [{"errorMessage": message}] if family == "ecom" else {"errorMessage": message, "contextId": draws.guid()}


def blamed(family: str, draws: Draws, field: str, reason: str) -> Json:
    """A body of the API that blames one field."""
    if family in {"epayment", "epayment-psp", "webhooks", "partner"}:
        return _problem(
            draws, "Bad Request", "See extraDetails for further details", [{"name": field, "reason": reason}]
        )
    if family in {"recurring", "recurring-psp"}:
        body = _recurring(draws, "", "validation-error", "Input validation failed")
        return body | {"extraDetails": [{"field": field, "text": reason}]}
    if family in {"order-management", "qr"}:
        head = {"title": "One or more validation errors occurred.", "detail": "BadRequest", "instance": trace(draws)}
        return head | {"invalidParams": [{"name": field, "reason": reason}]}
    if family == "checkout":
        body = _checkout(draws, "", "Validation-00001", "One or more validation errors occurred.")
        return body | {"errors": {field: [reason]}}
    if family == "ecom":
        return [{"errorGroup": "InvalidRequest", "errorCode": field, "errorMessage": reason}]
    if family == "subscriptions":
        return said(family, draws, 400, f"{field}: {reason}")
    return {"code": "", "message": f"{field}: {reason}", "correlationId": draws.guid(), "origin": "MPY"}


def gateway(draws: Draws, status: int, message: str) -> Json:
    """One of the forms in which the gateway in front of the APIs answers."""
    return draws.pick(
        (
            {"statusCode": status, "message": message},
            {
                "responseInfo": {"responseCode": status, "responseMessage": "Unauthorized"},
                "result": {"message": message},
            },
            {"code": "Unauthorized" if status == 401 else "Refused", "message": message},
        )
    )


def written(draws: Draws, value: Json, *, plain: bool = False) -> bytes:
    """The body as bytes: with further fields, another order, other blanks, a byte order mark, numbers as text."""
    if not plain:
        value = _varied(draws, value)
    layout = draws.below(4)
    if layout == 0:
        text = json.dumps(value, ensure_ascii=False, indent=2)
    elif layout == 1:
        text = json.dumps(value, separators=(",", ":"))
    elif layout == 2:
        text = json.dumps(value, ensure_ascii=False, indent="\t").replace("\n", "\r\n")
    else:
        text = json.dumps(value, ensure_ascii=False)
    mark = b"\xef\xbb\xbf" if not plain and draws.below(12) == 0 else b""
    return mark + text.encode()


def _varied(draws: Draws, value: Json) -> Json:
    if isinstance(value, list):
        return [_varied(draws, each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: _varied(draws, each) for key, each in value.items()}
    if isinstance(made.get("status"), int) and draws.below(2):
        made["status"] = str(made["status"])
    for key in ("code", "errorCode", "error_code", "reason"):
        held = made.get(key)
        if isinstance(held, str) and held.isdigit() and draws.below(4) == 0:
            made[key] = int(held)
    if "name" not in made and "field" not in made and draws.below(3) == 0:
        made |= draws.pick(
            ({"timestamp": "2026-11-23T13:02:11Z"}, {"localizedMessage": draws.pick(WORDS)}, {"helpUrl": None})
        )
    if draws.below(3) == 0:
        made = dict(sorted(made.items(), key=lambda pair: draws.below(1000)))
    return made
