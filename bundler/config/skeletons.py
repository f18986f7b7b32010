"""Writes a provider profile to begin with; the outside thing it touches: the folder that it makes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from bundler.errors import EnvironmentProblem, MisuseError, UnreadableInput

_EXAMPLES = Path(__file__).parent / "new_profile"


def skeleton(slug: str) -> tuple[tuple[str, str], ...]:
    """The files (name and text) of a commented profile called ``slug`` that nothing is wrong with.

    Raises ``MisuseError`` for what is no slug, and for that of a shipped profile.
    """
    from bundler.providers import PROVIDERS
    from bundler.providers.reviewing import is_slug

    if not is_slug(slug):
        raise MisuseError(
            f"{slug[:60]!r} is no name for a provider.", "Take up to 40 small letters, digits and hyphens: acme-pay."
        )
    if slug in PROVIDERS:
        raise MisuseError(
            f"{slug} is a shipped profile.",
            "Take another name; a profile of your own with replaces = true stands in for it.",
        )
    name = slug.replace("-", " ").title()
    texts = ((path.name, path.read_text(encoding="utf-8")) for path in sorted(_EXAMPLES.glob("*.toml")))
    return tuple((file, text.replace("Acme", name).replace("acme", slug)) for file, text in texts)


def write_skeleton(folder: Path) -> None:
    """Make ``folder`` with a skeleton named after it, whole or not at all, and never in place of something."""
    files = skeleton(folder.name)
    if os.path.lexists(folder):
        raise UnreadableInput(
            f"{folder} exists already.", f"Edit it, or look at ticket-bundler provider check {folder}."
        )
    begun = folder.parent / f".{folder.name}.{os.getpid()}"
    try:
        begun.mkdir(parents=True)
        for name, text in files:
            (begun / name).write_text(text, encoding="utf-8")
        begun.rename(folder)
    except OSError as error:
        shutil.rmtree(begun, ignore_errors=True)
        raise EnvironmentProblem(f"{folder} cannot be written ({error.strerror}).", "Try --stdout.") from error
