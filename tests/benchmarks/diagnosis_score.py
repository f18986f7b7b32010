"""Runs ``check`` over labelled tickets, by its function or as the real command, and counts what it named."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bundler.assemble import Case, Moment, NoProgress, make_draft
from bundler.config import Settings
from bundler.document import encode, to_document
from bundler.errors import BundlerError
from tests.benchmarks.diagnosis_calls import NOW
from tests.benchmarks.diagnosis_labels import Cause, LabelledTicket
from tests.benchmarks.diagnosis_logs import LOCAL

NAMED, CONFIDENT = 0.5, 0.75
"""From which confidence on a cause is named, and from which on it is a confident answer."""
_KEY = bytes(range(16))
_OPTIONS = {"payment_id": "--payment-id", "at": "--at", "event": "--event"}
_ROLES = {"requests": "--request", "responses": "--response", "logs": "--log"}


class Verdict(NamedTuple):
    """What was said of a ticket: the cause as ticket.json has it, None where none was; or why there is no ticket."""

    ticket: LabelledTicket
    cause: dict[str, Any] | None
    refused: str = ""
    provider: str = ""

    @property
    def confidence(self) -> float:
        return float(self.cause["confidence"] or 0) if self.cause else 0.0

    @property
    def named(self) -> bool:
        return self.confidence >= NAMED

    @property
    def fitting(self) -> Cause | None:
        """The right cause that was named."""
        if self.cause is None or not self.named or self.confidence >= self.ticket.story.label.ceiling:
            return None
        return next((each for each in self.ticket.story.label.causes if _fits(each, self.cause, self.provider)), None)

    @property
    def said(self) -> str:
        """In a line, for the list of misses."""
        if self.refused:
            return f"refused: {self.refused}"
        if self.cause is None:
            return "no cause"
        return f"{self.cause['code']} {self.confidence} {self.cause['who']}: {self.cause['message']}"


def _fits(right: Cause, finding: dict[str, Any], provider: str) -> bool:
    if right.not_by and right.not_by == provider:
        return False
    code = finding.get("provider_code")
    if right.code is not None and (not code or (code.get("group"), code["code"]) != right.code):
        return False
    if right.findings and finding["code"] not in right.findings:
        return False
    text = f"{finding['message']} {finding['advice']}".casefold()
    return not right.words or any(word.casefold() in text for word in right.words)


def place(ticket: LabelledTicket, folder: Path) -> dict[str, tuple[str, ...]]:
    """Write the files; their paths by the option they are named with."""
    folder.mkdir(parents=True, exist_ok=True)
    named: dict[str, list[str]] = defaultdict(list)
    for file in ticket.files:
        path = folder / file.name
        path.write_bytes(file.data)
        named[file.role or "evidence"].append(str(path))
    return {role: tuple(paths) for role, paths in named.items()}


def checked(case: Case) -> dict[str, Any]:
    """The ticket that ``check --json`` would print, without starting a process; raises as the command would."""
    moment = Moment(NOW, LOCAL, "the benchmark", _KEY)
    document: dict[str, Any] = json.loads(
        encode(to_document(make_draft(case, Settings(), moment, NoProgress()).ticket))
    )
    return document


def case_of(ticket: LabelledTicket, folder: Path) -> Case:
    """What the words of the command line would become; the files are written."""
    given: dict[str, Any] = {**place(ticket, folder), **dict(ticket.options)}
    return Case(**given)


def judge(ticket: LabelledTicket, folder: Path) -> Verdict:
    """What is said of a labelled ticket."""
    try:
        document = checked(case_of(ticket, folder))
    except BundlerError as error:
        return Verdict(ticket, None, error.message)
    return Verdict(ticket, document["cause"], provider=document["provider"])


def arguments(ticket: LabelledTicket, folder: Path) -> list[str]:
    """The same as words of the command line, without the program's name."""
    words = ["check", "--json", "-q"]
    for role, paths in place(ticket, folder).items():
        for path in paths:
            words += [_ROLES[role], path] if role in _ROLES else [path]
    for name, value in ticket.options:
        words += [_OPTIONS[name], value]
    return words


def run_command(program: Path, ticket: LabelledTicket, folder: Path) -> Verdict:
    """What the real command prints of it."""
    told = {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp())), "TZ": "Europe/Copenhagen", "HOME": str(folder)}
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(folder / "none"), **told}
    command = [str(program), *arguments(ticket, folder)]
    done = subprocess.run(command, capture_output=True, env=environment, cwd=folder, check=False)
    if not done.stdout.strip():
        return Verdict(ticket, None, " ".join(done.stderr.decode("utf-8", "replace").split())[:300])
    document = json.loads(done.stdout)["ticket"]
    return Verdict(ticket, document["cause"], provider=document["provider"])


class Score(NamedTuple):
    """Counts over the verdicts."""

    named: int
    right: int
    labelled: int
    found: int
    who: int
    foreign: int
    foreign_confident: int
    """Bodies of other providers, and how often one was explained surely, but not by its own provider's tables."""

    @property
    def precision(self) -> float:
        """Of the tickets where a cause is named: how often it is a right one."""
        return self.right / self.named if self.named else 1.0

    @property
    def recall(self) -> float:
        """Of the tickets that have a cause: how often a right one is named."""
        return self.found / self.labelled if self.labelled else 1.0

    @property
    def who_right(self) -> float:
        """Of the right causes: how often the one who should act is right."""
        return self.who / self.right if self.right else 1.0


def score(verdicts: Iterable[Verdict]) -> Score:
    """Count them."""
    counts = Counter[str]()
    for verdict in verdicts:
        story, fitting = verdict.ticket.story, verdict.fitting
        counts["named"] += verdict.named
        counts["right"] += fitting is not None
        counts["labelled"] += story.label.required
        counts["found"] += story.label.required and fitting is not None
        counts["who"] += fitting is not None and (not fitting.who or (verdict.cause or {})["who"] in fitting.who)
        is_foreign = story.kind in {"foreign", "other provider"}
        counts["foreign"] += is_foreign
        counts["foreign_confident"] += is_foreign and verdict.confidence >= CONFIDENT and fitting is None
    return Score(**{name: counts[name] for name in Score._fields})


def grouped(verdicts: Sequence[Verdict], by: str) -> dict[str, list[Verdict]]:
    """The verdicts by the kind, the family or the form of their tickets."""
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.ticket.form if by == "form" else getattr(verdict.ticket.story, by)].append(verdict)
    return dict(sorted(groups.items()))


def misses(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """What was named wrongly, then what was not named, the surest first."""
    wrong = [each for each in verdicts if each.named and each.fitting is None]
    silent = [each for each in verdicts if each.ticket.story.label.required and not each.named]
    return sorted(wrong, key=lambda each: -each.confidence) + silent
