"""Finds merchant, payment and trace ids in exchanges and logs, and remembers where each was seen."""

from bundler.identify.facts import identify
from bundler.identify.story import payment_story

__all__ = ["identify", "payment_story"]
