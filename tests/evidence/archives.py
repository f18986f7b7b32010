"""Zips and tars of logs, and what is read of one."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import tarfile
import zipfile
from pathlib import Path

from bundler.evidence.sources import Source, gather

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LINE = b"2026-11-23 14:03:27,%03d INFO shop: payment %d\n"
TEXT = b"".join(LINE % (number % 1000, number * 7919) for number in range(3_000))
PACKERS = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd.compress,
}


def make_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip of these files, written to ``path``."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def make_tar(path: Path, members: dict[str, bytes]) -> Path:
    """A tar of these files, written to ``path``."""
    with tarfile.open(path, "w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def contents(sources: list[Source]) -> dict[str, bytes]:
    """What each source reads as, by its name within the archive."""
    found = {}
    for source in sources:
        with source.open() as stream:
            found[source.name.partition("/")[2]] = stream.read()
    return found


def look(path: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """What is read of an archive and why the rest is not, by the names within it."""
    sources, skipped = gather([str(path)])
    return contents(sources), {each.name.partition("/")[2]: each.why for each in skipped}


def change_entry(path: Path, name: bytes, offset: int, value: int) -> None:
    """Change a byte of the entry for ``name`` in the directory of a zip."""
    data = bytearray(path.read_bytes())
    entry = data.rindex(name) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + offset] = value
    path.write_bytes(bytes(data))
