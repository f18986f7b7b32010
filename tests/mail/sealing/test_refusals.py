"""What is no public key, or cannot be encrypted at all, is refused in a sentence."""

from __future__ import annotations

import sys
from random import Random

import pyrage
import pytest

from bundler.errors import EnvironmentProblem, MisuseError, UnreadableInput
from bundler.mail.keys import Key
from bundler.mail.letter import Letter
from bundler.mail.sealing import Form
from tests.mail.gnupg import Gnupg, needs_gpg
from tests.mail.letters import SUPPORT, letter
from tests.mail.sealing.sealed import key, refusal

pytestmark = [pytest.mark.real, needs_gpg]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "my.asc names no recipient."),
        (b"not a key at all\n", "A recipient in my.asc is no public key."),
        (b"\x89PNG\r\n\x1a\n", "my.asc holds no public key."),
        (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n-----END", "my.asc holds no public key."),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n", "my.asc holds no public key."),
        (b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlIYE", "my.asc holds a private key."),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", "my.asc holds a private key."),
        (b"# created: 2026\nAGE-SECRET-KEY-1QQQQ\n", "my.asc holds a private key."),
        (b"\xc5\x04abcd", "my.asc holds a private key."),
    ],
)
def test_a_file_that_holds_no_public_key_is_refused(data: bytes, told: str) -> None:
    assert refusal(letter(), [Key("my.asc", data)]).message == told


def test_random_bytes_are_refused_in_a_sentence() -> None:
    random, plain = Random(6), letter()
    for _ in range(200):
        data = bytes((random.choice((0x98, 0x99, 0xC6, 0x80)),)) + random.randbytes(random.randrange(200))
        assert isinstance(refusal(plain, [Key("noise", data)]), UnreadableInput)


def test_a_certificate_that_was_cut_anywhere_never_ends_the_program(home: Gnupg) -> None:
    whole, plain = home.certificate(SUPPORT, armoured=False), letter()
    for size in range(1, len(whole), 7):
        assert isinstance(refusal(plain, [Key("cut", whole[:size])]), UnreadableInput)


def test_what_cannot_be_encrypted_is_misuse(home: Gnupg) -> None:
    openpgp, age = key(home, SUPPORT), Key("a", str(pyrage.x25519.Identity.generate().to_public()).encode())
    cases: tuple[tuple[Letter, list[Key], Form | None], ...] = (
        (letter(), [], None),
        (letter(), [openpgp, age], None),
        (letter(), [age], "message"),
        (letter("file"), [openpgp], "message"),
        (letter("mutt"), [openpgp], "message"),
        (letter("file", to=[]), [openpgp], None),
    )
    for plain, keys, form in cases:
        assert isinstance(refusal(plain, keys, form), MisuseError)


@pytest.mark.parametrize(("library", "extra"), [("pysequoia", "pgp"), ("pyrage", "age")])
def test_without_the_library_a_sentence_says_what_to_install(
    home: Gnupg, monkeypatch: pytest.MonkeyPatch, library: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    named = key(home, SUPPORT) if extra == "pgp" else Key("a", b"age1x")
    error = refusal(letter(), [named])
    assert isinstance(error, EnvironmentProblem)
    assert error.hint == f"pip install 'ticket-bundler[{extra}]'"
