"""The rotated sets that other tests build on are what logrotate makes of a log, and nothing is lost in them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.logs.real.rotation import LOGROTATE, PART, ROTATIONS, STYLES, line, rotated_set

UNPACK: Mapping[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}
NAMES = {
    "plain": ["shop.log.3", "shop.log.2", "shop.log.1", "shop.log"],
    "numbered": ["shop.log.3.gz", "shop.log.2.gz", "shop.log.1", "shop.log"],
    "dated": ["shop.log-DATE.gz", "shop.log-DATE.gz", "shop.log-DATE", "shop.log"],
    "bz2": ["shop.log.3.bz2", "shop.log.2.bz2", "shop.log.1.bz2", "shop.log"],
    "xz": ["shop.log.3.xz", "shop.log.2.xz", "shop.log.1.xz", "shop.log"],
    "zst": ["shop.log.3.zst", "shop.log.2.zst", "shop.log.1.zst", "shop.log"],
}

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        LOGROTATE is None
        or shutil.which("bzip2") is None
        or shutil.which("xz") is None
        or shutil.which("zstd") is None,
        reason="logrotate, bzip2, xz or zstd is not installed (Debian: logrotate bzip2 xz-utils zstd)",
    ),
]


@pytest.mark.parametrize("style", STYLES)
def test_rotated_set_has_the_names_of_logrotate_and_every_record_in_order(tmp_path: Path, style: str) -> None:
    parts = rotated_set(tmp_path, style)
    assert [re.sub(r"\d{10}", "DATE", part.name) for part in parts] == NAMES[style]
    assert len({part.name for part in parts}) == ROTATIONS + 1
    for count, part in enumerate(parts):
        assert _unpacked(part) == b"".join(line(number) for number in range(count * PART, (count + 1) * PART))


def _unpacked(part: Path) -> bytes:
    if part.suffix == ".zst":
        return subprocess.run(["zstd", "-dcq", part], capture_output=True, check=True, timeout=10).stdout
    return UNPACK.get(part.suffix, bytes)(part.read_bytes())
