"""``create --size-limit account``: the servers of the sender's own account are asked how large a mail they take."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bundler import config
from bundler.errors import ExitCode
from tests.commands.send.sending import configure, configure_smtp, is_one_sentence, printing
from tests.conftest import Invoke, Outcome
from tests.delivery.certificates import Certificate, Certificates
from tests.delivery.pymap_server import LIMIT, PASSWORD, pymap, visiting_pymap
from tests.delivery.rigs import SIZE, Sink, reception
from tests.evidence.object_servers import free_port
from tests.sized import TYPED, write_log

ROOT = Path(__file__).parents[3]
NETWORK = ("bundler.delivery.imap", "bundler.delivery.smtp", "bundler.delivery.secrets", "imaplib", "smtplib", "ssl")
needs_pymap = pytest.mark.skipif(importlib.util.find_spec("pymap") is None, reason="pymap is not installed")


def create(invoke: Invoke, *argv: str) -> Outcome:
    """A ticket with all that was said on the way."""
    return invoke("create", *TYPED[:-1], *argv)


def mail_size(folder: Path) -> int:
    """Bytes of the one mail there."""
    (mail,) = folder.glob("*.eml")
    return mail.stat().st_size


def own_recipient(invoke: Invoke, limit: int) -> None:
    """A provider ``acme`` whose support takes mails of so many bytes."""
    profile = Path(invoke("config", "provider", "new", "acme").out.strip()) / "profile.toml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(re.sub("# size_limit = [0-9_]+", f"size_limit = {limit}", text), encoding="utf-8")


@pytest.mark.usefixtures("server")
def test_a_mail_is_as_large_as_the_server_of_the_account_takes(invoke: Invoke, tmp_path: Path, sink: Sink) -> None:
    for name in "abcdefgh":
        write_log(tmp_path / f"{name}.log", 1_500)
    outcome = create(invoke, *(f"{name}.log" for name in "abcdefgh"), "--size-limit", "account")
    assert outcome.code == ExitCode.FINE, outcome.err
    assert " takes a mail of 2.0 MB.\n" in outcome.err
    assert "The mail may have 2.0 MB, so it holds less than the bundle" in outcome.err
    assert SIZE - 10_000 < mail_size(tmp_path) <= SIZE
    assert (sink.box, sink.logins) == ([], [])


@pytest.mark.usefixtures("server")
def test_of_the_servers_limit_and_the_recipients_the_smaller_counts(invoke: Invoke, tmp_path: Path) -> None:
    write_log(tmp_path / "shop.log", 1_500)
    own_recipient(invoke, 130_000)
    outcome = create(invoke, "shop.log", "--provider", "acme", "--size-limit", "account:work")
    assert outcome.code == ExitCode.FINE, outcome.err
    assert 120_000 < mail_size(tmp_path) <= 130_000


@needs_pymap
@pytest.mark.real
def test_of_two_servers_the_smaller_limit_counts_and_the_mailbox_is_asked_by_its_owner(
    invoke: Invoke, tmp_path: Path, server: int, good: Certificate
) -> None:
    write_log(tmp_path / "shop.log", 1_500)
    with pymap(good, tmp_path) as port:
        with visiting_pymap(port, good) as visitor:
            visitor.create("Drafts")
        imap = f'imap = "imap+starttls://localhost:{port}"'
        configure_smtp(server, good, imap, password=PASSWORD)
        outcome = create(invoke, "shop.log", "--size-limit", "account")
        assert outcome.code == ExitCode.FINE, outcome.err
        assert f"127.0.0.1:{server} takes a mail of 2.0 MB.\nlocalhost:{port} takes a mail of 50.0 kB.\n" in outcome.err
        assert LIMIT - 5_000 < mail_size(tmp_path) <= LIMIT
        configure_smtp(server, good, imap, password="another")
        wrong = create(invoke, "shop.log", "--size-limit", "account", "-o", "refused")
    assert wrong.code == ExitCode.INPUT
    assert is_one_sentence(wrong)
    assert "another" not in wrong.err
    assert not (tmp_path / "refused").exists()


@pytest.mark.parametrize("is_there", [True, False])
def test_where_no_limit_is_told_the_recipients_counts_and_that_is_said(
    invoke: Invoke, tmp_path: Path, good: Certificate, is_there: bool
) -> None:
    write_log(tmp_path / "shop.log", 1_500)
    own_recipient(invoke, 130_000)
    with reception(Sink("SIZE"), good) as running:
        port = running if is_there else free_port()
        configure_smtp(port, good)
        outcome = create(invoke, "shop.log", "--provider", "acme", "--size-limit", "account")
    assert outcome.code == ExitCode.FINE, outcome.err
    told = (
        f"No limit is told by 127.0.0.1:{port}, or there is no way there now: what the recipient takes counts, else 10"
    )
    assert told in outcome.err
    assert 120_000 < mail_size(tmp_path) <= 130_000


def test_what_cannot_be_asked_is_told_in_a_sentence_and_nothing_is_written(
    invoke: Invoke, tmp_path: Path, certificates: Certificates
) -> None:
    def refused(typed: str, code: ExitCode, told: str) -> None:
        outcome = create(invoke, "shop.log", "--size-limit", typed)
        assert outcome.code == code
        assert is_one_sentence(outcome)
        assert told in outcome.err
        assert not list(tmp_path.glob("ticket-*"))

    write_log(tmp_path / "shop.log", 10)
    refused("account", ExitCode.USAGE, "There is no mail account whose server could be asked")
    refused("account:home", ExitCode.USAGE, "There is no mail account 'home'")
    refused("accounts", ExitCode.USAGE, "'accounts' is not a size")
    configure('sendmail = ["msmtp"]')
    refused("account", ExitCode.INPUT, "The account work has no server that could be asked")
    with reception(Sink(), certificates.good) as port:
        configure_smtp(port, None)
        refused("account", ExitCode.INPUT, "is not trusted")
    configure('imap = "imaps://127.0.0.1:9"')
    refused("account", ExitCode.INPUT, "There is no password for the account work, and nobody to ask for it.")
    configure('imap = "imaps://127.0.0.1:9"', f"password_command = {printing(then='sys.exit(3)')}")
    refused("account", ExitCode.INPUT, "account.work.password_command failed (exit code 3).")
    second = '\n[account.second]\nfrom = "kim@shop.example"\nsmtp = "smtps://127.0.0.1:9"\n'
    config.user_file().write_text(config.user_file().read_text(encoding="utf-8") + second, encoding="utf-8")
    refused("account", ExitCode.USAGE, "There are 2 mail accounts, and none is chosen.")


def test_without_being_asked_to_create_imports_nothing_that_speaks_to_a_server(tmp_path: Path) -> None:
    write_log(tmp_path / "shop.log", 10)
    argv = ["create", *TYPED, "shop.log", "--size-limit", "1MB"]
    program = (
        # which proofs a ticket takes depends on its random id, and what they come from imports ssl for itself
        "import sys, stdnum.util; del sys.modules['ssl']\n"
        f"from bundler.cli import run; print(run({argv!r}))\n"
        f"print(*(name for name in {NETWORK!r} if name in sys.modules))"
    )
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, cwd=tmp_path, env=environ
    )
    assert done.stdout.splitlines()[-2:] == [str(int(ExitCode.FINE)), ""]
