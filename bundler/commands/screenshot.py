"""``ticket-bundler screenshot``: capture or import one picture, cleaned, into a file of its own."""

from __future__ import annotations

import json
import os
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from bundler.amounts import plural
from bundler.commands.console import result, say
from bundler.errors import EnvironmentProblem, MisuseError, UnreadableInput
from bundler.pictures.clean import Box, clean

if TYPE_CHECKING:
    from bundler.model import Picture
    from bundler.pictures.formats import OutputFormat
    from bundler.pictures.monitors import Region

_FORMS: dict[str, OutputFormat] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
_REGION = re.compile(r"-?[0-9]{1,6}")


@click.command("screenshot")
@click.option("-o", "--output", default="screenshot.png", metavar="OUT", help="PNG or JPEG, as its ending says.")
@click.option("--from", "source", default="", metavar="FILE", help="Clean this picture (- for standard input) instead.")
@click.option("--monitor", default="", metavar="N", help="One monitor: its number, its name, or primary.")
@click.option("--region", default="", metavar="X,Y,W,H", help="A part of the desktop, or of the monitor named with it.")
@click.option("--delay", default=0.0, type=click.FloatRange(0, 600), metavar="SECONDS", help="Wait before capturing.")
@click.option("--redact", "boxes", multiple=True, metavar="X,Y,W,H", help="Fill an area; pixels or %. Repeatable.")
@click.option("--caption", default="", metavar="TEXT", help="What the picture shows; told with --json.")
@click.option("--allow-blank", is_flag=True, help="Take a captured picture that shows nothing.")
@click.option("--force", "--overwrite", "overwrite", is_flag=True, help="Replace OUT when it exists.")
@click.option("--list", "listing", is_flag=True, help="Show the monitors and do nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Tell the result as JSON.")
def screenshot(**typed: Any) -> None:
    """Capture the desktop, or import a picture, and write it as clean pixels.

    Position, camera data, hidden text and whatever else the file carried are gone; areas named with --redact are
    filled with one colour. Nothing is written when the picture is refused.

    \b
    ticket-bundler screenshot --delay 3 -o error.png
    ticket-bundler screenshot --from phone.jpg --redact 40,620,900,80 -o phone.jpg
    """
    captures_only = [name for name in ("monitor", "region", "delay", "allow_blank") if typed[name]]
    if typed["source"] and (captures_only or typed["listing"]):
        flag = captures_only[0].replace("_", "-") if captures_only else "list"
        raise MisuseError(f"--from takes a picture that exists already, so --{flag} has no meaning.", "Leave one out.")
    if typed["listing"]:
        _show_monitors(as_json=typed["as_json"])
        return
    out, form = _target(typed["output"], overwrite=typed["overwrite"])
    boxes = tuple(Box.parse(text) for text in typed["boxes"])
    notes: list[str] = []
    stream, name = _opened(typed["source"]) if typed["source"] else _captured(typed, notes)
    with stream:
        picture = clean(stream, name, boxes=boxes, caption=typed["caption"], form=form)
    _publish(out, picture.data, overwrite=typed["overwrite"])
    _show(picture, out, (*notes, *picture.notes), as_json=typed["as_json"])


def _target(output: str, *, overwrite: bool) -> tuple[Path, OutputFormat]:
    """Where the picture goes and as what; refused before anything is captured."""
    out = Path(output)
    form = _FORMS.get(out.suffix.lower())
    if form is None:
        raise MisuseError("The ending of OUT decides the format, and this one is unknown.", "End it in .png or .jpg.")
    if os.path.lexists(out) and not overwrite:
        raise EnvironmentProblem(f"{out} exists already.", "Choose another name, or allow it with --force.")
    return out, form


def _opened(source: str) -> tuple[BinaryIO, str]:
    if source == "-":
        return sys.stdin.buffer, "standard input"
    try:
        return Path(source).open("rb"), source
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise UnreadableInput(f"{source} cannot be opened: {reason}.", "Check the path and its permissions.") from error


def _captured(typed: dict[str, Any], notes: list[str]) -> tuple[BinaryIO, str]:
    from bundler.pictures.capture import capture

    monitor: str = typed["monitor"]
    data = capture(
        monitor=int(monitor) if monitor.isdecimal() else monitor or None,
        region=_region(typed["region"]) if typed["region"] else None,
        delay_s=typed["delay"],
        allow_blank=typed["allow_blank"],
        notes=notes,
    )
    return BytesIO(data), "screenshot"


def _region(text: str) -> Region:
    parts = [part.strip() for part in text.split(",", 4)]
    if len(parts) != 4 or not all(_REGION.fullmatch(part) for part in parts):
        raise MisuseError("A region needs four whole numbers separated by commas.", "Write --region X,Y,WIDTH,HEIGHT.")
    left, top, width, height = map(int, parts)
    return left, top, width, height


def _publish(out: Path, data: bytes, *, overwrite: bool) -> None:
    """The file under its name, whole or not at all, readable by its owner alone."""
    from bundler.pack.publish import Output, publish

    publish(out.parent, (Output(out.name, data, private=True),), overwrite=overwrite)


def _show(picture: Picture, out: Path, notes: tuple[str, ...], *, as_json: bool) -> None:
    if picture.removed:
        say(f"Removed: {', '.join(picture.removed)}.")
    if picture.box_count:
        say(f"Filled: {plural(picture.box_count, 'area')}.")
    for note in notes:
        say(f"Note: {note}.")
    if not as_json:
        result(str(out))
        return
    told = {
        "file": str(out),
        "format": picture.format,
        "size": len(picture.data),
        "source": picture.source,
        "width": picture.width,
        "height": picture.height,
        "caption": picture.caption,
        "box_count": picture.box_count,
        "removed": picture.removed,
        "original_sha256": picture.original_sha256,
        "original_size": picture.original_size,
        "notes": notes,
    }
    result(json.dumps(told, ensure_ascii=False, indent=2))


def _show_monitors(*, as_json: bool) -> None:
    from bundler.pictures.capture import monitors

    found = monitors()
    if as_json:
        import msgspec

        result(json.dumps({"monitors": msgspec.to_builtins(found)}, ensure_ascii=False, indent=2))
        return
    for one in found:
        line = f"{one.index}  {one.width} x {one.height} at {one.left},{one.top}  {one.name}"
        result(f"{line.rstrip()}{'  (primary)' if one.is_primary else ''}")
