"""What is wrong with a mailbox, a name, an address or a subject is one sentence with a hint, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from tests.commands.send.sending import ROOT, SUPPORT, attached, configure, ledger, mail_of, outbox, printing
from tests.conftest import Invoke, Outcome
from tests.delivery.certificates import Certificate, Certificates
from tests.delivery.dovecot import FULL, PASSWORD, USER, Dovecot, dovecot, needs_dovecot, visiting
from tests.delivery.drafts import kept
from tests.delivery.rigs import Sink
from tests.delivery.wires import wire
from tests.evidence.object_servers import free_port


@pytest.fixture
def boxes(good: Certificate) -> Iterator[Dovecot]:
    """Mailboxes that nobody is configured for yet."""
    with dovecot(good) as running:
        yield running


def account(url: str, certificate: Certificate | None, *lines: str, password: str = PASSWORD) -> None:
    """A mailbox there, and whom to trust."""
    trust = [f'ca_file = "{certificate.cert}"'] if certificate is not None else []
    configure(f'imap = "{url}"', "timeout = 10", f"password_command = {printing(password)}", *trust, *lines)


def said(outcome: Outcome) -> tuple[str, str]:
    """The sentence and what stands below it, of a run that handed nothing over."""
    assert outcome.code == ExitCode.INPUT, outcome.err
    assert "Traceback" not in outcome.err
    sentence, *hints = outcome.err.strip().splitlines()
    assert all(line.startswith("  ") for line in hints), outcome.err
    assert sentence.rstrip().endswith(".")
    assert hints
    return sentence, "\n".join(hints)


Wrong = Callable[[Dovecot, Certificates], None]
WRONG: dict[str, tuple[Wrong, str]] = {
    "password": (
        lambda box, known: account(f"imaps://localhost:{box.imaps}", known.good, password="nope"),
        "does not let dev@example.test in",
    ),
    "authority": (lambda box, known: account(f"imaps://localhost:{box.imaps}", None), "is not trusted"),
    "stranger": (
        lambda box, known: account(f"imaps://localhost:{box.imaps}", known.stranger),
        "is not trusted",
    ),
    "port": (lambda box, known: account(f"imaps://localhost:{box.imap}", known.good), "does not speak TLS"),
    "network": (lambda box, known: account(f"imaps://localhost:{free_port()}", known.good), "There is no way to"),
    "host": (lambda box, known: account("imaps://mail.nowhere.invalid", known.good), "There is no way to"),
    "full": (
        lambda box, known: account(f"imaps://localhost:{box.imaps}", known.good, f'user = "{FULL}"'),
        f"The mailbox of {FULL} is full",
    ),
    "folder": (
        lambda box, known: account(f"imaps://localhost:{box.imaps}", known.good, 'drafts = "Nowhere"'),
        "has no folder named Nowhere",
    ),
}


@pytest.mark.real
@needs_dovecot
@pytest.mark.parametrize("what", list(WRONG))
def test_what_is_wrong_with_a_mailbox_is_told_and_once_it_is_mended_there_is_one_draft(
    invoke: Invoke, ticket: Path, boxes: Dovecot, certificates: Certificates, what: str
) -> None:
    wrong, words = WRONG[what]
    wrong(boxes, certificates)
    sentence, hints = said(invoke("send", ticket))
    assert words in sentence
    assert f"To go on: ticket-bundler send {ticket}" in hints
    assert outbox() == []
    account(f"imaps://localhost:{boxes.imaps}", certificates.good)
    assert invoke("send", ticket).code == ExitCode.FINE
    with visiting(boxes, certificates.good) as visitor:
        ((_, data),) = kept(visitor)
    assert attached(data) == attached(mail_of(ticket).read_bytes())


@pytest.mark.real
@needs_dovecot
def test_a_mailbox_that_shows_another_hosts_certificate_is_told_nothing(
    invoke: Invoke, ticket: Path, boxes: Dovecot, certificates: Certificates
) -> None:
    with wire(boxes.imap, certificates.elsewhere) as cable:
        account(f"imaps://localhost:{cable.port}", certificates.elsewhere)
        sentence, hints = said(invoke("send", ticket))
    assert f"The certificate that localhost:{cable.port} shows is another host's; nothing was sent to it." in sentence
    assert "Use the host name that the mail provider tells" in hints
    assert f"To go on: ticket-bundler send {ticket}" in hints
    assert cable.said == b""


@pytest.mark.real
@needs_dovecot
def test_a_mailbox_without_tls_or_without_a_folder_for_drafts_is_told(
    invoke: Invoke, ticket: Path, good: Certificate
) -> None:
    with dovecot(good, tls=False) as box:
        account(f"imap+starttls://localhost:{box.imap}", good)
        sentence, _ = said(invoke("send", ticket))
        assert "offers no TLS, so nothing was sent to it" in sentence
    with dovecot(good, drafts="") as box:
        account(f"imaps://localhost:{box.imaps}", good)
        sentence, hints = said(invoke("send", ticket))
        assert "has no folder for drafts that we know; nothing was put there" in sentence
        assert "the mailbox has: Sent, INBOX." in hints
    assert ledger() == []


@pytest.mark.parametrize("option", ["--to", "--cc", "--bcc", "--reply-to"])
@pytest.mark.parametrize(
    "written",
    [
        "Kim\nBcc: x@y.example <kim@psp.example>",
        "kim@psp.example\r\nBcc: x@y.example",
        "a@b.example, c@d.example",
        "kim@psp.example;x@y.example",
        "Kim \u202e <kim@psp.example>",
        "kim@psp.example\0",
        "x" * 300 + "@psp.example",
    ],
)
def test_an_address_that_none_is_leaves_everything_here(
    invoke: Invoke, ticket: Path, sink: Sink, server: int, option: str, written: str
) -> None:
    outcome = invoke("send", ticket, "--way", "smtp", "--yes", option, written)
    assert outcome.code == ExitCode.USAGE
    sentence, hint = outcome.err.splitlines()
    assert sentence.startswith("Error: ")
    assert sentence.endswith(".")
    assert hint.startswith("  ")
    assert (sink.box, ledger(), outbox()) == ([], [], [])


def test_a_name_with_a_comma_is_one_person_in_every_place(
    invoke: Invoke, ticket: Path, sink: Sink, server: int
) -> None:
    people = {"To": "Ågård, Kim <kim@psp.example>", "Cc": '"Ødegård, Åse" <ase@psp.example>'}
    argv = [word for name, written in people.items() for word in (f"--{name.lower()}", written)]
    argv += ["--bcc", "Müller, Jörg <jm@psp.example>", "--reply-to", "Team, Zahlung <team@psp.example>"]
    assert invoke("send", ticket, "--way", "smtp", "--yes", "-q", *argv).code == ExitCode.FINE
    (taken,) = sink.box
    assert taken.recipients == ("kim@psp.example", "ase@psp.example", "jm@psp.example")
    assert read_mail(taken.data).to == "Ågård, Kim <kim@psp.example>"
    assert b"jm@psp.example" not in taken.data


def test_a_subject_of_300_characters_is_shortened_and_leaves_as_one_line(
    invoke: Invoke, sink: Sink, server: int, tmp_path: Path
) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "subject.txt.j2").write_text("Betaling fejlede på kassen: " + "æøå x" * 60 + "\nBcc: x@y.example")
    typed = ("--payment-id", "ABC-1", "--templates", templates, "-o", tmp_path / "out", "--json")
    ticket = tmp_path / json.loads(invoke("create", *typed).out)["files"]["bundle"]
    assert invoke("send", ticket, "--way", "smtp", "--yes", "-q").code == ExitCode.FINE
    (taken,) = sink.box
    (line,) = [each for each in taken.data.partition(b"\r\n\r\n")[0].split(b"\r\n") if each.startswith(b"Subject:")]
    assert len(line) <= len("Subject: ") + 120
    assert line.isascii()
    assert b"\r\nBcc:" not in taken.data
    assert taken.recipients == (SUPPORT,)


def test_evidence_whose_name_leads_out_of_its_folder_is_attached_under_a_plain_one(
    invoke: Invoke, sink: Sink, server: int, tmp_path: Path
) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    line = "2026-11-23T13:02:11Z ERROR payment bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7 declined\n"
    with zipfile.ZipFile(folder / "evil.zip", "w") as archive:
        archive.writestr("../../x", line)
        archive.writestr("../../x.log", line)
        archive.writestr("..\\..\\x.log", line)
    made = invoke("create", folder / "evil.zip", "--payment-id", "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7", "-o", folder)
    assert made.code in (ExitCode.FINE, ExitCode.PARTIAL), made.err
    ticket = next(folder.glob("ticket-*.zip"))
    assert invoke("send", ticket, "--way", "smtp", "--yes", "-q").code == ExitCode.FINE
    (taken,) = sink.box
    assert all(name == Path(name).name and ".." not in name and "\\" not in name for name in attached(taken.data))
    assert invoke("send", ticket, "--way", "file").code == ExitCode.FINE
    assert not {"x", "x.log"} & {path.name for path in tmp_path.rglob("*")}


@pytest.mark.real
@needs_dovecot
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_letters_beyond_ascii_are_right_everywhere_whatever_the_locale(
    ticket: Path, good: Certificate, tmp_path: Path, locale: str
) -> None:
    folder = tmp_path / "Søren's mappe – 日本"
    folder.mkdir()
    for file in (ticket, mail_of(ticket), ticket.with_suffix(".map.json")):
        shutil.copy(file, folder / file.name.replace("ticket-", "ticket-Åse-"))
    moved = next(folder.glob("*.zip"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": locale, "LANG": locale}

    def run(*argv: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "bundler", "send", str(moved), *argv]
        done = subprocess.run(command, env=environment, capture_output=True, check=False, cwd=tmp_path)
        return done.returncode, done.stderr.decode("utf-8", "replace")

    with dovecot(good, drafts="Entwürfe/Für später") as box:
        account(f"imaps://localhost:{box.imaps}", good)
        code, err = run("--cc", "Ågård, Kim <kim@psp.example>")
        assert code == ExitCode.FINE, err
        with visiting(box, good) as visitor:
            ((_, data),) = kept(visitor, "Entwürfe/Für später")
    assert attached(data) == attached(mail_of(ticket).read_bytes())
    assert read_mail(data).to == SUPPORT
    assert f"of {USER}" in err
    code, err = run("--cc", "Ågård, Kim <kim@psp.example>")
    assert code == ExitCode.INPUT
    assert "There is no way to localhost" in err
    assert "Traceback" not in err
