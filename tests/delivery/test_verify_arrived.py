"""What has gone through real servers and a real mail program is whole, as ``verify`` finds it in the mailbox."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.imap import deliver_by_imap
from bundler.delivery.smtp import deliver_by_smtp
from bundler.errors import ExitCode
from bundler.mail.letter import Sender
from bundler.mail.manners import as_letter
from bundler.mail.read import read_mail
from tests.conftest import Invoke
from tests.delivery.certificates import Certificates
from tests.delivery.dovecot import DRAFTS, PASSWORD, SUPPORT, USER, Dovecot, dovecot, needs_dovecot, visiting
from tests.delivery.drafts import put
from tests.delivery.postfix import needs_postfix, postfix
from tests.mail.demo import MOMENT, demo_draft
from tests.mail.test_neomutt import send

pytestmark = [pytest.mark.real, needs_dovecot]
_PATIENCE_S = 20
ME = Sender(USER, "Søren Å")


def ticket_id() -> str:
    return read_mail(demo_draft()).find_header("X-Ticket-Id") or ""


def configure(server: Dovecot, certificates: Certificates, user: str) -> None:
    """Write an account named support into the configuration, with its password in a file."""
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "ticket-bundler"
    folder.mkdir(parents=True, exist_ok=True)
    password = folder / "password"
    password.write_text(PASSWORD + "\n", encoding="utf-8")
    password.chmod(0o600)
    (folder / "config.toml").write_text(
        f'[account.support]\nfrom = "{user}"\nuser = "{user}"\nimap = "imaps://localhost:{server.imaps}"\n'
        f'password_file = "{password}"\nca_file = "{certificates.good.cert}"\n',
        encoding="utf-8",
    )


def whole(out: str) -> bool:
    told = json.loads(out)
    states = {part["state"] for part in told["arrival"]["parts"]}
    return states == {"whole"} and told["arrival"]["is_trusted"] and told["damage"] == []


@needs_postfix
def test_a_mail_is_whole_after_postfix_and_dovecot(certificates: Certificates, invoke: Invoke) -> None:
    letter = as_letter(demo_draft(), "send", ME, MOMENT, to=[SUPPORT])
    with dovecot(certificates.good) as boxes, postfix(certificates.good, boxes) as post:
        server = Server("localhost", post.submission, "starttls")
        account = Account(name="work", sender=ME, smtp=server, ca_file=str(certificates.good.cert))
        assert deliver_by_smtp(letter, account, Credential(PASSWORD)).state == "delivered"
        configure(boxes, certificates, SUPPORT)
        wait_for_mail(boxes, certificates)
        outcome = invoke("verify", "--imap", "support", "--ticket", ticket_id(), "--json")
        assert outcome.code == ExitCode.FINE, outcome
        assert whole(outcome.out)
        with visiting(boxes, certificates.good, SUPPORT) as visitor:
            visitor.select("INBOX")
            assert visitor.search(None, "UNSEEN")[1] != [b""]
        missing = invoke("verify", "--imap", "support", "--ticket", "TB-00000000")
        assert (missing.code, "no such mail" in missing.err) == (ExitCode.INPUT, True)


def wait_for_mail(boxes: Dovecot, certificates: Certificates) -> None:
    until = time.monotonic() + _PATIENCE_S
    with visiting(boxes, certificates.good, SUPPORT) as visitor:
        while visitor.select("INBOX", readonly=True)[1] == [b"0"]:
            assert time.monotonic() < until
            time.sleep(0.05)


@pytest.mark.skipif(not shutil.which("neomutt"), reason="neomutt is not installed")
def test_a_draft_that_neomutt_wrote_anew_and_sent_is_whole(
    certificates: Certificates, invoke: Invoke, tmp_path: Path
) -> None:
    letter = as_letter(demo_draft(), "imap", ME, MOMENT)
    sent, post = tmp_path / "sent.eml", tmp_path / "post.sh"
    post.write_text(f"#!/bin/sh\ncat > {sent}.part && mv {sent}.part {sent}\n", encoding="utf-8")
    post.chmod(0o755)
    with dovecot(certificates.good) as boxes:
        mailbox, trusted = Server("localhost", boxes.imaps, "tls"), certificates.good.cert
        account = Account(name="work", sender=ME, imap=mailbox, ca_file=str(trusted))
        assert deliver_by_imap(letter, account, Credential(PASSWORD)).state == "delivered"
        address = f"imaps://localhost:{boxes.imaps}/"
        (tmp_path / "rc").write_text(
            'set charset="utf-8"\n'
            f'set folder="{address}"\nset spoolfile="{address}INBOX"\nset postponed="{address}{DRAFTS}"\n'
            f'set imap_user="{USER}"\nset imap_pass="{PASSWORD}"\nset imap_authenticators="plain:login"\n'
            f'set ssl_ca_certificates_file="{trusted}"\nset certificate_file="{trusted}"\nset record=""\n'
            f'set sendmail="{post}"\nset sendmail_wait=0\nset from="{USER}"\nset editor="true"\nset recall=yes\n',
            encoding="utf-8",
        )
        send(["neomutt", "-n", "-F", str(tmp_path / "rc"), "-p"], sent)
        outcome = invoke("verify", sent, "--json")
        assert outcome.code == ExitCode.FINE, outcome
        assert whole(outcome.out)
        configure(boxes, certificates, USER)
        with visiting(boxes, certificates.good) as visitor:
            put(visitor, "Sent", r"(\Seen)", sent.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        outcome = invoke("verify", "--imap", "support", "--ticket", ticket_id(), "--folder", "Sent", "--json")
        assert outcome.code == ExitCode.FINE, outcome
        assert whole(outcome.out)
