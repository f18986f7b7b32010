"""Every recipient has a key that may be used and is theirs, or nothing is encrypted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyrage
import pytest
from pysequoia import Cert
from pysequoia.packet import PacketPile, Tag

from bundler.errors import UnreadableInput
from bundler.mail.keys import Key
from bundler.mail.sealing import seal_letter
from tests.mail.gnupg import Gnupg, gnupg, needs_gpg
from tests.mail.letters import MOMENT, SUPPORT, letter
from tests.mail.sealing.sealed import AUDIT, CHIEF, encrypted_part, key, refusal
from tests.pack.bundles import bundle

pytestmark = [pytest.mark.real, needs_gpg]


@pytest.mark.parametrize("where", ["to", "cc", "bcc"])
def test_one_recipient_without_a_key_and_nothing_is_encrypted(home: Gnupg, where: str) -> None:
    named: dict[str, Any] = {"to": [SUPPORT, CHIEF]} if where == "to" else {where: [CHIEF]}
    plain = letter(**named)
    for form in ("message", "attachment"):
        error = refusal(plain, [key(home, SUPPORT), key(home, AUDIT)], form)
        assert isinstance(error, UnreadableInput)
        assert error.message == f"There is no key for {CHIEF}, so the mail cannot be encrypted."
        assert f"{AUDIT}, {SUPPORT}" in error.hint


def test_a_key_of_age_counts_for_whom_it_was_named(tmp_path: Path) -> None:
    public = str(pyrage.x25519.Identity.generate().to_public()).encode()
    assert b".zip.age" in seal_letter(letter(), [Key("a", public)], MOMENT, bundle=bundle()).data
    assert CHIEF in refusal(letter(bcc=[CHIEF]), [Key("a", public, SUPPORT)]).message
    assert SUPPORT in refusal(letter(bcc=[CHIEF]), [Key("a", public)]).message
    assert SUPPORT in refusal(letter(), [Key("a", public, CHIEF)]).message


@pytest.fixture(scope="module")
def spoilt(home: Gnupg) -> dict[str, tuple[Key, str]]:
    """Keys that may not be used, each with the refusal."""
    old, ended, month = "20250101T000000", "2025-02-01", "20250115T000000"
    made: dict[str, tuple[Key, str]] = {}

    def keep(name: str, told: str) -> None:
        made[name] = key(home, name), told.format(key=f"The key of {name} in {name}.asc")

    name = "expired@example.com"
    home.add(home.make(f"E <{name}>", at=old, expires=ended), at=month)
    keep(name, "{key} expired on 2025-02-01.")
    name = "part-expired@example.com"
    home.add(home.make(f"P <{name}>", at=old), at=old, expires=ended)
    keep(name, "{key} expired on 2025-02-01: no part of it is left to encrypt to.")
    name = "signs@example.com"
    home.make(f"S <{name}>")
    keep(name, "{key} cannot be encrypted to: it is for signatures, or that part was revoked.")
    name = "revoked@example.com"
    print_ = home.make(f"R <{name}>")
    home.add(print_)
    certificate = (home.home / "openpgp-revocs.d" / f"{print_}.rev").read_bytes()
    home.run("--import", data=certificate.replace(b":-----BEGIN", b"-----BEGIN"))
    keep(name, "{key} was revoked.")
    name = "moved@example.com"
    print_ = home.make(f"M <{name}>", at=old)
    home.add(print_)
    home.run("--quick-add-uid", print_, "M <new@example.com>")
    home.run("--quick-revoke-uid", print_, f"M <{name}>")
    made[name] = (
        Key(f"{name}.asc", home.certificate(print_)),
        f"The key in {name}.asc is not of {name} any more: that name in it was revoked, or nobody signed it.",
    )
    name = "old-hash@example.com"
    home.run("--digest-algo", "SHA1", "--cert-digest-algo", "SHA1", "--quick-gen-key", f"H <{name}>", "dsa1024", "sign")
    keep(name, "{key} cannot be used: it is signed in a way that is not safe any more.")
    return made


@pytest.mark.parametrize(
    "whose",
    [
        *("expired@example.com", "part-expired@example.com", "signs@example.com", "revoked@example.com"),
        *("moved@example.com", "old-hash@example.com"),
    ],
)
def test_a_key_that_may_not_be_used_is_refused_with_the_reason(
    home: Gnupg, spoilt: dict[str, tuple[Key, str]], whose: str
) -> None:
    bad, told = spoilt[whose]
    for form in ("message", "attachment"):
        error = refusal(letter(bcc=[whose]), [key(home, SUPPORT), bad], form)
        assert isinstance(error, UnreadableInput)
        assert error.message == told
        assert error.hint


def test_of_two_parts_the_expired_one_is_left_out(home: Gnupg) -> None:
    name = "renewed@example.com"
    print_ = home.make(f"N <{name}>", at="20250101T000000")
    home.add(print_, at="20250101T000000", expires="2025-02-01")
    expired = home.part_ids(name)
    home.add(print_)
    (good,) = set(home.part_ids(name)) - set(expired)
    sealed = seal_letter(letter(to=[name]), [key(home, name)], MOMENT)
    assert home.readers(encrypted_part(sealed)) == [good]


def test_a_part_whose_life_was_prolonged_counts(home: Gnupg) -> None:
    name = "longer@example.com"
    print_ = home.make(f"L <{name}>", at="20250101T000000")
    home.add(print_, at="20250101T000000", expires="2025-02-01")
    before = Cert.from_bytes(home.certificate(print_))
    home.run("--quick-set-expire", print_, "0", home.fingerprint(home.part_ids(name)[0]))
    both = before.merge(Cert.from_bytes(home.certificate(print_)))
    sealed = seal_letter(letter(to=[name]), [Key("both.pgp", bytes(both))], MOMENT)
    assert home.readers(encrypted_part(sealed)) == home.part_ids(name)


def test_where_one_key_of_somebody_is_good_the_others_do_not_matter(
    home: Gnupg, spoilt: dict[str, tuple[Key, str]]
) -> None:
    name = "expired@example.com"
    with gnupg() as other:
        other.add(other.make(f"E <{name}>"))
        keys = [Key("old.asc", spoilt[name][0].data), Key("new.asc", other.certificate(name))]
        sealed = seal_letter(letter(to=[name]), keys, MOMENT)
        assert home.readers(encrypted_part(sealed)) == other.part_ids(name)


def test_a_name_that_nobody_signed_is_no_name(home: Gnupg) -> None:
    """A user id that somebody has put into the certificate of another (RFC 9580 section 10.1: it needs a signature)."""
    packets = [(each.tag, bytes(each)) for each in PacketPile.from_bytes(home.certificate(AUDIT, armoured=False))]
    forged = f"Support <{SUPPORT}>".encode()
    at = next(number for number, (tag, _) in enumerate(packets) if tag == Tag.UserID)
    written = [data for _, data in packets]
    data = b"".join([*written[:at], bytes((0xC0 | 13, len(forged))), forged, *written[at:]])
    told = refusal(letter(), [Key("forged.pgp", data)]).message
    assert told.startswith(f"The key in forged.pgp is not of {SUPPORT} any more")


def test_a_key_that_is_named_for_somebody_has_to_be_theirs(home: Gnupg) -> None:
    wrong = Key("audit.asc", home.certificate(AUDIT), SUPPORT)
    assert refusal(letter(), [wrong]).message == f"The key in audit.asc is not of {SUPPORT}: it is of {AUDIT}."
