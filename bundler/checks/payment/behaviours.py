"""Checks for what is documented and yet reported as a fault: by the words of the person, and by what the calls show."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from bundler.checks.payment.money import money
from bundler.checks.payment.steps import docs_of, documented
from bundler.checks.payment.windows import find_limits
from bundler.checks.story.calls import body_of
from bundler.checks.story.moments import StoryMoment
from bundler.checks.story.records import telling_records
from bundler.checks.types import View, check
from bundler.model import Finding, Origin, Request
from bundler.providers import identifiers_of_key, key_form, mentions, related_families
from bundler.providers.causes import Behaviour

_WITHOUT_FAMILY = 0.6
_STRUCTURAL = 0.85
_SHARED_BUCKET = 0.94
_ASYNCHRONOUS = 0.7
_TOLD = 2
_TOO_MANY_REQUESTS = 429
_ACCEPTED = 202
_ABOUT_STATE = (("state", "status", "aggregate"), ("captur", "authori", "hævet", "trukket", "belastet", "reserve"))
_REDIRECT_FIELDS = ("redirectFromMobilePayUrl", "returnUrl", "fallBack")
_LONGEST_KEY = 60


@check("RSP020")
def behaviour_documented(view: View) -> Iterator[Finding]:
    """What you describe is documented behaviour.

    The words of the event, the summary and the notes were compared with what the provider documents and people still
    report as a fault. Read the page that the finding names; if it is something else, say in the event what differs.
    """
    text = _words(view)
    if not text.strip():
        return
    related = related_families(view.profile, view.ticket.family)
    told = 0
    for row in view.profile.behaviours:
        if row.families and related and not any(slug in row.families for slug in related):
            continue
        if not mentions(row.mentions, text):
            continue
        is_known = bool(related) or not row.families
        yield _documented(view, "RSP020", row, row.confidence if is_known else min(row.confidence, _WITHOUT_FAMILY))
        told += 1
        if told == _TOLD:
            return


@check("RSP021")
def state_stays_authorised(view: View) -> Iterator[Finding]:
    """The state still says that the payment is authorised, although money was captured.

    With ePayment that is how it is meant: ``state`` never becomes CAPTURED. What was captured, refunded and cancelled
    stands in ``aggregate``.
    """
    read = [
        each
        for each in view.story.moments
        if each.kind == "state" and each.step == "authorise" and each.totals is not None and each.totals.captured
    ]
    if not read or read[-1].totals is None:
        return
    last = read[-1]
    failing = view.story.failing
    was_read = failing is not None and failing.step == "read" and failing.ok is True
    if not was_read and not mentions(_ABOUT_STATE, _words(view)):
        return
    currency = next((each.currency for each in view.story.moments if each.currency), "")
    captured = money(last.totals.captured or 0, currency) if last.totals is not None else ""
    advice, link = documented(
        view,
        "state-stays-authorised",
        "Read the totals (aggregate), not the state, to learn what was captured, refunded and cancelled.",
    )
    yield Finding(
        code="RSP021",
        severity="note",
        message=f"The state is {last.name} and stays so; {captured} are captured, as the totals say.",
        advice=advice,
        who="code",
        confidence=_STRUCTURAL if failing is None or failing.ok is not False else None,
        link=link,
        origins=(last.origin,),
    )


@check("RSP022")
def limit_not_shared(view: View) -> Iterator[Finding]:
    """Too many calls, it says, and the request does not name its payment.

    Rates are limited per payment. When its name is missing from the request or misspelt, all payments share one limit,
    which is reached at once. Spell the field as the specification does.
    """
    failing, operation = view.failing, view.operation
    if failing is None or failing.request is None or failing.response is None or operation is None:
        return
    if failing.response.status != _TOO_MANY_REQUESTS:
        return
    body = body_of(failing.request.body)
    for limit in find_limits(view, operation.operation.name):
        for name in limit.per:
            identifiers = identifiers_of_key(view.profile, name)
            if not any(each.role == "payment_id" for each in identifiers) or name in operation.params:
                continue
            if not isinstance(body, dict) or _holds(body, name):
                continue
            near = _misspelt(body, name)
            told = f"has {near!r} where {name} is meant" if near else f"has no {name}"
            _, link = documented(view, "reference-misspelt-429", "")
            yield Finding(
                code="RSP022",
                severity="warning",
                message=f"The request {told}: without it all payments share one rate limit, which is reached at once.",
                advice=f"Send {name}, spelt just so, with a value of its own for each payment.",
                who="code",
                confidence=_SHARED_BUCKET if view.other_speaker is None else None,
                link=link or limit.link or None,
                origins=view.origin("request body"),
            )
            return


@check("RSP023")
def two_redirects(view: View) -> Iterator[Finding]:
    """The browser came back twice.

    With MobilePay Online two redirects are by design when the payment is made on one device, and the second may open in
    another browser. The page has to bear being called twice, and must not take the redirect for the payment.
    """
    for each in view.story.moments:
        request = _request(view, each) if each.step == "initiate" else None
        body = body_of(request.body) if request is not None else None
        if not isinstance(body, dict):
            continue
        for field in _REDIRECT_FIELDS:
            url = body.get(field)
            seen = _arrivals(view, url) if isinstance(url, str) else []
            if len(seen) > 1:
                advice, link = documented(
                    view,
                    "two-redirects",
                    "Let the page be called twice, and take the state of the payment from the API, not from it.",
                )
                yield Finding(
                    code="RSP023",
                    severity="note",
                    message=f"The browser came {len(seen)} times to {_path(str(url))}; two redirects are by design.",
                    advice=advice,
                    who="code",
                    link=link,
                    origins=(each.origin, *seen[:2]),
                )
                return


@check("RSP027")
def accepted_then_refused(view: View) -> Iterator[Finding]:
    """The call was accepted, and the refusal came by callback.

    The answer 202 says only that the request is well formed. Whether it could be carried out is told later, by a
    callback or webhook: its status and code name the cause.
    """
    accepted = [each for each in view.story.moments if each.kind == "call" and each.status == _ACCEPTED]
    ends = [each for each in view.story.moments if each.kind in {"callback", "event"} and _refuses(each)]
    for call in accepted:
        end = next((each for each in ends if call.precedes(each)), None)
        if end is None:
            continue
        failing = view.ticket.failing
        concerned = failing is None or failing in {call.exchange, end.exchange}
        yield Finding(
            code="RSP027",
            severity="note",
            message=f"The call {call.name} was accepted (202) and refused afterwards, by callback: {end.name}.",
            advice="Take the cause from the callback's status and code; 202 says only that the request is well formed.",
            who="code",
            confidence=_ASYNCHRONOUS if concerned and view.other_speaker is None else None,
            link=docs_of(view),
            origins=(call.origin, end.origin),
        )
        return


def _words(view: View) -> str:
    """What the person wrote: the event, the summary, the notes."""
    return "\n".join((view.ticket.event or "", view.ticket.summary, *view.ticket.notes))


def _documented(view: View, code: str, row: Behaviour, confidence: float) -> Finding:
    return Finding(
        code=code,
        severity="note",
        message=f"{row.title.rstrip('.')}. {row.explanation}",
        advice=row.remedy,
        who=row.who,
        confidence=confidence if view.other_speaker is None else None,
        link=row.link or docs_of(view),
        origins=(Origin("you", "what you wrote"),),
    )


def _refuses(moment: StoryMoment) -> bool:
    return moment.step == "fail" or moment.ok is False


def _holds(body: dict[str, Any], name: str) -> bool:
    """Whether the body has the field, spelt so: outermost or one object below."""
    return name in body or any(isinstance(inner, dict) and name in inner for inner in body.values())


def _misspelt(body: dict[str, Any], name: str) -> str:
    keys = [key for key in list(body)[:100] if len(key) <= _LONGEST_KEY]
    same = [key for key in keys if key_form(key) == key_form(name)]
    return next(iter(same or get_close_matches(name, keys, n=1, cutoff=0.75)), "")


def _request(view: View, moment: StoryMoment) -> Request | None:
    return view.ticket.exchanges[moment.exchange].request if moment.exchange is not None else None


def _arrivals(view: View, url: str) -> list[Origin]:
    """Where a browser was seen to come to the page: in recorded calls, else in records that name the payment."""
    path = _path(url)
    if len(path) < 2:
        return []
    seen = [
        exchange.origin("URL")
        for exchange in view.ticket.exchanges
        if exchange.request is not None
        and exchange.request.method == "GET"
        and _page(exchange.request.url) == _page(url)
    ]
    if len(seen) > 1:
        return seen
    wanted = (f"GET {path} ", f"GET {path}?", f'GET {path}"')
    return [origin for _, _, text, origin in telling_records(view.ticket) if any(each in text for each in wanted)]


def _page(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.path
    except ValueError:
        return "", url


def _path(url: str) -> str:
    return _page(url)[1]


CHECKS = (behaviour_documented, state_stays_authorised, limit_not_shared, two_redirects, accepted_then_refused)
