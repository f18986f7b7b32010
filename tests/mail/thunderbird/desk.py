"""Somebody's desk: a screen of its own, Thunderbird with one account, and a server on loopback that takes the mail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.conftest import Outcome
from tests.delivery.rigs import Sink, Taken, reception
from tests.mail.thunderbird.profile import make_profile
from tests.mail.thunderbird.window import Draft, Seen, look
from tests.pictures.conftest import running, x_server

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60
_WRITING = "^Write: .*\\S - Thunderbird$"
"""The window that writes, as soon as it has its subject."""


class Desk(NamedTuple):
    """``environment`` is what programs on this desk run with, ``sink`` has the mails that were sent from it."""

    home: Path
    profile: Path
    environment: dict[str, str]
    sink: Sink

    def bundle(self, *argv: str | Path) -> Outcome:
        """The real program, as it is typed in a terminal on this desk."""
        environment = {**self.environment, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bundler", *map(str, argv)]
        ran = subprocess.run(
            command, cwd=self.home, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        return Outcome(ran.returncode, ran.stdout, ran.stderr)

    def open(self, *argv: str | Path) -> None:
        """Starts Thunderbird with these words, and leaves it running."""
        command = ["setsid", "--fork", "thunderbird", *map(str, argv)]
        nothing = subprocess.DEVNULL
        subprocess.run(command, env=self.environment, stdin=nothing, stdout=nothing, stderr=nothing, check=True)

    def windows(self, title: str) -> list[str]:
        """The windows that are shown with such a title, a regular expression."""
        command = ["xdotool", "search", "--onlyvisible", "--name", title]
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=30)
        return ran.stdout.split()

    def window(self, title: str) -> str:
        """The only window with such a title, as soon as it is there."""
        until = time.monotonic() + PATIENCE_S
        while not (found := self.windows(title)):
            assert time.monotonic() < until, f"there is no window {title!r}, but {self.titles()}"
            time.sleep(0.2)
        (window,) = found
        return window

    def titles(self) -> list[str]:
        """Of all windows that are shown, for whoever asks why something did not happen."""
        return [self._run("xdotool", "getwindowname", each).strip() for each in self.windows(".")]

    def draft(self, *, files: int) -> Draft:
        """What the window shows that writes, as soon as it shows ``files`` attachments."""
        self.window(_WRITING)
        until = time.monotonic() + PATIENCE_S
        while len((shown := Draft(look(self.environment, "Write: "))).files) != files:
            assert time.monotonic() < until, shown
            time.sleep(0.5)
        return shown

    def press_send(self) -> Taken:
        """Presses Ctrl+Return in the window that writes, and gives what the server took."""
        window = self.window(_WRITING)
        self._run("xdotool", "windowfocus", "--sync", window, "key", "ctrl+Return")
        return self._sent()

    def click_send(self, draft: Draft) -> Taken:
        """Clicks the button with the mouse, and gives what the server took."""
        self.click(draft.send)
        return self._sent()

    def click(self, seen: Seen, *, count: int = 1) -> None:
        """Clicks a thing with the mouse, as many times."""
        self._run("xdotool", "mousemove", str(seen.x), str(seen.y), "click", "--repeat", str(count), "1")

    def type(self, title: str, text: str) -> None:
        """Types a line into the window with such a title."""
        window = self.window(title)
        self._run("xdotool", "windowfocus", "--sync", window, "type", text)
        self._run("xdotool", "key", "Return")

    def find(self, role: str, name: str) -> Seen:
        """The first such thing in any window in whose name this stands, as soon as it is there."""
        until = time.monotonic() + PATIENCE_S
        while not (found := [each for each in look(self.environment) if each.role == role and name in each.name]):
            assert time.monotonic() < until, f"there is no {role} {name!r}; the windows are {self.titles()}"
            time.sleep(0.5)
        return found[0]

    def _sent(self) -> Taken:
        """The only mail, as soon as it was sent and its window has closed."""
        until = time.monotonic() + PATIENCE_S
        while not self.sink.box or self.windows(_WRITING):
            assert time.monotonic() < until, f"nothing was sent; the windows are {self.titles()}"
            time.sleep(0.2)
        (taken,) = self.sink.box
        self.sink.box.clear()
        return taken

    def _run(self, *command: str) -> str:
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True, timeout=30)
        return ran.stdout

    def leave(self) -> None:
        """Ends Thunderbird, whoever started it; nothing happens where it does not run."""
        with suppress(OSError):
            number = int(str((self.profile / "lock").readlink()).rpartition("+")[2])
            os.kill(number, signal.SIGKILL)
            until = time.monotonic() + PATIENCE_S
            while Path(f"/proc/{number}/cmdline").read_bytes():
                assert time.monotonic() < until, "Thunderbird does not end"
                time.sleep(0.1)


@contextmanager
def desk(home: Path, imap: int | None = None) -> Iterator[Desk]:
    """A desk with this home folder, which is empty; at the end all that ran on it has ended.

    ``imap`` is the port of a server without TLS that has the mailbox; without one there is none.
    """
    sink = Sink()
    (home / "run").mkdir(mode=0o700)
    with ExitStack() as stack:
        screen = stack.enter_context(x_server("-screen", "0", "1280x900x24"))
        profile = make_profile(home, stack.enter_context(reception(sink, None)), imap)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DBUS_"))},
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "DISPLAY": screen.name,
            "LC_ALL": "C.UTF-8",
            "MOZ_LEGACY_PROFILES": "1",  # without an installation of its own, the one profile is taken
            "GNOME_ACCESSIBILITY": "1",
        }
        command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
        bus = stack.enter_context(running(command, env=environment, stdout=subprocess.PIPE))
        assert bus.stdout is not None
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
        made = Desk(home, profile, environment, sink)
        try:
            yield made
        finally:
            made.leave()
