"""Makes accounts of what is configured under ``[account.NAME]``; nothing is opened, looked up or run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import urlsplit

from bundler.delivery.accounts import TIMEOUT_S, Account, Mechanism, Security, Server
from bundler.errors import MisuseError, UnreadableInput
from bundler.mail.addresses import mailbox

Table = Mapping[str, str | tuple[str, ...] | bool]
"""An account as it is written, by the names of its keys."""

SCHEMES: dict[str, tuple[str, Security, int]] = {
    "smtps": ("smtp", "tls", 465),
    "smtp+starttls": ("smtp", "starttls", 587),
    "imaps": ("imap", "tls", 993),
    "imap+starttls": ("imap", "starttls", 143),
}
"""What an address of a server may begin with: the protocol, how it is kept secret, and the port if none is told."""

_MECHANISMS: dict[str, Mechanism] = {"password": "password", "xoauth2": "xoauth2", "oauthbearer": "oauthbearer"}
_PLAIN_SCHEMES = ("smtp", "imap", "http", "https")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,39}")
_SECONDS = re.compile(r"([1-9][0-9]{0,3})s?")
_WHERE = "ticket-bundler config show tells where it was set."


def choose_account(accounts: Mapping[str, Table], name: str = "", default: str = "") -> Account | None:
    """The account that was typed, else the default, else the only one; None where none is configured.

    Raises ``MisuseError`` for a name that there is not, or where there are several and none is chosen;
    ``UnreadableInput`` for an account that cannot be used as it is written.
    """
    wanted = name or choose_default(accounts, default)
    if not accounts and not wanted:
        return None
    if not wanted and len(accounts) > 1:
        raise MisuseError(
            f"There are {len(accounts)} mail accounts, and none is chosen.",
            f"Choose with --account NAME, or default_account in your configuration: {', '.join(accounts)}.",
        )
    wanted = wanted or next(iter(accounts))
    if wanted not in accounts:
        raise MisuseError(f"There is no mail account {wanted!r}.", _known(accounts))
    return configured_account(wanted, accounts[wanted])


def no_account() -> MisuseError:
    """What is told where a mail cannot leave without an account."""
    return MisuseError(
        "There is no mail account to send from.",
        "ticket-bundler config import-mail takes one over from git or msmtp; or open the draft: --open here, "
        "or elsewhere with --way file.",
    )


def choose_default(accounts: Mapping[str, Table], default: str) -> str:
    """The name of the default account, "" where none is set; raises ``MisuseError`` for one that there is not."""
    if default and default not in accounts:
        raise MisuseError(f"default_account is {default!r}, and there is no such mail account.", _known(accounts))
    return default


def _known(accounts: Mapping[str, Table]) -> str:
    return (
        f"There are: {', '.join(accounts)}."
        if accounts
        else "ticket-bundler config import-mail prints those of git or msmtp."
    )


def configured_account(name: str, table: Table) -> Account:
    """The account that ``table`` describes; raises ``UnreadableInput`` in one sentence for what is wrong in it."""
    place = f"account.{name}"
    if not (written := _text(table, "from")):
        _refuse(f"{place} has no from, the address that its mails come from.", 'from = "Kim Example <kim@psp.example>"')
    try:
        sender = mailbox(written)
    except MisuseError as error:
        raise UnreadableInput(f"{place}.from: {error.message}", error.hint) from error
    user = _text(table, "user")
    if not user.isprintable():
        _refuse(f"{place}.user has a character that no name to log in with has.", 'user = "kim@psp.example"')
    mechanism = _mechanism(place, table)
    account = Account(
        name=name,
        sender=sender,
        user=user,
        smtp=_server(place, table, "smtp"),
        smtp_login=table.get("smtp_login") is not False,
        imap=_server(place, table, "imap"),
        mechanism=mechanism,
        password_command=_command(table, "password_command"),
        token_command=_command(table, "token_command"),
        password_file=_text(table, "password_file"),
        sendmail=_command(table, "sendmail"),
        drafts=_text(table, "drafts"),
        sent=_text(table, "sent"),
        keeps_sent=table.get("keep_sent") is True,
        ca_file=_text(table, "ca_file"),
        timeout_s=_seconds(place, table),
        source_address=_text(table, "source_address"),
    )
    if account.smtp is None and account.imap is None and not account.sendmail:
        example = 'imap = "imaps://imap.example.com", smtp = "smtps://smtp.example.com", or sendmail = ["msmtp"]'
        _refuse(f"{place} names no server and no sendmail, so that nothing can be handed over.", example)
    if account.keeps_sent and account.imap is None:
        _refuse(f"{place}.keep_sent needs a mailbox to keep the copy in.", 'imap = "imaps://imap.example.com"')
    if not account.smtp_login:
        _check_without_login(place, table, account)
    return account


def _check_without_login(place: str, table: Table, account: Account) -> None:
    """What says how to log in is for the mailbox alone then; where there is none, somebody means something else."""
    if account.smtp is None:
        _refuse(
            f"{place}.smtp_login is about a server to send by, and there is none.",
            'smtp = "smtp+starttls://relay.example.com:25"',
        )
    secrets = [key for key in ("password_command", "password_file", "token_command") if key in table]
    if account.imap is None and secrets:
        example = 'smtp = "smtp+starttls://relay.example.com:25", and no password'
        _refuse(f"{place} says smtp_login = false, and has a {secrets[0]} that nobody asks for.", example)


def _mechanism(place: str, table: Table) -> Mechanism:
    written = _text(table, "auth") or "password"
    if written not in _MECHANISMS:
        _refuse(f"{place}.auth is none of {', '.join(_MECHANISMS)}.", 'auth = "xoauth2", with a token_command')
    mechanism = _MECHANISMS[written]
    wrong = [key for key in ("password_command", "password_file") if key in table] if mechanism != "password" else []
    if wrong:
        _refuse(f"{place} logs in with a token, and has a {wrong[0]}.", 'token_command = ["pizauth", "show", "work"]')
    if mechanism == "password" and "token_command" in table:
        _refuse(f"{place} has a token_command, and logs in with a password.", 'auth = "xoauth2"')
    return mechanism


def parse_server(place: str, kind: str, written: str) -> Server:
    """The server in ``smtps://host:port``; raises ``UnreadableInput``, also for one without TLS."""
    schemes = [scheme for scheme, (protocol, _, _) in SCHEMES.items() if protocol == kind]
    example = f'{kind} = "{schemes[0]}://{kind}.example.com"'
    try:
        url = urlsplit(written)
        host, port = url.hostname or "", url.port
    except ValueError:
        _refuse(f"{place} is no address of a server.", example)
    if "@" in url.netloc:
        _refuse(f"{place} holds a user or a password.", f"Name the user as user = …, and no password: {example}")
    if url.scheme not in schemes:
        if url.scheme in _PLAIN_SCHEMES:
            _refuse(
                f"{place} would talk to the server without TLS, which we never do.", f"{example}, or {schemes[1]}://"
            )
        _refuse(f"{place} does not begin with {schemes[0]}:// or {schemes[1]}://.", example)
    if not _HOST.fullmatch(host) or url.path.strip("/") or url.query or url.fragment or port == 0:
        _refuse(f"{place} is no host with a port.", example)
    _, security, usual = SCHEMES[url.scheme]
    return Server(host, port or usual, security)


def _server(place: str, table: Table, kind: str) -> Server | None:
    written = _text(table, kind)
    return parse_server(f"{place}.{kind}", kind, written) if written else None


def _seconds(place: str, table: Table) -> float:
    written = _text(table, "timeout")
    if not written:
        return TIMEOUT_S
    if not (found := _SECONDS.fullmatch(written)):
        _refuse(f"{place}.timeout is no number of seconds.", "timeout = 30")
    return float(found[1])


def _text(table: Table, key: str) -> str:
    value = table.get(key, "")
    return value if isinstance(value, str) else ""


def _command(table: Table, key: str) -> tuple[str, ...]:
    value = table.get(key, ())
    return value if isinstance(value, tuple) else ()


def _refuse(told: str, example: str) -> NoReturn:
    raise UnreadableInput(told, f"For example: {example}. {_WHERE}")
