"""Lets a real logrotate rotate a growing log, for tests that read a log together with its older parts."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.logs.real.servers import find_server

LOGROTATE = find_server("logrotate")
ROTATIONS = 3
PART = 24
"""How many records a part of the log has, an hour apart."""
FIRST = datetime(2026, 11, 20, tzinfo=UTC)
"""The moment of the first record; each part is one day."""

STYLES: Mapping[str, tuple[str, ...]] = {
    "plain": (),
    "numbered": ("compress", "delaycompress"),
    "dated": ("compress", "delaycompress", "dateext", "dateformat -%Y%m%d%H"),
    "bz2": ("compress", f"compresscmd {shutil.which('bzip2')}", "compressext .bz2"),
    "xz": ("compress", f"compresscmd {shutil.which('xz')}", "compressext .xz"),
    "zst": ("compress", f"compresscmd {shutil.which('zstd')}", "compressoptions --rm --quiet", "compressext .zst"),
}
"""What logrotate is told in each style. ``delaycompress`` leaves the newest of the rotated parts as it is."""

_DAYS: tuple[tuple[str, ...], ...] = (("dateyesterday",), ("datehourago",), ())
"""Three rotations of one day would get one name, so that logrotate is told the name to give of an earlier hour."""


def line(number: int) -> bytes:
    """One record of the log, counted from 0; every tenth is an error with a stack trace."""
    moment = FIRST + timedelta(hours=number)
    name = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    if number % 10 != 9:
        return f"{name} INFO payment {number:04} captured\n".encode()
    return f"{name} ERROR payment {number:04} failed\nLookupError: no reservation\n    at capture\n".encode()


def rotated_set(tmp_path: Path, style: str, record: Callable[[int], bytes] = line) -> list[Path]:
    """The parts of ``shop.log`` after three rotations, the oldest first and ``shop.log`` itself last.

    Joined and unpacked they are ``record(0)``, ``record(1)`` and so on, ``PART`` of them in each of the four. The date
    in the names of the style ``dated`` is today's, whatever the records say. Fails when logrotate fails.
    """
    folder = tmp_path / style
    folder.mkdir(mode=0o755)
    log = folder / "shop.log"
    for rotation in range(ROTATIONS + 1):
        with log.open("ab") as file:
            file.writelines(record(number) for number in range(rotation * PART, (rotation + 1) * PART))
        if rotation < ROTATIONS:
            _rotate(log, (*STYLES[style], *(_DAYS[rotation] if style == "dated" else ())))
    parts = [path for path in folder.iterdir() if path != log]
    parts.sort(key=lambda path: path.name, reverse=style != "dated")  # .3 is older than .2, but 1124 than 1125
    return [*parts, log]


def _rotate(log: Path, told: tuple[str, ...]) -> None:
    settings = log.parent.with_suffix(".conf")
    body = "".join(f"  {word}\n" for word in (f"rotate {ROTATIONS + 1}", "create 0644", *told))
    settings.write_text(f"{log} {{\n{body}}}\n")
    settings.chmod(0o644)  # logrotate reads no settings that others may write
    state = log.parent.with_suffix(".state")
    command = [str(LOGROTATE), "--force", "--state", str(state), str(settings)]
    environment = {**os.environ, "TZ": "UTC"}  # where no hour comes twice
    rotation = subprocess.run(command, capture_output=True, timeout=30, check=False, env=environment)
    assert rotation.returncode == 0, rotation.stderr.decode()
