"""Looks at a draft before it leaves: whether it may, and what it becomes for the way that it takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from bundler.assemble.handing_over import refuse_card_data
from bundler.assemble.previewing import Preview, look_through, open_contents
from bundler.assemble.verification import Verdict, verify_file
from bundler.delivery.keys import read_keys
from bundler.errors import BundlerError, ExitCode, LeakFound, MisuseError, UnreadableInput
from bundler.mail.faults import TOO_LARGE, fault
from bundler.mail.fit import DEFAULT_LIMIT
from bundler.mail.keys import Key
from bundler.mail.letter import Letter, Manner, Sender
from bundler.mail.lint import lint
from bundler.mail.manners import as_letter
from bundler.mail.sealing import seal_letter
from bundler.model import Finding
from bundler.pack.open import is_zip, open_bundle
from bundler.redact import Leak, Vault

_NUMBERED = re.compile(r"\.\d{1,3}of\d{1,3}$")


class Outgoing(Struct, frozen=True):
    """A draft as it was found: its bytes, the bundle beside it if any, and what a look at it shows.

    ``source`` is the file that was named, ``path`` the draft itself; of the mails of its ticket it is ``number`` of
    ``count``, and ``inside`` the verdict about a bundle that leaves encrypted. ``allowed`` is the recipient's limit as
    it was typed.
    """

    source: Path
    path: Path
    draft: bytes
    bundle: bytes
    preview: Preview
    number: int = 1
    count: int = 1
    inside: Verdict | None = None
    allowed: int = 0

    @property
    def ticket_id(self) -> str:
        return self.preview.ticket_id

    @property
    def size_limit(self) -> int:
        """The largest mail that the recipient takes, in bytes; what nearly all take where that is not known."""
        return self.allowed or self.preview.support.size_limit or DEFAULT_LIMIT


class Addressed(Struct, frozen=True):
    """Whom a mail goes to and comes from; ``to`` is None for the draft's own recipient."""

    sender: Sender | None = None
    to: tuple[str, ...] | None = None
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: str = ""
    keys: tuple[str, ...] = ()
    unattended: bool = False

    @property
    def changes_draft(self) -> bool:
        """Whether a draft to be opened is another one than the file that is there."""
        return bool(self.to is not None or self.cc or self.bcc or self.reply_to or self.keys)


class Prepared(Struct, frozen=True):
    """The mail as it would leave, and what the rules of mail have to say of it before it is encrypted."""

    letter: Letter
    findings: tuple[Finding, ...]


class Blocked(BundlerError):
    """The mail should not be sent as it is."""

    exit_code = ExitCode.BLOCKED


def bundle_of(path: Path) -> Path:
    """Where the bundle of a draft lies, which need not be there; several mails of one ticket have the same."""
    return path.with_name(f"{_NUMBERED.sub('', path.stem)}.zip")


def drafts_of(source: Path, data: bytes) -> list[Path]:
    """The drafts that belong to what was named: itself, or the mail, or all the numbered mails, beside a bundle.

    Raises ``UnreadableInput`` where they are not there.
    """
    if not is_zip(data):
        return [source]
    beside = source.with_suffix(".eml")
    if beside.is_file():
        return [beside]
    named = re.compile(re.escape(source.stem) + r"\.(\d{1,3})of(\d{1,3})\.eml")
    found = {path.name: match for path in source.parent.iterdir() if (match := named.fullmatch(path.name))}
    count = max((int(match[2]) for match in found.values()), default=0)
    wanted = [f"{source.stem}.{number}of{count}.eml" for number in range(1, count + 1)] or [beside.name]
    if missing := [name for name in wanted if name not in found]:
        raise UnreadableInput(
            f"There is no mail beside {source.name}: {missing[0]} is missing.",
            "ticket-bundler create writes them together; put it back, or make the ticket again.",
        )
    return [source.with_name(name) for name in wanted]


def look_at(
    source: Path,
    path: Path,
    draft: bytes,
    bundle: bytes,
    vault: Vault | None,
    *,
    seals: bool = False,
    allowed: int = 0,
) -> Outgoing:
    """The draft with all that there is to say of it; ``bundle`` may be empty, and is looked at where ``seals``.

    Raises ``UnreadableInput`` for what is no mail with a ticket, and for a bundle of another ticket.
    """
    contents = open_contents(draft)
    if contents.form != "mail":
        raise UnreadableInput(f"{path.name} is no mail.", "Name a ticket-….zip with its mail beside it, or the mail.")
    if bundle and (other := open_bundle(bundle).manifest.ticket_id) != contents.manifest.ticket_id:
        raise UnreadableInput(
            f"{source.name} and the mail beside it are of different tickets: {other}, {contents.manifest.ticket_id}.",
            "Name the mail that you mean to send.",
        )
    mail = contents.manifest.mail
    number, count = (mail.number, mail.count) if mail is not None else (1, 1)
    inside = verify_file(bundle, vault) if bundle and seals and count == 1 else None
    return Outgoing(source, path, draft, bundle, look_through(contents, vault), number, count, inside, allowed)


def prepare(outgoing: Outgoing, manner: Manner, addressed: Addressed, moment: datetime) -> Prepared:
    """The letter of ``manner``, and what the rules of mail say of it; encrypted where there are keys.

    Raises ``MisuseError`` and ``UnreadableInput`` as ``as_letter``, ``read_keys`` and ``seal_letter`` do.
    """
    letter = as_letter(
        outgoing.draft,
        manner,
        addressed.sender,
        moment if manner in ("imap", "send") else None,
        to=addressed.to,
        cc=addressed.cc,
        bcc=addressed.bcc,
        reply_to=addressed.reply_to,
        unattended=addressed.unattended,
    )
    found = lint(letter.data, manner, size_limit=outgoing.size_limit, sender=addressed.sender)
    if addressed.keys:
        letter, too_large = _sealed(outgoing, letter, read_keys(addressed.keys), moment)
        found = (*(each for each in found if each.code != TOO_LARGE), *too_large)
    return Prepared(letter, tuple(found))


def _sealed(
    outgoing: Outgoing, letter: Letter, keys: Sequence[Key], moment: datetime
) -> tuple[Letter, tuple[Finding, ...]]:
    """The letter encrypted, and a finding where it is too large then.

    One of OpenPGP that is too large as a whole mail becomes one with the bundle attached, which is packed.
    """
    if outgoing.count == 1 and not outgoing.bundle:
        raise MisuseError(
            f"There is no bundle beside {outgoing.path.name} that could be encrypted.",
            "Name the bundle: ticket-bundler send ticket-….zip.",
        )
    sealed = seal_letter(letter, keys, moment, bundle=outgoing.bundle)
    limit = outgoing.size_limit
    if len(sealed.data) > limit and outgoing.count == 1:
        packed = seal_letter(letter, keys, moment, form="attachment", bundle=outgoing.bundle)
        sealed = min(sealed, packed, key=lambda each: len(each.data))
    if len(sealed.data) <= limit:
        return sealed, ()
    told = f"The encrypted mail has {len(sealed.data):,} bytes; it may have {limit:,}."
    return sealed, (fault(TOO_LARGE, told),)


def leaks_of(outgoing: Outgoing) -> tuple[Leak, ...]:
    """Secrets in all that would leave."""
    return (*outgoing.preview.verdict.leaks, *(outgoing.inside.leaks if outgoing.inside is not None else ()))


def unread_of(outgoing: Outgoing) -> tuple[str, ...]:
    """What could not be searched for them."""
    inside = outgoing.inside.not_looked_into if outgoing.inside is not None else ()
    return (*outgoing.preview.verdict.not_looked_into, *inside)


def blockers(outgoing: Outgoing, linted: Sequence[Finding] = ()) -> tuple[Finding, ...]:
    """What forbids that the mail leaves, but for leaks: damage, the ticket's own blockers, and rules of mail."""
    inside = outgoing.inside.damage if outgoing.inside is not None else ()
    found = (*outgoing.preview.verdict.damage, *inside, *outgoing.preview.document.findings, *linted)
    return tuple(each for each in found if each.severity == "blocker")


def refuse_unfit(outgoing: Outgoing, linted: Sequence[Finding]) -> None:
    """Raise ``LeakFound`` where something secret is in what would leave, and ``Blocked`` for what else forbids it.

    Card data is searched for once more, for the ticket's own word excuses none.
    """
    if leaks := leaks_of(outgoing):
        more = f" (and {len(leaks) - 1} more)" if len(leaks) > 1 else ""
        raise LeakFound(f"There is still {leaks[0]}{more}; nothing left.", leaks[0].hint)
    if unread := unread_of(outgoing):
        told = f"Not all of the mail could be searched for secrets: {unread[0]}; nothing left."
        raise Blocked(told, f"ticket-bundler preview {outgoing.path.name} shows what that is.")
    if found := blockers(outgoing, linted):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise Blocked(f"{found[0].code} {found[0].message}{more} Nothing left.", found[0].advice)
    for data in (outgoing.draft, *((outgoing.bundle,) if outgoing.inside is not None else ())):
        refuse_card_data(data)
