"""Stories that only the calls before the failing one explain: states, reused keys, rates; and telling amounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bundler.providers.profile import Profile
from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_bodies import gateway, said, written
from tests.benchmarks.diagnosis_calls import Answer, Call, Integrator, Sent
from tests.benchmarks.diagnosis_labels import Label, Story, cause, span

STATE, RATE = span("REQ", 30, 39), span("TIM", 10, 19)
_CODES = {
    "early capture": {"epayment": "6080", "ecom": "62"},
    "capture too high": {"epayment": "6090", "ecom": "61"},
    "refund too high": {"epayment": "6150", "ecom": "71"},
    "cancel after capture": {"epayment": "6040", "ecom": "51"},
    "capture after cancel": {"epayment": "6070", "ecom": "91"},
    "refund before capture": {"epayment": "6210", "ecom": "72"},
}
"""The documented code of each impossible step; an answer that carries it may be explained by it as well."""


class _History:
    """Calls of one payment in time order."""

    def __init__(self, draws: Draws, family: str) -> None:
        self.draws, self.family = draws, family
        self.shop = Integrator(draws)
        self.calls: list[Sent] = []
        self.moment = self.shop.start

    def add(self, call: Call, status: int, body: Any, after_s: float = 40) -> None:
        self.moment += timedelta(seconds=after_s)
        data = body if isinstance(body, bytes) else written(self.draws, body, plain=True)
        self.calls.append(Sent(call, Answer(status, data), self.moment))

    def call(self, name: str, amount: int = 0) -> Call:
        call = self.shop.call(self.family, name)
        if amount and isinstance(call.body, dict):
            if "modificationAmount" in call.body:
                call.body["modificationAmount"]["value"] = amount
            elif "transaction" in call.body:
                call.body["transaction"]["amount"] = amount
            else:
                call.body["amount"] = amount
        return call

    def initiate(self) -> None:
        shop, landing = self.shop, f"https://landing.vipps.no/?token={self.draws.text(30)}"
        bodies = {
            "epayment": (201, {"redirectUrl": landing, "reference": shop.ids["reference"]}),
            "ecom": (200, {"orderId": shop.ids["orderId"], "url": landing}),
            "mobilepay-online": (200, {"paymentId": shop.ids["paymentId"], "redirectToMobilePayUrl": landing}),
            "app-payments": (200, {"paymentId": shop.ids["paymentId"], "mobilePayAppRedirectUri": landing}),
        }
        status, body = bodies[self.family]
        self.add(self.call("initiate"), status, body)

    def read(self, *, authorised: bool) -> None:
        """The integrator reads the payment; with MobilePay Online it patches it instead, there is nothing to read."""
        shop = self.shop
        if self.family == "epayment":
            money = {"currency": "NOK", "value": shop.amount}
            nothing = money | {"value": 0}
            totals = {"authorizedAmount": money if authorised else nothing, "capturedAmount": nothing}
            totals |= {"refundedAmount": nothing, "cancelledAmount": nothing}
            state = "AUTHORIZED" if authorised else "CREATED"
            body: Any = {"state": state, "reference": shop.ids["reference"], "amount": money, "aggregate": totals}
            self.add(self.call("read"), 200, body)
        elif self.family == "ecom":
            operation = "RESERVE" if authorised else "INITIATE"
            entry = {"operation": operation, "operationSuccess": True, "amount": shop.amount}
            remaining = shop.amount if authorised else 0
            summary = {"capturedAmount": 0, "remainingAmountToCapture": remaining, "refundedAmount": 0}
            body = {"orderId": shop.ids["orderId"], "transactionSummary": summary, "transactionLogHistory": [entry]}
            self.add(self.call("read"), 200, body)
        elif self.family == "app-payments":
            state = "reserved" if authorised else "initiated"
            body = {"paymentId": shop.ids["paymentId"], "amount": shop.amount, "state": state}
            self.add(self.call("read"), 200, body)
        elif authorised:
            self.add(self.call("patch"), 200, b"")

    def fine(self, name: str, amount: int = 0, after_s: float = 40) -> Call:
        call = self.call(name, amount)
        state = {"reference": self.shop.ids["reference"], "state": "AUTHORIZED"} if self.family == "epayment" else {}
        self.add(call, 200, state or {"orderId": self.shop.ids["orderId"]}, after_s)
        return call

    def refused(self, call: Call, about: str, after_s: float = 40) -> str:
        """The last call; its answer carries the documented code, or none. Gives the code that it carries."""
        draws = self.draws
        code = _CODES.get(about, {}).get(self.family, "") if draws.below(2) else ""
        if code and self.family == "epayment":
            body = said(self.family, draws, 400, "See extraDetails")
            body["extraDetails"] = [{"name": "ErrorCode", "reason": code}]
        elif code:
            group = "VippsError" if code == "91" else "Payment"
            body = [{"errorGroup": group, "errorCode": code, "errorMessage": "Refused"}]
        else:
            body = said(self.family, draws, 409, "The operation is not possible")
        self.add(call, 409 if not code else draws.pick((400, 409)), written(draws, body), after_s)
        return code


def states(draws: Draws, _: Profile) -> Iterator[Story]:
    """Steps that the payment's story makes impossible."""
    families = ("epayment", "ecom", "mobilepay-online", "app-payments")
    while True:
        for about in _CODES:
            for family in families:
                if family == "app-payments" and "refund" in about:
                    continue  # its refunds are no call of the payment
                yield _state(draws, family, about)


def _state(draws: Draws, family: str, about: str) -> Story:
    history = _History(draws, family)
    amount = history.shop.amount
    history.initiate()
    history.read(authorised=about != "early capture")
    if about in {"refund too high", "cancel after capture"}:
        history.fine("capture", amount)
    if about == "capture after cancel":
        history.fine("cancel")
    last = about.split()[1] if about == "early capture" else about.split()[0]
    asked = {"capture too high": amount + 1500, "refund too high": amount + 900}.get(about, amount)
    code = history.refused(history.call(last, 0 if last == "cancel" else asked), about)
    right = [cause("code", STATE, "RSP007", words=("capture", "cancel", "refund", "reserv", "authori"))]
    if code:
        right.append(cause("code", "RSP001", words=(code,)))
    # what has not happened yet can only be seen where the payment was read
    required = family != "mobilepay-online" or about not in {"early capture", "refund before capture"}
    if not required:
        right.append(cause("", "RSP004"))
    calls = tuple(history.calls)
    return Story("state", family, f"{about} {code or 'bare'}", calls, Label(tuple(right), required=required))


def reused_keys(draws: Draws, _: Profile) -> Iterator[Story]:
    """An idempotency key, or a pspReferenceId, that was used before with something else."""
    while True:
        for family, name, header in (
            ("epayment", "capture", "Idempotency-Key"),
            ("epayment", "refund", "Idempotency-Key"),
            ("ecom", "capture", "X-Request-Id"),
            ("recurring", "charge", "Idempotency-Key"),
            ("mobilepay-online", "initiate", "pspReferenceId"),
        ):
            history = _History(draws, family)
            amount = history.shop.amount
            if family in {"epayment", "ecom"}:
                history.initiate()
                history.read(authorised=True)
            if family == "epayment" and name == "refund":
                history.fine("capture", amount)
            first = history.call(name, amount // 2)
            history.add(first, 200, {"ok": True})
            again = history.call(name, amount // 4)
            if header == "pspReferenceId":
                again.body[header] = first.body[header]
                words: tuple[str, ...] = ("pspReferenceId",)
            else:
                again = again._replace(headers={**again.headers, header: first.headers[header]})
                words = ("idempoten", "Idempotency-Key", "X-Request-Id", "same key")
            history.add(again, 409, written(draws, said(family, draws, 409, "Conflict")))
            label = Label((cause("code", STATE, "RSP007", words=words),))
            yield Story("reuse", family, header, tuple(history.calls), label)


def rates(draws: Draws, _: Profile) -> Iterator[Story]:
    """More calls within a minute than the provider takes, a lock, an answer that never came."""
    while True:
        for family in ("epayment", "ecom"):
            history = _History(draws, family)
            history.initiate()
            history.read(authorised=True)
            for _each in range(5 + draws.below(2)):
                history.fine("capture", 100, after_s=3)
            body = gateway(draws, 429, "Rate limit is exceeded. Try again in 42 seconds.")
            history.add(history.call("capture", 100), 429, written(draws, body), after_s=2)
            label = Label((cause("code wait", RATE, "RSP004", "RSP007", words=("limit", "too many", "calls")),))
            yield Story("rate", family, "6 captures a minute", tuple(history.calls), label)
        for family, status, who in (("epayment", 423, "wait"), ("epayment", 502, "wait"), ("ecom", 503, "wait")):
            history = _History(draws, family)
            value = said(family, draws, status, draws.pick(("Locked", "Busy", "Try again later")))
            history.add(history.call("capture"), status, written(draws, value))
            label = Label((cause(who, RATE, "RSP004", "RSP007"),))
            form = draws.pick(("har", "curl", "raw"))  # a body alone does not tell the status
            yield Story("rate", family, f"status {status}", tuple(history.calls), label, form=form)
        shop = Integrator(draws)
        call = shop.call("epayment", "capture")
        lost = Sent(
            call, None, shop.start, 30_000, "Operation timed out after 30001 milliseconds with 0 bytes received"
        )
        label = Label((cause("wait", RATE, "RSP004", "RSP007"),))
        yield Story("rate", "epayment", "no answer", (lost,), label, form="har")


def refused_amounts(draws: Draws, profile: Profile) -> Iterator[Story]:
    """In the test environment some amounts fail on purpose: approving the payment, or refunding it."""
    rows = [row for row in profile.test_amounts if row.family == "epayment"]
    while rows:
        for row in rows:
            history = _History(draws, "epayment")
            refunds = "refund" in row.steps and "initiate" not in row.steps
            history.shop = Integrator(draws, "sandbox")
            history.shop.amount = 5000 if refunds else row.value
            history.initiate()
            if refunds:
                history.read(authorised=True)
                history.fine("capture", 5000)
            name = "refund" if refunds else "approve"
            answer = written(draws, said("epayment", draws, 400, "The operation failed"))
            history.add(history.call(name, row.value), 400, answer)
            label = Label((cause("test", words=(str(row.value), row.title)),))
            yield Story("test-amount", "epayment", f"{name} {row.value} {row.title}", tuple(history.calls), label)
