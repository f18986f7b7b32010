"""``verify``: intact, complete, free of secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from bundler.amounts import plural
from bundler.commands.arrived import tell_arrival
from bundler.commands.console import result
from bundler.commands.finished import read_finished, read_standard_input
from bundler.commands.mapping import map_reading_options, read_map, read_map_beside, warn_of_another
from bundler.commands.own_profiles import use_own_profiles
from bundler.errors import BundlerError, ExitCode, MisuseError, UnreadableInput
from bundler.evidence.contents import unreadable

if TYPE_CHECKING:
    from bundler.assemble.verification import Mailbox, Verdict
    from bundler.commands.fetching import Arrived
    from bundler.redact.vault import Vault


@click.command()
@click.argument("file", default="", metavar="[BUNDLE|MAIL|MBOX|-]")
@click.option("--imap", "account", default="", metavar="ACCOUNT", help="Look at a mail in this account's mailbox.")
@click.option("--ticket", default="", metavar="ID", help="With --imap: the mails of this ticket, of each the newest.")
@click.option("--folder", default="", metavar="NAME", help="With --imap: the folder it is in; default: INBOX.")
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
    account: str,
    ticket: str,
    folder: str,
    map_file: str,
    map_identities: tuple[str, ...],
    mask_files: tuple[str, ...],
    kept_secrets: tuple[str, ...],
    leaks_only: bool,
    as_json: bool,
) -> int:
    """Say whether a bundle (.zip) or a mail (.eml) is what it was when it was made, and holds no secret.

    \b
    ticket-bundler verify ticket-….zip
    ticket-bundler verify mail.eml                            # or - for standard input
    ticket-bundler verify export.mbox                         # each mail with a ticket; others are skipped
    ticket-bundler verify --imap work --ticket TB-7F3A2C19    # what arrived in your mailbox

    Exit codes: 0 it is, 3 it is damaged, incomplete or could not be searched whole, 4 it holds a secret; of many mails
    the highest. Of a mail, each part is told: whole, also under another name, with other line ends, changed, missing or
    additional; and what was read from its text where its ticket.json is not there. The private map beside it, or named
    with --map, lets the sender search for the very values that were masked; without it, secrets are found by their
    shape. Packed files, mails, Base64 and escapes are opened layer by layer. A secret that the ticket says stays on
    purpose is told with the reason and is no leak.
    """
    from bundler.assemble.verification import search_file, verify_file, verify_mailbox
    from bundler.mail.mbox import is_mbox
    from bundler.pack.limits import LIMITS
    from bundler.redact.words import Words, joined, kept_secret, parse_mask_file

    _refuse_contradictions(file, account, ticket, folder)
    if kept_secrets and not leaks_only:
        told = "--keep-secret is for --leaks-only: a ticket says itself which secrets stay on purpose."
        raise MisuseError(told, "Leave it out; secrets that were kept when the ticket was made are told and excused.")
    source = _Source(file, account, ticket, folder)
    arrived = source.fetch(may_ask=not as_json) if account else []
    are_several = len(arrived) > 1
    data = b"" if are_several else arrived[0].data if arrived else source.read()
    if len(data) > LIMITS.archive_size and (leaks_only or is_mbox(data)):
        told = f"{source.name} is larger than {LIMITS.archive_size:,} bytes, the most that is searched at once."
        raise UnreadableInput(told, "Unpack it and search its files, or mask it: ticket-bundler scrub.")
    vault = source.read_map(map_file, map_identities)
    lists = [parse_mask_file(_content(name), Path(name).name) for name in mask_files]
    words = joined((*lists, Words(kept_secrets=tuple(kept_secret(text) for text in kept_secrets))))
    use_own_profiles()
    if is_mbox(data) and not leaks_only:
        return _tell_mailbox(source.name, verify_mailbox(data, vault, words), vault, as_json=as_json)
    judge = search_file if leaks_only else verify_file
    if are_several:
        if vault is not None:
            warn_of_another(vault, ticket)
        judged = [(each, _judged(source, each, lambda data: judge(data, vault, words))) for each in arrived]
        return _tell_arrived(source, judged, leaks_only=leaks_only, as_json=as_json)
    verdict = judge(data, vault, words)
    if vault is not None:
        warn_of_another(vault, verdict.ticket_id)
    if as_json:
        result(json.dumps(_as_json(verdict), ensure_ascii=False, indent=2))
    else:
        _tell(source.name, verdict, leaks_only=leaks_only)
    return _code(verdict)


class _Source(NamedTuple):
    """Where what is verified comes from: a file, standard input or a mailbox."""

    file: str
    account: str
    ticket: str
    folder: str

    @property
    def name(self) -> str:
        if self.account:
            return f"the mail of {self.ticket}"
        return self.file if self.file != "-" else "standard input"

    def fetch(self, *, may_ask: bool) -> list[Arrived]:
        from bundler.commands.fetching import fetch_arrived

        return fetch_arrived(self.account, self.ticket, self.folder or "INBOX", may_ask=may_ask)

    def read(self) -> bytes:
        return read_finished(Path(self.file)) if self.file != "-" else read_standard_input()

    def read_map(self, typed: str, identities: tuple[str, ...]) -> Vault | None:
        if self.account or self.file == "-":
            return read_map(Path(typed), identities) if typed else None
        return read_map_beside(Path(self.file), typed, identities)


def _refuse_contradictions(file: str, account: str, ticket: str, folder: str) -> None:
    hint = "For example: ticket-bundler verify --imap work --ticket TB-7F3A2C19, or ticket-bundler verify mail.eml."
    if bool(file) == bool(account):
        raise MisuseError("Name a file, or a mailbox with --imap ACCOUNT." + (" Not both." if file else ""), hint)
    if bool(account) != bool(ticket) or (folder and not account):
        raise MisuseError("--imap ACCOUNT and --ticket ID belong together, --folder NAME to both.", hint)


def _code(verdict: Verdict) -> ExitCode:
    return ExitCode.LEAK if verdict.leaks else ExitCode.FINE if verdict.is_intact else ExitCode.INPUT


def _as_json(verdict: Verdict) -> dict[str, Any]:
    from msgspec import to_builtins

    return {**to_builtins(verdict), "exit": int(_code(verdict))}


def _tell_mailbox(name: str, mailbox: Mailbox, vault: Vault | None, *, as_json: bool) -> ExitCode:
    code = max(map(_code, mailbox.mails))
    if vault is not None and not any(vault.is_of(verdict.ticket_id) for verdict in mailbox.mails):
        warn_of_another(vault, mailbox.mails[0].ticket_id)
    if as_json:
        told = {"mails": [_as_json(verdict) for verdict in mailbox.mails], "skipped": mailbox.skipped, "exit": code}
        result(json.dumps(told, ensure_ascii=False, indent=2))
        return code
    for number, verdict in enumerate(mailbox.mails, start=1):
        _tell(f"{name}, mail {number} of {len(mailbox.mails)} with a ticket", verdict)
    if mailbox.skipped:
        result(f"Skipped, for they hold no ticket: {plural(mailbox.skipped, 'other mail')}.")
    return code


def _judged(source: _Source, arrived: Arrived, judge: Callable[[bytes], Verdict]) -> Verdict | BundlerError:
    """The verdict on one of several mails, or why there is none."""
    if not arrived.data:
        return UnreadableInput(f"It is not in {source.folder or 'INBOX'}.")
    try:
        return judge(arrived.data)
    except UnreadableInput as error:
        return error


def _tell_arrived(
    source: _Source, judged: Sequence[tuple[Arrived, Verdict | BundlerError]], *, leaks_only: bool, as_json: bool
) -> ExitCode:
    """Of the several mails of one ticket: each by itself, and which of them is not there."""
    code = max(ExitCode.INPUT if isinstance(each, BundlerError) else _code(each) for _, each in judged)
    if as_json:
        mails = [
            {
                "which": each.which,
                **({"error": verdict.message} if isinstance(verdict, BundlerError) else _as_json(verdict)),
            }
            for each, verdict in judged
        ]
        told = {"mails": mails, "missing": [each.which for each, _ in judged if not each.data], "exit": code}
        result(json.dumps(told, ensure_ascii=False, indent=2))
        return code
    for each, verdict in judged:
        name = f"{source.name}, {each.which}" if each.which else source.name
        if isinstance(verdict, BundlerError):
            result("\n  ".join(filter(None, (f"{name}: {verdict.message}", verdict.hint))))
        else:
            _tell(name, verdict, leaks_only=leaks_only)
    return code


def _tell(name: str, verdict: Verdict, *, leaks_only: bool = False) -> None:
    from bundler.render.text import inline

    ordered = sorted(verdict.damage, key=lambda each: each.severity != "blocker")
    for finding, following in zip_longest(ordered, ordered[1:]):
        result(f"{finding.code} {inline(finding.message, 4000)}")
        if following is None or following.advice != finding.advice:
            result(f"  {finding.advice}")
    if verdict.arrival is not None:
        tell_arrival(verdict.arrival)
    for excused in verdict.kept:
        result(f"Found {inline(excused, 1000)}")
    for leak in verdict.leaks:
        result(f"Found {inline(leak, 1000)}.")
    if verdict.leaks:
        result(f"  {verdict.leaks[0].hint}")
    for part in verdict.not_looked_into:
        result(f"Not looked into: {inline(part, 1000)}.")
    of_ticket = (
        f"of ticket {inline(verdict.ticket_id, 100)}" if verdict.ticket_id else "with a ticket that nothing names"
    )
    if _code(verdict) is not ExitCode.FINE:
        if not leaks_only and not verdict.is_intact:
            result(f"{name}, {of_ticket}: not as it was made")
    elif not leaks_only:
        parts = verdict.arrival.parts if verdict.arrival is not None else ()
        others = sum(part.state == "line-ends" for part in parts)
        state = f"are here, {others} of them with other line ends" if others else "are as they were made"
        result(f"{name}: all {verdict.file_count} files {of_ticket} {state}")
    if not verdict.leaks and not verdict.not_looked_into:
        result(f"No{' other' if verdict.kept else ''} secret found; searched {verdict.searched}.")


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise unreadable(name, error) from error
