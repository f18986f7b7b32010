"""What a person or a machine wrote as a time: the moment it means, its zone, and how sure we are."""

from bundler.moments.parse import parse_when
from bundler.moments.when import When
from bundler.moments.zones import find_zone, zone_name

__all__ = ["When", "find_zone", "parse_when", "zone_name"]
