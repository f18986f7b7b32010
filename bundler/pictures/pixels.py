"""The work that Pillow does: decoding upright into fresh pixels, judging what they show, encoding them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple, cast

from bundler.errors import BundlerError
from bundler.model import Picture
from bundler.pictures.formats import FormatName, OutputFormat

if TYPE_CHECKING:  # Pillow is slow to import, so it waits until a picture comes
    from PIL.Image import Exif, Image

JPEG_LONGEST_SIDE = 65_500
"""In pixels; what libjpeg writes."""

_FILL = (0, 0, 0)
_BLANK_SHARE = 0.995  # of the commonest colour on a thumbnail; measured app screens have 0.65 to 0.75
_DARK_SHARE = 0.93
_DARK = 48  # of 255, in the brightest channel
_PHOTO_FLAT_SHARE = 0.35  # photographs have less, interfaces have 0.8 and more
_PHOTO_PIXEL_COUNT = 250_000  # below that a PNG is small whatever it shows


class Decoded(NamedTuple):
    """A fresh RGB image, upright and opaque, and what the file held that only a decoder can tell."""

    image: Image
    exif_parts: tuple[str, ...]
    is_see_through: bool


@contextmanager
def guarded(damage: BundlerError) -> Iterator[None]:
    """Raises ``damage`` in place of whatever Pillow raises on a malformed picture.

    Seen on hostile files: OSError, ValueError, TypeError, SyntaxError, DecompressionBombError; nothing promises that
    the list is complete.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on odd metadata, which is thrown away
        warnings.simplefilter("error", Image.DecompressionBombWarning)  # Pillow itself only raises at twice its limit
        try:
            yield
        except Exception as error:
            raise damage from error


def decode(data: bytes, kind: FormatName, size: tuple[int, int]) -> Decoded:
    """The picture, turned as its EXIF orientation says and laid on white where it is transparent.

    ``size`` is what the header was found to claim; a decoder that sees another size is not let loose. To be called
    inside ``guarded``.
    """
    from PIL import Image, ImageOps

    if kind == "webp":  # else Pillow would import all of its formats to find this one
        from PIL import WebPImagePlugin  # noqa: F401

    with Image.open(BytesIO(data), formats=(kind.upper(),)) as opened:
        if opened.size != size:
            raise ValueError("two readings of the size")
        opened.load()
        ImageOps.exif_transpose(opened, in_place=True)
        exif_parts = tuple(_exif_parts(opened.getexif()))
        image: Image.Image = opened
        is_see_through = False
        if image.mode.startswith("I"):  # 16 bits of grey; a plain conversion would cut instead of scale
            image = image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
        elif image.has_transparency_data:
            layers = image.convert("RGBA")
            is_see_through = layers.getchannel("A").getextrema() != (255, 255)
            image = Image.alpha_composite(Image.new("RGBA", layers.size, (255, 255, 255, 255)), layers)
        fresh = Image.new("RGB", image.size)
        fresh.paste(image if image.mode == "RGB" else image.convert("RGB"))
        return Decoded(fresh, exif_parts, is_see_through)


def _exif_parts(exif: Exif) -> Iterator[str]:
    from PIL.ExifTags import IFD

    if exif.get_ifd(IFD.GPSInfo):
        yield "GPS position"
    if exif.get_ifd(IFD.IFD1):
        yield "a small copy of the picture"


def fill(image: Image, area: tuple[int, int, int, int]) -> None:
    """Fills (left, top, right, bottom) with one colour: blurred or coarsened text can be recovered, this cannot."""
    image.paste(_FILL, area)


def is_blank(picture: Picture) -> str | None:
    """Why the picture shows nothing, in words, or None when it shows something."""
    from PIL import Image

    with Image.open(BytesIO(picture.data), formats=(picture.format.upper(),)) as image:
        return blank_reason(image.convert("RGB"))


def blank_reason(image: Image) -> str | None:
    """Why an RGB image shows nothing, in words, or None: failed captures come as one colour without any error."""
    share, colour = _commonest_colour(image)
    if share < _BLANK_SHARE:
        return None
    amount = "all of it" if share == 1 else f"{int(share * 1000) / 10} % of it"
    return f"{amount} is {'black' if colour == (0, 0, 0) else 'of one colour, #{:02x}{:02x}{:02x}'.format(*colour)}"


def look(image: Image) -> Iterator[str]:
    """Notes for a person on an RGB image that may show less than they think."""
    share, colour = _commonest_colour(image)
    if reason := blank_reason(image):
        yield f"the picture looks blank: {reason}"
    elif share >= _DARK_SHARE and max(colour) < _DARK:
        yield "nearly all of the picture is dark: apps that forbid screenshots give such pictures"


def _commonest_colour(image: Image) -> tuple[float, tuple[int, ...]]:
    """The share (0 to 1) of the commonest colour on a thumbnail of at most 160 pixels a side, and that colour."""
    from PIL.Image import Resampling

    scale = min(1.0, 160 / max(image.size))
    small = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), Resampling.BOX)
    counted = cast("list[tuple[int, tuple[int, ...]]]", small.getcolors(small.width * small.height))
    count, colour = max(counted)
    return count / (small.width * small.height), colour


def choose_format(image: Image, kind: FormatName) -> OutputFormat:
    """JPEG for photographs, where hardly two neighbouring pixels are equal; PNG for interfaces, which are flat."""
    if max(image.size) > JPEG_LONGEST_SIDE:
        return "png"
    if kind == "jpeg":
        return "jpeg"
    is_photo = image.width * image.height >= _PHOTO_PIXEL_COUNT and _flat_share(image) < _PHOTO_FLAT_SHARE
    return "jpeg" if is_photo else "png"


def _flat_share(image: Image) -> float:
    """The share of pixels that equal their left neighbour, on up to 256 of the rows."""
    from PIL import ImageChops
    from PIL.Image import Resampling

    rows = image.resize((image.width, min(image.height, 256)), Resampling.NEAREST)
    right, left = rows.crop((1, 0, rows.width, rows.height)), rows.crop((0, 0, rows.width - 1, rows.height))
    red, green, blue = ImageChops.difference(right, left).split()
    unequal = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return unequal.histogram()[0] / (unequal.width * unequal.height)


def encode(image: Image, form: OutputFormat) -> bytes:
    """The bytes of a PNG, or of a JPEG of quality 85 whose colours are not thinned, so that small text stays sharp."""
    target = BytesIO()
    if form == "png":
        image.save(target, "PNG", compress_level=5)  # a third quicker than zlib's own 6, and hardly larger
    else:
        image.save(target, "JPEG", quality=85, subsampling=0)
    return target.getvalue()
