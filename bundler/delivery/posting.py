"""Hands letters over so that none is lost and none goes twice, whenever the program may be killed.

A letter is on the disk before anything is tried, and the ledger says ``trying`` before a server hears of it. So a run
that was killed leaves either a letter that was never tried, which may be sent, or one of which nobody knows whether it
arrived, which is only sent again, byte for byte, by somebody who has looked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from bundler.delivery.ledger import AlreadySent, Entry, entries, is_for_now, is_same_mail, record, refuse_second
from bundler.delivery.outbox import Damaged, Waiting, contents, entry_of, letters, narrowed, put, take_out
from bundler.delivery.outcome import Outcome
from bundler.delivery.state import alone
from bundler.errors import BundlerError

Ready = Callable[[Waiting], Callable[[], Outcome]]
"""Gets all that a hand-over needs, a password say, and gives what does it; both raise ``BundlerError`` while nothing
was given over."""
Now = Callable[[], datetime]


class Posted(Struct, frozen=True):
    """What became of one letter of the outbox: an outcome, an error before anything was given over, or, with neither,
    nothing, because its end is unknown and nobody said that they have looked."""

    waiting: Waiting
    entry: Entry
    outcome: Outcome | None = None
    error: BundlerError | None = None


def post(folder: Path, waiting: Waiting, ready: Ready, now: Now, *, again: bool = False) -> Outcome:
    """Hand a new letter over; it stays in the outbox until it has arrived or was refused for good.

    Raises ``AlreadySent`` where the mail went there already (``again`` allows that), or may have gone; and whatever
    ``ready`` raises. A letter with the same parts to the same people that was never tried is replaced.
    """
    with alone(folder):
        known = entries(folder)
        in_outbox = letters(folder)
        _refuse_second(waiting, known, in_outbox, again=again)
        entry = _queue(folder, waiting, now)
        _drop_replaced(folder, [*in_outbox, waiting], known, now)
        return _try(folder, waiting, entry, ready, now)


def put_all(folder: Path, ordered: Sequence[Waiting], now: Now, *, again: bool = False) -> dict[str, AlreadySent]:
    """Put the mails of one ticket into the outbox before the first of them is tried, so that none is lost.

    Gives, by their ids, those that were sent before and were not put in. Raises ``MisuseError`` where one may have
    been sent; none was put in then.
    """
    with alone(folder):
        known = entries(folder)
        in_outbox = letters(folder)
        sent: dict[str, AlreadySent] = {}
        for each in ordered:
            try:
                _refuse_second(each, known, in_outbox, again=again)
            except AlreadySent as error:
                sent[each.id] = error
        new = [each for each in ordered if each.id not in sent]
        for each in new:
            _queue(folder, each, now)
        _drop_replaced(folder, [*in_outbox, *new], known, now)
        return sent


def resume(folder: Path, ready: Ready, now: Now, *, ticket_id: str = "", has_looked: bool = False) -> Iterator[Posted]:
    """Hand over what waits in the outbox, of one ticket or of all; the very bytes that were put in.

    A letter whose end is unknown is handed over only when somebody ``has_looked``; what is ``damaged``, never.
    """
    with alone(folder):
        known = entries(folder)
        asked_for = [each for each in letters(folder) if ticket_id in ("", each.letter.ticket_id)]
        for each in _drop_replaced(folder, asked_for, known, now):
            entry = known.get(each.id, entry_of(each))
            waiting = _remaining(folder, each, known.get(each.id))
            if waiting is None:
                continue
            if is_open(entry) and not has_looked:
                yield Posted(waiting, entry)
                continue
            try:
                yield Posted(waiting, entry, _try(folder, waiting, entry, ready, now))
            except BundlerError as error:
                yield Posted(waiting, entry, error=error)


def damaged(folder: Path, ticket_id: str = "") -> list[Damaged]:
    """What lies damaged in the outbox: all of it, or what is one ticket's or may be; the ledger knows whose it was."""
    known = entries(folder)
    found = [each for each in contents(folder) if isinstance(each, Damaged)]
    told = [replace(each, ticket_id=known[each.id].ticket_id) if each.id in known else each for each in found]
    return [each for each in told if not ticket_id or each.ticket_id in ("", ticket_id)]


def settle_arrived(folder: Path, ticket_id: str, now: Now) -> list[Entry]:
    """Note that those hand-overs of a ticket whose end was unknown have arrived, for somebody has looked.

    Gives them as they stood before: they have arrived at those who were ``unanswered``.
    """
    with alone(folder):
        open_ones = [each for each in entries(folder).values() if each.ticket_id == ticket_id and is_open(each)]
        for entry in open_ones:
            record(folder, replace(entry.at(now(), "delivered"), accepted=(*entry.accepted, *entry.unanswered)))
            take_out(folder, entry.id)
        return open_ones


def is_open(entry: Entry) -> bool:
    """Whether nobody knows how the hand-over ended. To be asked by whoever is ``alone``."""
    return entry.state in ("trying", "unknown")


def is_untried(entry: Entry | None) -> bool:
    """Whether no server has taken the letter so far, and none may have."""
    return entry is None or (entry.state == "queued" and not entry.accepted)


def _refuse_second(waiting: Waiting, known: Mapping[str, Entry], in_outbox: Sequence[Waiting], *, again: bool) -> None:
    if not waiting.reflected:
        refuse_second(known.values(), entry_of(waiting), {each.id for each in in_outbox}, again=again)


def _queue(folder: Path, waiting: Waiting, now: Now) -> Entry:
    put(folder, waiting)
    entry = entry_of(waiting).at(now(), "queued")
    record(folder, entry)
    return entry


def _try(folder: Path, waiting: Waiting, entry: Entry, ready: Ready, now: Now) -> Outcome:
    hand_over = ready(waiting)
    record(folder, entry.at(now(), "trying"))
    try:
        outcome = hand_over()
    except BundlerError:
        record(folder, entry.at(now(), "queued"))
        raise
    except BaseException:  # interrupted, or a fault of ours: what was given over is not known
        record(folder, entry.at(now(), "unknown"))
        raise
    ended = entry.after(now(), outcome, waiting.letter.recipients)
    record(folder, ended)
    if outcome.state in ("delivered", "refused"):
        take_out(folder, waiting.id)
    elif outcome.state == "partly":
        _keep_for_later(folder, waiting, ended, tuple(r.recipient for r in outcome.refusals if is_for_now(r.code)), now)
    return outcome


def _keep_for_later(
    folder: Path, waiting: Waiting, entry: Entry, recipients: tuple[str, ...], now: Now | None = None
) -> Waiting | None:
    """The letter for those whom the server refused for now; None, and out of the outbox, where there are none."""
    if not recipients:
        take_out(folder, waiting.id)
        return None
    rest = narrowed(waiting, recipients)
    put(folder, rest)
    if now is not None:
        record(folder, entry.at(now(), "queued"))
    return rest


def _remaining(folder: Path, waiting: Waiting, entry: Entry | None) -> Waiting | None:
    """The letter for those who have no answer yet; what a killed run has not tidied is tidied."""
    if entry is None:
        return waiting
    if entry.state in ("delivered", "refused", "dropped"):
        take_out(folder, waiting.id)
        return None
    answered = {*entry.accepted, *entry.refused}
    rest = tuple(each for each in waiting.letter.recipients if each not in answered)
    return waiting if rest == waiting.letter.recipients else _keep_for_later(folder, waiting, entry, rest)


def _drop_replaced(folder: Path, ordered: list[Waiting], known: dict[str, Entry], now: Now) -> list[Waiting]:
    """``ordered`` without letters that were never tried and that a later one with the same parts stands for."""
    kept = []
    for number, each in enumerate(ordered):
        later = ordered[number + 1 :]
        if is_untried(known.get(each.id)) and any(_takes_place_of(other, each) for other in later):
            record(folder, known.get(each.id, entry_of(each)).at(now(), "dropped"))
            take_out(folder, each.id)
        else:
            kept.append(each)
    return kept


def _takes_place_of(new: Waiting, old: Waiting) -> bool:
    if new.id == old.id or new.reflected != old.reflected or not is_same_mail(entry_of(new), entry_of(old)):
        return False
    return set(old.letter.recipients) <= set(new.letter.recipients)
