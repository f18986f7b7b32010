"""The draft as a file, and opened in mail programs."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from bundler.document import MANIFEST_NAME
from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from tests.commands.send.sending import (
    SUPPORT,
    attached,
    is_one_sentence,
    mail_of,
    state,
    talk,
)
from tests.conftest import Invoke

AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
"""A recipient from the documentation of age."""


def test_without_an_account_the_file_is_named_and_left_as_it_is(invoke: Invoke, ticket: Path) -> None:
    before = mail_of(ticket).read_bytes()
    outcome = invoke("send", ticket)
    assert (outcome.code, outcome.out) == (ExitCode.FINE, f"{mail_of(ticket)}\n")
    assert "Nothing was sent" in outcome.err
    assert mail_of(ticket).read_bytes() == before
    assert not state().exists()


def test_a_draft_for_somebody_else_is_a_private_file_of_its_own(invoke: Invoke, ticket: Path) -> None:
    before = mail_of(ticket).read_bytes()
    outcome = invoke("send", ticket, "--way", "file", "--to", "Kim <kim@shop.example>")
    path = Path(outcome.out.strip())
    assert path != mail_of(ticket)
    assert read_mail(path.read_bytes()).to == "Kim <kim@shop.example>"
    assert read_mail(path.read_bytes()).find_header("X-Unsent") == "1"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert mail_of(ticket).read_bytes() == before


def _no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def _program(folder: Path, name: str) -> Path:
    """A program of that name that notes what it is started with."""
    noted = folder / f"{name}.argv"
    program = folder / name
    program.write_text(f"#!{sys.executable}\nimport sys\nopen({str(noted)!r}, 'w').write('\\0'.join(sys.argv[1:]))\n")
    program.chmod(0o755)
    return noted


@pytest.mark.skipif(sys.platform != "linux", reason="programs of a Linux desktop")
@pytest.mark.parametrize(
    ("option", "name"),
    [(("--open",), "xdg-open"), (("--program", "thunderbird"), "thunderbird"), (("--program", "mailto"), "xdg-open")],
)
def test_a_mail_program_is_opened_and_told_what_it_loses(
    invoke: Invoke, ticket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...], name: str
) -> None:
    noted = _program(tmp_path, name)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":99")
    outcome = invoke("send", ticket, *option)
    assert outcome.code == ExitCode.FINE, outcome.err
    assert "What is lost on the way" in outcome.err
    (word,) = noted.read_text().split("\0")
    if "mailto" in option:
        assert word.startswith(f"mailto:{SUPPORT}?subject=")
        assert len(word) <= 1800
        assert "cut%20here" in word
    else:
        assert word == str(mail_of(ticket))


@pytest.mark.skipif(sys.platform != "linux", reason="programs of a Linux desktop")
@pytest.mark.parametrize("name", ["xdg-email", "thunderbird-compose"])
def test_programs_that_take_single_files_get_each_byte_by_byte(
    invoke: Invoke, ticket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    noted = _program(tmp_path, name.removesuffix("-compose"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":99")
    assert invoke("send", ticket, "--program", name).code == ExitCode.FINE
    folder = state() / "drafts" / ticket.stem
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert files == attached(mail_of(ticket).read_bytes())
    assert MANIFEST_NAME in files
    words = noted.read_text()
    assert all(str(folder / file) in words for file in files)


NAMED = {
    "thunderbird-compose": (
        "to='kim@psp.example,pat.o'neil@psp.example',cc='lee@shop.example',bcc='boss@shop.example',subject='"
    ),
    "xdg-email": "--cc\0lee@shop.example\0--bcc\0boss@shop.example\0kim@psp.example\0pat.o'neil@psp.example",
    "mailto": ("mailto:kim@psp.example,pat.o%27neil@psp.example?cc=lee@shop.example&bcc=boss@shop.example&subject="),
}


@pytest.mark.skipif(sys.platform != "linux", reason="programs of a Linux desktop")
@pytest.mark.parametrize("name", NAMED)
def test_programs_that_take_no_file_are_told_of_everybody_by_the_address_alone(
    invoke: Invoke, ticket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    started = {"thunderbird-compose": "thunderbird", "mailto": "xdg-open"}.get(name, name)
    noted = _program(tmp_path, started)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":99")
    people = ("--to", '"Ågård, Kim" <kim@psp.example>', "--to", "pat.o'neil@psp.example")
    copies = ("--cc", '"Doe, Lee" <lee@shop.example>', "--bcc", "boss@shop.example")
    outcome = invoke("send", ticket, "--program", name, *people, *copies)
    assert outcome.code == ExitCode.FINE, outcome.err
    assert NAMED[name] in noted.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="programs of a Linux desktop")
def test_programs_that_take_single_files_get_the_encrypted_bundle(
    invoke: Invoke, ticket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = _program(tmp_path, "thunderbird")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":99")
    outcome = invoke("send", ticket, "--program", "thunderbird-compose", "--encrypt", AGE)
    assert outcome.code == ExitCode.FINE, outcome.err
    (sealed,) = (state() / "drafts" / ticket.stem).iterdir()
    assert sealed.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert sealed.as_uri() in noted.read_text()


def test_a_program_of_the_terminal_is_not_started_without_one(
    invoke: Invoke, ticket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = _program(tmp_path, "neomutt")
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = invoke("send", ticket, "--program", "neomutt")
    assert outcome.code == ExitCode.INPUT
    assert "neomutt needs a terminal, and there is none" in outcome.err
    assert not noted.exists()
    assert not state().exists()


@pytest.mark.skipif(sys.platform != "linux", reason="programs of a Linux desktop")
def test_without_a_screen_it_is_told_what_to_take_instead_and_that_works(
    invoke: Invoke, ticket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    _no_screen(monkeypatch)
    instead = "  Instead take --way file for a file to open elsewhere, or --way imap for a draft in your mailbox"
    for option in (("--open",), ("--open", "--to", "kim@psp.example"), ("--program", "mailto")):
        outcome = invoke("send", ticket, *option)
        assert (outcome.code, outcome.out) == (ExitCode.INPUT, "")
        assert is_one_sentence(outcome)
        assert outcome.err.splitlines()[1:] == [f"{instead}."]
    _program(tmp_path, "neomutt")
    assert f"{instead}, or --program neomutt in a terminal.\n" in invoke("send", ticket, "--open").err
    assert not state().exists()
    assert invoke("send", ticket, "--way", "file").out == f"{mail_of(ticket)}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="programs of a Linux desktop")
@pytest.mark.parametrize(
    ("option", "name"),
    [
        (("--open", "--to", "kim@psp.example"), "xdg-open"),
        (("--program", "thunderbird-compose"), "thunderbird"),
        (("--program", "neomutt"), "neomutt"),
    ],
)
def test_a_program_that_is_missing_is_told_before_anything_is_laid_out_for_it(
    invoke: Invoke, ticket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...], name: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":99")
    outcome = invoke("send", ticket, *option)
    assert outcome.code == ExitCode.INPUT
    assert is_one_sentence(outcome)
    told, hint = outcome.err.splitlines()
    assert told == f"Error: {name} is not installed here."
    assert hint.startswith("  Choose another --program, --way file for")
    assert not state().exists()


@pytest.mark.skipif(sys.platform != "linux", reason="programs of a Linux desktop")
def test_a_terminal_without_a_screen_offers_the_file_in_place_of_a_mail_program(
    ticket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "xdg-open")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":99")
    assert "o  open it in your mail program" in talk(tmp_path, "send", ticket, replies=[("What now?", "q\n")])[1]
    _no_screen(monkeypatch)
    code, said = talk(tmp_path, "send", ticket, replies=[("What now?", "f\n")])
    assert code == ExitCode.FINE, said
    assert "open it in your mail program" not in said
    assert str(mail_of(ticket)) in said.partition("What now?")[2]
