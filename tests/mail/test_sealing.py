"""What is encrypted is opened by the real programs of those it is for, and of nobody else; or nothing is encrypted."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyrage
import pytest
from msgspec.structs import replace
from pysequoia import Cert
from pysequoia.packet import PacketPile, Tag

from bundler.assemble.verification import verify_file
from bundler.errors import BundlerError, EnvironmentProblem, MisuseError, UnreadableInput
from bundler.mail.compose import Attachment
from bundler.mail.digest import fits_digest
from bundler.mail.keys import Key
from bundler.mail.letter import Letter, Manner
from bundler.mail.read import read_mail, verify_mail
from bundler.mail.sealing import Form, seal_letter
from tests.mail.gnupg import Gnupg, gnupg, needs_gpg
from tests.mail.letters import MOMENT, SENDER, SUPPORT, letter
from tests.mail.mails import SUBJECT, attachments
from tests.pack.bundles import bundle

TICKET = "t-7f3a2c19d0"
AUDIT, CHIEF = "audit@example.com", "chief@example.com"
_PATIENCE_S = 20
ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.real, needs_gpg]


@pytest.fixture(scope="module")
def home() -> Iterator[Gnupg]:
    """Keys of Curve25519 and of RSA, of two people each; the sender has one too."""
    with gnupg() as home:
        for address, sign, encrypt in (
            (SUPPORT, "ed25519", "cv25519"),
            (AUDIT, "rsa2048", "rsa2048"),
            (CHIEF, "ed25519", "cv25519"),
            (SENDER.address, "ed25519", "cv25519"),
        ):
            home.add(home.make(f"Somebody <{address}>", kind=sign), kind=encrypt)
        yield home


def key(home: Gnupg, whose: str, *, armoured: bool = True) -> Key:
    return Key(f"{whose}.asc", home.certificate(whose, armoured=armoured))


def encrypted_part(sealed: Letter) -> bytes:
    return read_mail(sealed.data).attachments[-1][2]


def apart(data: bytes) -> tuple[list[bytes], bytes]:
    """The header's lines and the body."""
    head, _, body = data.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


def test_gpg_opens_a_mail_that_is_encrypted_whole_and_gets_the_very_parts_of_the_letter(home: Gnupg) -> None:
    plain = letter(cc=[AUDIT])
    sealed = seal_letter(plain, [key(home, SUPPORT), key(home, AUDIT, armoured=False)], MOMENT)
    opened = home.decrypt(encrypted_part(sealed))
    head, body = apart(plain.data)
    head_inside, body_inside = apart(opened)
    assert body_inside == body
    told = [line for line in head_inside if not line.startswith(b"HP-Outer: ")]
    assert told[-1] == b' protected-headers="v1"; hp="cipher"'
    assert b"\r\n".join(told[:-1]) == b"\r\n".join(line for line in head if line != b"MIME-Version: 1.0") + b";"
    assert verify_mail(read_mail(opened), opened) == ()


def test_a_message_tells_all_its_readers_the_sender_among_them(home: Gnupg) -> None:
    sealed = seal_letter(letter(cc=[AUDIT]), [key(home, each) for each in (SUPPORT, AUDIT, SENDER.address)], MOMENT)
    expected = [id_ for each in (SUPPORT, AUDIT, SENDER.address) for id_ in home.part_ids(each)]
    assert home.readers(encrypted_part(sealed)) == expected


def test_a_blind_copy_can_be_opened_and_the_others_are_not_told_by_whom(home: Gnupg) -> None:
    keys = [key(home, each) for each in (SUPPORT, AUDIT, CHIEF)]
    sealed = seal_letter(letter(bcc=[AUDIT, CHIEF]), keys, MOMENT)
    message = encrypted_part(sealed)
    assert home.readers(message) == [*home.part_ids(SUPPORT), "0" * 16, "0" * 16]
    for each in (AUDIT, CHIEF):
        with gnupg() as alone:
            alone.run("--import", data=home.run("--export-secret-keys", each))
            assert apart(alone.decrypt(message))[1] == apart(letter().data)[1]
        assert each.encode() not in sealed.data
        assert each.encode() not in home.decrypt(message)


def test_a_draft_in_a_mailbox_keeps_its_blind_copies_in_its_head_alone(home: Gnupg) -> None:
    keys = [key(home, each) for each in (SUPPORT, CHIEF)]
    sealed = seal_letter(letter("imap", bcc=[CHIEF]), keys, MOMENT, form="message")
    assert read_mail(sealed.data).find_header("Bcc") == CHIEF
    assert CHIEF.encode() not in home.decrypt(encrypted_part(sealed))


def test_nothing_of_the_ticket_but_its_id_can_be_read_without_a_key(home: Gnupg) -> None:
    plain = letter()
    plain = replace(plain, data=b"X-Ticket-Provider: example-psp\r\n" + plain.data)
    sealed = seal_letter(plain, [key(home, SUPPORT)], MOMENT)
    assert sealed.subject == f"[{TICKET}] ticket"
    mail = read_mail(sealed.data)
    assert [name for name, _ in mail.headers] == [
        *("Date", "From", "To", "Subject", "Message-ID", "X-Ticket-Id", "MIME-Version", "Content-Type")
    ]
    assert mail.subject == sealed.subject
    for secret in (b"captures", b"65a1c0de", b"1b0c5c2e", b"ticket.json", b"example-psp"):
        assert secret not in sealed.data
    assert b"X-Ticket-Provider: example-psp" in home.decrypt(encrypted_part(sealed))
    assert (sealed.recipients, sealed.message_id, sealed.sender) == (plain.recipients, plain.message_id, plain.sender)


def test_a_follow_up_threads_although_it_is_encrypted(home: Gnupg) -> None:
    plain = letter()
    thread = b"In-Reply-To: <1@psp.example>\r\nReferences: <1@psp.example>\r\n"
    plain = replace(plain, data=thread + plain.data, subject=f"Re: {plain.subject}")
    sealed = seal_letter(plain, [key(home, SUPPORT)], MOMENT)
    assert sealed.data.startswith(thread)
    assert sealed.subject == f"Re: [{TICKET}] ticket"


def test_every_line_is_short_and_ends_as_mail_wants_it(home: Gnupg) -> None:
    for form in ("message", "attachment"):
        data = seal_letter(letter(), [key(home, SUPPORT)], MOMENT, form=form, bundle=bundle()).data
        assert data.isascii()
        assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
        assert max(map(len, data.split(b"\r\n"))) <= 78


@pytest.mark.skipif(not shutil.which("munpack") or not shutil.which("mshow"), reason="mpack and mblaze not installed")
def test_other_programs_see_the_two_parts_of_rfc_3156(home: Gnupg, tmp_path: Path) -> None:
    sealed = seal_letter(letter(), [key(home, SUPPORT)], MOMENT)
    (tmp_path / "sealed.eml").write_bytes(sealed.data)
    shown = subprocess.run(["mshow", "-t", tmp_path / "sealed.eml"], capture_output=True, text=True, check=True).stdout
    kinds = re.findall(r"\d: (\S+) size", shown)
    assert kinds == ["multipart/encrypted", "application/pgp-encrypted", "application/octet-stream"]
    subprocess.run(["munpack", "-q", "-t", tmp_path / "sealed.eml"], cwd=tmp_path, capture_output=True, check=True)
    assert (tmp_path / "part1").read_text().strip() == "Version: 1"
    assert home.decrypt((tmp_path / "encrypted.asc").read_bytes()).startswith(b"Date: ")


@pytest.mark.skipif(not shutil.which("neomutt"), reason="neomutt is not installed")
def test_a_mail_program_shows_the_whole_mail_and_its_real_subject(home: Gnupg, tmp_path: Path) -> None:
    sealed = seal_letter(letter(), [key(home, SUPPORT)], MOMENT)
    mbox = b"From kim@psp.example Mon Nov 23 18:30:00 2026\n" + sealed.data.replace(b"\r\n", b"\n") + b"\n"
    (tmp_path / "in.mbox").write_bytes(mbox)
    (tmp_path / "rc").write_text(f'set folder="{tmp_path}"\nset crypt_use_gpgme=yes\n', encoding="utf-8")
    command = ["neomutt", "-n", "-F", str(tmp_path / "rc"), "-f", str(tmp_path / "in.mbox")]
    shown = screen([*command, "-e", "push <display-message>"], home)
    assert "PGP message successfully decrypted" in shown
    assert "MerchantId: 65a1c0de" in shown
    assert SUBJECT[:60] in shown


def screen(command: list[str], home: Gnupg) -> str:
    """What a program shows at a terminal until the mail's text is there."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm", GNUPGHOME=str(home.home), LC_ALL="C.UTF-8", COLUMNS="120", LINES="60")
        os.execvp(command[0], command)
    shown, until = b"", time.monotonic() + _PATIENCE_S
    try:
        while time.monotonic() < until and b"MerchantId" not in shown:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    shown += os.read(terminal, 65536)
                except OSError:  # the program has ended
                    break
    finally:
        os.close(terminal)
        os.waitpid(process, 0)
    return re.sub(rb"\x1b[\[(][0-9;?]*[a-zA-Z]", b"", shown).decode("utf-8", "replace")


@pytest.mark.parametrize("manner", ["file", "mutt", "imap", "send"])
def test_the_bundle_is_attached_and_verifies_once_gpg_has_opened_it(home: Gnupg, manner: Manner) -> None:
    sealed = seal_letter(letter(manner), [key(home, SUPPORT)], MOMENT, form="attachment", bundle=bundle())
    mail = read_mail(sealed.data)
    assert [(name, kind) for name, kind, _ in mail.attachments] == [
        (f"ticket-{TICKET}.zip.pgp", "application/octet-stream")
    ]
    opened = home.decrypt(mail.attachments[0][2])
    assert opened == bundle()
    verdict = verify_file(opened, None)
    assert (verdict.ticket_id, verdict.damage, verdict.leaks) == (TICKET, (), ())
    assert (mail.find_header("X-Unsent") is not None) == (manner == "file")
    assert fits_digest(sealed.data) == (manner == "file")


def test_a_draft_gets_the_attachment_and_a_mail_that_is_sent_is_encrypted_whole(home: Gnupg) -> None:
    drafts: tuple[Manner, ...] = ("file", "mutt", "imap")
    for manner in drafts:
        sealed = seal_letter(letter(manner), [key(home, SUPPORT)], MOMENT, bundle=bundle())
        assert b"multipart/encrypted" not in sealed.data
    assert b"multipart/encrypted" in seal_letter(letter(), [key(home, SUPPORT)], MOMENT, bundle=bundle()).data


def test_only_the_fields_that_are_named_stand_in_front_of_an_attachment(home: Gnupg) -> None:
    keys = [key(home, SUPPORT)]
    bare = read_mail(seal_letter(letter("imap"), keys, MOMENT, bundle=bundle()).data).text
    assert bare.splitlines()[0] == f"Ticket: {TICKET}"
    assert "65a1c0de" not in bare
    some = read_mail(seal_letter(letter("imap"), keys, MOMENT, bundle=bundle(), clear=["MerchantId"]).data).text
    assert some.splitlines()[:2] == ["MerchantId: 65a1c0de", f"Ticket: {TICKET}"]
    assert "Beløbet" not in some


@pytest.mark.skipif(not shutil.which("age") or not shutil.which("ssh-keygen"), reason="age or ssh-keygen not installed")
def test_age_opens_an_attachment_with_each_of_its_keys_those_of_ssh_too(tmp_path: Path) -> None:
    first = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{first}\n")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "id"], check=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", tmp_path / "rsa"], check=True)
    keys = [
        Key("team.txt", f"# the desk\n{first.to_public()}\n".encode(), SUPPORT),
        Key("id.pub", (tmp_path / "id.pub").read_bytes(), AUDIT.upper()),
        Key("rsa.pub", (tmp_path / "rsa.pub").read_bytes(), SENDER.address),
    ]
    sealed = seal_letter(letter(cc=[AUDIT]), keys, MOMENT, bundle=bundle())
    name, _, data = read_mail(sealed.data).attachments[0]
    assert name == f"ticket-{TICKET}.zip.age"
    (tmp_path / name).write_bytes(data)
    for identity in ("key.txt", "id", "rsa"):
        command = ["age", "--decrypt", "-i", str(tmp_path / identity), str(tmp_path / name)]
        assert subprocess.run(command, capture_output=True, check=True).stdout == bundle()


def refusal(plain: Letter, keys: list[Key], form: Form | None = None) -> BundlerError:
    """The refusal, which has to come in both forms alike."""
    with pytest.raises(BundlerError) as caught:
        seal_letter(plain, keys, MOMENT, form=form, bundle=bundle())
    assert "backtrace" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("where", ["to", "cc", "bcc"])
def test_one_recipient_without_a_key_and_nothing_is_encrypted(home: Gnupg, where: str) -> None:
    named = {"to": [SUPPORT, CHIEF]} if where == "to" else {where: [CHIEF]}
    plain = letter(**named)  # type: ignore[arg-type]
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
    for plain, keys, form in (
        (letter(), [], None),
        (letter(), [openpgp, age], None),
        (letter(), [age], "message"),
        (letter("file"), [openpgp], "message"),
        (letter("mutt"), [openpgp], "message"),
        (letter("file", to=[]), [openpgp], None),
    ):
        assert isinstance(refusal(plain, keys, form), MisuseError)  # type: ignore[arg-type]


@pytest.mark.parametrize(("library", "extra"), [("pysequoia", "pgp"), ("pyrage", "age")])
def test_without_the_library_a_sentence_says_what_to_install(
    home: Gnupg, monkeypatch: pytest.MonkeyPatch, library: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    named = key(home, SUPPORT) if extra == "pgp" else Key("a", b"age1x")
    error = refusal(letter(), [named])
    assert isinstance(error, EnvironmentProblem)
    assert error.hint == f"pip install 'ticket-bundler[{extra}]'"


def test_ten_megabytes_come_back_as_they_were_and_grow_by_no_more_than_the_armour(home: Gnupg) -> None:
    big = Attachment("noise.bin", Random(7).randbytes(10_000_000), "application/octet-stream")
    plain = letter(files=[*attachments(), big])
    sealed = seal_letter(plain, [key(home, SUPPORT)], MOMENT)
    assert len(sealed.data) < len(plain.data) * 1.4
    assert apart(home.decrypt(encrypted_part(sealed)))[1] == apart(plain.data)[1]
