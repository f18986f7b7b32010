"""Measures the last look at finished files: ``python tests/benchmarks/leaks.py``.

Five logs of 2 MB each and the rest of a ticket are masked and packed as a bundle and a mail (the same files once more,
in Base64). Printed is the time of the search alone, by the processor's clock and by the wall's, of the
bundle and of both, and that a secret put back into the last log is found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a program, by its path

from bundler.document import attachment_name
from bundler.mail.compose import Attachment, compose
from bundler.pack.build import Member, build
from bundler.providers import load
from bundler.redact import Vault, find_leaks
from bundler.redact.masker import Masker
from tests.benchmarks.corpus import Corpus, write
from tests.document.tickets import full_ticket
from tests.pack.bundles import TOOL, members

_PROFILE = load("vipps-mobilepay")
_CARD = b"2026-03-11 13:02:11 INFO pan=4111111111111111\n"


class Ticket(NamedTuple):
    """A bundle, its mail, and the private map."""

    bundle: bytes
    mail: bytes
    vault: Vault
    size: int


def make(log_size: int, *, leaking: bool = False) -> Ticket:
    """A ticket with five logs of that size, in formats that differ."""
    masker = Masker(_PROFILE)
    texts: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, form in enumerate(("pylog", "jsonl", "access", "logfmt", "mixed"), 1):
            into = Path(folder) / str(number)
            into.mkdir()
            write(into, Corpus(log_size, form, seed=number))
            texts[f"logs/{number:02}-{form}.log"] = b"".join(path.read_bytes() for path in sorted(into.iterdir()))
    for text in texts.values():
        masker.discover(text)
    masker.settle()
    masked = {name: masker.mask(text) for name, text in texts.items()}
    if leaking:
        masked[max(masked)] += _CARD
    ticket = full_ticket()
    files = [member for member in members() if not member.name.startswith("logs/")]
    files += [Member(name, text, "a log") for name, text in masked.items()]
    attachments = [
        Attachment(attachment_name(file.name), file.data, "application/octet-stream")
        for file in files
        if not file.name.startswith("report.")
    ]
    bundle = build(files, ticket_id=ticket.ticket_id, tool=TOOL)
    mail = compose(ticket, to="support@example.com", subject="x", text="x\n", html="<p>x", attachments=attachments)
    return Ticket(bundle, mail, masker.placeholders.vault(), sum(len(file.data) for file in files))


def measure(ticket: Ticket, vault: Vault | None, runs: int, *, with_mail: bool = True) -> tuple[float, float, int]:
    """The least seconds of processor and wall of some runs, and how many leaks there were."""
    files = [("the bundle", ticket.bundle), *([("the mail", ticket.mail)] if with_mail else [])]
    best, wall, count = float("inf"), float("inf"), 0
    for _ in range(runs):
        began, started = time.process_time(), time.perf_counter()
        look = find_leaks(files, vault=vault, profile=_PROFILE, protected=())
        best, wall = min(best, time.process_time() - began), min(wall, time.perf_counter() - started)
        count = len(look.leaks) + len(look.unread)
    return best, wall, count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log-size", type=int, default=2_000_000, help="bytes of each of the five logs")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    ticket = make(options.log_size)
    megabytes = ticket.size / 1e6
    entries = len(ticket.vault.entries)
    print(f"{megabytes:.1f} MB; bundle {len(ticket.bundle) / 1e6:.1f} MB, mail {len(ticket.mail) / 1e6:.1f} MB")
    is_clean = True
    for name, vault, with_mail in (
        ("bundle, by shape", None, False),
        (f"bundle, and by {entries:,} values of the map", ticket.vault, False),
        ("bundle and mail, all of it", ticket.vault, True),
    ):
        spent, wall, count = measure(ticket, vault, options.runs, with_mail=with_mail)
        print(f"{name:>44}: {spent:.3f} s of processor, {wall:.3f} s of wall, {count} found (goal: 0.3 s, 0 found)")
        is_clean = is_clean and count == 0
    found = measure(make(options.log_size, leaking=True), None, 1)[2]
    print(f"{'a card put into the last log':>44}: {found} found (goal: 1)")
    return 0 if is_clean and found == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
