"""Finds the line of a TOML file on which a row begins: the reader of TOML tells what a file says, not where."""

from __future__ import annotations

import re


def line_of_row(text: str, table: str, count: int) -> int:
    """The line, from 1, on which row ``count`` (from 1) of ``table`` begins; that of the table where it is not found.

    Rows are written as ``[[table]]``, or as an array of inline tables with one row a line.
    """
    lines = text.splitlines()
    headers = [number for number, line in enumerate(lines, 1) if re.match(rf"\s*\[\[\s*{table}\s*\]\]", line)]
    if count <= len(headers):
        return headers[count - 1]
    begin = next((number for number, line in enumerate(lines, 1) if re.match(rf"\s*{table}\s*=", line)), 1)
    inline = [number for number, line in enumerate(lines[begin:], begin + 1) if re.match(r"\s*\{", line)]
    return inline[count - 1] if count <= len(inline) else begin
