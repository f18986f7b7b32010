"""A GnuPG of the tests' own: real keys in a folder that goes away, and what it says of a message."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

needs_gpg = pytest.mark.skipif(not shutil.which("gpg"), reason="gpg is not installed")


class Gnupg(NamedTuple):
    """One home of GnuPG, with secret keys in it."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "GNUPGHOME": str(self.home), "LC_ALL": "C"}

    def run(self, *arguments: str, data: bytes = b"", at: str = "") -> bytes:
        """What gpg writes; ``at`` is the moment that it takes for the present (``20250101T000000``)."""
        clock = ("--faked-system-time", f"{at}!") if at else ()
        command = ["gpg", "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", *clock]
        outcome = subprocess.run(
            [*command, *arguments], input=data, env=self.environment, capture_output=True, check=False
        )
        assert outcome.returncode == 0, outcome.stderr.decode("utf-8", "replace")
        return outcome.stdout

    def make(self, user_id: str, *, kind: str = "ed25519", expires: str = "never", at: str = "") -> str:
        """The fingerprint of a new key for signatures alone."""
        self.run("--quick-generate-key", user_id, kind, "sign", expires, at=at)
        return self.fingerprint(f"={user_id}")

    def add(self, fingerprint: str, *, kind: str = "cv25519", expires: str = "never", at: str = "") -> None:
        """Give the key a part to encrypt to."""
        self.run("--quick-add-key", fingerprint, kind, "encr", expires, at=at)

    def fingerprint(self, whose: str) -> str:
        """Of the key, or of the part whose key id that is."""
        listed = self.run("--with-colons", "--list-keys", whose).decode()
        prints: list[str] = re.findall(r"^fpr:+([0-9A-F]+):", listed, re.MULTILINE)
        return next((each for each in prints if each.endswith(whose)), prints[0])

    def part_ids(self, whose: str) -> list[str]:
        """The key ids of the parts to encrypt to."""
        listed = self.run("--with-colons", "--list-keys", whose).decode()
        return re.findall(r"^sub:[^:]*:[0-9]+:[0-9]+:([0-9A-F]{16}):", listed, re.MULTILINE)

    def certificate(self, whose: str, *, armoured: bool = True) -> bytes:
        return self.run(*(("--armor",) if armoured else ()), "--export", whose)

    def decrypt(self, message: bytes) -> bytes:
        return self.run("--decrypt", data=message)

    def readers(self, message: bytes) -> list[str]:
        """The key ids that a message tells; zeros for one that is not told."""
        listed = self.run("--list-packets", "--list-only", data=message).decode()
        return re.findall(r"^:pubkey enc packet:.* keyid ([0-9A-F]{16})", listed, re.MULTILINE)


@contextmanager
def gnupg() -> Iterator[Gnupg]:
    """A new home below the system's own temporary folder, whose path is short enough for the agent's socket."""
    home = Path(tempfile.mkdtemp(prefix="gnupg-"))
    try:
        yield Gnupg(home)
    finally:
        subprocess.run(
            ["gpgconf", "--kill", "all"], env={**os.environ, "GNUPGHOME": str(home)}, capture_output=True, check=False
        )
        shutil.rmtree(home, ignore_errors=True)
