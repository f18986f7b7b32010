"""By how much the clock of a recording was wrong, as far as the answer's Date header tells."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from bundler.model import Exchange


def clock_skew(exchange: Exchange | None) -> timedelta:
    """What has to be added to the recording's times; zero where nothing tells that they are wrong.

    The header has whole seconds and is written at some moment between request and answer (RFC 9110, section 6.6.1),
    so that a difference of one second proves nothing.
    """
    if exchange is None or exchange.started is None or exchange.response is None:
        return timedelta(0)
    served = _served(exchange)
    if served is None:
        return timedelta(0)
    second = timedelta(seconds=1)
    answered = exchange.started + timedelta(milliseconds=exchange.duration_ms or 0)
    if exchange.started - served > second:
        return served - exchange.started + second
    return max(served - answered, timedelta(0))


def _served(exchange: Exchange) -> datetime | None:
    headers = exchange.response.headers if exchange.response is not None else ()
    text = next((value for header, value in headers if header.lower() == "date"), "")
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    return moment if moment.tzinfo is not None else None
