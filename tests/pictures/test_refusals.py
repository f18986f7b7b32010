"""Pictures that must not be taken, and the sentence each of them gets."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bundler.errors import UnreadableInput
from bundler.model import Picture
from bundler.pictures.clean import Limits, clean
from bundler.pictures.container import take_inventory
from tests.pictures.build import PNG_SIGNATURE, chunk, frames, ihdr, image, png, saved, with_chunks

WHOLE = {form: saved(image(24, 16), form) for form in ("PNG", "JPEG", "WEBP")}
SOF_20000 = (
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\x4e\x20\x4e\x20\3\1\x11\0\2\x11\0\3\x11\0"
)
VP8X_16384 = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\xff\x3f\0\xff\x3f\0"


def refused(data: bytes, source: str = "phone.png", **options: Any) -> UnreadableInput:
    with pytest.raises(UnreadableInput) as caught:
        clean(io.BytesIO(data), source, **options)
    assert caught.value.hint
    assert caught.value.message.startswith(source)
    return caught.value


def test_an_empty_file_is_refused() -> None:
    assert "is empty" in refused(b"").message


def test_more_bytes_than_allowed_are_refused_without_reading_on() -> None:
    stream = io.BytesIO(saved(image()) * 100)
    with pytest.raises(UnreadableInput, match="larger than 1,000 bytes"):
        clean(stream, "phone.png", limits=Limits(byte_count=1000))
    assert stream.tell() == 1001


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(UnreadableInput, match="cannot be read"):
        clean(Broken(), "phone.png")  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "AVIF"])
def test_other_kinds_of_pictures_are_refused_by_name_with_what_to_do(form: str) -> None:
    error = refused(saved(image(), form))
    assert f"of the kind {form}" in error.message
    assert "Save it as PNG or JPEG" in error.hint


def test_an_animated_gif_is_refused() -> None:
    first, *rest = frames(3)
    assert "GIF" in refused(saved(first, "GIF", save_all=True, append_images=rest), "steps.gif").message


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"<svg/>", b"<html>", b"\0" * 50, b"{}"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize(
    "data",
    [
        png(ihdr(20_000, 20_000), chunk(b"IDAT", zlib.compress(b"\0" * 40_000)), chunk(b"IEND")),
        SOF_20000,
        VP8X_16384,
        b"RIFF\x12\0\0\0WEBPVP8L\5\0\0\0\x2f\xff\xff\xff\x0f\0",
    ],
)
def test_a_small_file_that_claims_a_giant_picture_is_refused_from_its_header(data: bytes) -> None:
    tracemalloc.start()
    error = refused(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "20000 x 20000" in error.message or "16384 x 16384" in error.message
    assert "50,000,000 pixels" in error.message
    assert peak < 1_000_000


def test_the_limit_on_pixels_is_exact() -> None:
    data = saved(image(40, 30))
    assert clean(io.BytesIO(data), "p.png", limits=Limits(pixel_count=1200)).width == 40
    assert "1,199 pixels" in refused(data, limits=Limits(pixel_count=1199)).message


@pytest.mark.parametrize("side", [400, 12_000, 20_000])
def test_a_header_with_two_sizes_is_refused_before_anything_is_decoded(side: int) -> None:
    data = png(ihdr(4, 4), ihdr(side, side), chunk(b"IDAT", zlib.compress(b"\0" * 60)), chunk(b"IEND"))
    assert "damaged" in refused(data).message
    # of two frame headers in a JPEG, decoders take the last
    whole = WHOLE["JPEG"]
    at = whole.index(b"\xff\xda")
    assert "damaged" in refused(whole[:at] + SOF_20000[20:] + whole[at:]).message


def test_a_text_chunk_that_unpacks_to_many_megabytes_is_refused() -> None:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20_000_000), 1))
    refused(with_chunks(saved(image()), bomb))


def test_a_progressive_jpeg_with_hundreds_of_scans_is_refused() -> None:
    data = saved(image(64, 64), "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    scan = data[at:-2]
    assert clean(io.BytesIO(data), "p.jpg").width == 64
    assert "very long" in refused(data[:at] + scan * 200 + b"\xff\xd9").message


@pytest.mark.parametrize("form", WHOLE)
def test_a_picture_that_ends_early_is_refused(form: str) -> None:
    data = saved(image(200, 200), form)
    for share in (0.1, 0.5, 0.9):
        refused(data[: int(len(data) * share)])


def test_a_broken_animation_is_refused() -> None:
    # Pillow raises SyntaxError for these sequence numbers
    control = struct.pack(">IIIIIHHBB", 7, 20, 20, 0, 0, 1, 10, 0, 0)
    data = with_chunks(saved(image(20, 20)), chunk(b"acTL", struct.pack(">II", 2, 0)), chunk(b"fcTL", control))
    assert "damaged" in refused(data).message


def test_a_header_without_a_size_is_refused() -> None:
    refused(PNG_SIGNATURE)
    refused(png(chunk(b"IHDR"), chunk(b"IEND")))
    refused(b"\xff\xd8\xff\xd9")
    refused(b"RIFF\4\0\0\0WEBP")


def test_a_jpeg_is_not_written_longer_than_jpeg_can_be() -> None:
    data = saved(Image.new("RGB", (1, 65_501)))
    assert clean(io.BytesIO(data), "long.png").format == "png"
    assert ".png" in refused(data, form="jpeg").hint


@settings(max_examples=80, deadline=None)
@given(
    form=st.sampled_from(sorted(WHOLE)),
    changes=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=6),
)
def test_damage_anywhere_gives_a_picture_or_a_refusal(form: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE[form])
    for at, value in changes:
        data[at % len(data)] = value
    try:
        picture = clean(io.BytesIO(bytes(data)), "phone.png")
    except UnreadableInput:
        return
    assert isinstance(picture, Picture)


@settings(max_examples=60, deadline=None)
@given(start=st.sampled_from([WHOLE[form][:size] for form in WHOLE for size in (12, 33)]), rest=st.binary(max_size=400))
def test_noise_behind_a_good_beginning_gives_a_picture_or_a_refusal(start: bytes, rest: bytes) -> None:
    try:
        clean(io.BytesIO(start + rest), "phone.png")
    except UnreadableInput:
        return


def test_taking_the_inventory_of_millions_of_pieces_takes_no_longer_than_reading_them() -> None:
    pieces = 100_000
    hostile = {
        "png": PNG_SIGNATURE + chunk(b"tEXt") * pieces,
        "jpeg": b"\xff\xd8" + b"\xff\xfe\0\2" * pieces + b"\xff" * 1_000_000,
        "webp": b"RIFF\xff\xff\xff\x7fWEBP" + b"ABCD\0\0\0\0" * pieces,
    }
    started = time.monotonic()
    for form, data in hostile.items():
        take_inventory(data, form)  # type: ignore[arg-type]
    assert time.monotonic() - started < 5
