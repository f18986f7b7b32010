"""Logs of PHP programs: Monolog's, and PHP's own."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.logs.real.story import COPENHAGEN, HERE, LOCAL, PAYMENT, ZONED, Stamp, check, run

PHP = ["php", "-n", "-d", "date.timezone=Europe/Copenhagen", "-d", "include_path=/usr/share/php"]

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        shutil.which("php") is None or not Path("/usr/share/php/Monolog").is_dir(),
        reason="PHP or Monolog is not installed (Debian: php-cli php-monolog)",
    ),
]


@pytest.fixture(scope="module")
def monolog(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """The folder of Monolog's logs, and a moment before they were written."""
    folder, began = tmp_path_factory.mktemp("monolog"), datetime.now(UTC)
    run([*PHP, HERE / "php" / "write_monolog.php", folder, PAYMENT])
    return folder, began


@pytest.mark.parametrize("style", ["default", "laravel", "json"])
def test_monolog(monolog: tuple[Path, datetime], style: str) -> None:
    folder, began = monolog
    taken = check((folder / f"{style}.log").read_bytes(), LOCAL if style == "laravel" else ZONED, began)
    assert taken.spans[1].line_count == (4 if style == "laravel" else 1)


def test_errors_of_php_itself_name_their_zone_in_words(tmp_path: Path) -> None:
    began = datetime.now(UTC)
    switches = ["-d", "log_errors=1", "-d", "display_errors=0", "-d", f"error_log={tmp_path}/error.log"]
    program = [*PHP, *switches, f"{HERE}/php/write_errors.php", PAYMENT]
    assert subprocess.run(program, timeout=30, check=False).returncode == 255
    stamp = Stamp(r"^\[(\S+ \S+) Europe/Copenhagen\]", "%d-%b-%Y %H:%M:%S", COPENHAGEN)
    levels = ("info", "warning", "error|critical")
    taken = check((tmp_path / "error.log").read_bytes(), stamp, began, levels=levels, failing=2, zone=UTC)
    assert taken.spans[2].line_count == 5
