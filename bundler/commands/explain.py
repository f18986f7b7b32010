"""``explain``: what a code means."""

from __future__ import annotations

import click

from bundler.commands.console import result
from bundler.errors import MisuseError


@click.command()
@click.argument("code", required=False)
@click.option("--provider", default="", metavar="NAME", help="Only this provider's codes.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def explain(code: str | None, provider: str, as_json: bool) -> int:
    """Say what CODE means: a check (TIM002), a masking rule (jwt) or a provider's error code (2040).

    Without CODE every check and rule is listed.
    """
    from bundler.commands.explanations import Explanation, explain_code, list_codes

    found: list[Explanation] = explain_code(code, provider) if code is not None else list_codes()
    if not found:
        raise MisuseError(f"Nobody knows the code {code!r}.", "ticket-bundler explain lists checks and masking rules.")
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
