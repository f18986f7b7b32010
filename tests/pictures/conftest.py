"""Real X servers with real windows on them; the tests alone set DISPLAY, and only for as long as they run."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's Tk belongs to Debian's Python

WINDOWS = """
import tkinter
root = tkinter.Tk()
places = [(root, "ticket-bundler one", "320x200+100+50", "#ff0000", "#00ff00"),
          (tkinter.Toplevel(root), "ticket-bundler two", "200x120+700+400", "#0000ff", "#ffff00")]
for window, title, place, left, right in places:
    window.title(title)
    window.geometry(place)
    canvas = tkinter.Canvas(window, bg=left, highlightthickness=0)
    canvas.pack(fill="both", expand=True)
    width = int(place.partition("x")[0])
    canvas.create_rectangle(width // 2, 0, width, 400, fill=right, width=0)
root.after(100, lambda: (root.update(), print("ready", flush=True)))
root.mainloop()
"""
"""No window manager is running, so a window lies exactly where it says."""


def need(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} missing (Debian: xvfb, xdotool, x11-xserver-utils, python3-tk)")


class Display:
    """One running X server."""

    def __init__(self, name: str, server: subprocess.Popen[bytes]) -> None:
        self.name = name
        self.server = server

    def run(self, *command: str) -> None:
        """Run an X program on this display."""
        environment = {**os.environ, "DISPLAY": self.name}
        subprocess.run(command, env=environment, capture_output=True, check=True, timeout=10)


@contextmanager
def running(command: list[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def x_server(*flags: str) -> Iterator[Display]:
    need("Xvfb")
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-nolisten", "tcp", "-noreset", *flags]
    with running(command, pass_fds=(write_end,)) as server:
        os.close(write_end)
        try:
            number = b""
            while not number.endswith(b"\n"):
                assert select.select([read_end], [], [], 15)[0], "Xvfb did not start"
                part = os.read(read_end, 16)
                assert part, "Xvfb ended at once"
                number += part
        finally:
            os.close(read_end)
        yield Display(f":{number.decode().strip()}", server)


@pytest.fixture
def start_display(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Display]]:
    """Starts an X server of one's own with these flags, and makes it the display."""
    with ExitStack() as stack:

        def start(*flags: str) -> Display:
            display = stack.enter_context(x_server(*flags))
            use(display.name, monkeypatch)
            return display

        yield start


@pytest.fixture(scope="session")
def _desktop() -> Iterator[Display]:
    need("Xvfb", "xdotool", SYSTEM_PYTHON)
    if subprocess.run([SYSTEM_PYTHON, "-c", "import tkinter"], capture_output=True, check=False).returncode:
        pytest.skip("Tk is missing (Debian: python3-tk)")
    with x_server("-screen", "0", "1280x800x24") as display:
        environment = {**os.environ, "DISPLAY": display.name}
        windows = [SYSTEM_PYTHON, "-c", WINDOWS]
        with running(windows, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            for title in ("one", "two"):
                display.run("xdotool", "search", "--sync", "--onlyvisible", "--name", f"^ticket-bundler {title}$")
            yield display


@pytest.fixture
def desktop(_desktop: Display, monkeypatch: pytest.MonkeyPatch) -> Display:
    """1280 x 800 with two windows: red and green at 100,50; blue and yellow at 700,400; the rest black."""
    use(_desktop.name, monkeypatch)
    return _desktop


def use(name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    if name is None:
        monkeypatch.delenv("DISPLAY", raising=False)
    else:
        monkeypatch.setenv("DISPLAY", name)
