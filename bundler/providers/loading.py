"""The profiles there are, shipped ones and the user's own; touches the data files beside this module only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from bundler.errors import MisuseError, UnreadableInput
from bundler.providers.profile import Host, Profile
from bundler.providers.reading import Reading, read
from bundler.providers.refusals import nearest

PROVIDERS: tuple[str, ...] = (
    "vipps-mobilepay",
    "stripe",
    "adyen",
    "paypal",
    "klarna",
    "swedbank-pay",
    "nexi",
    "braintree",
    "mollie",
    "generic",
)
"""Every provider that has a folder here; ``generic`` stands for all others and comes last."""

FOLDER = Path(__file__).parent
HOSTS = "hosts.toml"
"""The file of a shipped profile that alone names its hosts."""

_own: dict[str, Profile] = {}


def load(slug: str) -> Profile:
    """The profile called ``slug``, the user's own before a shipped one; raises ``MisuseError`` where there is none."""
    if slug in _own:
        return _own[slug]
    if slug not in PROVIDERS:
        raise MisuseError(f"Nobody knows the provider {slug[:60]!r}.", nearest(slug, known_providers()))
    return _load_shipped(slug)


def load_or_generic(slug: str) -> Profile:
    """As ``load``, for a slug out of a finished ticket: the generic profile where nobody here knows it."""
    return load(slug if slug in known_providers() else PROVIDERS[-1])


def hosts_of(slug: str) -> tuple[Host, ...]:
    """The hosts of a profile without the rest of it, so that a provider can be recognised among many at little cost."""
    return _own[slug].hosts if slug in _own else _shipped_hosts(slug)


def use(own: Sequence[Profile]) -> None:
    """Let the user's own profiles take part from now on, in place of those given before.

    Which of them stand in for a shipped one was looked at when they were reviewed. They are those of this process, and
    of what it forks.
    """
    _own.clear()
    _own.update((profile.slug, profile) for profile in own)


def own_profiles() -> tuple[Profile, ...]:
    """The profiles that ``use`` was given: whose hosts they name belongs to them, whatever a shipped profile says."""
    return tuple(_own.values())


def known_providers() -> tuple[str, ...]:
    """The slugs of all profiles, the user's own first and the generic one last."""
    return (*_own, *(slug for slug in PROVIDERS if slug not in _own))


@lru_cache(maxsize=len(PROVIDERS))
def _shipped_hosts(slug: str) -> tuple[Host, ...]:
    """What stands in ``hosts.toml``; the tests hold shipped profiles to have no hosts elsewhere."""
    texts = [(path.name, path.read_bytes()) for path in (FOLDER / slug).glob(HOSTS)]
    return tuple(placed.row for placed in read(slug, texts).rows if isinstance(placed.row, Host))


@lru_cache(maxsize=len(PROVIDERS))
def _load_shipped(slug: str) -> Profile:
    return read_profile(FOLDER / slug)


def read_profile(folder: Path) -> Profile:
    """The profile that the TOML files of ``folder`` make together, read in the order of their names.

    Raises ``UnreadableInput`` naming the file, the line and the field that is wrong. What the rows say is not
    reviewed: of the shipped profiles that is done once, by their tests.
    """
    return profile_of(read(folder.name, _texts(folder)))


def read_shipped(slug: str) -> Reading:
    """A shipped profile with where its rows stand, for a review; ``slug`` is one of ``PROVIDERS``."""
    return read(slug, _texts(FOLDER / slug))


def shipped_in(folder: Path) -> str:
    """The slug of the shipped profile whose own folder this is, however its path is written; "" for any other."""
    place, name = os.path.split(os.path.realpath(folder))
    return name if name in PROVIDERS and place == os.path.realpath(FOLDER) else ""


def profile_of(reading: Reading) -> Profile:
    """The profile that was read; raises the first problem where there is one."""
    for problem in reading.problems:
        raise problem
    if reading.profile is None:
        raise UnreadableInput("The provider folder holds no profile.", "Give it a profile.toml.")
    return reading.profile


def _texts(folder: Path) -> Iterable[tuple[str, bytes]]:
    for path in sorted(folder.glob("*.toml")):
        try:
            yield path.name, path.read_bytes()
        except OSError as error:
            raise UnreadableInput(
                f"{folder.name}/{path.name} could not be read: {error.strerror}.", "Check the file and its permissions."
            ) from error
