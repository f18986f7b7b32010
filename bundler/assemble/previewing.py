"""Looks through a finished bundle or mail for the person who is about to send it: what is in it, masked, and unseen."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Literal

from msgspec import Struct

from bundler.assemble.verification import Verdict, no_ticket, verify_file
from bundler.document import (
    MANIFEST_NAME,
    TICKET_NAME,
    Elsewhere,
    Manifest,
    TicketDocument,
    attachment_name,
    count_redactions,
    decode,
    decode_manifest,
)
from bundler.errors import UnreadableInput
from bundler.mail.presence import BESIDE
from bundler.mail.read import read_mail
from bundler.model import Finding, Omission, Redaction
from bundler.pack.open import is_zip, open_bundle
from bundler.providers import load_or_generic
from bundler.providers.desks import Support
from bundler.redact import Vault
from bundler.render.comparison import Compared, Spots, compare
from bundler.render.privacy import Group, Masked, Unseen, Withheld, by_group, by_kind, decided, unseen_of, withheld_in

MAIL_TEXT, MAIL_HTML = "the mail's text", "the mail's HTML"
"""What the two bodies of a mail are called among its files."""

_EVIDENCE = ("exchanges/", "logs/", "pictures/")


class Contents(Struct, frozen=True):
    """What lies in a bundle or a mail: its files by their names in the bundle, and what the ticket says of them."""

    form: Literal["bundle", "mail"]
    data: bytes
    files: dict[str, bytes]
    manifest: Manifest
    document: TicketDocument


class PreviewFile(Struct, frozen=True):
    """One file that would leave."""

    name: str
    size: int
    origin: str
    masked: tuple[Masked, ...]
    omitted: tuple[Omission, ...] = ()

    @property
    def is_evidence(self) -> bool:
        """True for what came from the user, as opposed to what was written about it."""
        return self.name.startswith(_EVIDENCE)

    @property
    def is_picture(self) -> bool:
        return self.name.startswith("pictures/")


class LeftOut(Struct, frozen=True):
    """Evidence that was named or found and is not in the bundle, or a file of the bundle that is not in the mail."""

    source: str
    why: str


class Preview(Struct, frozen=True):
    """All that one look has to tell, without any value that was masked."""

    ticket_id: str
    form: Literal["bundle", "mail"]
    size: int
    sha256: str
    files: tuple[PreviewFile, ...]
    groups: tuple[Group, ...]
    unseen: tuple[Unseen, ...]
    withheld: tuple[Withheld, ...]
    left_out: tuple[LeftOut, ...]
    decided: tuple[Finding, ...]
    verdict: Verdict
    support: Support
    provider: str
    document: TicketDocument
    tool: str

    @property
    def pictures(self) -> tuple[PreviewFile, ...]:
        return tuple(file for file in self.files if file.is_picture)

    @property
    def is_intact(self) -> bool:
        return not any(finding.severity == "blocker" for finding in self.verdict.damage)


def open_contents(data: bytes) -> Contents:
    """The files in the bytes of a bundle or a mail; raises ``UnreadableInput`` for what is neither."""
    if is_zip(data):
        bundle = open_bundle(data)
        return _contents("bundle", data, bundle.members, bundle.manifest)
    mail = read_mail(data)
    attached = {name: content for name, _, content in mail.attachments}
    if MANIFEST_NAME not in attached:
        raise no_ticket()
    manifest = decode_manifest(attached[MANIFEST_NAME])
    named = {attachment_name(file.name): file.name for file in manifest.files}
    files = {named.get(name, name): content for name, content in attached.items()}
    texts = {MAIL_TEXT: mail.text.encode(), MAIL_HTML: mail.html.encode()}
    return _contents("mail", data, {**texts, **files}, manifest)


def _contents(form: Literal["bundle", "mail"], data: bytes, files: dict[str, bytes], manifest: Manifest) -> Contents:
    if TICKET_NAME not in files:
        raise UnreadableInput(f"There is no {TICKET_NAME} in it.", "Make it again: ticket-bundler create.")
    return Contents(form, data, files, manifest, decode(files[TICKET_NAME]))


def look_through(contents: Contents, vault: Vault | None) -> Preview:
    """What would leave, what was masked in it and what nobody has looked into; searches it for leaks as ``verify``."""
    document = contents.document
    pictures = [(picture.file, picture.source, picture.box_count) for picture in document.pictures]
    files = tuple(_files(contents))
    profile = load_or_generic(document.provider)
    return Preview(
        ticket_id=contents.manifest.ticket_id,
        form=contents.form,
        size=len(contents.data),
        sha256=sha256(contents.data).hexdigest(),
        files=files,
        groups=by_group(document.redactions),
        unseen=unseen_of(document.not_looked_into, pictures),
        withheld=withheld_in((file.name, contents.files[file.name]) for file in files if file.is_evidence),
        left_out=(
            *(LeftOut(taken.source, taken.reason) for taken in document.evidence if not taken.used),
            *(LeftOut(each.name, each.why or f"in mail {each.mail}") for each in _elsewhere(contents.manifest)),
        ),
        decided=decided(document.findings),
        verdict=verify_file(contents.data, vault),
        support=profile.support,
        provider=profile.name if profile.slug == document.provider else document.provider,
        document=document,
        tool=contents.manifest.tool,
    )


def _elsewhere(manifest: Manifest) -> Iterator[Elsewhere]:
    return (each for each in manifest.elsewhere if each.name not in BESIDE)


def compare_files(
    contents: Contents, vault: Vault | None, *, context: int | None = None, only: str = ""
) -> tuple[Compared, ...]:
    """Exchanges and logs as they leave beside what they were, and of ``ticket.json`` the lines that were masked.

    ``only`` names a file to be compared alone, whichever it is. Pictures are never compared.
    """
    spots = Spots(contents.document.redactions, vault)
    names = [only] if only else [*_ordered(contents)]
    made = []
    for name in names:
        data = contents.files[name]
        if name.startswith("pictures/") or (not only and not name.startswith(_EVIDENCE) and name != TICKET_NAME):
            continue
        made.append(compare(name, data, spots, context=0 if name == TICKET_NAME and not only else context))
    return tuple(made)


def _ordered(contents: Contents) -> list[str]:
    """Evidence first, in the order of the ticket; then what was written about it."""
    return sorted(contents.files, key=lambda name: (not name.startswith(_EVIDENCE), name))


def _files(contents: Contents) -> list[PreviewFile]:
    listed = {file.name: file for file in contents.manifest.files}
    made = []
    for name in _ordered(contents):
        if name == MANIFEST_NAME:
            continue
        data = contents.files[name]
        if name in listed:
            file = listed[name]
            made.append(PreviewFile(name, len(data), file.origin, by_kind(file.redactions), file.omitted))
        else:
            is_body = name in (MAIL_TEXT, MAIL_HTML)
            masked: tuple[Redaction, ...] = count_redactions(data, contents.document.redactions)
            origin = "the ticket, rendered" if is_body else "not in the manifest"
            made.append(PreviewFile(name, len(data), origin, by_kind(masked)))
    return made
