"""Commands that hand out logs: what becomes of those that hang, flood, fail or fork."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bundler.evidence.commands import CommandSource, collect, collect_all
from bundler.evidence.placeholders import Search
from tests.evidence.command_sources import SEARCH, content, python


def is_running(pid: int) -> bool:
    try:
        # a process that nobody has buried yet is not running
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def ends_soon(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while is_running(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_fine() -> None:
    collected = collect(python("print('2026-11-23T13:03:27Z pay-1001')", zone="UTC", format="stamped"), SEARCH)
    assert (collected.state, collected.why, collected.size) == ("ok", "", 30)
    assert (collected.zone, collected.format) == ("UTC", "stamped")
    assert collected.source is not None
    assert collected.source.name == "shop"
    assert shlex.split(collected.shown) == list(collected.command)
    assert content(collected) == content(collected)


def test_empty() -> None:
    assert (collect(python("pass"), SEARCH).state, collect(python("pass"), SEARCH).source) == ("empty", None)


def test_grep_without_a_hit_is_empty_and_not_a_failure(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("nothing")
    collected = collect(
        CommandSource(name="app", command=("grep", "{ids}", str(tmp_path / "app.log"))), Search(ids=("pay-1",))
    )
    assert (collected.state, collected.why) == ("empty", "it found nothing")


def test_half_of_it_is_kept_when_it_fails() -> None:
    collected = collect(python("import sys; print('a line', flush=True); sys.exit(3)"), SEARCH)
    assert (collected.state, collected.why) == ("failed", "it ended with exit code 3")
    assert content(collected) == b"a line\n"


def test_a_signal_is_a_failure() -> None:
    collected = collect(python("import os; os.kill(os.getpid(), 11)"), SEARCH)
    assert (collected.state, collected.why) == ("failed", "it was ended by signal 11")


@pytest.mark.parametrize(
    ("complaint", "said"),
    [
        ("bash: line 1: journalctl: command not found", "a program that it needs is not installed (it ended"),
        ("Permission denied (publickey,password). tok_51secret", "the host does not accept your key"),
        ("cat: /srv/kim/app.log: Permission denied", "permission was denied"),
        ("Error: No such container: kims-secret", "there is no such container"),
        ("api key sk_live_51secret was refused", "it ended with exit code 4"),
    ],
)
def test_complaints_are_told_in_our_words_and_never_theirs(complaint: str, said: str) -> None:
    collected = collect(python(f"import sys; sys.stderr.write({complaint!r}); sys.exit(4)"), SEARCH)
    assert collected.state == "failed"
    assert said in collected.why
    assert "secret" not in collected.why
    assert "kim" not in collected.why


def test_a_program_that_is_not_there() -> None:
    collected = collect(CommandSource(name="x", command=("/usr/bin/no-such-program", "{payment_id}")), SEARCH)
    assert collected.state == "failed"
    assert collected.why == "the program no-such-program is not installed, or not on the PATH"
    assert collected.command == ("/usr/bin/no-such-program", "pay-1001")


def test_a_program_that_may_not_be_run(tmp_path: Path) -> None:
    collected = collect(CommandSource(name="x", command=(str(tmp_path),)), SEARCH)
    assert (collected.state, collected.why) == ("failed", f"{tmp_path.name} is not a program that may be run")


def test_an_argument_that_no_program_can_get() -> None:
    collected = collect(CommandSource(name="x", command=("cat", "a\0b")), SEARCH)
    assert (collected.state, collected.why) == ("failed", "the program cat could not be started")


def test_one_that_hangs_is_ended_and_what_came_is_used() -> None:
    code = "import time; print('a line', flush=True); time.sleep(600)"
    collected = collect(python(code, timeout_s=0.5), SEARCH)
    assert collected.state == "timed-out"
    assert collected.why == "it was ended after 0.5 seconds; what came until then is used"
    assert content(collected) == b"a line\n"
    assert 0.5 <= collected.seconds < 5


def test_one_that_does_not_want_to_end_is_made_to() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    collected = collect(python(code, timeout_s=1), SEARCH)
    assert collected.state == "timed-out"
    assert collected.seconds < 10


def test_one_that_closes_its_output_and_hangs_is_ended() -> None:
    code = "import os, time; os.write(1, b'a'); os.close(1); os.close(2); time.sleep(600)"
    collected = collect(python(code, timeout_s=0.5), SEARCH)
    assert (collected.state, content(collected)) == ("timed-out", b"a")


def test_one_that_floods_is_cut_at_the_limit() -> None:
    code = "import os\nwhile True: os.write(1, b'x' * 65536)"
    collected = collect(python(code, limit_bytes=1_000_000), SEARCH)
    assert (collected.state, collected.size) == ("cut", 1_000_000)
    assert collected.why == "it was ended after 1 MB, and the rest is missing"
    assert content(collected) == b"x" * 1_000_000


def test_exactly_the_limit_is_not_cut() -> None:
    collected = collect(python("import os; os.write(1, b'x' * 1000)", limit_bytes=1000), SEARCH)
    assert (collected.state, collected.size) == ("ok", 1000)


def test_one_that_complains_for_ever_is_drained_and_ended() -> None:
    code = "import os\nos.write(1, b'a')\nwhile True: os.write(2, b'x' * 65536)"
    collected = collect(python(code, timeout_s=1), SEARCH)
    assert (collected.state, content(collected)) == ("timed-out", b"a")


def test_much_complaining_does_not_stop_the_output() -> None:
    code = "import os\nfor _ in range(64): os.write(2, b'x' * 65536)\nos.write(1, b'a')"
    collected = collect(python(code), SEARCH)
    assert (collected.state, content(collected)) == ("ok", b"a")


def test_a_grandchild_that_keeps_the_output_open_does_not_hold_us() -> None:
    code = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"
    collected = collect(python(code), SEARCH)
    assert collected.state == "ok"
    assert collected.seconds < 10
    assert ends_soon(int(content(collected)))


def test_a_grandchild_is_ended_with_its_parent() -> None:
    code = "import subprocess, time; print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)"
    collected = collect(python(code, timeout_s=0.5), SEARCH)
    assert collected.state == "timed-out"
    assert ends_soon(int(content(collected)))


def test_a_grandchild_that_left_the_group_does_not_hold_us_either() -> None:
    code = "import subprocess, time; print(subprocess.Popen(['sleep', '600'], start_new_session=True).pid, flush=True)"
    collected = collect(python(code), SEARCH)
    pid = int(content(collected))
    try:
        assert collected.state == "ok"
        assert collected.seconds < 10
        assert is_running(pid)
    finally:
        os.kill(pid, signal.SIGKILL)


def test_it_has_no_input_to_wait_for() -> None:
    collected = collect(python("import sys; print(repr(sys.stdin.read()))"), SEARCH)
    assert content(collected) == b"''\n"


def test_it_has_no_terminal_to_ask_on() -> None:
    collected = collect(python("open('/dev/tty')"), SEARCH)
    assert collected.state == "failed"


def test_standard_error_can_be_part_of_the_log() -> None:
    code = "import os; os.write(1, b'out\\n'); os.write(2, b'err\\n')"
    assert content(collect(python(code), SEARCH)) == b"out\n"
    assert content(collect(python(code, errors_too=True), SEARCH)) == b"out\nerr\n"


def test_many_run_side_by_side_and_come_back_in_order() -> None:
    waiting = "import sys, time; time.sleep(0.6); print(sys.argv[1])"
    heard: list[str] = []
    began = time.monotonic()
    sources = [python(waiting, str(number)) for number in range(8)]
    collected = collect_all([*sources, python("import sys; sys.exit(2)")], SEARCH, lambda one: heard.append(one.name))
    assert time.monotonic() - began < 0.6 * 8
    assert [content(one) for one in collected[:8]] == [f"{number}\n".encode() for number in range(8)]
    assert collected[8].state == "failed"
    assert [one.name for one in collected[:3]] == ["shop", "shop 2", "shop 3"]
    assert sorted(heard) == sorted(one.name for one in collected)


def test_nothing_to_run() -> None:
    assert collect_all([], SEARCH) == []


def test_it_can_be_stopped() -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    collected = collect(python("import time; print('a', flush=True); time.sleep(600)"), SEARCH, stop)
    assert (collected.state, collected.why, content(collected)) == ("timed-out", "it was interrupted", b"a\n")


def test_interrupting_ends_every_command_with_its_children(tmp_path: Path) -> None:
    program = f"""
import sys
from bundler.evidence.commands import CommandSource, collect_all
from bundler.evidence.placeholders import Search
code = "import os, subprocess, sys, time; child = subprocess.Popen(['sleep', '600']);" \\
    "open(sys.argv[1], 'w').write(str(os.getpid()) + ' ' + str(child.pid)); time.sleep(600)"
sources = [CommandSource(name="x", command=(sys.executable, "-c", code, r"{tmp_path}" + "/" + n)) for n in "ab"]
try:
    collect_all(sources, Search())
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(130)
"""
    running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    deadline = time.monotonic() + 30
    noted: list[str] = []
    while len(noted) < 4:
        assert time.monotonic() < deadline
        assert running.poll() is None
        time.sleep(0.05)
        noted = [pid for name in "ab" if (tmp_path / name).is_file() for pid in (tmp_path / name).read_text().split()]
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=20)
    assert (out, running.returncode) == (b"interrupted\n", 130)
    assert time.monotonic() - began < 10
    assert all(ends_soon(int(pid)) for pid in noted)
