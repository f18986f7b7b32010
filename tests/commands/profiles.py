"""Makes profile folders of an invented provider for the tests that use them."""

from __future__ import annotations

from pathlib import Path

from bundler.config.skeletons import skeleton


def make_profile(place: Path, slug: str = "acme", **changed: str) -> Path:
    """The shipped skeleton in ``place/slug``, with the files that are named (without .toml) replaced."""
    folder = place / slug
    folder.mkdir(parents=True)
    for name, text in (dict(skeleton(slug)) | {f"{name}.toml": text for name, text in changed.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
