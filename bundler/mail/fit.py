"""What of a ticket goes into a mail of a given size, encoded as it is sent, and what that mail leaves out.

Pure: the mail is written by whoever asks, as often as it takes, and measured. Where not everything fits, this is done
in order, each only as far as needed:

1. pictures become smaller, step by step, as long as they take more than a quarter of the room;
2. logs lose records, those far from the error first (``records``);
3. pictures become as small as they can, then the last of them are left out;
4. long bodies are cut with a mark (``calls``).

What is never left out is the minimum: ``ticket.json`` with the fields and the cause, the call that failed, and the
records around the error.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from heapq import heapify, heappop, heappush
from itertools import accumulate, chain
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from bundler.document import layout
from bundler.mail.calls import CallLevels, MailFile
from bundler.mail.encoded import encoded_size, raw_room
from bundler.mail.records import LogRecords
from bundler.model import Excerpt, Omission, Picture, SafeTicket
from bundler.pictures.ladder import Ladder

DEFAULT_LIMIT = 10_000_000
"""What nearly every mailbox takes; Postfix stops at 10,240,000 unless told otherwise."""

_PICTURES_SHARE = 4
_MOST_TRIES = 8
_SLACK = 64
NO_ROOM = "left out of the mail for its size"


class NotAttached(Struct, frozen=True):
    """A file of the bundle that the mail does not hold, and why."""

    name: str
    omitted: Omission


class Holding(Struct, frozen=True):
    """What a mail holds: ``ticket`` as its text tells it, the files in their order, and those left out.

    The ticket has all its exchanges, logs and pictures, so that they are counted and named as in the bundle; those
    that are cut are cut in it too.
    """

    ticket: SafeTicket
    files: tuple[MailFile, ...]
    left_out: tuple[NotAttached, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.left_out and not any(file.omitted for file in self.files)

    @property
    def size(self) -> int:
        """Bytes that the files take in the mail, without the heads of their parts."""
        return sum(encoded_size(len(file.data)) for file in self.files)


class TooLarge(Exception):
    """Not even the minimum fits; ``size`` is that of the smallest mail there could be, in bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the smallest mail has {size:,} bytes")
        self.size = size


class Fitted(NamedTuple):
    """A mail within the limit, and what it holds."""

    mail: bytes
    holding: Holding


def whole_within(ticket: SafeTicket, limit: int, write: Callable[[Holding], bytes]) -> bytes | None:
    """The mail that ``write`` makes of everything, None if it is longer than ``limit`` bytes."""
    everything = Choice(ticket).everything()
    mail = write(everything) if everything.size <= limit else None
    return mail if mail is not None and len(mail) <= limit else None


def fit(ticket: SafeTicket, limit: int, write: Callable[[Holding], bytes]) -> Fitted:
    """The mail that ``write`` makes of what is chosen, at most ``limit`` bytes long; raises ``TooLarge``."""
    choice = Choice(ticket)
    everything = choice.everything()
    if everything.size <= limit:
        mail = write(everything)
        if len(mail) <= limit:
            return Fitted(mail, everything)
    least = choice.least()
    best = Fitted(write(least), least)
    if len(best.mail) > limit:
        raise TooLarge(len(best.mail))
    room = limit - len(best.mail) + least.size
    for _ in range(_MOST_TRIES):
        holding = choice.within(room)
        if holding is None:
            break
        mail = write(holding)
        if len(mail) <= limit:
            return Fitted(mail, holding)
        room -= len(mail) - limit + _SLACK
    return best


class Choice:
    """What a mail of a ticket may hold. Asked several times, it makes no picture and weighs no record twice."""

    def __init__(self, ticket: SafeTicket) -> None:
        self._ticket = ticket
        occurred = ticket.facts.occurred_at
        self._moment = occurred.value if occurred is not None else None
        self._ladders = [Ladder(picture) for picture in ticket.pictures]
        self._names = layout(ticket)
        self._calls = CallLevels(ticket)

    def everything(self) -> Holding:
        """All of it, as the bundle has it."""
        ticket = self._ticket
        return self._held(0, ticket.logs, ticket.pictures)

    def least(self) -> Holding:
        """The minimum, with bodies as short as they get."""
        logs = [records.part(sorted(records.window)) for records in self._records]
        return self._held(self._calls.count - 1, logs, [None] * len(self._ladders))

    def within(self, room: int) -> Holding | None:
        """The most that fits into ``room`` bytes of base64; None where not even the minimum does."""
        calls = self._calls.on(0).size
        logs = sum(encoded_size(len(excerpt.data)) for excerpt in self._ticket.logs)
        least_logs = sum(encoded_size(records.window_size) for records in self._records)
        pictures: list[Picture | None] = list(self._ticket.pictures)
        share = room // _PICTURES_SHARE
        for is_enough in (
            lambda size: calls + logs + size <= room or size <= share,
            lambda size: calls + least_logs + size <= room,
        ):
            pictures = self._smaller(pictures, is_enough)
            if calls + least_logs + _size(pictures) <= room:
                return self._filled(0, room - calls - _size(pictures), pictures)
        for number in reversed(range(len(pictures))):
            pictures[number] = None
            if calls + least_logs + _size(pictures) <= room:
                return self._filled(0, room - calls - _size(pictures), pictures)
        for level in range(1, self._calls.count):
            calls = self._calls.on(level).size
            if calls + least_logs <= room:
                return self._filled(level, room - calls, pictures)
        return None

    def document_within(self, room: int) -> MailFile | None:
        """``ticket.json`` in at most ``room`` bytes of base64, bodies cut in it where need be; None if it is larger."""
        return self._calls.document_within(room)

    def picture_within(self, number: int, room: int) -> Picture | None:
        """The picture ``number`` (from 0), as far down its ladder as it takes; None if it is larger all the same."""
        form: Picture | None = self._ticket.pictures[number]
        while form is not None and encoded_size(len(form.data)) > room:
            form = self._ladders[number].below(form)
        return form

    @cached_property
    def _records(self) -> list[LogRecords]:
        return [LogRecords(excerpt, self._moment) for excerpt in self._ticket.logs]

    @cached_property
    def _by_worth(self) -> array[int]:
        """The records that may be left out, the most useful first, counted through all logs."""
        ranks = array("d", chain.from_iterable(records.ranks() for records in self._records))
        return array("Q", sorted((place for place, rank in enumerate(ranks) if rank >= 0), key=ranks.__getitem__))

    def _filled(self, level: int, room: int, pictures: Sequence[Picture | None]) -> Holding:
        """With as many records as ``room`` bytes of base64 hold beside those of the window."""
        kept = [set(records.window) for records in self._records]
        left = raw_room(room, len(kept)) - sum(records.window_size for records in self._records)
        starts = [0, *accumulate(len(excerpt.spans) for excerpt in self._ticket.logs)]
        for counted in self._by_worth:
            number = bisect_right(starts, counted) - 1
            place = counted - starts[number]
            size = self._records[number].size(place)
            if size <= left:
                kept[number].add(place)
                left -= size
        logs = [records.part(sorted(places)) for records, places in zip(self._records, kept, strict=True)]
        return self._held(level, logs, pictures)

    def _smaller(self, pictures: Sequence[Picture | None], is_enough: Callable[[int], bool]) -> list[Picture | None]:
        """One step down the ladder at a time for the largest of them, until it is enough or none can go further."""
        forms = list(pictures)
        waiting = [(-len(form.data), number) for number, form in enumerate(forms) if form is not None]
        heapify(waiting)
        while waiting and not is_enough(_size(forms)):
            _, number = heappop(waiting)
            form = self._ladders[number].below(forms[number])
            if form is not None:
                forms[number] = form
                heappush(waiting, (-len(form.data), number))
        return forms

    def _held(self, level: int, logs: Sequence[Excerpt], pictures: Sequence[Picture | None]) -> Holding:
        ticket, calls = self._ticket, self._calls.on(level)
        forms = tuple(form or own for form, own in zip(pictures, ticket.pictures, strict=True))
        shown = replace(ticket, exchanges=calls.exchanges, logs=tuple(logs), pictures=forms)
        own = self._names
        names = layout(shown) if forms != ticket.pictures else own
        files = list(calls.files)
        left_out: list[NotAttached] = []
        for name, excerpt, part in zip(own.logs, ticket.logs, logs, strict=True):
            omitted = part.omitted[len(excerpt.omitted) :]
            if excerpt.spans and not part.spans:
                left_out.append(NotAttached(name, omitted[0]))
            else:
                files.append(MailFile(name, name, part.data, omitted))
        for name, new, picture, form in zip(own.pictures, names.pictures, ticket.pictures, pictures, strict=True):
            if form is None:
                left_out.append(NotAttached(name, Omission(0, NO_ROOM, len(picture.data))))
            else:
                files.append(smaller_picture(new, name, picture, form))
        if left_out:
            gone = {each.name for each in left_out}
            kept = tuple(
                excerpt if name in gone else part
                for name, excerpt, part in zip(own.logs, ticket.logs, logs, strict=True)
            )
            shown = replace(shown, logs=kept)
        return Holding(shown, tuple(files), tuple(left_out))


def smaller_picture(name: str, whole_name: str, picture: Picture, form: Picture) -> MailFile:
    """``form`` of ``picture`` as a file of the mail called ``name``."""
    why = f"smaller in the mail: {form.width} × {form.height} pixels, {form.format.upper()}"
    omitted = (Omission(0, why, len(picture.data) - len(form.data)),) if form is not picture else ()
    return MailFile(name, whole_name, form.data, omitted)


def _size(pictures: Sequence[Picture | None]) -> int:
    return sum(encoded_size(len(picture.data)) for picture in pictures if picture is not None)
