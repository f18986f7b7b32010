"""One mail on its way: looked at, shown, asked about, handed over, told about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins
from msgspec.structs import replace

from bundler.commands.console import result, say
from bundler.commands.sending_job import NO_ACCOUNT, SENDING, Job, Way, sending_way
from bundler.errors import BundlerError, ExitCode, MisuseError
from bundler.mail.letter import Sender

if TYPE_CHECKING:
    from bundler.assemble.outgoing import Outgoing, Prepared
    from bundler.commands.handing import Hands
    from bundler.delivery.accounts import Account
    from bundler.delivery.outcome import Outcome
    from bundler.mail.letter import Manner


class Sending:
    """One run of ``send``; ``run`` returns its exit code."""

    def __init__(
        self, hands: Hands, account: Account | None, typed: Mapping[str, Any], job: Job, outgoing: Outgoing
    ) -> None:
        self.hands, self.account, self.typed, self.outgoing = hands, account, typed, outgoing
        self.job = job
        self.reflects: bool = typed["reflect"]
        self.prepared = self._prepare(job.way)
        self.document: dict[str, Any] = {}
        """What ``--json`` prints of it."""
        self.is_kept = False
        """Whether somebody chose to leave everything as it is."""

    def refuse(self) -> None:
        """Raise where the mail may not leave."""
        from bundler.assemble.outgoing import refuse_unfit

        refuse_unfit(self.outgoing, self.prepared.findings)

    def run(self) -> int:
        """Show, ask, hand over; raises ``BundlerError`` where nothing was handed over."""
        from bundler.commands.review import show_page

        typed, outgoing = self.typed, self.outgoing
        is_asked = self.hands.may_ask and not typed["yes"] and not self._goes_without_asking()
        shown = not self.hands.quiet and (is_asked or typed["check"] or typed["dry_run"] or self.job.way in SENDING)
        if shown:
            letter, findings = self.prepared.letter, self.prepared.findings
            show_page(outgoing, letter, self.job.addressed, self._how(self.job.way), findings)
        if typed["check"]:
            return self._check(quiet=not shown)
        self.refuse()
        if typed["dry_run"]:
            self._tell_plan()
            return self._end(None, ExitCode.FINE)
        if is_asked:
            return self._ask()
        if self.job.way in SENDING and not typed["yes"]:
            raise MisuseError(
                "Nothing was sent: without a terminal nobody can be asked.",
                "Add --yes to send it, or --dry-run to see what would be sent.",
            )
        return self._hand_over(self.job.way)

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

        if way == "imap" and self.outgoing.count > 1:
            raise MisuseError(
                f"The ticket has {self.outgoing.count} mails, and in a mailbox each draft replaces the one before.",
                "--way smtp sends them all; --way file --open opens them, one after the other.",
            )
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

    def _how(self, way: Way) -> str:
        """Completes "handed over …"."""
        account = self.account
        to_myself = f", to {account.sender.address} alone" if self.reflects and account else ""
        if account is not None and way == "smtp" and account.smtp:
            return f"sent at once by {account.smtp.where}, over verified TLS{to_myself}"
        if account is not None and way == "sendmail":
            return f"sent at once by {account.sendmail[0] if account.sendmail else 'sendmail'}{to_myself}"
        if account is not None and way == "imap" and account.imap:
            return f"a draft in the mailbox {account.login} at {account.imap.host}; nothing is sent"
        if way == "program":
            return f"opened in a mail program ({self.typed['program'] or 'default'}); nothing is sent"
        return "a file to open in your mail program; nothing is sent"

    def _tell_plan(self) -> None:
        from bundler.delivery.state import place

        job, letter, account = self.job, self.prepared.letter, self.account
        say("\nDry run: nothing was done, no server was asked. It would be", bold=True)
        say(f"  {self._how(job.way)}")
        if account is not None and job.way in ("smtp", "imap"):
            say(f"  as {account.login}, with {account.mechanism}; account {account.name}")
        if job.way in SENDING:
            people = (account.sender.address,) if self.reflects and account is not None else letter.recipients
            say(f"  to {', '.join(people)}; {len(letter.data):,} bytes; Message-ID {letter.message_id}")
            say(f"  noted in the ledger in {place()}, without contents")

    def _ask(self) -> int:
        from bundler.commands.review import KEEP, choose

        ways = self._choices()
        answer = choose({letter: does for letter, (_, does) in ways.items()}, self.outgoing)
        if answer == KEEP:
            self.is_kept = True
            say(f"Nothing was sent; everything is as it was. To go on: {self.job.command}")
            return self._end(None, ExitCode.FINE)
        self.reflects = answer == "m" or self.reflects
        way = ways[answer][0]
        if way != self.job.way:
            self.prepared = self._prepare(way)
            self.refuse()
        return self._hand_over(way)

    def _choices(self) -> dict[str, tuple[Way, str]]:
        account = self.account
        choices: dict[str, tuple[Way, str]] = {}
        sends = sending_way(self.job.way, account)
        if sends is not None:
            whom = "yourself" if self.reflects else ", ".join(self.prepared.letter.recipients) or "nobody: add --to"
            choices["s"] = (sends, f"send it now to {whom}")
            if not self.reflects:
                choices["m"] = (sends, "send it to yourself first")
        if account is not None and account.imap is not None and not self.reflects and self.outgoing.count == 1:
            choices["d"] = ("imap", f"put it among the drafts of {account.login}, to send it from there")
        if not self.reflects:
            choices["o"] = ("program", "open it in your mail program")
        return choices

    def _hand_over(self, way: Way) -> int:
        from bundler.commands.handing import draft_letter, post_letter, resume_command, tell

        letter, outgoing, quiet = self.prepared.letter, self.outgoing, self.hands.quiet
        if way == "file" or way == "program":
            return self._open(way)
        if self.account is None:
            raise NO_ACCOUNT
        is_draft = way == "imap"
        again = self.job.command if is_draft else resume_command(str(outgoing.source.absolute()), self.hands)
        try:
            if way == "imap":
                outcome = draft_letter(outgoing, letter, self.account, self.hands, again)
            else:
                outcome = post_letter(
                    outgoing, letter, way, self.account, self.hands, again=self.typed["again"], reflected=self.reflects
                )
        except BundlerError as error:
            self._note(None, error.exit_code, error)
            raise
        except KeyboardInterrupt:
            say(f"Interrupted while it was handed over; whether it arrived is not known. To go on: {again}", fg="red")
            return ExitCode.INTERRUPTED
        code = tell(outcome, again, is_draft=is_draft, quiet=quiet)
        if self.reflects and outcome.state == "delivered":
            say("It went to yourself alone and does not count as sent.", quiet=quiet)
        return self._end(outcome, code)

    def _open(self, way: Way) -> int:
        from bundler.commands.opening import open_draft, put_file, show_file

        letter, outgoing, quiet = self.prepared.letter, self.outgoing, self.hands.quiet
        is_changed = self.job.addressed.changes_draft or bool(self.typed["account"]) or letter.manner != "file"
        path = put_file(outgoing, letter, is_changed=is_changed)
        if way == "program":
            from bundler.delivery.programs import choose_program

            open_draft(path, outgoing, letter, choose_program(self.typed["program"] or "default"), quiet=quiet)
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


def run_all(runs: Sequence[Sending], *, as_json: bool, quiet: bool) -> int:
    """Every mail of a ticket, one after the other; returns the worst exit code.

    Of several, none leaves unless all may, and those that have arrived already are passed over.
    """
    from bundler.delivery.ledger import AlreadySent

    code, is_one = ExitCode.FINE, len(runs) == 1
    try:
        if not is_one and not runs[0].typed["check"]:
            for run in runs:
                run.refuse()
        for number, run in enumerate(runs, 1):
            say(f"\nMail {number} of {len(runs)}", quiet=quiet or is_one, bold=True)
            try:
                code = max(code, ExitCode(run.run()))
            except AlreadySent as already:
                if is_one:
                    raise
                say(already.message, quiet=quiet)
            if run.is_kept:
                break
    finally:
        documents = [run.document for run in runs if run.document]
        if as_json and documents:
            shown = documents[0] if is_one else {"mails": documents, "exit": int(code)}
            result(json.dumps(shown, ensure_ascii=False, indent=2))
    return code
