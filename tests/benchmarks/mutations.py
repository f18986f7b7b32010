"""Counts changes of one byte that ``verify`` does not see: ``python tests/benchmarks/mutations.py [--count 10000]``.

The shipped example becomes a bundle, a draft and, of the draft, a mail as it is sent. Each is changed in one byte at a
time, so many times: eight of ten bytes become another one, one is left out and one is added. Every region of the file
gets the same share: heads of members, the data of each, the directory and its end; headers, boundaries, heads of parts
and the body of each. The same seed makes the same changes. Each is judged by the functions that the command ``verify``
asks whether a file is intact; its search for secrets, which finds nothing of that, is left out.

What has to be seen:

- of a bundle and of a draft every change, as damage: nobody but us has written a byte of them;
- of a mail that was sent every change of what a receiver may rely on: names and contents of its files, the manifest
  among them, and the fields that are read out of it. On their way mails get other headers, boundaries and heads of
  parts, and one program throws the text away and makes it anew of the HTML: a digest of these would cry out at every
  mail. So words of the text and the HTML are for people to read, and ``ticket.json`` is what counts. Changes of such
  bytes, and of blanks within Base64, are counted by region, without a goal.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple, get_args

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a program, by its path

from bundler.errors import UnreadableInput
from bundler.mail.arrival import what_arrived
from bundler.mail.letter import Sender
from bundler.mail.manners import as_letter
from bundler.mail.read import read_mail
from bundler.mail.verified import verify_mail
from bundler.model import Finding
from bundler.pack.open import open_bundle
from bundler.pack.verify import verify
from tests.benchmarks.measuring import environment

ROOT = Path(__file__).resolve().parents[2]
MOMENT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
RECEIVED = b"Received: from mail.example.com by mx.example.com; Mon, 23 Nov 2026 18:30:01 +0000\r\n"
_LOCAL_SIZE = 30
_END = struct.Struct("<4s4H2IH")
_CHUNK = 50
_MISSING = "PRV111"  # a warning, which makes the command end as damage does

Way = Literal["other", "left out", "added"]
WAYS: Mapping[Way, int] = {"other": 8, "left out": 1, "added": 1}
"""How often each is taken."""
Regions = Mapping[str, Sequence[range]]
Seen = Literal["refused", "damage", "note", "unseen", "without effect"]
"""What ``verify`` says: it cannot be read, it is damaged, it is intact with a remark, nothing, nothing and rightly."""
_SILENT = {"unseen", "without effect"}


class Change(NamedTuple):
    """What happens to the byte ``at``; ``value`` (1 to 255) is what it is combined with, or is added before it."""

    region: str
    at: int
    way: Way
    value: int

    def of(self, data: bytes) -> bytes:
        """``data`` so changed."""
        put = {"other": [data[self.at] ^ self.value], "left out": [], "added": [self.value]}[self.way]
        return data[: self.at] + bytes(put) + data[self.at + (self.way != "added") :]


class Subject(NamedTuple):
    """A file, what the command asks about it, and what of it matters."""

    name: str
    data: bytes
    regions: Regions
    findings: Callable[[bytes], Sequence[Finding]]
    matter: Callable[[bytes], object]
    missed: frozenset[Seen]
    """The verdicts that must not be."""


def subjects(folder: Path) -> list[Subject]:
    """The bundle, the draft and the sent mail of the shipped example, the same bytes each time."""
    key = folder / "key"
    key.write_text("6b" * 32, "ascii")
    made = [sys.executable, "-m", "bundler", "demo", "-q", "-o", str(folder), "--key", str(key)]
    when = {"SOURCE_DATE_EPOCH": f"{MOMENT.timestamp():.0f}"}
    subprocess.run(made, env={**environment(folder), **when}, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    (bundle,), (draft,) = ([path.read_bytes() for path in folder.glob(f"*.{form}")] for form in ("zip", "eml"))
    letter = as_letter(draft, "send", Sender("dev@example.com", "Åse Example"), MOMENT, to=["support@example.com"])
    sent = RECEIVED + letter.data
    all_of_it = frozenset[Seen](("note", "unseen"))
    return [
        Subject("bundle", bundle, of_bundle(bundle), in_bundle, bytes, all_of_it),
        Subject("draft", draft, of_mail(draft), in_mail, bytes, all_of_it),
        Subject("sent mail", sent, of_mail(sent), in_mail, relied_on, frozenset[Seen](("unseen",))),
    ]


def of_bundle(archive: bytes) -> Regions:
    """Where its heads, its members' data, its directory and its end are."""
    start = _END.unpack(archive[-_END.size :])[6]
    regions: dict[str, list[range]] = {"heads of members": []}
    with zipfile.ZipFile(BytesIO(archive)) as opened:
        for member in opened.infolist():
            data = member.header_offset + _LOCAL_SIZE + len(member.filename)
            regions["heads of members"].append(range(member.header_offset, data))
            regions[f"data of {member.filename}"] = [range(data, data + member.compress_size)]
    end = len(archive) - _END.size
    return {**regions, "directory": [range(start, end)], "end": [range(end, len(archive))]}


def of_mail(mail: bytes) -> Regions:
    """Where its headers, boundaries, heads of parts and bodies are; a boundary begins with the line end before it."""
    names = b"|".join(re.escape(name) for name in re.findall(rb'boundary="([^"]+)"', mail))
    marks = [*re.finditer(rb"(?:\r\n)?--(?:" + names + rb")(--)?\r\n", mail)]
    regions: dict[str, list[range]] = {"headers": [range(marks[0].start())], "boundaries": [], "heads of parts": []}
    ends = [*(mark.start() for mark in marks[1:]), len(mail)]
    for mark, end in zip(marks, ends, strict=True):
        body = end if mark[1] else min(mail.index(b"\r\n\r\n", mark.end()) + 4, end)
        regions["boundaries"].append(range(mark.start(), mark.end()))
        regions["heads of parts"].append(range(mark.end(), body))
        regions[f"body of {_name(mail[mark.end() : body])}"] = [range(body, end)]
    return {name: [span for span in spans if span] for name, spans in regions.items() if any(spans)}


def _name(head: bytes) -> str:
    """Of a part, by its head: the name of its file, or its type."""
    found = re.search(rb'filename="([^"]+)"', head) or re.search(rb"Content-Type: ([a-z/]+)", head)
    return found[1].decode() if found else "nothing"


def changes(regions: Regions, count: int, seed: int) -> Iterator[Change]:
    """So many, the same share for each region and in it the same chance for each byte."""
    dice = random.Random(seed)
    names = [*regions]
    for number in range(count):
        name = names[number % len(names)]
        (span,) = dice.choices(regions[name], [len(span) for span in regions[name]])
        (way,) = dice.choices([*WAYS], [*WAYS.values()])
        yield Change(name, dice.choice(span), way, dice.randrange(1, 256))


def in_bundle(data: bytes) -> Sequence[Finding]:
    """What is wrong with a bundle, as the command finds it."""
    return verify(open_bundle(data))


def in_mail(data: bytes) -> Sequence[Finding]:
    """What is wrong with a mail, as the command finds it."""
    return verify_mail(read_mail(data), data)


def relied_on(data: bytes) -> object:
    """What a receiver takes from a mail."""
    mail = read_mail(data)
    arrival = what_arrived(mail)
    return arrival.ticket_id, arrival.fields, [(name, content) for name, _, content in mail.attachments]


def verdicts(subject: Subject, some: Sequence[Change]) -> list[Seen]:
    """What is said of the file after each of several changes."""
    wanted = subject.matter(subject.data)
    return [_verdict(subject, change.of(subject.data), wanted) for change in some]


def _verdict(subject: Subject, changed: bytes, wanted: object) -> Seen:
    try:
        found = subject.findings(changed)
    except UnreadableInput:
        return "refused"
    if any(each.severity == "blocker" or each.code == _MISSING for each in found):
        return "damage"
    if found:
        return "note"
    return "without effect" if subject.matter(changed) == wanted else "unseen"


def measure(subject: Subject, count: int, seed: int, *, each: bool) -> int:
    """Print what became of so many changes; how many were missed."""
    started = time.perf_counter()
    todo = [*changes(subject.regions, count, seed)]
    chunks = [todo[at : at + _CHUNK] for at in range(0, count, _CHUNK)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = [*chain.from_iterable(pool.map(partial(verdicts, subject), chunks))]
    spent = time.perf_counter() - started
    told = Counter(found)
    missed = sum(told[seen] for seen in subject.missed)
    size = f"{len(subject.data):,} bytes in {len(subject.regions)} regions"
    print(f"{subject.name}, {size}: {count:,} changes, {spent:.0f} s")
    print(f"  {', '.join(f'{seen}: {told[seen]:,}' for seen in get_args(Seen))}; missed: {missed:,} (goal: 0)")
    rows = [(seen, change) for seen, change in zip(found, todo, strict=True) if seen in _SILENT]
    for (seen, region), number in sorted(Counter((seen, change.region) for seen, change in rows).items()):
        print(f"  {number:7,} {seen}: {region}")
    for seen, change in rows if each else ():
        print(f"    {seen}: {change}, {subject.data[max(0, change.at - 30) : change.at + 30]!r}")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="changes of each file (default: 10000)")
    parser.add_argument("--seed", type=int, default=2027)
    parser.add_argument("--each", action="store_true", help="print every change of which nothing is told")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = subjects(Path(folder))
    missed = [measure(subject, options.count, options.seed, each=options.each) for subject in made]
    return 1 if any(missed) else 0


if __name__ == "__main__":
    sys.exit(main())
