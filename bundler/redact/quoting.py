"""How names and strings are written in what we read: the parts that many patterns are put together from."""

from __future__ import annotations

import re

QUOTE = rb"\\{0,15}[\"'`]"
"""A quote, behind the backslashes of a string in a string in a string."""
OPENING = rb"(\\{0,15})([\"'`])"
"""The same with a group for the backslashes and one for the quote."""
LINE_BREAK = rb"(?:\r?\n|(?:\\{1,15}r)?\\{1,15}n)"
"""The end of a line, as it is or escaped."""
NAME_BYTES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-" + bytes(range(128, 256))
"""What a name of a field is written with."""
SETTING_VERB = re.compile(
    rb"\A(?:.{0,80}\.)?(?i:set|with|add|put|append|use|and|update|change|assign|override)(?:_|(?=[A-Z]))"
)
"""What the name of a function begins with that is told the value of a field: ``setApiKey``, ``b.with_reference``."""
