"""A mail that arrived encrypted is told from one that was damaged, with what opens it."""

from __future__ import annotations

import pyrage
import pytest

from bundler.errors import ExitCode
from bundler.mail.keys import Key
from bundler.mail.sealing import Form, seal_letter
from tests.conftest import Invoke
from tests.mail.gnupg import Gnupg, needs_gpg
from tests.mail.letters import MOMENT, SUPPORT, letter
from tests.mail.sealing.sealed import TICKET, key
from tests.pack.bundles import bundle


@pytest.mark.real
@needs_gpg
@pytest.mark.parametrize(
    ("form", "opens"),
    [
        ("message", "gpg --output opened.eml --decrypt MAIL"),
        ("attachment", f"gpg --output ticket-{TICKET}.zip --decrypt ticket-{TICKET}.zip.pgp"),
    ],
)
def test_a_mail_for_openpgp_is_opened_first(invoke: Invoke, home: Gnupg, form: Form, opens: str) -> None:
    sealed = seal_letter(letter(), [key(home, SUPPORT)], MOMENT, form=form, bundle=bundle())
    outcome = invoke("verify", "-", stdin=sealed.data)
    assert outcome.code == ExitCode.INPUT
    assert "The mail is encrypted" in outcome.err
    assert opens in outcome.err
    assert "not as it was made" not in outcome.out


def test_a_mail_for_age_is_opened_first_and_what_stands_beside_it_is_searched(invoke: Invoke) -> None:
    own = Key("desk", str(pyrage.x25519.Identity.generate().to_public()).encode(), SUPPORT)
    sealed = seal_letter(letter(), [own], MOMENT, bundle=bundle())
    outcome = invoke("verify", "-", stdin=sealed.data)
    assert outcome.code == ExitCode.INPUT
    assert f"age --decrypt -i YOUR-KEY -o ticket-{TICKET}.zip ticket-{TICKET}.zip.age" in outcome.err
    leaky = sealed.data.replace(b"Subject: ", b"Subject: 4111 1111 1111 1111 ", 1)
    assert invoke("verify", "-", stdin=leaky).code == ExitCode.LEAK


def test_a_name_from_outside_is_in_no_command(invoke: Invoke) -> None:
    own = Key("desk", str(pyrage.x25519.Identity.generate().to_public()).encode(), SUPPORT)
    sealed = seal_letter(letter(), [own], MOMENT, bundle=bundle())
    hostile = sealed.data.replace(f'filename="ticket-{TICKET}.zip.age"'.encode(), b'filename="ticket-$(id).zip.age"')
    assert hostile != sealed.data
    outcome = invoke("verify", "-", stdin=hostile)
    assert outcome.code == ExitCode.INPUT
    assert "age --decrypt" not in outcome.err + outcome.out
