"""The loopback server of the recording: one TLS socket that answers for every host of the story.

``api.sandbox.mobilepay.dk`` answers like MobilePay Online as documented: initiate returns the payment's id and two
redirects, the user's swipe brings an address callback and a card callback, and an authorization that is reported
later than 20 seconds after its card callback is refused with 409 and ``{"code", "message", "correlationId"}``. The
documentation gives the limit and the shape, but no code for this refusal: ``LATE`` is invented, and stands for a code
that no public table knows.
"""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tests.demo.clock import Clock

HERE = Path(__file__).parent
CONSOLE = "https://console.psp.example"
REPORT_WITHIN = 20.0  # seconds from the card callback to the report of the authorization
LATE = ("2120", "The authorization attempt is no longer open")
CARD = {"number": "4111111111111111", "expiry": "12/28"}  # a card number that payment providers document for tests
ICON = b'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><circle cx="16" cy="16" r="14"/></svg>'
JsonObject = dict[str, Any]


class World:
    """Everyone but the service: provider, user with a phone, acquirer, console and a counter of visits.

    ``shoppers`` maps order ids to the address callback's fields; ``acquirer_seconds`` and ``acquirer_down`` say for
    which orders the acquirer is slow or broken. ``issued`` collects each secret that was handed out, by kind.
    """

    def __init__(self, clock: Clock, settings: JsonObject, certificate: Path, key: Path) -> None:
        self.clock, self.settings = clock, settings
        self.shoppers: dict[str, JsonObject] = {}
        self.acquirer_seconds: dict[str, float] = {}
        self.acquirer_down: set[str] = set()
        self.issued: list[tuple[str, str]] = []
        self.service_port = 0
        self.service_knows: Callable[[str], bool] = lambda _payment_id: True
        self._orders: dict[str, str] = {}
        self._called_back: dict[str, float] = {}
        self._affinity = secrets.token_hex(16)
        handler = type("Handler", (_Handler,), {"world": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def provider(
        self, method: str, path: str, headers: Any, body: JsonObject
    ) -> tuple[int, JsonObject | None, dict[str, str]]:
        """MobilePay Online: status, body, further headers."""
        cookie = {"Set-Cookie": f"gw_affinity={self._affinity}; Path=/; Secure; HttpOnly; SameSite=None"}
        self.issue("cookie", self._affinity)
        self.clock.wait(0.08 + secrets.randbelow(180) / 1000)
        if path.endswith("/api/v3/payments"):
            return 200, self._initiate(body), cookie
        if method == "PATCH":
            late = self.clock.now() - self._called_back[path.rpartition("/")[2]] > REPORT_WITHIN
            if late:
                code, message = LATE
                return 409, {"code": code, "message": message, "correlationId": headers["CorrelationId"]}, cookie
            return 204, None, cookie
        return 200, {"captureId": str(uuid4())}, cookie

    def _initiate(self, body: JsonObject) -> JsonObject:
        payment_id, now = str(uuid4()), int(self.clock.now())
        token = jwt("HS256", {"iss": "landing", "sub": payment_id, "jti": str(uuid4()), "iat": now, "exp": now + 600})
        self._orders[payment_id] = body["merchantOrderId"]
        if body["merchantOrderId"] in self.acquirer_seconds:
            self.issue("jwt", token)
        threading.Thread(target=self._user, args=(payment_id,), daemon=True).start()
        return {
            "paymentId": payment_id,
            "redirectToMobilePayUrl": f"https://sandprod-products.mobilepay.dk/remote-website/?token={token}",
            "redirectToMobilePayAppUrl": f"vippsMT://?token={token}",
        }

    def _user(self, payment_id: str) -> None:
        """Someone with a phone swipes after a few seconds; the provider then calls the service back, twice."""
        while not self.service_knows(payment_id):  # no user is faster than the service, even when waiting is free
            threading.Event().wait(0.01)
        slow = self._orders[payment_id] in self.acquirer_seconds
        self.clock.wait(4.7 if slow else 4 + secrets.randbelow(4000) / 1000)
        attempt_id = str(uuid4())
        both = {"PaymentId": payment_id, "AuthorizationAttemptId": attempt_id}
        self._tell_service("/callbacks/address", {**both, **self.shoppers[self._orders[payment_id]]})
        self.clock.wait(0.05)
        self._called_back[attempt_id] = self.clock.now()
        # the key pair is not part of the story, so the "encrypted" field carries its plain text along
        encrypted = {"data": base64.b64encode(secrets.token_bytes(256)).decode(), "decrypted": CARD}
        key_id = self.settings["publicKeyId"]
        self._tell_service(
            "/callbacks/card", {**both, "EncryptedCardData": encrypted, "PublicKeyId": key_id, "CardType": "VISA-DEBIT"}
        )

    def _tell_service(self, path: str, body: JsonObject) -> None:
        self.ask_service("POST", path, json.dumps(body).encode())

    def ask_service(self, method: str, path: str, body: bytes | None = None) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.service_port, timeout=60)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            return connection.getresponse().read()
        finally:
            connection.close()

    def acquirer(self, path: str, body: JsonObject) -> tuple[int, JsonObject]:
        if path == "/oauth2/token":
            self.clock.wait(0.2)
            now = int(self.clock.now())
            token = jwt(
                "ES256", {"iss": "https://api.acquirer.example", "sub": "psp-sandbox", "iat": now, "exp": now + 600}
            )
            self.issue("jwt", token)
            return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 600}
        self.clock.wait(self.acquirer_seconds.get(body["orderId"], 0.6 + secrets.randbelow(1700) / 1000))
        if body["orderId"] in self.acquirer_down:
            return 503, {}
        return 200, {"reference": f"ar-{secrets.token_hex(6)}"}

    def issue(self, kind: str, value: str) -> None:
        if (kind, value) not in self.issued:
            self.issued.append((kind, value))


def jwt(algorithm: str, claims: JsonObject) -> str:
    """A token of the right shape; the signature is random."""
    header = {"alg": algorithm, "typ": "JWT"}
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in (header, claims)]
    parts.append(secrets.token_bytes(32 if algorithm == "HS256" else 64))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


class _Handler(BaseHTTPRequestHandler):
    """Sends each request to the host it was meant for."""

    world: World
    protocol_version = "HTTP/1.1"

    def version_string(self) -> str:
        return "gateway"

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body, parts = self.rfile.read(length), urlsplit(self.path)
        hosts: dict[str, Callable[[str, bytes], None]] = {
            "api.sandbox.mobilepay.dk": self._provider,
            "api.acquirer.example": self._acquirer,
            "console.psp.example": self._console,
            "stats.example.com": self._stats,
        }
        hosts[self.headers["Host"]](parts.path, body)

    do_GET = do_POST = do_PATCH = do_OPTIONS = _handle  # noqa: N815 - the base class's names

    def _provider(self, path: str, body: bytes) -> None:
        allow = {"Access-Control-Allow-Origin": CONSOLE, "Access-Control-Allow-Credentials": "true"}
        if self.command == "OPTIONS":
            allow["Access-Control-Allow-Methods"] = "OPTIONS, POST, PATCH"
            allow["Access-Control-Allow-Headers"] = "content-type, correlationid, x-ibm-client-id, x-ibm-client-secret"
            return self._answer(204, b"", "", allow)
        status, answer, headers = self.world.provider(self.command, path, self.headers, json.loads(body))
        return self._json(status, answer, {**allow, **headers})

    def _acquirer(self, path: str, body: bytes) -> None:
        self._json(*self.world.acquirer(path, json.loads(body)), {})

    def _stats(self, path: str, _body: bytes) -> None:
        down = "authorization_failed" in self.path
        self._answer(503 if down else 204, b"busy\n" if down else b"", "text/plain", {"Cache-Control": "no-store"})

    def _console(self, path: str, body: bytes) -> None:
        if path.startswith("/service/"):
            return self._answer(200, self.world.ask_service(self.command, path, body or None), "application/json", {})
        if path == "/settings.json":
            return self._json(200, self.world.settings, {"Cache-Control": "no-store"})
        if path == "/icon.svg":
            return self._answer(200, ICON, "image/svg+xml", {})
        pages = {"/": ("page.html", "text/html; charset=utf-8"), "/console.css": ("console.css", "text/css")}
        if path not in pages:
            return self._answer(404, b"not found\n", "text/plain", {})
        name, mime = pages[path]
        headers = {}
        if path == "/":
            session = secrets.token_urlsafe(32)
            self.world.issue("cookie", session)
            headers["Set-Cookie"] = f"console_session={session}; Path=/; Secure; HttpOnly; SameSite=Lax"
        return self._answer(200, (HERE / name).read_bytes(), mime, headers)

    def _json(self, status: int, body: JsonObject | None, headers: dict[str, str]) -> None:
        self._answer(
            status, b"" if body is None else json.dumps(body, ensure_ascii=False).encode(), "application/json", headers
        )

    def _answer(self, status: int, body: bytes, mime: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Type", mime)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nobody reads this log."""
