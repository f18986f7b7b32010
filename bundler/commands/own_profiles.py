"""The user's own provider profiles: lets them take part, and finds the one that was named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from click import Context, Parameter


def use_own_profiles() -> None:
    """Let every profile of the user's own take part; raises ``UnreadableInput`` for one with a mistake in it."""
    from bundler import config, providers
    from bundler.config.profiles import load_folder, own_folders

    folders = own_folders(config.provider_places(config.current_folder()))
    providers.use([load_folder(folder) for folder in folders.values()])


def choose_provider(name: str) -> str:
    """The slug of the provider that was typed or configured as ``name``; "" for none.

    ``name`` is that of a shipped profile, that of a folder in one of the places for own profiles, or the path of a
    folder anywhere, which then takes part before all others. Raises ``MisuseError`` for a name that nobody knows and
    ``UnreadableInput`` for a folder with a mistake in it.
    """
    from bundler import config, providers
    from bundler.config.profiles import find_folder, is_path, load_folder
    from bundler.providers.loading import shipped_in

    if not name or name in providers.known_providers():
        return name
    folder = Path(name) if is_path(name) else find_folder(name, config.provider_places(config.current_folder()))
    if folder is None:
        return providers.load(name).slug
    if shipped := shipped_in(folder):
        return shipped
    profile = load_folder(folder)
    providers.use((profile, *(own for own in providers.own_profiles() if own.slug != profile.slug)))
    return profile.slug


def complete_provider(_context: Context, _option: Parameter, incomplete: str) -> list[str]:
    """The names of providers that begin like ``incomplete``, for the shell; a broken folder is no reason to fail."""
    from bundler import config, providers
    from bundler.config.profiles import own_folders
    from bundler.errors import BundlerError

    try:
        own = own_folders(config.provider_places(config.current_folder()))
    except BundlerError:
        own = {}
    return [name for name in dict.fromkeys((*providers.PROVIDERS, *own)) if name.startswith(incomplete)]
