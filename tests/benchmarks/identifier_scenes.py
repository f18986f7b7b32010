"""One call of a documented operation, with an invented id for everything in its path."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from bundler.providers import identifiers_of_key
from bundler.providers.profile import Identifier, Operation, Profile
from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_calls import HEX, MOBILEPAY, UPPER_HEX, Call, Integrator
from tests.benchmarks.diagnosis_request_bodies import DIGITS

OPEN = re.compile(r"\{(\w+)\}")
_DOCUMENTED: dict[str, Callable[[Draws], str]] = {
    "MSN": lambda draws: str(210000 + draws.below(700000)),
    "reference": lambda draws: f"acme-{draws.text(6)}-{draws.below(90000)}",
    "orderId": lambda draws: f"shop-{10000 + draws.below(80000)}",
    "chargeId": lambda draws: f"chr-{draws.text(7)}",
    "agreementId": lambda draws: f"agr_{draws.text(7)}",
    "pspTransactionId": lambda draws: "7" + draws.text(17, DIGITS),
    "pspReferenceId": lambda draws: f"psp-{draws.text(10, DIGITS)}",
    "merchantOrderId": lambda draws: f"order-{10000 + draws.below(80000)}",
    "transactionId": lambda draws: "5" + draws.text(9, DIGITS),
    "ledgerId": lambda draws: str(300000 + draws.below(90000)),
    "organisationNumber": lambda draws: draws.pick(("974760673", "923609016", "985399077")),
    "Psp-Id": lambda draws: draws.text(32, UPPER_HEX),
    "traceId": lambda draws: f"00-{draws.text(32, HEX)}-{draws.text(16, HEX)}-01",
    "traceparent": lambda draws: f"00-{draws.text(32, HEX)}-{draws.text(16, HEX)}-01",
    "instance": lambda draws: f"urn:uuid:{draws.guid()}",
    "CF-Ray": lambda draws: f"{draws.text(16, HEX)}-CPH",
    "X-Azure-Ref": lambda draws: f"20261123T130211Z-{draws.text(13, HEX)}",
    "merchantQrId": lambda draws: f"counter-{draws.below(900)}",
    "captureIdentifier": lambda draws: f"cap-{draws.below(90000)}-1",
    "cancelIdentifier": lambda draws: f"can-{draws.below(90000)}-1",
    "refundIdentifier": lambda draws: f"ref-{draws.below(90000)}-1",
    "externalId": lambda draws: f"ext-{1000 + draws.below(90000)}",
}
"""How the specifications write an id; all others are UUIDs where their form allows one."""


class Scene:
    """One call of an operation with an id for everything in its path, before something more is planted."""

    def __init__(self, draws: Draws, profile: Profile, operation: Operation) -> None:
        self.draws, self.profile, self.operation = draws, profile, operation
        self.family = operation.family
        self.shop = Integrator(draws)
        self.params: dict[str, str] = {}
        self.truth: dict[str, set[str]] = defaultdict(set)
        for name in OPEN.findall(operation.path):
            row = self.known(name)
            self.params[name] = value_of(draws, row) if row else _FILLERS.get(name, "funds")
            if row:
                self.truth[row.name].add(self.params[name])

    def known(self, key: str) -> Identifier | None:
        rows = identifiers_of_key(self.profile, key)
        return next((row for row in rows if not row.families or self.family in row.families), None)

    def call(self, headers: dict[str, str], body: Any, query: str = "") -> Call:
        online = "/cardpassthrough-restapi" if self.family == "mobilepay-online" else ""
        domain = "mobilepay.dk" if self.family in MOBILEPAY or self.operation.path.startswith("/v1/") else "vipps.no"
        test = {"mobilepay.dk": "api.sandbox.mobilepay.dk", "vipps.no": "apitest.vipps.no"}
        host = test[domain] if self.shop.environment == "sandbox" else f"api.{domain}"
        path = self.operation.path.format_map({name: quote(value, safe="") for name, value in self.params.items()})
        url = f"https://{host}{online}{path}{query}"
        accepted = {"Authorization": f"Bearer {self.shop.token}", "Content-Type": "application/json", **headers}
        return Call(self.family, self.operation.method, url, accepted, body)

    def link(self, planted: Identifier) -> tuple[str, str, str]:
        """What the user knows of the call, as option, key and value: its payment, or a trace id where there is none."""
        rows = sorted(self.profile.identifiers, key=lambda row: row.rank)
        payments = [row for row in rows if row.role == "payment_id" and self.family in row.families]
        held = next((row for row in payments if row.name in self.truth and row != planted), None)
        if held is not None:
            return "payment_id", "", next(iter(self.truth[held.name]))
        chosen = next((row for row in payments if row != planted), None) if planted.role != "payment_id" else None
        option = "payment_id" if chosen is not None else "trace_id"
        if chosen is None:
            name = "contextId" if planted.name == "correlationId" else "correlationId"
            chosen = next(row for row in rows if row.name == name)
        value = value_of(self.draws, chosen)
        self.truth[chosen.name].add(value)
        return option, chosen.keys[0], value


_FILLERS = {"paymentType": "ecom", "topic": "funds", "ledgerDate": "2026-11-22", "sub": "9d1c"}


def value_of(draws: Draws, row: Identifier) -> str:
    """An invented id as the specification writes it."""
    if row.name in _DOCUMENTED:
        return _DOCUMENTED[row.name](draws)
    uuid = draws.guid()
    return uuid if re.fullmatch(row.pattern, uuid) else draws.pick(row.samples)
