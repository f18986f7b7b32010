"""``verify``: intact, complete, free of secrets."""

from __future__ import annotations

import json
from itertools import zip_longest
from pathlib import Path

import click

from bundler.commands.console import result
from bundler.commands.finished import read_finished
from bundler.commands.mapping import map_reading_options, read_map_beside, warn_of_another
from bundler.commands.own_profiles import use_own_profiles
from bundler.errors import ExitCode, MisuseError, UnreadableInput
from bundler.evidence.contents import unreadable


@click.command()
@click.argument("file", metavar="BUNDLE|MAIL")
@map_reading_options("The private map, to search for its very values too.")
@click.option(
    "--mask-file", "mask_files", multiple=True, metavar="FILE", help="Texts that must stand nowhere in it; repeatable."
)
@click.option(
    "--keep-secret",
    "kept_secrets",
    multiple=True,
    metavar="TEXT=REASON",
    help="With --leaks-only: a secret that is meant to be seen. A ticket says so itself.",
)
@click.option(
    "--leaks-only", is_flag=True, help="Search any file, zip or mail for secrets, whoever made it; nothing else."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def verify(
    file: str,
    map_file: str,
    map_identities: tuple[str, ...],
    mask_files: tuple[str, ...],
    kept_secrets: tuple[str, ...],
    leaks_only: bool,
    as_json: bool,
) -> int:
    """Say whether a bundle (.zip) or a mail (.eml) is what it was when it was made, and holds no secret.

    Exit codes: 0 it is, 3 it is damaged, incomplete or could not be searched whole, 4 it holds a secret. The private
    map beside it, or named with --map, lets the sender search for the very values that were masked; without it,
    secrets are found by their shape. Packed files, mails, Base64 and escapes are opened layer by layer. A secret that
    the ticket says stays on purpose is told with the reason and is no leak.
    """
    from bundler.assemble.verification import search_file, verify_file
    from bundler.pack.limits import LIMITS
    from bundler.redact.words import Words, joined, kept_secret, parse_mask_file
    from bundler.render.text import inline

    if kept_secrets and not leaks_only:
        told = "--keep-secret is for --leaks-only: a ticket says itself which secrets stay on purpose."
        raise MisuseError(told, "Leave it out; secrets that were kept when the ticket was made are told and excused.")
    path = Path(file)
    data = read_finished(path)
    if leaks_only and len(data) > LIMITS.archive_size:
        told = f"{path.name} is larger than {LIMITS.archive_size:,} bytes, the most that is searched at once."
        raise UnreadableInput(told, "Unpack it and search its files, or mask it: ticket-bundler scrub.")
    vault = read_map_beside(path, map_file, map_identities)
    lists = [parse_mask_file(_content(name), Path(name).name) for name in mask_files]
    words = joined((*lists, Words(kept_secrets=tuple(kept_secret(text) for text in kept_secrets))))
    use_own_profiles()
    verdict = (search_file if leaks_only else verify_file)(data, vault, words)
    if vault is not None:
        warn_of_another(vault, verdict.ticket_id)
    is_damaged = any(finding.severity == "blocker" for finding in verdict.damage) or bool(verdict.not_looked_into)
    code = ExitCode.LEAK if verdict.leaks else ExitCode.INPUT if is_damaged else ExitCode.FINE
    if as_json:
        from msgspec import to_builtins

        result(json.dumps({**to_builtins(verdict), "exit": int(code)}, ensure_ascii=False, indent=2))
        return code
    ordered = sorted(verdict.damage, key=lambda each: each.severity != "blocker")
    for finding, following in zip_longest(ordered, ordered[1:]):
        result(f"{finding.code} {finding.message}")
        if following is None or following.advice != finding.advice:
            result(f"  {finding.advice}")
    for excused in verdict.kept:
        result(f"Found {inline(excused, 1000)}")
    for leak in verdict.leaks:
        result(f"Found {inline(leak, 1000)}.")
    if verdict.leaks:
        result(f"  {verdict.leaks[0].hint}")
    for part in verdict.not_looked_into:
        result(f"Not looked into: {inline(part, 1000)}.")
    if code is ExitCode.FINE:
        if not leaks_only:
            result(f"{file}: all {verdict.file_count} files of ticket {verdict.ticket_id} are as they were made")
        other = " other" if verdict.kept else ""
        result(f"No{other} secret found; searched {verdict.searched}.")
    return code


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise unreadable(name, error) from error
