"""``inspect``: what each file is, who reads it, and what was read out of it."""

from __future__ import annotations

import json
from typing import Any

import click

from bundler.amounts import plural
from bundler.commands.console import Console, result, say
from bundler.commands.own_profiles import choose_provider, complete_provider
from bundler.errors import ExitCode


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--as", "taken_as", default="", metavar="FORMAT", help="Read the files as this, whatever they look like.")
@click.option("--time", "times", multiple=True, metavar="TEXT", help="Show how a time is understood; repeatable.")
@click.option("--tz", "zone", default="", metavar="ZONE", help="Zone of times that name none.")
@click.option(
    "--provider",
    default="",
    metavar="NAME",
    shell_complete=complete_provider,
    help="Whose API it is, or a folder ./NAME with a profile; found from the hosts when left out.",
)
@click.option("--raw", is_flag=True, help="Show values as they are, unmasked: for your own screen only.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def inspect(
    files: tuple[str, ...],
    taken_as: str,
    times: tuple[str, ...],
    zone: str,
    provider: str,
    raw: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Say of each FILE (or folder, or -) what it is, how sure that is, and what was read out of it.

    Values are masked unless you ask for --raw. --time shows how a time would be understood.
    """
    from bundler.assemble.inspection import Inspection
    from bundler.commands.settings import load_settings
    from bundler.config import clock
    from bundler.excerpts.cutting import Reference

    if not files and not times:
        raise click.UsageError('Name a file, or a time with --time "today 14:03".')
    settings = load_settings()
    tz, zone_from = clock.zone_of(settings, zone)
    reference = Reference(tz, zone_from, clock.present_moment())
    inspection = Inspection(reference, taken_as, choose_provider(provider) or settings.provider, raw)
    with Console(quiet=quiet) as console:
        shown: dict[str, Any] = {"sources": inspection.sources(files, console)}
    if times:
        shown["times"] = inspection.times(times)
    if as_json:
        result(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        for source in shown["sources"]:
            _show_source(source)
        for when in shown.get("times", []):
            _show_time(when)
    return _exit_code(shown)


def _exit_code(shown: dict[str, Any]) -> ExitCode:
    if any("error" in source for source in shown["sources"]):
        return ExitCode.INPUT
    times = shown.get("times", [])
    return ExitCode.USAGE if times and all(when["certainty"] == "refused" for when in times) else ExitCode.FINE


def _show_source(source: dict[str, Any]) -> None:
    if "error" in source:
        result(f"{source['name']}: unreadable")
        say(f"Error: {source['error']}")
        return
    result(f"{source['name']}: {source['format'] or 'not recognised'} ({source['score']:.0%}: {source['reason']})")
    for note in source["notes"]:
        result(f"  {note}")
    for exchange in source["exchanges"]:
        request, response = exchange["request"], exchange["response"]
        asked = f"{request['method']} {request['url']}" if request else "(response alone)"
        status = response["status"] if response else exchange["error"] or "no response"
        result(f"  {exchange['index']:>4}  {exchange['started'] or '-':<24}  {status!s:<5} {asked}")
    if (log := source["log"]) is not None:
        order = "sorted" if log["sorted"] else "not sorted"
        result(f"  {plural(log['records'], 'record')}, {log['first'] or '-'} to {log['last'] or '-'}, {order}")
        result(f"  zone {log['zone'] or '-'} ({log['zone_from'] or '-'})")


def _show_time(when: dict[str, Any]) -> None:
    result(f"{when['written']}: {when['utc'] or 'not one moment'} ({when['certainty']})")
    if when["local"]:
        result(f"  {when['local']}, zone {when['zone']} from {when['zone_from']}")
    for reading in when["readings"]:
        result(f"  could be {reading}")
    for note in when["notes"]:
        result(f"  {note}")
