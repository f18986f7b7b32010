"""``ticket.json`` and the files of a ticket's calls, with their long bodies cut as far as a mail needs it.

The levels go from 0, where nothing is cut, to the last: first bodies are cut in ``ticket.json``, where nothing is lost,
for they are whole in their files; then in the files of calls that did not fail; last those of the call that did.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from bundler.document import TICKET_NAME, encode, exchange_wire, layout, to_document
from bundler.mail.bodies import CAPS, FAILING_CAPS, with_bodies_cut
from bundler.mail.encoded import encoded_size
from bundler.model import Exchange, Omission, SafeTicket

_WHY = "long bodies are cut in the mail"


class MailFile(Struct, frozen=True):
    """A file of the ticket as the mail holds it.

    ``whole`` is its name in the bundle. ``omitted`` is what it lacks beside the file of that name, empty only where it
    is that very file. A piece is one of several that are the whole file when joined.
    """

    name: str
    whole: str
    data: bytes
    omitted: tuple[Omission, ...] = ()
    is_piece: bool = False


class Calls(Struct, frozen=True):
    """All calls on one level: as they are shown, and their files after ``ticket.json``."""

    exchanges: tuple[Exchange, ...]
    files: tuple[MailFile, ...]

    @property
    def size(self) -> int:
        """Bytes that the files take in a mail, without the heads of their parts."""
        return sum(encoded_size(len(file.data)) for file in self.files)


class CallLevels:
    """The calls of ``ticket`` on each level, made when asked for; the first and the latest are kept."""

    def __init__(self, ticket: SafeTicket) -> None:
        self._ticket = ticket
        self._caps = tuple(_caps())
        self._names = layout(ticket).exchanges
        self._first = self._made(_Caps(), None)
        self._latest = (0, self._first)

    @property
    def count(self) -> int:
        return len(self._caps)

    def on(self, level: int) -> Calls:
        """The calls on ``level``, from 0."""
        if not level:
            return self._first
        if self._latest[0] != level:
            self._latest = (level, self._made(self._caps[level], self._first))
        return self._latest[1]

    def document_within(self, room: int) -> MailFile | None:
        """``ticket.json`` in at most ``room`` bytes of base64, bodies cut in it where need be; None if it is larger."""
        for caps in self._caps:
            document = self._document(_Caps(caps.failing or caps.told, 0, caps.failing), self._first)
            if encoded_size(len(document.data)) <= room:
                return document
        return None

    def _made(self, caps: _Caps, whole: Calls | None) -> Calls:
        cut = self._cut(caps.filed, caps.failing)
        files = [self._document(caps, whole)]
        for number, (name, exchange) in enumerate(zip(self._names, cut, strict=True)):
            if whole is None:
                files.append(MailFile(name, name, exchange_wire(exchange)))
            elif exchange is self._ticket.exchanges[number]:
                files.append(whole.files[number + 1])
            else:
                wire = exchange_wire(exchange)
                lack = len(whole.files[number + 1].data) - len(wire)
                files.append(MailFile(name, name, wire, (Omission(0, _WHY, max(0, lack)),)))
        return Calls(cut, tuple(files))

    def _document(self, caps: _Caps, whole: Calls | None) -> MailFile:
        told = self._cut(caps.told, caps.failing)
        is_cut = any(one is not other for one, other in zip(told, self._ticket.exchanges, strict=True))
        if whole is not None and not is_cut:
            return whole.files[0]
        data = encode(to_document(replace(self._ticket, exchanges=told)))
        lack = len(whole.files[0].data) - len(data) if whole is not None else 0
        return MailFile(TICKET_NAME, TICKET_NAME, data, (Omission(0, _WHY, max(0, lack)),) if is_cut else ())

    def _cut(self, others: int, failing: int) -> tuple[Exchange, ...]:
        caps = [failing if number == self._ticket.failing else others for number in range(len(self._names))]
        return tuple(
            with_bodies_cut(exchange, cap) if cap else exchange
            for exchange, cap in zip(self._ticket.exchanges, caps, strict=True)
        )


class _Caps(NamedTuple):
    """How long bodies may be, 0 for any length: as ``ticket.json`` tells them, in the calls' files, and of the call
    that failed."""

    told: int = 0
    filed: int = 0
    failing: int = 0


def _caps() -> Iterator[_Caps]:
    yield _Caps()
    yield from (_Caps(cap) for cap in CAPS)
    yield from (_Caps(CAPS[-1], cap) for cap in CAPS)
    yield from (_Caps(CAPS[-1], CAPS[-1], cap) for cap in FAILING_CAPS)
