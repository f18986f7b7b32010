"""A mail that has room to be encrypted is within the limit once it is, in each of the two forms and with large keys."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pyrage import x25519

from bundler.mail.encoded import room_to_seal
from bundler.mail.keys import Key
from bundler.mail.letter import Letter, Manner
from bundler.mail.sealing import seal_letter
from tests.mail.gnupg import Gnupg, needs_gpg
from tests.mail.letters import MOMENT, SUPPORT, letter
from tests.mail.sealing.sealed import AUDIT, CHIEF, key

PART = b"X-Ticket-Part: 2/3\r\n"
_LINE = b"x" * 74 + b"\r\n"


def _of_size(size: int, manner: Manner = "send", cc: tuple[str, ...] = ()) -> Letter:
    """One of several mails, exactly so large."""
    plain = letter(manner, cc=cc)
    lacking = size - len(plain.data) - len(PART)
    return replace(plain, data=PART + plain.data + _LINE * (lacking // 76) + b"y" * (lacking % 76))


@pytest.mark.real
@needs_gpg
@pytest.mark.parametrize("limit", [40_000, 1_000_000, 10_000_000])
def test_what_leaves_room_is_within_the_limit_once_it_is_encrypted(home: Gnupg, limit: int) -> None:
    size = room_to_seal(limit)
    others = (AUDIT, CHIEF)
    everybody = [key(home, whose) for whose in (SUPPORT, *others)]
    desk = [Key("desk", str(x25519.Identity.generate().to_public()).encode(), SUPPORT)]
    sealed = [
        seal_letter(_of_size(size, cc=others), everybody, MOMENT),
        seal_letter(_of_size(size, "imap", others), everybody, MOMENT),
        seal_letter(_of_size(size), desk, MOMENT),
    ]
    assert len(_of_size(size).data) == size
    assert all(limit * 0.85 < len(each.data) <= limit for each in sealed)


def test_there_is_no_room_where_the_limit_holds_not_even_what_stands_beside() -> None:
    assert room_to_seal(5_000) == room_to_seal(100) == 0
