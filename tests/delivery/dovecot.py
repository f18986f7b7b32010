"""A Dovecot of the test's own on this machine: IMAP, LMTP, SASL for Postfix, OAuth2 tokens, quotas; root or not.

Localised Drafts with SPECIAL-USE, as most mailboxes outside English-speaking countries have them. It treats connections
from its own address as private already; connect from 127.0.0.2 to see how it refuses a login without TLS.
"""

from __future__ import annotations

import grp
import http.server
import imaplib
import json
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.delivery.certificates import Certificate
from tests.evidence.object_servers import Answer, free_port, serving

PROGRAM = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
needs_dovecot = pytest.mark.skipif(PROGRAM is None, reason="dovecot is not installed")

USER = "dev@example.test"
SUPPORT = "support@example.test"
FULL = "full@example.test"
"""Three mailboxes with the same password; that of ``FULL`` takes 20 kB in all."""
PASSWORD = "s3cret"
TOKEN = "good-token"
"""The only token that gets in, as ``USER``."""
DRAFTS = "Entwürfe"
LARGEST = 1_000_000
"""Bytes of one mail; a larger one is refused with ``NO [LIMIT]``."""
CAPABILITIES_OF_OLD = "IMAP4rev1 LITERAL+ SASL-IR NAMESPACE QUOTA"
"""For ``capabilities``: a server without UIDPLUS, SPECIAL-USE and LIST-EXTENDED (it still knows the commands)."""
_PATIENCE_S = 20


class Dovecot(NamedTuple):
    """A running server on 127.0.0.1: its ports, and the folder that holds ``log`` and ``mail/USER/Maildir``."""

    imap: int
    imaps: int
    lmtp: int
    sasl: int
    folder: Path

    def empty(self) -> None:
        """Takes away all mail and all folders that were made; nobody may be in a mailbox."""
        for each in (self.folder / "mail").iterdir():
            shutil.rmtree(each)


@contextmanager
def dovecot(
    certificate: Certificate,
    *,
    drafts: str = DRAFTS,
    special_use: bool = True,
    separator: str = "/",
    prefix: str = "",
    capabilities: str = "",
    tls: bool = True,
) -> Iterator[Dovecot]:
    """A server with empty mailboxes, gone with all mail at the end.

    ``drafts`` is made at the first login (empty: there is none) and tells what it is for with ``special_use``;
    ``prefix`` stands before the names of all folders but INBOX; ``capabilities`` replaces what the server says of
    itself after login; without ``tls`` both ports speak nothing but plain text.
    """
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # short, for names of sockets may have 107 bytes only
    folder.chmod(0o755)
    try:
        with serving(_introspect) as introspection:
            server = Dovecot(free_port(), free_port(), free_port(), free_port(), folder)
            folders = _namespace(_mailboxes(drafts, special_use=special_use), separator, prefix)
            configuration = _configure(server, certificate, introspection, folders, capabilities, tls=tls)
            with _running(configuration, server):
                yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def visiting(server: Dovecot, certificate: Certificate, user: str = USER) -> Iterator[imaplib.IMAP4_SSL]:
    """The mailbox of a user, to arrange it and to look into it."""
    context = ssl.create_default_context(cafile=certificate.cert)
    with imaplib.IMAP4_SSL("localhost", server.imaps, ssl_context=context, timeout=_PATIENCE_S) as visitor:
        visitor.login(user, PASSWORD)
        yield visitor


@contextmanager
def _running(configuration: Path, server: Dovecot) -> Iterator[None]:
    assert PROGRAM
    log = server.folder / "log"
    with (server.folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [PROGRAM, "-F", "-c", configuration], stdout=output, stderr=output, start_new_session=True
        )
    try:
        until = time.monotonic() + _PATIENCE_S
        for port in (server.imap, server.imaps, server.lmtp, server.sasl):
            while not _answers(port):
                if process.poll() is not None or time.monotonic() > until:
                    said = [
                        file.read_text(errors="replace") for file in (server.folder / "output", log) if file.exists()
                    ]
                    raise RuntimeError("\n".join(said))
                time.sleep(0.05)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:  # it would wait five seconds for children that are in no hurry
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(_PATIENCE_S)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _introspect(request: http.server.BaseHTTPRequestHandler) -> Answer:
    """What an authorization server says of a token (RFC 7662)."""
    asked = request.rfile.read(int(request.headers.get("Content-Length", 0))).decode()
    token = urllib.parse.parse_qs(asked).get("token", [""])[0]
    body = json.dumps({"active": token == TOKEN, "email": USER}).encode()
    return 200, {"Content-Type": "application/json"}, body


def _mailboxes(drafts: str, *, special_use: bool) -> str:
    folders = [(drafts, r"\Drafts"), ("Sent", r"\Sent")] if drafts else [("Sent", r"\Sent")]
    return "\n".join(
        f'mailbox "{name}" {{\n auto = create\n {f"special_use = {use}" if special_use else ""}\n}}'
        for name, use in folders
    )


def _namespace(mailboxes: str, separator: str, prefix: str) -> str:
    return f'namespace inbox {{\n inbox = yes\n separator = {separator}\n prefix = "{prefix}"\n {mailboxes}\n}}'


def _configure(
    server: Dovecot, certificate: Certificate, introspection: int, namespace: str, capabilities: str, *, tls: bool
) -> Path:
    folder, secure = server.folder, "yes" if tls else "no"
    if os.geteuid() == 0:
        owner, group, internal, login = "nobody", "nogroup", "dovecot", "dovenull"
    else:
        owner = internal = login = pwd.getpwuid(os.geteuid()).pw_name
        group = grp.getgrgid(os.getegid()).gr_name
    for name in ("mail", "run", "state"):
        (folder / name).mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder / "mail", owner, group)
    for source, target in ((certificate.cert, "cert.pem"), (certificate.key, "key.pem")):
        shutil.copyfile(source, folder / target)
    (folder / "users").write_text(
        f"{USER}:{{PLAIN}}{PASSWORD}::::::\n"
        f"{SUPPORT}:{{PLAIN}}{PASSWORD}::::::\n"
        f"{FULL}:{{PLAIN}}{PASSWORD}::::::userdb_quota_rule=*:bytes=20000\n"
    )
    (folder / "oauth2.ext").write_text(
        "introspection_mode = post\n"
        f"introspection_url = http://127.0.0.1:{introspection}/introspect\n"
        "username_attribute = email\nactive_attribute = active\nactive_value = true\n"
    )
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {grp.getgrgid(pwd.getpwnam(internal).pw_gid).gr_name}
default_login_user = {login}
ssl = {secure}
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login xoauth2 oauthbearer
# a wrong password would cost seconds
auth_failure_delay = 0
first_valid_uid = 1
mail_uid = {owner}
mail_gid = {group}
mail_home = {folder}/mail/%u
mail_location = maildir:~/Maildir
mail_plugins = quota
{f"imap_capability = {capabilities}" if capabilities else ""}
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = maildir:User quota
  quota_rule = *:storage=200M
  quota_max_mail_size = {LARGEST}B
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.ext
}}
passdb {{
  driver = passwd-file
  # LMTP asks without a mechanism
  mechanisms = plain login none
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
  default_fields = uid={owner} gid={group} home={folder}/mail/%u
}}
{namespace}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {server.imap}
  }}
  inet_listener imaps {{
    port = {server.imaps}
    ssl = {secure}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {server.lmtp}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {server.sasl}
  }}
}}
service auth-worker {{
  user = {internal}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    # after a wrong password everybody from the same address would wait
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
""",
        encoding="utf-8",
    )
    return configuration
