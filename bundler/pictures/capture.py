"""Captures the desktop; touches the screen, through mss or on Wayland through grim, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from io import BytesIO
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from bundler.errors import EnvironmentProblem
from bundler.pictures.monitors import Monitor, Region, choose, place
from bundler.pictures.pixels import blank_reason, encode, guarded
from bundler.pictures.wayland import FROM_FILE, grab_with_grim, is_wayland

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Monitor", "Region", "capture", "monitors"]

T = TypeVar("T")

_FAILURES = (
    (
        ("display is unset", "$DISPLAY", "Bad display"),
        "There is no display to capture: DISPLAY is unset or makes no sense.",
        "Run this on the desktop itself, or name a picture with --from FILE.",
    ),
    (
        ("could not be established", "XOpenDisplay"),
        "The display does not answer, or does not let this user in.",
        "Check DISPLAY and XAUTHORITY, or name a picture with --from FILE.",
    ),
    (
        ("Library", "not found"),
        "A system library for capturing the screen is missing.",
        "Install the libraries libxcb, libxcb-shm, libxcb-randr, libxcb-render and libxcb-xfixes.",
    ),
    (
        ("color depth", "visual", "bpp", "padding", "LSB"),
        "This display has a kind of pixels that cannot be captured; it takes 24 or 32 bits each.",
        FROM_FILE,
    ),
    (("XGetImage", "X11 Protocol Error"), "This desktop does not let programs read its screen.", FROM_FILE),
)
"""Words of mss (10.2 and before), what they mean, what to do."""


def monitors(*, timeout_s: float = 15) -> tuple[Monitor, ...]:
    """Each monitor; where the system does not tell them apart, the whole desktop as one.

    Raises ``EnvironmentProblem`` where there is no screen that could be captured.
    """
    if is_wayland():
        raise EnvironmentProblem(
            "A Wayland desktop does not tell programs which monitors it has.",
            "Leave --monitor out, or give it the output's name as the desktop's settings show it.",
        )

    def ask() -> tuple[Monitor, ...]:
        with _screen() as screen:
            return _known(screen)[1:]

    return _answer_in_time(ask, timeout_s)


def capture(
    *,
    monitor: int | str | None = None,
    region: Region | None = None,
    delay_s: float = 0.0,
    timeout_s: float = 15,
    allow_blank: bool = False,
    notes: list[str] | None = None,
) -> bytes:
    """The PNG of the whole desktop, of one monitor (number, name or ``"primary"``), or of a region.

    A region counts from the upper left corner of the monitor named with it, else of the desktop; what reaches beyond
    is cut, and ``notes`` gets a line on it. ``timeout_s`` starts after the delay. Raises ``MisuseError`` for a
    monitor or region that is not there, and ``EnvironmentProblem`` where the screen cannot be read or, unless
    ``allow_blank``, shows nothing.
    """
    time.sleep(delay_s)
    if is_wayland():
        image = _opened(grab_with_grim(monitor, region, timeout_s))
    else:
        image, is_cut = _answer_in_time(lambda: _grab(monitor, region), timeout_s)
        if is_cut and notes is not None:
            notes.append(f"the region reached beyond the screen and was cut to {image.width} x {image.height} pixels")
    if not allow_blank and (reason := blank_reason(image)):
        raise EnvironmentProblem(
            f"The captured picture looks blank: {reason}. Some desktops and apps hide their windows this way.",
            f"{FROM_FILE} If it is meant to look so, add --allow-blank.",
        )
    return encode(image, "png")


def _grab(monitor: int | str | None, region: Region | None) -> tuple[Image, bool]:
    """The pixels, and whether the region had to be cut."""
    from PIL import Image

    with _screen() as screen:
        chosen = choose(_known(screen), monitor)
        (left, top, width, height), is_cut = (chosen.region, False) if region is None else place(region, chosen)
        shot = screen.grab((left, top, left + width, top + height))
        # the fourth byte of a pixel means nothing
        return Image.frombytes("RGB", tuple(shot.size), bytes(shot.bgra), "raw", "BGRX"), is_cut


def _screen() -> Any:
    from mss import MSS

    return MSS()


def _known(screen: Any) -> tuple[Monitor, ...]:
    """The whole desktop as number 0, then each monitor; at least one."""
    found = []
    for index, entry in enumerate(screen.monitors):
        name = str(_field(entry, "output") or _field(entry, "name") or "")
        if name.startswith("XWAYLAND"):  # mss would give black pixels and no error
            raise EnvironmentProblem("This is a Wayland desktop, whose windows X programs see as black.", FROM_FILE)
        left, top, width, height = (int(_field(entry, key)) for key in ("left", "top", "width", "height"))
        found.append(Monitor(index, left, top, width, height, name, bool(_field(entry, "is_primary"))))
    if len(found) == 1:  # no RandR: the desktop is all that is known
        found.append(Monitor(1, *found[0].region, is_primary=True))
    return tuple(found)


def _field(entry: Any, key: str) -> Any:
    """A monitor's property: mss 10 keeps them in a dict, mss 11 in attributes."""
    return entry.get(key) if isinstance(entry, dict) else getattr(entry, key, None)


def _answer_in_time(work: Callable[[], T], timeout_s: float) -> T:
    """What ``work`` returns; a display that hangs cannot be interrupted, so it is left behind in its own thread."""
    from mss import ScreenShotError

    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001  raised again below, in the thread that waits
            answer.set_exception(error)

    Thread(target=run, name="screen capture", daemon=True).start()
    try:
        return answer.result(timeout_s)
    except TimeoutError as error:
        told = f"The display did not answer within {timeout_s:g} seconds."
        raise EnvironmentProblem(told, "Try again, or name a picture with --from FILE.") from error
    except (ScreenShotError, AssertionError, OSError, IndexError) as error:  # mss asserts where a server goes away
        raise _explained(error) from error


def _explained(error: BaseException) -> EnvironmentProblem:
    if isinstance(error, AssertionError):
        return EnvironmentProblem("The connection to the display broke off.", "Try again.")
    for words, sentence, advice in _FAILURES:
        if any(word in str(error) for word in words):
            return EnvironmentProblem(sentence, advice)
    return EnvironmentProblem("The screen could not be captured.", FROM_FILE)


def _opened(data: bytes) -> Image:
    from PIL import Image

    with guarded(EnvironmentProblem("The program grim did not hand over a picture.", FROM_FILE)):
        return Image.open(BytesIO(data), formats=("PNG",)).convert("RGB")
