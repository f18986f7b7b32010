"""The pictures of a case, without what they carry besides what one sees."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from bundler.assemble.case import Case
from bundler.errors import MisuseError
from bundler.evidence.sources import Source
from bundler.model import Picture
from bundler.pictures.clean import clean


def require_pictures(case: Case, sources: Sequence[Source]) -> None:
    """Refuse an area for a picture that is not there: it would leave uncovered what somebody meant to cover."""
    names = {"", *(source.name for source in sources), *(Path(source.name).name for source in sources)}
    for name, _ in case.boxes:
        if name not in names or not sources:
            which = f"no picture is called {name!r}" if name else "there is no picture"
            raise MisuseError(
                f"--redact has nothing to fill: {which}.", "Name the picture as evidence, and as it is called."
            )


def clean_picture(source: Source, case: Case, number: int) -> Picture:
    """The picture of that number, encoded anew, with the areas filled that were named for it."""
    names = {"", source.name, Path(source.name).name}
    with source.open() as stream:
        picture = clean(stream, source.name, boxes=[box for name, box in case.boxes if name in names])
    # a name made plain hides from masking what the source's own name says
    return replace(picture, name=f"picture-{number}{Path(picture.name).suffix}")
