"""Whether a mail is what it was when its ticket was made: its own digest, and that of each of its files."""

from __future__ import annotations

from collections.abc import Iterator

from bundler.document import TICKET_NAME, Manifest, damage, decode, fits_own_digest
from bundler.errors import UnreadableInput
from bundler.mail.decoding import visible
from bundler.mail.digest import fits_digest
from bundler.mail.presence import Part, find_manifest, manifest_file, parts_of
from bundler.mail.read import Mail
from bundler.model import Finding

_MAIL = "the mail"
_TOLD = {
    "renamed": ("PRV117", "arrived as {other}; its content is right."),
    "line-ends": ("PRV118", "arrived with other line ends; else it is what it was when the ticket was made."),
    "changed": ("PRV101", "is not what it was when the ticket was made."),
    "extra": ("PRV103", "is not in the manifest."),
    "missing": ("PRV111", "is not attached to the mail."),
}


def verify_mail(mail: Mail, data: bytes) -> tuple[Finding, ...]:
    """What is wrong with ``mail``, read from ``data``, and with the evidence attached to it; nothing when it is whole.

    A draft that was never sent is judged by its every byte (``digest``), a mail that was sent by its files and the
    manifest of them: programs write the rest anew. Reports stay in the bundle beside the mail and are not asked for.
    What the mail leaves out, as its own manifest says, is told as notes, as are files that arrived under another name.
    """
    findings = []
    is_sent = mail.find_header("Date") is not None or mail.find_header("Received") is not None
    if mail.find_header("X-Unsent") is None and not is_sent:
        findings.append(damage("PRV112", _MAIL))
    if not is_sent and not fits_digest(data):
        findings.append(damage("PRV114", _MAIL))
    if mail.defects:
        findings.append(damage("PRV113", _MAIL, f"The mail is malformed in places: {'; '.join(mail.defects[:3])}."))
    manifest = find_manifest(mail)
    if manifest is None:
        return (damage("PRV110", _MAIL), *findings)
    if not fits_own_digest(manifest_file(mail)):
        findings.append(damage("PRV120", _MAIL))
    parts = parts_of(mail.attachments, manifest)
    return (*_files(parts), *_ticket(mail, manifest, parts), *findings, *_lacks(parts), *_whole(manifest))


def _files(parts: tuple[Part, ...]) -> Iterator[Finding]:
    for part in parts:
        if part.state in _TOLD:
            code, told = _TOLD[part.state]
            other = part.arrived_as or "a file without a name"
            yield damage(code, _MAIL, f"{part.name or 'A file without a name'} {told.format(other=other)}")


def _lacks(parts: tuple[Part, ...]) -> Iterator[Finding]:
    """What the manifest itself says that the mail does not hold: no damage, but to be known."""
    for part in parts:
        if part.note:
            yield damage("PRV116" if part.state == "elsewhere" else "PRV115", _MAIL, f"{part.name} {part.note}.")


def _whole(manifest: Manifest) -> Iterator[Finding]:
    """Which bundle holds what this mail, or all mails of the ticket, leave out."""
    if (bundle := manifest.bundle) is not None:
        told = f"The whole of it is in {visible(bundle.name)}: {bundle.size:,} bytes, SHA-256 {bundle.sha256}."
        yield damage("PRV119", _MAIL, told)


def _ticket(mail: Mail, manifest: Manifest, parts: tuple[Part, ...]) -> list[Finding]:
    part = next((part for part in parts if part.name == TICKET_NAME), None)
    if part is None or part.number is None:  # in another mail of the ticket, or missing, which is told already
        return []
    data = mail.attachments[part.number][2]
    try:
        document = decode(data)
    except UnreadableInput as error:
        return [damage("PRV106", _MAIL, error.message)]
    return [] if document.ticket_id == manifest.ticket_id else [damage("PRV107", _MAIL)]
