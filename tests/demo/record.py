"""Records the demo's evidence anew: ``python -m tests.demo.record``, from the top of the project, takes about a minute.

It needs Chromium (``CHROMIUM`` names another than /usr/bin/chromium), node with npm and openssl. It starts the
loopback server and the payment service, lets a real Chromium walk through the test console, and writes
``bundler/demo/checkout-trace.har``, ``payment-service.log``, ``app-error.png`` and ``tests/demo/planted.json``.

Time: while the browser records, all clocks are real, the 27 seconds of the slow acquirer included, so that HAR and log
tell the same time. The ordinary payments before and after pass in a few seconds: the service's clock has an offset,
and waiting moves it (``Clock.fast``). Ids, tokens and cookies are new in every recording; people, cards and phone
numbers stay (070-1740605 to -699 are set aside for fiction by the Swedish regulator PTS).
"""

from __future__ import annotations

import json
import linecache
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tests.demo.clock import ZONE, Clock, write_log
from tests.demo.routes import serve
from tests.demo.server import CARD, World

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "bundler" / "demo"
INSTALLED_AT = "/srv/authorizer/service.py"  # what a traceback of the service shows instead of the recorder's folders
PLAYWRIGHT = "playwright-core@1.65.1"
ACQUIRER_SECONDS = 26.8
ACQUIRER_DOWN_AT = 388  # an older fault, of another payment
AMOUNT = 34900
MINUTE = 60.0

Person = tuple[str, str, str, str, str, str, str]
PEOPLE: tuple[Person, ...] = (
    (
        "Freja",
        "Sandbæklund",
        "freja.sandbaeklund@example.com",
        "+46701740635",
        "Blåklintsgränd 417",
        "219 47",
        "Nordhavnsby",
    ),
    ("Oskar", "Vintergård", "oskar.vintergard@example.com", "+46701740652", "Fyrbåksvägen 38", "448 03", "Tångstrand"),
    ("Signe", "Havrelund", "signe.havrelund@example.com", "+46701740681", "Lyngbakkestien 5", "735 90", "Østermarken"),
)
SHOPPER_IPS = ("203.0.113.57", "203.0.113.90", "198.51.100.23")


def address(person: Person) -> dict[str, Any]:
    """The fields of an address callback, as the provider's guide names them."""
    first, last, email, phone, street, postal_code, city = person
    return {
        "Addresses": [
            {
                "FirstName": first,
                "Surname": last,
                "AddressLine1": street,
                "PostalCode": postal_code,
                "City": city,
                "CountryCode": "SE",
            }
        ],
        "EmailAddress": email,
        "PhoneNumber": phone,
    }


def settings() -> dict[str, Any]:
    """What the console and the service are set up with; new keys every time."""
    first, last, email, phone = PEOPLE[0][:4]
    return {
        "clientId": str(uuid4()),
        "clientSecret": secrets.token_urlsafe(36).replace("-", "q").replace("_", "Q"),
        "stats": {"apiKey": secrets.token_hex(16)},
        "publicKeyId": 263419,
        "acquirerMerchantId": "AM-0093417",
        "merchant": {"merchantId": str(uuid4()), "name": "Fjordbloom", "url": "https://www.fjordbloom.example"},
        "order": {
            "orderId": f"FB-{datetime.now(UTC):%Y%m%d}-T07",
            "amount": AMOUNT,
            "shopperIp": SHOPPER_IPS[0],
            "shopper": {"firstName": first, "lastName": last, "email": email, "phone": phone},
        },
    }


def load_service() -> ModuleType:
    """The service as it would run on a server: its code knows no path of this machine, its tracebacks have lines."""
    source = (HERE / "service.py").read_text(encoding="utf-8")
    linecache.cache[INSTALLED_AT] = (len(source), None, source.splitlines(keepends=True), INSTALLED_AT)
    module = ModuleType("service")
    sys.modules["service"] = module
    exec(compile(source, INSTALLED_AT, "exec"), module.__dict__)
    return module


class Traffic:
    """Ordinary payments of a shop, one after the other, and the health check twice a minute."""

    def __init__(self, world: World, service: Any, clock: Clock) -> None:
        self.world, self.service, self.clock = world, service, clock
        self._random = random.Random(20261123)
        self._number = 380
        self._next_health = clock.now()

    def pay(self) -> None:
        """One payment from the order to its end."""
        self._number += 1
        order_id = f"FB-{datetime.now(UTC):%Y%m%d}-{self._number:04d}"
        person = self._random.randrange(1, len(PEOPLE))
        self.world.shoppers[order_id] = address(PEOPLE[person])
        if self._number == ACQUIRER_DOWN_AT:
            self.world.acquirer_down.add(order_id)
        amount = self._random.randrange(49, 900) * 100 + self._random.choice((0, 50, 95))
        order = {"orderId": order_id, "amount": amount, "transport": "service", "shopperIp": SHOPPER_IPS[person]}
        self.world.ask_service("POST", "/service/payments", json.dumps(order).encode())
        self.service.orders[order_id].settled.wait(60)

    def until(self, moment: float) -> None:
        """Let time pass until ``moment``, as fast as it can."""
        self.clock.fast = True
        while self.clock.now() < moment - 20:
            self.pay()
            self.skip_to(min(moment, self.clock.now() + self._random.uniform(20, 72)))
        self.skip_to(moment)
        self.clock.fast = False

    def skip_to(self, moment: float) -> None:
        while self._next_health <= moment:
            self.clock.set(max(self._next_health, self.clock.now()))
            self.world.ask_service("GET", "/health")
            self._next_health += MINUTE / 2
        self.clock.set(moment)

    def beside(self, stop: threading.Event) -> None:
        """The same at the pace of real clocks, until ``stop``."""
        while not stop.wait(5):
            self.pay()
            self.skip_to(self.clock.now())


def record(folder: Path) -> None:
    browse = browser(folder)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    make_certificate(certificate, key)
    module, given = load_service(), settings()
    clock = Clock()
    world = World(clock, given, certificate, key)
    service = module.Service(clock, module.Egress(world.port, certificate), given)
    front, log_file = serve(service), write_log(folder / "payment-service.log", clock)
    world.service_port = front.server_port
    world.service_knows = service.payments.__contains__
    order_id = given["order"]["orderId"]
    world.shoppers[order_id] = address(PEOPLE[0])
    world.acquirer_seconds[order_id] = ACQUIRER_SECONDS

    live = clock.now() + 20  # the quiet minutes take a few seconds; then the clocks have to be real
    clock.set(live - 17.5 * MINUTE)
    traffic = Traffic(world, service, clock)
    traffic.until(live)
    while datetime.now(UTC).timestamp() < live:
        threading.Event().wait(0.1)
    clock.set(datetime.now(UTC).timestamp())
    stop = threading.Event()
    beside = threading.Thread(target=traffic.beside, args=(stop,))
    beside.start()
    try:
        browse("trace", str(world.port), str(folder / "checkout-trace.har"))
        failed_at = datetime.fromtimestamp(clock.now(), ZONE)
    finally:
        stop.set()
        beside.join()
    traffic.until(clock.now() + 11.5 * MINUTE)
    front.shutdown()
    front.server_close()
    log_file.close()
    world.close()

    shown = {"time": f"{failed_at:%H:%M}", "shop": "Fjordbloom", "amount": f"DKK {AMOUNT / 100:.2f}", "order": order_id}
    browse("shot", f"{(HERE / 'app_screen.html').as_uri()}?{urlencode(shown)}", str(folder / "app-error.png"))
    SHIPPED.mkdir(parents=True, exist_ok=True)
    for name in ("checkout-trace.har", "payment-service.log", "app-error.png"):
        shutil.copyfile(folder / name, SHIPPED / name)
    write_planted(given, world)


def browser(folder: Path) -> Any:
    """A function that runs ``browse.cjs``; playwright-core comes from npm into ``folder``."""
    subprocess.run(["npm", "install", "--silent", "--prefix", str(folder), PLAYWRIGHT], check=True)
    environment = {**os.environ, "NODE_PATH": str(folder / "node_modules")}

    def browse(*arguments: str) -> None:
        subprocess.run(["node", str(HERE / "browse.cjs"), *arguments], check=True, env=environment)

    return browse


def make_certificate(certificate: Path, key: Path) -> None:
    """A certificate of one day for the loopback address."""
    subject = ["-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        ["openssl", "req", "-x509", *curve, "-days", "1", *subject, *files], check=True, stderr=subprocess.DEVNULL
    )


def write_planted(given: dict[str, Any], world: World) -> None:
    """List each secret and personal value that the shipped files hold: as it appears, of which kind, in which files."""
    spaced = " ".join(CARD["number"][at : at + 4] for at in range(0, 16, 4))
    planted = [("secret", given["clientSecret"]), ("key", given["stats"]["apiKey"]), *world.issued]
    planted += [("card", spaced), ("card", CARD["number"])]
    for first, last, email, phone, *place in PEOPLE:
        planted += [("name", first), ("name", last), ("email", email), ("phone", phone)]
        planted += [("address", part) for part in place]
    planted += [("ip", ip) for ip in SHOPPER_IPS]
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.iterdir()) if path.suffix != ".png"}
    rows = []
    for kind, value in planted:
        where = [name for name, text in files.items() if value in text]
        if where:
            rows.append({"kind": kind, "value": value, "files": where})
    text = json.dumps(rows, indent=2, ensure_ascii=False)
    (HERE / "planted.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        record(Path(name))
