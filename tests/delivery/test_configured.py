"""Mail accounts as they are configured: what they become, and each mistake in one sentence that says where it is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bundler import config
from bundler.delivery.accounts import Account, Server
from bundler.delivery.configured import choose_account, configured_account
from bundler.errors import BundlerError, MisuseError, UnreadableInput
from bundler.mail.letter import Sender
from tests.conftest import Invoke

WORK = """\
[account.work]
from = "Søren Å <dev@shop.example>"
smtp = "smtp+starttls://smtp.shop.example"
"""


def _own_file(text: str) -> Path:
    path = config.user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _account(text: str, name: str = "") -> Account | None:
    _own_file(text)
    settings = config.load(Path("/"))
    return choose_account(settings.accounts, name, settings.default_account)


def test_an_account_is_what_its_table_says(tmp_path: Path) -> None:
    path = _own_file(
        '[account.work]\nfrom = "Søren Å <dev@shop.example>"\nuser = "dev"\nsmtp = "smtps://smtp.shop.example:2465"\n'
        'imap = "imap+starttls://imap.shop.example"\nauth = "xoauth2"\ntoken_command = ["pizauth", "show", "work"]\n'
        'sendmail = ["msmtp", "-a", "work"]\ndrafts = "Kladder"\nsent = "Sendt"\nkeep_sent = true\nca_file = "ca.pem"\n'
        'timeout = 5\nsource_address = "127.0.0.2"\n'
    )
    assert choose_account(config.load(tmp_path).accounts) == Account(
        name="work",
        sender=Sender("dev@shop.example", "Søren Å"),
        user="dev",
        smtp=Server("smtp.shop.example", 2465, "tls"),
        imap=Server("imap.shop.example", 143, "starttls"),
        mechanism="xoauth2",
        token_command=("pizauth", "show", "work"),
        sendmail=("msmtp", "-a", "work"),
        drafts="Kladder",
        sent="Sendt",
        keeps_sent=True,
        ca_file=str(path.parent / "ca.pem"),
        timeout_s=5,
        source_address="127.0.0.2",
    )


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("smtps://h.example", 465),
        ("smtp+starttls://h.example/", 587),
        ("smtps://[::1]:25", 25),
        ("SMTPS://h.example", 465),
    ],
)
def test_a_server_has_the_usual_port_unless_it_names_one(address: str, port: int) -> None:
    account = configured_account("work", {"from": "a@b.example", "smtp": address})
    assert account.smtp is not None
    assert account.smtp.port == port


def test_without_an_account_there_is_none() -> None:
    assert _account("") is None


def test_the_only_account_needs_no_default_and_one_of_several_does() -> None:
    home = '[account.home]\nfrom = "me@home.example"\nsendmail = ["msmtp"]\n'
    assert (chosen := _account(home)) is not None
    assert chosen.name == "home"
    with pytest.raises(MisuseError, match="There are 2 mail accounts, and none is chosen"):
        _account(WORK + home)
    assert (chosen := _account('default_account = "home"\n' + WORK + home)) is not None
    assert chosen.name == "home"
    assert (chosen := _account('default_account = "home"\n' + WORK + home, "work")) is not None
    assert chosen.name == "work"


@pytest.mark.parametrize(("default", "typed"), [("away", ""), ("", "away")])
def test_an_account_that_there_is_not_is_named(default: str, typed: str) -> None:
    with pytest.raises(MisuseError, match="'away'") as caught:
        _account(f'default_account = "{default}"\n' + WORK, typed)
    assert "work" in caught.value.hint


WRONG = [
    ('from = "a@b.example"\nsendmail = ["m"]\nca_file = "~nobody-of-that-name/ca.pem"', "a user that there is not"),
    ('from = "Søren"\nsendmail = ["m"]', "'Søren' is not a mail address"),
    ('from = "a@b.example, c@d.example"\nsendmail = ["m"]', "is not a mail address"),
    ('from = "Kim\\nBcc: x@y.example <a@b.example>"\nsendmail = ["m"]', "is not one line"),
    ('sendmail = ["m"]', "has no from"),
    ('from = "a@b.example"', "names no server and no sendmail"),
    ('from = "a@b.example"\nsmtp = "smtp://h.example"', "without TLS, which we never do"),
    ('from = "a@b.example"\nimap = "imap://h.example"', "without TLS, which we never do"),
    ('from = "a@b.example"\nsmtp = "imaps://h.example"', "does not begin with smtps://"),
    ('from = "a@b.example"\nsmtp = "h.example"', "does not begin with smtps://"),
    ('from = "a@b.example"\nsmtp = "smtps://me:hunter2@h.example"', "holds a user or a password"),
    ('from = "a@b.example"\nsmtp = "smtps://h.example:99999"', "is no address of a server"),
    ('from = "a@b.example"\nsmtp = "smtps://h example"', "is no host with a port"),
    ('from = "a@b.example"\nsmtp = "smtps://"', "is no host with a port"),
    ('from = "a@b.example"\nsmtp = "smtps://h.example/inbox"', "is no host with a port"),
    ('from = "a@b.example"\nsendmail = ["m"]\nauth = "cram-md5"', "auth is none of"),
    ('from = "a@b.example"\nsendmail = ["m"]\nauth = "xoauth2"\npassword_command = ["p"]', "logs in with a token"),
    ('from = "a@b.example"\nsendmail = ["m"]\ntoken_command = ["p"]', "logs in with a password"),
    ('from = "a@b.example"\nsendmail = ["m"]\ntimeout = "soon"', "is no number of seconds"),
    ('from = "a@b.example"\nsendmail = ["m"]\nkeep_sent = true', "needs a mailbox"),
    ('from = "a@b.example"\nsendmail = "msmtp -t"', "must be a list of texts"),
    ('from = "a@b.example"\nsendmail = []', "must be a list of texts"),
    ('from = "a@b.example"\nsendmail = ["m"]\nkeep_sent = "yes"', "must be true or false"),
    ('from = "a@b.example"\nsendmail = ["m"]\nsmtp_login = false', "about a server to send by, and there is none"),
    ('from = "a@b.example"\nsmtp = "smtps://h"\nsmtp_login = false\npassword_command = ["p"]', "that nobody asks for"),
    ('from = "a@b.example"\nsmtp = "smtps://h"\nsmtp_login = "no"', "must be true or false"),
    ('from = 3\nsendmail = ["m"]', "must be a text"),
    ('from = "a@b.example"\nsendmail = ["m"]\nsmpt = "x"', "no option 'smpt'"),
]


@pytest.mark.parametrize(("table", "said"), WRONG)
def test_a_wrong_account_is_refused_in_one_sentence_with_a_hint(table: str, said: str) -> None:
    tomllib.loads(f"[account.work]\n{table}\n")
    with pytest.raises(BundlerError) as caught:
        _account(f"[account.work]\n{table}\n")
    assert said in caught.value.message
    assert "account.work" in caught.value.message
    assert caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("key", ["password", "pass", "token", "secret", "passwd", "client_secret"])
def test_a_password_in_the_file_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(UnreadableInput, match="looks like a secret") as caught:
        _account(f'{WORK}{key} = "hunter2"\n')
    assert "keyring" in caught.value.hint
    assert "password_command" in caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('account = "work"', "must be tables"),
        ("account = 3", "must be a table"),
        ("account.work = 3", "must be a table"),
        ('[account." "]\nfrom = "a@b.example"', "is no name for an account"),
        ('[account."a\\nb"]\nfrom = "a@b.example"', "is no name for an account"),
    ],
)
def test_what_is_no_table_of_an_account_is_refused(text: str, said: str) -> None:
    with pytest.raises(UnreadableInput, match=said):
        _account(text)


def test_a_project_may_not_say_where_your_password_goes(tmp_path: Path) -> None:
    (tmp_path / config.PROJECT_FILE).write_text(WORK, encoding="utf-8")
    with pytest.raises(UnreadableInput, match="accounts are only read from your own") as caught:
        config.load(tmp_path)
    assert "server of their own" in caught.value.hint


def test_a_project_may_choose_among_your_accounts(tmp_path: Path) -> None:
    _own_file(WORK + '[account.home]\nfrom = "me@home.example"\nsendmail = ["msmtp"]\n')
    (tmp_path / config.PROJECT_FILE).write_text('default_account = "home"\n', encoding="utf-8")
    settings = config.load(tmp_path)
    assert (chosen := choose_account(settings.accounts, "", settings.default_account)) is not None
    assert chosen.name == "home"


def test_accounts_are_shown_checked_and_begun(invoke: Invoke) -> None:
    _own_file(WORK)
    shown = invoke("config", "show").out
    assert "account.work" in shown
    assert "smtp=smtp+starttls://smtp.shop.example" in shown
    assert invoke("config", "check").code == 0
    _own_file('[account.work]\nfrom = "dev@shop.example"\nsmtp = "smtp://smtp.shop.example"\n')
    refused = invoke("config", "check")
    assert refused.code == 3
    assert "without TLS" in refused.err
    _own_file('default_account = "away"\n' + WORK)
    assert invoke("config", "check").code == 2
    assert "# [account.work]" in invoke("config", "init", "--user", "--stdout").out
    assert "[account" not in invoke("config", "init", "--stdout").out


def test_the_account_of_the_starter_is_one(invoke: Invoke) -> None:
    text = invoke("config", "init", "--user", "--stdout").out
    example = text[text.index("# [account.work]") :].replace("# ", "")
    assert (account := _account(example)) is not None
    assert account.password_command == ("pass", "show", "mail")
