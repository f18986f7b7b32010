"""Checks of time: is it known, in which zone, does it fit the logs, is the clock right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bundler.checks.types import View, check
from bundler.model import Finding, Origin, Taken
from bundler.moments.skew import clock_skew

_SKEW_NOTE_S = 5
_SKEW_WARNING_S = 60
_AHEAD = timedelta(days=1)
_BEHIND = timedelta(days=400)
_LOGS_TOLD = 3


@check("TIM002")
def zone_known(view: View) -> Iterator[Finding]:
    """The time of the error names no zone.

    It was read in the zone that is named in the report. An hour or two off is a different payment: add the zone to the
    time, or give --tz.
    """
    moment = view.ticket.facts.occurred_at
    if moment is not None and moment.certainty == "assumed":
        yield Finding(
            code="TIM002",
            severity="note",
            message=f"The time {moment.written} names no zone; the zone is the one of {moment.zone_from}.",
            advice="Give the zone with --tz if that is wrong.",
            origins=moment.origins[:1],
        )


@check("TIM003")
def times_agree(view: View) -> Iterator[Finding]:
    """The time that you gave is far from the time of the failing call.

    Both are shown. Usually the zone is missing from one of them (a difference of whole hours), or another call of the
    same payment failed: --entry picks it.
    """
    moment = view.ticket.facts.occurred_at
    if moment is None:
        return
    for rival in moment.rivals:
        yield Finding(
            code="TIM003",
            severity="warning",
            message=f"The time is {moment.written} by {moment.origins[0]}, but {rival.value} by {rival.origins[0]}.",
            advice="Check the zone (--tz), or pick the right call with --entry.",
            origins=moment.origins[:1] + rival.origins[:1],
        )


@check("TIM004")
def time_inside_logs(view: View) -> Iterator[Finding]:
    """The time of the error lies outside what the logs cover.

    The log is of another day, of another machine, or its clock or zone differs. The finding says what the log covers.
    """
    moment = view.ticket.facts.occurred_at
    if moment is None:
        return
    logs = [taken for taken in view.ticket.evidence if taken.first is not None and taken.last is not None]
    outside = [taken for taken in logs if not _covers(taken, moment.value)]
    if len(outside) < len(logs):
        return  # another log of the same set covers it
    for taken in outside[:_LOGS_TOLD]:
        yield Finding(
            code="TIM004",
            severity="warning",
            message=(
                f"{taken.source} covers {taken.first:%Y-%m-%d %H:%M:%S} to {taken.last:%Y-%m-%d %H:%M:%S} UTC; the "
                f"error was at {_short(moment.value)} UTC."
            ),
            advice="Add the log of that day, or say with --tz in which zone the log was written.",
            origins=(Origin(taken.source, ""),),
        )


@check("TIM005")
def time_plausible(view: View) -> Iterator[Finding]:
    """The time of the error is in the future or more than a year ago.

    Providers keep their logs for a limited time, and a future time is a typing error or a wrong clock.
    """
    moment = view.ticket.facts.occurred_at
    if moment is None or -_BEHIND <= moment.value - view.now <= _AHEAD:
        return
    when = "in the future" if moment.value > view.now else "more than 400 days ago"
    yield Finding(
        code="TIM005",
        severity="warning",
        message=f"The time of the error, {_short(moment.value)} UTC, is {when}.",
        advice="Check the year and the zone.",
        origins=moment.origins[:1],
    )


@check("TIM006")
def clock_right(view: View) -> Iterator[Finding]:
    """Your clock and the provider's differ.

    The provider's Date header was compared with your recording. More than a minute breaks signatures and tokens, and
    support finds nothing at the time that you name.
    """
    wrong_by = clock_skew(view.failing).total_seconds()
    skew = abs(wrong_by)
    if skew <= _SKEW_NOTE_S:
        return
    side = "ahead of" if wrong_by < 0 else "behind"
    yield Finding(
        code="TIM006",
        severity="warning" if skew > _SKEW_WARNING_S else "note",
        message=f"Your clock is about {skew:.0f} s {side} the provider's (its Date header).",
        advice="Synchronise the clock of the machine that recorded the call.",
        origins=view.origin("response header Date"),
    )


def _covers(taken: Taken, moment: datetime) -> bool:
    """True when the log reaches to within a minute of ``moment``."""
    slack = timedelta(minutes=1)
    return taken.first is not None and taken.last is not None and taken.first - slack <= moment <= taken.last + slack


def _short(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


CHECKS = (
    zone_known,
    times_agree,
    time_inside_logs,
    time_plausible,
    clock_right,
)
