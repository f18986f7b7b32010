"""Makes a picture smaller step by step, each step still readable, for mails that cannot take it as it is."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from msgspec.structs import replace

from bundler.errors import UnreadableInput
from bundler.model import Picture
from bundler.pictures.formats import OutputFormat
from bundler.pictures.pixels import JPEG_LONGEST_SIDE, encode, guarded

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDES = (1440, 1080)
"""In pixels: a phone's screen is still read at the second, and not much below it."""

_STEPS = ("palette", "jpeg", *LONGEST_SIDES)
_MOST_ERROR = 24
"""Of 255, in any channel: what 99 % of the values may be off by when 256 colours stand for all."""
_SHARE = 0.01


class Ladder:
    """The forms of one picture, the first its own, each smaller in bytes than the one before; made when asked for.

    Ours are 256 colours where that shows hardly any difference, JPEG without thinned colours, then a longest side of
    1440 and of 1080 pixels. A picture that cannot be decoded has its own form alone.
    """

    def __init__(self, picture: Picture) -> None:
        self._forms = [picture]
        self._next = 0

    def below(self, form: Picture | None) -> Picture | None:
        """The form one step below ``form``, which is one of these; None below the last."""
        if form is None:
            return None
        place = self._forms.index(form) + 1
        while len(self._forms) <= place:
            if self._next == len(_STEPS):
                return None
            smaller = _smaller(self._forms[0], _STEPS[self._next])
            self._next += 1
            if smaller is not None and len(smaller.data) < len(self._forms[-1].data):
                self._forms.append(smaller)
        return self._forms[place]


def _smaller(picture: Picture, step: str | int) -> Picture | None:
    if picture.format == "jpeg" and isinstance(step, str):
        return None
    if isinstance(step, int) and max(picture.width, picture.height) <= step:
        return None
    with suppress(UnreadableInput), guarded(UnreadableInput("A picture cannot be made smaller.")):
        return _formed(picture, step)
    return None


def _formed(picture: Picture, step: str | int) -> Picture | None:
    from PIL import Image
    from PIL.Image import Resampling

    with Image.open(BytesIO(picture.data), formats=(picture.format.upper(),)) as opened:
        if isinstance(step, int):
            opened.draft("RGB", (step, step))  # lets libjpeg decode a large photograph at a half or a quarter
        image = opened.convert("RGB")
    if step == "palette":
        data = _in_256_colours(image)
        return None if data is None else _as(picture, data, "png", image)
    if isinstance(step, int):
        image.thumbnail((step, step), Resampling.LANCZOS, reducing_gap=2.0)
    if max(image.size) > JPEG_LONGEST_SIDE:
        return None
    return _as(picture, encode(image, "jpeg"), "jpeg", image)


def _as(picture: Picture, data: bytes, form: OutputFormat, image: Image) -> Picture:
    return replace(picture, data=data, format=form, width=image.width, height=image.height)


def _in_256_colours(image: Image) -> bytes | None:
    """A PNG with a palette, or None where one would see the difference."""
    from PIL import ImageChops
    from PIL.Image import Dither, Quantize

    few = image.quantize(256, method=Quantize.FASTOCTREE, dither=Dither.NONE)
    counts = ImageChops.difference(image, few.convert("RGB")).histogram()
    off = sum(sum(counts[channel * 256 + _MOST_ERROR + 1 : (channel + 1) * 256]) for channel in range(3))
    if off > _SHARE * 3 * image.width * image.height:
        return None
    target = BytesIO()
    few.save(target, "PNG", optimize=True)
    return target.getvalue()
