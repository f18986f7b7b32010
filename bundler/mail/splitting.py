"""A ticket in several mails, each within the limit, when one cannot hold it; nothing is left out but pictures' pixels.

The first mail has the text. Each has ``ticket.json``, in all but the first with bodies cut where it is long, so that it
can be verified alone. A file that no mail can hold is divided, where a line ends; a picture
goes down its ladder instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from msgspec import Struct
from msgspec.structs import replace

from bundler.document import TICKET_NAME, layout
from bundler.mail.calls import MailFile
from bundler.mail.encoded import encoded_size, raw_room
from bundler.mail.fit import NO_ROOM, Choice, Holding, NotAttached, TooLarge, smaller_picture
from bundler.model import Omission, Picture, SafeTicket

MOST_MAILS = 20
"""More than these nobody wants in a mailbox."""

_DOCUMENT_SHARE = 4
_HEAD_SIZE = 300
_MOST_TRIES = 8
_SLACK = 64
_NEAR = 64 * 1024
_NAME_LIMIT = 60


class Share(Struct, frozen=True):
    """One of the mails of a ticket, ``number`` of ``count`` from 1.

    ``holding`` are the files of this mail, and what none has; ``others`` are those of the other mails, with the number
    of theirs.
    """

    number: int
    count: int
    holding: Holding
    others: tuple[tuple[int, MailFile], ...]


def split(
    ticket: SafeTicket, limit: int, write: Callable[[Share], bytes], most: int = MOST_MAILS
) -> tuple[tuple[bytes, Share], ...]:
    """Each mail that ``write`` makes, at most ``limit`` bytes long, with what it holds.

    Raises ``TooLarge`` when one mail has no room for ``ticket.json``, or more than ``most`` are needed.
    """
    choice = Choice(ticket)
    files = _in_order(choice.everything(), ticket)[1:]
    frame = len(write(Share(1, most, Holding(ticket, ()), tuple((2, file) for file in files))))
    for _ in range(_MOST_TRIES):
        shares = _Shares(ticket, choice, limit - frame, most).of(files)
        mails = [write(share) for share in shares]
        over = max(map(len, mails)) - limit
        if over <= 0:
            return tuple(zip(mails, shares, strict=True))
        frame += over + _SLACK
    raise TooLarge(frame)


def _in_order(everything: Holding, ticket: SafeTicket) -> list[MailFile]:
    """``ticket.json`` first, then the call that failed, logs, the other calls, pictures."""
    names = layout(ticket)
    failing = names.exchanges[ticket.failing] if ticket.failing is not None else ""
    ranks = [(TICKET_NAME,), (failing,), names.logs, names.exchanges, names.pictures]

    def rank(file: MailFile) -> int:
        return next(number for number, group in enumerate(ranks) if file.whole in group)

    return sorted(everything.files, key=rank)


class _Shares:
    """Puts files into mails with ``room`` bytes for them each, the first mail that has room for a file."""

    def __init__(self, ticket: SafeTicket, choice: Choice, room: int, most: int) -> None:
        self._ticket = ticket
        self._choice = choice
        self._room = room
        self._most = most
        self._first, self._further = self._documents(room - _HEAD_SIZE)
        self._mails: list[list[MailFile]] = [[self._first]]
        self._left: list[int] = [room - self._cost(self._first)]
        self._left_out: list[NotAttached] = []
        self._pictures: list[Picture] = list(ticket.pictures)

    def of(self, files: Sequence[MailFile]) -> list[Share]:
        for file in files:
            place = 0
            for piece in self._pieces(file):  # in the order of the mails
                place = self._put(piece, place)
        shown = replace(self._ticket, pictures=tuple(self._pictures))
        return [
            Share(
                number,
                len(self._mails),
                Holding(shown, tuple(mail), tuple(self._left_out)),
                tuple((other, each) for other, group in enumerate(self._mails, 1) if other != number for each in group),
            )
            for number, mail in enumerate(self._mails, 1)
        ]

    def _pieces(self, file: MailFile) -> Iterator[MailFile]:
        room = self._room - self._cost(self._further) - _HEAD_SIZE
        pictures = layout(self._ticket).pictures
        if encoded_size(len(file.data)) <= room:
            yield file
        elif file.whole in pictures:
            number = pictures.index(file.whole)
            picture, form = self._ticket.pictures[number], self._choice.picture_within(number, room)
            if form is None:
                self._left_out.append(NotAttached(file.whole, Omission(0, NO_ROOM, len(file.data))))
                return
            self._pictures[number] = form
            name = layout(replace(self._ticket, pictures=tuple(self._pictures))).pictures[number]
            yield smaller_picture(name, file.whole, picture, form)
        else:
            yield from _divided(file, raw_room(room))

    def _put(self, file: MailFile, first: int) -> int:
        size = self._cost(file)
        places = (place for place in range(first, len(self._left)) if size <= self._left[place])
        place = next(places, len(self._left))
        if place == len(self._left):
            left = self._room - self._cost(self._further)
            if place == self._most or size > left:
                raise TooLarge(self._room * place + size)
            self._mails.append([self._further])
            self._left.append(left)
        self._mails[place].append(file)
        self._left[place] -= size
        return place

    def _documents(self, room: int) -> tuple[MailFile, MailFile]:
        """``ticket.json`` for the first mail and for the others."""
        first = self._choice.document_within(room)
        if first is None:
            raise TooLarge(self._room)
        return first, self._choice.document_within(room // _DOCUMENT_SHARE) or self._choice.least().files[0]

    @staticmethod
    def _cost(file: MailFile) -> int:
        return encoded_size(len(file.data)) + _HEAD_SIZE


def _divided(file: MailFile, most: int) -> list[MailFile]:
    """The file in pieces of at most ``most`` bytes that give it back when joined."""
    if most < 1:
        raise TooLarge(encoded_size(len(file.data)))
    blocks = []
    start = 0
    while start < len(file.data):
        end = min(start + most, len(file.data))
        if end < len(file.data):
            line = file.data.rfind(b"\n", max(start, end - _NEAR), end)
            end = line + 1 if line >= 0 else end
        blocks.append(file.data[start:end])
        start = end
    path = PurePosixPath(file.name)
    pieces = []
    for number, block in enumerate(blocks, 1):
        ending = f".{number}of{len(blocks)}{path.suffix}"
        stem = path.stem[: _NAME_LIMIT - len(f"{path.parent}/{ending}")]
        why = f"this is piece {number} of {len(blocks)}; the others are in other mails"
        name = f"{path.parent}/{stem}{ending}"
        omitted = (Omission(0, why, len(file.data) - len(block)),)
        pieces.append(MailFile(name, file.whole, block, omitted, is_piece=True))
    return pieces
