"""What goes into the commands that hand out logs: ids, times, and the words of ``--log-command``."""

from __future__ import annotations

import re
import shlex

import pytest

from bundler.errors import MisuseError
from bundler.evidence.commands import CommandSource, collect, command_source, parse_command
from bundler.evidence.placeholders import IDS, Search
from tests.evidence.command_sources import SEARCH, content, python


def printed(*arguments: str) -> list[str]:
    """The arguments as the program gets them."""
    collected = collect(python("import sys; print('\\n'.join(sys.argv[1:]))", *arguments), SEARCH)
    return content(collected).decode().splitlines()


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
