"""SMTP servers on loopback: one refuses, hangs and lacks what real ones do not (aiosmtpd), the other only recites."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bundler.delivery.accounts import Account, Credential, Mechanism, Security, Server
from bundler.mail.letter import Letter, Sender
from tests.delivery.certificates import Certificate
from tests.evidence.object_servers import free_port

USER, PASSWORD, TOKEN = "dev@example.test", "pæss wörd", "good-token"
SECRET = Credential(PASSWORD)
SUPPORT = "support@example.test"
HELD = "4F2A9C0B1D"
SIZE = 2_000_000


class Taken(NamedTuple):
    """A mail that the server has."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    options: tuple[str, ...]


class Sink:
    """Takes mail. Recipients that begin with ``bad`` or ``grey`` are refused for ever or for now; ``answers`` replace
    the answer to a step (EHLO, MAIL, DATA: the answer to the whole mail), an empty one never comes; ``hidden`` are
    keywords that EHLO does not tell."""

    def __init__(self, *hidden: str, **answers: str) -> None:
        self.box: list[Taken] = []
        self.logins: list[tuple[str, bytes]] = []
        self._hidden = hidden
        self._answers = answers

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, offers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if "EHLO" in self._answers:
            return [self._answers["EHLO"]]
        return [each for each in offers if each[4:].split()[0] not in self._hidden]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self._answers:
            return self._answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("bad"):
            return "550 5.1.1 no such user\x1b[31m here"
        if address.startswith("grey"):
            return "451 4.7.1 greylisted, try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._answers.get("DATA", f"250 2.0.0 Ok: queued as {HELD}")
        if answer.startswith("2") or not answer:
            content = bytes(envelope.original_content or b"")
            options = tuple(map(str, envelope.mail_options))
            self.box.append(Taken(str(envelope.mail_from), tuple(map(str, envelope.rcpt_tos)), content, options))
        if not answer:
            await asyncio.sleep(3600)
        return answer

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:
        return await self._bearer(server, "XOAUTH2", words, f"user={USER}\1auth=Bearer {TOKEN}\1\1")

    async def auth_OAUTHBEARER(self, server: SMTP, words: list[str]) -> AuthResult:
        return await self._bearer(server, "OAUTHBEARER", words, f"\1auth=Bearer {TOKEN}\1\1")

    async def _bearer(self, server: SMTP, name: str, words: list[str], right: str) -> AuthResult:
        said: Any = b64decode(words[1]) if len(words) > 1 else await server.challenge_auth("")
        self.logins.append((name, said))
        if said.endswith(right.encode()):
            return AuthResult(success=True)
        refused: Any = await server.challenge_auth(json.dumps({"status": "401"}))
        self.logins.append((name, refused))
        return AuthResult(success=False, handled=False)

    def log_in(self, server: SMTP, session: Session, envelope: Envelope, name: str, told: object) -> AuthResult:
        """Whether a name and a password are right."""
        assert isinstance(told, LoginPassword)
        self.logins.append((name, told.login + b" " + told.password))
        right = (told.login, told.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)


class _Patient(SMTP):
    line_length_limit = 12_288
    """What a server must take while one logs in (RFC 4954 section 4)."""


class _Reception(Controller):
    def __init__(self, sink: Sink, certificate: Certificate | None, security: Security, mechanisms: set[str]) -> None:
        self._certificate = certificate
        self._security = security
        self._mechanisms = mechanisms
        implicit = certificate.context() if certificate and security == "tls" else None
        super().__init__(sink, "127.0.0.1", free_port(), ssl_context=implicit)

    def factory(self) -> SMTP:
        late = self._certificate.context() if self._certificate and self._security == "starttls" else None
        return _Patient(
            self.handler,
            hostname="mail.example.test",
            tls_context=late,
            require_starttls=late is not None,
            authenticator=self.handler.log_in,
            auth_required=late is not None,
            auth_require_tls=late is not None,
            auth_exclude_mechanism={"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"} - self._mechanisms,
            data_size_limit=SIZE,
            enable_SMTPUTF8=True,
            loop=self.loop,
        )


@contextmanager
def reception(
    sink: Sink,
    certificate: Certificate | None,
    security: Security = "starttls",
    mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"),
) -> Iterator[int]:
    """A running server that gives all mail to ``sink``; gives its port. Without a certificate it knows no TLS."""
    controller = _Reception(sink, certificate, security, set(mechanisms))
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def account(
    port: int,
    trusted: Certificate | None,
    security: Security = "starttls",
    mechanism: Mechanism = "password",
    *,
    host: str = "127.0.0.1",
    timeout_s: float = 20,
) -> Account:
    """An account whose server listens on loopback, and whose authority is the certificate itself."""
    return Account(
        name="work",
        sender=Sender(USER, "Søren Å"),
        smtp=Server(host, port, security),
        mechanism=mechanism,
        ca_file=str(trusted.cert) if trusted else "",
        timeout_s=timeout_s,
    )


def msmtp(
    folder: Path,
    port: int,
    trusted: Certificate,
    security: Security = "tls",
    *,
    host: str = "localhost",
    password: str = PASSWORD,
) -> tuple[str, ...]:
    """The command that sends by msmtp, which reads server and password from files of its own in ``folder``."""
    (folder / "password").write_text(password, encoding="utf-8")
    settings = folder / "msmtprc"
    settings.write_text(
        f"account work\nhost {host}\nport {port}\ntls on\ntls_starttls {'off' if security == 'tls' else 'on'}\n"
        f"tls_trust_file {trusted.cert}\nauth plain\nuser {USER}\npasswordeval cat {folder}/password\ntimeout 10\n",
        encoding="utf-8",
    )
    settings.chmod(0o600)
    return ("msmtp", "-C", str(settings), "-a", "work")


BODY = b"first\r\n.\r\n..\r\n.dot\r\n\r\n.\r\nlast .\r\n"
"""Lines that end a mail early, or lose a period, where the sender does not double it."""


def letter(*recipients: str, data: bytes = b"", sender: str = USER) -> Letter:
    """A letter with lines of periods, to support."""
    to = recipients or (SUPPORT,)
    head = f"From: {USER}\r\nTo: {SUPPORT}\r\nSubject: [T-1] capture refused\r\nMessage-ID: <t1@example.test>\r\n\r\n"
    return Letter(data or head.encode() + BODY, "send", sender, to, "T-1", "[T-1] capture refused", "<t1@example.test>")


@contextmanager
def reciting(*replies: bytes) -> Iterator[int]:
    """A server without manners: says the next of ``replies`` to whatever it gets, the first at once, then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def recite() -> None:
            plug, _ = listener.accept()
            with plug, suppress(ConnectionError):
                for number, each in enumerate(replies):
                    if number and not plug.recv(4096):
                        return
                    plug.sendall(each)
                plug.recv(4096)

        thread = threading.Thread(target=recite, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(20)
