"""What composing and fitting claim about time and memory: ``python tests/benchmarks/mail.py``.

Rows: ``fit`` makes the mail of a large ticket (logs, calls, pictures) within 10 MB, in a process of its own whose
private memory is watched; ``whole`` composes all of it without a limit, beside a mail made with Python's ``email`` as
people write it; ``small`` composes many small mails, beside the same; ``growth`` fits tickets of doubled sizes. Peers
write the same files into a mail of the same structure. Wants a quiet machine. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a program, by its path

from msgspec.structs import replace
from PIL import Image

from bundler.assemble.mailing import Sizing, Stationery, make_mailing
from bundler.document import Manifest, ManifestFile, Whole
from bundler.mail.compose import Attachment, compose
from bundler.mail.fit import Choice
from bundler.model import Excerpt, Picture, RecordSpan, SafeTicket
from tests.benchmarks.corpus import parse_size
from tests.document.tickets import MOMENT, full_ticket

LIMIT = 10_000_000
FIT_SECONDS, FIT_MEMORY = 2.0, 150_000_000
SMALL_PER_SECOND = 200
GROWTH = 2.2
_UNIT = 5_000_000


class Goal(NamedTuple):
    """One line of the table."""

    row: str
    told: str
    goal: str
    kept: bool | None


def ticket_of(size: int, seed: int = 7) -> SafeTicket:
    """A ticket of so many times 5 MB: fifteen logs of 200 kB, a screenshot of 1.5 MB and a call with 0.5 MB of bodies
    for each."""
    dice = Random(seed)
    units = max(1, round(size / _UNIT))
    logs = tuple(_log(dice, number) for number in range(15 * units))
    picture = _picture(dice)
    pictures = tuple(replace(picture, name=f"{number}.png", source=f"{number}.png") for number in range(units))
    call = full_ticket().exchanges[-1]
    assert call.request is not None
    assert call.response is not None
    body = b'{"amount": 24900, "currency": "DKK"}\n' * 6_800
    calls = tuple(
        replace(
            call, index=number, request=replace(call.request, body=body), response=replace(call.response, body=body)
        )
        for number in range(units)
    )
    return replace(full_ticket(), logs=logs, pictures=pictures, exchanges=calls, failing=0)


def _log(dice: Random, number: int) -> Excerpt:
    lines, spans = [], []
    for place in range(1_000):
        at = MOMENT + timedelta(seconds=(place - 500) * 0.6)
        lines.append(b"%s INFO shop %d %s\n" % (at.isoformat().encode(), place, dice.randbytes(80).hex().encode()))
        spans.append(RecordSpan(place + 1, 1, at, place % 97 == 0))
    return Excerpt(f"app-{number}.log", "plain", b"".join(lines), tuple(spans))


def _picture(dice: Random) -> Picture:
    noise = Image.frombytes("RGB", (270, 150), dice.randbytes(270 * 150 * 3))
    screen = Image.new("RGB", (1080, 2340), "#f4f6f9")
    screen.paste(noise.resize((1080, 600), Image.Resampling.BICUBIC))
    target = io.BytesIO()
    screen.save(target, "PNG")
    data = target.getvalue()
    return Picture("a.png", data, "png", 1080, 2340, "a.png", "0" * 64, len(data))


def fitted(ticket: SafeTicket, limit: int = LIMIT) -> bytes:
    """The mail as ``create`` makes it: templates, manifest and all."""
    from bundler.render import Tool, render

    files = tuple(
        ManifestFile(name=file.name, size=len(file.data), sha256="0" * 64, origin="", redactions=(), omitted=())
        for file in Choice(ticket).everything().files
    )
    manifest = Manifest(schema="ticket-bundler/manifest/1", ticket_id=ticket.ticket_id, tool="benchmark", files=files)

    write = partial(render, tool=Tool("ticket-bundler", "0"))
    paper = Stationery("support@example.com", Whole(name="ticket.zip", size=0, sha256="0" * 64), manifest, write)
    (mail,) = make_mailing(ticket, paper, Sizing(limit)).mails
    return mail


def composed(ticket: SafeTicket, files: list[tuple[str, bytes]], text: str) -> bytes:
    """One mail of ours with these files."""
    attachments = [Attachment(name, data, "application/octet-stream") for name, data in files]
    return compose(ticket, to="support@example.com", subject="x", text=text, html=text, attachments=attachments)


def as_people_write_it(files: list[tuple[str, bytes]], text: str) -> bytes:
    """The same with the standard library, the way its documentation shows."""
    message = EmailMessage(policy=SMTP)
    message["To"] = "support@example.com"
    message["Subject"] = "x"
    message.set_content(text)
    message.add_alternative(text, subtype="html")
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def files_of(ticket: SafeTicket) -> list[tuple[str, bytes]]:
    """Names and contents of all that a ticket attaches."""
    return [(file.name.replace("/", "-"), file.data) for file in Choice(ticket).everything().files]


def seconds(work: Callable[[], object], runs: int) -> float:
    """The median of several runs."""
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def fit_row(told: argparse.Namespace) -> list[Goal]:
    """A large ticket into 10 MB: time, and the most private memory of a process that does this alone."""
    arguments = [sys.executable, __file__, "--alone", str(told.size)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    held, spent, peak, length = (float(word) for word in done.stdout.split())
    return [
        Goal("fit", f"{held / 1e6:.1f} MB into {length / 1e6:.2f} MB: {spent:.2f} s", "<= 2 s", spent <= FIT_SECONDS),
        Goal("fit", f"private memory {peak / 1e6:.0f} MB", "<= 150 MB", peak <= FIT_MEMORY),
        Goal("fit", f"{LIMIT - length:,.0f} bytes below the limit", "<= limit", length <= LIMIT),
    ]


def alone(size: int) -> None:
    """What ``fit_row`` starts: prints bytes of the ticket, seconds, peak of private memory, bytes of the mail."""
    ticket = ticket_of(size)
    held = sum(len(log.data) for log in ticket.logs) + sum(len(picture.data) for picture in ticket.pictures)
    messages = (message for each in ticket.exchanges for message in (each.request, each.response))
    held += sum(len(message.body) for message in messages if message is not None)
    fitted(ticket_of(1_000_000))  # templates compiled, Pillow imported
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    started = time.perf_counter()
    mail = fitted(ticket)
    spent = time.perf_counter() - started
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("utf-8").splitlines())
    kilobytes = {name: int(status[name].split()[0]) for name in ("VmHWM", "RssFile", "RssShmem")}
    peak = (kilobytes["VmHWM"] - kilobytes["RssFile"] - kilobytes["RssShmem"]) * 1024
    print(held, spent, peak, len(mail))


def whole_row(told: argparse.Namespace) -> list[Goal]:
    """All of a large ticket, without a limit, beside the standard library."""
    ticket = ticket_of(told.size)
    files = files_of(ticket)
    ours = seconds(lambda: composed(ticket, files, "a\n"), told.runs)
    theirs = seconds(lambda: as_people_write_it(files, "a\n"), told.runs)
    size = sum(len(data) for _, data in files) / 1e6
    said = f"{size:.1f} MB: {ours:.2f} s ({size / ours:.0f} MB/s); email: {theirs:.2f} s; ratio {ours / theirs:.3f}"
    return [Goal("whole", said, "ratio <= 1", ours <= theirs)]


def small_row(told: argparse.Namespace) -> list[Goal]:
    """Many small mails, each of a ticket of its own, beside the standard library."""
    tickets = [replace(full_ticket(), ticket_id=f"TB-{number:08}") for number in range(told.mails)]
    files = files_of(tickets[0])
    text = "PaymentId: 1b0c5c2e-6d1f-4a6e-9a51-0d6a3c1f7e42\nBeløbet er for højt\n" * 40
    ours = seconds(lambda: [composed(ticket, files, text) for ticket in tickets], told.runs)
    theirs = seconds(lambda: [as_people_write_it(files, text) for _ in tickets], told.runs)
    rate = told.mails / ours
    said = f"{rate:,.0f} mails/s; email: {told.mails / theirs:,.0f}; ratio {ours / theirs:.3f}"
    return [Goal("small", said, ">= 200/s", rate >= SMALL_PER_SECOND)]


def growth_row(told: argparse.Namespace) -> list[Goal]:
    """The time of fitting a ticket and one of twice its size, the limit doubled with it."""
    sizes = [told.size // 4 // _UNIT * _UNIT * factor for factor in (1, 2, 4)]
    tickets = [ticket_of(size) for size in sizes]
    times = [
        seconds(partial(fitted, ticket, size // 5), told.runs) for ticket, size in zip(tickets, sizes, strict=True)
    ]
    rows = []
    for number in (1, 2):
        ratio = times[number] / times[number - 1]
        before, after = times[number - 1], times[number]
        said = f"{sizes[number - 1] / 1e6:.0f} MB {before:.2f} s, twice as much {after:.2f} s: {ratio:.2f}"
        rows.append(Goal("growth", said, f"<= {GROWTH}", ratio <= GROWTH))
    return rows


ROWS = {"fit": fit_row, "whole": whole_row, "small": small_row, "growth": growth_row}


def main() -> int:
    if sys.argv[1:2] == ["--alone"]:
        alone(int(sys.argv[2]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default=",".join(ROWS), help=f"only these: {','.join(ROWS)}")
    parser.add_argument("--size", type=parse_size, default=50_000_000, help="of the large ticket (default: 50 MB)")
    parser.add_argument("--mails", type=int, default=1_000, help="how many small mails (default: 1000)")
    parser.add_argument("--runs", type=int, default=3, help="the median of so many counts (default: 3)")
    told = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    missed = 0
    for row in told.rows.split(","):
        for goal in ROWS[row](told):
            missed += goal.kept is False
            print(f"{goal.row:<8}{goal.told:<78}{goal.goal:<12}{'kept' if goal.kept else 'MISSED'}", flush=True)
    print(f"\n{missed} goals missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
