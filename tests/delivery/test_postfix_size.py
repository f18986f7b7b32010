"""A mail that was fitted to a server's limit is taken by that server; one that was not is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bundler import config
from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.smtp import deliver_by_smtp, limit_of_server
from bundler.errors import EnvironmentProblem
from bundler.mail.letter import Sender
from bundler.mail.manners import as_letter
from tests.conftest import Invoke
from tests.delivery.certificates import Certificates
from tests.delivery.dovecot import PASSWORD, SUPPORT, USER, dovecot, needs_dovecot
from tests.delivery.postfix import LARGEST, needs_postfix, postfix
from tests.mail.letters import MOMENT
from tests.sized import make, write_log

pytestmark = [pytest.mark.real, needs_dovecot, needs_postfix]


@pytest.fixture(scope="module")
def account(certificates: Certificates) -> Iterator[Account]:
    """One that may write to a Postfix of the tests' own."""
    with dovecot(certificates.good) as boxes, postfix(certificates.good, boxes) as post:
        server = Server("localhost", post.submission, "starttls")
        yield Account(name="work", sender=Sender(USER, "Søren Å"), smtp=server, ca_file=str(certificates.good.cert))


@pytest.mark.parametrize("more", [0, 30_000])
def test_server_takes_what_was_fitted_to_its_limit_and_no_more(
    invoke: Invoke, tmp_path: Path, account: Account, more: int
) -> None:
    for name in ("a", "b", "c", "d"):
        write_log(tmp_path / f"{name}.log", 1_500)
    _configure(account)
    assert limit_of_server(account) == LARGEST
    limit = f"{LARGEST + more}B" if more else "account:work"
    mail = make(invoke, *(f"{name}.log" for name in "abcd"), "--size-limit", limit)["mail"]
    assert mail.stat().st_size > LARGEST - 5_000 + more
    letter = as_letter(mail.read_bytes(), "send", account.sender, MOMENT, to=[SUPPORT])
    assert len(letter.data) <= LARGEST + more
    if more:
        with pytest.raises(EnvironmentProblem, match=f"takes at most {LARGEST:,}"):
            deliver_by_smtp(letter, account, Credential(PASSWORD))
    else:
        assert deliver_by_smtp(letter, account, Credential(PASSWORD)).state == "delivered"


def _configure(account: Account) -> None:
    """The user's configuration has the account."""
    assert account.smtp is not None
    path = config.user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    server = f'smtp = "smtp+starttls://{account.smtp.where}"\nca_file = "{account.ca_file}"\n'
    path.write_text(f'[account.work]\nfrom = "{account.sender.address}"\n{server}', encoding="utf-8")
