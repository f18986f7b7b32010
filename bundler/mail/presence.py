"""Which files of a ticket are in a mail: each one that its manifest lists beside what arrived, by name and by content.

Content tells more than a name: programs and lists rename attachments and write their line ends anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Literal, TypeVar

from msgspec import Struct

from bundler.amounts import plural
from bundler.document import MANIFEST_NAME, TICKET_NAME, Elsewhere, Manifest, attachment_name, decode_manifest
from bundler.document.manifest import ManifestFile
from bundler.errors import UnreadableInput
from bundler.mail.decoding import visible
from bundler.mail.read import Mail

_Digest = tuple[int, str]
_Key = TypeVar("_Key", str, _Digest, tuple[str, _Digest])
PartState = Literal["whole", "renamed", "line-ends", "changed", "missing", "extra", "elsewhere"]

BESIDE = frozenset(("report.html", "report.md", "privacy.md"))
"""What stays in the bundle: the mail's own text stands for it."""
_LARGEST_TEXT = 8_000_000
"""Line ends are compared in files up to this many bytes; what is larger and differs has changed."""


class Part(Struct, frozen=True):
    """One file of the ticket. ``arrived_as`` is the name in the mail, empty for what is not in it.

    ``number`` counts the mail's files from 0, None for what is not in it. ``note`` is what the mail itself says that it
    lacks of the file, as the end of a sentence.
    """

    name: str
    state: PartState
    arrived_as: str = ""
    number: int | None = None
    note: str = ""


def find_manifest(mail: Mail) -> Manifest | None:
    """The manifest attached to the mail, or None where there is none that can be read."""
    try:
        return decode_manifest(manifest_file(mail))
    except UnreadableInput:
        return None


def manifest_file(mail: Mail) -> bytes:
    """The content of the first file with the name of a manifest; nothing where there is none."""
    return next((data for name, _, data in mail.attachments if name == MANIFEST_NAME), b"")


def parts_of(files: Sequence[tuple[str, str, bytes]], manifest: Manifest | None) -> tuple[Part, ...]:
    """Every file that ``manifest`` lists, then every other one that is there, then what it says is elsewhere.

    Reports that are not attached are not asked for: the mail's own text stands for them. Without a manifest nothing can
    be judged, and every file is ``extra``. A file that two entries could mean is given to the one that fits best.
    """
    listed = manifest.files if manifest is not None else ()
    free = {number: (name, data) for number, (name, _, data) in enumerate(files)}
    if manifest is not None:
        own = next((number for number, (name, _) in free.items() if name == MANIFEST_NAME), None)
        free = {number: file for number, file in free.items() if number != own}
    found = _matched(listed, free)
    parts = [
        found.get(file.name) or Part(_name(file), "missing", note=_lack(file)) for file in listed if _is_asked(file)
    ]
    parts += [found[file.name] for file in listed if not _is_asked(file) and file.name in found]
    parts += [Part(name, "extra", name, number) for number, (name, _) in free.items()]
    return (*parts, *(_elsewhere(manifest) if manifest is not None else ()))


def _elsewhere(manifest: Manifest) -> Iterator[Part]:
    for file in manifest.elsewhere:
        if file.mail is not None and manifest.mail is not None:
            place = f"in mail {file.mail} of {manifest.mail.count}"
        elif file.name in BESIDE:
            continue
        else:
            place = f"not in this mail: {file.why}"
        yield Part(_name(file), "elsewhere", note=f"({plural(file.size, 'byte')}) is {place}")


def _lack(file: ManifestFile) -> str:
    if file.whole is None:
        return ""
    why = file.omitted[-1].why if file.omitted else "cut"
    return f"has {file.size:,} of {plural(file.whole.size, 'byte')}: {why}"


def _name(file: ManifestFile | Elsewhere) -> str:
    return visible(attachment_name(file.name))  # as names of attachments are read


def _is_asked(file: ManifestFile) -> bool:
    return "/" in file.name or file.name == TICKET_NAME


def _matched(listed: Sequence[ManifestFile], free: dict[int, tuple[str, bytes]]) -> dict[str, Part]:
    """The surest first: name and content, content, name, content but for its line ends. Takes them out of ``free``."""
    digests = {number: _digest(data) for number, (_, data) in free.items()}
    found: dict[str, Part] = {}

    def take(file: ManifestFile, numbers: list[int], state: PartState | None) -> None:
        while numbers:  # each number is looked at once, however often a hostile manifest lists a name
            number = numbers.pop()
            if number in free:
                name, data = free.pop(number)
                state = state or ("line-ends" if _listed(file) in _forms(data) else "changed")
                found[file.name] = Part(_name(file), state, name, number, _lack(file))
                return

    def left() -> Iterator[ManifestFile]:
        return (file for file in listed if file.name not in found)

    exact = _grouped(((name, digests[number]), number) for number, (name, _) in free.items())
    for file in left():
        take(file, exact.get((_name(file), _listed(file)), []), "whole")
    by_digest = _grouped((digests[number], number) for number in free)
    for file in left():
        take(file, by_digest.get(_listed(file), []), "renamed")
    by_name = _grouped((name, number) for number, (name, _) in free.items())
    for file in left():
        take(file, by_name.get(_name(file), []), None)
    by_form = _grouped((form, number) for number, (_, data) in free.items() for form in _forms(data))
    for file in left():
        take(file, by_form.get(_listed(file), []), "line-ends")
    return found


def _digest(data: bytes) -> _Digest:
    return len(data), sha256(data).hexdigest()


def _listed(file: ManifestFile) -> _Digest:
    return file.size, file.sha256


def _grouped(pairs: Iterable[tuple[_Key, int]]) -> dict[_Key, list[int]]:
    """The numbers of each key, the first one last, to be popped."""
    groups: dict[_Key, list[int]] = {}
    for key, number in pairs:
        groups.setdefault(key, []).append(number)
    return {key: numbers[::-1] for key, numbers in groups.items()}


def _forms(data: bytes) -> frozenset[_Digest]:
    """The digests of the same text with other line ends, and with or without the last one."""
    if len(data) > _LARGEST_TEXT:
        return frozenset()
    plain = data.replace(b"\r\n", b"\n")
    bare = plain.rstrip(b"\n")
    forms = (plain, bare, bare + b"\n")
    return frozenset(_digest(form) for each in forms for form in (each, each.replace(b"\n", b"\r\n")))
