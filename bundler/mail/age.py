"""Public keys of age and SSH, and what is encrypted to them in the age format (age-encryption.org/v1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bundler.errors import EnvironmentProblem, MisuseError, UnreadableInput
from bundler.mail.keys import Key, same_address

if TYPE_CHECKING:
    from types import ModuleType

STARTS = ("age1", "ssh-")
_HINT = "It holds one public key a line: age1…."


def pyrage(what: str) -> ModuleType:
    """The package pyrage, which only comes with an extra.

    Raises ``EnvironmentProblem``, saying that ``what`` needs it ("Encrypted maps"), where it is not installed.
    """
    try:
        import pyrage as found
    except ImportError as error:
        raise EnvironmentProblem(
            f"{what} need the package pyrage, which is not installed.", "pip install 'ticket-bundler[age]'"
        ) from error
    module: ModuleType = found
    return module


def recipient(text: str, where: str) -> Any:
    """One public key, ``age1…`` or ``ssh-…``, as pyrage takes it; ``MisuseError`` for what is none."""
    library = pyrage("Keys of age")
    kind = library.ssh if text.startswith("ssh-") else library.x25519
    try:
        return kind.Recipient.from_str(text)
    except library.RecipientError:
        raise MisuseError(
            f"A recipient in {where} is no public key.", "It begins with age1 and is copied whole, from age-keygen -y."
        ) from None


def recipients_in(data: bytes, name: str) -> list[Any]:
    """The public keys in a file, one a line, at least one; ``name`` is how it is called.

    Raises ``UnreadableInput`` for a file without any, ``MisuseError`` for a line that is none.
    """
    try:
        lines = key_lines(data)
    except UnicodeDecodeError:
        lines = []
    if not lines:
        raise UnreadableInput(f"{name} names no recipient.", _HINT)
    return [recipient(line, name) for line in lines]


def key_lines(data: bytes) -> list[str]:
    """The lines that are neither empty nor a comment; raises ``UnicodeDecodeError`` for what is no text."""
    lines = [line.strip() for line in data.decode("ascii").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def encrypt(data: bytes, recipients: Sequence[Any]) -> bytes:
    """``data`` so that each of ``recipients`` can open it; the same bytes never come out twice."""
    sealed: bytes = pyrage("Keys of age").encrypt(data, list(recipients))
    return sealed


def keys_for(addresses: Sequence[str], keys: Sequence[Key], sender: str) -> list[Any]:
    """The public keys of everybody in ``addresses``, and of the sender where there is one.

    A key of which nobody said whose it is belongs to the only address. Raises ``UnreadableInput``, naming the
    address, where one has none.
    """
    found: list[Any] = []
    for address in addresses:
        own = [key for key in keys if same_address(key.address, address) or (not key.address and len(addresses) == 1)]
        if not own:
            raise UnreadableInput(
                f"There is no key for {address}, so the mail cannot be encrypted.",
                f"A key of age does not say whose it is: --encrypt {address}=FILE, for each who gets the mail.",
            )
        found += [each for key in own for each in recipients_in(key.data, key.name)]
    copies = [key for key in keys if key.address and same_address(key.address, sender)]
    return found + [each for key in copies for each in recipients_in(key.data, key.name)]
