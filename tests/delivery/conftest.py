"""What the tests of handing over share: certificates for servers on loopback, and a server of mailboxes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.certificates import Certificate, Certificates, make_certificates, openssl_is_here
from tests.delivery.dovecot import Dovecot, dovecot


@pytest.fixture(scope="session")
def certificates() -> Iterator[Certificates]:
    """Certificates in a folder that servers can read after they have changed their user (pytest's own is 0700)."""
    if not openssl_is_here():
        pytest.skip("openssl is not installed")
    with tempfile.TemporaryDirectory(prefix="certificates-") as folder:
        Path(folder).chmod(0o755)
        yield make_certificates(Path(folder))


@pytest.fixture
def good(certificates: Certificates) -> Certificate:
    """The certificate that is right."""
    return certificates.good


@pytest.fixture(scope="module")
def _server(certificates: Certificates) -> Iterator[Dovecot]:
    with dovecot(certificates.good) as running:
        yield running


@pytest.fixture
def server(_server: Dovecot) -> Dovecot:
    """A server that knows what mailboxes of today know; they are empty."""
    _server.empty()
    return _server
