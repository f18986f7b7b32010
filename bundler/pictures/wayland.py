"""Captures a Wayland desktop, which X programs see as black; touches the program grim and nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess

from bundler.errors import EnvironmentProblem, MisuseError
from bundler.pictures.monitors import Region

FROM_FILE = "Take the picture with your desktop's own tool and name the file with --from FILE."


def is_wayland() -> bool:
    """True when the session says that it is a Wayland one."""
    return bool(os.environ.get("WAYLAND_DISPLAY")) or os.environ.get("XDG_SESSION_TYPE") == "wayland"


def grab_with_grim(monitor: int | str | None, region: Region | None, timeout_s: float) -> bytes:
    """What grim writes, which should be a PNG, of everything, of one output by name, or of a region of the desktop.

    Raises ``EnvironmentProblem`` where grim is missing or cannot capture this desktop, and ``MisuseError`` for what
    grim has no words for.
    """
    program = shutil.which("grim")
    if program is None:
        advice = "On wlroots desktops (sway, Hyprland) installing grim helps as well."
        raise EnvironmentProblem("A Wayland desktop does not let programs capture it.", f"{FROM_FILE} {advice}")
    if isinstance(monitor, int) or monitor == "primary":
        raise MisuseError("On Wayland a monitor has a name and no number.", "Use its name, such as --monitor HDMI-A-1.")
    if monitor is not None and region is not None:
        raise MisuseError("On Wayland a monitor and a region cannot be combined.", "Give one of the two.")
    what = ["-o", monitor] if monitor is not None else []
    if region is not None:
        what = ["-g", "{},{} {}x{}".format(*region)]
    return _run([program, *what, "-"], timeout_s)


def _run(command: list[str], timeout_s: float) -> bytes:
    """Standard output of a program that gets no input; it and all it started are gone when this returns."""
    nothing = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            command, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing, start_new_session=True
        )
    except OSError as error:
        raise EnvironmentProblem("The program grim could not be started.", FROM_FILE) from error
    with process:
        try:
            output, _ = process.communicate(timeout=timeout_s)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                told = f"The program grim gave no picture within {timeout_s:g} seconds."
                raise EnvironmentProblem(told, FROM_FILE) from error
            raise
    if process.returncode != 0:
        raise EnvironmentProblem("The program grim cannot capture this desktop, or not that part of it.", FROM_FILE)
    return output
