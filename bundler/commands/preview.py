"""``preview``: exactly what a bundle holds, before it leaves."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from bundler.commands.console import has_colour, result
from bundler.errors import MisuseError
from bundler.evidence.contents import unreadable


@click.command()
@click.argument("bundle", type=str, metavar="BUNDLE")
@click.option(
    "--file", "file_name", default="", metavar="NAME", help="Print this file of the bundle, as it would leave."
)
@click.option(
    "--map", "map_file", default="", metavar="FILE", help="The private map; default: the one beside the bundle."
)
@click.option(
    "--before-after", is_flag=True, help="Show the lines that were masked, before and after: on your screen only."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def preview(bundle: str, file_name: str, map_file: str, before_after: bool, as_json: bool) -> int:
    """Show what would leave: every file with its size, what was masked in it, and what was left out.

    \b
    ticket-bundler preview ticket-….zip
    ticket-bundler preview ticket-….zip --file report.md
    ticket-bundler preview ticket-….zip --before-after
    """
    from bundler.document import TICKET_NAME, decode
    from bundler.pack.open import open_bundle

    opened = open_bundle(Path(bundle))
    members = opened.members
    if file_name:
        if file_name not in members:
            raise MisuseError(f"The bundle has no file {file_name!r}.", f"It holds: {', '.join(members)}.")
        sys.stdout.buffer.write(members[file_name])
        return 0
    if before_after:
        _show_changes(bundle, map_file, members)
        return 0
    files = [_described(file, members) for file in opened.manifest.files]
    if as_json:
        result(json.dumps({"ticket_id": opened.manifest.ticket_id, "files": files}, ensure_ascii=False, indent=2))
        return 0
    for file in files:
        masked = ", ".join(f"{count} {kind}" for kind, count in file["masked"].items()) or "nothing masked"
        result(f"{file['name']:<44} {file['size']:>10,} bytes  {masked}")
        result(f"  from {file['origin']}")
        for omission in file["omitted"]:
            result(f"  left out: {omission['records']:,} records, {omission['why']}")
    for text in decode(members[TICKET_NAME]).not_looked_into if TICKET_NAME in members else ():
        result(f"not looked into: {text}")
    return 0


def _described(file: Any, members: dict[str, bytes]) -> dict[str, Any]:
    kinds: dict[str, int] = {}
    for redaction in file.redactions:
        kinds[redaction.kind] = kinds.get(redaction.kind, 0) + redaction.count
    return {
        "name": file.name,
        "size": len(members.get(file.name, b"")),
        "origin": file.origin,
        "masked": kinds,
        "omitted": [{"records": omission.records, "why": omission.why} for omission in file.omitted],
    }


def _show_changes(bundle: str, map_file: str, members: dict[str, bytes]) -> None:
    """Each masked line with its placeholders, and the same line with the real values, from the private map."""
    from bundler.redact import read_vault

    path = Path(map_file) if map_file else Path(bundle).with_suffix(".map.json")
    if not path.is_file():
        raise MisuseError(f"The private map {path.name} is not there.", "Name it with --map FILE.")
    try:
        vault = read_vault(path.read_bytes())
    except OSError as error:
        raise unreadable(path.name, error) from error
    for name, data in members.items():
        if name.startswith(("exchanges/", "logs/")):
            result(click.style(name, bold=True))
            for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
                real = vault.restore(line)
                if real != line:
                    _show_pair(number, real, line)


def _show_pair(number: int, before: str, after: str) -> None:
    style = has_colour(sys.stdout)
    result(click.style(f"  {number:>5} - {before}", fg="red") if style else f"  {number:>5} - {before}")
    result(click.style(f"  {'':>5} + {after}", fg="green") if style else f"  {'':>5} + {after}")
