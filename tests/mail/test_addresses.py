"""Addresses as people write them, and as every program reads them back from a header."""

from __future__ import annotations

import email
import email.policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.errors import MisuseError
from bundler.mail.addresses import header_field, mailbox
from bundler.mail.letter import Sender


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        ("dev@example.com", "dev@example.com", ""),
        ("  dev@example.com ", "dev@example.com", ""),
        ("<dev@example.com>", "dev@example.com", ""),
        ("Doe, Jane <jane@example.com>", "jane@example.com", "Doe, Jane"),
        ('"Doe, Jane" <jane@example.com>', "jane@example.com", "Doe, Jane"),
        (r'"Jane \"JD\" Doe" <jane@example.com>', "jane@example.com", 'Jane "JD" Doe'),
        ("Åse Ørn<ase@example.com>", "ase@example.com", "Åse Ørn"),
        ("آرش‌پور <a@example.com>", "a@example.com", "آرش‌پور"),
        ("a <b> c <d@example.com>", "d@example.com", "a <b> c"),
    ],
)
def test_address_and_name_are_read_as_they_are_meant(written: str, address: str, name: str) -> None:
    assert mailbox(written) == Sender(address, name)


@pytest.mark.parametrize(
    "written", ["", "Jane", "jane@", "@example.com", "a@b@c.example", "Jane <jane@example.com", "a@b.c;d@e.f"]
)
def test_what_is_not_one_address_is_refused_in_a_sentence(written: str) -> None:
    with pytest.raises(MisuseError, match="is not a mail address") as refused:
        mailbox(written)
    assert refused.value.hint


def test_refusal_of_an_endless_address_is_short_and_printable() -> None:
    with pytest.raises(MisuseError) as refused:
        mailbox("\x1b[2J\n" + "x" * 5000)
    assert len(refused.value.message) < 120
    assert refused.value.message.isprintable()


names = st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs")) | st.just(" "), max_size=200)


@given(st.lists(names, min_size=1, max_size=6))
@settings(max_examples=200)
def test_names_are_read_back_by_two_readers_and_no_line_is_long(shown: list[str]) -> None:
    people = [Sender(f"person{number}@example.com", " ".join(name.split())) for number, name in enumerate(shown)]
    field = header_field("Reply-To", people)
    assert field.isascii()
    assert max(map(len, field.split(b"\r\n"))) <= 76
    assert field.endswith(b"\r\n")
    modern = email.message_from_bytes(field + b"\r\n", policy=email.policy.default)["Reply-To"].addresses
    assert [each.addr_spec for each in modern] == [person.address for person in people]
    # the library's new reader puts a blank between encoded words, against RFC 2047 section 6.2
    assert [each.display_name.replace(" ", "") for each in modern] == [each.name.replace(" ", "") for each in people]
    old = getaddresses([email.message_from_bytes(field + b"\r\n")["Reply-To"]])
    assert [str(make_header(decode_header(name))) for name, _ in old] == [person.name for person in people]


def test_long_name_is_broken_where_it_has_blanks_so_that_no_reader_adds_one() -> None:
    name = "Константин Константинопольский Достоевский"
    field = header_field("From", [Sender("k@example.com", name)])
    (read,) = email.message_from_bytes(field + b"\r\n", policy=email.policy.default)["From"].addresses
    assert " ".join(read.display_name.split()) == name
