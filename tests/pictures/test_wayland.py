"""grim is stood in for by scripts: a real one needs a compositor that refuses to run as root."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from PIL import Image

from bundler.errors import BundlerError, EnvironmentProblem, MisuseError
from bundler.pictures.capture import capture, monitors
from tests.pictures.build import image, saved


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Wayland session whose PATH holds what a test puts into this folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    return folder


def install_grim(programs: Path, script: str) -> None:
    (programs / "grim").write_text(f"#!/bin/sh\n{script}\n")
    (programs / "grim").chmod(0o755)


def grim_that_gives(programs: Path, data: bytes) -> None:
    (programs.parent / "out").write_bytes(data)
    install_grim(programs, f'echo "$*" > {programs.parent}/asked; exec /bin/cat {programs.parent}/out')


def asked(programs: Path) -> str:
    return (programs.parent / "asked").read_text().strip()


@pytest.mark.parametrize("variable", ["WAYLAND_DISPLAY", "XDG_SESSION_TYPE"])
def test_wayland_without_grim_is_refused_with_what_to_do_instead(
    variable: str, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.setenv(variable, "wayland")
    with pytest.raises(EnvironmentProblem, match="Wayland") as caught:
        capture()
    assert "--from FILE" in caught.value.hint


def test_wayland_with_grim_gives_its_pixels(programs: Path) -> None:
    grim_that_gives(programs, saved(image()))
    assert Image.open(io.BytesIO(capture())).tobytes() == image().tobytes()
    assert asked(programs) == "-"


def test_an_output_and_a_region_are_handed_to_grim_as_it_wants_them(programs: Path) -> None:
    grim_that_gives(programs, saved(image()))
    capture(monitor="HDMI-A-1; rm -rf .")
    assert asked(programs) == "-o HDMI-A-1; rm -rf . -"
    capture(region=(10, 20, 300, 40))
    assert asked(programs) == "-g 10,20 300x40 -"


def test_what_grim_has_no_words_for_is_refused(programs: Path) -> None:
    grim_that_gives(programs, saved(image()))
    for attempt in ({"monitor": 1}, {"monitor": "primary"}, {"monitor": "DP-1", "region": (0, 0, 1, 1)}):
        with pytest.raises(MisuseError):
            capture(**attempt)
    with pytest.raises(EnvironmentProblem, match="which monitors"):
        monitors()


def test_a_blank_picture_of_grim_is_refused_too(programs: Path) -> None:
    grim_that_gives(programs, saved(Image.new("RGB", (60, 40))))
    with pytest.raises(EnvironmentProblem, match="blank: all of it is black"):
        capture()
    assert capture(allow_blank=True).startswith(b"\x89PNG")


@pytest.mark.parametrize("output", [b"", b"no picture at all", saved(image())[:60]])
def test_what_is_no_picture_is_refused(output: bytes, programs: Path) -> None:
    grim_that_gives(programs, output)
    with pytest.raises(EnvironmentProblem, match="did not hand over a picture"):
        capture()


def test_a_compositor_that_grim_cannot_capture_is_told(programs: Path) -> None:
    install_grim(programs, 'echo "compositor doesn\'t support wlr-screencopy-unstable-v1" >&2; exit 1')
    with pytest.raises(EnvironmentProblem, match="cannot capture this desktop"):
        capture()


def test_a_grim_that_cannot_start_is_told(programs: Path) -> None:
    (programs / "grim").write_bytes(b"\x7fELF, or so it says")
    (programs / "grim").chmod(0o755)
    with pytest.raises(BundlerError, match="could not be started"):
        capture()


def test_a_grim_that_hangs_is_ended_with_all_it_started(programs: Path) -> None:
    install_grim(programs, f"/bin/sleep 60 & echo $! > {programs.parent}/child; wait")
    started = time.monotonic()
    with pytest.raises(EnvironmentProblem, match=r"within 0\.4 seconds"):
        capture(timeout_s=0.4)
    assert time.monotonic() - started < 3
    child = int((programs.parent / "child").read_text())
    for _ in range(100):
        if not _is_running(child):
            break
        time.sleep(0.02)
    assert not _is_running(child)


def _is_running(pid: int) -> bool:
    """A process that ended and waits for its new parent to notice does not run any more."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
