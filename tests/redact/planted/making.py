"""What a planted value is, and the makings that all of them share."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted.pieces import Pieces, secret

WORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
URL_SAFE = f"{WORD}-_"
HEX = "0123456789abcdef"


class Planted(NamedTuple):
    """One value under its name. ``is_bare``: it is known by its shape, whatever the name."""

    name: str
    value: Pieces
    is_bare: bool = False


Make = Callable[[Draws], Planted]


class Shape(NamedTuple):
    """A kind of secret. ``is_multiline`` and ``has_blanks`` tell in which structures it can stand at all."""

    name: str
    make: Make
    is_multiline: bool = False
    has_blanks: bool = False


def token(draws: Draws, length: int, alphabet: str = WORD) -> str:
    """Random, with a digit, a small and a capital letter in it wherever its alphabet has them."""
    while True:
        text = draws.text(length, alphabet)
        kinds = (str.isdigit, str.islower, str.isupper)
        if all(any(map(kind, text)) or not any(map(kind, alphabet)) for kind in kinds) and text[-1] not in "-_":
            return text


def named(names: str, value: Callable[[Draws], str], *, is_bare: bool = False) -> Make:
    """A value under one of the names, which are separated by blanks."""
    choices = tuple(names.split())

    def make(draws: Draws) -> Planted:
        return Planted(draws.pick(choices), (secret(value(draws)),), is_bare)

    return make


def bare(value: Callable[[Draws], str], names: str = "note detail message ref value input") -> Make:
    """A value that is known by its shape, under names that say nothing."""
    return named(names, value, is_bare=True)


def around(names: str, write: Callable[[Draws], Pieces], *, is_bare: bool = True) -> Make:
    """A text with a secret somewhere in it, under one of the names."""
    choices = tuple(names.split())
    return lambda draws: Planted(draws.pick(choices), write(draws), is_bare)


def in_base64(data: bytes) -> str:
    """RFC 4648, 4."""
    return base64.b64encode(data).decode()


def in_base64url(data: bytes) -> str:
    """RFC 4648, 5, without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def chars(length: int, alphabet: str = WORD, prefix: str = "") -> Callable[[Draws], str]:
    """A maker of random values of that length behind ``prefix``."""
    return lambda draws: prefix + token(draws, length, alphabet)
