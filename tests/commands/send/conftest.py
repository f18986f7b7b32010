"""Tickets to be sent, and servers on loopback to send them by."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.send.sending import configure, configure_smtp, printing, split_ticket
from tests.conftest import NOW, Invoke
from tests.delivery.certificates import Certificate, Certificates, make_certificates, openssl_is_here
from tests.delivery.dovecot import Dovecot, dovecot
from tests.delivery.rigs import Sink, reception

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates for servers on loopback."""
    if not openssl_is_here():
        pytest.skip("openssl is not installed")
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def good(certificates: Certificates) -> Certificate:
    """The one that is right."""
    return certificates.good


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Path:
    """The bundle of the demo, with mail and map beside it; made once."""
    folder = tmp_path_factory.mktemp("demo")
    home = str(tmp_path_factory.mktemp("home"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": str(NOW), "HOME": home}
    environment |= {"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home, "XDG_CACHE_HOME": str(cache_folder)}
    command = [sys.executable, "-m", "bundler", "demo", "-q", "-o", str(folder)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.zip"))


@pytest.fixture
def ticket(demo: Path, tmp_path: Path) -> Path:
    """A bundle of the test's own, with mail and map beside it."""
    for file in demo.parent.iterdir():
        shutil.copy(file, tmp_path)
    return tmp_path / demo.name


@pytest.fixture
def sink() -> Sink:
    """What a server has taken."""
    return Sink()


@pytest.fixture
def server(sink: Sink, good: Certificate) -> Iterator[int]:
    """A server that the configured account sends by."""
    with reception(sink, good) as port:
        configure_smtp(port, good)
        yield port


@pytest.fixture
def mailbox(good: Certificate) -> Iterator[Dovecot]:
    """A mailbox that the configured account has its drafts in."""
    with dovecot(good) as running:
        secret = printing("s3cret")
        configure(
            f'imap = "imaps://localhost:{running.imaps}"', f'ca_file = "{good.cert}"', f"password_command = {secret}"
        )
        yield running


@pytest.fixture
def several(invoke: Invoke, tmp_path: Path) -> Path:
    """The bundle of a ticket whose log is too much for one mail; three lie beside it or more."""
    return split_ticket(invoke, tmp_path)
