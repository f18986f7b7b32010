"""Logs of Node programs: pino's, winston's and bunyan's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.logs.real.story import HERE, ISO, LOCAL, PAYMENT, Stamp, Write, check, once, run

MODULES = HERE / "node" / "node_modules"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(
        not all((MODULES / name).is_dir() for name in ("pino", "winston", "bunyan")),
        reason="pino, winston and bunyan are not installed: npm ci --ignore-scripts --prefix tests/logs/real/node",
    ),
]


PINO = {"default": Stamp(r'"time":(\d{10})(\d{3}),', "epoch"), "named": ISO}
WINSTON = {"json": ISO, "logstash": ISO, "line": ISO, "coloured": ISO, "local": LOCAL}


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Runs ``node/write_….js`` by its name."""

    def start(program: str, folder: Path) -> None:
        run(["node", HERE / "node" / f"write_{program}.js", folder, PAYMENT])

    return once(tmp_path_factory, start)


@pytest.mark.parametrize("style", PINO)
def test_pino(write: Write, style: str) -> None:
    folder, began = write("pino")
    check((folder / f"{style}.log").read_bytes(), PINO[style], began)


@pytest.mark.parametrize("style", WINSTON)
def test_winston(write: Write, style: str) -> None:
    folder, began = write("winston")
    taken = check((folder / f"{style}.log").read_bytes(), WINSTON[style], began)
    assert (taken.spans[1].line_count == 1) == (style in {"json", "logstash"})


def test_bunyan(write: Write) -> None:
    folder, began = write("bunyan")
    check((folder / "default.log").read_bytes(), ISO, began)


@pytest.mark.parametrize("colour", ["--no-color", "--color"])
def test_bunyan_as_its_own_command_shows_it(write: Write, colour: str) -> None:
    folder, began = write("bunyan")
    shown = run(["node", MODULES / "bunyan" / "bin" / "bunyan", colour, folder / "default.log"])
    assert check(shown, ISO, began).spans[1].line_count > 3
