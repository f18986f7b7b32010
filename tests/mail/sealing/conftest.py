"""Keys of the people that the sealed mails are for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mail.gnupg import Gnupg, gnupg
from tests.mail.letters import SENDER, SUPPORT
from tests.mail.sealing.sealed import AUDIT, CHIEF


@pytest.fixture(scope="module")
def home() -> Iterator[Gnupg]:
    """Keys of Curve25519 and of RSA, of two people each; the sender has one too."""
    with gnupg() as home:
        for address, sign, encrypt in (
            (SUPPORT, "ed25519", "cv25519"),
            (AUDIT, "rsa2048", "rsa2048"),
            (CHIEF, "ed25519", "cv25519"),
            (SENDER.address, "ed25519", "cv25519"),
        ):
            home.add(home.make(f"Somebody <{address}>", kind=sign), kind=encrypt)
        yield home
