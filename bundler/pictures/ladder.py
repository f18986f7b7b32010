"""Makes a picture smaller step by step, each step still readable, for mails that cannot take it as it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
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

_MOST_ERROR = 24
"""Of 255, in any channel: what 99 % of the values may be off by when 256 colours stand for all."""
_SHARE = 0.01
_SAMPLED = 4
_MOST_COLOURS = 16_384
"""Of every fourth pixel of every fourth row."""


_Step = Callable[[Picture, Picture], list[Picture]]
"""Of a picture's own form and its latest, those below."""


class Ladder:
    """The forms of one picture, the first its own, each smaller in bytes than the one before; made when asked for.

    Ours are 256 colours where that shows hardly any difference, JPEG without thinned colours, then a longest side of
    1440 and of 1080 pixels. A picture that cannot be decoded has its own form alone.
    """

    def __init__(self, picture: Picture) -> None:
        self._forms = [picture]
        self._steps: list[_Step] = [_at_its_size] if picture.format == "png" else []
        self._steps += [
            partial(_scaled, side=side) for side in LONGEST_SIDES if max(picture.width, picture.height) > side
        ]

    def below(self, form: Picture | None) -> Picture | None:
        """The form one step below ``form``, which is one of these; None below the last."""
        if form is None:
            return None
        place = self._forms.index(form) + 1
        while len(self._forms) <= place and self._steps:
            step = self._steps.pop(0)
            with suppress(UnreadableInput), guarded(UnreadableInput("A picture cannot be made smaller.")):
                self._forms += step(self._forms[0], self._forms[-1])
        return self._forms[place] if len(self._forms) > place else None


def _at_its_size(own: Picture, _latest: Picture) -> list[Picture]:
    """A PNG with few colours, and a JPEG; decoded once, for that takes longest."""
    forms = [own]
    image = _opened(own)
    made: tuple[tuple[bytes, OutputFormat], ...] = ((_in_256_colours(image), "png"), (_in_jpeg(image), "jpeg"))
    for data, form in made:
        if 0 < len(data) < len(forms[-1].data):
            forms.append(_as(own, data, form, image))
    return forms[1:]


def _scaled(own: Picture, latest: Picture, side: int) -> list[Picture]:
    """A JPEG whose longest side is ``side``; made of a JPEG where there is one, which can be decoded half as large."""
    from PIL.Image import Resampling

    image = _opened(latest if latest.format == "jpeg" else own, side)
    image.thumbnail((side, side), Resampling.BICUBIC, reducing_gap=2.0)
    data = _in_jpeg(image)
    return [_as(own, data, "jpeg", image)] if 0 < len(data) < len(latest.data) else []


def _opened(picture: Picture, side: int = 0) -> Image:
    """The pixels, of a large photograph only as many as it takes for a longest side of ``side``."""
    from PIL import Image

    with Image.open(BytesIO(picture.data), formats=(picture.format.upper(),)) as opened:
        if side:
            opened.draft("RGB", (side, side))
        return opened.convert("RGB")


def _in_jpeg(image: Image) -> bytes:
    return encode(image, "jpeg") if max(image.size) <= JPEG_LONGEST_SIDE else b""


def _as(picture: Picture, data: bytes, form: OutputFormat, image: Image) -> Picture:
    return replace(picture, data=data, format=form, width=image.width, height=image.height)


def _in_256_colours(image: Image) -> bytes:
    """A PNG with a palette, or nothing where one would see the difference."""
    from PIL import ImageChops
    from PIL.Image import Dither, Quantize, Resampling

    sample = image.resize((-(-image.width // _SAMPLED), -(-image.height // _SAMPLED)), Resampling.NEAREST)
    if sample.getcolors(_MOST_COLOURS) is None:  # a photograph in it: trying would take longer than all the rest
        return b""
    few = image.quantize(256, method=Quantize.FASTOCTREE, dither=Dither.NONE)
    counts = ImageChops.difference(image, few.convert("RGB")).histogram()
    off = sum(sum(counts[channel * 256 + _MOST_ERROR + 1 : (channel + 1) * 256]) for channel in range(3))
    if off > _SHARE * 3 * image.width * image.height:
        return b""
    target = BytesIO()
    few.save(target, "PNG", optimize=True)
    return target.getvalue()
