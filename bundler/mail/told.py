"""What the text of a mail has to say of its files, and the manifest that lists them, when it does not hold them all."""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from bundler.document import (
    TICKET_NAME,
    Elsewhere,
    MailNumber,
    Manifest,
    ManifestFile,
    Whole,
    count_redactions,
    encode_manifest,
)
from bundler.mail.calls import MailFile
from bundler.mail.fit import Holding
from bundler.mail.splitting import Share
from bundler.model import Omission, Redaction

_IN_BUNDLE = "only in the bundle"


class Told(Struct, frozen=True):
    """What templates know of a mail beside its ticket. Files go by their names in the mail, as ``layout`` gives them.

    ``lacks`` is what a file lacks, or why it is not there; ``places`` the mails that have it, where there are several;
    ``absent`` are those that this mail does not hold. ``bundle`` is the zip that holds everything, where the mail does
    not.
    """

    number: int = 1
    count: int = 1
    lacks: dict[str, tuple[Omission, ...]] = {}
    places: dict[str, tuple[int, ...]] = {}
    absent: frozenset[str] = frozenset()
    bundle: Whole | None = None

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_whole(self) -> bool:
        return not self.lacks and self.count == 1


WHOLE = Told()
"""Of a mail that holds everything, alone."""


def told_of(holding: Holding, bundle: Whole) -> Told:
    """Of a mail that is the only one of its ticket."""
    if holding.is_whole:
        return WHOLE
    lacks: dict[str, tuple[Omission, ...]] = {file.name: file.omitted for file in holding.files if file.omitted}
    lacks |= {each.name: (each.omitted,) for each in holding.left_out}
    return Told(lacks=lacks, absent=frozenset(each.name for each in holding.left_out), bundle=bundle)


def told_of_share(share: Share, bundle: Whole) -> Told:
    """Of one mail of several."""
    here = [(share.number, file) for file in share.holding.files]
    places: dict[str, tuple[int, ...]] = {}
    lacks: dict[str, tuple[Omission, ...]] = {each.name: (each.omitted,) for each in share.holding.left_out}
    for number, file in sorted([*here, *share.others], key=lambda each: each[0]):
        if file.name == TICKET_NAME:  # every mail has it
            lacks |= {file.name: file.omitted} if file.omitted else {}
            continue
        name = file.whole if file.is_piece else file.name
        places[name] = (*places.get(name, ()), number)
        if file.omitted and not file.is_piece:
            lacks[name] = file.omitted
    absent = {name for name, numbers in places.items() if share.number not in numbers} | lacks.keys() - places.keys()
    return Told(share.number, share.count, lacks, places, frozenset(absent), bundle)


def manifest_of(holding: Holding, own: Manifest, bundle: Whole) -> bytes:
    """The manifest of the only mail of a ticket, made of ``own``, the bundle's; the same where it holds everything."""
    if holding.is_whole:
        return encode_manifest(own)
    return _manifest(holding, own, bundle, (), None)


def manifest_of_share(share: Share, own: Manifest, bundle: Whole) -> bytes:
    """The manifest of one mail of several: what is attached to it, and in which of the others the rest is."""
    return _manifest(share.holding, own, bundle, share.others, MailNumber(number=share.number, count=share.count))


def _manifest(
    holding: Holding,
    own: Manifest,
    bundle: Whole,
    others: tuple[tuple[int, MailFile], ...],
    mail: MailNumber | None,
) -> bytes:
    listed = {file.name: file for file in own.files}
    known = holding.ticket.redactions
    files = [_file(file, listed[file.whole], known) for file in holding.files]
    why = {each.name: each.omitted.why for each in holding.left_out}
    sent = {file.whole for file in holding.files} | {file.whole for _, file in others}
    elsewhere = [
        Elsewhere(name=file.name, size=len(file.data), sha256=sha256(file.data).hexdigest(), mail=number)
        for number, file in others
        if file.name != TICKET_NAME  # every mail has its own
    ]
    elsewhere += [
        Elsewhere(name=file.name, size=file.size, sha256=file.sha256, why=why.get(file.name, _IN_BUNDLE))
        for file in own.files
        if file.name not in sent
    ]
    return encode_manifest(
        Manifest(
            schema=own.schema,
            ticket_id=own.ticket_id,
            tool=own.tool,
            files=tuple(sorted(files, key=lambda file: file.name)),
            elsewhere=tuple(sorted(elsewhere, key=lambda file: file.name)),
            bundle=bundle,
            mail=mail,
        )
    )


def _file(file: MailFile, own: ManifestFile, known: tuple[Redaction, ...]) -> ManifestFile:
    if not file.omitted:
        return own
    return ManifestFile(
        name=file.name,
        size=len(file.data),
        sha256=sha256(file.data).hexdigest(),
        origin=own.origin,
        redactions=count_redactions(file.data, known),
        omitted=(*own.omitted, *file.omitted),
        whole=Whole(name=own.name, size=own.size, sha256=own.sha256),
    )
