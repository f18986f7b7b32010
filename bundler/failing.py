"""Picks the failing exchange among many, by signals that each say why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from bundler.model import Exchange, header_of
from bundler.providers import find_host
from bundler.providers.profile import Profile

CLOSE_CALL = 15
"""Points between the first two candidates below which the choice is called close."""

_DECORATION = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|css|woff2?|ttf|js|map)$", re.IGNORECASE)
_MEDIA = ("image/", "font/", "text/css", "video/", "audio/", "text/javascript", "application/javascript")
_ERROR_CODE = re.compile(rb'"(?:code|errorCode|error_code|error|errors)"\s*:\s*[^\s]', re.IGNORECASE)
_ERROR_WORDS = re.compile(
    rb'"(?:message|errorMessage|error_description|error_message|detail|title|errors)"\s*:', re.IGNORECASE
)
ELSEWHERE = "another host"
"""The reason that counts against a call which did not go to the provider."""
_NEAR_S = 120
_FAR_S = 1800


class Clues(Struct, frozen=True):
    """What is known before the choice: ids the user typed, when it happened."""

    ids: tuple[str, ...] = ()
    at: datetime | None = None


class Candidate(Struct, frozen=True):
    """One exchange, reduced to what the choice needs (a few hundred bytes, so that any file fits).

    ``key`` is for the caller, to load the exchange again. ``tells_of_fault`` is True for an error status, no
    response, or a success whose body is an error object.
    """

    key: tuple[int, int]
    title: str
    place: str
    points: int
    reasons: tuple[str, ...]
    tells_of_fault: bool
    call: tuple[str, str]
    started: datetime | None
    succeeded: bool


class Choice(Struct, frozen=True):
    """The chosen candidate, the runners-up (best first) and whether the choice was close."""

    chosen: Candidate
    runners_up: tuple[Candidate, ...]
    close: bool


def title(exchange: Exchange) -> str:
    """``PATCH /v1/payments/… -> 409``, for people; the path without its query, for queries carry tokens."""
    request, response = exchange.request, exchange.response
    asked = f"{request.method} {urlsplit_path(request.url)}" if request else "response"
    if response is not None:
        return f"{asked} -> {response.status if response.status is not None else 'error body'}"
    return f"{asked} -> no response" if exchange.error else asked


def urlsplit_path(url: str) -> str:
    """The path of a URL that may be broken; never raises."""
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        return url.partition("?")[0]


def weigh(exchange: Exchange, key: tuple[int, int], clues: Clues) -> Candidate:
    """Score one exchange. The points are the project's own, tried on recordings with one known failure."""
    points, reasons = 0, []

    def add(amount: int, reason: str) -> None:
        nonlocal points
        points += amount
        reasons.append(reason)

    request, response = exchange.request, exchange.response
    url = request.url if request else ""
    path = urlsplit_path(url)
    status = response.status if response is not None else None
    fault = False
    if status is not None and status >= 400:
        fault = True
        add(30, f"status {status}")
    elif response is None and exchange.error:
        fault = True
        add(25, "no response")
    elif response is not None and _is_error_object(exchange):
        fault = True
        add(15, "the body is an error object")
    elif response is not None and status is None and response.body.lstrip()[:1] not in {b"", b"{", b"["}:
        fault = True
        add(15, "an error in words")
    if mentioned := [value for value in clues.ids if _mentions(exchange, value)]:
        add(40, f"mentions {len(mentioned)} of the ids you gave")
    if clues.at is not None and exchange.started is not None:
        away = abs((exchange.started - clues.at).total_seconds())
        if away <= _FAR_S:
            nearness = 20 if away <= _NEAR_S else round(20 * (1 - (away - _NEAR_S) / (_FAR_S - _NEAR_S)))
            add(nearness, f"{away:.0f} s from the time you gave")
    if request is not None and (request.method not in {"GET", "OPTIONS", "HEAD"} or _is_api_answer(exchange)):
        add(10, "an API call")
    if request is not None and (request.method == "OPTIONS" or _DECORATION.search(path) or _is_decoration(exchange)):
        add(-40, "a preflight or decoration of the page")
    return Candidate(
        key=key,
        title=title(exchange),
        place=str(exchange.origin("")),
        points=points,
        reasons=tuple(reasons),
        tells_of_fault=fault,
        call=(request.method, url) if request else ("", ""),
        started=exchange.started,
        succeeded=status is not None and status < 400 and not fault,
    )


def choose(candidates: Sequence[Candidate], profile: Profile) -> Choice | None:
    """The candidate that most probably failed, or None when none tells of a fault.

    Calls to the provider's hosts gain points and calls to other hosts lose some. A call that succeeded when it was
    repeated loses points; among equals the last one wins, because what a person reports is what they saw last.
    """
    succeeded: dict[tuple[str, str], datetime] = {}
    for candidate in candidates:
        if candidate.succeeded and candidate.started and candidate.call[0]:
            succeeded[candidate.call] = max(candidate.started, succeeded.get(candidate.call, candidate.started))
    ranked = []
    for order, candidate in enumerate(candidates):
        if not candidate.tells_of_fault:
            continue
        later = succeeded.get(candidate.call)
        retried = later is not None and candidate.started is not None and later > candidate.started
        credited = _with_host(candidate, profile)
        ranked.append((credited.points - (10 if retried else 0), order, credited))
    if not ranked:
        return None
    ranked.sort(key=lambda entry: entry[:2], reverse=True)
    best, others = ranked[0], ranked[1:6]
    close = bool(others) and best[0] - others[0][0] < CLOSE_CALL and others[0][2].call != best[2].call
    return Choice(chosen=best[2], runners_up=tuple(entry[2] for entry in others), close=close)


def _with_host(candidate: Candidate, profile: Profile) -> Candidate:
    url = candidate.call[1]
    if (host := find_host(profile, url)) is not None:
        reason = f"{profile.name}, {host.environment}" if host.environment else profile.name
        return replace(candidate, points=candidate.points + 40, reasons=(reason, *candidate.reasons))
    if profile.hosts and "://" in url:
        return replace(candidate, points=candidate.points - 30, reasons=(ELSEWHERE, *candidate.reasons))
    return candidate


def _mentions(exchange: Exchange, value: str) -> bool:
    wanted = value.lower()
    texts = [exchange.request.url if exchange.request else ""]
    for message in (exchange.request, exchange.response):
        if message is not None:
            texts.extend(text for _, text in message.headers)
    if any(wanted in text.lower() for text in texts):
        return True
    needle = wanted.encode()
    return any(
        message is not None and needle in message.body.lower() for message in (exchange.request, exchange.response)
    )


def _media_type(exchange: Exchange) -> str:
    return header_of(exchange.response, "content-type").lower()


def _is_api_answer(exchange: Exchange) -> bool:
    return "json" in _media_type(exchange) or "xml" in _media_type(exchange).replace("xhtml+xml", "")


def _is_decoration(exchange: Exchange) -> bool:
    return _media_type(exchange).startswith(_MEDIA)


def _is_error_object(exchange: Exchange) -> bool:
    """A body saved alone, or a success whose JSON says ``problem`` or carries both a code and a message."""
    response = exchange.response
    if response is None or response.body[:1] not in {b"{", b"["}:
        return False
    if "problem+json" in _media_type(exchange):
        return True
    start = response.body[:4096]
    has_code, has_words = _ERROR_CODE.search(start) is not None, _ERROR_WORDS.search(start) is not None
    return has_code or has_words if response.status is None else has_code and has_words
