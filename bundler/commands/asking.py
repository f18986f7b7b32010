"""Asks a person at the terminal for what is missing; an empty answer leaves it missing."""

from __future__ import annotations

from collections.abc import Callable

import click
from msgspec.structs import replace

from bundler.assemble.case import Case
from bundler.checks.desk.verdict import is_senders
from bundler.commands.console import say
from bundler.commands.outcome import tell_cause
from bundler.errors import BundlerError
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
    "system": (
        "Shop system and plugin, with versions",
        lambda case, answer: replace(case, notes=(*case.notes, answer)),
    ),
    "organisation": (
        "Organisation number",
        lambda case, answer: replace(case, ids=(*case.ids, ("organisationNumber", answer))),
    ),
}
_FILES = {"response", "screenshot", "logs"}


def ask_for_missing(case: Case, ticket: SafeTicket, understand: Callable[[str], object]) -> Case:
    """``case`` with the answers. Enter skips a question; an answer that cannot be used is asked for again.

    ``understand`` raises a ``BundlerError`` for what is no time.
    """
    missing = [asked for asked in ticket.missing if asked.item in QUESTIONS]
    if missing:
        click.echo(f"\nSupport asks for {len(missing)} more; Enter leaves one out.", err=True)
    for asked in missing:
        question, answered = QUESTIONS[asked.item]
        click.echo(f"  {asked.how}", err=True)
        while answer := click.prompt(f"  {question}", default="", show_default=False, err=True).strip():
            problem = _problem(asked.item, answer, understand)
            if problem is None:
                case = answered(case, answer)
                break
            click.echo(f"  {problem.message} {problem.hint}", err=True)
    return case


def wants_ticket(ticket: SafeTicket) -> bool:
    """Whether the person wants the ticket written; asked only where all evidence says that they can settle it."""
    if not is_senders(ticket.cause, ticket.findings):
        return True
    for text, style in tell_cause(ticket):
        say(text, **style)
    return click.confirm("\nWrite the ticket all the same?", default=False, err=True)


def _problem(item: str, answer: str, understand: Callable[[str], object]) -> BundlerError | None:
    """What is wrong with an answer, as far as that can be told at once."""
    from bundler.evidence.sources import gather

    try:
        if item == "occurred_at":
            understand(answer)
        elif item in _FILES:
            gather([answer])
    except BundlerError as error:
        return error
    return None
