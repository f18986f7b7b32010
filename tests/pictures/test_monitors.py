from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bundler.errors import EnvironmentProblem, MisuseError
from bundler.pictures.capture import _known
from bundler.pictures.monitors import Monitor, choose, place

DESKTOP = Monitor(0, 0, 0, 3000, 1080)
RIGHT = Monitor(1, 1920, 0, 1080, 1080, "DP-1", is_primary=True)
LEFT = Monitor(2, 0, 0, 1920, 1080, "HDMI-1")
KNOWN = (DESKTOP, RIGHT, LEFT)


@pytest.mark.parametrize(
    ("wanted", "found"), [(None, DESKTOP), (1, RIGHT), (2, LEFT), ("HDMI-1", LEFT), ("primary", RIGHT)]
)
def test_a_monitor_is_found_by_number_name_or_as_the_primary(wanted: int | str | None, found: Monitor) -> None:
    assert choose(KNOWN, wanted) == found


def test_without_a_primary_the_first_monitor_stands_for_it() -> None:
    assert choose((DESKTOP, LEFT), "primary") == LEFT


@pytest.mark.parametrize("wanted", [0, 3, -1, "DP-9", "dp", ""])
def test_a_monitor_that_is_not_there_is_refused_with_the_command_that_lists_them(wanted: int | str) -> None:
    with pytest.raises(MisuseError, match="this desktop has 2") as caught:
        choose(KNOWN, wanted)
    assert "screenshot --list" in caught.value.hint


def test_two_monitors_of_one_name_need_a_number() -> None:
    twin = Monitor(3, 0, 0, 10, 10, "HDMI-1")
    with pytest.raises(MisuseError, match="number"):
        choose((*KNOWN, twin), "HDMI-1")


def test_a_region_counts_from_the_corner_of_its_monitor() -> None:
    assert place((10, 20, 30, 40), RIGHT) == ((1930, 20, 30, 40), False)


def test_a_region_is_cut_at_the_edges_of_its_monitor() -> None:
    assert place((-10, 1070, 5000, 40), RIGHT) == ((1920, 1070, 1080, 10), True)


@pytest.mark.parametrize("region", [(1080, 0, 10, 10), (0, -10, 10, 10), (0, 0, 0, 10), (0, 0, 10, -1)])
def test_a_region_without_size_or_outside_is_refused(region: tuple[int, int, int, int]) -> None:
    with pytest.raises(MisuseError):
        place(region, RIGHT)


WHOLE = {"left": 0, "top": 0, "width": 640, "height": 480}
ONE = {**WHOLE, "is_primary": True, "name": "Example 24", "output": "DP-1"}


@pytest.mark.parametrize("shape", [dict, lambda entry: SimpleNamespace(**entry)])
def test_monitors_are_read_from_dicts_and_from_the_objects_of_the_next_mss(shape: Any) -> None:
    known = _known(SimpleNamespace(monitors=[shape(WHOLE), shape(ONE)]))
    assert known[1] == Monitor(1, 0, 0, 640, 480, "DP-1", is_primary=True)


def test_an_output_of_xwayland_is_refused_because_its_pixels_would_be_black() -> None:
    # as seen under sway 1.7 with XWayland 22.1: mss raises nothing there
    screen = SimpleNamespace(monitors=[WHOLE, {**WHOLE, "is_primary": False, "output": "XWAYLAND0"}])
    with pytest.raises(EnvironmentProblem, match="Wayland") as caught:
        _known(screen)
    assert "--from FILE" in caught.value.hint
