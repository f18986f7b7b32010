"""Lets a failing check of the story say what it compared."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.logs.real.story")
