"""``preview``: exactly what a bundle or a mail holds, before it leaves."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bundler.amounts import plural
from bundler.commands.console import has_colour, result, say
from bundler.commands.finished import read_finished
from bundler.commands.mapping import map_reading_options, read_map_beside, warn_of_another
from bundler.commands.own_profiles import use_own_profiles
from bundler.errors import ExitCode, MisuseError

if TYPE_CHECKING:
    from bundler.assemble.previewing import Contents, Preview
    from bundler.redact.vault import Vault

_NARROW, _WIDE = 80, 120


@click.command()
@click.argument("bundle", type=str, metavar="BUNDLE|MAIL")
@click.option(
    "--file", "file_name", default="", metavar="NAME", help="Print this file of the bundle, as it would leave."
)
@map_reading_options("The private map; default: the one beside the bundle.")
@click.option(
    "--before-after", is_flag=True, help="Show the lines that were masked, before and after: on your screen only."
)
@click.option(
    "--context", type=click.IntRange(0, 1000), default=1, show_default=True, help="Lines around each masked one."
)
@click.option("--html", "html_file", default="", metavar="FILE", help="Write before and after as a page of your own.")
@click.option("--summary", is_flag=True, help="One page for whoever answers for data protection.")
@click.option("--force", is_flag=True, help="Overwrite the page.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def preview(
    bundle: str,
    file_name: str,
    map_file: str,
    map_identities: tuple[str, ...],
    before_after: bool,
    context: int,
    html_file: str,
    summary: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Show what would leave: what was masked in which file, what nobody has looked into, and whether anything leaks.

    \b
    ticket-bundler preview ticket-….zip
    ticket-bundler preview ticket-….zip --file report.md
    ticket-bundler preview ticket-….zip --before-after
    ticket-bundler preview ticket-….zip --html before-after.html
    ticket-bundler preview ticket-….zip --summary > privacy-summary.md

    Before and after come from the private map and stay with you. Exit codes as for verify: 0 it may leave, 3 it is
    damaged or could not be searched whole, 4 it holds a secret.
    """
    from bundler.assemble.previewing import look_through, open_contents
    from bundler.commands.summary import as_document, exit_code, show_summary

    if before_after + bool(html_file) + summary > 1:
        raise MisuseError("--before-after, --html and --summary are three different views.", "Ask for one of them.")
    if file_name and (html_file or summary):
        raise MisuseError("--file shows one file, and this view is of all.", "Leave --file out.")
    path = Path(bundle)
    contents = open_contents(read_finished(path))
    if file_name and file_name not in contents.files:
        names = ", ".join(json.dumps(name) for name in contents.files)
        raise MisuseError(f"The {contents.form} has no file {file_name!r}.", f"It holds: {names}.")
    if file_name and not before_after:
        _print_file(contents.files[file_name], file_name)
        return 0
    vault = read_map_beside(path, map_file, map_identities)
    if vault is not None:
        warn_of_another(vault, contents.manifest.ticket_id)
    if before_after:
        if vault is None:
            raise MisuseError(
                f"There is no private map beside {path.name} that could be opened.",
                "Name it with --map FILE; an encrypted one needs --map-identity FILE too.",
            )
        _show_before_after(contents, vault, context, file_name, as_json=as_json)
        return 0
    use_own_profiles()
    seen = look_through(contents, vault)
    if html_file:
        _write_page(contents, seen, vault, path, Path(html_file), force=force)
        if exit_code(seen) is not ExitCode.FINE:
            _warn(seen)
    elif summary:
        show_summary(seen, path, map_file, as_json=as_json)
    elif as_json:
        result(json.dumps(as_document(seen), ensure_ascii=False, indent=2))
    else:
        _show(seen)
    return exit_code(seen)


def _print_file(data: bytes, name: str) -> None:
    """The very bytes; on a terminal, as text in which nothing acts."""
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(data)
        return
    from bundler.render.text import decoded, visible

    if b"\0" in data or name.startswith("pictures/"):
        raise MisuseError(f"{name} is no text.", f"Write it to a file and look at it there: --file {name} > FILE")
    result(visible(decoded(data)).removesuffix("\n"))


def _show(seen: Preview) -> None:
    from bundler.commands.overview import tell

    is_coloured = has_colour(sys.stdout)
    width = min(_terminal_width(), _WIDE) if sys.stdout.isatty() else _NARROW
    for text, style in tell(seen, width):
        result(click.style(text, **style) if style and is_coloured else text)


def _warn(seen: Preview) -> None:
    from bundler.commands.overview import tell_leak_check

    for text, style in tell_leak_check(seen, _NARROW):
        say(text, **style)


def _terminal_width() -> int:
    return max(shutil.get_terminal_size((_NARROW, 24)).columns, 40)


def _show_before_after(contents: Contents, vault: Vault, context: int, only: str, *, as_json: bool) -> None:
    """Each masked line with the real values and as it leaves, with the lines around it."""
    from bundler.assemble.previewing import compare_files
    from bundler.commands.columns import SIDE_BY_SIDE_FROM, one_below_the_other, side_by_side
    from bundler.render.text import inline

    compared = compare_files(contents, vault, context=context, only=only)
    if as_json:
        told = [
            {
                "name": file.name,
                "lines": [
                    {"line": row.number, "before": row.before, "after": row.after} for row in file.rows if row.is_masked
                ],
            }
            for file in compared
        ]
        result(json.dumps({"ticket_id": contents.manifest.ticket_id, "files": told}, ensure_ascii=False, indent=2))
        return
    is_terminal, is_coloured = sys.stdout.isatty(), has_colour(sys.stdout)
    width = _terminal_width() if is_terminal else 0
    say("The real values stand on the left or behind -; this is for your screen only.", fg="yellow")
    for file in compared:
        heading = f"{inline(file.name, 100)}: {plural(file.spot_count, 'masked spot')}"
        result(click.style(heading, bold=True) if is_coloured else heading)
        show = side_by_side if width >= SIDE_BY_SIDE_FROM else one_below_the_other
        for line in show(file, width, is_coloured=is_coloured):
            result(line)
        if file.left_out:
            result(f"  {plural(file.left_out, 'more line')} not shown; --html FILE or --file NAME shows them")


def _write_page(
    contents: Contents, seen: Preview, vault: Vault | None, bundle: Path, page: Path, *, force: bool
) -> None:
    from bundler.assemble.previewing import compare_files
    from bundler.pack.publish import Output, publish
    from bundler.render import render_page

    pictures = [(file.name, _data_uri(file.name, contents.files[file.name])) for file in seen.pictures]
    html = render_page(
        "preview.html",
        preview=seen,
        compared=compare_files(contents, vault),
        pictures=pictures,
        has_map=vault is not None,
        file=bundle.name,
    )
    written = publish(page.parent, (Output(page.name, html.encode(), private=True),), overwrite=force)
    result(str(written[0]))
    if vault is not None:
        say("This page holds the real values and stays with you: delete it when you have looked.", fg="yellow")


def _data_uri(name: str, data: bytes) -> Any:
    from bundler.render.pictures import data_uri_of

    return data_uri_of(data, "png" if name.endswith(".png") else "jpeg")
