"""A real mail program finds the draft in the mailbox, one key sends it, and every part is what was put there."""

from __future__ import annotations

import shutil
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from pathlib import Path

import pytest

from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.imap import deliver_by_imap
from bundler.mail.letter import Sender
from bundler.mail.manners import as_letter
from tests.delivery.certificates import Certificates
from tests.delivery.dovecot import DRAFTS, PASSWORD, USER, dovecot, needs_dovecot, visiting
from tests.delivery.drafts import MOMENT, kept
from tests.mail.mails import mail
from tests.mail.test_neomutt import send

pytestmark = [
    pytest.mark.real,
    needs_dovecot,
    pytest.mark.skipif(not shutil.which("neomutt"), reason="neomutt is not installed"),
]


def parts(data: bytes) -> list[tuple[str, str | None, str]]:
    """Type, name and digest of every part; text by its letters, since neomutt chooses the character set anew."""
    return [
        (each.get_content_type(), each.get_filename(), "" if each.is_multipart() else _digest(each))
        for each in message_from_bytes(data).walk()
    ]


def _digest(part: Message) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    if part.get_content_maintype() == "text":
        content = content.decode(part.get_content_charset("ascii")).replace("\r\n", "\n").encode()
    return sha256(content).hexdigest()


def test_a_draft_resumed_in_neomutt_is_sent_with_all_its_parts(certificates: Certificates, tmp_path: Path) -> None:
    letter = as_letter(mail(), "imap", Sender(USER, "Åse"), MOMENT)
    sent, post = tmp_path / "sent.eml", tmp_path / "post.sh"
    post.write_text(f"#!/bin/sh\ncat > {sent}.part && mv {sent}.part {sent}\n", encoding="utf-8")
    post.chmod(0o755)
    with dovecot(certificates.good) as server:
        account = Account(
            name="work",
            sender=Sender(USER, "Åse"),
            imap=Server("localhost", server.imaps, "tls"),
            ca_file=str(certificates.good.cert),
        )
        assert deliver_by_imap(letter, account, Credential(PASSWORD)).state == "delivered"
        trusted, mailbox = certificates.good.cert, f"imaps://localhost:{server.imaps}/"
        (tmp_path / "rc").write_text(
            'set charset="utf-8"\n'
            f'set folder="{mailbox}"\nset spoolfile="{mailbox}INBOX"\nset postponed="{mailbox}{DRAFTS}"\n'
            f'set imap_user="{USER}"\nset imap_pass="{PASSWORD}"\nset imap_authenticators="plain:login"\n'
            f'set ssl_ca_certificates_file="{trusted}"\nset certificate_file="{trusted}"\nset record=""\n'
            f'set sendmail="{post}"\nset sendmail_wait=0\nset from="{USER}"\nset editor="true"\nset recall=yes\n',
            encoding="utf-8",
        )
        send(["neomutt", "-n", "-F", str(tmp_path / "rc"), "-p"], sent)
        arrived = sent.read_bytes()
        assert parts(arrived) == parts(letter.data)
        assert b"X-Unsent" not in arrived
        with visiting(server, certificates.good) as visitor:
            assert kept(visitor) == []
