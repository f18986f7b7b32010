"""Tickets that trip the checks of requests and headers, and such that do not."""

from __future__ import annotations

from bundler.model import SafeTicket
from tests.checks.payment_calls import (
    ECOM,
    EPAYMENT,
    HEADERS,
    ONLINE,
    REFERENCE,
    TEST,
    about,
    changed,
    ecom,
    online,
    sent,
)

GONE = "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v1/merchants/c0ffee11-2233-4455-8677-8899aabbccdd"
FINE = about(sent(EPAYMENT))
FINE_ONLINE = about(online(ONLINE), family="mobilepay-online")
FINE_ECOM = about(ecom(ECOM), family="ecom")
WITHOUT_KEY = tuple(each for each in HEADERS if each[0] != "Ocp-Apim-Subscription-Key")
UNDERSCORED = [ONLINE["allowedCardTypes"][0] | {"name": "VISA_DEBIT"}]

SAMPLES_OF_REQUESTS: dict[str, tuple[SafeTicket, SafeTicket]] = {
    "REQ003": (about(sent(b"{'amount': 100}")), FINE),
    "REQ004": (
        about(
            ecom(changed(ECOM, merchantInfo__fallBack=None, merchantInfo__fallback="https://x.example"), 500),
            family="ecom",
        ),
        FINE_ECOM,
    ),
    "REQ005": (about(sent(changed(EPAYMENT, amount__value=499.5))), FINE),
    "REQ006": (
        about(ecom(changed(ECOM, merchantInfo__callbackPrefix="https://localhost:3000")), family="ecom"),
        FINE_ECOM,
    ),
    "REQ007": (about(sent(changed(EPAYMENT, reference="order_20771"))), FINE),
    "REQ008": (
        about(online(changed(ONLINE, allowedCardTypes=UNDERSCORED), 409), family="mobilepay-online"),
        FINE_ONLINE,
    ),
    "REQ009": (about(online(changed(ONLINE, publicKeyId="42")), family="mobilepay-online"), FINE_ONLINE),
    "REQ010": (about(sent(EPAYMENT, 401, headers=WITHOUT_KEY)), FINE),
    "REQ011": (
        about(sent(b"", 401, url=f"{TEST}/vipps-userinfo-api/userinfo", method="GET"), family="userinfo"),
        FINE,
    ),
    "REQ012": (
        about(sent({"name": "Acme"}, 404, url=GONE, method="PATCH"), family="mobilepay-online"),
        FINE_ONLINE,
    ),
    "REQ013": (
        about(online(changed(ONLINE, validUntil="2026-11-23T14:00:00Z")), family="mobilepay-online"),
        FINE_ONLINE,
    ),
    "REQ014": (about(ecom(changed(ECOM, merchantInfo__merchantSerialNumber="210046"), 403), family="ecom"), FINE_ECOM),
    "REQ015": (
        about(sent(b"", 404, url=f"{TEST}/epayment/v1/payments/{{reference}}", method="GET")),
        about(sent(b"", 404, url=f"{TEST}/epayment/v1/payments/{REFERENCE}", method="GET")),
    ),
}
