"""The mails of one ticket on their way, one or several: all may leave or none does, and what became of each is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from bundler.commands.console import result, say
from bundler.commands.ways import SENDING
from bundler.errors import BundlerError, EnvironmentProblem, ExitCode

if TYPE_CHECKING:
    from bundler.commands.sending import Sending
    from bundler.delivery.outbox import Waiting

_GOES_ON = ("delivered", "partly")
"""After all other outcomes the next mail would most likely end the same way."""


def run_all(runs: Sequence[Sending], *, as_json: bool, quiet: bool) -> int:
    """Every mail of a ticket, one after the other; returns the worst exit code.

    Of several, none leaves unless all may, and those that have arrived already are passed over. Whoever is asked is
    asked once. The first that is not taken ends it; it and all after it wait in the outbox, or are not yet drafts.
    """
    code = ExitCode.FINE
    try:
        code = ExitCode(runs[0].run() if len(runs) == 1 else _run_several(runs, quiet=quiet))
    finally:
        documents = [run.document for run in runs if run.document]
        if as_json and documents:
            shown = documents[0] if len(runs) == 1 else {"mails": documents, "exit": int(code)}
            result(json.dumps(shown, ensure_ascii=False, indent=2))
    return code


def _run_several(runs: Sequence[Sending], *, quiet: bool) -> ExitCode:
    typed = runs[0].typed
    if not typed["check"]:
        for run in runs:
            run.refuse()
    if typed["check"] or typed["dry_run"]:
        return max(ExitCode(run.run()) for run in _each(runs, quiet=quiet))
    if runs[0].is_shown:
        for run in _each(runs, quiet=quiet):
            run.show()
    chosen = runs[0].decide(len(runs))
    if chosen is None:
        return max(run.leave() for run in runs)
    for run in runs:
        run.change(*chosen)
    if runs[0].job.way in SENDING:
        return _post(runs, quiet=quiet)
    if runs[0].job.way == "imap":
        steps = [run.hand_over for run in runs]
        return _hand_over(runs, steps, "are in the mailbox", "are not in the mailbox", quiet=quiet)
    return max(ExitCode(run.hand_over()) for run in _each(runs, quiet=quiet))


def _post(runs: Sequence[Sending], *, quiet: bool) -> ExitCode:
    """All are in the outbox before a server hears of the first, so that ``--resume`` goes on with every one."""
    from bundler.config import clock
    from bundler.delivery.posting import put_all
    from bundler.delivery.state import state_folder

    _refuse_too_large(runs)
    letters = [run.waiting() for run in runs]
    sent = put_all(state_folder(), letters, clock.present_moment, again=runs[0].typed["again"])

    def step(run: Sending, letter: Waiting) -> Callable[[], int]:
        return partial(run.hand_over, letter) if letter.id not in sent else partial(run.pass_over, sent[letter.id])

    steps = [step(run, letter) for run, letter in zip(runs, letters, strict=True)]
    return _hand_over(runs, steps, "were sent", "wait in the outbox", quiet=quiet)


def _refuse_too_large(runs: Sequence[Sending]) -> None:
    """Raise ``EnvironmentProblem`` where the server takes no mail as large as one of them; it is asked before any."""
    from bundler.delivery.smtp import limit_of_server

    account = runs[0].account
    if account is None or runs[0].job.way != "smtp":
        return
    try:
        limit = limit_of_server(account)
    except BundlerError:  # which the first mail runs into as well, and is kept then
        return
    sizes = [len(run.prepared.letter.data) for run in runs]
    if limit is not None and account.smtp is not None and max(sizes) > limit:
        number = sizes.index(max(sizes)) + 1
        raise EnvironmentProblem(
            f"Mail {number} of {len(runs)} has {max(sizes):,} bytes, and {account.smtp.where} takes at most {limit:,}; "
            "nothing was sent.",
            f"Make smaller ones with ticket-bundler create … --split --size-limit {limit}",
        )


def _hand_over(
    runs: Sequence[Sending], steps: Sequence[Callable[[], int]], done: str, otherwise: str, *, quiet: bool
) -> ExitCode:
    """One after the other, until one is not taken: what became of which is told then."""
    code, is_done = ExitCode.FINE, 0
    try:
        for run, step in zip(_each(runs, quiet=quiet), steps, strict=True):
            code = max(code, ExitCode(step()))
            if run.state not in _GOES_ON:
                break
            is_done += 1
    finally:
        if is_done < len(runs):
            for run in runs[is_done + 1 :]:
                run.leave(ExitCode.INPUT)
            _tell_standing([run.state for run in runs], done, otherwise)
    return code


def _tell_standing(states: Sequence[str], done: str, otherwise: str) -> None:
    """``Of the 4 mails, 1 and 2 were sent; 3 was refused; 4 waits in the outbox.``"""
    words = {"delivered": done, "partly": done, "refused": "were refused", "unknown": "may have arrived"}
    groups: dict[str, list[int]] = {}
    for number, state in enumerate(states, 1):
        groups.setdefault(words.get(state, otherwise), []).append(number)
    if len(groups) == 1:
        told = f"The {len(states)} mails {otherwise}"
    else:
        each = (f"{_listed(of)} {_of_one(verb) if len(of) == 1 else verb}" for verb, of in groups.items())
        told = f"Of the {len(states)} mails, {'; '.join(each)}"
    say(f"{told}.", bold=True)


def _listed(numbers: Sequence[int]) -> str:
    first, last = numbers[0], numbers[-1]
    if len(numbers) > 2 and last - first == len(numbers) - 1:
        return f"{first} to {last}"
    *others, last_one = map(str, numbers)
    return f"{', '.join(others)} and {last_one}" if others else last_one


def _of_one(verb: str) -> str:
    first, _, rest = verb.partition(" ")
    return f"{ {'were': 'was', 'are': 'is', 'wait': 'waits'}.get(first, first) } {rest}"


def _each(runs: Sequence[Sending], *, quiet: bool) -> Iterator[Sending]:
    for number, run in enumerate(runs, 1):
        say(f"\nMail {number} of {len(runs)}", quiet=quiet, bold=True)
        yield run
