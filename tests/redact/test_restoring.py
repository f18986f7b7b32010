"""Placeholders become real values again, in every form in which people and mail programs write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bundler.providers import load
from bundler.redact import Vault, VaultEntry
from bundler.redact.masker import Masker
from bundler.redact.placeholders import Placeholders, derive_key
from bundler.redact.restoring import Restorer

VIPPS = load("vipps-mobilepay")
KEY = derive_key(b"k" * 32)
JWT = "[jwt-1:alg=RS256,iat=2026-11-23T13:00:00Z]"
VAULT = Vault(
    (
        VaultEntry("[email-1]", "email", "ola@example.com", 1),
        VaultEntry("[national-id-1]", "national-id", "01010012356", 1),
        VaultEntry("[card-1:last4=4242]", "card", "4242424242424242", 1),
        VaultEntry(JWT, "jwt", "eyJx.eyJy.z", 1),
        VaultEntry("[word-1]", "word", "", 1),
    ),
    ticket_id="TB-7F3A2C91",
)
STAND_INS = Vault(
    (
        VaultEntry("user-7@masked.example.com", "email", "kari@example.com", 1),
        VaultEntry("192.0.2.7", "ip", "10.1.2.3", 1),
        VaultEntry("0000123456", "phone", "+4791234567", 1),
        VaultEntry("00000000-0000-4000-8000-00000000abcd", "token", "7d1e6f50-3c1b-4b86-9a6e-1f0c6a7c2b11", 1),
    )
)


@pytest.mark.parametrize(
    "written",
    [
        "[email-1]",
        "[EMAIL-1]",
        "[Email-1]",
        "&#91;email-1&#93;",
        "&#x5B;email&#45;1&rsqb;",
        "&lbrack;email-1&rbrack;",
        r"\[email-1\]",
        r"\[email\-1\]",
        "%5Bemail-1%5D",
        r"\u005bemail-1\u005d",
        "[email-\n1]",
        "[email-\r\n1]",
        "[email-=\r\n1]",
        "[email-\n> > 1]",
        "[email-\n>>1]",
        "[em\N{ZERO WIDTH SPACE}ail\N{NON-BREAKING HYPHEN}1]",
        "[email-1 ]",
        "email-1",
        "Email-1",
    ],
)
def test_a_placeholder_is_known_in_every_form(written: str) -> None:
    restorer = Restorer([VAULT])
    assert restorer.restore(f"is {written}, then\n".encode()) == b"is ola@example.com, then\n"
    assert restorer.replaced == {"[email-1]": 1}
    assert not restorer.unknown


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("[card-1:last4=4242]", "4242424242424242"),
        ("[card-1]", "4242424242424242"),
        ("[card-1:last4=42...]", "4242424242424242"),
        ("[card-1:last4=42\N{HORIZONTAL ELLIPSIS}]", "4242424242424242"),
        ("[jwt-1:alg=\n> RS256,\n> iat=2026-11-23T13:\n> 00:00Z]", "eyJx.eyJy.z"),
        ("[JWT-1:ALG=RS256]", "eyJx.eyJy.z"),
        ("[national-\nid-1]", "01010012356"),
        ("the national-id-1.", "the 01010012356."),
    ],
)
def test_what_stands_behind_the_number_may_be_cut_or_wrapped(written: str, value: str) -> None:
    assert Restorer([VAULT]).restore(written.encode()).decode() == value


@pytest.mark.parametrize("written", ["[card-1:last4=1111]", "[email-2]", "[word-1]", "[secret-7]"])
def test_what_the_map_has_no_value_for_stays_and_is_counted(written: str) -> None:
    restorer = Restorer([VAULT])
    assert restorer.restore(f"a {written} b".encode()) == f"a {written} b".encode()
    assert restorer.unknown == {written.partition(":")[0].rstrip("]") + "]": 1}
    assert not restorer.replaced


@pytest.mark.parametrize(
    "text",
    [
        "my-email-1",
        "email-1@example.com",
        "email-12",
        "email-1-2",
        "/email-1",
        "email-1.png",
        "user=email-1",
        "[RFC-1]",
        "[1]",
        "[email]",
        "email 1",
        "[[email-1",
    ],
)
def test_other_words_stay_as_they_are(text: str) -> None:
    restorer = Restorer([VAULT])
    assert restorer.restore(text.encode()) == text.encode()
    assert not restorer.replaced
    assert not restorer.unknown


def test_without_brackets_only_what_means_one_thing_is_taken() -> None:
    named_so = Vault((*VAULT.entries, VaultEntry("[key-1]", "key", "prod-email-1-key", 1)))
    assert Restorer([named_so]).restore(b"email-1 [email-1]") == b"email-1 ola@example.com"
    other = Vault((VaultEntry("[email-1]", "email", "kari@example.com", 1),))
    assert Restorer([VAULT, other]).restore(b"email-1 [email-1]") == b"email-1 ola@example.com"
    assert Restorer([VAULT], brackets_only=True).restore(b"email-1 [email-1]") == b"email-1 ola@example.com"


def test_of_two_maps_the_first_one_counts_and_differences_are_told() -> None:
    other = Vault(
        (
            VaultEntry("[email-1]", "email", "kari@example.com", 1),
            VaultEntry("[email-2]", "email", "per@example.com", 1),
            VaultEntry(JWT, "jwt", "eyJx.eyJy.z", 1),
        )
    )
    restorer = Restorer([VAULT, other])
    assert restorer.restore(b"[email-1] [email-2]") == b"ola@example.com per@example.com"
    assert restorer.differing == ("[email-1]",)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("<user-7@masked.example.com>", "<kari@example.com>"),
        ("User-7@Masked.Example.com.", "kari@example.com."),
        ("http://192.0.2.7:80/", "http://10.1.2.3:80/"),
        ("192.0.2.71 and 1192.0.2.7", "192.0.2.71 and 1192.0.2.7"),
        ("call +0000123456 or 0000123456", "call +4791234567 or +4791234567"),
        ("call 0000 12 34 56 now", "call +4791234567 now"),
        ("call +0000 123-456", "call +4791234567"),
        ("token 00000000-0000-4000-8000-00000000ABCD", "token 7d1e6f50-3c1b-4b86-9a6e-1f0c6a7c2b11"),
    ],
)
def test_stand_ins_of_valid_form_are_known_too(written: str, value: str) -> None:
    assert Restorer([STAND_INS]).restore(written.encode()).decode() == value


def test_a_real_value_is_never_searched_for_placeholders() -> None:
    vault = Vault((VaultEntry("[key-1]", "key", "[email-1] 192.0.2.7", 1), *VAULT.entries, *STAND_INS.entries))
    assert Restorer([vault]).restore(b"[key-1] [email-1]") == b"[email-1] 192.0.2.7 ola@example.com"


def test_a_value_that_is_not_utf_8_comes_back_byte_by_byte() -> None:
    entry = VaultEntry.of(b"p\xe5ss", "[secret-1]", "secret", 1, everywhere=True)
    assert Restorer([Vault((entry,))]).restore(b"\xff[secret-1]") == b"\xffp\xe5ss"


def test_the_tickets_that_a_text_names_are_noted() -> None:
    restorer = Restorer([VAULT])
    restorer.restore(b"Re: [TB-7F3A2C91], not XTB-7F3A2C92 or TB-7F3A2C911")
    assert list(restorer.tickets) == ["TB-7F3A2C91"]


@pytest.mark.parametrize("size", [1, 7, 4096, 70_000])
def test_blocks_may_be_cut_anywhere(size: int) -> None:
    text = b"".join(
        b"line %d: [email-1], [card-\n> 1:last4=4242] card-1 0000 12 34 56\n" % number for number in range(5000)
    )
    both = Vault((*VAULT.entries, *STAND_INS.entries))
    count = len(text) if size > 1 else 4000
    blocks = [text[at : min(at + size, count)] for at in range(0, count, size)]
    whole = Restorer([both]).restore(text[:count])
    assert b"".join(Restorer([both]).restore_blocks(blocks)) == whole
    assert b"[email-1], [" not in whole


SECRETS = st.sampled_from(
    [
        "ola@example.com",
        "kari.nordmann@example.com",
        "Authorization: Bearer kq7Zr2x9tAvB4mN8sLd0kq7Zr2x9\n",
        "password=hunter2x9Q\n",
        "phoneNumber: +4791234567\n",
        "card 4242424242424242\n",
        "iban NO9386011117947\n",
        "ip 10.1.2.3\n",
    ]
)
FILLER = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=30)


@given(st.lists(st.tuples(FILLER, SECRETS), max_size=8), st.booleans())
def test_what_was_masked_without_loss_is_restored_exactly(
    pieces: list[tuple[str, str]], preserves_format: bool
) -> None:
    text = "".join(f"{filler}\n {secret}" for filler, secret in pieces)
    assume(not re.search(r"(?i)[a-z]-[1-9]|masked|[0-9]{3}", "".join(filler for filler, _ in pieces)))
    placeholders = Placeholders(key=KEY, preserves_format=preserves_format)
    masker = Masker(VIPPS, placeholders=placeholders)
    masker.discover(text.encode())
    masker.settle()
    out = masker.mask(text.encode())
    vault = placeholders.vault("TB-1")
    assume(all(out.count(entry.placeholder.encode()) == text.encode().count(entry.written) for entry in vault.entries))
    assert Restorer([vault]).restore(out) == text.encode()
