"""The whole documents of the full ticket, kept as files that a reviewer can open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from bundler.render import TEMPLATES, Tool, render
from tests.build import safe_ticket

TOOL = Tool("ticket-bundler", "0.1.0")
GOLDEN = Path(__file__).parents[1] / "golden"


def kept_as(ending: str) -> type[SingleFileSnapshotExtension]:
    """Files in tests/golden under the document's own name."""

    class Kept(SingleFileSnapshotExtension):
        file_extension = ending
        _write_mode = WriteMode.TEXT

        @classmethod
        def dirname(cls, *, test_location: PyTestLocation) -> str:
            return str(GOLDEN)

        @classmethod
        def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
            return str(index)

        @classmethod
        def matches_test_location(cls, *, test_location: PyTestLocation, snapshot_location: str) -> bool:
            return test_location.testname.endswith(f"[{Path(snapshot_location).name}]")

        def is_snapshot_location(self, *, location: str) -> bool:
            return Path(location).name in TEMPLATES

    return Kept


@pytest.mark.filterwarnings(r"ignore:\s*Can not relate snapshot")  # said while updating: the files have their own names
@pytest.mark.parametrize("template", TEMPLATES)
def test_document_is_the_one_that_was_reviewed(template: str, snapshot: SnapshotAssertion) -> None:
    stem, _, ending = template.rpartition(".")
    assert render(template, safe_ticket(), tool=TOOL) == snapshot(name=stem, extension_class=kept_as(ending))


def test_colours_of_the_report_can_be_told_apart() -> None:
    style = re.search(r"<style>(.*?)</style>", (GOLDEN / "report.html").read_text("utf-8"), re.DOTALL)
    assert style
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w+)", part)) for part in style[1].split("@media", 2)[:2])
    assert light.keys() == dark.keys()
    for palette in (light, dark):
        for ground in ("page", "card", "sunk"):
            for ink in ("text", "muted", "accent", "bad", "warn", "good"):
                assert contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)
        pairs = [("bad", "bad-soft"), ("warn", "warn-soft"), ("good", "good-soft"), ("info", "info-soft")]
        for ink, ground in [*pairs, ("text", "mark"), ("text", "line"), ("text", "bad-soft"), ("muted", "bad-soft")]:
            assert contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)


def contrast(ink: str, ground: str) -> float:
    """The contrast ratio of WCAG 2.2, 1.4.3."""
    dark, light = sorted((luminance(ink), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
