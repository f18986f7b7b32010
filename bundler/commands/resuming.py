"""What waits in the outbox, handed over later: all of it, or one ticket's; and what has arrived after all, noted."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bundler.commands.console import result, say
from bundler.commands.finished import read_finished
from bundler.commands.handing import going_on, resume_command, tell
from bundler.errors import ExitCode, MisuseError

if TYPE_CHECKING:
    from bundler.commands.handing import Hands
    from bundler.delivery.outbox import Damaged
    from bundler.delivery.posting import Posted


def hand_over_waiting(file: str, hands: Hands, *, yes: bool, as_json: bool) -> ExitCode:
    """Hand over what waits, of the ticket in ``file`` or all; a letter whose end is unknown only after a look.

    Somebody at a terminal is asked whether they have looked; elsewhere ``yes`` says so, for one ticket. Returns the
    worst exit code of all. What is damaged is told and stays; where others have left, they were a part of all.
    """
    from bundler.config import clock
    from bundler.delivery.posting import damaged, resume
    from bundler.delivery.state import state_folder

    folder = state_folder()
    ticket_id = ticket_of(file) if file else ""
    has_looked = bool(file) and (yes or _has_looked(ticket_id, hands))
    code, told, has_sent = ExitCode.FINE, [], False
    for posted in resume(folder, hands.ready, clock.present_moment, ticket_id=ticket_id, has_looked=has_looked):
        ended = _tell(posted, hands)
        told.append(_as_document(posted, ended))
        code = max(code, ended)
        has_sent |= posted.outcome is not None and posted.outcome.state in ("delivered", "partly")
        if posted.outcome is not None and posted.outcome.state == "delivered" and not posted.waiting.reflected:
            hands.keep_copy(posted.waiting.letter, hands.named(posted.waiting.account))
    for each in damaged(folder, ticket_id):
        code = max(code, ExitCode.PARTIAL if has_sent else ExitCode.INPUT)
        _tell_damaged(each)
        told.append(_as_damaged(each))
    if as_json:
        result(json.dumps({"letters": told, "exit": int(code)}, ensure_ascii=False, indent=2))
    elif not told:
        of = f" of ticket {ticket_id}" if ticket_id else ""
        say(f"Nothing{of} waits in the outbox.", quiet=hands.quiet)
        if file:
            raise MisuseError(
                f"Nothing of ticket {ticket_id} waits to be sent.", f"To send it: ticket-bundler send {file}"
            )
    return code


def note_arrived(file: str, hands: Hands) -> ExitCode:
    """Note that a mail whose end was unknown is there, for somebody has looked."""
    from bundler.config import clock
    from bundler.delivery.posting import settle_arrived
    from bundler.delivery.state import state_folder

    ticket_id = ticket_of(file)
    settled = settle_arrived(state_folder(), ticket_id, clock.present_moment)
    if not settled:
        raise MisuseError(f"There is no mail of ticket {ticket_id} whose arrival is unknown.", "Nothing was changed.")
    for entry in settled:
        say(f"Noted: ticket {ticket_id} has arrived at {', '.join(entry.unanswered)}.", quiet=hands.quiet)
    return ExitCode.FINE


def ticket_of(file: str) -> str:
    """The id of the ticket in a bundle or a mail; raises ``UnreadableInput`` for what is neither."""
    from bundler.assemble.previewing import open_contents

    return open_contents(read_finished(Path(file))).manifest.ticket_id


def _has_looked(ticket_id: str, hands: Hands) -> bool:
    """Ask, where one of the ticket's letters may have arrived."""
    from bundler.delivery.ledger import entries, look_first, unknown_told
    from bundler.delivery.posting import is_open
    from bundler.delivery.state import alone, state_folder

    folder = state_folder()
    with alone(folder):
        unknown = [each for each in entries(folder).values() if each.ticket_id == ticket_id and is_open(each)]
    if not unknown or not hands.may_ask:
        return False
    for entry in unknown:
        say(unknown_told(entry), fg="yellow")
    say(f"  {look_first(is_kept=True)}")
    try:
        return click.confirm("Have you looked, and it is not there?", default=False, err=True)
    except click.Abort:
        return False


def _tell(posted: Posted, hands: Hands) -> ExitCode:
    from bundler.delivery.ledger import look_first, unknown_told

    letter, again = posted.waiting.letter, resume_command(posted.waiting.source, hands)
    say(f"Ticket {letter.ticket_id} to {', '.join(letter.recipients)}", quiet=hands.quiet, bold=True)
    if posted.outcome is not None:
        anew = shlex.join(("ticket-bundler", "send", posted.waiting.source))
        return tell(posted.outcome, again, anew, quiet=hands.quiet)
    if posted.error is not None:
        say(f"  {posted.error.message}", fg="red")
        say(f"  {going_on(posted.error, again).hint}")
        return ExitCode(posted.error.exit_code)
    say(f"  {unknown_told(posted.entry)}", fg="yellow")
    say(f"  {look_first(is_kept=True)}")
    say(f"  It was not sent again. After you have looked: {again} --yes")
    return ExitCode.INPUT


def tell_all_damaged() -> None:
    """Tell of what lies damaged in the outbox, whoever sends: nothing else would ever say that it was not sent."""
    from bundler.delivery.posting import damaged
    from bundler.delivery.state import state_folder

    for each in damaged(state_folder()):
        _tell_damaged(each)


def _tell_damaged(each: Damaged) -> None:
    say(each.error.message, fg="red")
    say(f"  {each.error.hint}")


def _as_document(posted: Posted, code: ExitCode) -> dict[str, Any]:
    letter, error = posted.waiting.letter, posted.error
    state = posted.outcome.state if posted.outcome is not None else "queued" if error is not None else "unknown"
    shown = posted.outcome.told if posted.outcome is not None else error.message if error is not None else ""
    return {
        "ticket_id": letter.ticket_id,
        "recipients": list(letter.recipients),
        "way": posted.waiting.way,
        "state": state,
        "told": shown,
        "exit": int(code),
    }


def _as_damaged(each: Damaged) -> dict[str, Any]:
    return {
        "ticket_id": each.ticket_id or None,
        "recipients": [],
        "way": None,
        "state": "damaged",
        "told": each.error.message,
        "exit": int(each.error.exit_code),
    }
