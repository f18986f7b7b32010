"""Stories in which the request, its headers or its token is wrong: what was planted is the cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from bundler.providers.profile import Profile
from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_bodies import blamed, gateway, said, written
from tests.benchmarks.diagnosis_calls import Answer, Call, Integrator, Sent
from tests.benchmarks.diagnosis_labels import Label, Story, cause, span

REQUEST, TOKEN = span("REQ", 3, 19), span("CFG", 10, 19)
ANSWER = ("RSP001", "RSP007", "RSP009")
TIMES = span("TIM", 10, 19)
_LIMITED = ("RSP004", *span("RSP", 20, 29))
"""What may explain a 429: the status, and the documented behaviour that a misspelt reference leads to."""


class Fault(NamedTuple):
    """One thing that is wrong: where in the body, what stands there, and how the API answers."""

    family: str
    call: str
    path: str
    """Keys of the field, joined by dots; a leading ``-`` leaves it out, ``old>new`` misspells the last of them."""
    value: Any = None
    statuses: tuple[int, ...] = (400,)
    who: str = "code"
    words: tuple[str, ...] = ()
    """What the finding has to speak of; without, the field's name."""
    silent: bool = False
    """The API never names the field."""

    @property
    def field(self) -> str:
        return self.path.removeprefix("-").partition(">")[0]


_LONG = "x" * 120
FAULTS = (
    Fault("epayment", "initiate", "amount.value", 100.5),
    Fault("epayment", "initiate", "amount.value", "10000"),
    Fault("epayment", "initiate", "amount.value", -100),
    Fault("epayment", "initiate", "amount.currency", "kroner"),
    Fault("epayment", "initiate", "returnUrl", "http://shop.example.com/thanks"),
    Fault("epayment", "initiate", "reference", "order_77/1"),
    Fault("epayment", "initiate", "reference", "A1"),
    Fault("epayment", "initiate", "reference>Reference", None, (400, 429), words=("reference",)),
    Fault("epayment", "initiate", "customer.phoneNumber", "+47 123 45 678"),
    Fault("epayment", "initiate", "-returnUrl", None),
    Fault("epayment", "initiate", "-paymentMethod", None),
    Fault("epayment", "initiate", "userFlow", "REDIRECT"),
    Fault("epayment", "capture", "modificationAmount.value", 99.95, words=("modificationAmount", "amount")),
    Fault("epayment", "refund", "-modificationAmount", None, words=("modificationAmount", "amount")),
    Fault("epayment-psp", "initiate", "cardPassthrough.allowedCardTypes", ["VISA-DEBIT"], words=("allowedCardTypes",)),
    Fault("epayment-psp", "initiate", "-cardPassthrough", None),
    Fault("ecom", "initiate", "merchantInfo.fallBack>fallback", None, (500, 400), words=("fallBack",)),
    Fault("ecom", "initiate", "merchantInfo.merchantSerialNumber", 210045, (500,), words=("merchantSerialNumber",)),
    Fault("ecom", "initiate", "transaction.amount", 100.5, (500, 400), words=("amount",)),
    Fault("ecom", "initiate", "transaction.orderId", "order 77", words=("orderId",)),
    Fault("ecom", "initiate", "merchantInfo.callbackPrefix", "http://localhost:8080/hook", words=("callbackPrefix",)),
    Fault("mobilepay-online", "initiate", "allowedCardTypes.name", "VISA_DEBIT", (409,), words=("card",)),
    Fault("mobilepay-online", "initiate", "currencyCode", "DKR", (409, 400)),
    Fault("mobilepay-online", "initiate", "amount", 125.5),
    Fault("mobilepay-online", "initiate", "merchantLogoUrl", "http://shop.example.com/logo.png"),
    Fault("mobilepay-online", "initiate", "-publicKeyId", None),
    Fault("mobilepay-online", "initiate", "pspReferenceId", "p" * 60),
    Fault("mobilepay-online", "initiate", "merchantId", "210045"),
    Fault("mobilepay-online", "patch", "succeeded", False, words=("reasonCode", "reasonMessage")),
    Fault("recurring", "initiate", "pricing.amount", 49.9, words=("amount",)),
    Fault("recurring", "initiate", "-productName", None),
    Fault("recurring", "initiate", "phoneNumber", "+4712345678"),
    Fault("recurring", "initiate", "merchantRedirectUrl", "http://shop.example.com/back"),
    Fault("recurring", "charge", "description", _LONG),
    Fault("recurring", "charge", "retryDays", 40),
    Fault("recurring", "charge", "amount", "4990"),
    Fault("recurring", "charge", "-due", None),
    Fault("checkout", "initiate", "transaction.reference", "ab", words=("reference",)),
    Fault("checkout", "initiate", "transaction.amount.value", 12.5, words=("amount",)),
    Fault("checkout", "initiate", "merchantInfo.callbackUrl", "http://shop.example.com/hook", words=("callbackUrl",)),
    Fault("webhooks", "initiate", "url", "http://shop.example.com/hook"),
    Fault("webhooks", "initiate", "url", "https://localhost/hook"),
    Fault("webhooks", "initiate", "-events", None),
    Fault("qr", "initiate", "redirectUrl", "http://shop.example.com/q"),
    Fault("order-management", "initiate", "-orderLines", None, words=("orderLines",)),
    Fault("app-payments", "initiate", "idempotencyKey", "order-77", (400,)),
    Fault("app-payments", "initiate", "amount", 99.5, (400,)),
    Fault("app-payments", "initiate", "-redirectUri", None, (400,)),
    Fault("vipps-psp", "initiate", "makePaymentUrl", "http://psp.example.com/make"),
    Fault("vipps-psp", "initiate", "pspTransactionId", "PSP_77-1", words=("pspTransactionId",)),
    Fault("vipps-psp", "initiate", "amount", 0),
)
"""Rules of the specifications (section by section the fields of the create and modify calls), each broken once."""

_VALIDATION = {"recurring": "validation-error", "checkout": "Validation-00001"}
"""The documented code that the answer carries when it names a field."""
_REMOVED = (
    ("GET", "/cardpassthrough-restapi/api/v3/payments/{paymentId}"),
    ("PUT", "/cardpassthrough-restapi/api/v1/payments/{paymentId}/invalidate"),
    ("PATCH", "/cardpassthrough-restapi/api/v1/merchants/{merchantId}"),
)
"""Calls of MobilePay Online that are gone since the platform move of March 2024."""


def planted(call: Call, fault: Fault) -> Call:
    """The right call with the fault in it."""
    *above, last = fault.path.removeprefix("-").partition(">")[0].split(".")
    places = [call.body]
    for key in above:
        places = [inner for place in places for inner in (place[key] if isinstance(place[key], list) else [place[key]])]
    for place in places:
        if fault.path.startswith("-"):
            place.pop(last, None)
        elif ">" in fault.path:
            place[fault.path.partition(">")[2]] = place.pop(last)
        else:
            place[last] = fault.value
    return call


def requests(draws: Draws, _: Profile) -> Iterator[Story]:
    """A rule of the specification broken by the body; the answer names the field, or gives no reason at all."""
    while True:
        for fault in FAULTS:
            shop = Integrator(draws)
            call = planted(shop.call(fault.family, fault.call), fault)
            status = draws.pick(fault.statuses)
            named = status == 400 and not fault.silent and draws.below(2) == 0
            last = fault.field.rpartition(".")[2]
            if named:
                value: Any = blamed(fault.family, draws, fault.field, f"The field {last} is not valid.")
            elif status == 429:
                value = gateway(draws, status, "Rate limit is exceeded. Try again in 31 seconds.")
            else:
                value = said(fault.family, draws, status, draws.pick(("Bad Request", "Something failed", "Error")))
            words = fault.words or (last,)
            told = cause(fault.who, REQUEST, ANSWER, _LIMITED if status == 429 else (), words=words)
            right = [
                told,
                *([cause("code", code=_VALIDATION[fault.family])] if named and fault.family in _VALIDATION else []),
            ]
            about = f"{fault.path}={str(fault.value)[:20]!r} {status} {'named' if named else 'bare'}"
            sent = Sent(call, Answer(status, written(draws, value)), shop.start, 60)
            yield Story("request", fault.family, about, (sent,), Label(tuple(right)))


def addresses(draws: Draws, _: Profile) -> Iterator[Story]:
    """Operations that were removed, and headers that a call needs or must not have."""
    while True:
        for method, path in _REMOVED:
            shop = Integrator(draws)
            right = shop.call("mobilepay-online", "capture")
            url = right.url.partition("/cardpassthrough")[0] + path.format_map(shop.ids)
            body = None if method == "GET" else {"name": "Acme"}
            sent = Sent(right._replace(method=method, url=url, body=body), Answer(404, b""), shop.start)
            words = ("removed", "gone", "no longer", "2024")
            label = Label((cause("code", REQUEST, "RSP001", span("RSP", 20, 29), words=words),))
            yield Story("request", "mobilepay-online", f"removed {method}", (sent,), label)
        for family, name, missing, status, who in _HEADERS:
            shop = Integrator(draws)
            call = shop.call(family, name)
            kept = {key: value for key, value in call.headers.items() if key != missing.lstrip("+")}
            if missing.startswith("+"):
                kept[missing[1:]] = shop.subscription_key
            answer = Answer(status, _refusal(draws, family, status, missing))
            told = cause(who, REQUEST, TOKEN, ANSWER, words=(missing.lstrip("+"), "subscription key"))
            sent = Sent(call._replace(headers=kept), answer, shop.start)
            yield Story("header", family, f"{missing} {status}", (sent,), Label((told,)))


_HEADERS = (
    ("epayment", "initiate", "Ocp-Apim-Subscription-Key", 401, "code config"),
    ("ecom", "initiate", "Ocp-Apim-Subscription-Key", 401, "code config"),
    ("epayment", "capture", "Idempotency-Key", 400, "code"),
    ("recurring", "charge", "Idempotency-Key", 400, "code"),
    ("epayment-psp", "initiate", "Merchant-Serial-Number", 403, "code config"),
    ("epayment-psp", "initiate", "Psp-Id", 400, "code config"),
    ("access-token", "token", "client_secret", 401, "code config"),
    ("userinfo", "read", "+Ocp-Apim-Subscription-Key", 401, "code"),
    ("mobilepay-online", "initiate", "x-ibm-client-id", 401, "code config"),
    ("pos", "capture", "X-MobilePay-Merchant-VAT-Number", 400, "code"),
    ("checkout", "initiate", "client_id", 401, "code config"),
)
"""Family, call, the header that is missing (with + one that must not be there), status, who."""


def _refusal(draws: Draws, family: str, status: int, missing: str) -> bytes:
    if family == "pos":
        return written(draws, {"code": "1151", "message": "Missing header", "CorrelationId": draws.guid()})
    if status == 401 and missing == "Ocp-Apim-Subscription-Key":
        text = (
            "Access denied due to missing subscription key. Make sure to include subscription key when making requests."
        )
        return written(draws, gateway(draws, status, text))
    return b"" if draws.below(2) else written(draws, said(family, draws, status, "Bad request"))


def tokens(draws: Draws, _: Profile) -> Iterator[Story]:
    """Expired tokens, a missing or misspelt ``Bearer``, keys of two sets, a token of the other environment."""
    families = ("epayment", "ecom", "recurring", "app-payments")
    while True:
        for kind in ("expired", "no Bearer", "lower bearer", "key mix", "other environment", "not yet"):
            shop = Integrator(draws, "sandbox" if kind == "expired" and draws.below(2) else "")
            family = draws.pick(families if kind not in {"key mix", "other environment"} else families[:3])
            call, before = shop.call(family, "initiate"), []
            token = shop.token
            if kind == "expired":
                token = shop.make_token(shop.start - timedelta(hours=25, minutes=draws.below(50)))
                told = cause("code", TOKEN, TIMES, words=("expired", "ended", "older", "ran out"))
            elif kind == "not yet":
                token = shop.make_token(shop.start + timedelta(minutes=7 + draws.below(9)))
                told = cause("code config", TOKEN, TIMES, words=("not yet", "clock", "valid from", "before"))
            elif kind in {"no Bearer", "lower bearer"}:
                told = cause("code", TOKEN, REQUEST, words=("Bearer",))
            else:
                before = [_token_call(draws, shop, kind)]
                words = ("key", "environment", "test", "sandbox")
                told = cause("config code", TOKEN, "CFG002", words=words)
            scheme = {"no Bearer": "", "lower bearer": "bearer "}.get(kind, "Bearer ")
            call = call._replace(headers={**call.headers, "Authorization": scheme + token})
            sent = Sent(call, Answer(401, _unauthorised(draws, family)), shop.start)
            form = draws.pick(("har", "raw") if before else ("har", "curl", "raw"))  # they tell when the call was made
            yield Story("token", family, kind, (*before, sent), Label((told,)), form=form)


def _token_call(draws: Draws, shop: Integrator, kind: str) -> Sent:
    """How the token was fetched: with keys of another sales unit, or from the other environment."""
    other = Integrator(draws, shop.environment)
    if kind == "other environment":
        other = Integrator(draws, "production" if shop.environment == "sandbox" else "sandbox")
    call = other.call("access-token", "token")
    if kind == "other environment":
        keys = {"client_id": shop.client_id, "client_secret": shop.client_secret}
        call = call._replace(headers={**call.headers, **keys, "Ocp-Apim-Subscription-Key": shop.subscription_key})
    body = {"token_type": "Bearer", "expires_in": "3599", "ext_expires_in": "3599", "access_token": shop.token}
    return Sent(call, Answer(200, written(draws, body, plain=True)), shop.start - timedelta(seconds=20))


def _unauthorised(draws: Draws, family: str) -> bytes:
    if draws.below(3) == 0:
        return b""
    if draws.below(2):
        return written(draws, gateway(draws, 401, "Unauthorized. Access token is missing or invalid."))
    return written(draws, said(family, draws, 401, "Unauthorized"))
