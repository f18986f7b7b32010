"""The private map as a file: opened, written and kept out of the evidence; touches the map's folder."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from bundler.assemble.sealing import Recipients, is_sealed, seal, unseal
from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence.contents import unreadable
from bundler.evidence.sources import Skipped, Source
from bundler.pack.publish import Output, publish
from bundler.redact.vault import Vault, looks_like_map

ENDING = ".map.json"
SEALED_ENDING = ".map.json.age"
_LARGEST = 512 * 1024 * 1024
_NUMBERED = re.compile(r"\.[0-9]+of[0-9]+$")


def open_map(path: Path, identities: Sequence[Path] = ()) -> Vault:
    """The private map in a file, decrypted by one of the keys in ``identities`` where it is encrypted.

    Raises ``UnreadableInput`` for a file that is not there, damaged, of a newer version or written for somebody else,
    ``MisuseError`` for an encrypted one without an identity.
    """
    data = _read(path)
    plain = unseal(data, identities, path.name) if is_sealed(data) else data
    return Vault.from_json(plain, path.name)


def map_beside(bundle: Path) -> Path | None:
    """The map that was written together with a bundle or a mail, one of several too; None where it is not any more."""
    stem = _NUMBERED.sub("", bundle.with_suffix("").name)
    for ending in (ENDING, SEALED_ENDING):
        beside = bundle.with_name(f"{stem}{ending}")
        if beside.is_file():
            return beside
    return None


def maps_in(folder: Path) -> tuple[Path, ...]:
    """The private maps in a folder, sorted by name; none where it cannot be listed."""
    try:
        return tuple(sorted(each for each in folder.iterdir() if each.name.endswith((ENDING, SEALED_ENDING))))
    except OSError:
        return ()


def is_map_sealed(path: Path) -> bool:
    """True when the map in this file is encrypted; raises ``UnreadableInput``."""
    try:
        with path.open("rb") as stream:
            return is_sealed(stream.read(64))
    except OSError as error:
        raise unreadable(str(path), error) from error


def may_others_read(path: Path) -> bool:
    """True when the file's mode lets somebody read it but its owner; never where modes tell nothing."""
    try:
        return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except OSError:
        return False


def map_bytes(vault: Vault, recipients: Recipients | None) -> bytes:
    """The map as it is written: as JSON, or encrypted where there are recipients."""
    plain = vault.to_json()
    return seal(plain, recipients) if recipients is not None else plain


def write_map(path: Path, vault: Vault, recipients: Recipients | None = None) -> None:
    """Write the map, whole or not at all, readable by its owner alone; what was there is replaced.

    Raises ``EnvironmentProblem`` where it cannot be written.
    """
    publish(path.parent, (Output(path.name, map_bytes(vault, recipients), private=True),), overwrite=True)


def is_map(source: Source) -> bool:
    """True for a private map among the evidence, by what is in it or, encrypted, by its name."""
    return looks_like_map(source.head) or (is_sealed(source.head) and source.name.endswith(SEALED_ENDING))


def without_maps(sources: Iterable[Source], skipped: list[Skipped]) -> list[Source]:
    """``sources`` without private maps, which hold the real values: one that was found is left out with a note.

    Raises ``MisuseError`` for one that was named.
    """
    kept: list[Source] = []
    for source in sources:
        if not is_map(source):
            kept.append(source)
        elif source.named:
            raise MisuseError(
                f"{source.name} is a private map: it holds the real values, and is no evidence.",
                "Leave it out; to use the same placeholders again, name it with --map.",
            )
        else:
            skipped.append(Skipped(source.name, "a private map, which holds the real values and never leaves"))
    return kept


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise unreadable(str(path), error) from error
    if len(data) > _LARGEST:
        raise UnreadableInput(f"{path.name} is too large for a private map.", "Name the ….map.json beside the bundle.")
    return data
