"""By how much the clock of a recording was wrong, as far as the answer's Date header tells."""

from __future__ import annotations

from datetime import timedelta

from bundler.model import Exchange
from bundler.moments.answers import answered_at, served_at


def clock_skew(exchange: Exchange | None) -> timedelta:
    """What has to be added to the recording's times; zero where nothing tells that they are wrong.

    The header has whole seconds and is written at some moment between request and answer (RFC 9110, section 6.6.1),
    so that a difference of one second proves nothing.
    """
    nothing, second = timedelta(0), timedelta(seconds=1)
    if exchange is None or exchange.started is None:
        return nothing
    served, answered = served_at(exchange), answered_at(exchange)
    if served is None or answered is None:
        return nothing
    if exchange.started - served > second:
        return served - exchange.started + second
    return max(served - answered, nothing)
