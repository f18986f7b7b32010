"""A bundle that is attached encrypted is opened by gpg and age, and little stands in front of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest

from bundler.assemble.verification import verify_file
from bundler.mail.digest import fits_digest
from bundler.mail.keys import Key
from bundler.mail.letter import Manner
from bundler.mail.read import read_mail
from bundler.mail.sealing import seal_letter
from tests.mail.gnupg import Gnupg, needs_gpg
from tests.mail.letters import MOMENT, SENDER, SUPPORT, letter
from tests.mail.sealing.sealed import AUDIT, TICKET, key
from tests.pack.bundles import bundle

pytestmark = [pytest.mark.real, needs_gpg]


@pytest.mark.parametrize("manner", ["file", "mutt", "imap", "send"])
def test_the_bundle_is_attached_and_verifies_once_gpg_has_opened_it(home: Gnupg, manner: Manner) -> None:
    sealed = seal_letter(letter(manner), [key(home, SUPPORT)], MOMENT, form="attachment", bundle=bundle())
    mail = read_mail(sealed.data)
    assert [(name, kind) for name, kind, _ in mail.attachments] == [
        (f"ticket-{TICKET}.zip.pgp", "application/octet-stream")
    ]
    opened = home.decrypt(mail.attachments[0][2])
    assert opened == bundle()
    verdict = verify_file(opened, None)
    assert (verdict.ticket_id, verdict.damage, verdict.leaks) == (TICKET, (), ())
    assert (mail.find_header("X-Unsent") is not None) == (manner == "file")
    assert fits_digest(sealed.data) == (manner == "file")


def test_a_draft_gets_the_attachment_and_a_mail_that_is_sent_is_encrypted_whole(home: Gnupg) -> None:
    drafts: tuple[Manner, ...] = ("file", "mutt", "imap")
    for manner in drafts:
        sealed = seal_letter(letter(manner), [key(home, SUPPORT)], MOMENT, bundle=bundle())
        assert b"multipart/encrypted" not in sealed.data
    assert b"multipart/encrypted" in seal_letter(letter(), [key(home, SUPPORT)], MOMENT, bundle=bundle()).data


def test_in_front_of_an_attachment_stands_the_tickets_id_alone(home: Gnupg) -> None:
    keys = [key(home, SUPPORT)]
    bare = read_mail(seal_letter(letter("imap"), keys, MOMENT, bundle=bundle()).data).text
    assert bare.splitlines()[0] == f"Ticket: {TICKET}"
    assert "65a1c0de" not in bare
    assert "Beløbet" not in bare


@pytest.mark.skipif(not shutil.which("age") or not shutil.which("ssh-keygen"), reason="age or ssh-keygen not installed")
def test_age_opens_an_attachment_with_each_of_its_keys_those_of_ssh_too(tmp_path: Path) -> None:
    first = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{first}\n")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "id"], check=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", tmp_path / "rsa"], check=True)
    keys = [
        Key("team.txt", f"# the desk\n{first.to_public()}\n".encode(), SUPPORT),
        Key("id.pub", (tmp_path / "id.pub").read_bytes(), AUDIT.upper()),
        Key("rsa.pub", (tmp_path / "rsa.pub").read_bytes(), SENDER.address),
    ]
    sealed = seal_letter(letter(cc=[AUDIT]), keys, MOMENT, bundle=bundle())
    name, _, data = read_mail(sealed.data).attachments[0]
    assert name == f"ticket-{TICKET}.zip.age"
    (tmp_path / name).write_bytes(data)
    for identity in ("key.txt", "id", "rsa"):
        command = ["age", "--decrypt", "-i", str(tmp_path / identity), str(tmp_path / name)]
        assert subprocess.run(command, capture_output=True, check=True).stdout == bundle()
