"""What journalctl prints of a real journal, made by systemd-journal-remote from records in the export format."""

from __future__ import annotations

import shutil
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.logs.real.story import COPENHAGEN, PAYMENT, ZONED, Stamp, check, run

MAKER = Path("/lib/systemd/systemd-journal-remote")
TRACE = (
    'Traceback (most recent call last):\n  File "/srv/shop/payments.py", line 42, in capture\n'
    f"LookupError: no reservation for {PAYMENT}"
)
RECORDS = (
    ("6", f"INFO callback received for {PAYMENT}"),
    ("3", f"ERROR capture failed\n{TRACE}"),
    ("4", "WARNING gave up"),
)

SHOWN = {
    "short": Stamp(r"^(\w{3} [ \d]\d [\d:]{8})", "%b %d %H:%M:%S", COPENHAGEN),
    "short-precise": Stamp(r"^(\w{3} [ \d]\d [\d:.]{15})", "%b %d %H:%M:%S.%f", COPENHAGEN),
    "short-iso": ZONED,
    "short-iso-precise": ZONED,
    "verbose": Stamp(r"^\w{3} ([\d-]{10} [\d:.]{15}) CET", "%Y-%m-%d %H:%M:%S.%f", COPENHAGEN),
    "short-unix": Stamp(r"^(\d{10})\.(\d{6})", "epoch"),
    "json": Stamp(r'"__REALTIME_TIMESTAMP":"(\d{10})(\d{6})"', "epoch"),
}
LINE_COUNTS = {"json": 1, "verbose": 11}

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        shutil.which("journalctl") is None or not MAKER.exists(),
        reason="journalctl or systemd-journal-remote is not installed (Debian: systemd systemd-journal-remote)",
    ),
]


def _field(name: str, value: str) -> bytes:
    """One field as https://systemd.io/JOURNAL_EXPORT_FORMATS has it: a value of several lines comes with its length."""
    text = value.encode()
    if b"\n" in text:
        return name.encode() + b"\n" + struct.pack("<Q", len(text)) + text + b"\n"
    return name.encode() + b"=" + text + b"\n"


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """A journal of the story, and a moment before it."""
    folder = tmp_path_factory.mktemp("journal")
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    exported = b""
    for count, (priority, message) in enumerate(RECORDS):
        fields = {
            "__REALTIME_TIMESTAMP": str(int(began.timestamp()) * 1_000_000 + 123_456 + count),
            "__MONOTONIC_TIMESTAMP": str(1_000_000 + count),
            "_BOOT_ID": f"{1:032x}",
            "_HOSTNAME": "shop-1",
            "_SYSTEMD_UNIT": "shop.service",
            "_PID": "4242",
            "SYSLOG_IDENTIFIER": "shop",
            "PRIORITY": priority,
            "MESSAGE": message,
        }
        exported += b"".join(_field(name, value) for name, value in fields.items()) + b"\n"
    (folder / "records").write_bytes(exported)
    run([MAKER, f"--output={folder}/shop.journal", folder / "records"])
    return folder / "shop.journal", began


@pytest.mark.parametrize("style", SHOWN)
def test_journal_shown_by_journalctl(journal: tuple[Path, datetime], style: str) -> None:
    file, began = journal
    shown = run(["journalctl", "--file", file, "--no-pager", "--quiet", f"--output={style}"])
    assert check(shown, SHOWN[style], began).spans[1].line_count == LINE_COUNTS.get(style, 4)


def test_journal_exported_by_journalctl(journal: tuple[Path, datetime]) -> None:
    file, began = journal
    shown = run(["journalctl", "--file", file, "--no-pager", "--quiet", "--output=export"])
    assert struct.pack("<Q", len(RECORDS[1][1])) in shown
    check(shown, Stamp(r"(?m)^__REALTIME_TIMESTAMP=(\d{10})(\d{6})", "epoch"), began)
