from __future__ import annotations

import io
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, JpegImagePlugin
from PIL.ImageCms import ImageCmsProfile, createProfile
from PIL.PngImagePlugin import PngInfo

from bundler.errors import MisuseError
from bundler.model import Picture
from bundler.pictures.clean import Box, clean, is_blank
from bundler.pictures.formats import OutputFormat
from tests.pictures.build import (
    BLACK,
    BLUE,
    WHITE,
    chunk,
    chunk_types,
    frames,
    image,
    pixels,
    saved,
    seen,
    segment_types,
    with_chunks,
    zip_archive,
)

CASES = Path(__file__).parents[1] / "cases" / "pictures"


def cleaned(data: bytes, source: str = "phone.png", **options: Any) -> Picture:
    return clean(io.BytesIO(data), source, **options)


def test_a_png_keeps_every_pixel_and_nothing_else() -> None:
    text = PngInfo()
    text.add_text("Author", "Ines Example")
    text.add_text("Notes", "x" * 3000, zip=True)
    profile = ImageCmsProfile(createProfile("sRGB")).tobytes()
    picture = cleaned(saved(image(), pnginfo=text, icc_profile=profile, dpi=(300, 300)))
    assert pixels(seen(picture)) == pixels(image())
    assert set(chunk_types(picture.data)) == {b"IHDR", b"IDAT", b"IEND"}
    assert picture.removed == ("colour profile", "text chunks")
    assert (picture.format, picture.width, picture.height) == ("png", 40, 30)


def test_a_jpeg_stays_a_jpeg_with_full_colour_and_without_metadata() -> None:
    picture = cleaned((CASES / "phone-gps.jpg").read_bytes(), "phone-gps.jpg")
    assert picture.name == "phone-gps.jpg"
    assert picture.removed == (
        "EXIF with GPS position and a small copy of the picture",
        "IPTC or Photoshop data",
        "XMP metadata with GPS position",
        "colour profile",
        "comment",
    )
    assert set(segment_types(picture.data)) <= {0xE0, 0xDB, 0xC0, 0xC4}
    with Image.open(io.BytesIO(picture.data)) as opened:
        assert isinstance(opened, JpegImagePlugin.JpegImageFile)
        assert JpegImagePlugin.get_sampling(opened) == 0  # 4:4:4
        assert opened.size == (48, 64)  # it was stored lying down


def test_what_real_programs_wrote_is_named(subtests: pytest.Subtests) -> None:
    carried = {
        "chromium.png": (),
        "chromium-tagged.png": ("XMP metadata", "text chunks", "EXIF with GPS position"),
        "chromium-canvas.webp": ("colour profile",),
        "chromium-tagged.webp": ("colour profile", "EXIF", "XMP metadata"),
    }
    for name, removed in carried.items():
        with subtests.test(name):
            assert set(cleaned((CASES / name).read_bytes(), name).removed) == set(removed)


def test_the_same_input_gives_the_same_bytes() -> None:
    for data in (saved(image()), saved(image(), "JPEG"), saved(image(), "WEBP")):
        assert cleaned(data) == cleaned(data)


def test_the_original_is_remembered_by_digest_and_size() -> None:
    data = saved(image())
    picture = cleaned(data, "shots/phone.png", caption="the pay screen")
    assert (picture.source, picture.name, picture.caption) == ("shots/phone.png", "phone.png", "the pay screen")
    assert picture.original_size == len(data)
    assert len(picture.original_sha256) == 64


def test_bytes_after_the_end_are_gone_and_counted() -> None:
    for data in (saved(image()), saved(image(), "JPEG"), saved(image(), "WEBP")):
        picture = cleaned(data + b"old screenshot" * 20 + b"\xff\xd9")
        assert picture.removed[-1] == "282 bytes after the end of the picture"
        assert b"old screenshot" not in picture.data


def test_a_picture_that_is_also_an_archive_is_only_a_picture_afterwards() -> None:
    picture = cleaned(saved(image()) + zip_archive())
    assert b"PK\x03\x04" not in picture.data
    assert "bytes after the end" in picture.removed[0]


def test_private_chunks_are_named_as_such() -> None:
    picture = cleaned(
        with_chunks(saved(image()), chunk(b"vpAg", b"secret"), chunk(b"tIME", b"\x07\xea\x0b\x17\x0e\x03\x1b"))
    )
    assert picture.removed == ("private chunks", "time of last change")


def test_what_a_camera_added_in_its_own_way_is_named() -> None:
    data = saved(image(), "JPEG")
    made = data[:20] + b"\xff\xec\0\x0aPicture." + b"\xff\xe0\0\x08JFXX\0\x10" + data[20:]
    assert cleaned(made).removed == ("data of the program or camera that made it", "preview picture")


@pytest.mark.parametrize("form", ["PNG", "WEBP", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_turned_upright_to_the_pixel(form: str, orientation: int) -> None:
    # TIFF 6.0, tag 274: which edges of the seen picture the first stored row and column lie at
    width, height = 16, 8
    exif = Image.Exif()
    exif[0x0112] = orientation
    lossless = {"lossless": True} if form == "WEBP" else {}
    data = saved(image(width, height), form, exif=exif, **lossless)
    stored = Image.open(io.BytesIO(data)).convert("RGB")
    picture = seen(cleaned(data, form="png"))
    right, bottom = width - 1, height - 1
    places: dict[int, Callable[[int, int], tuple[int, int]]] = {
        1: lambda x, y: (x, y),
        2: lambda x, y: (right - x, y),
        3: lambda x, y: (right - x, bottom - y),
        4: lambda x, y: (x, bottom - y),
        5: lambda x, y: (y, x),
        6: lambda x, y: (bottom - y, x),
        7: lambda x, y: (bottom - y, right - x),
        8: lambda x, y: (y, right - x),
    }
    place = places[orientation]
    assert picture.size == ((width, height) if orientation < 5 else (height, width))
    for x in range(width):
        for y in range(height):
            assert picture.getpixel(place(x, y)) == stored.getpixel((x, y))


def test_boxes_are_filled_and_every_other_pixel_stays() -> None:
    picture = cleaned(saved(image()), boxes=(Box.parse("2,3,10,5"), Box.parse("50%,50%,25%,50%")))
    assert picture.box_count == 2
    got, before = seen(picture), image()
    for x in range(40):
        for y in range(30):
            is_inside = (2 <= x < 12 and 3 <= y < 8) or (20 <= x < 30 and 15 <= y < 30)
            assert got.getpixel((x, y)) == (BLACK if is_inside else before.getpixel((x, y)))


def test_boxes_count_on_the_picture_as_it_is_seen() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = seen(cleaned(saved(Image.new("RGB", (40, 20), WHITE), exif=exif), boxes=(Box.parse("0,35,20,5"),)))
    assert picture.size == (20, 40)
    assert (picture.getpixel((19, 39)), picture.getpixel((0, 34))) == (BLACK, WHITE)


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_nothing_of_what_a_box_covers_is_left(form: OutputFormat) -> None:
    one, other = Image.new("RGB", (64, 64), BLUE), Image.new("RGB", (64, 64), BLUE)
    other.paste(WHITE, (20, 20, 40, 40))
    box = (Box.parse("18,18,24,24"),)
    assert cleaned(saved(one), boxes=box, form=form).data == cleaned(saved(other), boxes=box, form=form).data


def test_a_box_that_reaches_beyond_is_noted_and_one_outside_is_refused() -> None:
    assert "filled area 1 reached beyond" in cleaned(saved(image()), boxes=(Box.parse("0,0,41,5"),)).notes[0]
    with pytest.raises(MisuseError, match="40 pixels wide and 30 high"):
        cleaned(saved(image()), boxes=(Box.parse("40,0,5,5"),))


def test_what_lies_beneath_transparency_is_gone() -> None:
    layered = Image.new("RGBA", (20, 20), (200, 30, 40, 0))
    layered.paste((0, 0, 255, 255), (0, 0, 10, 20))
    picture = cleaned(saved(layered))
    assert (seen(picture).getpixel((5, 5)), seen(picture).getpixel((15, 5))) == (BLUE, WHITE)
    assert picture.removed == ("transparency",)


def test_an_alpha_channel_that_hides_nothing_is_no_news() -> None:
    assert cleaned(saved(image().convert("RGBA"))).removed == ()


def test_sixteen_bit_grey_is_scaled_and_not_cut() -> None:
    grey = Image.new("I;16", (8, 8), 40_000)
    assert seen(cleaned(saved(grey))).getpixel((0, 0)) == (156, 156, 156)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "RGB"])
def test_every_kind_of_png_is_taken(mode: str) -> None:
    assert pixels(seen(cleaned(saved(image().convert(mode))))) == pixels(image().convert(mode).convert("RGB"))


def test_a_jpeg_for_print_is_taken() -> None:
    picture = seen(cleaned(saved(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=95), form="png"))
    pixel = picture.getpixel((8, 8))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 240
    assert max(pixel[1:]) < 15


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_taken_and_said(form: str) -> None:
    first, *rest = frames(4)
    lossless = {"lossless": True} if form == "WEBP" else {}
    picture = cleaned(saved(first, form, save_all=True, append_images=rest, duration=100, **lossless))
    assert seen(picture).getpixel((3, 3)) == (0, 100, 200)
    assert picture.removed == ("3 more frames of an animation",)
    assert picture.notes[0] == "an animation: only the first of its 4 frames was taken"


def test_a_photograph_becomes_a_jpeg_and_an_interface_a_png() -> None:
    photo = Image.merge("RGB", [Image.effect_noise((600, 500), 40)] * 3)
    screen = Image.new("RGB", (600, 500), WHITE)
    screen.paste(BLUE, (0, 0, 600, 80))
    assert cleaned(saved(photo)).format == "jpeg"
    assert cleaned(saved(photo), form="png").format == "png"
    assert cleaned(saved(screen)).format == "png"
    assert cleaned(saved(screen), form="jpeg").data.startswith(b"\xff\xd8\xff")


def test_a_blank_picture_is_taken_with_a_note() -> None:
    picture = cleaned(saved(Image.new("RGB", (300, 200), BLACK)))
    assert is_blank(picture) == "all of it is black"
    assert picture.notes == ("the picture looks blank: all of it is black",)


def test_a_lone_cursor_leaves_a_picture_blank() -> None:
    screen = Image.new("RGB", (1280, 800), (16, 32, 48))
    screen.paste(WHITE, (600, 400, 616, 416))
    assert is_blank(cleaned(saved(screen))) == "99.9 % of it is of one colour, #102030"


def test_a_dark_picture_with_a_status_bar_is_suspected() -> None:
    screen = Image.new("RGB", (400, 800), BLACK)
    screen.paste(image(400, 30), (0, 0))
    picture = cleaned(saved(screen))
    assert is_blank(picture) is None
    assert "forbid screenshots" in picture.notes[0]


def test_a_real_page_is_neither_blank_nor_dark() -> None:
    picture = cleaned((CASES / "chromium.png").read_bytes())
    assert is_blank(picture) is None
    assert picture.notes == ()


def test_warnings_of_pillow_stay_inside() -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\xff\xff\xff\x7f\0\0\0\0" * 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cleaned(saved(image(), "JPEG", exif=exif)).removed == ("EXIF",)


def test_metadata_hidden_as_text_is_still_named() -> None:
    """Some programs write EXIF as hexadecimal text into a chunk."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (55.0, 30.0, 0.0)}
    raw = exif.tobytes()
    profile = f"\nexif\n{len(raw):8}\n{raw.hex()}\n".encode()
    text = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile))
    assert cleaned(with_chunks(saved(image()), text)).removed == ("text chunks", "EXIF with GPS position")
