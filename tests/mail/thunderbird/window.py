"""What a window shows, as it is read aloud to those who cannot see it (AT-SPI, the desktop's accessibility)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import NamedTuple

from tests.pictures.conftest import SYSTEM_PYTHON

_LOOK = """
import json, sys
import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi
def walk(each):
    text = each.get_text_iface()
    place = each.get_component_iface()
    at = place.get_extents(Atspi.CoordType.SCREEN) if place else None
    yield (each.get_role_name(), each.get_name(), text.get_text(0, -1) if text else "",
           at.x + at.width // 2 if at else 0, at.y + at.height // 2 if at else 0)
    for number in range(each.get_child_count()):
        child = each.get_child_at_index(number)
        if child is not None:
            yield from walk(child)
desktop = Atspi.get_desktop(0)
programs = [desktop.get_child_at_index(number) for number in range(desktop.get_child_count())]
windows = [each.get_child_at_index(number) for each in programs for number in range(each.get_child_count())]
print(json.dumps([seen for each in windows if each.get_name().startswith(sys.argv[1]) for seen in walk(each)]))
"""
"""Runs with Debian's Python, to which these bindings belong."""


class Seen(NamedTuple):
    """A thing in a window: what it is, its name, the text in it, and its middle on the screen."""

    role: str
    name: str
    text: str
    x: int
    y: int


def look(environment: Mapping[str, str], title: str = "") -> tuple[Seen, ...]:
    """Everything in the windows whose titles begin so; nothing while a window changes under the look."""
    ran = subprocess.run(
        [SYSTEM_PYTHON, "-c", _LOOK, title], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return () if ran.returncode else tuple(Seen(*each) for each in json.loads(ran.stdout))


class Draft(NamedTuple):
    """A window that writes a mail."""

    seen: tuple[Seen, ...]

    @property
    def addresses(self) -> list[str]:
        """In Reply-To, To, Cc and Bcc, as they are shown."""
        end = ": press Enter to edit, Delete to remove."
        return [each.name.removesuffix(end) for each in self.seen if each.name.endswith(end)]

    @property
    def subject(self) -> str:
        return next((each.text for each in self.seen if (each.role, each.name) == ("entry", "Subject")), "")

    @property
    def files(self) -> list[str]:
        """The names of the attachments; the size behind them is left out."""
        files = [each.name for each in self.seen if each.role == "list item" and each.name.endswith(("KB", "bytes"))]
        return [name.rsplit(maxsplit=2)[0].replace(" .", ".") for name in files]

    @property
    def pictures(self) -> list[str]:
        """What is said of the pictures in the text."""
        return [each.name for each in self.seen if each.role == "image" and each.name]

    @property
    def send(self) -> Seen:
        return next(each for each in self.seen if (each.role, each.name) == ("push button", "Send"))
