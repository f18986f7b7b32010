"""``verify``: intact, complete, free of secrets."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bundler.commands.console import result
from bundler.errors import ExitCode, UnreadableInput
from bundler.evidence.contents import unreadable


@click.command()
@click.argument("file", metavar="BUNDLE|MAIL")
@click.option(
    "--map", "map_file", default="", metavar="FILE", help="The private map, to search for its very values too."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def verify(file: str, map_file: str, as_json: bool) -> int:
    """Say whether a bundle (.zip) or a mail (.eml) is what it was when it was made, and holds no secret.

    Exit codes: 0 it is, 3 it is damaged or incomplete, 4 it holds a secret. The private map beside it, or named with
    --map, lets the sender search for the very values that were masked; without it, secrets are found by their shape.
    """
    from bundler.assemble.verification import Verdict, verify_file
    from bundler.pack.limits import LIMITS

    path = Path(file)
    try:
        with path.open("rb") as stream:
            data = stream.read(LIMITS.archive_size + 1)  # enough to say that it is too large
    except OSError as error:
        raise unreadable(file, error) from error
    beside = Path(map_file) if map_file else path.with_suffix(".map.json")
    try:
        vault = beside.read_bytes() if map_file or beside.is_file() else None
    except OSError as error:
        raise unreadable(map_file, error) from error
    if not data:
        raise UnreadableInput(f"{file} is empty.", "Ask for it again; nothing was written into it.")
    verdict: Verdict = verify_file(data, vault)
    is_damaged = any(finding.severity == "blocker" for finding in verdict.damage)
    code = ExitCode.LEAK if verdict.leaks else ExitCode.INPUT if is_damaged else ExitCode.FINE
    if as_json:
        from msgspec import to_builtins

        result(json.dumps({**to_builtins(verdict), "exit": int(code)}, ensure_ascii=False, indent=2))
        return code
    for finding in sorted(verdict.damage, key=lambda each: each.severity != "blocker"):
        result(f"{finding.code} {finding.message}\n  {finding.advice}")
    for leak in verdict.leaks:
        result(f"A {leak.kind} (rule {leak.rule}) is in {leak.member}, {leak.place}.")
    if code is ExitCode.FINE:
        result(f"{file}: all {verdict.file_count} files of ticket {verdict.ticket_id} are as they were made")
        result(f"No secret found; searched {verdict.searched}.")
    return code
