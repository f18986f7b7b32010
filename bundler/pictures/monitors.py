"""The monitors of a desktop, and which part of them a person means."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bundler.errors import MisuseError

Region = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""

_LIST = "See the monitors with: ticket-bundler screenshot --list"


class Monitor(Struct, frozen=True):
    """One monitor, numbered from 1 as the system lists them, in pixels; number 0 is the whole desktop.

    The primary need not be the first, and the first need not be the left one.
    """

    index: int
    left: int
    top: int
    width: int
    height: int
    name: str = ""
    is_primary: bool = False

    @property
    def region(self) -> Region:
        """Where it lies on the desktop."""
        return self.left, self.top, self.width, self.height


def choose(known: Sequence[Monitor], wanted: int | str | None) -> Monitor:
    """The monitor of that number or name, the one called ``"primary"``, or the whole desktop for None.

    ``known`` holds the whole desktop first. Raises ``MisuseError`` when there is none, or several of that name.
    """
    if wanted is None:
        return known[0]
    if wanted == "primary":
        return next((one for one in known[1:] if one.is_primary), known[1])
    matching = [one for one in known[1:] if wanted in (one.index, one.name)]
    if len(matching) > 1:
        raise MisuseError("Several monitors have this name, so its number is needed.", _LIST)
    if not matching:
        raise MisuseError(f"There is no such monitor; this desktop has {len(known) - 1}.", _LIST)
    return matching[0]


def place(region: Region, within: Monitor) -> tuple[Region, bool]:
    """Where on the desktop a region of a monitor lies, cut at the monitor's edges, and whether it had to be cut.

    Raises ``MisuseError`` when it has no size or all of it lies outside.
    """
    x, y, width, height = region
    if width <= 0 or height <= 0:
        raise MisuseError("A region needs a width and a height above zero.", "Write --region X,Y,WIDTH,HEIGHT.")
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + width, within.width), min(y + height, within.height)
    if right <= left or bottom <= top:
        size = f"{within.width} pixels wide and {within.height} high"
        raise MisuseError(f"The region lies outside the screen, which is {size}.", _LIST)
    cut = (left, top, right - left, bottom - top)
    return (within.left + left, within.top + top, cut[2], cut[3]), cut != region
