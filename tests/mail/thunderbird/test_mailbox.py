"""The draft among those of a mailbox: a real Thunderbird finds it there and sends it at one press of Send."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from tests.delivery.certificates import Certificates, make_certificates
from tests.delivery.dovecot import DRAFTS, PASSWORD, USER, Dovecot, dovecot, visiting
from tests.delivery.drafts import kept
from tests.mail.thunderbird.conftest import Seen, attached, beside, make_draft, verified
from tests.mail.thunderbird.desk import PATIENCE_S, desk

pytestmark = [pytest.mark.slow, pytest.mark.real]


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path)


@pytest.fixture
def boxes(certificates: Certificates) -> Iterator[Dovecot]:
    with dovecot(certificates.good) as server:
        yield server


def configure(home: Path, server: Dovecot, certificates: Certificates) -> None:
    folder = home / ".config" / "ticket-bundler"
    folder.mkdir(parents=True)
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    password.chmod(0o600)
    (folder / "config.toml").write_text(
        f'[account.work]\nfrom = "Søren Ågård <{USER}>"\nuser = "{USER}"\nimap = "imaps://localhost:{server.imaps}"\n'
        f'password_file = "{password}"\nca_file = "{certificates.good.cert}"\n',
        encoding="utf-8",
    )


def test_a_draft_in_a_mailbox_is_sent_from_there_with_every_byte_of_the_evidence(
    home: Path, boxes: Dovecot, certificates: Certificates, seen: Seen
) -> None:
    configure(home, boxes, certificates)
    with desk(home, boxes.imap) as at_desk:
        draft = make_draft(at_desk)
        outcome = at_desk.bundle("send", draft, "--way", "imap", "-q")
        assert outcome.code == ExitCode.FINE, outcome.err
        mail = read_mail(draft.read_bytes())
        at_desk.open("-profile", at_desk.profile)
        at_desk.type("^Enter your password", PASSWORD)
        at_desk.click(at_desk.find("tree item", DRAFTS))
        at_desk.click(at_desk.find("table row", mail.subject), count=2)
        shown = at_desk.draft(files=len(attached(draft)))
        assert (shown.addresses, shown.subject, shown.files) == ([mail.to], mail.subject, attached(draft))
        taken = at_desk.click_send(shown)
        assert set(verified(at_desk, beside(draft, taken.data))) == {"whole", "ticket.json"}
        with visiting(boxes, certificates.good) as visitor:
            until = time.monotonic() + PATIENCE_S
            while kept(visitor):
                assert time.monotonic() < until, "the draft stays where it was"
                time.sleep(0.5)
    seen(
        "1, 2", f"a draft in {DRAFTS} by IMAP: opened, {len(shown.files)} attachments, arrived whole, gone from Drafts"
    )
