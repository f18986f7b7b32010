"""Letters that are ready to leave, each a private file that is there until the letter is gone; touches their folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bundler.delivery.ledger import Entry, Way
from bundler.delivery.state import flush_folder, telling, write_whole
from bundler.errors import BundlerError, UnreadableInput
from bundler.mail.letter import Letter

_FOLDER = "outbox"
_ENDING = ".letter"
_SCHEMA = "ticket-bundler/outbox/2"
_FOREIGN = re.compile(r"[^A-Za-z0-9-]+")


class Waiting(Struct, frozen=True):
    """A letter in the outbox, and what its hand-over needs. ``source`` is the file that it was made from."""

    id: str
    letter: Letter
    way: Way
    account: str
    source: str = ""
    reflected: bool = False

    @property
    def sha256(self) -> str:
        """Of the bytes that leave."""
        return sha256(self.letter.data).hexdigest()


class Damaged(Struct, frozen=True):
    """A file in the outbox that is not the letter that was put in under ``id``, or cannot be read: never to be sent.

    ``ticket_id`` is empty where nothing tells whose it was.
    """

    id: str
    error: BundlerError
    ticket_id: str = ""


class _Head(Struct, frozen=True):
    """The first line of the file; the bytes of the mail, which ``waiting`` has not, follow as they are."""

    schema: str
    sha256: str
    waiting: Waiting


def entry_of(waiting: Waiting) -> Entry:
    """What the ledger first says of a letter: nothing was tried yet."""
    letter = waiting.letter
    return Entry(
        when="",
        id=waiting.id,
        ticket_id=letter.ticket_id,
        way=waiting.way,
        account=waiting.account,
        recipients=letter.recipients,
        sha256=waiting.sha256,
        message_id=letter.message_id,
        state="queued",
        reflected=waiting.reflected,
    )


def name_letter(letter: Letter, way: Way, account: str, moment: str, *, reflected: bool) -> str:
    """The id of a hand-over: another one for every letter, way and moment; fit for a file's name."""
    what = "\0".join((way, account, str(reflected), *letter.recipients, letter.message_id))
    digest = sha256(letter.data + what.encode()).hexdigest()[:12]
    return f"{_FOREIGN.sub('', moment)}-{_FOREIGN.sub('-', letter.ticket_id)[:48]}-{digest}"


def put(folder: Path, waiting: Waiting) -> Path:
    """Write the letter, on the disk and whole when this returns; one with the same id is replaced."""
    bare = replace(waiting, letter=replace(waiting.letter, data=b""))
    head = _Head(_SCHEMA, waiting.sha256, bare)
    place = folder / _FOLDER
    with telling(place):
        place.mkdir(mode=0o700, exist_ok=True)
    path = place / f"{waiting.id}{_ENDING}"
    write_whole(path, msgspec.json.encode(head) + b"\n" + waiting.letter.data)
    return path


def take_out(folder: Path, letter_id: str) -> None:
    """Remove a letter, which has arrived, was refused, or has been replaced, if it is there."""
    place = folder / _FOLDER
    with telling(place):
        (place / f"{letter_id}{_ENDING}").unlink(missing_ok=True)
        flush_folder(place)


def narrowed(waiting: Waiting, recipients: tuple[str, ...]) -> Waiting:
    """The same letter for fewer: those whom the server has not taken it for yet."""
    return replace(waiting, letter=replace(waiting.letter, recipients=recipients))


def letters(folder: Path) -> list[Waiting]:
    """All letters in the outbox that are what was put in, the oldest first."""
    return [each for each in contents(folder) if isinstance(each, Waiting)]


def contents(folder: Path) -> Iterator[Waiting | Damaged]:
    """All that is in the outbox, the oldest first."""
    place = folder / _FOLDER
    with telling(place):
        paths = sorted(path for path in place.glob(f"*{_ENDING}") if path.is_file()) if place.is_dir() else []
    for path in paths:
        try:
            data = path.read_bytes()
        except FileNotFoundError:  # another run has sent it meanwhile
            continue
        except OSError as error:
            yield _damaged(path, f"cannot be read ({(error.strerror or 'unknown reason').lower()})")
        else:
            yield _read(path, data)


def _read(path: Path, data: bytes) -> Waiting | Damaged:
    line, _, content = data.partition(b"\n")
    try:
        head = msgspec.json.decode(line, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        head = None
    named = (_SCHEMA, path.stem, sha256(content).hexdigest())
    if head is None or (head.schema, head.waiting.id, head.sha256) != named:
        return _damaged(path, "is not what was put into the outbox")
    return replace(head.waiting, letter=replace(head.waiting.letter, data=content))


def _damaged(path: Path, what: str) -> Damaged:
    hint = "Remove it, and send the ticket again from its bundle."
    return Damaged(path.stem, UnreadableInput(f"{path} {what}, so it is not sent.", hint))
