"""Checks of what surrounds the call: logs, pictures, privacy and set-up."""

from __future__ import annotations

from collections.abc import Iterator

from bundler.checks.types import View, check
from bundler.model import Finding, Origin
from bundler.providers import find_host

_SILENT_LOGS_TOLD = 3
_BROKEN = frozenset(("failed", "timed-out", "cut"))


@check("LOG002")
def log_says_something(view: View) -> Iterator[Finding]:
    """A log was read, and nothing in it belongs to this payment.

    Neither the ids nor the time of the error occur in it. It is named in the ticket, but not sent.
    """
    logs = (taken for taken in view.ticket.evidence if taken.role.startswith("log") and taken.state == "ok")
    silent = [taken for taken in logs if not taken.used]
    for taken in silent[:_SILENT_LOGS_TOLD]:
        covered = (
            f" It covers {taken.first:%Y-%m-%d %H:%M} to {taken.last:%Y-%m-%d %H:%M} UTC."
            if taken.first is not None and taken.last is not None
            else ""
        )
        yield Finding(
            code="LOG002",
            severity="note",
            message=f"{taken.source} mentions neither the payment nor the time of the error.{covered}",
            advice="Add the log of the service that made the call, or widen the window: --window 30m,10m.",
            origins=(Origin(taken.source, ""),),
        )


@check("LOG003")
def programs_answered(view: View) -> Iterator[Finding]:
    """A program that hands out logs did not hand out all of them.

    It failed, took too long, wrote more than is taken, found nothing, or was not run because it was not known what to
    ask it for. What it wrote until then is in the ticket. Run it by hand to see what it says: its own words are not
    taken over, because they may hold secrets.
    """
    for taken in view.ticket.evidence:
        if taken.state != "ok":
            yield Finding(
                code="LOG003",
                severity="warning" if taken.state in _BROKEN else "note",
                message=f"{taken.source} did not give all that was asked of it: {taken.reason}.",
                advice="Run its command by hand, put right what it complains of, and make the ticket once more.",
                origins=(Origin(taken.source, ""),),
            )


@check("PIC002")
def pictures_looked_at(view: View) -> Iterator[Finding]:
    """Nobody has looked for personal data in a picture.

    Pictures are encoded anew, so that position, device and hidden data are gone, but what one sees in them is not
    searched. Look at each, and cover what support does not need: --redact x,y,w,h.
    """
    for picture in view.ticket.pictures:
        if not picture.box_count:
            yield Finding(
                code="PIC002",
                severity="note",
                message=f"{picture.source} leaves as it is seen; no part of it is covered.",
                advice="Look at it, and cover names, numbers and balances with --redact x,y,w,h.",
                origins=(Origin(picture.source, ""),),
            )


@check("PRV001")
def free_text_harmless(view: View) -> Iterator[Finding]:
    """Something confidential stood in what you wrote.

    It was masked like everywhere else. Read the sentence again: with a placeholder in it, it may need other words.
    """
    texts = (
        ("the event", view.ticket.event or ""),
        ("the summary", view.ticket.summary),
        ("your notes", "\n".join(view.ticket.notes)),
    )
    for place, text in texts:
        found = sorted({kept.kind for kept in view.ticket.redactions if kept.placeholder in text})
        if found:
            yield Finding(
                code="PRV001",
                severity="note",
                message=f"A {' and a '.join(found)} stood in {place}; masked.",
                advice="Read the sentence once more before you send it.",
                origins=(Origin("you", place),),
            )


@check("PRV003")
def nothing_withheld(view: View) -> Iterator[Finding]:
    """A field had to be withheld, because masking it failed.

    What cannot be searched for secrets does not leave. The ticket says which field; report this as a fault of
    ticket-bundler, without the evidence.
    """
    withheld = [finding for finding in view.ticket.findings if finding.code == "PRV901"]
    if withheld:
        yield Finding(
            code="PRV003",
            severity="blocker",
            message=f"Withheld because masking failed: {' '.join(finding.message for finding in withheld)}",
            advice="Leave that evidence out, or mask it by hand first (ticket-bundler scrub).",
            origins=tuple(origin for finding in withheld for origin in finding.origins),
        )


@check("CFG001")
def environment_known(view: View) -> Iterator[Finding]:
    """It is not known whether this happened in production or in a test environment.

    Test and production share nothing: keys, ids, logs. The host of the call tells; without a call say it in --event.
    """
    if view.ticket.environment is None and view.profile.hosts:
        yield Finding(
            code="CFG001",
            severity="note",
            message="It is not known whether this happened in production or in a test environment.",
            advice="Say it with --environment production or --environment sandbox.",
        )


@check("CFG002")
def one_environment(view: View) -> Iterator[Finding]:
    """Calls of the same payment went to production and to a test environment.

    Ids and keys of one are unknown in the other. Look for a host that was left behind in your configuration.
    """
    if view.ticket.environment == "mixed":
        yield Finding(
            code="CFG002",
            severity="warning",
            message="Calls of this payment went to production and to the test environment.",
            advice="Check the host names in your configuration; keys and ids of one do not exist in the other.",
            who="config",
            confidence=0.8,
        )


@check("CFG004")
def environment_agrees(view: View) -> Iterator[Finding]:
    """The environment that you gave is not the one of the hosts that were called.

    What you typed stands in the ticket. Test and production share nothing: support looks in the one that is named.
    """
    for exchange in view.ticket.exchanges:
        host = find_host(view.profile, exchange.request.url) if exchange.request is not None else None
        told = host.environment if host is not None else ""
        if host is not None and told and view.ticket.environment not in {None, "mixed", told}:
            yield Finding(
                code="CFG004",
                severity="warning",
                message=f"The ticket says {view.ticket.environment}, but {host.host} is {host.environment}.",
                advice="Leave --environment out, or say with --entry which call is meant.",
                origins=(exchange.origin("URL"),),
            )
            return


@check("CFG003")
def reporter_known(view: View) -> Iterator[Finding]:
    """Support does not know whom to answer beside the mail's sender, nor with what integration it is dealing.

    ticket-bundler config init writes a file for it.
    """
    if not view.ticket.reporter.email:
        yield Finding(
            code="CFG003",
            severity="note",
            message="The ticket does not say who you are and which integration this is.",
            advice="ticket-bundler config init writes a file to fill in, once.",
        )


CHECKS = (
    log_says_something,
    programs_answered,
    pictures_looked_at,
    free_text_harmless,
    nothing_withheld,
    environment_known,
    one_environment,
    environment_agrees,
    reporter_known,
)
