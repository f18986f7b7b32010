"""A finished bundle for the tests of commands that look at one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.previews import HAR, LOG, PICTURE
from tests.conftest import Invoke


@pytest.fixture
def bundle(invoke: Invoke, tmp_path: Path) -> Path:
    """A finished bundle with a picture, its mail and map beside it."""
    files: dict[str, str] = json.loads(invoke("create", HAR, LOG, PICTURE, "--json").out)["files"]
    return tmp_path / files["bundle"]
