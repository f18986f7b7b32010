"""``decode`` with the real program: from text, mail and standard input, to the screen and to a file."""

from __future__ import annotations

import codecs
import json
import shutil
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.redact import Vault, VaultEntry
from tests.commands.maps import VAULT, made, request
from tests.conftest import Invoke
from tests.refusals import refused

REAL = "ola@example.com"


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    return _written(tmp_path / "ticket.map.json", VAULT)


def _written(path: Path, vault: Vault) -> Path:
    path.write_bytes(vault.to_json())
    path.chmod(0o600)
    return path


def _mail(text: str, *, is_html: bool = False) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "support@example.com"
    mail["Subject"] = "Re: [TB-1] blåbær"
    mail.set_content(text, subtype="html" if is_html else "plain", cte="quoted-printable")
    return mail.as_bytes()


def test_the_answer_to_a_real_ticket_is_decoded(invoke: Invoke, tmp_path: Path) -> None:
    ticket, files = made(invoke, request(tmp_path, REAL))
    quoted = "".join(f"> {line}\n" for line in ticket["exchanges"][0]["request"]["body"].splitlines())
    answer = _mail(f"{ticket['ticket_id']}: [EMAIL-1] is blocked, and phone-1 is not.\n\n{quoted}")
    (tmp_path / "answer.eml").write_bytes(answer)
    outcome = invoke("decode", "answer.eml", "--map", files["map"])
    assert outcome.code == ExitCode.FINE
    assert f"{ticket['ticket_id']}: {REAL} is blocked, and +4791234567 is not." in outcome.out
    assert '> {"email":"ola@example.com","phoneNumber":"+4791234567"}' in outcome.out
    assert outcome.err == "4 placeholders replaced by 2 real values, 1 of them without brackets\n"


@pytest.mark.usefixtures("map_file")
def test_the_only_map_in_the_folder_is_used(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text("Hi [email-1]\n")
    assert invoke("decode", "answer.txt").out == f"Hi {REAL}\n"
    assert invoke("decode", stdin=b"Hi [email-1]\n").out == f"Hi {REAL}\n"
    assert invoke("decode", "-", stdin=_mail("Hi [email-1]\n")).out.endswith(f"\n\nHi {REAL}\n")
    assert invoke("decode", stdin=_mail("<p>Hi <i>[email-1]</i></p>", is_html=True)).out.endswith(f"\n\nHi {REAL}\n")


def test_the_map_beside_the_file_comes_first(invoke: Invoke, tmp_path: Path, map_file: Path) -> None:
    other = Vault((VaultEntry("[email-1]", "email", "kari@example.com", 1),))
    _written(tmp_path / "answer.map.json", other)
    (tmp_path / "answer.txt").write_text("[email-1]")
    assert invoke("decode", "answer.txt").out == "kari@example.com"
    with_both = invoke("decode", "answer.txt", "--map", map_file, "--map", "answer.map.json")
    assert with_both.out == REAL
    assert "[email-1] stands for one value in one map and for another in another" in with_both.err
    assert "example.com" not in with_both.err


def test_which_of_several_maps_is_asked_for(invoke: Invoke, tmp_path: Path, map_file: Path) -> None:
    shutil.copy(map_file, tmp_path / "other.map.json")
    said = "There are 2 private maps beside the answer: other.map.json, ticket.map.json."
    refused(invoke, tmp_path, ExitCode.USAGE, said, "decode", stdin=b"[email-1]")


def test_without_a_map_nothing_is_decoded(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text("[email-1]")
    refused(invoke, tmp_path, ExitCode.USAGE, "There is no private map", "decode", "answer.txt")
    for name, said in (("nowhere.map.json", "nowhere.map.json"), ("answer.txt", "is not a private map")):
        refused(invoke, tmp_path, ExitCode.INPUT, said, "decode", "answer.txt", "--map", name)


@pytest.mark.usefixtures("map_file")
def test_files_that_cannot_be_read_are_refused(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "answer.eml").write_bytes(b"\n\nno header")
    (tmp_path / "folder").mkdir()
    for name, said in (("nowhere.txt", "nowhere.txt"), ("folder", "folder"), ("answer.eml", "not a mail")):
        refused(invoke, tmp_path, ExitCode.INPUT, said, "decode", name)


@pytest.mark.usefixtures("map_file")
def test_what_is_unknown_stays_and_is_counted(invoke: Invoke) -> None:
    outcome = invoke("decode", stdin=b"[email-1] [email-9] [email-9] [note-1]")
    assert outcome.out == f"{REAL} [email-9] [email-9] [note-1]"
    assert "2 left, for the map has no value for them: [email-9]" in outcome.err
    assert REAL not in outcome.err


@pytest.mark.usefixtures("map_file")
def test_everything_is_told_as_json(invoke: Invoke) -> None:
    outcome = invoke("decode", "--json", stdin=b"email-1 [email-1] [email-9]")
    assert json.loads(outcome.out) == {
        "text": f"{REAL} {REAL} [email-9]",
        "replaced": [{"placeholder": "[email-1]", "count": 2}],
        "unknown": [{"placeholder": "[email-9]", "count": 1}],
    }
    assert json.loads(invoke("decode", "--json", "--brackets-only", stdin=b"email-1").out)["text"] == "email-1"


def test_a_file_is_private_and_never_overwritten(invoke: Invoke, tmp_path: Path, map_file: Path) -> None:
    assert invoke("decode", "-o", "out.txt", stdin=b"[email-1]").out == ""
    assert (tmp_path / "out.txt").read_text() == REAL
    assert (tmp_path / "out.txt").stat().st_mode & 0o777 == 0o600
    refused(invoke, tmp_path, ExitCode.INPUT, "out.txt", "decode", "-o", "out.txt", stdin=b"new")
    assert (tmp_path / "out.txt").read_text() == REAL
    assert invoke("decode", "-o", "out.txt", "--force", stdin=b"new").code == ExitCode.FINE
    assert (tmp_path / "out.txt").read_text() == "new"
    for file, output in (("-", map_file), ("out.txt", "out.txt")):
        said = "take the place of what is read"
        refused(invoke, tmp_path, ExitCode.USAGE, said, "decode", file, "-o", output, "--force", stdin=b"new")


def test_a_map_of_another_ticket_is_told(invoke: Invoke, tmp_path: Path) -> None:
    vault = Vault(VAULT.entries, ticket_id="TB-7F3A2C91", earlier=("TB-00000001",))
    _written(tmp_path / "a.map.json", vault)
    other = invoke("decode", stdin=b"TB-XXXXXXXX [email-1]")
    assert "The private map is of ticket TB-7F3A2C91, and the answer names TB-XXXXXXXX" in other.err
    for named in (b"TB-7F3A2C91", b"TB-00000001", b"none"):
        assert "is of ticket" not in invoke("decode", stdin=named + b" [email-1]").err
    mail = EmailMessage(policy=SMTP)
    mail["X-Ticket-Id"] = "TB-OTHER"
    mail.set_content("[email-1]\n")
    assert "the answer names TB-OTHER" in invoke("decode", stdin=mail.as_bytes()).err


@pytest.mark.usefixtures("map_file")
def test_a_text_of_windows_is_read(invoke: Invoke) -> None:
    text = codecs.BOM_UTF16_LE + "Hjælp [email-1]\r\n".encode("utf-16-le")
    assert invoke("decode", stdin=text).out.endswith(f"Hjælp {REAL}\r\n")


@pytest.mark.usefixtures("map_file")
def test_attachments_are_told_and_not_looked_into(invoke: Invoke) -> None:
    mail = EmailMessage(policy=SMTP)
    mail.set_content("[email-1]\n")
    mail.add_attachment(b"[email-1]", maintype="application", subtype="pdf", filename="a.pdf")
    outcome = invoke("decode", stdin=mail.as_bytes())
    assert outcome.out == f"{REAL}\n"
    assert "Not looked into: 1 attachment of the mail." in outcome.err


@pytest.mark.usefixtures("map_file")
def test_a_large_text_goes_through_in_blocks(invoke: Invoke, tmp_path: Path) -> None:
    line = "2026-11-23 13:02:11 mail [email-1] sent\n"
    (tmp_path / "large.log").write_text(line * 100_000)
    assert invoke("decode", "large.log", "-o", "out.log").code == ExitCode.FINE
    assert (tmp_path / "out.log").read_text() == line.replace("[email-1]", REAL) * 100_000
