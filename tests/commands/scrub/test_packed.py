"""``scrub`` for packed files and for texts in other forms: masked inside, and still readable by other programs."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.commands.scrub.samples import LINE, MASKED, filtered, run
from tests.conftest import Invoke

PACKERS: dict[str, tuple[Callable[[bytes], bytes], list[str]]] = {
    "gz": (gzip.compress, ["gzip", "-dc"]),
    "bz2": (bz2.compress, ["bzip2", "-dc"]),
    "xz": (lzma.compress, ["xz", "-dc"]),
    "lzma": (lambda data: lzma.compress(data, lzma.FORMAT_ALONE), ["xz", "-dc"]),
}


@pytest.mark.real
@pytest.mark.parametrize("ending", PACKERS)
def test_a_packed_file_is_masked_and_packed_again_as_other_programs_read_it(tree: Path, ending: str) -> None:
    pack, unpack = PACKERS[ending]
    more = pack(b"end\n") if ending != "lzma" else b""  # of which there is only one in a file
    (tree / f"a.log.{ending}").write_bytes(pack(LINE.encode() * 2) + more)
    masked = filtered("scrub", f"in/a.log.{ending}", "-o", f"b.{ending}", folder=tree.parent)
    assert masked.returncode == ExitCode.FINE, masked.stderr
    assert run(*unpack, f"b.{ending}", folder=tree.parent) == (MASKED * 2 + "end\n" * bool(more)).encode()


@pytest.mark.real
def test_a_file_of_the_zstd_command_is_packed_again(tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    run("zstd", "-q", "a.log", folder=tree)
    masked = filtered("scrub", "a.log.zst", folder=tree)
    (tree / "b.zst").write_bytes(masked.stdout)
    assert run("zstd", "-dqc", "b.zst", folder=tree) == MASKED.encode()


@pytest.mark.real
def test_the_gzip_command_finds_neither_name_nor_time_in_it(tree: Path) -> None:
    (tree / "4111111111111111.log").write_text(LINE, encoding="utf-8")
    run("gzip", "4111111111111111.log", folder=tree)
    masked = filtered("scrub", "4111111111111111.log.gz", folder=tree).stdout
    assert masked[3:8] == bytes(5)
    assert gzip.decompress(masked) == MASKED.encode()


@pytest.mark.real
@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-16LE", "UTF-16BE"])
def test_utf_16_is_masked_and_stays_utf_16(tree: Path, encoding: str) -> None:
    (tree / "a.txt").write_text("Blåbær\n" + LINE, encoding="utf-8")
    (tree / "wide.txt").write_bytes(run("iconv", "-f", "UTF-8", "-t", encoding, "a.txt", folder=tree))
    masked = filtered("scrub", "wide.txt", folder=tree)
    (tree / "out.txt").write_bytes(masked.stdout)
    assert run("iconv", "-f", encoding, "-t", "UTF-8", "out.txt", folder=tree).decode() == "Blåbær\n" + MASKED


def test_masked_json_stays_json(invoke: Invoke, tree: Path) -> None:
    told_json = {"card": {"number": "4111111111111111", "cvc": 123}, "items": [1, -2.5, None], "pin": -1234}
    (tree / "a.json").write_text(json.dumps(told_json), encoding="utf-8")
    (tree / "b.json").write_text(json.dumps({"inner": json.dumps({"deep": json.dumps(told_json)})}), encoding="utf-8")
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.FINE
    plain = json.loads(Path("out/a.json").read_bytes())
    assert plain["items"] == [1, -2.5, None]
    assert "4111" not in Path("out/b.json").read_text(encoding="utf-8")
    assert json.loads(json.loads(json.loads(Path("out/b.json").read_bytes())["inner"])["deep"])["items"] == [
        1,
        -2.5,
        None,
    ]
