"""While other processes search a large log, what is needed later is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bundler.evidence import workers
from tests.logs.reference import IDS, made_log

_CREATE = """
import sys
from bundler.excerpts import early, searching
from bundler.assemble import excerpts
from bundler.cli import run

def finish(self, progress, finish=early.EarlySearch.finish):
    print("jinja2.sandbox" in sys.modules, "bundler.assemble.parcel" in sys.modules, file=sys.stderr)
    return finish(self, progress)

early.EarlySearch.finish = finish
searching.FORK_FROM = excerpts.READ_WHOLE = int(sys.argv[1])
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.skipif(not workers.can_fork(), reason="elsewhere nothing is searched early")
@pytest.mark.parametrize(("large_from", "is_loaded"), [(1_000, True), (1 << 40, False)])
def test_rest_is_loaded_while_a_large_log_is_searched(tmp_path: Path, large_from: int, is_loaded: bool) -> None:
    (tmp_path / "shop.log").write_bytes(made_log(7, 2_000))
    argv = [
        "create",
        "--payment-id",
        IDS[0],
        str(tmp_path / "shop.log"),
        "-o",
        str(tmp_path / "out"),
        "--no-input",
        "-q",
    ]
    done = subprocess.run(
        [sys.executable, "-c", _CREATE, str(large_from), *argv], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0] == f"{is_loaded} {is_loaded}"
