"""What a server says of a login that it refuses, in which nothing of the secret comes back."""

from __future__ import annotations

from base64 import b64encode

import pytest

from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.imap import deliver_by_imap
from bundler.delivery.security import LoginRefused
from bundler.delivery.words import LONGEST
from bundler.mail.letter import Sender
from tests.delivery.certificates import Certificates
from tests.delivery.drafts import letter
from tests.delivery.imap_talk import HANG_UP, talking

USER = "dev@example.test"
SECRET = "correct horse  battery staple"
LATE = b"x" * (LONGEST - 40)
"""So many words in front that the secret stands where ours are cut."""


def account(port: int, certificates: Certificates) -> Account:
    server = Server("localhost", port, "tls")
    return Account(name="work", sender=Sender(USER), imap=server, ca_file=str(certificates.good.cert), timeout_s=10)


@pytest.mark.parametrize("words", [b"%b", LATE + b" %b", LATE + b" I heard: %b", b"you said %b, and that is wrong"])
@pytest.mark.parametrize("heard", [SECRET.encode(), b64encode(f"\0{USER}\0{SECRET}".encode())])
def test_nothing_of_the_secret_is_shown_where_the_server_says_it_back(
    certificates: Certificates, words: bytes, heard: bytes
) -> None:
    answers = {"AUTHENTICATE": b"TAG NO " + words % heard + b"\r\n"}
    with talking(certificates.good, answers) as talk, pytest.raises(LoginRefused) as caught:
        deliver_by_imap(letter(), account(talk.port, certificates), Credential(SECRET))
    shown = caught.value.message + caught.value.hint
    assert "does not let dev@example.test in (" in shown
    assert not any(shown.count(heard.decode()[at : at + 6]) for at in range(len(heard) - 5))


@pytest.mark.parametrize("last", [b"* BYE %b is wrong\r\n", b"%b, what do you mean?\r\n"])
def test_a_server_that_hangs_up_with_the_secret_on_its_lips_is_not_repeated(
    certificates: Certificates, last: bytes
) -> None:
    with talking(certificates.good, {"AUTHENTICATE": last % SECRET.encode() + HANG_UP}) as talk:
        outcome = deliver_by_imap(letter(), account(talk.port, certificates), Credential(SECRET))
    assert outcome.state == "later"
    assert "horse" not in outcome.told + outcome.hint
