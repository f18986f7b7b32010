"""The calls that the labelled tickets are made of: one integrator with keys, a token and payments, and what it sends.

Paths, fields and headers are those of the provider's specifications; keys, ids and people are invented.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_request_bodies import DIGITS, request_bodies

NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
"""The present moment of every ticket; all calls were made on the same day."""
HEX, UPPER_HEX = "0123456789abcdef", "0123456789ABCDEF"

_VIPPS = {"sandbox": "https://apitest.vipps.no", "production": "https://api.vipps.no"}
_MOBILEPAY = {"sandbox": "https://api.sandbox.mobilepay.dk", "production": "https://api.mobilepay.dk"}
_LIFE = {"sandbox": timedelta(hours=1), "production": timedelta(hours=24)}


class Call(NamedTuple):
    """What was sent; ``payment`` is the id that the integrator would look it up by."""

    family: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Any = None
    payment: str = ""


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


class Sent(NamedTuple):
    """A call with its answer, none when none came (then ``error`` says why); incoming ones are calls to the shop."""

    call: Call
    answer: Answer | None
    started: datetime
    took_ms: int = 180
    error: str = ""


class Template(NamedTuple):
    """A documented call: ``{name}`` in the path is filled in with the integrator's ids."""

    method: str
    path: str
    body: str = ""
    """The name of the body, in ``Integrator.body``."""


MOBILEPAY = frozenset(("mobilepay-online", "app-payments", "subscriptions", "pos", "invoice"))
_ONLINE = "/cardpassthrough-restapi/api"
_SUBSCRIPTIONS = "/subscriptions/api/providers/{providerId}/agreements/{agreementUuid}"
CALLS: dict[str, dict[str, Template]] = {
    "mobilepay-online": {
        "initiate": Template("POST", f"{_ONLINE}/v3/payments", "online-initiate"),
        "patch": Template(
            "PATCH", f"{_ONLINE}/v1/payments/{{paymentId}}/authorizationattempts/{{attemptId}}", "online-patch"
        ),
        "capture": Template("POST", f"{_ONLINE}/v1/payments/{{paymentId}}/captures", "online-capture"),
        "cancel": Template("POST", f"{_ONLINE}/v1/payments/{{paymentId}}/cancels", "online-cancel"),
        "refund": Template("POST", f"{_ONLINE}/v1/payments/{{paymentId}}/refunds", "online-refund"),
    },
    "epayment": {
        "initiate": Template("POST", "/epayment/v1/payments", "epayment-create"),
        "read": Template("GET", "/epayment/v1/payments/{reference}"),
        "capture": Template("POST", "/epayment/v1/payments/{reference}/capture", "modification"),
        "cancel": Template("POST", "/epayment/v1/payments/{reference}/cancel", "nothing"),
        "refund": Template("POST", "/epayment/v1/payments/{reference}/refund", "modification"),
        "approve": Template("POST", "/epayment/v1/test/payments/{reference}/approve", "approval"),
    },
    "epayment-psp": {
        "initiate": Template("POST", "/epayment/v1/payments", "passthrough-create"),
        "capture": Template("POST", "/epayment/v1/payments/{reference}/capture", "modification"),
    },
    "ecom": {
        "initiate": Template("POST", "/ecomm/v2/payments", "ecom-create"),
        "capture": Template("POST", "/ecomm/v2/payments/{orderId}/capture", "ecom-modification"),
        "cancel": Template("PUT", "/ecomm/v2/payments/{orderId}/cancel", "ecom-modification"),
        "refund": Template("POST", "/ecomm/v2/payments/{orderId}/refund", "ecom-modification"),
        "read": Template("GET", "/ecomm/v2/payments/{orderId}/details"),
    },
    "recurring": {
        "initiate": Template("POST", "/recurring/v3/agreements", "agreement"),
        "read": Template("GET", "/recurring/v3/agreements/{agreementId}"),
        "charge": Template("POST", "/recurring/v3/agreements/{agreementId}/charges", "charge"),
        "capture": Template("POST", "/recurring/v3/agreements/{agreementId}/charges/{chargeId}/capture", "flat-amount"),
        "update": Template("PATCH", "/recurring/v3/agreements/{agreementId}", "agreement-update"),
    },
    "vipps-psp": {
        "initiate": Template("POST", "/psp/v3/psppayments/init", "psp-init"),
        "read": Template("GET", "/psp/v3/psppayments/{pspTransactionId}/details"),
    },
    "psp-merchants": {"read": Template("GET", "/merchant-management/psp/v1/merchants/{msn}")},
    "checkout": {
        "initiate": Template("POST", "/checkout/v3/session", "session"),
        "read": Template("GET", "/checkout/v3/session/{reference}"),
    },
    "login": {"token": Template("POST", "/access-management-1.0/access/oauth2/token", "form-token")},
    "userinfo": {"read": Template("GET", "/vipps-userinfo-api/userinfo/{sub}")},
    "access-token": {"token": Template("POST", "/accesstoken/get", "nothing")},
    "webhooks": {"initiate": Template("POST", "/webhooks/v1/webhooks", "webhook")},
    "order-management": {"initiate": Template("POST", "/order-management/v2/ecom/receipts/{orderId}", "receipt")},
    "qr": {"initiate": Template("POST", "/qr/v1/merchant-redirect", "qr")},
    "report": {"read": Template("GET", "/report/v2/ledgers/{ledgerId}/funds/dates/2026-11-22")},
    "partner": {"initiate": Template("POST", "/partner-api/v1/products/orders", "product-order")},
    "app-payments": {
        "initiate": Template("POST", "/v1/payments", "app-payment"),
        "capture": Template("POST", "/v1/payments/{paymentId}/capture", "flat-amount"),
        "cancel": Template("POST", "/v1/payments/{paymentId}/cancel", "nothing"),
        "read": Template("GET", "/v1/payments/{paymentId}"),
    },
    "subscriptions": {
        "initiate": Template("POST", f"{_SUBSCRIPTIONS}/oneoffpayments", "one-off"),
        "refund": Template("POST", f"{_SUBSCRIPTIONS}/payments/{{paymentId}}/refunds", "subscription-refund"),
    },
    "pos": {"capture": Template("POST", "/pos/v10/payments/{paymentId}/capture", "flat-amount")},
    "invoice": {"initiate": Template("POST", "/invoice-restapi/api/v1/merchants/{merchantId}/invoices", "invoice")},
}
"""By family and what the call does to a payment."""

_PAYMENT_KEYS = {
    "recurring": "agreementId",
    "ecom": "orderId",
    "order-management": "orderId",
    "vipps-psp": "pspTransactionId",
    "epayment": "reference",
    "epayment-psp": "reference",
    "checkout": "reference",
}


_WITHOUT_PAYMENT = frozenset(
    ("login", "userinfo", "access-token", "webhooks", "qr", "report", "partner", "psp-merchants")
)


class Integrator:
    """One shop or PSP: its environment, keys, token and the ids of one payment."""

    def __init__(self, draws: Draws, environment: str = "") -> None:
        self.draws = draws
        self.environment = environment or draws.pick(("sandbox", "production"))
        seconds = 6 * 3600 + draws.below(9 * 3600)
        self.start = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=seconds)
        self.subscription_key, self.client_id = draws.text(32, HEX), draws.guid()
        self.client_secret = base64.b64encode(draws.take(16)).decode()
        self.token = self.make_token(self.start - timedelta(minutes=2 + draws.below(40)))
        self.amount = 5000 + 50 * draws.below(900)
        self.shop = f"https://shop-{draws.below(900) + 100}.example.com"
        self.ids = self._make_ids()

    def _make_ids(self) -> dict[str, str]:
        draws = self.draws
        names = ("paymentId", "attemptId", "merchantId", "providerId", "agreementUuid", "sub")
        order = f"{draws.pick(('shop', 'web', 'acme'))}-{draws.text(4)}-{10000 + draws.below(89999)}"
        return {name: draws.guid() for name in names} | {
            "reference": order,
            "orderId": order,
            "agreementId": f"agr_{draws.text(7)}",
            "chargeId": f"chr-{draws.text(7)}",
            "pspTransactionId": draws.text(18, DIGITS),
            "msn": str(210000 + draws.below(90000)),
            "ledgerId": str(300000 + draws.below(90000)),
            "pspId": draws.text(32, UPPER_HEX),
        }

    def make_token(self, issued: datetime, life: timedelta | None = None, **claims: Any) -> str:
        """A signed-looking access token (RFC 7519) of this integrator, valid from ``issued``."""
        ends = issued + (life or _LIFE[self.environment])
        times = {"iat": int(issued.timestamp()), "nbf": int(issued.timestamp()), "exp": int(ends.timestamp())}
        parts = ({"typ": "JWT", "alg": "RS256"}, {"appid": self.client_id, **times, **claims})
        encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
        signature = base64.urlsafe_b64encode(self.draws.take(96)).decode().rstrip("=")
        return ".".join((*encoded, signature))

    def call(self, family: str, name: str, **body: Any) -> Call:
        """The documented call, right in everything; ``body`` replaces top-level fields."""
        template = CALLS[family][name]
        host = (_MOBILEPAY if family in MOBILEPAY else _VIPPS)[self.environment]
        value = self.body(template.body)
        if isinstance(value, dict):
            value |= body
        payment = "" if family in _WITHOUT_PAYMENT else self.ids[_PAYMENT_KEYS.get(family, "paymentId")]
        url = host + template.path.format_map(self.ids)
        return Call(family, template.method, url, self.headers(family, template), value, payment)

    def headers(self, family: str, template: Template) -> dict[str, str]:
        """All that the specification asks for."""
        token = {"Authorization": f"Bearer {self.token}"}
        has_body = {"Content-Type": "application/json"} if template.method != "GET" else {}
        if family == "mobilepay-online":
            return {"x-ibm-client-id": self.client_id, "x-ibm-client-secret": self.client_secret, **has_body}
        if family == "pos":
            system = {"X-MobilePay-Client-System-Name": "acme-till", "X-MobilePay-Client-System-Version": "4.2.0"}
            extra = {"X-MobilePay-Merchant-VAT-Number": "DK11102248", "X-MobilePay-Idempotency-Key": self.draws.guid()}
            return {"x-ibm-client-id": self.client_id, **token, **system, **extra, **has_body}
        if family in MOBILEPAY:
            return {**token, **has_body, "CorrelationId": self.draws.guid()}
        system = {"Merchant-Serial-Number": self.ids["msn"], "Vipps-System-Name": "acme-shop"}
        system |= {"Vipps-System-Version": "4.2.0", "Vipps-System-Plugin-Name": "acme-vipps"}
        system |= {"Vipps-System-Plugin-Version": "1.4.1"}
        if family == "login":
            basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
            return {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        if family == "userinfo":
            return {**token, **system}
        keys = {"Ocp-Apim-Subscription-Key": self.subscription_key}
        credentials = {"client_id": self.client_id, "client_secret": self.client_secret}
        if family == "access-token":
            return {**credentials, **keys, **system}
        if family == "checkout":
            return {**credentials, **keys, **system, **has_body}
        repeatable = {} if template.method == "GET" else {"Idempotency-Key": self.draws.guid()}
        if family == "ecom":
            repeatable = {"X-Request-Id": self.draws.guid()} if template.method != "GET" else {}
        psp = {"Psp-Id": self.ids["pspId"]} if "psp" in family else {}
        return {**token, **keys, **system, **psp, **repeatable, **has_body}

    def body(self, name: str) -> Any:
        """A right body by its name; None for a call that carries none."""
        return None if not name else json.loads(json.dumps(request_bodies(self)[name]))


def sent_body(call: Call) -> str:
    """The body as it goes over the wire; empty where there is none."""
    if call.body is None:
        return ""
    return call.body if isinstance(call.body, str) else json.dumps(call.body, ensure_ascii=False)
