"""The service's routes: callbacks from the provider, orders and outcomes from shops and the console, health."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.demo.clock import log

if TYPE_CHECKING:
    from tests.demo.service import Service

API = "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi"
JsonObject = dict[str, Any]


def serve(service: Service) -> ThreadingHTTPServer:
    """Answer for ``service`` on a free port of the loopback address until the server is shut down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    """One request to the service."""

    service: Service
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/health":
            waiting = sum(not payment.settled.is_set() for payment in self.service.payments.values())
            log("health").info("GET /health 200 waiting=%d threads=%d", waiting, threading.active_count())
            return self._answer({"status": "ok"})
        payment = self.service.payments[self.path.rpartition("/")[2]]
        return self._answer({"paymentId": payment.payment_id, "state": payment.state, "call": payment.call})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/callbacks/card":
            self.service.card_callback(body)
        elif self.path == "/callbacks/address":
            log("callbacks").info("address callback received %s", json.dumps(body, ensure_ascii=False))
        elif self.path == "/service/payments":
            return self._order(body)
        elif self.path == "/service/calls":
            self._outcome(body)
        return self._answer({})

    def _order(self, order: JsonObject) -> None:
        payment = self.service.create(order)
        self.service.orders[order["orderId"]] = payment
        if payment.transport == "service":
            self.service.initiate(payment)
        self._answer({"paymentId": payment.payment_id, "initiate": payment.request})

    def _outcome(self, outcome: JsonObject) -> None:
        """The test console tells how a call ended that it sent for us."""
        if "orderId" in outcome:
            payment = self.service.orders[outcome["orderId"]]
            log("mobilepay").info(
                "POST %s -> %d in %.0f ms", f"{API}/api/v3/payments", outcome["status"], outcome["milliseconds"]
            )
            self.service.initiated(payment, outcome["body"]["paymentId"])
        else:
            payment = self.service.payments[outcome["paymentId"]]
            payment.answers.put((outcome["status"], outcome["body"], outcome["milliseconds"]))

    def _answer(self, body: JsonObject) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """The service's own log tells enough."""
