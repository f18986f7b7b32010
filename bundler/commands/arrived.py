"""Says what arrived of a mail: a line for each part, and the fields that had to be recovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bundler.commands.console import result

if TYPE_CHECKING:
    from bundler.mail.arrival import Arrival
    from bundler.mail.presence import Part, PartState

_MARKS: dict[PartState, tuple[str, str]] = {
    "whole": ("✓", "whole"),
    "renamed": ("✓", "whole"),
    "line-ends": ("≈", "line ends changed"),
    "changed": ("✗", "changed"),
    "missing": ("✗", "missing"),
    "extra": ("+", "additional"),
    "elsewhere": ("–", "not in this mail"),
}


def tell_arrival(arrival: Arrival) -> None:
    """Print a line for each part and each field that does not come from the ticket's own file."""
    from bundler.render.text import inline

    for part in arrival.parts:
        result(inline(_line(part), 1000))
    for field in arrival.fields:
        if field.source != "ticket.json":
            result(f"Recovered from the {field.source}: {field.name}: {inline(field.value, 400)}")


def _line(part: Part) -> str:
    mark, words = _MARKS[part.state]
    name = part.name or "a file without a name"
    if part.state == "elsewhere":
        return f"{mark} {name} {part.note}"  # which tells where it is, or why it is not there
    other = part.arrived_as or "a file without a name"
    if part.state == "renamed" or (part.state == "line-ends" and part.arrived_as != part.name):
        words = f"{words}, arrived as {other}"
    return f"{mark} {name}: {words}{f'; it {part.note}' if part.note else ''}"
