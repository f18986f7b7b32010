from __future__ import annotations

import pytest

from bundler.pictures.formats import detect
from tests.pictures.build import image, saved


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_png_jpeg_and_webp_are_taken_whatever_they_are_called(form: str) -> None:
    guess = detect(saved(image(), form), "evidence.dat")
    assert guess.score == 1
    assert guess.format == form.lower()


@pytest.mark.parametrize(
    ("head", "label"),
    [
        (saved(image(), "GIF"), "GIF"),
        (saved(image(), "BMP"), "BMP"),
        (saved(image(), "TIFF"), "TIFF"),
        (b"MM\0*\0\0\0\x08", "TIFF"),
        (saved(image(), "AVIF"), "AVIF"),
        (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn -->\n<s:svg xmlns:s="http://www.w3.org/2000/svg"/>', "SVG"),
    ],
)
def test_other_kinds_are_known_by_name_and_get_a_way_out(head: bytes, label: str) -> None:
    guess = detect(head, "screen.png")
    assert guess.format is None
    assert guess.label == label
    assert "save it as PNG or JPEG" in guess.reason


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"BM has called and asks for the payment",
        b"<!doctype html><body><svg></svg></body>",
        b'<?xml version="1.0"?><testsuite><svg/></testsuite>',
        b"RIFF\x10\0\0\0WAVEfmt ",
        b'{"log": {"entries": []}}',
    ],
)
def test_what_is_no_picture_scores_nothing(head: bytes) -> None:
    guess = detect(head, "notes.txt")
    assert (guess.score, guess.label) == (0, "")


def test_a_name_alone_makes_no_picture() -> None:
    guess = detect(b"2026-11-23 14:03:27 started\n", "phone.PNG")
    assert guess.score == 0
    assert guess.reason.startswith("named like a picture")
