"""Reads what bodies tell of a payment: callbacks, entries of event logs, states, totals. Never raises on any value."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct

from bundler.checks.story.moments import Totals
from bundler.providers import key_form, related_families
from bundler.providers.payloads import find_payload, value_at
from bundler.providers.profile import Event, Payload, Profile, Step

LARGEST_BODY = 64 * 1024
"""A body of a payment is a few kilobytes, in bytes; larger ones are no part of the story."""
_MOST_OBJECTS = 200
_MOST_ENTRIES = 100
_LONGEST_TEXT = 200
_EVENT_KEYS = ("name", "eventType", "event", "operation")
_TIME_KEYS = ("timestamp", "timeStamp", "occurred", "time")
_AMOUNT_KEYS = ("amount", "modificationAmount")
_SUCCESS_KEYS = ("success", "operationSuccess", "succeeded")
_STATE_KEYS = ("state", "status")
_TOTALS = {
    "authorizedamount": "authorised",
    "authorisedamount": "authorised",
    "reservedamount": "authorised",
    "capturedamount": "captured",
    "amountcaptured": "captured",
    "amountrefunded": "refunded",
    "refundedamount": "refunded",
    "cancelledamount": "cancelled",
    "canceledamount": "cancelled",
}
_SUMMARY = {"captured": "captured", "refunded": "refunded", "cancelled": "cancelled"}
_DEEPEST_TOTALS = 3


class Told(Struct, frozen=True, kw_only=True):
    """One thing that a body tells. ``payload`` names the callback's form; ``is_state`` tells a state from an event."""

    step: Step
    name: str
    when: datetime | None = None
    amount: int | None = None
    currency: str = ""
    ok: bool | None = True
    key: str = ""
    payload: str = ""
    is_state: bool = False


def read_payload(profile: Profile, payload: Payload, value: Any) -> Iterator[Told]:
    """What a callback tells, entry by entry where it comes as an array."""
    entries = value[:_MOST_ENTRIES] if isinstance(value, list) else [value]
    for entry in entries:
        if isinstance(entry, dict):
            event = _event(
                profile, payload.family, _text(value_at(entry, payload.event)), ("webhook", "callback", "event")
            )
            yield Told(
                step=payload.step or (event.step if event is not None else ""),
                name=event.name if event is not None else payload.name,
                when=read_time(value_at(entry, payload.occurred)),
                amount=whole(value_at(entry, payload.amount)),
                currency=_currency(entry, payload.amount),
                ok=_success(entry),
                key=_text(entry.get("idempotencyKey")) or _text(entry.get("pspReference")),
                payload=payload.name,
            )


def read_told(profile: Profile, family: str | None, value: Any, payment: tuple[str, str]) -> Iterator[Told]:
    """Every event in ``value`` and the state of its outermost object; what names another ``payment`` is left out."""
    for item in _objects(value):
        if _is_another(item, payment):
            continue
        payload = find_payload(profile, family, item)
        if payload is not None:
            yield from read_payload(profile, payload, item)
            continue
        named = (_event(profile, family, _text(item.get(key))) for key in _EVENT_KEYS)
        event = next((row for row in named if row is not None), None)
        if event is not None:
            path = next((key for key in _AMOUNT_KEYS if key in item), "")
            amount = item.get(path)
            yield Told(
                step=event.step,
                name=event.name,
                when=next((when for key in _TIME_KEYS if (when := read_time(item.get(key))) is not None), None),
                amount=whole(amount.get("value") if isinstance(amount, dict) else amount),
                currency=_currency(item, f"{path}.value" if isinstance(amount, dict) else path),
                ok=_success(item),
                key=_text(item.get("pspReference")) or _text(item.get("idempotencyKey")),
            )
    if isinstance(value, dict) and not _is_another(value, payment):
        for key in _STATE_KEYS:
            state = _event(profile, family, _text(value.get(key)), ("state",))
            if state is not None:
                yield Told(step=state.step, name=state.name, is_state=True)
                return


def read_totals(value: Any) -> Totals | None:
    """The amounts that the body says the payment has come to, by the names that providers give them."""
    found: dict[str, int] = {}
    waiting: deque[tuple[Any, int]] = deque([(value, 0)] if isinstance(value, dict) else ())
    for _ in range(_MOST_OBJECTS):
        if not waiting:
            break
        item, depth = waiting.popleft()
        for key, inner in list(item.items())[:_MOST_ENTRIES]:
            form = key_form(key)
            amount = whole(inner.get("value") if isinstance(inner, dict) else inner)
            if form in _TOTALS and amount is not None:
                found.setdefault(_TOTALS[form], amount)
            elif form == "summary" and isinstance(inner, dict):
                for name, total in _SUMMARY.items():
                    if (sum_ := whole(inner.get(name))) is not None:
                        found.setdefault(total, sum_)
            if depth < _DEEPEST_TOTALS and isinstance(inner, dict):
                waiting.append((inner, depth + 1))
    return Totals(**found) if found else None


def find_event(profile: Profile, family: str | None, name: str) -> Event | None:
    """The event of that name, exactly as it is written; of any API where the family is not known."""
    return _event(profile, family, name, ("webhook", "event", "callback", "state"))


def amount_of(value: Any, path: str) -> tuple[int | None, str]:
    """The amount at the path of a request's body, in minor units, and its currency."""
    if not path or not isinstance(value, dict):
        return None, ""
    return whole(value_at(value, path)), _currency(value, path)


def read_time(value: Any) -> datetime | None:
    """A moment, in UTC, as machines write it (ISO 8601 with a zone); None for anything else."""
    if not isinstance(value, str) or not 19 <= len(value) <= 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def whole(value: Any) -> int | None:
    """A whole, not negative number of minor units, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15 else None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a value, the outermost first."""
    waiting = deque([value])
    count = 0
    while waiting and count < _MOST_OBJECTS:
        item = waiting.popleft()
        count += 1
        if isinstance(item, dict):
            yield item
            waiting.extend(inner for inner in list(item.values())[:_MOST_ENTRIES] if isinstance(inner, dict | list))
        elif isinstance(item, list):
            waiting.extend(inner for inner in item[:_MOST_ENTRIES] if isinstance(inner, dict | list))


def _is_another(item: dict[str, Any], payment: tuple[str, str]) -> bool:
    name, wanted = payment
    if not wanted:
        return False
    form = key_form(name)
    named = [_text(inner) for key, inner in list(item.items())[:_MOST_ENTRIES] if key_form(key) == form]
    return any(value and value.casefold() != wanted.casefold() for value in named)


def _currency(item: dict[str, Any], path: str) -> str:
    above = path.removeprefix("[].").rpartition(".")[0]
    for name in ("currency", "currencyCode"):
        for place in (f"{above}.{name}" if above else name, name):
            if text := _text(value_at(item, place)):
                return text
    return ""


def _success(item: dict[str, Any]) -> bool:
    return not any(item.get(key) is False for key in _SUCCESS_KEYS)


def _text(value: Any) -> str:
    return value[:_LONGEST_TEXT] if isinstance(value, str) else ""


def _event(
    profile: Profile, family: str | None, name: str, kinds: Sequence[str] = ("event", "webhook")
) -> Event | None:
    if not name:
        return None
    return next((row for row in _events(profile, family).get(name, ()) if row.kind in kinds), None)


@lru_cache(maxsize=64)
def _events(profile: Profile, family: str | None) -> dict[str, list[Event]]:
    related = related_families(profile, family)
    table: dict[str, list[Event]] = {}
    for row in profile.events:
        if not related or row.family in related:
            table.setdefault(row.name, []).append(row)
    if not related:  # a name that means different steps in different APIs says nothing
        return {name: rows for name, rows in table.items() if len({row.step for row in rows}) == 1}
    return table
