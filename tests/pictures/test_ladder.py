"""How pictures become smaller for a mail: each step smaller in bytes, still the same picture, none invented."""

from __future__ import annotations

import io
from random import Random

import pytest
from msgspec.structs import replace
from PIL import Image, ImageDraw

from bundler.model import Picture
from bundler.pictures.ladder import Ladder
from tests.pictures.build import seen


def _picture(image: Image.Image, form: str = "PNG") -> Picture:
    target = io.BytesIO()
    image.save(target, form, **({"quality": 85, "subsampling": 0} if form == "JPEG" else {}))  # as we write them
    data, kind = target.getvalue(), "png" if form == "PNG" else "jpeg"
    return Picture("a", data, kind, image.width, image.height, "a", "0" * 64, len(data))  # type: ignore[arg-type]  # a plain str


def _screen(width: int = 1080, height: int = 2340) -> Image.Image:
    """An app's screen: flat areas and text."""
    image = Image.new("RGB", (width, height), "#f4f6f9")
    drawing = ImageDraw.Draw(image)
    for row in range(0, height, 60):
        drawing.rectangle((40, row + 8, width - 40, row + 50), fill=(255, 255, 255 - row % 90), outline="#c5ccd6")
        drawing.text((60, row + 18), f"row {row}: Betalingen mislykkedes 65a1c0de-{row:04}", fill="#1b222d")
    return image


def _photo(width: int = 1600, height: int = 1200) -> Image.Image:
    noise = Image.frombytes("RGB", (width // 8, height // 8), Random(7).randbytes(width * height * 3 // 64))
    return noise.resize((width, height), Image.Resampling.BICUBIC)


def _forms(picture: Picture) -> list[Picture]:
    ladder = Ladder(picture)
    forms = [picture]
    while (form := ladder.below(forms[-1])) is not None:
        forms.append(form)
    return forms


@pytest.mark.parametrize(
    "picture",
    [_picture(_screen()), _picture(_photo()), _picture(_photo(), "JPEG"), _picture(_photo(4000, 3000), "JPEG")],
)
def test_every_step_is_smaller_than_the_one_before_and_is_what_it_says(picture: Picture) -> None:
    forms = _forms(picture)
    assert len(forms) > 1
    sizes = [len(form.data) for form in forms]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes)
    for form in forms:
        with Image.open(io.BytesIO(form.data)) as image:
            assert (image.format or "").lower() == form.format
            assert image.size == (form.width, form.height)
            assert not image.info.keys() & {"exif", "icc_profile", "xmp", "comment"}


def test_screen_keeps_its_size_with_256_colours_first_and_its_pixels_nearly() -> None:
    picture = _picture(_screen())
    first = _forms(picture)[1]
    assert (first.format, first.width, first.height) == ("png", 1080, 2340)
    with Image.open(io.BytesIO(first.data)) as image:
        assert image.mode == "P"
    before, after = seen(picture).resize((90, 195)), seen(first).resize((90, 195))
    assert max(abs(one - other) for one, other in zip(before.tobytes(), after.tobytes(), strict=True)) <= 24


def test_photo_whose_colours_256_cannot_show_becomes_jpeg_at_once() -> None:
    first = _forms(_picture(_photo()))[1]
    assert (first.format, first.width) == ("jpeg", 1600)


def test_last_steps_have_longest_sides_of_1440_and_1080_and_the_same_shape() -> None:
    forms = _forms(_picture(_photo(4000, 3000), "JPEG"))
    assert [(form.width, form.height) for form in forms[1:]] == [(1440, 1080), (1080, 810)]


def test_no_picture_is_made_larger_than_it_was() -> None:
    forms = _forms(_picture(_photo(800, 600)))
    assert {(form.width, form.height) for form in forms} == {(800, 600)}


def test_filled_area_shows_nothing_at_any_step() -> None:
    image = _screen()
    ImageDraw.Draw(image).rectangle((60, 600, 900, 900), fill=(0, 0, 0))
    for form in _forms(_picture(image)):
        scale = form.width / 1080
        inside = seen(form).crop(tuple(int(side * scale) for side in (80, 620, 880, 880)))  # type: ignore[arg-type]  # four of them
        assert max(inside.tobytes()) < 16


def test_picture_that_cannot_be_decoded_stays_as_it_is() -> None:
    broken = replace(_picture(_screen()), data=b"\x89PNG\r\n\x1a\nnot really")
    assert _forms(broken) == [broken]


def test_same_picture_gives_the_same_steps() -> None:
    assert _forms(_picture(_screen())) == _forms(_picture(_screen()))
