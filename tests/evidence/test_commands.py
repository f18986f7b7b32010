"""Commands that hand out logs: what goes into them, and what becomes of those that hang, flood, fail or fork."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bundler.errors import MisuseError
from bundler.evidence.commands import Collected, CommandSource, collect, collect_all, command_source, parse_command
from bundler.evidence.placeholders import IDS, Search
from bundler.logs.types import Window

MOMENT = datetime(2026, 11, 23, 13, 3, 27, tzinfo=UTC)
SEARCH = Search(
    window=Window(MOMENT - timedelta(minutes=5), MOMENT + timedelta(minutes=5)),
    ids=("pay-1001", "order.7"),
    payment_id="pay-1001",
)


def python(code: str, *arguments: str, **options: object) -> CommandSource:
    """A source that runs ``code``."""
    escaped = code.replace("{", "{{").replace("}", "}}")
    return CommandSource(name="shop", command=(sys.executable, "-c", escaped, *arguments), **options)  # type: ignore[arg-type]


def printed(*arguments: str, search: Search = SEARCH) -> list[str]:
    """The arguments as the program gets them."""
    collected = collect(python("import sys; print('\\n'.join(sys.argv[1:]))", *arguments), search)
    return content(collected).decode().splitlines()


def content(collected: Collected) -> bytes:
    assert collected.source is not None
    with collected.source.open() as stream:
        return stream.read()


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


# --- what goes in ---------------------------------------------------------------------------------------------------


def test_ids_and_times_go_in_as_plain_arguments() -> None:
    assert printed("{payment_id}", "--since={from}", "--grep={ids_regex}", '{{"ids":{ids_json}}}', "{ids_any}") == [
        "pay-1001",
        "--since=2026-11-23T12:58:27Z",
        r"--grep=pay-1001|order\.7",
        '{"ids":["pay-1001", "order.7"]}',
        '?"pay-1001" ?"order.7"',
    ]


def test_an_argument_with_ids_is_repeated_for_each() -> None:
    assert printed("a", "{ids}", "-e{ids}x") == ["a", "pay-1001", "order.7", "-epay-1001x", "-eorder.7x"]


def test_local_times_are_those_of_the_source() -> None:
    code = "import sys; print(sys.argv[1])"
    collected = collect(python(code, "{from_local}", zone="America/New_York"), SEARCH)
    assert content(collected) == b"2026-11-23 07:58:27\n"


@pytest.mark.parametrize(
    "evil",
    ["--help", "-x", "@/etc/passwd", 'a"b', "a b", "a`b`", "$(reboot)", "a\nb", "a|b", "a{b", "é", "a*", "x" * 201],
)
def test_an_id_that_could_be_more_than_an_id_is_kept_out(evil: str) -> None:
    for argument in ("{payment_id}", "{ids}", "{ids_regex}"):
        collected = collect(python("print(1)", argument), Search(payment_id=evil))
        assert (collected.state, collected.command, collected.source) == ("skipped", (), None)
        assert "must not get into a command" in collected.why
        assert evil not in collected.why
    collected = collect(python("import sys; print(sys.argv[1:])", "{ids}"), Search(ids=(evil, "pay-1001")))
    assert content(collected) == b"['pay-1001']\n"
    assert (collected.state, collected.why) == ("ok", "only 1 of 2 ids were asked for")


def test_no_more_ids_than_engines_take() -> None:
    search = Search(ids=tuple(f"pay-{number}" for number in range(IDS + 5)))
    collected = collect(python("import sys; print(len(sys.argv) - 1)", "{ids}"), search)
    assert content(collected) == f"{IDS}\n".encode()
    assert collected.why == f"only {IDS} of {IDS + 5} ids were asked for"


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("{from}", "--around or --at"),
        ("{to_ms}", "--around or --at"),
        ("{from_age}", "--around or --at"),
        ("{ids}", "--id or --payment-id"),
        ("x{ids_or}", "--id or --payment-id"),
        ("{payment_id}", "--payment-id"),
    ],
)
def test_what_is_not_known_skips_the_source_and_says_what_to_give(argument: str, said: str) -> None:
    collected = collect(python("print(1)", argument), Search())
    assert (collected.state, collected.size, collected.shown) == ("skipped", 0, "")
    assert said in collected.why


@pytest.mark.parametrize(
    ("argument", "said", "hint"),
    [
        ("{form}", "{form}", "Did you mean {from}?"),
        ("{idz}", "{idz}", "Did you mean {ids}?"),
        ("{print $1}", "A single {", "Write {{ for {"),
        ("a}", "A single }", "}} for }"),
        ("{ids}{ids}", "twice", "{ids_regex}"),
    ],
)
def test_a_placeholder_that_nobody_knows_is_refused_at_once(argument: str, said: str, hint: str) -> None:
    with pytest.raises(MisuseError) as caught:
        CommandSource(name="shop", command=("cat", argument))
    assert said in caught.value.message
    assert hint in caught.value.hint


# --- --log-command --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("journalctl -u shop.service", ("journalctl", "-u", "shop.service")),
        ("grep -e 'a|b' app.log", ("grep", "-e", "a|b", "app.log")),
        ("sh -c 'cat app.log | head; date > x'", ("sh", "-c", "cat app.log | head; date > x")),
        ("curl https://logs.example.com/?a=1&b=2", ("curl", "https://logs.example.com/?a=1&b=2")),
        (r"grep \; app.log", ("grep", ";", "app.log")),
        ("echo '$(date)'", ("echo", "$(date)")),
        ("""curl -d '{{"q":{ids_json}}}' x""", ("curl", "-d", '{{"q":{ids_json}}}', "x")),
    ],
)
def test_a_command_is_read_as_a_shell_would_read_its_words(text: str, words: tuple[str, ...]) -> None:
    assert parse_command(text) == words
    assert command_source(text).name == words[0]


@pytest.mark.parametrize(
    "text",
    [
        "cat app.log | grep x", "cat app.log|| true |", "cat a > b", "cat a 2>/dev/null", "cat <a", "cat a && cat b",
        "cat a; cat b", "cat a ; cat b", "cat a &", "cat $(date)", 'cat "$(date)"', "cat `date`", "cat a &> b",
    ],
)  # fmt: skip
def test_signs_of_a_shell_are_refused_with_the_way_to_have_one(text: str) -> None:
    with pytest.raises(MisuseError, match="no shell runs it") as caught:
        parse_command(text)
    shown = re.search(r"--log-command (.*)\.$", caught.value.hint, re.DOTALL)
    assert shown is not None
    assert parse_command(*shlex.split(shown[1])) == ("sh", "-c", text)


@pytest.mark.parametrize(
    ("text", "said"), [("", "empty"), ("  ", "empty"), ("''", "empty"), ("cat 'a", "quotation mark")]
)
def test_what_is_no_command_is_refused(text: str, said: str) -> None:
    with pytest.raises(MisuseError, match=said) as caught:
        parse_command(text)
    assert caught.value.hint


def test_the_name_is_the_program_without_its_folder() -> None:
    assert command_source("/home/kim/bin/fetch-logs --all").name == "fetch-logs"


# --- what becomes of it ---------------------------------------------------------------------------------------------


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


# --- side by side ---------------------------------------------------------------------------------------------------


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
