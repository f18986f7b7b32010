"""A Postfix of the test's own on this machine: TLS, logins by Dovecot, delivery into Dovecot, and no way out."""

from __future__ import annotations

import os
import shutil
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.delivery.certificates import Certificate
from tests.delivery.dovecot import Dovecot
from tests.evidence.object_servers import free_port

_PATHS = os.environ.get("PATH", "") + ":/usr/sbin:/usr/lib"
PROGRAM = shutil.which("postfix", path=_PATHS)
SENDMAIL = shutil.which("sendmail", path=_PATHS)
needs_postfix = pytest.mark.skipif(
    PROGRAM is None or os.geteuid() != 0, reason="postfix is not installed, or the tests do not run as root"
)
LARGEST = 500_000
"""Bytes of one mail."""
_PATIENCE_S = 20

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
myhostname = localhost
mydestination =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.test
virtual_mailbox_maps = inline:{{ dev@example.test=1, support@example.test=1 }}
virtual_transport = lmtp:inet:127.0.0.1:{dovecot.lmtp}
default_transport = error:no outbound mail in tests
relay_transport = error:no outbound mail in tests
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
message_size_limit = {largest}
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{dovecot.sasl}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_sasl_authenticated, reject
"""

_MASTER = """
127.0.0.1:{relay}      inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_relay_restrictions={known}
  -o smtpd_recipient_restrictions={known}
127.0.0.1:{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
127.0.0.1:{smtps}      inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
pickup   unix n - n 60    1 pickup
cleanup  unix n - n -     0 cleanup
qmgr     unix n - n 300   1 qmgr
tlsmgr   unix - - n 1000? 1 tlsmgr
rewrite  unix - - n -     - trivial-rewrite
bounce   unix - - n -     0 bounce
defer    unix - - n -     0 bounce
trace    unix - - n -     0 bounce
verify   unix - - n -     1 verify
flush    unix n - n 1000? 0 flush
proxymap unix - - n -     - proxymap
smtp     unix - - n -     - smtp
showq    unix n - n -     - showq
error    unix - - n -     - error
retry    unix - - n -     - error
lmtp     unix - - n -     - lmtp
anvil    unix - - n -     1 anvil
postlog  unix-dgram n - n - 1 postlogd
"""


class Postfix(NamedTuple):
    """A running server on 127.0.0.1: its ports, and its folder with ``maillog``.

    At ``relay`` it asks nobody to log in, and takes mail from 127.0.0.1 alone, as companies' relays do.
    """

    submission: int
    smtps: int
    relay: int
    folder: Path

    @property
    def sendmail(self) -> tuple[str, ...]:
        """The program that gives a mail to this server's queue."""
        assert SENDMAIL
        return (SENDMAIL, "-C", str(self.folder / "conf"))


@contextmanager
def postfix(certificate: Certificate, dovecot: Dovecot) -> Iterator[Postfix]:
    """A server that takes mail of those who log in with a password or token of ``dovecot``, for its mailboxes only."""
    assert PROGRAM
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))  # pytest's own folders let no other user through
    folder.chmod(0o755)
    server = Postfix(free_port(), free_port(), free_port(), folder)
    try:
        for name in ("conf", "data", "queue"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        for source, target in ((certificate.cert, "cert.pem"), (certificate.key, "key.pem")):
            shutil.copyfile(source, folder / target)
        (folder / "conf" / "main.cf").write_text(_MAIN.format(folder=folder, dovecot=dovecot, largest=LARGEST))
        (folder / "conf" / "master.cf").write_text(
            _MASTER.format(
                submission=server.submission, smtps=server.smtps, relay=server.relay, known="permit_mynetworks,reject"
            ).lstrip()
        )
        _postfix(folder, "start")
        try:
            _wait(server)
            yield server
        finally:
            _postfix(folder, "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postfix(folder: Path, word: str) -> None:
    assert PROGRAM
    with (folder / "output").open("wb") as output:  # a file, since the server keeps what it inherits
        done = subprocess.run([PROGRAM, "-c", folder / "conf", word], stdout=output, stderr=output, check=False)
    assert done.returncode == 0, (folder / "output").read_text(errors="replace")


def _wait(server: Postfix) -> None:
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", server.submission, "localhost", 5) as talk:
                talk.noop()
                return
        except (OSError, smtplib.SMTPException):
            if time.monotonic() > until:
                raise RuntimeError((server.folder / "maillog").read_text(errors="replace")) from None
            time.sleep(0.05)
