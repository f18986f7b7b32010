"""``check``: the findings alone, of evidence or of a finished bundle."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from msgspec.structs import replace

from bundler.commands.console import Console, result, say
from bundler.commands.create import GAPS_COUNT, exit_code
from bundler.commands.golive import ONE_CASE, check_recordings
from bundler.commands.mapping import map_options, read_mapping
from bundler.commands.options import case_options, make_case, require_something
from bundler.commands.words import read_words, word_options
from bundler.errors import MisuseError, UnreadableInput

_LONGEST_LINE = 4_000


@click.command()
@case_options
@word_options
@map_options("The private map of an earlier ticket: what it knows keeps its placeholders.", writes=False)
@click.option("--strict", is_flag=True, help="Exit 1 when anything that support asks for is missing.")
@click.option(
    "--go-live", is_flag=True, help="Judge all recorded calls by the provider's conditions to go live; none must fail."
)
@click.option("--json", "as_json", is_flag=True, help="Print the ticket as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def check(strict: bool, go_live: bool, as_json: bool, quiet: bool, **typed: Any) -> int:
    """Say what is missing, what contradicts and what probably went wrong, without writing anything.

    Takes the same EVIDENCE and options as create, or one finished BUNDLE.
    """
    if go_live:
        if (option := _typed_option(ONE_CASE)) is not None:
            raise MisuseError(f"{option} is about one case; --go-live looks at all calls.", "Leave it out.")
        return check_recordings(typed, as_json=as_json, quiet=quiet)
    bundles = [name for name in typed["evidence"] if _is_bundle(Path(name))]
    if bundles and len(typed["evidence"]) > 1:
        raise MisuseError("A bundle is checked alone.", f"ticket-bundler check {bundles[0]}")
    if not bundles:
        return _check_evidence(typed, strict, as_json, quiet)
    if (option := _typed_option(set(typed) - {"evidence"})) is not None:
        raise MisuseError(f"{option} changes nothing in a finished bundle.", "Leave it out, or name the evidence.")
    return _check_bundle(Path(bundles[0]), strict, as_json)


def _typed_option(names: AbstractSet[str]) -> str | None:
    """The first option among ``names`` that was typed."""
    context = click.get_current_context()
    typed = (
        option.opts[0]
        for option in context.command.params
        if option.name in names and context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
    )
    return next(typed, None)


def _is_bundle(path: Path) -> bool:
    from bundler.evidence.archives import is_bundle
    from bundler.evidence.contents import FileContent

    return path.is_file() and is_bundle(FileContent(path, path.name))


def _check_evidence(typed: dict[str, Any], strict: bool, as_json: bool, quiet: bool) -> int:
    from bundler.assemble import Moment, make_draft
    from bundler.commands.options import read_key
    from bundler.commands.outcome import tell
    from bundler.commands.settings import load_settings
    from bundler.config import clock
    from bundler.document import encode, to_document

    settings = load_settings()
    case = make_case(typed)
    require_something(case, settings, "check")
    mapping = read_mapping(typed)
    words = read_words(typed, settings)
    case = replace(case, known=mapping.known, preserves_format=mapping.preserves_format, words=words)
    zone, zone_from = clock.zone_of(settings, case.zone)
    with Console(quiet=quiet) as console:
        draft = make_draft(case, settings, Moment(clock.present_moment(), zone, zone_from, read_key("")), console)
    missing = bool(draft.ticket.missing) and strict
    code = exit_code(blocked=draft.ticket.blocked or missing, partial=draft.is_partial)
    if as_json:
        ticket = json.loads(encode(to_document(draft.ticket)))
        result(json.dumps({"ticket": ticket, "exit": int(code)}, ensure_ascii=False, indent=2))
        return code
    for text, style in tell(draft.ticket, draft.profile, assumed_provider=draft.assumed_provider):
        result(click.style(text, **style) if style else text)
    if missing:
        say(GAPS_COUNT, quiet=quiet)
    return code


def _check_bundle(path: Path, strict: bool, as_json: bool) -> int:
    from bundler.commands.outcome import tell_findings, tell_verdict
    from bundler.document import TICKET_NAME, decode
    from bundler.pack.open import open_bundle
    from bundler.render.text import inline

    document = open_bundle(path).members.get(TICKET_NAME)
    if document is None:
        raise UnreadableInput(f"{path} holds no {TICKET_NAME}.", "ticket-bundler verify says what is wrong with it.")
    ticket = decode(document)
    blocked = any(finding.severity == "blocker" for finding in ticket.findings)
    missing = strict and any(asked.required and not asked.found for asked in ticket.asked)
    code = exit_code(blocked=blocked or missing)
    if as_json:
        result(json.dumps({"ticket": json.loads(document), "exit": int(code)}, ensure_ascii=False, indent=2))
        return code
    told = (*tell_verdict(ticket.cause, ticket.findings), *tell_findings(ticket.cause, ticket.asked, ticket.findings))
    for text, style in told:
        for line in text.split("\n"):  # whoever made the bundle may have written what moves a terminal's cursor
            result(click.style(inline(line, _LONGEST_LINE), **style) if style else inline(line, _LONGEST_LINE))
    if missing:
        say(GAPS_COUNT)
    return code
