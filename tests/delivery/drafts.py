"""Small letters for mailboxes, whose mailboxes they are, and what a mailbox holds afterwards."""

from __future__ import annotations

import imaplib
import re
from datetime import UTC, datetime

from bundler.delivery.accounts import Account, Credential, Security, Server
from bundler.delivery.folders import encode_name, quote
from bundler.mail.letter import Letter, Sender
from tests.delivery.certificates import Certificate
from tests.delivery.dovecot import DRAFTS, PASSWORD, USER, Dovecot

MOMENT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
KEY = Credential(PASSWORD)


def letter(
    ticket_id: str = "t-7f3a2c19d0", text: str = "first", *, manner: str = "imap", size: int = 0, part: str = ""
) -> Letter:
    """A small letter of a ticket; ``part`` is its number of how many (2/3)."""
    head = f"From: {USER}\r\nTo: support@example.com\r\nSubject: [{ticket_id}] 409\r\nX-Ticket-Id: {ticket_id}\r\n"
    head += f"X-Ticket-Part: {part}\r\n" if part else ""
    body = f"{text}\r\n" + ("x" * 74 + "\r\n") * (size // 76)
    data = f"{head}Message-ID: <{ticket_id}.1@example.test>\r\n\r\n{body}"
    return Letter(
        data=data.encode(),
        manner="imap" if manner == "imap" else "send",
        sender=USER,
        recipients=("support@example.com",),
        ticket_id=ticket_id,
        subject=f"[{ticket_id}] 409",
        message_id=f"<{ticket_id}.1@example.test>",
    )


def kept(visitor: imaplib.IMAP4, folder: str = DRAFTS) -> list[tuple[set[str], bytes]]:
    """Flags and bytes of every mail of a folder."""
    done, count = visitor.select(quote(encode_name(folder)), readonly=True)
    assert done == "OK"
    if count == [b"0"]:
        return []
    told = visitor.fetch("1:*", "(FLAGS BODY.PEEK[])")[1]
    return [
        (set(re.findall(r"\\\w+", each[0].decode().partition("BODY")[0])) - {"\\Recent"}, each[1])
        for each in told
        if isinstance(each, tuple)
    ]


def threads(visitor: imaplib.IMAP4, folder: str = DRAFTS) -> list[int]:
    """How many mails each conversation of a folder has, as the server threads them (RFC 5256, REFERENCES)."""
    assert visitor.select(quote(encode_name(folder)), readonly=True)[0] == "OK"
    told = visitor.thread("REFERENCES", "UTF-8", "ALL")[1][0].decode()
    depth, counts = 0, list[int]()
    for sign in re.findall(r"[()]|\d+", told):
        if sign == "(":
            counts += [0] if depth == 0 else []
            depth += 1
        elif sign == ")":
            depth -= 1
        else:
            counts[-1] += 1
    return counts


def put(visitor: imaplib.IMAP4, folder: str, flags: str, data: bytes) -> None:
    """A mail that somebody else put there."""
    assert visitor.append(quote(encode_name(folder)), flags, "", data)[0] == "OK"


def account(server: Dovecot, certificate: Certificate, *, security: Security = "tls", user: str = USER) -> Account:
    """The account of a user, at the server's address as the configuration would have it."""
    return Account(
        name="work",
        sender=Sender(user, "Åse"),
        imap=Server("localhost", server.imaps if security == "tls" else server.imap, security),
        ca_file=str(certificate.cert),
        timeout_s=10,
    )


def account_at(port: int, certificate: Certificate, *, tls: bool = True) -> Account:
    """The account of the one user that small servers have, at their port."""
    server = Server("localhost", port, "tls" if tls else "starttls")
    return Account(name="work", sender=Sender(USER), imap=server, ca_file=str(certificate.cert), timeout_s=10)
