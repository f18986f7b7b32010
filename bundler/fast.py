"""The faster libraries of the extra ``[fast]``: there or not, and whether they may be used."""

from __future__ import annotations

from types import ModuleType
from typing import Literal

Library = Literal["isal", "backports.zstd", "hyperscan", "stringzilla"]

enabled = True
"""False makes the standard library do everything; set once by the front, before anything is read."""


def module(name: Library) -> ModuleType | None:
    """The library, imported; None when it is not installed, does not load on this machine, or is switched off.

    Zstandard cannot be switched off: before Python 3.14 nothing else unpacks it.
    """
    if not enabled and name != "backports.zstd":
        return None
    try:
        return _imported(name)
    except (ImportError, OSError):
        return None


def _imported(name: Library) -> ModuleType:
    found: ModuleType
    match name:
        case "isal":
            import isal.igzip_lib
            import isal.isal_zlib

            found = isal
        case "backports.zstd":
            import backports.zstd

            found = backports.zstd
        case "hyperscan":
            import hyperscan

            found = hyperscan
        case "stringzilla":
            import stringzilla

            found = stringzilla
    return found
