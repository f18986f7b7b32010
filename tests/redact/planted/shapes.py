"""The secrets and personal values that are planted: each by its own invention, with the name it is known by."""

from __future__ import annotations

from tests.redact.planted.making import Shape
from tests.redact.planted.shapes_credentials import CREDENTIALS
from tests.redact.planted.shapes_numbers import NUMBERS
from tests.redact.planted.shapes_people import PEOPLE

SHAPES: tuple[Shape, ...] = (*NUMBERS, *CREDENTIALS, *PEOPLE)
"""Everything that must not be left, however it is written down."""
