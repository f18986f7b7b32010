"""How one logs in at an IMAP server (RFC 3501 sections 6.2.2 and 6.2.3)."""

from __future__ import annotations

import imaplib

from bundler.delivery.accounts import Account, Credential, Server
from bundler.delivery.folders import quote
from bundler.delivery.mailbox_line import BREAKS, Unreachable, said, unreachable
from bundler.delivery.mechanisms import answers_of, no_way_in, refused, secrets_in
from bundler.delivery.outcome import TRY_LATER


def log_in(line: imaplib.IMAP4, server: Server, account: Account, credential: Credential) -> None:
    """Lets the user in, in the one way that the account names, for every refusal counts towards locking it.

    Raises ``LoginRefused`` when the server refuses, ``Unreachable`` when it cannot tell now or the connection ends,
    ``EnvironmentProblem`` when it knows no such way, and ``MisuseError`` for a name or a secret that cannot be said.
    """
    answers = answers_of(server, account, credential)
    secrets = secrets_in(answers, credential)
    offered = {each.removeprefix("AUTH=") for each in line.capabilities if each.startswith("AUTH=")}
    mechanism = next(iter(answers))
    try:
        if mechanism in offered:
            first, *others = answers[mechanism]
            # a server that wants more than it was told explains a refusal, and hears that we have understood
            line.authenticate(mechanism, lambda challenge: others[0] if challenge and others else first)
        elif mechanism == "PLAIN" and "LOGINDISABLED" not in line.capabilities and _is_plain(account, credential):
            line.login(quote(account.login), credential.secret)
        else:
            raise no_way_in(server, account, sorted(offered))
    except imaplib.IMAP4.abort as error:
        raise unreachable(server, error, *secrets) from error
    except imaplib.IMAP4.error as error:
        words = said(error, *secrets)
        if words.startswith("[UNAVAILABLE]"):  # RFC 5530 section 3
            raise Unreachable(f"{server.where} lets nobody in for now ({words}).", TRY_LATER) from error
        raise refused(server, account, words) from error
    except BREAKS as error:
        raise unreachable(server, error, *secrets) from error


def _is_plain(account: Account, credential: Credential) -> bool:
    """Whether LOGIN, which knows ASCII alone, can say them."""
    return (account.login + credential.secret).isascii()
