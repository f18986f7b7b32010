from __future__ import annotations

import pytest

from bundler.errors import MisuseError
from bundler.pictures.boxes import Box


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("10,20,300,40", (10, 20, 310, 60)),
        (" 10, 20 ,300,40", (10, 20, 310, 60)),
        ("10%,5%,50%,8%", (100, 40, 600, 104)),
        ("50%,0,10,100%", (500, 0, 510, 800)),
        ("0,0,100%,100%", (0, 0, 1000, 800)),
    ],
)
def test_areas_are_read_in_pixels_and_per_cent(text: str, area: tuple[int, int, int, int]) -> None:
    box = Box.parse(text)
    assert box.pixels(1000, 800) == area
    assert not box.reaches_beyond(1000, 800)


def test_fractions_are_rounded_outwards_so_that_no_edge_looks_out() -> None:
    assert Box.parse("33.3%,33.3%,33.3%,33.3%").pixels(10, 10) == (3, 3, 7, 7)


def test_tenths_that_add_up_to_the_whole_do_not_reach_beyond() -> None:
    assert not Box.parse("10%,70%,90%,30%").reaches_beyond(1083, 2341)


@pytest.mark.parametrize(
    ("text", "area"),
    [("-5,-5,10,10", (0, 0, 5, 5)), ("95,75,10,10", (95, 75, 100, 80)), ("0,0,999999,1", (0, 0, 100, 1))],
)
def test_what_reaches_beyond_the_picture_is_cut_and_said(text: str, area: tuple[int, int, int, int]) -> None:
    box = Box.parse(text)
    assert box.pixels(100, 80) == area
    assert box.reaches_beyond(100, 80)


@pytest.mark.parametrize("text", ["100,0,10,10", "0,80,10,10", "-10,0,10,10", "0,-10,10,10"])
def test_an_area_outside_the_picture_is_refused_with_the_pictures_size(text: str) -> None:
    with pytest.raises(MisuseError, match="100 pixels wide and 80 high") as caught:
        Box.parse(text).pixels(100, 80)
    assert "10,20,300,40" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "1,2,3,4px",
        "nan,0,1,1",
        "1e3,0,1,1",
        "٣,0,1,1",
        "1;2;3;4",
        ",,,",
        "9" * 5000,
        "1,2,0,4",
        "1,2,3,0%",
        "1,2,-3,4",
    ],
)
def test_what_is_not_understood_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(MisuseError) as caught:
        Box.parse(text)
    assert "10%,5%,50%,8%" in caught.value.hint
