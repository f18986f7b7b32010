"""The moments that the answer of a call tells."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from bundler.model import Exchange, header_of

_LONGEST_CALL_MS = 86_400_000.0


def answered_at(exchange: Exchange) -> datetime | None:
    """When the answer had come: the start and how long it took; a length that no call has is not counted."""
    if exchange.started is None:
        return None
    took = exchange.duration_ms or 0.0
    return exchange.started + timedelta(milliseconds=took if 0 < took <= _LONGEST_CALL_MS else 0.0)


def served_at(exchange: Exchange) -> datetime | None:
    """When the answer was written by its Date header (RFC 9110, section 6.6.1), None where that tells no moment."""
    return read_http_date(header_of(exchange.response, "date"))


def read_http_date(text: str) -> datetime | None:
    """The moment of a header's date (RFC 9110, section 5.6.7), None for what is none or names no zone."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None
