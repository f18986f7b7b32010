"""Which of the things that the provider asks for are here, where they were found, and how to get the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bundler.amounts import plural
from bundler.checks.answer.said import Said
from bundler.checks.desk.problems import happened_in_app, own_words, problem_of, system_headers
from bundler.model import Asked, Fact, Origin, SafeTicket
from bundler.providers import find_family, find_operation, key_form, mentions, related_families
from bundler.providers.desks import AskItem, Problem
from bundler.providers.phrases import folded
from bundler.providers.profile import Profile

NAMES = {
    "merchant_id": "merchant id",
    "payment_id": "payment id",
    "occurred_at": "time of the error",
    "request": "request or event",
    "response": "error response",
    "family": "API or product",
    "trace_id": "trace id",
    "steps": "steps to reproduce it",
    "organisation": "organisation number",
    "app_version": "version of the app",
    "system": "shop system and version",
    "contact": "whom to answer",
    "journey": "user journey",
}
"""Short names of items, where their own name does not do."""

_PROBLEMS: dict[Problem, str] = {
    "api-call": "a call of yours failed",
    "webhook": "this is about a webhook",
    "app": "the event was in the app",
    "plugin": "this is about a plugin",
    "onboarding": "this is about a new agreement",
    "question": "this is a question",
    "feature": "this is a request for something new",
    "operations-list": "somebody wants to be on a list",
}
_STEPS = re.compile(
    r"(?<!\S)1[.)]\s(?s:.{1,300}?)\s2[.)]\s|\bsteps?\b|\breproduc|\bgenskab|\bgjenskap|\bgenom att\b", re.IGNORECASE
)
_PLATFORM = re.compile(r"\b(?:ios|ipados|android)\b", re.IGNORECASE)
_VERSION = re.compile(r"(?<![\w.])v?\d{1,4}(?:\.\d{1,4}){1,3}(?![\w])")
_ORGANISATION = re.compile(
    r"\b(?:org(?:anisation|anization|anisasjons|anisations)?[ .-]{0,3}(?:no|nr|number|nummer)|cvr|y-tunnus|business id|"
    r"vat)\b[^\d\n]{0,12}\d[\d -]{5,11}",
    re.IGNORECASE,
)
_ORGANISATION_KEYS = frozenset(
    ("organisationnumber", "organizationnumber", "organisation", "orgnumber", "orgno", "orgnr", "cvr", "vatnumber")
)
_JOURNEY = re.compile(r"\b(?:users?|customers?|kund\w*|bruger\w*|bruker\w*|asiakas\w*|journey)\b", re.IGNORECASE)
_BODY = 7000
"""So many bytes of each of the failing call's bodies are looked at for words."""

_TELLING = 8
"""Slugs of so many letters are words of their own: "epayment", but not "report"."""


def review(ticket: SafeTicket, profile: Profile, said: Said | None) -> tuple[Asked, ...]:
    """Every item of the profile's ask-list for this kind of problem with its state, in the provider's order.

    ``said`` is what was said about the failure.
    """
    in_app = happened_in_app(ticket)
    problem = problem_of(ticket, profile)
    evidence = folded(_words_of(ticket))
    places = dict(_places(ticket, profile, said))
    needless = {"payment_id": why_no_payment(ticket, profile)}
    rows: dict[str, AskItem] = {}
    for ask in profile.asks:
        if _fits(ask, problem, evidence):
            rows.setdefault(ask.item, ask)
    return tuple(
        Asked(
            item=ask.item,
            label=ask.label,
            found=ask.item in places,
            required=ask.need == "required" and _applies(ask, needless, in_app=in_app),
            where=places.get(ask.item, ""),
            how=ask.how,
            why=needless.get(ask.item) or _why(ask, problem, in_app=in_app),
            helps=ask.need == "helpful" and _applies(ask, needless, in_app=in_app),
        )
        for ask in rows.values()
    )


def score(asked: Sequence[Asked]) -> str:
    """How complete a ticket is, in words: "6 of 7; missing: screenshot — the event was in the app"."""
    needed = [each for each in asked if each.required]
    if not needed:
        return "nothing in particular"
    missing = [each for each in needed if not each.found]
    here = f"{len(needed) - len(missing)} of {len(needed)}"
    if not missing:
        return f"{here}; nothing is missing"
    names = [NAMES.get(each.item, each.item) for each in missing]
    reasons = [f" — {each.why}" if each.why else "" for each in missing]
    if len(set(reasons)) == 1:  # said once, where it is the same of all
        return f"{here}; missing: {', '.join(names)}{reasons[0]}"
    return f"{here}; missing: {'; '.join(map(str.__add__, names, reasons))}"


def _fits(ask: AskItem, problem: Problem, evidence: str) -> bool:
    if ask.problems and problem not in ask.problems:
        return False
    return not ask.mentions or any(word.casefold() in evidence for word in ask.mentions)


def _applies(ask: AskItem, needless: Mapping[str, str], *, in_app: bool) -> bool:
    return not needless.get(ask.item) and (ask.when == "always" or in_app)


def why_no_payment(ticket: SafeTicket, profile: Profile) -> str:
    """Why there can be no payment id: the call that makes one failed, or its API knows no payments; "" else."""
    failing = ticket.failing_exchange
    if failing is None or failing.request is None or failing.direction == "incoming":
        return ""
    rows = {row.name: row for row in profile.identifiers if row.role == "payment_id"}
    found = find_operation(profile, failing.request.method, failing.request.url)
    is_refused = failing.response is not None and (failing.response.status or 0) >= 400
    if found is not None and found.operation.creates in rows and is_refused:
        return "the call that creates it was refused, so there is none"
    family = find_family(profile, failing.request.url)
    related = related_families(profile, family.slug) if family is not None else ()
    if related and not any(not row.families or set(row.families) & set(related) for row in rows.values()):
        return "no payment is involved in this call"
    return ""


def _why(ask: AskItem, problem: Problem, *, in_app: bool) -> str:
    if ask.when == "in-app":
        return "the event was in the app" if in_app else "only where the error was in the app"
    return ask.why or (_PROBLEMS[problem] if ask.problems else "")


def _words_of(ticket: SafeTicket) -> str:
    failing = ticket.failing_exchange
    bodies = [message.body[:_BODY] for message in (failing.request, failing.response) if message] if failing else []
    # what was written stands first: of a text that is too long, the end is not looked at
    return "\n".join((own_words(ticket), *(body.decode("utf-8", "replace") for body in bodies)))


def _places(ticket: SafeTicket, profile: Profile, said: Said | None) -> Iterator[tuple[str, str]]:
    facts, failing = ticket.facts, ticket.failing_exchange
    for item, fact in (
        ("merchant_id", facts.merchant_id),
        ("payment_id", facts.payment_id),
        ("occurred_at", facts.occurred_at),
        ("trace_id", next(iter(facts.trace_ids), None)),
    ):
        if fact is not None:
            yield item, _where(fact.origins)
    if failing is not None and failing.request is not None:
        yield "request", str(failing.origin("request"))
    elif ticket.event:
        yield "request", "the event in your words"
    if failing is not None and (failing.response is not None or failing.error):
        yield "response", str(failing.origin("response" if failing.response else "no response came"))
    elif failing is None and said is not None and said.reading is not None:
        yield "response", f"quoted in {said.origin}"
    if ticket.pictures:
        yield "screenshot", ", ".join(picture.source for picture in ticket.pictures)
    if excerpts := [excerpt for excerpt in ticket.logs if excerpt.spans]:
        yield "logs", ", ".join(f"{excerpt.source} ({plural(len(excerpt.spans), 'record')})" for excerpt in excerpts)
    yield from _surroundings(ticket, profile)


def _surroundings(ticket: SafeTicket, profile: Profile) -> Iterator[tuple[str, str]]:
    """Where the things are that are known of the case rather than of the payment."""
    text, reporter = own_words(ticket), ticket.reporter
    if ticket.environment is not None:
        yield "environment", ticket.environment
    if ticket.family is not None:
        yield "family", ticket.family
    elif named := _family_named(text, profile):
        yield "family", f"{named}, in your words"
    if _STEPS.search(text):
        yield "steps", "in your words"
    if (number := _organisation(ticket)) is not None:
        yield "organisation", _where(number.origins)
    elif _ORGANISATION.search(text):
        yield "organisation", "in your words"
    if _PLATFORM.search(text) and _VERSION.search(text):
        yield "app_version", "in your words"
    if headers := tuple(system_headers(ticket)):
        failing = ticket.failing_exchange
        yield "system", f"{failing.origin('request header') if failing else ''} {headers[0][0]}".strip()
    elif reporter.integration and reporter.integration_version:
        yield "system", "the configuration (integration)"
    elif problem_of(ticket, profile) == "plugin" and _VERSION.search(text):
        yield "system", "in your words"
    if reporter.email:
        yield "contact", "the configuration (reporter)"
    if _JOURNEY.search(text):
        yield "journey", "in your words"


def _family_named(text: str, profile: Profile) -> str:
    """The API that the words name: by its name, or by a slug that is no everyday word."""
    for family in profile.families:
        names = (family.name, family.slug) if len(family.slug) >= _TELLING else (family.name,)
        if mentions((names,), text):
            return family.name
    return ""


def _organisation(ticket: SafeTicket) -> Fact | None:
    return next((fact for fact in ticket.facts.others if key_form(fact.name) in _ORGANISATION_KEYS), None)


def _where(origins: Sequence[Origin]) -> str:
    first = str(origins[0]) if origins else ""
    more = len(origins) - 1
    return f"{first} and {plural(more, 'more place')}" if more > 0 else first
