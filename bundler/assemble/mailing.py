"""Makes the mail of a ticket, or several, none larger than the recipient takes; the bundle holds what has no room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath

from msgspec import Struct

from bundler.assemble.case import NO_THREAD, Thread
from bundler.document import MANIFEST_NAME, Manifest, Whole, attachment_name, layout
from bundler.errors import EnvironmentProblem
from bundler.mail.compose import INLINE_LIMIT, Attachment, compose, picture_id, thread_id
from bundler.mail.encoded import room_to_seal
from bundler.mail.fit import DEFAULT_LIMIT, Holding, TooLarge, fit, whole_within
from bundler.mail.guard import MAIL_LIMITS
from bundler.mail.splitting import MOST_MAILS, Share, split
from bundler.mail.told import Told, manifest_of, manifest_of_share, told_of, told_of_share
from bundler.model import SafeTicket
from bundler.render.lacking import held
from bundler.render.text import size

_MEDIA_TYPES = {".json": "application/json", ".png": "image/png", ".jpg": "image/jpeg"}
_ANYTHING = "application/octet-stream"
_ADDED = 2_000
"""Bytes for what is added above a draft on its way: sender, date, id, and a line of each server."""


class Sizing(Struct, frozen=True):
    """How large a mail may be, in bytes as it is sent, 0 where nobody said so; and what to do when that is too little.

    ``is_strict`` refuses to cut anything, ``splits`` makes several mails instead. ``server_limit`` is what the sender's
    own servers say that they take; it counts where nobody said how large a mail may be, and the recipient's beside it.
    """

    limit: int = 0
    is_strict: bool = False
    splits: bool = False
    server_limit: int = 0

    def allowed(self, recommended: int) -> int:
        """How large a mail may be for a recipient who takes ``recommended`` bytes, 0 where that is not known."""
        known = [limit for limit in (self.server_limit, recommended) if limit]
        return min(self.limit or min(known, default=DEFAULT_LIMIT), MAIL_LIMITS.size)


USUAL = Sizing()


class Mailing(Struct, frozen=True):
    """The mails of a ticket in their order, and what they leave out: files by name, each with a sentence."""

    mails: tuple[bytes, ...]
    limit: int
    lacks: tuple[tuple[str, str], ...] = ()


class Stationery(Struct, frozen=True):
    """What every mail of a ticket is made with: ``write`` renders a template of a ticket, ``bundle`` is the zip and
    ``manifest`` the one in it.

    The mail of a follow-up answers one in ``thread``, where its id is known.
    """

    to: str
    bundle: Whole
    manifest: Manifest
    write: Callable[..., str]
    thread: Thread = NO_THREAD


def make_mailing(ticket: SafeTicket, paper: Stationery, sizing: Sizing, recommended: int = 0) -> Mailing:
    """The mails of ``ticket``, each as large as ``sizing`` allows, where the recipient takes ``recommended`` bytes.

    Raises ``EnvironmentProblem`` when that is not possible.
    """
    limit = sizing.allowed(recommended)
    if sizing.splits:
        return _several(ticket, paper, limit)
    try:
        mail, holding = fit(ticket, limit - _ADDED, partial(_mail, paper))
    except TooLarge as error:
        needed = f"the least that it has to hold takes {size(error.size + _ADDED)}"
        does_split = _is_possible(split, ticket, limit, partial(_part, paper))
        raise _too_large(limit, needed, "--split makes several mails of it" if does_split else "") from None
    told = told_of(holding, paper.bundle)
    if sizing.is_strict and told.lacks:
        raise _too_large(limit, "something would have to be left out", "leave out --strict-size")
    return Mailing((mail,), limit, _lacks(told))


def _several(ticket: SafeTicket, paper: Stationery, limit: int) -> Mailing:
    """As many mails as it takes, one where that is enough."""
    if (mail := whole_within(ticket, limit - _ADDED, partial(_mail, paper))) is not None:
        return Mailing((mail,), limit)
    try:
        shares = _split(ticket, limit, partial(_part, paper))
    except TooLarge:
        needed = f"not even {MOST_MAILS} mails of that size hold it"
        does_fit = _is_possible(fit, ticket, limit, partial(_mail, paper))
        instead = "leave out --split, and the mail holds what matters most" if does_fit else ""
        raise _too_large(limit, needed, instead) from None
    told = told_of_share(shares[0][1], paper.bundle)
    return Mailing(tuple(mail for mail, _ in shares), limit, _lacks(told))


def _split(ticket: SafeTicket, limit: int, write: Callable[[Share], bytes]) -> tuple[tuple[bytes, Share], ...]:
    """Each small enough to be encrypted within the limit; where that would be too many, to leave as it is."""
    try:
        return split(ticket, room_to_seal(limit) - _ADDED, write)
    except TooLarge:
        return split(ticket, limit - _ADDED, write)


def _is_possible(make: Callable[..., object], ticket: SafeTicket, limit: int, write: Callable[..., bytes]) -> bool:
    """Whether the other of ``fit`` and ``split`` would do what one could not."""
    try:
        make(ticket, limit - _ADDED, write)
    except TooLarge:
        return False
    return True


def _too_large(limit: int, why: str, instead: str) -> EnvironmentProblem:
    ways = [*([instead] if instead else []), "--size-limit SIZE allows larger ones, if the recipient takes them."]
    hint = "; ".join(ways)
    return EnvironmentProblem(
        f"The ticket does not fit into a mail of {size(limit)}: {why}; nothing was written.",
        f"{hint[0].upper()}{hint[1:]}",
    )


def _lacks(told: Told) -> tuple[tuple[str, str], ...]:
    return tuple((name, held(told, name)) for name in told.lacks)


def _mail(paper: Stationery, holding: Holding) -> bytes:
    told = told_of(holding, paper.bundle)
    return _composed(paper, holding, told, manifest_of(holding, paper.manifest, paper.bundle))


def _part(paper: Stationery, share: Share) -> bytes:
    told = told_of_share(share, paper.bundle)
    return _composed(paper, share.holding, told, manifest_of_share(share, paper.manifest, paper.bundle))


def _composed(paper: Stationery, holding: Holding, told: Told, manifest: bytes) -> bytes:
    ticket = holding.ticket
    subject = paper.write("subject.txt", ticket=ticket, mail=told).strip()
    return compose(
        ticket,
        to=paper.to,
        subject=f"Re: {subject}" if ticket.follows else subject,
        text=paper.write("mail.txt", ticket=ticket, mail=told),
        html=paper.write("mail.html", ticket=ticket, mail=told),
        attachments=tuple(_attachments(holding, manifest)),
        in_reply_to=paper.thread.in_reply_to,
        references=(*paper.thread.references, *((thread_id(ticket.ticket_id),) if told.count > 1 else ())),
        part=(told.number, told.count),
    )


def _attachments(holding: Holding, manifest: bytes) -> Iterator[Attachment]:
    """Every file of the mail; the first pictures of the ticket are shown in its text, by their number."""
    shown = layout(holding.ticket).pictures[:INLINE_LIMIT]
    for file in holding.files:
        media_type = _MEDIA_TYPES.get(PurePosixPath(file.name).suffix, _ANYTHING)
        number = shown.index(file.name) + 1 if file.name in shown else 0
        content_id = picture_id(holding.ticket.ticket_id, number) if number else None
        yield Attachment(attachment_name(file.name), file.data, media_type, content_id)
    yield Attachment(MANIFEST_NAME, manifest, "application/json")
