"""``send --program neomutt`` as a person types it: neomutt asks, one key sends, and the sink has every byte."""

from __future__ import annotations

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from tests.commands.send.sending import SUPPORT, attached, ledger, mail_of, talk
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import USER, Sink, reception

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not shutil.which("neomutt"), reason="neomutt is not installed"),
]
SENDING = [("To:", "\r"), ("Subject:", "\r"), ("NeoMutt: Compose", "y")]
"""What neomutt asks, and what somebody answers who changes nothing."""


def _settings(folder: Path, port: int, good: Certificate) -> None:
    """What stands in the person's own neomuttrc; the editor leaves the text as it is."""
    (Path.home() / ".neomuttrc").write_text(
        f'set from="{USER}"\nset realname="Søren Å"\nset editor="true"\nset record=""\n'
        f'set folder="{folder}"\nset tmpdir="{folder}"\n'
        f'set charset="utf-8"\nset smtp_url="smtps://localhost:{port}"\n'
        f'set ssl_ca_certificates_file="{good.cert}"\nset certificate_file="{good.cert}"\n',
        encoding="utf-8",
    )


def test_the_draft_leaves_neomutt_with_one_key_and_every_digest_fits(
    invoke: Invoke, ticket: Path, sink: Sink, good: Certificate, tmp_path: Path
) -> None:
    with reception(sink, good, "tls") as port:
        _settings(tmp_path, port, good)
        code, said = talk(tmp_path, "send", ticket, "--program", "neomutt", replies=SENDING)
    assert code == ExitCode.FINE, said
    assert "Opening it in neomutt" in said
    assert "neomutt has ended" in said
    assert "Nothing was sent" not in said
    (taken,) = sink.box
    assert taken.sender == USER
    assert taken.recipients == (SUPPORT,)
    assert b"X-Unsent" not in taken.data
    made = mail_of(ticket).read_bytes()
    assert {name: sha256(content).hexdigest() for name, content in attached(taken.data).items()} == {
        name: sha256(content).hexdigest() for name, content in attached(made).items()
    }
    assert read_mail(taken.data).subject == read_mail(made).subject
    (tmp_path / "arrived.eml").write_bytes(taken.data)
    shutil.copy(ticket.with_suffix(".map.json"), tmp_path / "arrived.map.json")
    verdict = json.loads(invoke("verify", tmp_path / "arrived.eml", "--json").out)
    assert (verdict["damage"], verdict["leaks"], verdict["exit"]) == ([], [], 0)
    assert {part["state"] for part in verdict["arrival"]["parts"]} == {"whole"}
    assert ledger() == []  # neomutt sent it, and nobody else knows


def test_copies_that_were_asked_for_reach_their_people_and_a_blind_one_is_told_to_nobody(
    ticket: Path, sink: Sink, good: Certificate, tmp_path: Path
) -> None:
    typed = ("--cc", '"Ågård, Kim" <kim@psp.example>', "--bcc", "audit@psp.example")
    with reception(sink, good, "tls") as port:
        _settings(tmp_path, port, good)
        code, said = talk(tmp_path, "send", ticket, "--program", "neomutt", *typed, replies=SENDING)
    assert code == ExitCode.FINE, said
    (taken,) = sink.box
    assert sorted(taken.recipients) == ["audit@psp.example", SUPPORT, "kim@psp.example"]
    assert b"audit@psp.example" not in taken.data


def test_a_draft_that_is_not_sent_there_is_still_here(
    ticket: Path, sink: Sink, good: Certificate, tmp_path: Path
) -> None:
    with reception(sink, good, "tls") as port:
        _settings(tmp_path, port, good)
        replies = [*SENDING[:2], ("NeoMutt: Compose", "q"), ("Save", "n")]
        code, said = talk(tmp_path, "send", ticket, "--program", "neomutt", replies=replies)
    kept = Path(os.environ["XDG_STATE_HOME"]) / "ticket-bundler" / "mail" / "drafts" / f"{ticket.stem}.eml"
    assert attached(kept.read_bytes()) == attached(mail_of(ticket).read_bytes())
    assert str(kept) in said.replace("\r\n", "").replace("\n", "")
    assert (code, sink.box) == (ExitCode.INPUT, [])
    assert "Error: neomutt was left without sending the mail (exit code 1)." in said
