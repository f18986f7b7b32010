"""Checks of the rhythm of calls: how often, how soon again, how many times; counted in exchanges and in logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from bundler.checks.lengths import span
from bundler.checks.payment.steps import docs_of
from bundler.checks.payment.windows import find_deadline, find_limits
from bundler.checks.story.moments import StoryMoment
from bundler.checks.types import View, check
from bundler.model import Exchange, Finding, header_of
from bundler.moments.answers import answered_at, read_http_date
from bundler.providers.demands import RateLimit

_TOO_MANY_REQUESTS = 429
_LOCKED = 423
_COUNTED = 0.93
_ONLY_LOGGED = 0.8
_TOO_SOON = 0.85
_TOO_OFTEN = 0.75
_HASTY_READINGS = 3
"""So many readings in too quick succession are a habit; one may be chance."""
_LONGEST_WAIT_S = 86_400


@check("TIM013")
def repeated_slowly(view: View) -> Iterator[Finding]:
    """A call that had failed was repeated too soon.

    The provider says how long to wait: in general, or in the answer itself (header Retry-After). Repeating sooner meets
    the same lock or limit and prolongs it.
    """
    deadline = find_deadline(view, "retry-wait", shortest=True)
    for tries in _tries(view):
        for first, second in pairwise(tries):
            if first.when is None or second.when is None or first.ok:
                continue
            asked = _retry_after(view, first)
            wait = asked if asked is not None else deadline.seconds if deadline is not None else 0.0
            waited = (second.when - _answered(view, first, first.when)).total_seconds()
            if waited >= wait:
                continue
            told = (
                f"{span(wait)} are asked for" if asked is None else f"its answer asked for {span(wait)} (Retry-After)"
            )
            yield Finding(
                code="TIM013",
                severity="warning",
                message=f"{_named(first)} was repeated {span(max(waited, 0.0))} after it had failed; {told}.",
                advice=(deadline.remedy if deadline is not None and asked is None else "")
                or "Wait as long as the answer says (Retry-After), longer each time.",
                who="code",
                confidence=_sure(view, second, _TOO_SOON if asked is not None else _TOO_OFTEN),
                link=(deadline.link if deadline is not None else "") or docs_of(view),
                origins=(first.origin, second.origin),
            )
            break  # once for each call


@check("TIM014")
def repeated_seldom(view: View) -> Iterator[Finding]:
    """A failing call was repeated more often than the provider advises.

    What fails the same way again and again does not heal by itself. Stop after a few times, and read what the answer
    says.
    """
    deadline = find_deadline(view, "retry-count")
    if deadline is None:
        return
    for tries in _tries(view):
        repeated = sum(1 for first, _ in pairwise(tries) if not first.ok)
        if repeated > deadline.seconds:
            yield Finding(
                code="TIM014",
                severity="warning",
                message=f"{_named(tries[0])} was repeated {repeated} times; {deadline.seconds:.0f} are the most.",
                advice=deadline.remedy,
                who="code",
                confidence=_sure(view, tries[-1], _TOO_OFTEN),
                link=deadline.link or docs_of(view),
                origins=(tries[0].origin, tries[-1].origin),
            )


@check("TIM015")
def polled_calmly(view: View) -> Iterator[Finding]:
    """The payment was read more often than the provider asks for.

    A webhook tells of changes as they happen. Read the payment only now and then, beginning some seconds after it was
    created.
    """
    deadline = find_deadline(view, "poll-wait", shortest=True)
    if deadline is None:
        return
    for group in _by_source(_calls(view)):
        readings = [each for each in group if each.step == "read" and each.when is not None]
        for name in dict.fromkeys(each.name for each in readings):
            same = [each for each in readings if each.name == name]
            hasty = [(one, two) for one, two in pairwise(same) if _apart(one, two) < deadline.seconds]
            if len(hasty) < _HASTY_READINGS:
                continue
            shortest = min(_apart(one, two) for one, two in hasty)
            failing = view.story.failing
            concerned = failing is not None and failing in same
            yield Finding(
                code="TIM015",
                severity="warning",
                message=(
                    f"The payment was read {len(hasty) + 1} times less than {span(deadline.seconds)} apart, "
                    f"at the least {span(shortest)} ({name})."
                ),
                advice=deadline.remedy,
                who="code",
                confidence=_sure(view, failing, _TOO_OFTEN) if concerned and failing is not None else None,
                link=deadline.link or docs_of(view),
                origins=(hasty[0][0].origin, hasty[-1][1].origin),
            )
            return


@check("TIM016")
def below_the_rate_limit(view: View) -> Iterator[Finding]:
    """More calls were made in a short time than the provider allows.

    Such limits are counted per payment and key, so that one payment can meet one while all others work. The calls of
    the evidence are counted in a window that slides over them; the finding names the count, the window and the limit.
    """
    failing = view.story.failing
    counted: set[tuple[str, int]] = set()
    for group in _by_source(_calls(view)):
        for name in dict.fromkeys(each.name for each in group):
            times = [each for each in group if each.name == name and each.when is not None]
            for limit in find_limits(view, name):
                most = _fullest(times, limit)
                if len(most) <= limit.count or (name, limit.count) in counted:
                    continue
                counted.add((name, limit.count))
                yield _over_limit(view, limit, name, most, failing)


def _over_limit(
    view: View, limit: RateLimit, name: str, calls: Sequence[StoryMoment], failing: StoryMoment | None
) -> Finding:
    refused = failing is not None and failing.name == name and failing.status == _TOO_MANY_REQUESTS
    after = _retry_after(view, failing) if refused and failing is not None else None
    per = f" per {' and '.join(limit.per)}" if limit.per else ""
    told = f" The answer asks to wait {span(after)} (Retry-After)." if after is not None else ""
    sure = _COUNTED if failing is not None and failing.kind == "call" else _ONLY_LOGGED
    return Finding(
        code="TIM016",
        severity="warning",
        message=(
            f"{name[:1].upper()}{name[1:]} was called {len(calls)} times within {span(limit.seconds)}; "
            f"the limit is {limit.count}{per}.{told}"
        ),
        advice="Wait as long as the answer says, repeat with the same idempotency key, and slow the calls down.",
        who="code",
        confidence=sure if refused and view.other_speaker is None else None,
        link=limit.link or docs_of(view),
        origins=tuple(dict.fromkeys((calls[0].origin, calls[-1].origin))),
    )


def _calls(view: View) -> list[StoryMoment]:
    return [each for each in view.story.moments if each.kind in {"call", "logged call"}]


def _by_source(calls: Sequence[StoryMoment]) -> list[list[StoryMoment]]:
    """Calls as one witness saw them: the exchanges together, each log for itself, so that none is counted twice.

    A log that writes a call down when it is made and when it is answered is counted by its answers.
    """
    groups: dict[str, list[StoryMoment]] = {}
    for each in calls:
        groups.setdefault("" if each.kind == "call" else each.origin.source, []).append(each)
    return [[each for each in group if each.status is not None] or group for group in groups.values()]


def _tries(view: View) -> Iterator[list[StoryMoment]]:
    """The tries of each call that was sent more than once, in time order."""
    groups: dict[tuple[str, str, bytes], list[StoryMoment]] = {}
    for each in _calls(view):
        request = view.ticket.exchanges[each.exchange].request if each.exchange is not None else None
        if request is not None and each.step != "read":
            groups.setdefault((request.method, request.url, request.body), []).append(each)
    yield from (tries for tries in groups.values() if len(tries) > 1)


def _fullest(calls: Sequence[StoryMoment], limit: RateLimit) -> Sequence[StoryMoment]:
    """The most calls within the limit's seconds."""
    ordered = sorted(calls, key=lambda each: each.when.timestamp() if each.when is not None else 0.0)
    best: Sequence[StoryMoment] = ()
    begin = 0
    for end, call in enumerate(ordered):
        while begin < end and _apart(ordered[begin], call) >= limit.seconds:
            begin += 1
        if end + 1 - begin > len(best):
            best = ordered[begin : end + 1]
    return best


def _apart(one: StoryMoment, two: StoryMoment) -> float:
    return (two.when - one.when).total_seconds() if one.when is not None and two.when is not None else 0.0


def _sure(view: View, last: StoryMoment, confidence: float) -> float | None:
    """A confidence only where the failing call itself met a limit or a lock, and it was this one."""
    failing = view.story.failing
    if failing is None or last is not failing or view.other_speaker is not None:
        return None
    return confidence if failing.status in {_TOO_MANY_REQUESTS, _LOCKED} else None


def _exchange(view: View, moment: StoryMoment) -> Exchange | None:
    return view.ticket.exchanges[moment.exchange] if moment.exchange is not None else None


def _answered(view: View, moment: StoryMoment, started: datetime) -> datetime:
    exchange = _exchange(view, moment)
    return (answered_at(exchange) if exchange is not None else None) or started


def _retry_after(view: View, moment: StoryMoment) -> float | None:
    """The seconds that an answer asks to wait: a number or a date (RFC 9110, section 10.2.3)."""
    exchange = _exchange(view, moment)
    text = header_of(exchange.response, "retry-after") if exchange is not None else ""
    if text.isascii() and text.isdecimal() and len(text) <= 6:
        return min(float(text), _LONGEST_WAIT_S)
    until = read_http_date(text)
    if until is None or moment.when is None:
        return None
    seconds = (until - moment.when).total_seconds()
    return min(seconds, _LONGEST_WAIT_S) if seconds > 0 else None


def _named(moment: StoryMoment) -> str:
    return f"The call {moment.name}"


CHECKS = (repeated_slowly, repeated_seldom, polled_calmly, below_the_rate_limit)
