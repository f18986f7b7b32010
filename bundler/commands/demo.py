"""``demo``: the real way through, on the shipped example."""

from __future__ import annotations

from pathlib import Path

import click

from bundler.commands.console import say
from bundler.commands.options import read_key

EVENT = "User approved in the app on the phone; the app then showed an error and no payment was made."


@click.command()
@click.option("-o", "--output", default="", metavar="DIR", help="Where the files go; default: the current folder.")
@click.option("--key", default="", metavar="FILE", help="Fixes the ticket's key, for repeatable runs.")
@click.option("--force", is_flag=True, help="Overwrite files of the same name.")
@click.option("--json", "as_json", is_flag=True, help="Print ticket and files as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors; the files are still printed.")
def demo(output: str, key: str, force: bool, as_json: bool, quiet: bool) -> int:
    """Make a ticket of the shipped example: a browser's recording, a service's log, a picture of the app.

    A payment was approved in the app, but the shop was told too late. Every id, name and key in it is invented.
    """
    from bundler.assemble.case import Case
    from bundler.commands.create import Manner, write_ticket
    from bundler.config import Settings

    folder = Path(__file__).parents[1] / "demo"
    evidence = tuple(str(folder / name) for name in ("checkout-trace.har", "payment-service.log", "app-error.png"))
    if not as_json:
        names = " ".join(Path(path).name for path in evidence)
        say(f'$ ticket-bundler create {names} --event "{EVENT}"', quiet=quiet, dim=True)
    case = Case(evidence=evidence, event=EVENT)
    manner = Manner(Path(output or "."), read_key(key), force=force, as_json=as_json, quiet=quiet)
    return write_ticket(case, Settings(), manner)
