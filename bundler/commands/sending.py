"""One mail on its way: looked at, shown, asked about, handed over, told about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import to_builtins
from msgspec.structs import replace

from bundler.commands.console import say
from bundler.commands.sending_job import Job, command_of
from bundler.commands.ways import SENDING, Way, choices, describe, plan
from bundler.errors import BundlerError, ExitCode, MisuseError
from bundler.mail.letter import Sender

if TYPE_CHECKING:
    from bundler.assemble.outgoing import Outgoing, Prepared
    from bundler.commands.handing import Hands
    from bundler.delivery.accounts import Account
    from bundler.delivery.ledger import AlreadySent
    from bundler.delivery.outbox import Waiting
    from bundler.delivery.outcome import Outcome, State
    from bundler.mail.letter import Manner


class Sending:
    """One mail that ``send`` was given; ``run`` does all of it and returns its exit code."""

    def __init__(
        self, hands: Hands, account: Account | None, typed: Mapping[str, Any], job: Job, outgoing: Outgoing
    ) -> None:
        self.hands, self.account, self.typed, self.outgoing = hands, account, typed, outgoing
        self.job = job
        self.reflects: bool = typed["reflect"]
        self.prepared = self._prepare(job.way)
        self.document: dict[str, Any] = {}
        """What ``--json`` prints of it."""
        self.state: State | Literal["none"] = "none"
        """How it ended; "none" while it was not handed over."""

    def refuse(self) -> None:
        """Raise where the mail may not leave."""
        from bundler.assemble.outgoing import refuse_unfit

        refuse_unfit(self.outgoing, self.prepared.findings)

    def run(self) -> int:
        """Show, ask, hand over; raises ``BundlerError`` where nothing was handed over."""
        self.show()
        if self.typed["check"]:
            return self._check(quiet=not self.is_shown)
        self.refuse()
        if self.typed["dry_run"]:
            self._tell_plan()
            return self._end(None, ExitCode.FINE)
        chosen = self.decide()
        if chosen is None:
            return self.leave()
        self.change(*chosen)
        return self.hand_over()

    def show(self) -> None:
        """The page of all that would leave, where somebody is to see it."""
        from bundler.commands.review import show_page

        if self.is_shown:
            letter, findings = self.prepared.letter, self.prepared.findings
            show_page(self.outgoing, letter, self.job.addressed, self._how(), findings)

    def decide(self, count: int = 1) -> tuple[Way, bool] | None:
        """The way for ``count`` mails, and whether they go to oneself alone; None where somebody keeps them here."""
        if self._is_asked:
            return self._ask(count)
        if self.job.way in SENDING and not self.typed["yes"]:
            raise MisuseError(
                "Nothing was sent: without a terminal nobody can be asked.",
                "Add --yes to send it, or --dry-run to see what would be sent.",
            )
        return self.job.way, self.reflects

    def change(self, way: Way, reflects: bool) -> None:
        """Make it ready for what was decided; raises as ``refuse`` where it may not leave that way."""
        self.reflects = reflects
        if way != self.job.way:
            command = command_of(str(self.outgoing.source), {**self.typed, "way": way, "reflect": reflects})
            self.job = replace(self.job, way=way, command=command)
            self.prepared = self._prepare(way)
            self.refuse()

    def leave(self, code: ExitCode = ExitCode.FINE) -> ExitCode:
        """Leave everything as it is, and note that it ended with ``code``."""
        self._note(None, code)
        return code

    def pass_over(self, already: AlreadySent) -> int:
        """Say that it has arrived before."""
        self.state = "delivered"
        say(already.message, quiet=self.hands.quiet)
        self._note(None, ExitCode.FINE, already)
        return ExitCode.FINE

    @property
    def _is_asked(self) -> bool:
        return self.hands.may_ask and not self.typed["yes"] and not self._goes_without_asking()

    @property
    def is_shown(self) -> bool:
        """Whether somebody is to see the page."""
        typed = self.typed
        return not self.hands.quiet and (
            self._is_asked or typed["check"] or typed["dry_run"] or self.job.way in SENDING
        )

    def _check(self, *, quiet: bool) -> int:
        try:
            self.refuse()
        except BundlerError as error:
            say(f"\nIt should not leave. {error.message}", quiet=quiet, bold=True)
            say(f"  {error.hint}", quiet=quiet)
            self._note(None, error.exit_code, error)
            return error.exit_code
        say("\nIt may leave.", quiet=quiet, bold=True)
        return self._end(None, ExitCode.FINE)

    def _goes_without_asking(self) -> bool:
        """What was asked for by name and sends nothing needs no question: a draft in the mailbox, a file, a program."""
        typed = self.typed
        sends_nothing = self.job.is_typed and self.job.way not in SENDING
        return typed["check"] or typed["dry_run"] or sends_nothing

    def _prepare(self, way: Way) -> Prepared:
        from bundler.assemble.outgoing import prepare
        from bundler.config import clock

        addressed = self.job.addressed
        manner = self._manner(way)
        if manner == "file" and not self.typed["account"]:
            addressed = replace(addressed, sender=None)
        elif addressed.sender is None and (reporter := self.outgoing.preview.document.reporter).email:
            addressed = replace(addressed, sender=Sender(reporter.email, reporter.name))
        return prepare(self.outgoing, manner, addressed, clock.present_moment())

    def _manner(self, way: Way) -> Manner:
        if way == "program":
            from bundler.delivery.programs import choose_program

            return choose_program(self.typed["program"] or "default").manner
        return "imap" if way == "imap" else "file" if way == "file" else "send"

    def _how(self) -> str:
        return describe(self.job.way, self.account, self.typed["program"], reflects=self.reflects)

    def _tell_plan(self) -> None:
        say("\nDry run: nothing was done, no server was asked. It would be", bold=True)
        for line in (self._how(), *plan(self.job.way, self.account, self.prepared.letter, reflects=self.reflects)):
            say(f"  {line}")

    def _ask(self, count: int) -> tuple[Way, bool] | None:
        from bundler.commands.review import KEEP, choose

        recipients = self.prepared.letter.recipients
        ways = choices(self.job.way, self.account, recipients, reflects=self.reflects, count=count)
        answer = choose({letter: does for letter, (_, does) in ways.items()}, self.outgoing)
        if answer == KEEP:
            say(f"Nothing was sent; everything is as it was. To go on: {self.job.command}")
            return None
        return ways[answer][0], answer == "m" or self.reflects

    def waiting(self) -> Waiting:
        """The letter with all that its hand-over needs; another one at every call."""
        from bundler.commands.handing import waiting_letter
        from bundler.delivery.configured import no_account

        way = self.job.way
        if self.account is None or way == "file" or way == "program":
            raise no_account()
        return waiting_letter(self.outgoing, self.prepared.letter, way, self.account, reflected=self.reflects)

    def hand_over(self, waiting: Waiting | None = None) -> int:
        """As ``run`` does when all is decided; ``waiting`` where the letter lies in the outbox already."""
        from bundler.commands.handing import draft_letter, post_letter, resume_command, tell

        way, quiet = self.job.way, self.hands.quiet
        if way == "file" or way == "program":
            return self._open(way)
        anew = self.job.command
        again = anew if way == "imap" else resume_command(str(self.outgoing.source.absolute()), self.hands)
        try:
            waiting = waiting or self.waiting()
            if way == "imap":
                outcome = draft_letter(waiting, self.hands, again)
            else:
                outcome = post_letter(waiting, self.hands, again=self.typed["again"])
        except BundlerError as error:
            self._note(None, error.exit_code, error)
            raise
        except KeyboardInterrupt:
            self.state = "unknown"
            say(f"Interrupted while it was handed over; whether it arrived is not known. To go on: {again}", fg="red")
            return ExitCode.INTERRUPTED
        self.state = outcome.state
        code = tell(outcome, again, anew, quiet=quiet)
        if self.reflects and outcome.state == "delivered":
            say("It went to yourself alone and does not count as sent.", quiet=quiet)
        return self._end(outcome, code)

    def _open(self, way: Way) -> int:
        from bundler.commands.opening import open_draft, put_file, show_file
        from bundler.delivery.programs import check_installed, choose_program

        letter, outgoing, quiet = self.prepared.letter, self.outgoing, self.hands.quiet
        is_changed = self.job.addressed.changes_draft or bool(self.typed["account"]) or letter.manner != "file"
        program = choose_program(self.typed["program"] or "default") if way == "program" else None
        if program is not None:
            check_installed(program)
        path = put_file(outgoing, letter, is_changed=is_changed)
        if program is not None:
            open_draft(path, outgoing, letter, program, quiet=quiet)
        elif not self.typed["as_json"]:
            show_file(path, outgoing, quiet=quiet)
        return self._end(None, ExitCode.FINE, path)

    def _end(self, outcome: Outcome | None, code: ExitCode, path: Path | None = None) -> int:
        self._note(outcome, code, path=path)
        return code

    def _note(
        self, outcome: Outcome | None, code: ExitCode, error: BundlerError | None = None, path: Path | None = None
    ) -> None:
        from bundler.assemble.outgoing import leaks_of

        letter, verdict = self.prepared.letter, self.outgoing.preview.verdict
        told = to_builtins(outcome) if outcome is not None else {"state": "none"}
        if error is not None:
            told = {"state": "none", "told": error.message, "hint": error.hint}
        self.document = {
            "ticket_id": letter.ticket_id,
            "way": self.job.way,
            "account": self.account.name if self.account is not None else None,
            "recipients": list(letter.recipients),
            "message_id": letter.message_id or None,
            "size": len(letter.data),
            "file": str(path) if path is not None else None,
            "findings": to_builtins((*verdict.damage, *self.prepared.findings)),
            "leaks": [str(leak) for leak in leaks_of(self.outgoing)],
            "outcome": told,
            "exit": int(code),
        }
