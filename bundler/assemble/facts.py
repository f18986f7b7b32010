"""Decides what the identifiers alone do not: the time of the error, the environment, the family, the summary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from msgspec.structs import replace

from bundler import failing
from bundler.assemble.calls import Calls
from bundler.assemble.case import Case
from bundler.assemble.named_provider import words_of
from bundler.model import Environment, Excerpt, Exchange, Facts, OccurredAt, Origin, Rival, header_of
from bundler.moments.parse import parse_when
from bundler.moments.understood import understand_time
from bundler.moments.when import When
from bundler.providers import family_of_call, find_family, find_host, find_operation, find_payload, read_error
from bundler.providers.json_body import decode_json
from bundler.providers.payloads import value_at
from bundler.providers.profile import Profile

_APART_S = 120
"""Seconds by which the typed time and the failing call may differ before both are shown."""
_WORDS = 4_000
_TITLE = re.compile(r"<title[^>]{0,80}>([^<]{1,120})", re.IGNORECASE)
_SUMMARY_LENGTH = 160


def known_time(case: Case, now: datetime, zone: tzinfo, zone_from: str) -> OccurredAt | None:
    """The time that the user typed with ``--at``; raises ``MisuseError`` where it cannot be understood."""
    if not case.at:
        return None
    return _occurred(understand_time(case.at, now, zone, zone_from), (Origin("you", "--at"),))


def _occurred(when: When, origins: tuple[Origin, ...]) -> OccurredAt | None:
    if when.instant is None:
        return None
    return OccurredAt(
        value=when.instant,
        written=when.written,
        zone_from=when.zone_from,
        origins=origins,
        local=when.local,
        certainty="certain" if when.certainty == "certain" else "assumed",
        readings=when.readings,
    )


def with_time(
    facts: Facts,
    calls: Calls,
    told: OccurredAt | None,
    zone: tzinfo,
    zone_from: str,
    now: datetime,
    failure: tuple[datetime, str, int] | None = None,
) -> Facts:
    """``facts`` with the time: typed first, then the start of the failing call, then the first error in a log."""
    seen = _call_time(calls, zone, zone_from, now)
    if seen is None and failure is not None:
        moment, source, line = failure
        seen = OccurredAt(
            value=moment,
            written=moment.isoformat(),
            zone_from=source,
            origins=(Origin(source, f"line {line}"),),
            local=_local(moment, zone),
        )
    if told is None:
        return replace(facts, occurred_at=seen)
    if seen is not None and abs((seen.value - told.value).total_seconds()) > _APART_S:
        told = replace(told, rivals=(Rival(seen.written, seen.origins),))
    elif seen is not None:
        told = replace(told, origins=told.origins + seen.origins)
    return replace(facts, occurred_at=told)


def _call_time(calls: Calls, zone: tzinfo, zone_from: str, now: datetime) -> OccurredAt | None:
    if calls.failing is None:
        return None
    exchange = calls.exchanges[calls.failing]
    origin = (exchange.origin("start of the call"),)
    if exchange.started is not None:
        written = exchange.started_written or exchange.started.isoformat()
        moment = exchange.started.astimezone(UTC)
        return OccurredAt(moment, written, "the source", origin, local=_local(moment, zone))
    if exchange.started_written:
        return _occurred(parse_when(exchange.started_written, now=now, zone=zone, zone_from=zone_from), origin)
    answered = header_of(exchange.response, "date")
    if answered:  # a saved answer says when it was given, which is a moment after the call (RFC 9110 section 6.6.1)
        when = parse_when(answered, now=now, zone=zone, zone_from=zone_from)
        return _occurred(when, (exchange.origin("response header Date"),))
    return None


def _local(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {local:%Z} ({local:%z})"


def environment_of(calls: Calls, excerpts: Sequence[Excerpt]) -> Environment | None:
    """Production, sandbox or both, by the provider's hosts that were called, else that an answer or a log names."""
    seen = set()
    for exchange in calls.telling:
        host = find_host(calls.profile, exchange.request.url) if exchange.request is not None else None
        if host is not None and host.environment:
            seen.add(host.environment)
    for text in _telling(calls, excerpts):
        if not seen:
            named = (host for host in calls.profile.hosts if f"//{host.host}{host.path}".encode() in text)
            seen = {host.environment for host in named if host.environment}
    if len(seen) > 1:
        return "mixed"
    return seen.pop() if seen else None


def family_of(calls: Calls, excerpts: Sequence[Excerpt]) -> str | None:
    """Which of the provider's APIs it is, by the failing call, the others, or addresses in an answer or the logs."""
    ordered = sorted(enumerate(calls.telling), key=lambda each: each[0] != calls.failing)
    for _, exchange in ordered:
        request = exchange.request
        if request is None:
            continue
        if exchange.direction == "incoming":
            if (payload := find_payload(calls.profile, None, decode_json(request.body))) is not None:
                return payload.family
            continue
        names = {name.lower() for name, _ in request.headers}
        family = family_of_call(calls.profile, request.url, names, request.body)
        if family is not None:
            return family.slug
    for text in _telling(calls, excerpts):
        for family in calls.profile.families:
            if any(path.encode() in text for path in family.paths if len(path) > 4):
                return family.slug
    return None


def _telling(calls: Calls, excerpts: Sequence[Excerpt]) -> Iterator[bytes]:
    """What was answered to a call that nobody has, the records that name an id of the payment, then all of them.

    Around a payment's records stand those of others.
    """
    if calls.failing is not None:
        yield words_of(calls.exchanges[calls.failing])
    yield b"".join(data for excerpt in excerpts for span, data in excerpt.records() if span.mentions)
    yield b"".join(excerpt.data for excerpt in excerpts)


def summary_of(calls: Calls, case: Case) -> str:
    """One line: which call got which answer, with the answer's own words; else the event."""
    if calls.failing is None:
        return " ".join(case.event.split())[:_SUMMARY_LENGTH]
    exchange = calls.exchanges[calls.failing]
    request, response = exchange.request, exchange.response
    if request is None:
        line = _first_words(exchange) or failing.title(exchange)
    elif exchange.direction == "incoming":
        return _told_of_delivery(calls.profile, exchange)
    else:
        operation = find_operation(calls.profile, request.method, request.url)
        path = operation.operation.path if operation is not None else failing.urlsplit_path(request.url)
        resource = next((part for part in reversed(path.split("/")) if part and not part.startswith("{")), path)
        status = response.status if response is not None else None
        line = f"{request.method} {resource} {f'answered {status}' if status else 'got no answer'}"
    if response is not None:
        family = find_family(calls.profile, request.url) if request is not None else None
        error = read_error(calls.profile, family.slug if family else None, response.body)
        words = (error.detail or error.title) if error is not None else ""
        line = f"{line}: {words}" if words else line
    elif exchange.error:
        line = f"{line}: {exchange.error}"
    return " ".join(line.split())[:_SUMMARY_LENGTH]


def _first_words(exchange: Exchange) -> str:
    """What an answer in words begins with, of a page its title; "" for any other answer."""
    body = exchange.response.body if exchange.response is not None else b""
    text = body[:_WORDS].decode("utf-8", "replace").strip()
    if not text or text[0] in "{[" or decode_json(body) is not None:
        return ""
    title = _TITLE.search(text)
    return title[1].strip() if title is not None else text.partition("\n")[0]


def _told_of_delivery(profile: Profile, exchange: Exchange) -> str:
    """One line on a call that came in: ``payment webhook AUTHORIZED: our endpoint answered 500``."""
    body = decode_json(exchange.request.body) if exchange.request is not None else None
    payload = find_payload(profile, None, body)
    event = value_at(body, payload.event) if payload is not None and isinstance(body, dict) else None
    named = f"{payload.name if payload is not None else 'callback'} {event if isinstance(event, str) else ''}".strip()
    status = exchange.response.status if exchange.response is not None else None
    return f"{named}: our endpoint {f'answered {status}' if status else 'gave no answer'}"[:_SUMMARY_LENGTH]
