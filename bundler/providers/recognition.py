"""Tells whose answer an error body is, by forms that nobody else uses: a body says so even where no host is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bundler.providers.json_body import decode_json

_CAPITALS = re.compile(r"[A-Z][A-Z0-9_]{2,80}")
_KLARNA_TYPES = frozenset({"ACCESS_ERROR", "TECHNICAL_ERROR", "RESOURCE_ERROR", "INPUT_ERROR"})
_NEXI = ("message", "code", "source")
_ERRORS = 20
"""So many errors of a GraphQL answer are looked at."""


def recognise_body(body: bytes) -> str | None:
    """The slug of the provider whose answer ``body`` is, or None where it may be anybody's.

    It is not a guess: a form that two providers use (``code`` and ``message``, a bare problem of RFC 9457) is nobody's.
    So a finding about an answer that another provider gave can be kept from being made with confidence.
    """
    return recognise_value(decode_json(body))


def recognise_value(value: Any) -> str | None:
    """What ``recognise_body`` says of a body that is decoded already."""
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict):
        return None
    return next((slug for slug, is_theirs in _MARKS if is_theirs(value)), None)


def _is_vipps_mobilepay(body: Mapping[str, Any]) -> bool:
    if isinstance(body.get("extraDetails"), list):
        return _are_texts(body, "traceId") or _are_texts(body, "contextId")
    legacy = _are_texts(body, "errorGroup", "errorCode", "errorMessage")
    return legacy or (_are_texts(body, "correlationId", "code") and body.get("origin") == "MPY")


def _is_stripe(body: Mapping[str, Any]) -> bool:
    error = body.get("error")
    if not isinstance(error, dict) or not _are_texts(error, "type"):
        return False
    documented = _begins(error, "doc_url", "https://stripe.com/docs/", "https://docs.stripe.com/")
    return documented or _begins(error, "request_log_url", "https://dashboard.stripe.com/")


def _is_adyen(body: Mapping[str, Any]) -> bool:
    if _begins(body, "type", "https://docs.adyen.com/"):
        return True
    return _are_texts(body, "pspReference") and (
        _are_texts(body, "errorType", "errorCode") or _are_texts(body, "resultCode", "refusalReasonCode")
    )


def _is_paypal(body: Mapping[str, Any]) -> bool:
    return _are_texts(body, "debug_id", "message", "name") and _CAPITALS.fullmatch(body["name"]) is not None


def _is_klarna(body: Mapping[str, Any]) -> bool:
    if _are_texts(body, "correlation_id", "error_code"):
        return isinstance(body.get("error_messages"), list)
    return _are_texts(body, "error_id", "error_code", "error_type") and body["error_type"] in _KLARNA_TYPES


def _is_swedbank_pay(body: Mapping[str, Any]) -> bool:
    hosts = "https://api.payex.com", "https://api.externalintegration.payex.com"
    return _begins(body, "type", *(f"{host}/psp/errordetail/" for host in hosts))


def _is_nexi(body: Mapping[str, Any]) -> bool:
    """The three keys could be anybody's; as all there is, and with the source that Nexi's page of error codes names."""
    return len(body) == len(_NEXI) and _are_texts(body, *_NEXI) and body["source"].lower() == "internal"


def _is_braintree(body: Mapping[str, Any]) -> bool:
    extensions, errors = body.get("extensions"), body.get("errors")
    if not isinstance(extensions, dict) or not isinstance(errors, list) or not _are_texts(extensions, "requestId"):
        return False
    told = (error.get("extensions") for error in errors[:_ERRORS] if isinstance(error, dict))
    return any(isinstance(each, dict) and ("errorClass" in each or "legacyCode" in each) for each in told)


def _is_mollie(body: Mapping[str, Any]) -> bool:
    links = body.get("_links")
    documentation = links.get("documentation") if isinstance(links, dict) else None
    return isinstance(documentation, dict) and _begins(documentation, "href", "https://docs.mollie.com/")


def _are_texts(body: Mapping[str, Any], *keys: str) -> bool:
    return all(isinstance(body.get(key), str) for key in keys)


def _begins(body: Mapping[str, Any], key: str, *starts: str) -> bool:
    text = body.get(key)
    return isinstance(text, str) and text.startswith(starts)


_MARKS: tuple[tuple[str, Callable[[Mapping[str, Any]], bool]], ...] = (
    ("vipps-mobilepay", _is_vipps_mobilepay),
    ("stripe", _is_stripe),
    ("adyen", _is_adyen),
    ("paypal", _is_paypal),
    ("klarna", _is_klarna),
    ("swedbank-pay", _is_swedbank_pay),
    ("nexi", _is_nexi),
    ("braintree", _is_braintree),
    ("mollie", _is_mollie),
)
