"""Evidence that cannot be used gets one clear sentence, a hint and the documented exit code, and nothing is written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.evidence import sources
from tests.conftest import Invoke
from tests.creating import HAR, LOG
from tests.refusals import refused_create


def test_no_such_file(invoke: Invoke, tmp_path: Path) -> None:
    refused_create(invoke, tmp_path, ExitCode.INPUT, "trase.har does not exist", "trase.har")


def test_an_empty_file(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "empty.har").touch()
    refused_create(invoke, tmp_path, ExitCode.INPUT, "empty.har is empty", "empty.har")


def test_an_empty_folder(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    refused_create(invoke, tmp_path, ExitCode.INPUT, "logs is empty", "logs")


def test_a_folder_without_evidence(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "stuff").mkdir()
    (tmp_path / "stuff" / "noise.bin").write_bytes(os.urandom(4096))
    refused_create(invoke, tmp_path, ExitCode.INPUT, "was recognised", "stuff")


def test_binary_noise_that_was_named(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 64)
    refused_create(invoke, tmp_path, ExitCode.INPUT, "nothing that can be read", "noise.bin")


def test_a_link_that_leads_to_itself(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "loop.har").symlink_to("loop.har")
    refused_create(invoke, tmp_path, ExitCode.INPUT, "leads back to itself", "loop.har")


def test_a_folder_whose_links_lead_in_circles_is_read_once(invoke: Invoke, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "again").symlink_to(logs, target_is_directory=True)
    shutil.copy(HAR, logs / "trace.har")
    outcome = invoke("check", "logs", "--json")
    taken = {each["source"]: each for each in json.loads(outcome.out)["ticket"]["evidence"]}
    assert taken["logs/trace.har"]["used"]
    assert "symbolic link" in taken["logs/again"]["reason"]


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv, which takes root's privileges away, is not installed")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    secret = tmp_path / "private.har"
    shutil.copy(HAR, secret)
    secret.chmod(0)
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    run = subprocess.run(
        [*drop, sys.executable, "-m", "bundler", "create", "private.har"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )
    assert run.returncode == ExitCode.INPUT
    assert "private.har may not be read" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_recording_without_a_failure(invoke: Invoke, tmp_path: Path) -> None:
    recording = json.loads(HAR.read_text(encoding="utf-8"))
    recording["log"]["entries"] = [
        entry for entry in recording["log"]["entries"] if entry["response"]["status"] in range(200, 300)
    ]
    (tmp_path / "fine.har").write_text(json.dumps(recording), encoding="utf-8")
    refused_create(invoke, tmp_path, ExitCode.INPUT, "nothing else tells of a fault", "fine.har")
    assert invoke("create", "fine.har", "--entry", "1").code == ExitCode.FINE
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    told = invoke("create", "fine.har", "--event", "The amount was wrong", "-o", "out")
    assert told.code == ExitCode.FINE
    assert "None of its calls failed" in told.err
    assert "--entry N says which is meant" in told.err


def test_a_recording_that_is_cut_off_gives_what_could_be_read(invoke: Invoke, tmp_path: Path) -> None:
    whole = HAR.read_bytes()
    (tmp_path / "cut.har").write_bytes(whole[: len(whole) - 2000])
    outcome = invoke("inspect", "cut.har", "--json")
    source = json.loads(outcome.out)["sources"][0]
    assert source["exchanges"]
    assert any("ends early" in note for note in source["notes"])


def test_a_recording_that_is_no_json(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "broken.har").write_text('{"log": {"entries": [ {"startedDateTime": oops', encoding="utf-8")
    refused_create(invoke, tmp_path, ExitCode.INPUT, "broken.har", "broken.har", "--as", "har")


def test_a_picture_bomb(invoke: Invoke, tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(bomb)
    refused_create(invoke, tmp_path, ExitCode.INPUT, "60000 x 60000 pixels", HAR, "bomb.png")


def test_a_folder_with_very_many_files_says_where_it_stopped(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "FILE_LIMIT", 50)
    logs = tmp_path / "logs"
    logs.mkdir()
    shutil.copy(HAR, logs / "0.har")
    for number in range(120):
        (logs / f"note-{number:03}.txt").write_text("nothing", encoding="utf-8")
    outcome = invoke("check", "logs")
    assert outcome.code == ExitCode.FINE
    ticket = json.loads(invoke("check", "logs", "--json").out)["ticket"]
    assert any("more than 50 files" in taken["reason"] for taken in ticket["evidence"])


def test_a_wrong_encoding_is_read_all_the_same(invoke: Invoke, tmp_path: Path) -> None:
    text = LOG.read_text(encoding="utf-8").replace("\n", "\r\n")
    (tmp_path / "utf16.log").write_bytes(text.encode("utf-16"))
    outcome = invoke("check", HAR, "utf16.log", "--json")
    assert outcome.code == ExitCode.FINE
    assert json.loads(outcome.out)["ticket"]["logs"][0]["records"] > 0


def test_standard_input_is_evidence_like_any_other(invoke: Invoke, tmp_path: Path) -> None:
    outcome = invoke("create", "-", "--json", stdin=HAR.read_bytes())
    assert outcome.code == ExitCode.FINE
    assert json.loads(outcome.out)["ticket"]["evidence"][0]["source"] == "standard input"


def test_a_name_of_several_lines_stays_one_line(invoke: Invoke, tmp_path: Path) -> None:
    shutil.copy(HAR, tmp_path / "new\n\x1b[31mline.har")
    outcome = invoke("check", "new\n\x1b[31mline.har")
    assert outcome.code == ExitCode.FINE
    assert "\x1b" not in outcome.out
    assert "new\\n\\x1b[31mline.har, entry 20" in outcome.out
