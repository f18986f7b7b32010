"""Checks of completeness: one for each thing that the provider asks for."""

from __future__ import annotations

from collections.abc import Iterator

from bundler.checks.types import View, check
from bundler.model import Finding

OWN_CODES = {
    "merchant_id": "IDS001",
    "payment_id": "IDS002",
    "occurred_at": "TIM001",
    "request": "REQ001",
    "response": "RSP002",
    "screenshot": "PIC001",
    "logs": "LOG001",
}
"""Items of the ask-list that have a check of their own."""


def _missing(view: View, item: str) -> Iterator[Finding]:
    for asked in view.asked:
        if asked.item == item and asked.required and not asked.found:
            yield Finding(
                code=OWN_CODES[item], severity="warning", message=f"Missing: {asked.label}.", advice=asked.how
            )


@check("IDS001")
def merchant_id_given(view: View) -> Iterator[Finding]:
    """The merchant's identifier is missing.

    Support looks a payment up by merchant and payment. It stands in the request that started the payment or in a header
    of every call, and in your contract or the provider's portal. Add the recording of the first call, or --merchant-id.
    """
    yield from _missing(view, "merchant_id")


@check("IDS002")
def payment_id_given(view: View) -> Iterator[Finding]:
    """The payment's identifier is missing.

    Without it support has to search by time, which takes long and may find another payment. It is in the answer to
    the call that started the payment, in its later URLs, in callbacks and often in your order. Add one of these as
    evidence, or --payment-id.
    """
    yield from _missing(view, "payment_id")


@check("TIM001")
def time_given(view: View) -> Iterator[Finding]:
    """The time of the error is missing.

    A recording or a log carries it; a copied curl command does not. Add --at with a date, a time and a zone:
    --at "2026-11-23 14:03 Europe/Copenhagen".
    """
    yield from _missing(view, "occurred_at")


@check("REQ001")
def request_or_event_given(view: View) -> Iterator[Finding]:
    """Neither the request nor the event that caused the error is known.

    Add a HAR, a copied curl command or the raw request; where no call of yours is involved, say in one sentence what
    was done and what was expected: --event "User tapped Pay, the app said …".
    """
    yield from _missing(view, "request")


@check("RSP002")
def response_given(view: View) -> Iterator[Finding]:
    """The error response is missing.

    Support needs it whole: status, headers and body. Save it with curl -i or as a HAR "with content", or paste the
    body into a file and add it with --response FILE. If none came, say so in --event.
    """
    yield from _missing(view, "response")


@check("PIC001")
def screenshot_given(view: View) -> Iterator[Finding]:
    """The error was in the app, and there is no screenshot.

    Take one on the phone and add the file, or run ticket-bundler screenshot. Cover names, numbers and balances with
    --redact x,y,w,h: what is in a picture is not searched for personal data.
    """
    yield from _missing(view, "screenshot")


@check("LOG001")
def logs_given(view: View) -> Iterator[Finding]:
    """There are no logs, or nothing in them belongs to this payment.

    Name your log files or their folder; the records of this payment and those around the error are cut out of them,
    masked, and the rest stays with you.
    """
    yield from _missing(view, "logs")


@check("REQ040")
def all_else_given(view: View) -> Iterator[Finding]:
    """Something else that support asks for in such a case is missing.

    What is asked for depends on what the problem is about: a plugin's version, the organisation's number for a new
    agreement, whom to answer. The finding names the option that adds it.
    """
    for asked in view.asked:
        if asked.item not in OWN_CODES and asked.required and not asked.found:
            why = f" ({asked.why})" if asked.why else ""
            yield Finding(code="REQ040", severity="warning", message=f"Missing: {asked.label}{why}.", advice=asked.how)


CHECKS = (
    merchant_id_given,
    payment_id_given,
    time_given,
    request_or_event_given,
    response_given,
    screenshot_given,
    logs_given,
    all_else_given,
)
