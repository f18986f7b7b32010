"""Whether a bundle is what it was when it was made: every byte of the archive is accounted for."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from bundler.document import MANIFEST_NAME, TICKET_NAME, damage, decode
from bundler.errors import UnreadableInput
from bundler.model import Finding
from bundler.pack import container
from bundler.pack.open import Bundle


def verify(bundle: Bundle) -> tuple[Finding, ...]:
    """What is wrong with ``bundle``; nothing when it is intact.

    Digests tell that the files are those of the manifest; the archive built once more from its members tells that
    there is nothing beside them: no comment, no gap, no other time or attribute. This finds what happened by
    accident or on the way. It is no signature: who makes a whole new bundle is not found out.
    """
    findings = [*_files(bundle), *_ticket(bundle)]
    if bundle.archive != container.write(sorted(bundle.packed, key=lambda member: member.name)):
        findings.append(damage("PRV105", MANIFEST_NAME))
    return tuple(findings)


def _files(bundle: Bundle) -> list[Finding]:
    listed = {file.name: file for file in bundle.manifest.files}
    packed = {member.name: sha256(member.data).hexdigest() for member in bundle.packed}
    found = bundle.members
    del found[MANIFEST_NAME]
    findings = [
        damage("PRV104", name, f"The manifest lists {name} twice.")
        for name, count in Counter(file.name for file in bundle.manifest.files).items()
        if count > 1
    ]
    for name, file in listed.items():
        if name not in found:
            findings.append(damage("PRV102", name, f"{name} is in the manifest and not in the bundle."))
        elif name in bundle.damaged or (len(found[name]), sha256(found[name]).hexdigest()) != (file.size, file.sha256):
            findings.append(damage("PRV101", name, f"{name} is not what it was when the bundle was made."))
        elif file.packed_sha256 is not None and file.packed_sha256 != packed[name]:
            findings.append(damage("PRV105", name, f"{name} says the same and was packed by another program."))
    findings += [
        damage("PRV103", name, f"{name} is in the bundle and not in the manifest.")
        for name in sorted(found.keys() - listed)
    ]
    return findings


def _ticket(bundle: Bundle) -> list[Finding]:
    data = bundle.members.get(TICKET_NAME)
    if data is None:
        return [damage("PRV106", TICKET_NAME, "The bundle has no ticket.json.")]
    try:
        document = decode(data)
    except UnreadableInput as error:
        return [damage("PRV106", TICKET_NAME, error.message)]
    findings = []
    if document.ticket_id != bundle.manifest.ticket_id:
        findings.append(damage("PRV107", TICKET_NAME))
    names = {each.file for group in (document.exchanges, document.logs, document.pictures) for each in group}
    evidence = {name for name in bundle.members if "/" in name}
    if names != evidence:
        findings.append(damage("PRV108", TICKET_NAME))
    return findings
