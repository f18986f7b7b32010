"""Where passwords come from, in which order, and that one which cannot be used is refused in one sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.core
import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from msgspec.structs import replace

from bundler.delivery import secrets
from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.outcome import Outcome
from bundler.delivery.secrets import Found, Origin, find_secret, keyring_service, logged_in
from bundler.delivery.security import LoginRefused
from bundler.errors import BundlerError, EnvironmentProblem, UnreadableInput
from bundler.mail.letter import Sender

SERVER = Server("smtp.shop.example", 465, "tls")
ACCOUNT = Account(name="work", sender=Sender("dev@shop.example"), smtp=SERVER)
SENT = Outcome("delivered", "")


class _Drawer(KeyringBackend):
    """A keyring in memory."""

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise keyring.errors.KeyringLocked("the user did not unlock it")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def _none() -> KeyringBackend:
    """What a server without a keyring has: it raises NoKeyringError."""
    return keyring.core.load_keyring("keyring.backends.fail.Keyring")


@pytest.fixture
def drawer() -> Iterator[_Drawer]:
    """A keyring that holds nothing yet."""
    before = keyring.get_keyring()
    made = _Drawer()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def _no_keyring_of_the_machine() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(_none())
    yield
    keyring.set_keyring(before)


def _printing(text: str, *, then: str = "") -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys, time; sys.stdout.write({text!r}); sys.stdout.flush(); {then}")


def _never(question: str) -> str:
    raise AssertionError(f"nobody should have been asked: {question}")


def test_the_keyring_comes_first_and_knows_a_password_by_its_host(drawer: _Drawer) -> None:
    keyring.set_password(keyring_service(SERVER), "dev@shop.example", "of the keyring")
    account = replace(ACCOUNT, password_command=_printing("of the command"))
    assert find_secret(account, SERVER, _never) == Found(Credential("of the keyring"), "keyring")
    other = replace(SERVER, host="smtp.evil.example")
    assert find_secret(account, other, _never).credential.secret == "of the command"
    assert find_secret(replace(account, user="kim"), SERVER, _never).credential.secret == "of the command"


def test_without_a_keyring_or_with_a_locked_one_the_next_place_is_asked(drawer: _Drawer) -> None:
    account = replace(ACCOUNT, password_command=_printing("of the command"))
    drawer.is_locked = True
    assert find_secret(account, SERVER, _never).origin == "command"
    keyring.set_keyring(_none())
    assert find_secret(account, SERVER, _never).origin == "command"


def test_without_the_package_the_next_place_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert find_secret(replace(ACCOUNT, password_command=_printing("x")), SERVER, None).origin == "command"


@pytest.mark.parametrize("text", ["s3cret", "s3cret\n", "s3cret\r\nuser: kim\n", "s3cret\n" + "x" * 9000])
def test_a_command_prints_the_secret_as_its_first_line(text: str) -> None:
    assert find_secret(replace(ACCOUNT, password_command=_printing(text)), SERVER, None).credential.secret == "s3cret"


def test_no_shell_reads_a_command(tmp_path: Path) -> None:
    program = "import sys; print(sys.argv[1])"
    account = replace(ACCOUNT, password_command=(sys.executable, "-c", program, f"$(touch {tmp_path}/made)"))
    assert find_secret(account, SERVER, None).credential.secret == f"$(touch {tmp_path}/made)"
    assert list(tmp_path.iterdir()) == []


def test_blanks_of_a_password_are_part_of_it() -> None:
    assert (
        find_secret(replace(ACCOUNT, password_command=_printing(" a b \n")), SERVER, None).credential.secret == " a b "
    )


def test_tokens_come_from_their_own_command_and_never_from_the_keyring(drawer: _Drawer) -> None:
    keyring.set_password(keyring_service(SERVER), "dev@shop.example", "a password")
    account = replace(ACCOUNT, mechanism="xoauth2", token_command=_printing("a token\n"))
    assert find_secret(account, SERVER, None) == Found(Credential("a token"), "command")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (_printing("hunter2", then="sys.exit(3)"), "failed (exit code 3)"),
        (_printing("hunter2", then="import os; os.kill(os.getpid(), 9)"), "failed (exit code -9)"),
        (_printing(""), "is empty"),
        (_printing("\nhunter2"), "is empty"),
        (_printing("hunt\x1ber2"), "is no password or token"),
        (_printing("hunt\x00er2"), "is no password or token"),
        ((sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'hunt\\xffer2')"), "is no text in UTF-8"),
        ((sys.executable, "-c", "while True: print('hunter2' * 1000)"), "prints far more"),
        (("/no/such/program",), "cannot be run: no such file"),
        (("/",), "cannot be run"),
        (("cat", "a\0b"), "cannot be run"),
    ],
)
def test_a_command_that_gives_no_secret_is_told_without_what_it_printed(command: tuple[str, ...], said: str) -> None:
    with pytest.raises(BundlerError) as caught:
        find_secret(replace(ACCOUNT, password_command=command), SERVER, _never)
    assert said in caught.value.message
    assert "password_command" in caught.value.message
    assert caught.value.hint
    assert "hunt" not in caught.value.message + caught.value.hint.replace(command[0], "")


@pytest.mark.parametrize("then", ["time.sleep(60)", "sys.stdout.close(); import os; os.close(1); time.sleep(60)"])
def test_a_command_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, then: str) -> None:
    monkeypatch.setattr(secrets, "COMMAND_TIMEOUT_S", 1)
    with pytest.raises(EnvironmentProblem):
        find_secret(replace(ACCOUNT, password_command=_printing("x", then=then)), SERVER, _never)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o604])
def test_a_password_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "password"
    file.write_text("hunter2\n", encoding="utf-8")
    file.chmod(mode)
    with pytest.raises(EnvironmentProblem, match="others on this machine may open it") as caught:
        find_secret(replace(ACCOUNT, password_file=str(file)), SERVER, _never)
    assert f"chmod 600 {file}" in caught.value.hint
    assert "hunter2" not in caught.value.message


def test_a_private_password_file_is_read_and_one_that_is_not_there_told(tmp_path: Path) -> None:
    file = tmp_path / "password"
    account = replace(ACCOUNT, password_file=str(file))
    with pytest.raises(UnreadableInput, match="cannot be read: no such file"):
        find_secret(account, SERVER, _never)
    file.write_text("s3cret\n", encoding="utf-8")
    file.chmod(0o600)
    assert find_secret(account, SERVER, _never) == Found(Credential("s3cret"), "file")


@pytest.mark.parametrize(("mechanism", "noun"), [("password", "password"), ("xoauth2", "token")])
def test_without_anything_and_anybody_the_ways_are_told(mechanism: str, noun: str) -> None:
    account = replace(ACCOUNT, mechanism=mechanism)
    with pytest.raises(EnvironmentProblem, match=f"There is no {noun} for the account work") as caught:
        find_secret(account, SERVER, None)
    assert f"{noun}_command" in caught.value.hint


def test_a_person_is_asked_for_whom_and_where() -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "" if len(asked) == 1 else "typed"

    assert find_secret(ACCOUNT, SERVER, answer) == Found(Credential("typed"), "prompt")
    assert asked == ["Password of dev@shop.example at smtp.shop.example"] * 2


def test_nothing_typed_three_times_is_the_end() -> None:
    typed = iter(["", "", "", "too late"])
    with pytest.raises(EnvironmentProblem, match="No password was typed"):
        find_secret(ACCOUNT, SERVER, lambda question: next(typed))
    assert list(typed) == ["too late"]


def test_a_refused_password_that_was_typed_is_asked_for_again_three_times_in_all() -> None:
    tried: list[str] = []
    typed = iter(["second", "third", "fourth"])

    def deliver(credential: Credential) -> Outcome:
        tried.append(credential.secret)
        raise LoginRefused("The server does not let dev@shop.example in.")

    with pytest.raises(LoginRefused):
        logged_in(Found(Credential("first"), "prompt"), ACCOUNT, SERVER, lambda question: next(typed), deliver)
    assert tried == ["first", "second", "third"]


def test_the_right_password_at_the_second_try_hands_over_once() -> None:
    tried: list[str] = []

    def deliver(credential: Credential) -> Outcome:
        tried.append(credential.secret)
        if credential.secret != "right":
            raise LoginRefused("The server does not let dev@shop.example in.")
        return SENT

    found = Found(Credential("wrong"), "prompt")
    assert logged_in(found, ACCOUNT, SERVER, lambda question: "right", deliver) == SENT
    assert tried == ["wrong", "right"]


@pytest.mark.parametrize(
    ("origin", "hint"),
    [
        ("keyring", "keyring set ticket-bundler:smtp.shop.example dev@shop.example"),
        ("command", "account.work.password_command"),
        ("file", "/secret/file"),
    ],
)
def test_a_refused_password_from_elsewhere_is_not_asked_for_but_told_where_it_came_from(
    origin: Origin, hint: str
) -> None:
    def deliver(credential: Credential) -> Outcome:
        raise LoginRefused("The server does not let dev@shop.example in.", "Another hint.")

    account = replace(ACCOUNT, password_file="/secret/file")
    with pytest.raises(LoginRefused) as caught:
        logged_in(Found(Credential("x"), origin), account, SERVER, _never, deliver)
    assert hint in caught.value.hint


def test_a_secret_shows_itself_nowhere() -> None:
    assert "hunter2" not in repr(Found(Credential("hunter2"), "prompt"))
