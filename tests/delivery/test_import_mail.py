"""Accounts out of git and msmtp: what they have in their files becomes a table that works, without any password."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from bundler import config
from bundler.delivery.configured import choose_account
from bundler.delivery.import_mail import import_mail
from bundler.errors import EnvironmentProblem, MisuseError, UnreadableInput
from bundler.mail.letter import Sender
from tests.conftest import Invoke

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
needs_msmtp = pytest.mark.skipif(shutil.which("msmtp") is None, reason="msmtp is not installed")

MSMTPRC = """\
# the accounts of a developer
defaults
auth on
tls\ton
logfile ~/.msmtp.log

account work
host smtp.example.com
port 465
tls_starttls off
from "kim@psp.example"
user kim
passwordeval "pass show mail/work"

account home : work
host mail.home.example
port 2587
tls_starttls on
passwordeval gpg --decrypt ~/secret.gpg | head -1

account old
host old.example
tls off
tls_certcheck off
password hunter2

account cloud
host smtp.cloud.example
port 587
auth oauthbearer
user kim@cloud.example
passwordeval pizauth show cloud

account relay
host relay.example
auth off
user kim@psp.example
passwordeval pass show relay

account default : home
"""


def _tables(program: str, path: Path | None = None) -> dict[str, str]:
    return {each.name: each.as_table() for each in import_mail(program, path)}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose settings are all that git knows."""
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "shop"
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def _set(folder: Path, **values: str) -> None:
    for name, value in values.items():
        subprocess.run(["git", "config", name.replace("__", "."), value], cwd=folder, check=True)


@needs_git
@pytest.mark.real
def test_what_git_sends_by_becomes_an_account(repository: Path) -> None:
    _set(
        repository,
        user__name='Kim "K" Éxample',
        user__email="kim@psp.example",
        sendemail__smtpServer="smtp.psp.example",
        sendemail__smtpServerPort="587",
        sendemail__smtpEncryption="tls",
        sendemail__smtpUser="kim",
    )
    (table,) = _tables("git", repository).values()
    path = config.user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table, encoding="utf-8")
    account = choose_account(config.load(repository).accounts)
    assert account is not None
    assert account.sender == Sender("kim@psp.example", 'Kim "K" Éxample')
    assert account.smtp is not None
    assert (account.smtp.host, account.smtp.port, account.smtp.security) == ("smtp.psp.example", 587, "starttls")
    assert account.user == "kim"


@needs_git
@pytest.mark.real
def test_a_password_in_gits_settings_is_told_and_not_copied(repository: Path) -> None:
    _set(repository, sendemail__smtpServer="smtp.psp.example", sendemail__smtpPass="hunter2")
    (table,) = _tables("git", repository).values()
    assert "hunter2" not in table
    assert "holds your password in the clear" in table
    assert "does not ask for TLS here; this account does" in table


@needs_git
@pytest.mark.real
def test_each_identity_of_git_becomes_an_account_and_sendmail_stays_a_program(repository: Path) -> None:
    _set(
        repository,
        sendemail__from="Kim <kim@psp.example>",
        sendemail__work__smtpServer="smtp.psp.example",
        sendemail__work__smtpEncryption="ssl",
        sendemail__local__smtpServer="/usr/bin/msmtp",
        sendemail__piped__sendmailCmd="msmtp -a work | tee log",
    )
    tables = _tables("git", repository)
    assert set(tables) == {"work", "local", "piped"}
    assert 'smtp = "smtps://smtp.psp.example"' in tables["work"]
    assert 'sendmail = ["/usr/bin/msmtp"]' in tables["local"]
    assert "needs a shell" in tables["piped"]
    assert all('from = "Kim <kim@psp.example>"' in table for table in tables.values())


@needs_git
@pytest.mark.real
def test_git_without_such_settings_is_told(repository: Path) -> None:
    with pytest.raises(UnreadableInput, match="git has no settings for sending mail"):
        import_mail("git", repository)


def test_without_git_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match="git cannot be asked"):
        import_mail("git", tmp_path)


def test_accounts_of_msmtp_begin_with_the_default_and_inherit_as_msmtp_has_it() -> None:
    (Path.home() / ".msmtprc").write_text(MSMTPRC, encoding="utf-8")
    tables = _tables("msmtp")
    assert list(tables) == ["home", "work", "old", "cloud", "relay"]
    assert 'smtp = "smtps://smtp.example.com"' in tables["work"]
    assert 'password_command = ["pass", "show", "mail/work"]' in tables["work"]
    assert 'smtp = "smtp+starttls://mail.home.example:2587"' in tables["home"]
    assert 'from = "kim@psp.example"' in tables["home"]
    assert 'auth = "oauthbearer"\ntoken_command = ["pizauth", "show", "cloud"]' in tables["cloud"]


@needs_git
@pytest.mark.real
def test_where_git_or_msmtp_log_in_nobody_the_account_does_not_either(repository: Path, tmp_path: Path) -> None:
    file = tmp_path / "msmtprc"
    for auth in ("auth off\n", ""):
        file.write_text(f"account work\nhost relay.example\ntls on\n{auth}passwordeval pass show x\n", encoding="utf-8")
        table = _tables("msmtp", file)["work"]
        assert 'smtp = "smtp+starttls://relay.example:25"\nsmtp_login = false\n' in table
        assert "password_command" not in table
    for auth in ("auth on\n", "auth\n", "auth login\n"):
        file.write_text(f"account work\nhost relay.example\ntls on\n{auth}", encoding="utf-8")
        assert "smtp_login" not in _tables("msmtp", file)["work"]
    _set(
        repository, sendemail__smtpServer="relay.example", sendemail__smtpEncryption="tls", user__email="k@psp.example"
    )
    assert 'smtp = "smtp+starttls://relay.example:25"\nsmtp_login = false\n' in _tables("git", repository)["git"]
    _set(repository, sendemail__smtpUser="kim")
    assert "smtp_login" not in _tables("git", repository)["git"]
    _set(repository, sendemail__smtpAuth="none")
    (table,) = _tables("git", repository).values()
    path = config.user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table, encoding="utf-8")
    account = choose_account(config.load(repository).accounts)
    assert account is not None
    assert (account.smtp_login, account.user) == (False, "")


@needs_msmtp
@pytest.mark.real
@pytest.mark.parametrize("name", ["work", "home", "cloud", "relay"])
def test_msmtp_itself_reads_the_same_out_of_the_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / "msmtprc"
    text = "".join(line for line in MSMTPRC.splitlines(keepends=True) if not line.startswith("passwordeval"))
    file.write_text(text.replace("logfile ~/.msmtp.log\n", ""), encoding="utf-8")  # it would run these programs
    file.chmod(0o600)
    said = subprocess.run(
        ["msmtp", "-P", "-C", file, "-a", name, "x@y.example"], capture_output=True, text=True, check=True
    ).stdout
    theirs = dict(line.split(None, 2)[::2] for line in said.splitlines() if " = " in line)
    ours = next(each for each in import_mail("msmtp", file) if each.name == name)
    address = str(dict(ours.keys)["smtp"])
    assert theirs["host"] in address
    assert ("smtps://" in address) == (theirs["tls_starttls"] == "off")
    assert (dict(ours.keys).get("smtp_login") is False) == (theirs["auth"] == "none")
    assert dict(ours.keys)["from"] in (theirs["from"], theirs["user"], "YOU <you@example.com>")


def test_a_command_that_needs_a_shell_is_told_and_not_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "msmtprc"
    file.write_text(MSMTPRC, encoding="utf-8")
    table = _tables("msmtp", file)["home"]
    assert "passwordeval needs a shell" in table
    assert "\npassword_command" not in table
    for command in ("cat $HOME/x", "a; b", "X=1 pass show", "`a`", "pass 'unclosed", "gpg -d ~/x"):
        file.write_text(f"account work\nhost h.example\nauth on\npasswordeval {command}\n", encoding="utf-8")
        assert "\npassword_command" not in _tables("msmtp", file)["work"], command
    file.write_text("account work\nhost h.example\nauth on\npasswordeval pass show 'a $b'\n", encoding="utf-8")
    assert '\npassword_command = ["pass", "show", "a $b"]' in _tables("msmtp", file)["work"]


def test_a_password_of_msmtp_is_told_and_not_copied_and_less_security_is_not_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "msmtprc"
    file.write_text(MSMTPRC, encoding="utf-8")
    table = _tables("msmtp", file)["old"]
    assert "hunter2" not in table
    assert "holds your password in the clear" in table
    assert "does not use TLS here; this account does" in table
    assert "does not check the certificate here; this account does" in table


@pytest.mark.parametrize("text", ["", "defaults\ntls on\n", "\0\xff\n" * 10, "account\n"])
def test_a_file_without_an_account_is_refused_or_gives_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "msmtprc"
    file.write_text(text, encoding="latin-1")
    try:
        assert import_mail("msmtp", file) == []
    except UnreadableInput as error:
        assert "has no account" in error.message  # noqa: PT017 - either is right


def test_hostile_values_stay_within_their_line(tmp_path: Path) -> None:
    file = tmp_path / "msmtprc"
    file.write_text(
        'account a"]\nhost h.example\nfrom x"\\ y@z.example\nuser \x1b[31m\U000e0001\nauth on\n', encoding="utf-8"
    )
    (table,) = _tables("msmtp", file).values()
    account = tomllib.loads(table)["account"]["msmtp"]
    assert (account["from"], account["user"]) == ('x"\\ y@z.example', "\x1b[31m\U000e0001")
    assert "\x1b" not in table


def test_there_is_no_file_and_no_such_program(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"There is no .*\.msmtprc"):
        import_mail("msmtp")
    with pytest.raises(MisuseError, match="'outlook'"):
        import_mail("outlook")


def test_the_command_prints_tables_and_writes_nothing(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "msmtprc"
    file.write_text(MSMTPRC, encoding="utf-8")
    outcome = invoke("config", "import-mail", "msmtp", file)
    assert outcome.code == 0
    assert outcome.out.startswith("# Made of msmtprc.")
    assert "[account.work]" in outcome.out
    assert not config.user_file().exists()
