"""Asks a person at the terminal for what is missing; an empty answer leaves it missing."""

from __future__ import annotations

from collections.abc import Callable

import click
from msgspec.structs import replace

from bundler.assemble.case import Case
from bundler.model import SafeTicket

QUESTIONS: dict[str, tuple[str, Callable[[Case, str], Case]]] = {
    "merchant_id": ("MerchantId", lambda case, answer: replace(case, merchant_id=answer)),
    "payment_id": ("PaymentId", lambda case, answer: replace(case, payment_id=answer)),
    "occurred_at": ("Time of the error, with zone", lambda case, answer: replace(case, at=answer)),
    "request": ("What was done, and what happened", lambda case, answer: replace(case, event=answer)),
    "response": (
        "File with the error response",
        lambda case, answer: replace(case, responses=(*case.responses, answer)),
    ),
    "screenshot": (
        "File with the screenshot",
        lambda case, answer: replace(case, screenshots=(*case.screenshots, answer)),
    ),
    "logs": ("Log file or folder", lambda case, answer: replace(case, logs=(*case.logs, answer))),
}


def ask_for_missing(case: Case, ticket: SafeTicket) -> Case:
    """``case`` with the answers. Enter skips a question."""
    missing = [asked for asked in ticket.missing if asked.item in QUESTIONS]
    if missing:
        click.echo(f"\nSupport asks for {len(missing)} more; Enter leaves one out.", err=True)
    for asked in missing:
        question, answered = QUESTIONS[asked.item]
        click.echo(f"  {asked.how}", err=True)
        answer = click.prompt(f"  {question}", default="", show_default=False, err=True).strip()
        if answer:
            case = answered(case, answer)
    return case
