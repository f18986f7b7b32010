"""What a person or a machine wrote as a time: the moment it means, its zone, and how sure we are."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bundler.moments.parse import parse_when
    from bundler.moments.when import When
    from bundler.moments.zones import find_zone, zone_name

__all__ = ["When", "find_zone", "parse_when", "zone_name"]

_HOMES = {"parse": ("parse_when",), "when": ("When",), "zones": ("find_zone", "zone_name")}


def __getattr__(name: str) -> Any:
    """Zones are needed by whoever reads a log; what people write as times, only by whoever asks."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"bundler.moments.{home}"), name)
    raise AttributeError(name)
