"""What the tests of sealing share: whose keys there are, what a sealed letter holds, and why there is none."""

from __future__ import annotations

import pytest

from bundler.errors import BundlerError
from bundler.mail.keys import Key
from bundler.mail.letter import Letter
from bundler.mail.read import read_mail
from bundler.mail.sealing import Form, seal_letter
from tests.mail.gnupg import Gnupg
from tests.mail.letters import MOMENT
from tests.pack.bundles import bundle

TICKET = "t-7f3a2c19d0"
AUDIT, CHIEF = "audit@example.com", "chief@example.com"


def key(home: Gnupg, whose: str, *, armoured: bool = True) -> Key:
    """The public key of that person, as a file of theirs."""
    return Key(f"{whose}.asc", home.certificate(whose, armoured=armoured))


def encrypted_part(sealed: Letter) -> bytes:
    """The OpenPGP message that the mail carries."""
    return read_mail(sealed.data).attachments[-1][2]


def apart(data: bytes) -> tuple[list[bytes], bytes]:
    """The header's lines and the body."""
    head, _, body = data.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


def refusal(plain: Letter, keys: list[Key], form: Form | None = None) -> BundlerError:
    """The refusal, which has to come in both forms alike."""
    with pytest.raises(BundlerError) as caught:
        seal_letter(plain, keys, MOMENT, form=form, bundle=bundle())
    assert "backtrace" not in str(caught.value)
    return caught.value
