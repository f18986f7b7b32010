"""``logs`` as people type it: what comes out, what is said beside it, and how it ends."""

from __future__ import annotations

import gzip
import json
import os
import shlex
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from bundler.commands.logs import logs
from bundler.errors import ExitCode
from bundler.logs.types import Window
from tests.conftest import Invoke
from tests.logs.reference import IDS, START, format_named, made_log, wanted_ranges

PYTHON = format_named("python-logging")
AROUND = "2026-11-23T12:05:00Z"
WINDOW = Window(START + timedelta(minutes=4), START + timedelta(minutes=6))
"""Two minutes around that moment, as ``--window 1m`` has it."""


def expected(data: bytes, window: Window | None = None, ids: tuple[str, ...] = (), context: int = 0) -> str:
    ranges = wanted_ranges(data, PYTHON, window=window, ids=ids, context=context)
    return b"".join(data[start:end] for start, end in ranges).decode()


@pytest.fixture
def data(tmp_path: Path) -> bytes:
    data = made_log(21, 900)
    (tmp_path / "shop.log").write_bytes(data)
    return data


def test_window_id_and_context_are_those_of_a_full_scan(invoke: Invoke, data: bytes) -> None:
    window = ("--around", AROUND, "--window", "1m", "--tz", "UTC")
    assert invoke("logs", "shop.log", *window).out == expected(data, WINDOW)
    assert invoke("logs", "shop.log", "--id", IDS[3]).out == expected(data, ids=IDS[3:4])
    assert invoke("logs", "shop.log", "--id", IDS[3], "--context", "2").out == expected(data, ids=IDS[3:4], context=2)
    both = invoke("logs", "shop.log", *window, "--id", IDS[3], "--id", IDS[4])
    assert both.out == expected(data, WINDOW, IDS[3:5])


NEEDLESS = (
    "bundler.document",
    "bundler.excerpts.searching",
    "bundler.logs.inflating",
    "bundler.logs.streaming",
    "bundler.model",
    "bundler.providers",
    "bundler.readers",
    "bundler.redact",
    "click.shell_completion",
    "difflib",
    "heapq",
    "jinja2",
    "mmap",
    "msgspec",
    "PIL",
    "platformdirs",
    "rich",
    "select",
    "tempfile",
    "tomllib",
    "zlib",
)
"""What a window out of a sorted log is cut without: importing them would take longer than the cutting."""


def test_a_window_is_cut_without_importing_what_it_does_not_need(tmp_path: Path) -> None:
    data = made_log(22, 4000)
    (tmp_path / "shop.log").write_bytes(data)
    cut = (
        "import sys; from bundler.cli import run; from bundler.excerpts import cutting; cutting.SMALL = 1_000\n"
        f"print(run(['logs', 'shop.log', '--around', {AROUND!r}, '--window=1m', '--tz=UTC', '-o', 'cut', '-q']))\n"
        f"print(*(name for name in {NEEDLESS!r} if name in sys.modules))"
    )
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", cut], capture_output=True, check=True, text=True, cwd=tmp_path, env=environ
    )
    assert run.stdout.split() == [str(int(ExitCode.FINE))]
    assert (tmp_path / "cut").read_text() == expected(data, WINDOW)


def test_short_options_stand_for_their_long_names_and_values_for_themselves() -> None:
    typed = ["a.log", "--id", "-q", "-o", "-o", "-q", "--report=-q", "--force", "-qo", "-q", "--", "-o"]
    context = logs.make_context("logs", list(typed))
    assert context.params["ids"] == ("-q",)
    assert context.params["output"] == "-q"
    assert context.params["report"] == "-q"
    assert context.params["quiet"]
    assert context.params["paths"] == ("a.log", "-o")
    assert logs.make_context("logs", ["a.log", "-o", "-o"]).params["output"] == "-o"


def test_standard_input_and_an_output_file_do_as_well(invoke: Invoke, data: bytes, tmp_path: Path) -> None:
    outcome = invoke("logs", "-", "--id", IDS[1], "-o", "out.log", stdin=data)
    assert (outcome.code, outcome.out) == (ExitCode.FINE, "")
    assert (tmp_path / "out.log").read_text() == expected(data, ids=IDS[1:2])
    again = invoke("logs", "shop.log", "--id", IDS[1], "-o", "out.log")
    assert again.code == ExitCode.INPUT
    assert "--force" in again.err


def test_quiet_says_nothing(invoke: Invoke, data: bytes) -> None:
    assert data
    assert invoke("logs", "shop.log", "--id", IDS[1], "-q").err == ""


def test_one_record_is_not_called_several(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "one.log").write_bytes(
        b"2026-11-23 12:05:00,000 ERROR payment failed traceId=4bf92f3577b34da6 id=pay-00017\n"
    )
    outcome = invoke("logs", "one.log", "--id", "pay-00017", "--follow", "--around", AROUND, "--tz", "UTC")
    assert "one.log: 1 record, 83 B taken" in outcome.err
    assert "followed traceId 4bf92f3577b34da6: 1 record (" in outcome.err


def test_budget_leaves_out_the_least_useful_and_counts_it(invoke: Invoke, data: bytes) -> None:
    window = ("--around", AROUND, "--window", "4m", "--tz", "UTC")
    outcome = invoke("logs", "shop.log", *window, "--id", IDS[2], "--budget", "10KB")
    assert 0 < len(outcome.out) <= 10_000
    assert all(line in outcome.out for line in expected(data, ids=IDS[2:3]).splitlines())
    assert "over the limit" in outcome.err
    assert invoke("logs", "shop.log", *window, "--budget", "much").code == ExitCode.USAGE


def test_report_tells_the_ranges_of_bytes_that_were_taken(invoke: Invoke, data: bytes, tmp_path: Path) -> None:
    outcome = invoke("logs", "shop.log", "--id", IDS[5], "--report", "report.json")
    (told,) = json.loads((tmp_path / "report.json").read_text())
    assert b"".join(data[start:end] for start, end in told["ranges"]).decode() == outcome.out
    assert told["ids"] == {IDS[5]: told["records"]}
    assert told["bytes"] == len(outcome.out)
    assert told["records"] + told["omitted"][0]["records"] == 900


def test_window_with_nothing_in_it_says_what_the_log_covers(invoke: Invoke, data: bytes) -> None:
    assert data
    outcome = invoke("logs", "shop.log", "--around", "2026-11-20T12:00:00Z", "--tz", "UTC")
    assert (outcome.code, outcome.out) == (ExitCode.FINE, "")
    assert "it covers 2026-11-23 12:00:0" in outcome.err


def test_rotated_set_in_a_folder_and_in_a_zip(invoke: Invoke, tmp_path: Path) -> None:
    data = made_log(23, 1_200)
    middle = data.index(b"\n20", len(data) // 2) + 1
    parts = {"shop.log.1.gz": gzip.compress(data[:middle]), "shop.log": data[middle:]}
    (tmp_path / "logs").mkdir()
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        for name, part in parts.items():
            (tmp_path / "logs" / name).write_bytes(part)
            archive.writestr(name, part)
    for place in ("logs", "logs.zip"):
        assert invoke("logs", place, "--id", IDS[0], "--id", IDS[1]).out == expected(data, ids=IDS[:2])


def test_one_unreadable_log_among_several_is_told_and_the_rest_is_printed(invoke: Invoke, tmp_path: Path) -> None:
    data = made_log(24, 300)
    packed = gzip.compress(data)
    (tmp_path / "good.log").write_bytes(data)
    (tmp_path / "bad.log.gz").write_bytes(packed[:2_000] + b"\xff" * 3_000)
    outcome = invoke("logs", "good.log", "bad.log.gz", *(word for text in IDS for word in ("--id", text)))
    assert expected(data, ids=IDS) in outcome.out
    assert "what was readable was read" in outcome.err


def test_empty_missing_and_twice_named_logs_do_not_stop_the_rest(invoke: Invoke, data: bytes, tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    once = invoke("logs", "empty.log", "shop.log", "./shop.log", "--id", IDS[1])
    assert (once.code, once.out) == (ExitCode.FINE, expected(data, ids=IDS[1:2]))
    assert "empty.log - it is empty" in once.err
    missing = invoke("logs", "nowhere.log", "shop.log", "--id", IDS[1])
    assert (missing.code, missing.out) == (ExitCode.INPUT, once.out)
    assert "nowhere.log - nowhere.log does not exist" in missing.err
    assert invoke("logs", "empty.log", "--id", IDS[1]).code == ExitCode.INPUT


def test_what_a_program_prints_is_a_log(invoke: Invoke, data: bytes) -> None:
    command = shlex.join([sys.executable, "-c", "import sys; sys.stdout.write(open('shop.log').read())"])
    outcome = invoke("logs", "--log-command", command, "--id", IDS[1])
    assert (outcome.code, outcome.out) == (ExitCode.FINE, expected(data, ids=IDS[1:2]))


def test_program_that_fails_or_hangs_makes_it_partial_and_the_rest_is_printed(
    invoke: Invoke, data: bytes, tmp_path: Path
) -> None:
    (tmp_path / "ticket-bundler.toml").write_text(
        f'[sources.slow]\ncommand = ["{sys.executable}", "-c", "import time; time.sleep(60)"]\ntimeout = "0.5s"\n'
        f'[sources.broken]\ncommand = ["{sys.executable}", "-c", "raise SystemExit(3)"]\n'
    )
    outcome = invoke("logs", "shop.log", "--log-source", "slow", "--log-source", "broken", "--id", IDS[1])
    assert (outcome.code, outcome.out) == (ExitCode.PARTIAL, expected(data, ids=IDS[1:2]))
    assert "slow: timed-out" in outcome.err
    assert "broken: failed" in outcome.err


def test_program_that_writes_more_than_is_taken_makes_it_partial(invoke: Invoke, data: bytes, tmp_path: Path) -> None:
    (tmp_path / "ticket-bundler.toml").write_text(
        f'[sources.flood]\ncommand = ["cat", "shop.log"]\nlimit = "{len(data) // 2}"\n'
    )
    outcome = invoke("logs", "--log-source", "flood", "--id", IDS[1])
    assert outcome.code == ExitCode.PARTIAL
    assert "flood: cut - it was ended after" in outcome.err
    assert outcome.out
    assert expected(data, ids=IDS[1:2]).startswith(outcome.out)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("shop.log",), "which records"),
        (("--id", IDS[0]), "No log is named"),
        (("shop.log", "--id", "ab"), "fewer than 4"),
        (("shop.log", "--follow", "--around", AROUND), "--follow needs an id"),
        (("shop.log", "--around", "03/04/2026 14:03"), "can be read as"),
        (("shop.log", "--id", IDS[0], "--as", "nonsense"), "Nobody knows the log format"),
        (("shop.log", "--id", "ab\udcffcd12"), "not one line of text"),
        (("shop.log", "--id", "Q" * 300), "longer than 256 bytes"),
        (("shop.log", "--id", IDS[0], "--window", "5m"), "--window needs a moment"),
        (("shop.log", "--id", IDS[0], "-o", "x", "--report", "./x"), "name the same file"),
        (("shop.log", "--id", IDS[0], "-o", "shop.log", "--force"), "shop.log is one of the logs that are read"),
        ((".", "--id", IDS[0], "--report", "./shop.log", "--force"), "shop.log is one of the logs that are read"),
        (("--log-source", "nonsense", "--id", IDS[0]), "Nobody knows the log source"),
        (("--log-command", "journalctl | grep x", "--id", IDS[0]), "signs of a shell"),
    ],
)
def test_what_cannot_be_understood_says_what_to_type(
    invoke: Invoke, data: bytes, typed: tuple[str, ...], said: str
) -> None:
    assert data
    outcome = invoke("logs", *typed)
    assert (outcome.code, outcome.out) == (ExitCode.USAGE, "")
    assert said in outcome.err


@pytest.mark.parametrize("is_sparse", [False, True])
def test_log_that_was_cut_while_its_program_wrote_on_begins_with_a_hole(
    invoke: Invoke, data: bytes, tmp_path: Path, is_sparse: bool
) -> None:
    with (tmp_path / "shop.log").open("wb") as file:
        file.write(b"" if is_sparse else bytes(300_000))
        file.seek(300_000)
        file.write(data)
    assert invoke("logs", "shop.log", "--around", AROUND, "--window", "1m", "--tz", "UTC").out == expected(data, WINDOW)


def test_binary_in_the_middle_and_no_times_at_all(invoke: Invoke, tmp_path: Path) -> None:
    data = made_log(25, 100)
    (tmp_path / "shop.log").write_bytes(data[:4_000] + bytes(range(256)) * 20 + b"\n" + data[4_000:])
    ids = [word for text in IDS for word in ("--id", text)]
    assert invoke("logs", "shop.log", *ids).out == expected(data, ids=IDS)
    (tmp_path / "plain.txt").write_text(f"one\npayment {IDS[0]} refused\n  because\ntwo\n")
    outcome = invoke("logs", "plain.txt", "--id", IDS[0])
    assert outcome.out == f"payment {IDS[0]} refused\n  because\n"
    nothing = invoke("logs", "plain.txt", "--around", AROUND)
    assert (nothing.code, nothing.out) == (ExitCode.FINE, "")
    assert "no times are read" in nothing.err
