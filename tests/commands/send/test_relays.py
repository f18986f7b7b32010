"""A relay that asks nobody to log in: no password is looked for, TLS is wanted all the same."""

from __future__ import annotations

from pathlib import Path

from bundler.errors import ExitCode
from tests.commands.send.sending import attached, configure, is_one_sentence, mail_of, outbox
from tests.conftest import Invoke
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import Sink, reception


def _relay(port: int, good: Certificate, *lines: str, scheme: str = "smtps") -> None:
    configure(f'smtp = "{scheme}://127.0.0.1:{port}"', f'ca_file = "{good.cert}"', "timeout = 10", *lines)


def test_a_ticket_goes_by_a_relay_without_any_password(
    invoke: Invoke, ticket: Path, sink: Sink, good: Certificate
) -> None:
    with reception(sink, good, "tls") as port:
        _relay(port, good, "smtp_login = false")
        plan = invoke("send", ticket, "--way", "smtp", "--dry-run")
        assert "without logging in; account work" in plan.err
        outcome = invoke("send", ticket, "--way", "smtp", "--yes")
    assert outcome.code == ExitCode.FINE, outcome.err
    (taken,) = sink.box
    assert attached(taken.data) == attached(mail_of(ticket).read_bytes())
    assert sink.logins == []


def test_a_server_that_wants_a_login_after_all_is_told_with_the_setting_and_the_mail_is_kept(
    invoke: Invoke, ticket: Path, sink: Sink, good: Certificate
) -> None:
    with reception(sink, good) as port:
        _relay(port, good, "smtp_login = false", scheme="smtp+starttls")
        outcome = invoke("send", ticket, "--way", "smtp", "--yes")
    assert outcome.code == ExitCode.INPUT
    assert is_one_sentence(outcome)
    assert "takes no mail without a login (530 " in outcome.err
    assert "Take smtp_login = false out of [account.work]" in outcome.err
    assert "To go on: ticket-bundler send --resume" in outcome.err
    assert (len(outbox()), sink.box) == (1, [])


def test_a_relay_without_tls_is_told_nothing(invoke: Invoke, ticket: Path, sink: Sink, good: Certificate) -> None:
    with reception(sink, None) as port:
        _relay(port, good, "smtp_login = false", scheme="smtp+starttls")
        outcome = invoke("send", ticket, "--way", "smtp", "--yes")
    assert outcome.code == ExitCode.INPUT
    assert "offers no TLS, so nothing was sent to it" in outcome.err
    assert sink.box == []
