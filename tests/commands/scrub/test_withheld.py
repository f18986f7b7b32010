"""``scrub`` hands nothing on that it cannot search: it says what and why, or copies it on the user's word."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.commands.scrub.samples import LINE, MASKED, PNG, ROOT, SECRET, filtered, mail, told, tree_of
from tests.conftest import Invoke


def test_what_cannot_be_searched_is_withheld_with_a_notice(invoke: Invoke, tree: Path) -> None:
    random_bytes = random.Random(1).randbytes(9000)
    whole = gzip.compress(LINE.encode() * 5000)
    unreadable = {
        "a.png": PNG,
        "b.pdf": b"%PDF-1.7\n" + LINE.encode(),
        "c.bin": random_bytes,
        "d.log": LINE.encode() * 3000 + random_bytes * 10,
        "e.gz": whole[: len(whole) // 2],
        "f.gz": whole[:-8] + bytes(8),
        "g.zip": b"PK\x03\x04" + random_bytes,
        "h.gz": gzip.compress(random_bytes),
        "i.log": LINE.encode("utf-32"),
        "j.map.json": b'{"schema": "ticket-bundler/map/1", "entries": []}',
    }
    for name, data in unreadable.items():
        (tree / name).write_bytes(data)
    outcome = invoke("scrub", "in", "-o", "out", "--report", "marks.jsonl")
    assert outcome.code == ExitCode.PARTIAL
    assert tree_of(Path("out")) == [f"{name}.withheld.txt" for name in unreadable]
    assert Path("out/a.png.withheld.txt").read_text(encoding="utf-8").startswith("a.png was withheld.\nIt is a picture")
    assert all(SECRET.encode() not in path.read_bytes() for path in Path("out").iterdir())
    assert Path("marks.jsonl").read_bytes() == b""
    assert "withheld: c.bin - It is binary." in outcome.err


def test_what_cannot_be_searched_is_copied_on_the_users_word(invoke: Invoke, tree: Path) -> None:
    (tree / "a.png").write_bytes(PNG)
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    with zipfile.ZipFile(tree / "b.zip", "w") as archive:
        archive.writestr("p.png", PNG)
    outcome = invoke("scrub", "in", "-o", "out", "--copy-unread", "--json")
    assert outcome.code == ExitCode.FINE
    assert told(outcome)["copied_unread"] == 2
    assert Path("out/a.png").read_bytes() == PNG
    assert Path("out/a.log").read_text(encoding="utf-8") == MASKED
    with zipfile.ZipFile("out/b.zip") as archive:
        assert archive.read("p.png") == PNG


def test_links_and_what_is_no_file_are_not_followed(invoke: Invoke, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.log").write_text(LINE, encoding="utf-8")
    (tree / "link.log").symlink_to(tmp_path / "outside.log")
    (tree / "loop").symlink_to(tree)
    (tree / "dangling").symlink_to("nowhere")
    os.mkfifo(tree / "pipe")
    (tree / "a.log").write_text("fine\n", encoding="utf-8")
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    assert tree_of(Path("out")) == [
        "a.log",
        "dangling.withheld.txt",
        "link.log.withheld.txt",
        "loop.withheld.txt",
        "pipe.withheld.txt",
    ]


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv, which takes root's privileges away, is not installed")
def test_a_file_that_may_not_be_read_is_withheld_and_the_rest_goes_on(tree: Path) -> None:
    for name in ("a.log", "secret.log"):
        (tree / name).write_text(LINE, encoding="utf-8")
    (tree / "closed").mkdir()
    (tree / "secret.log").chmod(0)
    (tree / "closed").chmod(0)
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    command = [*drop, sys.executable, "-m", "bundler", "scrub", "in", "-o", "out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tree.parent, env=environment, capture_output=True, check=False)
    (tree / "closed").chmod(0o700)
    assert done.returncode == ExitCode.PARTIAL, done.stderr
    assert tree_of(tree.parent / "out") == ["a.log", "closed.withheld.txt", "secret.log.withheld.txt"]
    assert b"withheld: secret.log - It may not be read." in done.stderr


def test_a_file_that_vanishes_between_the_passes_is_withheld(
    invoke: Invoke, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bundler.redact.sweep import Sweep

    (tree / "a.log").write_text(LINE, encoding="utf-8")
    (tree / "b.log").write_text(LINE, encoding="utf-8")
    settle = Sweep.settle

    def settle_and_remove(sweep: Sweep) -> None:
        (tree / "b.log").unlink()
        settle(sweep)

    monkeypatch.setattr(Sweep, "settle", settle_and_remove)
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    assert tree_of(Path("out")) == ["a.log", "b.log.withheld.txt"]


def test_one_file_that_cannot_be_searched_is_refused_before_anything_is_written(tree: Path) -> None:
    for name, data in (
        ("p.png", PNG),
        ("z.gz", gzip.compress(PNG)),
        ("l.log", LINE.encode() * 3000 + os.urandom(90_000)),
    ):
        (tree / name).write_bytes(data)
        done = filtered("scrub", name, folder=tree)
        assert done.returncode == ExitCode.INPUT
        assert done.stdout == b""
        assert f"{name} is not masked. It is".encode() in done.stderr
        assert filtered("scrub", name, "-o", "out", folder=tree).returncode == ExitCode.INPUT
        assert not (tree / "out").exists()
        assert filtered("scrub", name, "--copy-unread", folder=tree).stdout == data


def test_a_packed_or_binary_stream_on_standard_input_is_judged_like_a_file(tmp_path: Path) -> None:
    assert gzip.decompress(filtered("scrub", stdin=gzip.compress(LINE.encode())).stdout) == MASKED.encode()
    assert filtered("scrub", "-", stdin=PNG).returncode == ExitCode.INPUT
    assert filtered("scrub", stdin=LINE.encode("utf-16")).stdout == MASKED.encode("utf-16")


def test_reasons_and_notices_do_not_tell_a_secret_name(invoke: Invoke, tree: Path) -> None:
    for ending in ("gz", "zip", "png", "tar"):
        (tree / f"4111111111111111.{ending}").write_bytes(
            {"gz": b"\x1f\x8b\x08\0bad", "tar": b"\0" * 600}.get(ending, PNG)
        )
    (tree / "4111111111111111.bz2").symlink_to("gone")
    (tree / "m.eml").write_bytes(mail(attachment=b"\x1f\x8b\x08\0bad"))
    outcome = invoke("scrub", "in", "-o", "out", "--json")
    assert outcome.code == ExitCode.PARTIAL
    assert "4111111111111111" not in outcome.out + outcome.err
    assert all(b"4111111111111111" not in path.read_bytes() for path in Path("out").iterdir())
