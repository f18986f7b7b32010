"""``explain``: what a code means."""

from __future__ import annotations

import click

from bundler.commands.console import result
from bundler.errors import MisuseError


@click.command()
@click.argument("words", nargs=-1, metavar="[format|source] [CODE]")
@click.option("--provider", default="", metavar="NAME", help="Only this provider's codes.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def explain(words: tuple[str, ...], provider: str, as_json: bool) -> int:
    """Say what CODE means: a check (TIM002), a masking rule (jwt) or a provider's error code (2040).

    \b
    ticket-bundler explain TIM002
    ticket-bundler explain format python-logging    a log format: how its times and levels are read
    ticket-bundler explain source journalctl        a preset for --log-source: what it takes

    Without CODE every check and rule, format or source is listed.
    """
    from bundler.commands.explanations import SUBJECTS, explain_code, list_codes

    subject = SUBJECTS.get(words[0]) if words else None
    code = words[-1] if len(words) > (subject is not None) else None
    if len(words) > 1 + (subject is not None):
        raise MisuseError("explain takes one code at a time.", "ticket-bundler explain lists checks and masking rules.")
    if subject is not None:
        from bundler.commands.settings import load_settings

        load_settings()
        found = subject.explain(code) if code is not None else subject.every()
    else:
        found = explain_code(code, provider) if code is not None else list_codes()
    if not found:
        kind = f"{words[0]} " if subject is not None else ""
        raise MisuseError(f"Nobody knows the {kind or 'code '}{code!r}.", f"ticket-bundler explain {kind}lists them.")
    if as_json:
        import json

        from msgspec import to_builtins

        result(json.dumps(to_builtins(found), ensure_ascii=False, indent=2))
        return 0
    for explanation in found:
        if code is None:
            result(f"{explanation.code:<22} {explanation.title}")
            continue
        result(f"{explanation.code}: {explanation.title}")
        if explanation.text:
            result(f"\n{explanation.text}")
        if explanation.link:
            result(f"\n{explanation.link}")
        result("")
    return 0
