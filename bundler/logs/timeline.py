"""Turns the stamps of one log, in their order, into moments: fills in the zone, the year or the day where they lack."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from bundler.logs.stamps import Partial, Stamp
from bundler.logs.types import LogFormat
from bundler.moments.zones import find_zone, zone_name

_LOCAL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times are subtracted from it
_EPOCH = _LOCAL_EPOCH.replace(tzinfo=UTC)
_YEARS_BACK = 8  # 29 February may be that far away


Memory = tuple[datetime | None, bool]
"""What a timeline knows of the lines so far: the last moment, and whether it was in the second pass of an hour."""


class Timeline:
    """Keeps what the lines so far have told; one for each reading of a log.

    A stamp without a zone is taken to be in the format's own zone or else in ``zone``. A stamp without a year (or
    without a day) gets the latest one that is not after ``reference``, and from then on the one nearest to the line
    before, so that a log may run over New Year (or midnight). In the hour that comes twice in autumn the line before
    decides as well. ``reference_from`` says what told the reference, where that is not the present moment.
    """

    def __init__(
        self, fmt: LogFormat, *, zone: tzinfo, zone_from: str, reference: datetime, reference_from: str = ""
    ) -> None:
        self._zone = find_zone(fmt.zone) if fmt.zone else zone
        self._zone_from = f"{fmt.title} is always written in {fmt.zone}" if fmt.zone else zone_from
        self._reference = reference.astimezone(self._zone).replace(tzinfo=None)
        self._reference_from = reference_from
        self._previous: datetime | None = None
        self._filled: tuple[tuple[int, int], date] | None = None
        self._offsets: dict[timedelta, None] = {}
        self._assumed = False
        self._missing = ""
        self._repeated = False  # in the second pass of the hour that comes twice
        self._offset = timedelta(0)
        self._quarter = self._quarter_end = _LOCAL_EPOCH

    def moment(self, stamp: Stamp) -> datetime | None:
        """The moment of the next line's stamp, in UTC; None where no calendar has it."""
        try:
            moment = self._resolve(stamp)
        except (ValueError, OverflowError):
            return None
        self._previous = moment
        return moment

    @property
    def memory(self) -> Memory:
        """What the lines so far have told; set it to go back to where it was taken."""
        return self._previous, self._repeated

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._previous, self._repeated = memory

    def forget(self) -> None:
        """The next stamp is not of the line after the last one."""
        self._previous = None
        self._repeated = False

    def settle(self, last: datetime) -> None:
        """No stamp is later than ``last``: it tells the years or days of those that name none."""
        self._reference = last.astimezone(self._zone).replace(tzinfo=None)
        self._filled = None

    def repeated(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """The two passes of the hour that comes twice, if ``moment`` may be in them and stamps name no zone."""
        if not self._assumed:
            return None
        before = after = None
        step = timedelta(minutes=15)
        # the clock is set back by an hour at most (Lord Howe: half an hour), so three hours around show it
        for number in range(-12, 12):
            at = moment + number * step
            before, after = self._offset_at(at), self._offset_at(at + step)
            if after < before:
                back = before - after
                turn = _EPOCH + (at + step - _EPOCH) // step * step
                return turn - back, turn + back
        return None

    def is_repeated(self, moment: datetime) -> bool:
        """Whether the local time at ``moment`` comes twice and the stamps do not tell which is meant."""
        spell = self.repeated(moment)
        return spell is not None and spell[0] <= moment < spell[1]

    def _offset_at(self, moment: datetime) -> timedelta:
        return moment.astimezone(self._zone).utcoffset() or timedelta(0)

    def alone(self, stamp: Stamp) -> datetime | None:
        """The moment of a stamp of which no line before is known: the earlier one, in the hour that comes twice."""
        self._previous, self._repeated = None, False
        return self.moment(stamp)

    def _resolve(self, stamp: Stamp) -> datetime:
        if isinstance(stamp, datetime):
            offset = stamp.utcoffset()
            if offset is None:
                return self._place(stamp)
            if len(self._offsets) < 10:
                self._offsets[offset] = None
            return stamp.astimezone(UTC)
        return self._place(self._complete(stamp))

    def _place(self, local: datetime) -> datetime:
        self._assumed = True
        if not self._quarter <= local < self._quarter_end:
            self._enter(local)
        moment = _EPOCH + (local - _LOCAL_EPOCH - self._offset)
        if self._previous is not None and moment < self._previous:
            later = local.replace(tzinfo=self._zone, fold=1).astimezone(UTC)
            if later != moment and (self._repeated or abs(later - self._previous) < abs(moment - self._previous)):
                self._repeated = True
                return later
        self._repeated = False
        return moment

    def _enter(self, local: datetime) -> None:
        """Look the offset up for a quarter of an hour: clocks are changed on quarters only."""
        self._offset = local.replace(tzinfo=self._zone).utcoffset() or timedelta(0)
        self._quarter = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
        self._quarter_end = self._quarter + timedelta(minutes=15)

    def _complete(self, stamp: Partial) -> datetime:
        key = (stamp.month, stamp.day)
        clock = timedelta(hours=stamp.hour, minutes=stamp.minute, seconds=stamp.second, microseconds=stamp.microsecond)
        if self._filled is None or self._filled[0] != key or not stamp.month:
            self._filled = (key, self._find_year(stamp) if stamp.month else self._find_day(clock))
        day = self._filled[1]
        return datetime(day.year, day.month, day.day) + clock  # noqa: DTZ001 - _place gives it its zone

    def _find_year(self, stamp: Partial) -> date:
        self._missing = "year"
        around = self._local_previous or self._reference
        days = []
        for year in range(around.year + 1, around.year - _YEARS_BACK - 1, -1):
            try:
                days.append(date(year, stamp.month, stamp.day))
            except ValueError:
                continue
        if self._local_previous is None:
            days = [day for day in days if day <= around.date() + timedelta(days=1)][:1]
        return min(days, key=lambda day: abs(day - around.date()))  # no calendar has 31 November: ``ValueError``

    def _find_day(self, clock: timedelta) -> date:
        self._missing = "date"
        around = self._local_previous or self._reference
        midnight = datetime(around.year, around.month, around.day)  # noqa: DTZ001 - compared with local times only
        days = [midnight + timedelta(days=days) for days in (1, 0, -1)]
        if self._local_previous is not None:
            return min(days, key=lambda day: abs(day + clock - around)).date()
        return next(day for day in days if day + clock <= around + timedelta(hours=1)).date()

    @property
    def _local_previous(self) -> datetime | None:
        return None if self._previous is None else self._previous.astimezone(self._zone).replace(tzinfo=None)

    @property
    def zone(self) -> tuple[str, str]:
        """The zone of the log for people, and how it is known; both empty when no line had a stamp."""
        offsets = [zone_name(_fixed(offset)) for offset in self._offsets]
        written = offsets[0] if len(offsets) == 1 else "several offsets"
        if offsets and self._assumed:
            return f"{written}, {zone_name(self._zone)}", f"written in the log, else {self._zone_from}"
        if offsets:
            return written, "written in the log"
        return (zone_name(self._zone), self._zone_from) if self._assumed else ("", "")

    @property
    def notes(self) -> tuple[str, ...]:
        """What was filled in."""
        if not self._missing:
            return ()
        told = (
            f"it is taken from {self._reference_from}" if self._reference_from else "the latest that fits was assumed"
        )
        return (f"its lines carry no {self._missing}: {told}",)


def _fixed(offset: timedelta) -> tzinfo:
    return timezone(offset) if offset else UTC
