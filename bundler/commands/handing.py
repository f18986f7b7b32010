"""Hands a mail over by the way that was chosen, asks for what is secret, and tells how it ended and how to go on."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct
from msgspec.structs import replace

from bundler.commands.console import is_terminal, say
from bundler.errors import BundlerError, EnvironmentProblem, ExitCode, MisuseError

if TYPE_CHECKING:
    from bundler.assemble.outgoing import Outgoing
    from bundler.delivery.accounts import Account, Credential, Door, Server
    from bundler.delivery.ledger import Way
    from bundler.delivery.outbox import Waiting
    from bundler.delivery.outcome import Outcome, State
    from bundler.delivery.secrets import Found
    from bundler.delivery.security import LoginRefused
    from bundler.mail.letter import Letter

_STYLES: dict[State, dict[str, Any]] = {
    "delivered": {"fg": "green", "bold": True},
    "partly": {"fg": "yellow", "bold": True},
    "refused": {"fg": "red", "bold": True},
    "later": {"fg": "yellow", "bold": True},
    "unknown": {"fg": "red", "bold": True},
}
_CODES: dict[State, ExitCode] = {"delivered": ExitCode.FINE, "partly": ExitCode.PARTIAL}


class Hands(Struct, frozen=True):
    """What hands over: the accounts that there are, whether somebody can be asked, and how much is said.

    ``met`` is what servers have said of accounts in this run: a password that was typed and let somebody in is not
    asked for again, and where one was refused no server is asked a second time, for that counts towards locking it.
    """

    accounts: Mapping[str, Mapping[str, Any]]
    ca_file: str = ""
    may_ask: bool = False
    quiet: bool = False
    met: dict[tuple[str, Server], Found | LoginRefused] = {}

    def account(self, name: str, default: str = "") -> Account | None:
        """The account of that name, else the default, as ``choose_account``; with the authorities that were typed."""
        from bundler.delivery.configured import choose_account

        chosen = choose_account(self.accounts, name, default)
        return replace(chosen, ca_file=self.ca_file) if chosen is not None and self.ca_file else chosen

    def named(self, name: str) -> Account:
        """The account of that name, which has to be there."""
        from bundler.delivery.configured import no_account

        account = self.account(name)
        if account is None:
            raise no_account()
        return account

    def ready(self, waiting: Waiting) -> Callable[[], Outcome]:
        """As ``posting.Ready``: the password is found before anything is tried."""
        return self.by(waiting.way, waiting.letter, self.named(waiting.account))

    def by(self, way: Way, letter: Letter, account: Account) -> Callable[[], Outcome]:
        """What hands ``letter`` over when it is called; raises ``BundlerError`` where it cannot even begin."""
        if way == "sendmail":
            from bundler.delivery.sendmail import deliver_by_sendmail

            return lambda: deliver_by_sendmail(letter, account)
        if way == "imap":
            from bundler.delivery.imap import deliver_by_imap as deliver
        else:
            from bundler.delivery.smtp import deliver_by_smtp as deliver
        return self._logged_in(way, letter, account, deliver)

    def keep_copy(self, letter: Letter, account: Account) -> None:
        """Files a copy of what was sent, where the account asks for it; a failure is told and changes nothing."""
        from bundler.delivery.imap import file_sent_copy

        if not account.keeps_sent:
            return
        try:
            outcome = self._logged_in("imap", letter, account, file_sent_copy)()
        except BundlerError as error:
            say(f"The mail was sent, but no copy was kept. {error.message}", quiet=self.quiet, fg="yellow")
        else:
            is_kept = outcome.state == "delivered"
            say(outcome.told, quiet=self.quiet, **({"dim": True} if is_kept else {"fg": "yellow"}))

    def _logged_in(self, door: Door, letter: Letter, account: Account, deliver: Any) -> Callable[[], Outcome]:
        from bundler.delivery.accounts import server_of
        from bundler.delivery.secrets import Found, find_secret, logged_in
        from bundler.delivery.security import LoginRefused

        server = server_of(account, door)
        if door == "smtp" and not account.smtp_login:
            return lambda: deliver(letter, account, None)
        ask = ask_secret if self.may_ask else None
        met = self.met.get((account.name, server))
        if isinstance(met, LoginRefused):
            raise LoginRefused(met.message, met.hint)
        found = met or find_secret(account, server, ask)

        def enter(credential: Credential) -> Outcome:
            outcome: Outcome = deliver(letter, account, credential)
            if found.origin == "prompt":
                self.met[account.name, server] = Found(credential, "prompt")
            return outcome

        def hand_over() -> Outcome:
            try:
                return logged_in(found, account, server, ask, enter)
            except LoginRefused as refused:
                self.met[account.name, server] = refused
                raise

        return hand_over


def ask_secret(question: str) -> str:
    """What somebody types at the terminal, unseen; "" for Enter."""
    try:
        typed = click.prompt(question, default="", show_default=False, hide_input=True, err=True)
    except click.Abort:
        raise EnvironmentProblem("No password was typed; nothing was handed over.") from None
    return str(typed)


def waiting_letter(outgoing: Outgoing, letter: Letter, way: Way, account: Account, *, reflected: bool) -> Waiting:
    """What the outbox and the ledger know of a hand-over; ``reflected`` to oneself alone."""
    from bundler.config import clock
    from bundler.delivery.outbox import Waiting, name_letter

    if reflected:
        letter = replace(letter, recipients=(account.sender.address,))
    moment = f"{clock.present_moment():%Y%m%dT%H%M%SZ}"
    if outgoing.count > 1:  # the outbox goes by the names, and of several the first is to leave first
        moment += f"-{outgoing.number:03}"
    name = name_letter(letter, way, account.name, moment, reflected=reflected)
    return Waiting(name, letter, way, account.name, str(outgoing.source.absolute()), reflected)


def post_letter(waiting: Waiting, hands: Hands, *, again: bool) -> Outcome:
    """Send it through ledger and outbox; raises as ``posting.post``, the way to go on in the hint."""
    from bundler.config import clock
    from bundler.delivery.posting import post
    from bundler.delivery.state import state_folder

    try:
        outcome = post(state_folder(), waiting, hands.ready, clock.present_moment, again=again)
    except MisuseError:
        raise
    except BundlerError as error:
        raise going_on(error, resume_command(waiting.source, hands)) from error
    if outcome.state == "delivered" and not waiting.reflected:
        hands.keep_copy(waiting.letter, hands.named(waiting.account))
    return outcome


def draft_letter(waiting: Waiting, hands: Hands, command: str) -> Outcome:
    """Put it among the drafts of the account's mailbox; a draft of the same mail that is there is replaced.

    It is never kept in the outbox: the next run does it anew. ``command`` is that run.
    """
    from bundler.config import clock
    from bundler.delivery.ledger import record
    from bundler.delivery.outbox import entry_of
    from bundler.delivery.state import alone, state_folder

    folder = state_folder()
    try:
        hand_over = hands.ready(waiting)
        with alone(folder):
            outcome = hand_over()
            if outcome.state != "later":
                record(folder, entry_of(waiting).after(clock.present_moment(), outcome, ()))
    except BundlerError as error:
        raise going_on(error, command) from error
    return outcome


def going_on(error: BundlerError, command: str) -> BundlerError:
    """The same error, with the exact command to go on with below its hint."""
    error.hint = "\n  ".join(line for line in (error.hint, f"To go on: {command}") if line)
    return error


def resume_command(source: str, hands: Hands) -> str:
    """What to type to hand over what waits in the outbox, trusting whom was trusted now."""
    trusted = ("--ca-file", hands.ca_file) if hands.ca_file else ()
    return shlex.join(("ticket-bundler", "send", "--resume", source, *trusted))


def tell(outcome: Outcome, again: str, anew: str, *, quiet: bool = False) -> ExitCode:
    """Say how it ended, and after anything but success the exact command to go on; returns the exit code.

    ``again`` hands over what waits in the outbox; ``anew`` begins once more where nothing waits there. A draft, which
    never waits there, has both alike.
    """
    from bundler.delivery.ledger import if_it_arrived, is_for_now

    say(outcome.told, quiet=quiet and outcome.state == "delivered", **_STYLES[outcome.state])
    for refusal in outcome.refusals:
        said = (f"{refusal.recipient}:", str(refusal.code or ""), refusal.text)
        say(f"  {' '.join(filter(None, said))}")
    if outcome.hint:
        say(f"  {outcome.hint}", quiet=quiet and outcome.state == "delivered")
    is_draft = again == anew
    if outcome.state == "unknown" and not is_draft:
        say(f"  {if_it_arrived(is_kept=True)}")
    is_left = outcome.state == "partly" and any(is_for_now(each.code) for each in outcome.refusals)
    if not is_draft and (is_left or outcome.state in ("later", "unknown")):
        say(f"  It is kept in the outbox. To go on: {again}")
    elif outcome.state in ("later", "unknown", "refused"):
        say(f"  To go on: {anew}")
    return _CODES.get(outcome.state, ExitCode.INPUT)


def may_ask(typed: Mapping[str, Any]) -> bool:
    """Whether somebody is there who may be asked."""
    return is_terminal() and not (typed["as_json"] or typed["quiet"])
