"""What is configured, with the user's own log formats taking part from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bundler.config import Settings

if TYPE_CHECKING:
    from bundler.logs.types import LogFormat


def load_settings() -> Settings:
    """The settings for the current folder; raises ``UnreadableInput`` and ``MisuseError`` for what is wrong in them."""
    from bundler import config
    from bundler.logs.catalogue import use

    settings = config.load(config.current_folder())
    own: tuple[LogFormat, ...] = ()
    if settings.formats:
        from bundler.evidence.own_formats import read_formats
        from bundler.logs.own_formats import load_formats

        own = load_formats(read_formats(settings.formats))
    use(own)
    return settings
