"""Tars of any length in bounded memory; touches only what it is given to read or to write."""

from __future__ import annotations

from tarfile import TarFile, TarInfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import SupportsRead


class LongTar(TarFile):
    """A tar that forgets each member when the next one comes; the standard library's would remember all of them."""

    members: list[TarInfo]

    def next(self) -> TarInfo | None:
        found = super().next()
        self.members = []
        return found

    def addfile(self, tarinfo: TarInfo, fileobj: SupportsRead[bytes] | None = None) -> None:
        super().addfile(tarinfo, fileobj)
        self.members = []
