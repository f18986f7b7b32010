"""Gives masked files their names: no two the same, none too long, none that holds a secret."""

from __future__ import annotations

import os
import re

from bundler.redact.sweep import Sweep
from bundler.redact.vault import PLACEHOLDER

_LONGEST = 200
"""How many bytes a part of a path may have; most systems take 255, and endings are added."""
WITHHELD = ".withheld.txt"
_ENDINGS = re.compile(
    rb"(?:\.(?:log|txt|out|err|jsonl?|har|xml|html?|csv|md|ya?ml|toml|ini|conf|sh|http|curl|eml|mbox|tar))?"
    rb"(?:\.(?:log|txt|json|har|gz|bz2|xz|lzma|zst|tgz|zip|png|jpe?g|webp|pdf))?$",
    re.IGNORECASE,
)
"""What tells people and programs the kind of a file; none of it ends the name of a host."""


def masked_name(sweep: Sweep, name: str) -> str:
    """``name``, which is a path with ``/`` below some folder, with placeholders as a file's name can hold them."""
    written = os.fsencode(name)
    masked = sweep.mask(written)
    if sweep.is_learning:
        return name
    ending = _ENDINGS.search(written)
    if ending is not None and not masked.endswith(ending[0]):
        masked += ending[0]  # it was taken for a part of what had to go: jane.doe@example.com.log
    short = PLACEHOLDER.sub(lambda found: b"[" + found[1] + b"-" + found[2] + b"]", masked)
    parts = [_cut(part) for part in short.split(b"/") if part not in (b"", b".", b"..")]
    return os.fsdecode(b"/".join(parts)) or "without a name"


def _cut(part: bytes) -> bytes:
    if len(part) <= _LONGEST:
        return part
    ending = part[part.rfind(b".") :] if part.rfind(b".", len(part) - 16) >= 0 else b""
    return part[: _LONGEST - len(ending)].decode("utf-8", "ignore").encode() + ending


class Names:
    """The names in one folder tree or archive, where the second file of a name gets a number."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._numbers: dict[str, int] = {}

    def take(self, name: str) -> str:
        """``name``, or one like it that is free; upper and lower case count as the same, as on many systems."""
        *folders, last = name.split("/")
        path = ""
        for folder in folders:
            path = self._free(path + folder, self._files)
            self._folders.add(path.casefold())
            path += "/"
        path = self._free(path + last, self._files, self._folders)
        self._files.add(path.casefold())
        return path

    def _free(self, path: str, *taken: set[str]) -> str:
        stem, dot, ending = path.rpartition(".") if "." in path.rpartition("/")[2][1:] else (path, "", "")
        free = path
        while any(free.casefold() in names for names in taken):
            self._numbers[path] = number = self._numbers.get(path, 1) + 1
            free = f"{stem} ({number}){dot}{ending}"
        return free
