from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Callable

import pytest
from mss import ScreenShotError
from PIL import Image

from bundler.errors import EnvironmentProblem, MisuseError
from bundler.pictures.capture import Monitor, _explained, capture, monitors
from tests.pictures.build import BLACK, BLUE, GREEN, RED
from tests.pictures.conftest import Display, need, use

YELLOW = (255, 255, 0)


def shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.real
def test_the_desktop_is_captured_to_the_pixel(desktop: Display) -> None:
    picture = shown(capture())
    expected = Image.new("RGB", (1280, 800), BLACK)
    expected.paste(RED, (100, 50, 260, 250))
    expected.paste(GREEN, (260, 50, 420, 250))
    expected.paste(BLUE, (700, 400, 800, 520))
    expected.paste(YELLOW, (800, 400, 900, 520))
    assert picture.size == expected.size
    assert picture.tobytes() == expected.tobytes()


@pytest.mark.real
def test_a_region_is_captured_to_the_pixel(desktop: Display) -> None:
    notes: list[str] = []
    picture = shown(capture(region=(95, 45, 330, 210), notes=notes))
    assert picture.size == (330, 210)
    assert [picture.getpixel(at) for at in ((4, 4), (5, 5), (164, 204), (165, 5), (324, 204), (325, 205))] == [
        BLACK, RED, RED, GREEN, GREEN, BLACK,
    ]  # fmt: skip
    assert notes == []


@pytest.mark.real
def test_a_region_that_reaches_beyond_is_cut_and_said(desktop: Display) -> None:
    notes: list[str] = []
    assert shown(capture(region=(690, 390, 5000, 5000), notes=notes)).size == (590, 410)
    assert notes == ["the region reached beyond the screen and was cut to 590 x 410 pixels"]


@pytest.mark.real
def test_a_region_outside_and_a_monitor_that_is_not_there_are_refused(desktop: Display) -> None:
    with pytest.raises(MisuseError, match="1280 pixels wide and 800 high"):
        capture(region=(1280, 0, 10, 10))
    with pytest.raises(MisuseError, match="no such monitor"):
        capture(monitor=9)


@pytest.mark.real
def test_a_part_that_shows_nothing_is_refused_unless_it_is_meant(desktop: Display) -> None:
    with pytest.raises(EnvironmentProblem, match="blank: all of it is black") as caught:
        capture(region=(0, 600, 400, 200))
    assert "--from FILE" in caught.value.hint
    assert "--allow-blank" in caught.value.hint
    assert shown(capture(region=(0, 600, 400, 200), allow_blank=True)).getextrema() == ((0, 0),) * 3


@pytest.mark.real
def test_an_empty_desktop_is_refused(start_display: Callable[..., Display]) -> None:
    start_display("-screen", "0", "640x480x24")
    with pytest.raises(EnvironmentProblem, match="blank"):
        capture()


@pytest.mark.real
def test_the_one_monitor_is_known_by_number_name_and_as_the_primary(desktop: Display) -> None:
    (only,) = monitors()
    assert (only.region, only.name) == ((0, 0, 1280, 800), "screen")
    pictures = {capture(monitor=one) for one in (1, "screen", "primary", None)}
    assert len(pictures) == 1


@pytest.mark.real
def test_of_two_monitors_each_is_captured_alone(start_display: Callable[..., Display]) -> None:
    need("xrandr", "xsetroot")
    display = start_display("-screen", "0", "1280x800x24")
    display.run("xsetroot", "-solid", "#123456")
    display.run("xrandr", "--setmonitor", "LEFT", "640/200x800/200+0+0", "screen")
    display.run("xrandr", "--setmonitor", "*RIGHT", "640/200x600/200+640+0", "none")
    # RandR lists the primary first, although it is on the right
    assert monitors() == (
        Monitor(1, 640, 0, 640, 600, is_primary=True),
        Monitor(2, 0, 0, 640, 800, "screen"),
    )
    assert shown(capture(monitor="primary", allow_blank=True)).size == (640, 600)
    assert shown(capture(monitor=2, allow_blank=True)).size == (640, 800)
    notes: list[str] = []
    assert shown(capture(monitor=1, region=(600, 0, 100, 50), allow_blank=True, notes=notes)).size == (40, 50)
    assert notes


@pytest.mark.real
def test_what_appears_during_the_delay_is_in_the_picture(start_display: Callable[..., Display]) -> None:
    need("xsetroot")
    display = start_display("-screen", "0", "320x200x24")
    later = threading.Timer(0.1, display.run, ("xsetroot", "-solid", "#c8442f"))
    later.start()
    picture = shown(capture(delay_s=0.5, allow_blank=True))
    later.join()
    assert picture.getpixel((10, 10)) == (0xC8, 0x44, 0x2F)


@pytest.mark.real
def test_a_display_that_cannot_tell_its_monitors_apart_counts_as_one(start_display: Callable[..., Display]) -> None:
    start_display("-screen", "0", "640x480x24", "-extension", "RANDR", "-extension", "MIT-SHM")
    assert monitors() == (Monitor(1, 0, 0, 640, 480, is_primary=True),)
    assert shown(capture(monitor="primary", allow_blank=True)).size == (640, 480)


@pytest.mark.parametrize("name", [None, "garbage"])
def test_no_display_is_told_with_the_way_out(name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    use(name, monkeypatch)
    for ask in (capture, monitors):
        with pytest.raises(EnvironmentProblem, match="no display to capture") as caught:
            ask()
        assert "--from FILE" in caught.value.hint


@pytest.mark.real
def test_a_dead_display_is_told(start_display: Callable[..., Display]) -> None:
    display = start_display()
    display.server.kill()
    display.server.wait()
    with pytest.raises(EnvironmentProblem, match="does not answer"):
        capture()


@pytest.mark.real
def test_a_display_that_hangs_is_given_up_in_time(start_display: Callable[..., Display]) -> None:
    display = start_display()
    os.kill(display.server.pid, signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(EnvironmentProblem, match=r"within 0\.3 seconds"):
        capture(timeout_s=0.3)
    assert time.monotonic() - started < 3


@pytest.mark.real
def test_a_display_of_sixteen_bits_is_told(start_display: Callable[..., Display]) -> None:
    start_display("-screen", "0", "320x200x16")
    with pytest.raises(EnvironmentProblem, match="24 or 32 bits"):
        capture()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (AssertionError(), "broke off"),  # what mss gives when a server dies between two calls
        (ScreenShotError("XOpenDisplay() failed"), "does not answer"),
        (ScreenShotError("$DISPLAY not set."), "no display"),
        (ScreenShotError("Library libxcb-randr.so not found"), "library"),
        (ScreenShotError("XGetImage() failed"), "does not let programs read"),
        (ScreenShotError("X11 Protocol Error"), "does not let programs read"),
        (IndexError("list index out of range"), "could not be captured"),
        (OSError("cannot load"), "could not be captured"),
    ],
)
def test_every_failure_of_mss_becomes_a_sentence(error: Exception, sentence: str) -> None:
    told = _explained(error)
    assert sentence in told.message
    assert told.hint
