"""Times as people say them: ``now``, ``5 min ago``, ``yesterday 9pm``, ``i går kl. 14.03``, ``14:03``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from bundler.moments.clocks import Clock, find_clock, read_clock
from bundler.moments.dates import ONLY_A_DATE
from bundler.moments.formats import at_midnight
from bundler.moments.when import Reading, Setting
from bundler.moments.words import AGO, DAYS_BACK, LAST, NOW, ONE, SECONDS_IN, WEEKDAYS
from bundler.moments.zones import read_zone

_LENGTH = re.compile(
    r"(?P<number>\d{1,5}|[a-z]{1,6}) ?(?P<unit>[a-z]{1,10})\.?(?:,? (?:and |og |och |ja |und )?|(?=\d)|$)"
)
_SLACK = timedelta(minutes=10)
"""How far ahead a bare clock may be and still mean today: clocks differ a little."""


def read_now(text: str, setting: Setting) -> Reading | None:
    """``now`` in six languages."""
    return _instant(setting.now, ()) if text in NOW else None


def read_ago(text: str, setting: Setting) -> Reading | None:
    """A length of time counted back: ``1 hour 5 min ago``, ``for 5 minutter siden``, ``vor einer Stunde``."""
    for before, after in AGO:
        if text.startswith(before + " " * bool(before)) and text.endswith(" " * bool(after) + after):
            seconds = _seconds(text.removeprefix(before).removesuffix(after).strip())
            if seconds is not None:
                return _instant(setting.now - timedelta(seconds=seconds), ("counted back from now",))
    return None


def read_day(text: str, setting: Setting) -> Reading | None:
    """``today``, ``yesterday`` or a weekday, with a clock before or behind it, or without one."""
    for word, back in DAYS_BACK.items():
        found = _around(text, word)
        if found is not None:
            return _on(found, setting, partial(_days_back, back))
    for word, weekday in WEEKDAYS.items():
        found = _around(text, word) if len(word) > 2 else None
        if found is not None:
            last = bool(re.match(r"(?:last|sidste|forrige|sist|siste|forra|viime|letzten) ", text))
            return _on(found, setting, partial(_latest, weekday, last))
    return None


def read_bare_clock(text: str, setting: Setting) -> Reading | None:
    """``14:03`` or ``9pm``: today, and where that is still to come, yesterday as well."""
    clock = read_clock(text)
    if clock is None:
        return None
    now = _local_now(clock, setting)
    today = at_midnight(now.date()) + clock.since_midnight
    if today <= now + _SLACK:
        return Reading((today,), clock.zone, filled_in=True, notes=("no date was written: today is assumed",))
    note = "that time is still to come today: yesterday's or today's?"
    return Reading((today - timedelta(days=1), today), clock.zone, filled_in=True, notes=(note,))


PHRASES: tuple[Callable[[str, Setting], Reading | None], ...] = (read_now, read_ago, read_day, read_bare_clock)
"""Asked in this order, after the explicit formats."""


def _instant(moment: datetime, notes: tuple[str, ...]) -> Reading:
    return Reading(moment=moment, filled_in=bool(notes), notes=notes)


def _seconds(text: str) -> int | None:
    total, position = 0, 0
    while position < len(text):
        match = _LENGTH.match(text, position)
        if match is None or match["unit"] not in SECONDS_IN:
            return None
        if not match["number"].isdigit() and match["number"] not in ONE:
            return None
        total += (int(match["number"]) if match["number"].isdigit() else 1) * SECONDS_IN[match["unit"]]
        position = match.end()
    return total if text else None


def _around(text: str, word: str) -> str | None:
    """What is left of ``text`` without ``word`` at its start or its end; None when it is at neither."""
    first, _, behind = text.partition(" ")
    if first in LAST and behind.startswith(word):
        text = behind
    if text == word:
        return ""
    if text.startswith(word) and not text[len(word)].isalpha():
        return text[len(word) :].lstrip(" ,.")
    if text.endswith(" " + word):
        before = text[: -len(word)].rstrip(" ,")
        return " ".join(part for part in before.split(" ") if part not in {"on", "pa"})
    return None


def _on(rest: str, setting: Setting, choose: Callable[[datetime, timedelta], date]) -> Reading | None:
    clock = read_clock(rest) if rest else None
    if clock is None:
        zone = read_zone(rest) if rest else None
        if rest and (zone is None or find_clock(rest) is not None):
            return None
        clock = Clock(timedelta(0), zone)
        notes: tuple[str, ...] = (ONLY_A_DATE,)
    else:
        notes = ()
    day = choose(_local_now(clock, setting), clock.since_midnight)
    return Reading((at_midnight(day) + clock.since_midnight,), clock.zone, filled_in=bool(notes), notes=notes)


def _local_now(clock: Clock, setting: Setting) -> datetime:
    zone = clock.zone.choices[0] if clock.zone is not None else setting.zone
    return setting.now.astimezone(zone).replace(tzinfo=None)


def _days_back(back: int, now: datetime, at: timedelta) -> date:
    """The day so many days ago, whatever the clock says."""
    del at
    return now.date() - timedelta(days=back)


def _latest(weekday: int, last: bool, now: datetime, at: timedelta) -> date:
    """The latest such weekday that is past by ``at``; never today when the text says ``last``."""
    back = (now.weekday() - weekday) % 7
    if back == 0 and (last or at_midnight(now.date()) + at > now + _SLACK):
        back = 7
    return now.date() - timedelta(days=back)
