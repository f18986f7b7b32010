"""Finds the password or token of an account: keyring, then a program or a file, then the person; touches those.

It goes to the server and nowhere else: no argument list, environment variable, log or file of ours ever holds it.
"""

from __future__ import annotations

import os
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Literal, TypeVar, cast

from msgspec import Struct

from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.security import LoginRefused
from bundler.errors import EnvironmentProblem, UnreadableInput

Result = TypeVar("Result")
Ask = Callable[[str], str]
"""Shows a question and gives what the person types, unseen; "" when they have nothing to say."""
Origin = Literal["keyring", "command", "file", "prompt"]

TRIES = 3
"""How often somebody is asked for a password that the server refuses; servers lock out who tries on."""
COMMAND_TIMEOUT_S = 120.0
"""A program may ask for a passphrase of its own, or have a token renewed in a browser."""

_LARGEST = 64 * 1024
_SERVICE = "ticket-bundler:"


class Found(Struct, frozen=True):
    """A secret, and where it came from."""

    credential: Credential
    origin: Origin


def keyring_service(server: Server) -> str:
    """The name that the keyring knows the password by; of one host alone, so that no other is ever given it."""
    return f"{_SERVICE}{server.host.lower()}"


def logged_in(
    found: Found, account: Account, server: Server, ask: Ask | None, deliver: Callable[[Credential], Result]
) -> Result:
    """``deliver`` with what was ``found``; a password that was typed may be typed anew, three times in all.

    Raises ``LoginRefused`` when the server refuses the last one, and ``EnvironmentProblem`` when nothing is typed any
    more; nothing was handed over then.
    """
    for count in range(1, TRIES + 1):
        try:
            return deliver(found.credential)
        except LoginRefused as refused:
            if found.origin != "prompt" or ask is None:
                raise LoginRefused(refused.message, _stale_hint(account, server, found.origin)) from refused
            if count == TRIES:
                raise
            found = _asked(account, server, ask, f"{refused.message} ")
    raise AssertionError("the last try returns or raises")


def find_secret(account: Account, server: Server, ask: Ask | None) -> Found:
    """The secret that lets ``account`` into ``server``; ``ask`` is None where nobody can be asked.

    Raises ``EnvironmentProblem`` where there is none, where a program that prints it fails, and for a file that others
    may read; ``UnreadableInput`` for what is no password.
    """
    if account.mechanism == "password" and (known := _from_keyring(server, account.login)):
        return Found(Credential(known), "keyring")
    key = "password_command" if account.mechanism == "password" else "token_command"
    if command := account.password_command if account.mechanism == "password" else account.token_command:
        return Found(Credential(_first_line(_output(command, f"account.{account.name}.{key}"), key)), "command")
    if account.password_file:
        return Found(Credential(_first_line(_private(Path(account.password_file)), "password_file")), "file")
    if ask is None:
        raise EnvironmentProblem(
            f"There is no {_noun(account)} for the account {account.name}, and nobody to ask for it.",
            _ways(account, server),
        )
    return _asked(account, server, ask, "")


def _asked(account: Account, server: Server, ask: Ask, before: str) -> Found:
    question = f"{before}{_noun(account).capitalize()} of {account.login} at {server.host}"
    for _ in range(TRIES):
        if typed := ask(question):
            return Found(Credential(_checked(typed, f"what was typed as {_noun(account)}")), "prompt")
    raise EnvironmentProblem(f"No {_noun(account)} was typed; nothing was handed over.", _ways(account, server))


def _from_keyring(server: Server, user: str) -> str:
    """What the keyring holds; "" where there is none, it has no entry or stays locked: other places are left then."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(keyring_service(server), user) or ""
    except (KeyringError, RuntimeError, OSError):  # NoKeyringError on servers; a session bus that is gone
        return ""


def _output(command: tuple[str, ...], place: str) -> bytes:
    """What a program prints; what it complains of is not shown, for it may hold anything."""
    hint = f"Run {command[0]} yourself as {place} has it: it must print the secret as its first line."
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "its arguments cannot be passed on"
        raise EnvironmentProblem(f"{place} cannot be run: {why.lower()}.", hint) from error
    read: list[bytes] = []
    output = cast("IO[bytes]", process.stdout)  # there is one, for it was asked for
    reader = threading.Thread(target=_read_all, args=(output.fileno(), read), daemon=True)
    try:
        reader.start()
        reader.join(COMMAND_TIMEOUT_S)
        if reader.is_alive():
            raise EnvironmentProblem(f"{place} has not ended within {COMMAND_TIMEOUT_S:.0f} seconds.", hint)
        if sum(map(len, read)) > _LARGEST:
            raise EnvironmentProblem(f"{place} prints far more than a password or a token.", hint)
        try:
            code = process.wait(COMMAND_TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            raise EnvironmentProblem(f"{place} has closed its output and does not end.", hint) from error
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
            reader.join(1)  # it ends with the program, unless another holds the pipe
        if not reader.is_alive():
            output.close()
    if code != 0:
        raise EnvironmentProblem(f"{place} failed (exit code {code}).", hint)
    return b"".join(read)


def _read_all(number: int, read: list[bytes]) -> None:
    size = 0
    while size <= _LARGEST and (block := os.read(number, _LARGEST)):
        size += len(block)
        read.append(block)


def _private(path: Path) -> bytes:
    """The content of a file that its owner alone may read."""
    try:
        with path.open("rb") as stream:
            mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise EnvironmentProblem(
                    f"{path} holds a password and others on this machine may open it, so it is not used.",
                    f"Make it yours alone: chmod 600 {path}; if others have used this machine, change the password.",
                )
            return stream.read(_LARGEST)
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise UnreadableInput(f"The password file {path} cannot be read: {why}.", "Check password_file.") from error


def _first_line(data: bytes, what: str) -> str:
    line = data.split(b"\n", 1)[0].removesuffix(b"\r")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise UnreadableInput(f"The first line of {what} is no text in UTF-8.", "It must be the secret.") from None
    return _checked(text, f"the first line of {what}")


def _checked(secret: str, what: str) -> str:
    if not secret.strip():
        raise UnreadableInput(f"{what[0].upper()}{what[1:]} is empty.", "It must be the secret.")
    if any(ord(each) < 0x20 or ord(each) == 0x7F for each in secret) or len(secret) > _LARGEST // 2:
        raise UnreadableInput(f"{what[0].upper()}{what[1:]} is no password or token.", "It must be the secret alone.")
    return secret


def _noun(account: Account) -> str:
    return "password" if account.mechanism == "password" else "token"


def _ways(account: Account, server: Server) -> str:
    if account.mechanism != "password":
        return 'Name a program that prints it: token_command = ["pizauth", "show", "work"].'
    return (
        f"Keep it in the keyring (keyring set {keyring_service(server)} {account.login}), or name a program that "
        'prints it: password_command = ["pass", "show", "mail"].'
    )


def _stale_hint(account: Account, server: Server, origin: Origin) -> str:
    came = f"The {_noun(account)} came from"
    if origin == "keyring":
        return f"{came} the keyring; to replace it: keyring set {keyring_service(server)} {account.login}"
    if origin == "file":
        return f"{came} {account.password_file}; put the right one there."
    key = "password_command" if account.mechanism == "password" else "token_command"
    return f"{came} account.{account.name}.{key}; look at what that prints first."
