"""Encrypts the private map for those who may open it, and opens it again: the age format (age-encryption.org/v1)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence.contents import find, unreadable
from bundler.mail import age

if TYPE_CHECKING:
    from types import ModuleType

_HEADERS = (b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----")
_LARGEST_KEY_FILE = 1024 * 1024


class Recipients(NamedTuple):
    """Who may open a map; at least one, all of them understood."""

    keys: tuple[Any, ...]


def is_sealed(head: bytes) -> bool:
    """True for what starts like an encrypted file of age, binary or armoured."""
    return head.startswith(_HEADERS)


def read_recipients(typed: Sequence[str]) -> Recipients | None:
    """Those named by ``typed``, each a public key (``age1…``, ``ssh-…``) or a file of such; None when none is named.

    Raises ``MisuseError`` for a key that is none, ``UnreadableInput`` for a file that cannot be read or names nobody,
    ``EnvironmentProblem`` without pyrage.
    """
    if not typed:
        return None
    _pyrage()
    keys: list[Any] = []
    for each in typed:
        if each.startswith(age.STARTS):
            keys.append(age.recipient(each, "--map-recipient"))
        else:
            keys += age.recipients_in(_key_file(each), each)
    return Recipients(tuple(keys))


def seal(data: bytes, recipients: Recipients) -> bytes:
    """``data`` encrypted, so that each of ``recipients`` can open it; the same bytes never come out twice."""
    return age.encrypt(data, recipients.keys)


def unseal(data: bytes, identities: Sequence[Path], name: str) -> bytes:
    """What ``seal`` encrypted, by one of the private keys in the files ``identities``.

    ``name`` is how the encrypted file is called. Raises ``MisuseError`` without an identity, ``UnreadableInput`` for
    one that cannot be read or does not fit, ``EnvironmentProblem`` without pyrage.
    """
    if not identities:
        raise MisuseError(
            f"{name} is encrypted, and no key to open it was named.", "Name the file of your key: --map-identity FILE."
        )
    pyrage = _pyrage()
    keys = [key for path in identities for key in _identities(pyrage, path)]
    try:
        plain: bytes = pyrage.decrypt(data, keys)
    except pyrage.DecryptError:
        raise UnreadableInput(
            f"{name} cannot be opened: no identity fits, or it is damaged.",
            "Name the key of one of those it was written for: --map-identity FILE.",
        ) from None
    return plain


def _pyrage() -> ModuleType:
    return age.pyrage("Encrypted maps")


def _identities(pyrage: ModuleType, path: Path) -> list[Any]:
    """The private keys in a file as age-keygen writes it, or the one of an SSH key; the reason is never told."""
    data = _key_file(str(path))
    try:
        if data.lstrip().startswith(b"-----BEGIN "):
            return [pyrage.ssh.Identity.from_buffer(data)]
        keys = [pyrage.x25519.Identity.from_str(line) for line in age.key_lines(data)]
    except (pyrage.IdentityError, UnicodeDecodeError):
        keys = []
    if not keys:
        raise UnreadableInput(
            f"{path} holds no key that can be used.", "Name the file that age-keygen wrote, without a pass phrase."
        )
    return keys


def _key_file(name: str) -> bytes:
    path, _ = find(name)
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST_KEY_FILE)
    except OSError as error:
        raise unreadable(name, error) from error
