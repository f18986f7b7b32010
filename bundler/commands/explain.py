"""``explain``: what a code means."""

from __future__ import annotations

import click

from bundler.commands.console import result, say
from bundler.commands.explanation import Explanation
from bundler.commands.own_profiles import choose_provider, complete_provider, use_own_profiles
from bundler.errors import MisuseError

_WITH_SUBJECT = 2
_WIDEST = 40
"""Columns for the codes of a list; a longer one pushes its title to the right."""


@click.command()
@click.argument("words", nargs=-1, metavar="[format|source] [CODE]")
@click.option(
    "--provider", default="", metavar="NAME", shell_complete=complete_provider, help="Only this provider's codes."
)
@click.option("--list", "lists", is_flag=True, help="List what can be explained; with --provider, of that provider.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def explain(words: tuple[str, ...], provider: str, lists: bool, as_json: bool) -> int:
    """Say what CODE means: a check (TIM002), a masking rule (jwt), a provider's error code (2040), the name of a text
    or a documented behaviour of a provider, an amount of its test environment, a message that it answers with.

    \b
    ticket-bundler explain TIM002
    ticket-bundler explain 2040                     with every provider and interface that knows it
    ticket-bundler explain Invalid MSN              a message, or some words of it
    ticket-bundler explain --provider vipps-mobilepay --list
    ticket-bundler explain format python-logging    a log format: how its times and levels are read
    ticket-bundler explain source journalctl        a preset for --log-source: what it takes

    Without CODE every check and rule, those in your own files of rules included, format or source is listed.
    """
    from bundler.commands.explanations import SUBJECTS

    subject = SUBJECTS.get(words[0]) if words else None
    code = words[-1] if len(words) > (subject is not None) else None
    if subject is not None and len(words) > _WITH_SUBJECT:
        raise MisuseError(
            f"explain {words[0]} takes one name at a time.", f"ticket-bundler explain {words[0]} lists them."
        )
    if subject is None and len(words) > 1:
        code = " ".join(words)  # a message, as it was copied
    if code is not None and lists:
        raise MisuseError("--list and a code ask for different things.", "Leave one of them out.")
    if subject is not None:
        from bundler.commands.settings import load_settings

        load_settings(asks_providers=False)
        found = subject.explain(code) if code is not None else subject.every()
        if not found:
            raise MisuseError(
                f"Nobody knows the {words[0]} {code!r}.", f"ticket-bundler explain {words[0]} lists them."
            )
    else:
        found = _codes(code, provider)
    if as_json:
        import json

        from msgspec import to_builtins

        result(json.dumps(to_builtins(found), ensure_ascii=False, indent=2))
        return 0
    if not found:
        say("No codes, texts or behaviours of this provider are known.")
    width = min(max((len(each.code) for each in found), default=0), _WIDEST)
    for explanation in found:
        if code is None:
            result(f"{explanation.code:<{width}}  {explanation.title}")
        else:
            _show(explanation)
    return 0


def _codes(code: str | None, provider: str) -> list[Explanation]:
    """What is known of the code, or all that a provider has, or every check and rule."""
    from bundler import config, providers
    from bundler.commands.explanations import explain_code, list_codes
    from bundler.commands.provider_explanations import list_provider
    from bundler.commands.words import read_rules

    own = read_rules(config.load(config.current_folder()).rules)
    if code is None and not provider:
        return list_codes(own)
    use_own_profiles()
    slug = choose_provider(provider)
    return explain_code(code, slug, own) if code is not None else list_provider(providers.load(slug))


def _show(explanation: Explanation) -> None:
    result(f"{explanation.code}: {explanation.title}")
    if explanation.text:
        result(f"\n{explanation.text}")
    if explanation.link:
        result(f"\n{explanation.link}")
    result("")
