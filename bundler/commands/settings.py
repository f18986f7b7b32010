"""What is configured, with the user's own log formats and provider profiles taking part from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bundler.config import Settings

if TYPE_CHECKING:
    from bundler.logs.types import LogFormat


def load_settings(*, asks_providers: bool = True) -> Settings:
    """The settings for the current folder; raises ``UnreadableInput`` and ``MisuseError`` for what is wrong in them.

    ``provider`` is the slug of a profile that is there. Who does not ask for providers gets it as it is written, and
    sooner.
    """
    from bundler import config
    from bundler.logs.catalogue import use

    settings = config.load(config.current_folder())
    own: tuple[LogFormat, ...] = ()
    if settings.formats:
        from bundler.evidence.own_formats import read_formats
        from bundler.logs.own_formats import load_formats

        own = load_formats(read_formats(settings.formats))
    use(own)
    if not asks_providers:
        return settings
    from bundler.commands.own_profiles import choose_provider, use_own_profiles

    use_own_profiles()
    return settings._replace(provider=choose_provider(settings.provider))
