"""The ledger of hand-overs: one line of JSON for each step, digests and addresses, no contents; touches its file.

A line is only ever added. The last line about a hand-over says how it stands; a line that a crash cut short is left
out, and what it would have said is then not known, which is told as such.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bundler.delivery.outcome import Outcome
from bundler.delivery.state import telling
from bundler.errors import MisuseError

Way = Literal["imap", "smtp", "sendmail"]
Standing = Literal["queued", "trying", "delivered", "partly", "refused", "unknown", "dropped"]
"""``trying`` with nobody trying is ``unknown``; ``dropped`` is a letter that a newer one took the place of."""

_NAME = "ledger.jsonl"


class AlreadySent(MisuseError):
    """The recipient has the mail."""


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one hand-over stood at a moment. ``sha256`` is of the bytes that leave.

    ``accepted`` and ``refused`` are recipients; of the others nothing is known. ``reflected`` is one to oneself, which
    does not count as sent.
    """

    when: str
    id: str
    ticket_id: str
    way: Way
    account: str
    recipients: tuple[str, ...]
    sha256: str
    message_id: str
    state: Standing
    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    place: str = ""
    reflected: bool = False

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The recipients whom no server has taken it for or refused."""
        return tuple(each for each in self.recipients if each not in (*self.accepted, *self.refused))

    def at(self, moment: datetime, state: Standing) -> Entry:
        """The same hand-over, standing otherwise from ``moment`` on."""
        return replace(self, when=f"{moment:%Y-%m-%dT%H:%M:%SZ}", state=state)

    def after(self, moment: datetime, outcome: Outcome, tried: Sequence[str]) -> Entry:
        """The same hand-over with how it ended for those it was ``tried`` for; ``queued`` if it may be tried later."""
        if outcome.state == "later":
            return self.at(moment, "queued")
        if outcome.state == "unknown":  # whom the server would have taken it for, it may have taken it for
            return self.at(moment, "unknown")
        accepted = outcome.accepted or (tried if outcome.state == "delivered" else ())
        refused = [each.recipient for each in outcome.refusals if not is_for_now(each.code)]
        return replace(
            self.at(moment, outcome.state),
            accepted=tuple(dict.fromkeys((*self.accepted, *accepted))),
            refused=tuple(dict.fromkeys((*self.refused, *refused))),
            place=outcome.place,
        )


def is_for_now(code: int) -> bool:
    """Whether a server refused with a code that lets one try again (RFC 5321 section 4.2.1)."""
    return 400 <= code < 500


def record(folder: Path, entry: Entry) -> None:
    """Add a line, on the disk when this returns; raises ``EnvironmentProblem`` when it cannot be written."""
    path = folder / _NAME
    line = msgspec.json.encode(entry) + b"\n"
    with telling(path), os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":  # the last run was cut short within a line
                line = b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def entries(folder: Path) -> dict[str, Entry]:
    """The last line about every hand-over, by its id, in the order in which they began."""
    path = folder / _NAME
    if not path.exists():
        return {}
    found: dict[str, Entry] = {}
    with telling(path), path.open("rb") as file:
        for line in file:
            try:
                entry = msgspec.json.decode(line, type=Entry)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            found[entry.id] = entry
    return found


def sent_ids(known: Iterable[Entry], ticket_id: str) -> tuple[str, ...]:
    """The Message-IDs of the mails of a ticket that were sent and taken, the latest last, each once.

    Of drafts nobody knows whether they were sent, nor under which id.
    """
    found = [
        entry.message_id
        for entry in known
        if entry.ticket_id == ticket_id and entry.way != "imap" and entry.accepted and not entry.reflected
    ]
    return tuple(dict.fromkeys(filter(None, found)))


def refuse_second(known: Iterable[Entry], new: Entry, kept: Collection[str] = (), *, again: bool = False) -> None:
    """Raise ``AlreadySent`` where the same mail went to one of the recipients of ``new``, ``MisuseError`` where it may
    have gone.

    ``again`` allows the first of the two, and the second where the very bytes are not ``kept`` (ids of hand-overs).
    To be called by whoever is ``alone``: a line that says ``trying`` is then of a run that was killed.
    """
    wanted = {each.lower() for each in new.recipients}
    for entry in known:
        if not is_same_mail(entry, new) or entry.reflected or entry.way == "imap":
            continue
        had = [each for each in entry.accepted if each.lower() in wanted]
        if had and not again:
            raise AlreadySent(
                f"This mail of ticket {new.ticket_id} was sent to {', '.join(had)} already, {entry.when}.",
                "To send it once more: --again.",
            )
        is_open = entry.state in ("trying", "unknown") and wanted & {each.lower() for each in entry.unanswered}
        if is_open and not (again and entry.id not in kept):
            raise MisuseError(unknown_told(entry), look_first(is_kept=entry.id in kept))


def is_same_mail(one: Entry, other: Entry) -> bool:
    """Whether two hand-overs are of the same parts of a ticket, whoever sends them and to whom.

    The Message-ID follows from the ticket and the parts, up to its host; a follow-up, and each of several mails of one
    ticket, has another.
    """
    return (one.ticket_id, one.message_id.partition("@")[0]) == (other.ticket_id, other.message_id.partition("@")[0])


def unknown_told(entry: Entry) -> str:
    """One sentence about a hand-over whose end nobody knows."""
    return f"It is not known whether ticket {entry.ticket_id} arrived at {', '.join(entry.unanswered)}, {entry.when}."


def look_first(*, is_kept: bool) -> str:
    """What to do about it: look, then say what was seen."""
    return f"Look into your Sent folder first, or ask there. {if_it_arrived(is_kept=is_kept)}"


def if_it_arrived(*, is_kept: bool) -> str:
    """What whoever has looked types."""
    otherwise = "--resume hands the very same mail over again" if is_kept else "--again sends the ticket anew"
    return f"If it has arrived, type --arrived; if not, {otherwise}."
