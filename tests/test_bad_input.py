"""Bad input gets one clear sentence, a hint and the documented exit code, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.evidence import sources
from tests.conftest import Invoke
from tests.refusals import refused

DEMO = Path(__file__).parents[1] / "bundler" / "demo"
HAR = DEMO / "checkout-trace.har"
LOG = DEMO / "payment-service.log"


def refuse(invoke: Invoke, folder: Path, code: ExitCode, said: str, *argv: str | Path, stdin: bytes = b"") -> str:
    """Run ``create``, which must end with ``code`` and a sentence and a hint, and write nothing."""
    return refused(invoke, folder, code, said, "create", *argv, stdin=stdin)


def test_no_evidence_at_all(invoke: Invoke, tmp_path: Path) -> None:
    refuse(invoke, tmp_path, ExitCode.USAGE, "nothing to make a ticket of")


def test_no_such_file(invoke: Invoke, tmp_path: Path) -> None:
    refuse(invoke, tmp_path, ExitCode.INPUT, "trase.har does not exist", "trase.har")


def test_an_empty_file(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "empty.har").touch()
    refuse(invoke, tmp_path, ExitCode.INPUT, "empty.har is empty", "empty.har")


def test_an_empty_folder(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    refuse(invoke, tmp_path, ExitCode.INPUT, "logs is empty", "logs")


def test_a_folder_without_evidence(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "stuff").mkdir()
    (tmp_path / "stuff" / "noise.bin").write_bytes(os.urandom(4096))
    refuse(invoke, tmp_path, ExitCode.INPUT, "was recognised", "stuff")


def test_binary_noise_that_was_named(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 64)
    refuse(invoke, tmp_path, ExitCode.INPUT, "nothing that can be read", "noise.bin")


def test_a_link_that_leads_to_itself(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "loop.har").symlink_to("loop.har")
    refuse(invoke, tmp_path, ExitCode.INPUT, "leads back to itself", "loop.har")


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
    refuse(invoke, tmp_path, ExitCode.INPUT, "nothing else tells of a fault", "fine.har")
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
    refuse(invoke, tmp_path, ExitCode.INPUT, "broken.har", "broken.har", "--as", "har")


def test_an_unknown_format(invoke: Invoke, tmp_path: Path) -> None:
    refuse(invoke, tmp_path, ExitCode.USAGE, "format 'hra'", HAR, "--as", "hra")


def test_an_entry_that_is_not_there(invoke: Invoke, tmp_path: Path) -> None:
    refuse(invoke, tmp_path, ExitCode.USAGE, "no entry 999", HAR, "--entry", "999")
    refuse(invoke, tmp_path, ExitCode.USAGE, "takes a number", HAR, "--entry", "first")


def test_a_date_with_two_readings(invoke: Invoke, tmp_path: Path) -> None:
    refuse(invoke, tmp_path, ExitCode.USAGE, "can be read as", HAR, "--at", "03/04/2026 14:00")


def test_a_time_that_is_none(invoke: Invoke, tmp_path: Path) -> None:
    refuse(invoke, tmp_path, ExitCode.USAGE, "not a time", HAR, "--at", "when it rained")


def test_an_unknown_zone(invoke: Invoke, tmp_path: Path) -> None:
    refuse(invoke, tmp_path, ExitCode.USAGE, "Europe/Copenhague", HAR, "--tz", "Europe/Copenhague")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--window", "soon"),
        ("--id", "orderId"),
        ("--redact", "1,2,3"),
        ("--provider", "mobilepey"),
        ("--key", "nowhere"),
    ],
)
def test_an_option_that_cannot_be_understood(invoke: Invoke, tmp_path: Path, option: str, value: str) -> None:
    refuse(invoke, tmp_path, ExitCode.USAGE, "", HAR, option, value)


def test_an_output_that_exists_is_not_overwritten_unless_asked(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("create", HAR, LOG, "--tz", "UTC").code == ExitCode.FINE
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    again = invoke("create", HAR, LOG, "--tz", "UTC")
    assert again.code == ExitCode.INPUT
    assert "exists already" in again.err
    assert "--force" in again.err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert invoke("create", HAR, LOG, "--tz", "UTC", "--force").code == ExitCode.FINE


def test_an_output_folder_that_cannot_be(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcome = invoke("create", HAR, "-o", "file/inside")
    assert outcome.code == ExitCode.INPUT
    assert "cannot be made" in outcome.err


def test_a_picture_bomb(invoke: Invoke, tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(bomb)
    refuse(invoke, tmp_path, ExitCode.INPUT, "60000 x 60000 pixels", HAR, "bomb.png")


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


def start(folder: Path, *argv: str) -> subprocess.Popen[bytes]:
    """The program as its own process, reading a pipe that never ends, so that it can be interrupted in the middle."""
    return subprocess.Popen(
        [sys.executable, "-m", "bundler", "create", *argv],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_with_130_and_leaves_nothing(tmp_path: Path, sent: signal.Signals) -> None:
    process = start(tmp_path, "-")
    assert process.stdin is not None
    process.stdin.write(b'{"log": {"entries": [')
    process.stdin.flush()
    time.sleep(1.0)
    process.send_signal(sent)
    _, said = process.communicate(timeout=20)
    assert process.returncode == ExitCode.INTERRUPTED
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_standard_output_on_a_full_disk_is_an_error_in_words(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(
            [sys.executable, "-m", "bundler", "explain"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            check=False,
        )
    assert run.returncode == ExitCode.INPUT
    assert b"No space is left" in run.stderr
    assert b"Traceback" not in run.stderr


@pytest.mark.parametrize(
    "argv",
    [
        ("--payment-id", "order-1", "--id", "paymentId=order-2"),
        ("--payment-id", "order-1", "--id", "payment_id=order-2"),
        ("--id", "orderId=A-1", "--id", "orderId=A-2"),
        ("--payment-id", "order-1\norder-2"),
    ],
)
def test_an_id_that_was_typed_with_two_values(invoke: Invoke, tmp_path: Path, argv: tuple[str, ...]) -> None:
    refuse(invoke, tmp_path, ExitCode.USAGE, "", HAR, *argv)
    assert invoke("check", HAR, "--payment-id", "order-1", "--id", "paymentId=order-1").code == ExitCode.FINE


def test_an_empty_name_is_not_the_current_folder(invoke: Invoke, tmp_path: Path) -> None:
    shutil.copy(HAR, tmp_path / "private.har")
    refuse(invoke, tmp_path, ExitCode.USAGE, "is empty", "")
    refuse(invoke, tmp_path, ExitCode.USAGE, "is empty", HAR, "--log", "")


def test_standard_input_named_twice(invoke: Invoke, tmp_path: Path) -> None:
    refuse(invoke, tmp_path, ExitCode.USAGE, "named twice", "-", "--response", "-", stdin=HAR.read_bytes())


def test_an_entry_where_there_is_no_recording(invoke: Invoke, tmp_path: Path) -> None:
    refuse(invoke, tmp_path, ExitCode.USAGE, "no recording or call in the evidence", LOG, "--entry", "3")
    refuse(invoke, tmp_path, ExitCode.USAGE, "named other.har", HAR, "--entry", "other.har:3")


def test_nothing_to_check(invoke: Invoke, tmp_path: Path) -> None:
    outcome = invoke("check")
    assert outcome.code == ExitCode.USAGE
    assert "nothing to make a ticket of" in outcome.err


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_at_the_end_of_the_calendar(invoke: Invoke, when: str) -> None:
    assert invoke("check", LOG, "--at", when).code == ExitCode.FINE


def test_a_name_of_several_lines_stays_one_line(invoke: Invoke, tmp_path: Path) -> None:
    shutil.copy(HAR, tmp_path / "new\n\x1b[31mline.har")
    outcome = invoke("check", "new\n\x1b[31mline.har")
    assert outcome.code == ExitCode.FINE
    assert "\x1b" not in outcome.out
    assert "new\\n\\x1b[31mline.har, entry 20" in outcome.out


@pytest.mark.parametrize("argv", [("explain",), ("inspect", str(HAR), "--json"), ("--help",)])
def test_a_reader_that_went_away_is_no_failure(tmp_path: Path, argv: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    run = subprocess.run(
        [sys.executable, "-m", "bundler", *argv],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )
    os.close(writing)
    assert (run.returncode, run.stderr) == (ExitCode.FINE, b"")


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "1>&- 2>&-"])
def test_an_output_that_is_closed_is_no_failure(tmp_path: Path, closed: str) -> None:
    run = subprocess.run(
        ["sh", "-c", f'"$0" -m bundler create "$1" -o out {closed}', sys.executable, HAR],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )
    assert run.returncode == ExitCode.FINE
    assert b"Traceback" not in run.stderr
    assert len(list((tmp_path / "out").iterdir())) == 3
