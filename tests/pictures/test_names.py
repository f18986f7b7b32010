from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.pictures.names import safe_name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("phone.png", "phone.png"),
        ("phone.webp", "phone.png"),
        ("shots/Screenshot 2026-11-23 at 14.03.27.png", "Screenshot-2026-11-23-at-14-03-27.png"),
        ("C:\\Users\\ines\\Skærmbillede på tværs.PNG", "Skaermbillede-pa-tvaers.png"),
        ("../../etc/passwd", "passwd.png"),
        ("..", "picture.png"),
        ("-", "picture.png"),
        ("", "picture.png"),
        (".hidden", "hidden.png"),
        ("写真.png", "picture.png"),
        ("nul.png", "picture-nul.png"),
        ('a"\r\nb<script>.png', "a-b-script.png"),
    ],
)
def test_names_become_plain_and_stay_recognisable(source: str, name: str) -> None:
    assert safe_name(source, "png") == name


def test_the_ending_says_what_the_picture_is_now() -> None:
    assert safe_name("photo.png", "jpeg") == "photo.jpg"


@settings(max_examples=60)
@given(st.text('aZ9Æñ写 ._-/\\:"\0\n\u202eCON', max_size=200))
def test_any_name_becomes_a_safe_one(source: str) -> None:
    name = safe_name(source, "png")
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,75}\.png", name)
