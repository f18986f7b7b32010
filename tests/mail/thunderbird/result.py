"""Writes RESULT.md, the account of the last run, from what pytest wrote down: ``python -m … JUNIT.XML > RESULT.md``."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from bundler import __version__


def account(report: ElementTree.Element, machine: str) -> str:
    """The report of pytest as Markdown: when and on what it ran, and per test what was seen for which item."""
    suite = next(report.iter("testsuite"))
    cases = list(suite.iter("testcase"))
    failed = [case for case in cases if _failure(case)]
    verdict = f"{len(failed)} of {len(cases)} failed" if failed or not cases else f"all {len(cases)} passed"
    rows = "".join(_row(case) for case in cases)
    return f"""# Thunderbird: the last run

Written by `.ci/thunderbird`; do not edit. {suite.get("timestamp", "")[:16].replace("T", " ")}, {machine}.

**{verdict}**, in {float(suite.get("time", 0)):.0f} s. The items are those of what "ready" means:

- 1: a window opens with recipients, subject and attachments
- 2: after Send the fields are recoverable, and every file has the digest that it left with
- 14: no `X-Unsent`, no secret and no local path in what leaves

| what was asked | | what was seen, by item | s |
|---|---|---|---|
{rows}"""


def _failure(case: ElementTree.Element) -> str:
    """The first line of what went wrong; empty where nothing did."""
    wrong = next((each for name in ("failure", "error", "skipped") for each in case.iter(name)), None)
    return "" if wrong is None else (wrong.get("message") or wrong.tag).split("\n")[0][:200]


def _row(case: ElementTree.Element) -> str:
    asked = case.get("name", "").removeprefix("test_").replace("_", " ").replace("[", " (").replace("]", ")")
    seen = [f"{each.get('name')}: {each.get('value')}" for each in case.iter("property")]
    wrong = _failure(case)
    told = "<br>".join(each.replace("|", "\\|") for each in [*seen, *([wrong] if wrong else [])])
    return f"| {asked} | {'**failed**' if wrong else 'passed'} | {told} | {float(case.get('time', 0)):.0f} |\n"


def _machine() -> str:
    """The programs that were judged and judging, with their versions."""
    said = subprocess.run(["thunderbird", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    thunderbird = said.splitlines()[-1].strip() if said else "no Thunderbird"
    system = platform.freedesktop_os_release()
    debian = Path("/etc/debian_version")
    version = debian.read_text().strip() if debian.exists() else system.get("VERSION_ID", "")
    return f"ticket-bundler {__version__}, {thunderbird}, {system.get('NAME', platform.system())} {version}"


if __name__ == "__main__":
    sys.stdout.write(account(ElementTree.parse(sys.argv[1]).getroot(), _machine()))
