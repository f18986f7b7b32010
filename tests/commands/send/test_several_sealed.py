"""Each of a ticket's several mails is encrypted by itself, stays within the limit, and is whole once it is opened."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyrage import x25519

from bundler.errors import ExitCode
from bundler.mail.read import read_mail
from tests.commands.send.sending import (
    PAYMENT,
    SUPPORT,
    attached,
    ledger,
    mail_of,
    mails_of,
    outbox,
    split_ticket,
    write_noise,
)
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate
from tests.delivery.dovecot import Dovecot, needs_dovecot, visiting
from tests.delivery.drafts import kept
from tests.delivery.rigs import Sink
from tests.mail.gnupg import Gnupg, gnupg, needs_gpg

LIMIT = 100_000
COPY = "audit@example.com"

needs_age = pytest.mark.skipif(not shutil.which("age"), reason="age is not installed")


@pytest.fixture(scope="module")
def home() -> Iterator[Gnupg]:
    """The keys of support and of somebody who gets a copy, theirs as large as any in use."""
    with gnupg() as home:
        home.add(home.make(f"Desk <{SUPPORT}>"))
        home.add(home.make(f"Audit <{COPY}>", kind="rsa4096"), kind="rsa4096")
        yield home


@pytest.fixture
def several(invoke: Invoke, tmp_path: Path) -> Path:
    """A ticket in several mails that are made for ``LIMIT``."""
    return split_ticket(invoke, tmp_path, size=str(LIMIT))


@pytest.fixture
def keys(home: Gnupg, tmp_path: Path) -> tuple[str | Path, ...]:
    """The options that name both keys."""
    for whose in (SUPPORT, COPY):
        (tmp_path / f"{whose}.asc").write_bytes(home.certificate(whose))
    return ("--encrypt", tmp_path / f"{SUPPORT}.asc", "--encrypt", tmp_path / f"{COPY}.asc")


def whole_again(invoke: Invoke, several: Path, mails: list[bytes], unseal: Callable[[bytes], bytes]) -> None:
    """Assert that each mail is within the limit, tells little, and holds what the draft with its number holds."""
    made = mails_of(several)
    assert len(mails) == len(made) > 2
    for number, (data, draft) in enumerate(zip(mails, made, strict=True), 1):
        assert len(data) <= LIMIT
        assert read_mail(data).subject.endswith(f"] ticket ({number}/{len(made)})")
        assert PAYMENT.encode() not in data
        told = invoke("verify", "-", stdin=data)
        assert told.code == ExitCode.INPUT
        assert "The mail is encrypted" in told.err
        opened = unseal(data)
        assert b"X-Unsent" not in opened
        assert b"Bcc" not in opened
        assert attached(opened) == attached(draft.read_bytes())
        outcome = invoke("verify", "-", stdin=opened)
        assert outcome.code == ExitCode.FINE, outcome.out
        assert f"mail {number % len(made) + 1} of {len(made)}" in outcome.out


@pytest.mark.real
@needs_gpg
def test_mails_that_are_sent_are_encrypted_whole_and_gpg_opens_each(
    invoke: Invoke, several: Path, sink: Sink, server: int, home: Gnupg, keys: tuple[str | Path, ...]
) -> None:
    limit = ("--size-limit", str(LIMIT))
    outcome = invoke("send", several, "--way", "smtp", "--yes", "--bcc", COPY, *keys, *limit)
    assert outcome.code == ExitCode.FINE, outcome.err
    assert {taken.recipients for taken in sink.box} == {(SUPPORT, COPY)}
    assert all(b"multipart/encrypted" in taken.data for taken in sink.box)
    whole_again(invoke, several, [taken.data for taken in sink.box], lambda data: home.decrypt(_armour(data)))
    assert invoke("send", several, "--way", "smtp", "--yes", "--bcc", COPY, *keys).code == ExitCode.FINE
    assert len(sink.box) == len(mails_of(several))


def _armour(data: bytes) -> bytes:
    return read_mail(data).attachments[-1][2]


@pytest.mark.real
@needs_dovecot
@needs_gpg
def test_drafts_have_each_mail_attached_and_a_second_run_replaces_each(
    invoke: Invoke, several: Path, mailbox: Dovecot, good: Certificate, home: Gnupg, keys: tuple[str | Path, ...]
) -> None:
    for _ in range(2):
        outcome = invoke("send", several, "--bcc", COPY, *keys, "--size-limit", str(LIMIT))
        assert outcome.code == ExitCode.FINE, outcome.err
    with visiting(mailbox, good) as visitor:
        drafts = [data for _, data in kept(visitor)]
    (name,) = attached(drafts[1])
    assert name.endswith(f".2of{len(drafts)}.eml.pgp")
    whole_again(invoke, several, drafts, lambda data: home.decrypt(_armour(data)))


@pytest.mark.real
@needs_age
def test_age_opens_each_of_them(invoke: Invoke, several: Path, sink: Sink, server: int, tmp_path: Path) -> None:
    own = x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{own}\n")
    argv = ("--encrypt", str(own.to_public()), "--size-limit", str(LIMIT))
    assert invoke("send", several, "--way", "smtp", "--yes", *argv).code == ExitCode.FINE

    def unseal(data: bytes) -> bytes:
        command = ["age", "--decrypt", "-i", str(tmp_path / "key.txt")]
        return subprocess.run(command, input=_armour(data), capture_output=True, check=True).stdout

    whole_again(invoke, several, [taken.data for taken in sink.box], unseal)
    (name,) = attached(sink.box[0].data)
    told = invoke("verify", "-", stdin=sink.box[0].data).err
    assert f"verify the mail in it: age --decrypt -i YOUR-KEY -o {name.removesuffix('.age')} {name}" in told


@pytest.mark.real
@needs_gpg
def test_one_recipient_without_a_key_and_no_part_leaves(
    invoke: Invoke, several: Path, sink: Sink, server: int, keys: tuple[str | Path, ...]
) -> None:
    for argv in ((*keys, "--cc", "kim@shop.example"), (*keys[:2], "--bcc", COPY)):
        outcome = invoke("send", several, "--way", "smtp", "--yes", *argv)
        assert outcome.code == ExitCode.INPUT
        assert "There is no key for" in outcome.err
    assert (sink.box, ledger(), outbox()) == ([], [], [])


@pytest.mark.real
@needs_gpg
def test_parts_that_are_too_large_once_they_are_encrypted_stay_here_all_of_them(
    invoke: Invoke, several: Path, sink: Sink, server: int, keys: tuple[str | Path, ...]
) -> None:
    largest = max(path.stat().st_size for path in mails_of(several))
    outcome = invoke("send", several, "--way", "smtp", "--yes", *keys[:2], "--size-limit", str(largest + 1_000))
    assert outcome.code == ExitCode.BLOCKED
    assert "MAI012 The encrypted mail has " in outcome.err
    assert (sink.box, ledger(), outbox()) == ([], [], [])


@pytest.mark.real
@needs_gpg
def test_a_mail_that_is_too_large_once_it_is_encrypted_whole_leaves_as_the_packed_bundle(
    invoke: Invoke, tmp_path: Path, sink: Sink, server: int, home: Gnupg, keys: tuple[str | Path, ...]
) -> None:
    argv = ("--payment-id", PAYMENT, "--log", write_noise(tmp_path / "shop.log", 600), "--at", "2026-11-23T13:02:11Z")
    outcome = invoke("create", *argv, "--size-limit", "170kB", "--json")
    assert outcome.code == ExitCode.FINE, outcome.err
    made = json.loads(outcome.out)
    ticket = tmp_path / made["files"]["bundle"]
    assert mail_of(ticket).stat().st_size > 130_000
    outcome = invoke("send", ticket, "--way", "smtp", "--yes", *keys[:2], "--size-limit", "170kB")
    assert outcome.code == ExitCode.FINE, outcome.err
    (taken,) = sink.box
    assert len(taken.data) <= 170_000
    assert home.decrypt(_armour(taken.data)) == ticket.read_bytes()
    assert next(iter(attached(taken.data))).endswith(".zip.pgp")
