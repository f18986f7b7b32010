"""What the scores of readers mean, so that two readers never claim the same text by accident.

Detectors only ever return one of these. A source is taken when its best score reaches ``POSSIBLE``; ``HINT`` and
``NO`` leave it to logs, pictures or nobody.
"""

from __future__ import annotations

CERTAIN = 0.97
"""The text opens with what only this format opens with: a curl command, the ``log`` and ``entries`` of a HAR."""

STRONG = 0.9
"""Unmistakable marks of the format, but another reader may know the text even better."""

LIKELY = 0.75
"""One mark of the format in its place; the rest fits."""

POSSIBLE = 0.5
"""A mark of the format somewhere in other text: worth a try when nobody knows better."""

HINT = 0.2
"""Readable as this format when a person says so, but nothing in the text asks for it."""

NO = 0.0
"""Not this format."""
