"""Turns what one has of a failed payment into a ticket that developer support can act on at once."""

__version__ = "0.1.0"
