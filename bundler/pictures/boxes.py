"""An area of a picture that is filled with one colour, typed in pixels or in per cent of the picture."""

from __future__ import annotations

import math
import re
from typing import Self

from msgspec import Struct

from bundler.errors import MisuseError

_LENGTH = re.compile(r"(-?[0-9]{1,6}(?:\.[0-9]{1,4})?)(%?)")
_HINT = 'Write left,top,width,height from the upper left corner, such as "10,20,300,40" or "10%,5%,50%,8%".'


class Length(Struct, frozen=True):
    """A distance in pixels, or in per cent of the picture's width or height."""

    amount: float
    is_percent: bool

    def pixels(self, whole: int) -> float:
        return self.amount * whole / 100 if self.is_percent else self.amount


class Box(Struct, frozen=True):
    """An area counted from the upper left corner of the picture as people see it, that is: turned upright."""

    left: Length
    top: Length
    width: Length
    height: Length

    @classmethod
    def parse(cls, text: str) -> Self:
        """``"10,20,300,40"`` or ``"10%,5%,50%,8%"``, also mixed. Raises ``MisuseError`` for anything else."""
        found = [_LENGTH.fullmatch(part.strip()) for part in text.split(",", 4)]
        lengths = [Length(float(one[1]), one[2] == "%") for one in found if one is not None]
        if len(found) != 4 or len(lengths) != 4:
            raise MisuseError("An area to fill needs four numbers separated by commas.", _HINT)
        if lengths[2].amount <= 0 or lengths[3].amount <= 0:
            raise MisuseError("An area to fill needs a width and a height above zero.", _HINT)
        return cls(*lengths)

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) within a picture of that size, right and bottom not included.

        Fractions are rounded outwards, so that nothing looks out at the edges. The area may reach beyond the
        picture (``reaches_beyond``) and is cut there. Raises ``MisuseError`` when all of it lies outside.
        """
        left, top, right, bottom = self._edges(width, height)
        if right <= 0 or bottom <= 0 or left >= width or top >= height:
            raise MisuseError(
                f"The area to fill lies outside the picture, which is {width} pixels wide and {height} high.", _HINT
            )
        return max(0, left), max(0, top), min(width, right), min(height, bottom)

    def reaches_beyond(self, width: int, height: int) -> bool:
        """True when part of the area lies outside a picture of that size: it may have been measured elsewhere."""
        return self._edges(width, height) != self.pixels(width, height)

    def _edges(self, width: int, height: int) -> tuple[int, int, int, int]:
        left, top = self.left.pixels(width), self.top.pixels(height)
        right, bottom = left + self.width.pixels(width), top + self.height.pixels(height)
        # 10 % + 90 % of 1080 must not come out as 1080.0000000000001 and so one pixel too wide
        return (
            math.floor(round(left, 6)),
            math.floor(round(top, 6)),
            math.ceil(round(right, 6)),
            math.ceil(round(bottom, 6)),
        )
