"""A small payment service as an integrator might run it: takes callbacks, asks the acquirer, reports back, and logs.

It logs too much, as careless services do: the recording needs something to mask. It knows no browser, no test and no
provider beyond the documented calls of MobilePay Online (initiate, authorization attempt, capture); who answers them
is decided by its ``Egress``. Its one fault is the one the example is about: it waits for the acquirer for as long as
the acquirer likes, although the authorization has to be reported within 20 seconds of the card callback.
"""

from __future__ import annotations

import json
import queue
import secrets
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tests.demo.clock import Clock, log

API = "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi"
ACQUIRER = "https://api.acquirer.example"
PUBLIC = "https://pay.psp.example"
JsonObject = dict[str, Any]


class AcquirerUnavailable(Exception):
    """The acquirer could not answer."""


class DomainConflict(Exception):
    """The provider answered 409."""


class AuthorizationNotReported(Exception):
    """The acquirer has decided, and the provider does not know."""


@dataclass
class Egress:
    """The way out: every host is reached through one gateway, whose certificate is given."""

    port: int
    certificate: Path

    def call(self, method: str, url: str, headers: dict[str, str], body: JsonObject) -> tuple[int, JsonObject]:
        parts = urlsplit(url)
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = HTTPSConnection("127.0.0.1", self.port, context=context, timeout=60)
        try:
            sent = {"Host": parts.netloc, "Content-Type": "application/json", **headers}
            connection.request(method, parts.path, json.dumps(body), sent)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"{}")
        finally:
            connection.close()


@dataclass
class Payment:
    """One payment. ``transport`` says who sends the calls to the provider: the service itself, or the test console."""

    request: JsonObject
    transport: str
    shopper_ip: str
    payment_id: str = ""
    state: str = "created"
    call: JsonObject | None = None
    answers: queue.Queue[tuple[int, JsonObject, float]] = field(default_factory=queue.Queue)
    settled: threading.Event = field(default_factory=threading.Event)


class Service:
    """The service itself; the routes in front of it are in ``routes.py``."""

    def __init__(self, clock: Clock, egress: Egress, settings: JsonObject) -> None:
        self.clock, self.egress, self.settings = clock, egress, settings
        self.orders: dict[str, Payment] = {}
        self.payments: dict[str, Payment] = {}
        self._token: tuple[str, float] = ("", 0.0)

    def create(self, order: JsonObject) -> Payment:
        """Turn a shop's order into the request that initiates its payment (all fields the provider requires)."""
        merchant, order_id = self.settings["merchant"], order["orderId"]
        cards = ("VISA-DEBIT", "VISA-CREDIT", "MC-DEBIT", "MC-CREDIT")
        callbacks = {
            "encryptedPanCallbackUrl": f"{PUBLIC}/callbacks/card",
            "tokenCallbackUrl": f"{PUBLIC}/callbacks/token",
        }
        request = {
            "merchantId": merchant["merchantId"],
            "merchantName": merchant["name"],
            "merchantLogoUrl": f"{merchant['url']}/logo-250.png",
            "merchantUrl": merchant["url"],
            "merchantOrderId": order_id,
            "pspReferenceId": f"bp-{secrets.token_hex(10)}",
            "amount": order["amount"],
            "currencyCode": "DKK",
            "allowedCardTypes": [{"name": name, **callbacks} for name in cards],
            "publicKeyId": self.settings["publicKeyId"],
            "redirectFromMobilePayUrl": f"{merchant['url']}/orders/{order_id}/receipt",
            "failedPaymentCallbackUrl": f"{PUBLIC}/callbacks/failed",
            "isCheckout": True,
            "addressCallbackUrl": f"{PUBLIC}/callbacks/address",
            "deliveryAddressAllowed": True,
            "customerLanguageCode": "EN",
        }
        payment = Payment(request, order["transport"], order["shopperIp"])
        log("orders").info(
            "order %s received, %.2f DKK, calls sent by %s", order_id, order["amount"] / 100, payment.transport
        )
        return payment

    def initiate(self, payment: Payment) -> None:
        status, body = self._provider(payment, "POST", f"{API}/api/v3/payments", payment.request)
        if status != 200:
            raise DomainConflict(f"initiate answered {status}")
        self.initiated(payment, body["paymentId"])

    def initiated(self, payment: Payment, payment_id: str) -> None:
        payment.payment_id, payment.state = payment_id, "waiting for the user"
        self.payments[payment_id] = payment
        log("payments").info(
            "payment initiated PaymentId=%s MerchantId=%s merchantOrderId=%s pspReferenceId=%s",
            payment_id,
            payment.request["merchantId"],
            payment.request["merchantOrderId"],
            payment.request["pspReferenceId"],
        )

    def card_callback(self, callback: JsonObject) -> None:
        """Take note and return at once: the acquirer is asked later, in a thread of its own."""
        payment = self.payments[callback["PaymentId"]]
        attempt_id, payment.state = callback["AuthorizationAttemptId"], "waiting for the acquirer"
        log("callbacks").info(
            "card callback received PaymentId=%s AuthorizationAttemptId=%s PublicKeyId=%s CardType=%s",
            payment.payment_id,
            attempt_id,
            callback["PublicKeyId"],
            callback["CardType"],
        )
        threading.Thread(target=self._finish, args=(payment, attempt_id, callback), daemon=True).start()

    def _finish(self, payment: Payment, attempt_id: str, callback: JsonObject) -> None:
        try:
            self.authorize(payment, attempt_id, callback)
            payment.state = "authorized"
        except AuthorizationNotReported:
            payment.state = "failed"
            log("payments").exception(
                "authorization was not reported PaymentId=%s AuthorizationAttemptId=%s", payment.payment_id, attempt_id
            )
            log("payments").warning("reversal requested from the acquirer for PaymentId=%s", payment.payment_id)
        except AcquirerUnavailable:
            payment.state = "rejected"
            log("acquirer").exception("no decision for PaymentId=%s, rejecting", payment.payment_id)
            self._report(
                payment, attempt_id, {"succeeded": False, "reasonCode": 2002, "reasonMessage": "temporary error"}
            )
        finally:
            payment.settled.set()

    def authorize(self, payment: Payment, attempt_id: str, callback: JsonObject) -> None:
        """Ask the acquirer, report the decision, capture."""
        reference = self.ask_acquirer(payment, callback)
        report = {
            "succeeded": True,
            "acquirerMerchantId": self.settings["acquirerMerchantId"],
            "acquirerPaymentReference": reference,
        }
        try:
            self._report(payment, attempt_id, report)
        except DomainConflict as conflict:
            raise AuthorizationNotReported(f"{reference} is authorized at the acquirer, but not reported") from conflict
        capture = {
            "captureIdentifier": f"cap-{reference}",
            "amount": payment.request["amount"],
            "timestamp": datetime.fromtimestamp(self.clock.now(), UTC).isoformat(timespec="milliseconds"),
            "authorizationAttemptId": attempt_id,
        }
        status, body = self._provider(payment, "POST", f"{API}/api/v1/payments/{payment.payment_id}/captures", capture)
        log("payments").info(
            "captured PaymentId=%s captureId=%s (%d)", payment.payment_id, body.get("captureId"), status
        )

    def ask_acquirer(self, payment: Payment, callback: JsonObject) -> str:
        """The acquirer's reference; waits for it without any limit of its own."""
        card, started = callback["EncryptedCardData"]["decrypted"], self.clock.now()
        headers = {"Authorization": f"Bearer {self._acquirer_token()}"}
        body = {
            "orderId": payment.request["merchantOrderId"],
            "amount": payment.request["amount"],
            "pan": card["number"],
            "shopperIp": payment.shopper_ip,
        }
        if payment.transport == "console":
            digits = card["number"]
            spaced = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
            log("cards").debug("decrypted card %s exp %s for PaymentId=%s", spaced, card["expiry"], payment.payment_id)
            log("acquirer").debug(
                "POST %s/v2/authorizations Authorization: %s %s", ACQUIRER, headers["Authorization"], json.dumps(body)
            )
        watch = threading.Timer(10, self._still_waiting, args=(payment, started))
        watch.daemon = True
        watch.start()
        status, answer = self.egress.call("POST", f"{ACQUIRER}/v2/authorizations", headers, body)
        watch.cancel()
        seconds = self.clock.now() - started
        if status != 200:
            raise AcquirerUnavailable(f"the acquirer answered {status} after {seconds:.1f} s")
        log("acquirer").info(
            "approved PaymentId=%s reference=%s after %.1f s", payment.payment_id, answer["reference"], seconds
        )
        reference: str = answer["reference"]
        return reference

    def _still_waiting(self, payment: Payment, started: float) -> None:
        seconds = self.clock.now() - started
        log("acquirer").warning("no answer from the acquirer after %.0f s PaymentId=%s", seconds, payment.payment_id)

    def _acquirer_token(self) -> str:
        if self._token[1] < self.clock.now():
            status, body = self.egress.call(
                "POST", f"{ACQUIRER}/oauth2/token", {}, {"grant_type": "client_credentials"}
            )
            self._token = (body["access_token"], self.clock.now() + body["expires_in"])
            log("acquirer").info("access token renewed (%d), valid for %d s", status, body["expires_in"])
        return self._token[0]

    def _report(self, payment: Payment, attempt_id: str, report: JsonObject) -> None:
        url = f"{API}/api/v1/payments/{payment.payment_id}/authorizationattempts/{attempt_id}"
        status, body = self._provider(payment, "PATCH", url, report)
        if status == 409:
            log("mobilepay").warning(
                'domain error code=%s message="%s" correlationId=%s',
                body["code"],
                body["message"],
                body["correlationId"],
            )
            raise DomainConflict(f"409 {body['code']}: {body['message']}")

    def _provider(self, payment: Payment, method: str, url: str, body: JsonObject) -> tuple[int, JsonObject]:
        if payment.transport == "console" and payment.payment_id:
            payment.call = {"method": method, "url": url, "body": body}
            status, answer, milliseconds = payment.answers.get(timeout=60)
            payment.call = None
        else:
            started = self.clock.now()
            headers = {
                "x-ibm-client-id": self.settings["clientId"],
                "x-ibm-client-secret": self.settings["clientSecret"],
                "CorrelationId": str(uuid4()),
            }
            status, answer = self.egress.call(method, url, headers, body)
            milliseconds = (self.clock.now() - started) * 1000
        log("mobilepay").info("%s %s -> %d in %.0f ms", method, url, status, milliseconds)
        return status, answer
