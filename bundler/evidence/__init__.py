"""What the user named, opened, and who can read it."""

from bundler.evidence.recognition import Recognition, format_names, recognise
from bundler.evidence.sources import Skipped, Source, counted, gather, shown_name, unreadable

__all__ = [
    "Recognition",
    "Skipped",
    "Source",
    "counted",
    "format_names",
    "gather",
    "recognise",
    "shown_name",
    "unreadable",
]
