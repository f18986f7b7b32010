"""The review page: everything that would leave, to whom and how, before anything does; and the one-letter menu."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from bundler.commands.console import say
from bundler.commands.overview import Line, tell
from bundler.render.text import inline, size, visible, wrap

if TYPE_CHECKING:
    from bundler.assemble.outgoing import Addressed, Outgoing
    from bundler.mail.letter import Letter
    from bundler.model import Finding

KEEP = "q"
"""The answer of whoever only presses Enter: nothing leaves."""

_NARROW, _WIDE = 80, 120
_SIGNS = {"blocker": ("✗", "red"), "warning": ("!", "yellow"), "note": ("·", "")}
_DIM: dict[str, Any] = {"dim": True}


def show_page(
    outgoing: Outgoing,
    letter: Letter,
    addressed: Addressed,
    how: str,
    findings: Sequence[Finding],
    *,
    quiet: bool = False,
) -> None:
    """Print the page on standard error."""
    for text, style in page(outgoing, letter, addressed, how, findings, _width()):
        say(text, quiet=quiet, **style)


def page(
    outgoing: Outgoing, letter: Letter, addressed: Addressed, how: str, findings: Sequence[Finding], width: int
) -> Iterator[Line]:
    """The page in lines of at most ``width`` columns, but for a longer word; ``how`` completes "handed over …"."""
    yield f"What would leave: the mail of ticket {inline(outgoing.ticket_id, 60)}", {"bold": True}
    yield from _row("from", _sender(addressed, letter), width)
    shown = {*addressed.cc, *addressed.bcc}
    to = addressed.to if addressed.to is not None else [each for each in letter.recipients if each not in shown]
    yield from _row("to", ", ".join(to) or "nobody yet", width)
    for label, people in (("cc", addressed.cc), ("bcc", addressed.bcc)):
        if people:
            yield from _row(label, ", ".join(people), width)
    if addressed.reply_to:
        yield from _row("reply to", addressed.reply_to, width)
    yield from _row("how", how, width)
    yield from _row("subject", letter.subject, width)
    yield from _row("size", f"{size(len(letter.data))}, encoded as it leaves; {_limit(outgoing, letter)}", width)
    sealed = "for everybody who gets it" if addressed.keys else "no; every mail server on the way can read it"
    yield from _row("encrypted", sealed, width)
    overview = tell(outgoing.preview, width)
    next(overview), next(overview)  # its heading and digest are those of the draft, not of what leaves
    yield from overview
    if findings:
        yield "\nWhat the rules of mail say", {"bold": True}
    for finding in findings:
        sign, colour = _SIGNS[finding.severity]
        style: dict[str, Any] = {"fg": colour} if colour else {}
        for line in wrap(f"{sign} {finding.code} {finding.message}", 2, 4, width).split("\n"):
            yield line, style
        if finding.advice:
            yield wrap(finding.advice, 4, 0, width), _DIM


def choose(choices: dict[str, str], outgoing: Outgoing) -> str:
    """One letter of ``choices`` (what each does), or ``KEEP`` for Enter and for the end of input."""
    from bundler.mail.read import read_mail

    choices = {**choices, "t": "show the mail's text", KEEP: "quit and keep everything as it is"}
    while True:
        say()
        for letter, does in choices.items():
            say(f"  {letter}  {does}{' (Enter)' if letter == KEEP else ''}", bold=letter == KEEP)
        try:
            answer = click.prompt("What now?", default=KEEP, show_default=False, err=True).strip().lower()[:1]
        except click.Abort:  # Ctrl-C or the end of input: the same as leaving
            say()
            return KEEP
        if answer == "t":
            say(visible(read_mail(outgoing.draft).text))
        elif answer in choices:
            return answer
        else:
            say(f"  {answer!r} is none of them.", fg="yellow")


def _row(label: str, value: str, width: int) -> Iterator[Line]:
    for line in wrap(f"{label:<10} {value}", 2, 11, width).split("\n"):
        yield line, {}


def _sender(addressed: Addressed, letter: Letter) -> str:
    sender = addressed.sender
    if sender is None:
        return letter.sender or "whoever sends the draft"
    return f"{sender.name} <{sender.address}>" if sender.name else sender.address


def _limit(outgoing: Outgoing, letter: Letter) -> str:
    limit = outgoing.size_limit
    return f"{'MORE than' if len(letter.data) > limit else 'of'} {size(limit)} that may be sent"


def _width() -> int:
    return min(max(shutil.get_terminal_size((_NARROW, 24)).columns, 40), _WIDE)
