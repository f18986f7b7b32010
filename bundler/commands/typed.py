"""Reads what is typed the same way in several commands: spans of time and sizes."""

from __future__ import annotations

import re
from datetime import timedelta

import click

from bundler.errors import MisuseError
from bundler.logs.types import AFTER, BEFORE

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_DURATION = r"(\d{1,6}(?:\.\d{1,3})?)\s*(s|m|min|h|d)"
_SIZES = {"": 1, "b": 1, "k": 1000, "kb": 1000, "m": 1000**2, "mb": 1000**2, "g": 1000**3, "gb": 1000**3}
_SIZES |= {"kib": 1024, "mib": 1024**2, "gib": 1024**3}
_SIZE = r"(\d{1,12}(?:\.\d{1,3})?)\s*([a-z]*)"


class QuickCommand(click.Command):
    """Gives click the long names of short options: it looks for words near to ``-o`` before it knows that as one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = [each for each in self.params if isinstance(each, click.Option)]
        longs = {name: each.opts[-1] for each in options for name in each.opts if len(name) == 2}
        flags = {name for each in options if each.is_flag for name in each.opts}
        before = ""
        for place, arg in enumerate(args):
            if arg == "--":
                break
            # what follows an option may be its value, however it looks
            if arg in longs and (before[:1] != "-" or "=" in before or before in flags):
                args[place] = longs[arg]
            before = arg
        return super().parse_args(ctx, args)


def parse_window(text: str) -> tuple[timedelta, timedelta]:
    """``5m,2m`` -> five minutes before and two after; one value counts for both sides."""
    if not text:
        return BEFORE, AFTER
    parts = [part.strip() for part in text.split(",")]
    found = [re.fullmatch(_DURATION, part) for part in parts]
    if not 1 <= len(parts) <= 2 or None in found:
        raise MisuseError(f"--window {text!r} is not understood.", "Write it as BEFORE,AFTER: 5m,2m or 30s,1h.")
    spans = [timedelta(seconds=float(match[1]) * _UNITS[match[2]]) for match in found if match is not None]
    return spans[0], spans[-1]


def parse_size(text: str) -> int:
    """``200KB`` -> 200,000 bytes; 0 for nothing typed."""
    if not text:
        return 0
    match = re.fullmatch(_SIZE, text.strip().lower())
    if match is None or match[2] not in _SIZES or not float(match[1]):
        raise MisuseError(f"{text!r} is not a size.", "Write it as 200KB, 5MB or 1GiB.")
    return int(float(match[1]) * _SIZES[match[2]])
