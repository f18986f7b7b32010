"""The other ways to get the same work done: ripgrep, timecat, lnav, mawk, and a shell pipeline for the whole job.

ripgrep, lnav, mawk, zstd, sed and zip are Debian packages. timecat comes from PyPI and wants a virtual environment of
its own. What is not installed is said in its row, which then does not count.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.benchmarks.measuring import Command

START, END = "2026-03-11 14:32:22", "2026-03-11 14:42:22"
STAMPS = r"^2026-03-11 14:(32:(2[2-9]|[3-5])|3[3-9]|4[01]|42:([01]|2[01]))"
"""The window as a pattern: all that a search program can do, and it loses the lines of stack traces."""

MASKS = r"""
s/\b(Bearer|Basic) +[A-Za-z0-9+\/._~=-]{8,}/\1 [masked]/g
s/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/[token]/g
s/\b(client_secret|access_token|refresh_token|password|cvv)=[^ &"]+/\1=[masked]/g
s/\b[a-z]{2}_(test|live)_[A-Za-z0-9]{12,}/[key]/g
s/\bAKIA[A-Z0-9]{16}\b/[cloud-key]/g
s/[A-Za-z0-9._-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/[mail]/g
s/\+[0-9]{2} [0-9]{3,4}( ?[0-9]{2,6})+/[phone]/g
s/\b[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\b/[account]/g
s/\b[0-9]{4}( ?[0-9]{4}){3}\b/[card]/g
s/\b3[47][0-9]{13}\b/[card]/g
s/\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b/[address]/g
s/\b[0-9a-f]{1,4}:[0-9a-f:]*::?[0-9a-f]{1,4}:[0-9a-f]{1,4}\b/[address]/g
"""

JOB = r"""
set -e
mkdir "$4"
rg -N "$2" "$1" | LC_ALL=C sed -E -f "$5" > "$4/window.log"
rg -N -F "$3" "$1" | LC_ALL=C sed -E -f "$5" > "$4/payment.log"
cd "$4"
zip -q -6 ticket.zip window.log payment.log
"""


class Peers:
    """Commands of the peers, all writing to the same file of a memory file system."""

    def __init__(self, scratch: Path, timecat: str) -> None:
        self._output = scratch / "theirs.out"
        self._scratch = scratch
        self._timecat = timecat

    def missing(self, name: str) -> bool:
        """Whether a row has to do without this one."""
        if name == "shell":
            return not all(map(shutil.which, ("rg", "sed", "zip")))
        return shutil.which(self._timecat if name == "timecat" else name) is None

    def _to_file(self, *arguments: str) -> Command:
        return Command(arguments, self._output, redirected=True)

    def window(self, name: str, log: Path) -> Command:
        """The ten minutes around the error out of one plain log."""
        if name == "timecat":
            return self._to_file(self._timecat, "-s", START, "-e", END, str(log))
        if name == "lnav":
            around = ("-c", f":hide-lines-before {START}", "-c", f":hide-lines-after {END}")
            return self._to_file("lnav", "-n", *around, str(log))
        if name == "mawk":
            return self._to_file("mawk", f'/^2026-/{{p=($0>="{START}" && $0<"{END}")}} p', str(log))
        return self._to_file("rg", "-N", STAMPS, str(log))

    def rotated_window(self, folder: Path) -> Command:
        """The same out of a folder of compressed logs."""
        return self._to_file("rg", "-z", "-I", "-N", STAMPS, str(folder))

    def ids(self, ids: tuple[str, ...], log: Path, *, packed: bool = False) -> Command:
        """The lines that hold one of the ids."""
        options = ("-I", "-N", *(("-z",) if packed else ()), "-F")
        if len(ids) == 1:
            return self._to_file("rg", *options, ids[0], str(log))
        listed = self._scratch / "ids.txt"
        listed.write_text("".join(f"{each}\n" for each in ids), "utf-8")
        return self._to_file("rg", *options, "-f", str(listed), str(log))

    def job(self, payment: str, log: Path) -> Command:
        """Window and payment, masked and zipped."""
        script, masks = self._scratch / "job.sh", self._scratch / "masks.sed"
        script.write_text(JOB, "utf-8")
        masks.write_text(MASKS, "utf-8")
        folder = self._scratch / "theirs"
        return Command(("sh", str(script), str(log), STAMPS, payment, str(folder), str(masks)), folder)
