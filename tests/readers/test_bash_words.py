from __future__ import annotations

import pytest

from bundler.readers.bash_words import Word, read_command


def texts(command: str) -> list[str]:
    return [word.text for word in read_command(command).words]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("curl 'a b' \"c d\" e\\ f", ["curl", "a b", "c d", "e f"]),
        ("a \\\n b", ["a", "b"]),
        ("a \\\r\n b\r\nc", ["a", "b"]),
        ("a 'x\\\ny'", ["a", "x\\\ny"]),
        ('a "x\\\ny"', ["a", "xy"]),
        (r"""a $'it\'s \u00e6 \xc3\xa6 \101\t'""", ["a", "it's æ æ A\t"]),
        ("a $'x\\0y'z", ["a", "xz"]),
        ("a # b", ["a"]),
        ("a#b", ["a#b"]),
        ("a; b", ["a"]),
        ("a | jq .", ["a"]),
        ("a && b", ["a"]),
        ("a > out.txt 2>&1 b", ["a", "b"]),
        ("a 2> /dev/null b 12", ["a", "b", "12"]),
        ("a \\\n```\nb", ["a"]),
        ("a $(", ["a", "$("]),
        ("a 'open", ["a", "open"]),
        ('a "open\\', ["a", "open\\"]),
        ("a b\x0bc\u00a0d b\re", ["a", "b\x0bc\u00a0d", "b\re"]),
        ("a 2>\nb", ["a"]),
        ("a $('open", ["a", "$('open"]),
        ('a $(b \\) "c\\"") d', ["a", '$(b \\) "c\\"")', "d"]),
        ("a $'open\\", ["a", "open"]),
    ],
)
def test_words_follow_the_rules_of_bash(command: str, words: list[str]) -> None:
    assert texts(command) == words


@pytest.mark.parametrize(
    "word",
    [
        "$TOKEN",
        "${TOKEN:-x}",
        "$(cat a 'b)' \"c)\" $(d))",
        "`date`",
        "$1",
        "{a,b}",
        "{1..3}",
        "~/x",
        "<(date)",
        "$((1+1))",
    ],
)
def test_what_bash_would_replace_is_kept_as_written_and_marked(word: str) -> None:
    command = read_command(f"curl {word} next")
    assert command.words[1:] == (Word(word, is_unresolved=True), Word("next"))


@pytest.mark.parametrize("word", ['"$TOKEN"', '"a $(b "c") d"', '"`date`"'])
def test_expansion_inside_quotes_is_marked_too(word: str) -> None:
    command = read_command(f"curl {word} next")
    assert command.words[1] == Word(word[1:-1], is_unresolved=True)
    assert command.words[2] == Word("next")


@pytest.mark.parametrize("word", ["'$TOKEN'", r"\$TOKEN", '"$"', "{a}", "$'$TOKEN'", "a~b", "{}"])
def test_what_only_looks_like_expansion_is_not_marked(word: str) -> None:
    assert not read_command(f"curl {word}").words[1].is_unresolved


def test_here_document_is_standard_input() -> None:
    command = read_command('curl -d @- url <<\'EOF\' | jq .\n{"a": "$b"}\nEOF\nnext')
    assert command.stdin == Word('{"a": "$b"}\n')
    assert read_command("curl -d @- <<-EOF\n\t{$b}\n\tEOF\n").stdin == Word("{$b}\n", is_unresolved=True)
    assert read_command("curl -d @- <<< 'a b' url").stdin == Word("a b\n")


def test_prompts_of_further_lines_are_taken_away() -> None:
    command = read_command("curl a \\\n> -d 'b\n> c' \"d\n> e\"\noutput", has_prompt=True)
    assert [word.text for word in command.words] == ["curl", "a", "-d", "b\nc", "d\ne"]


def test_unquoted_ampersand_is_pointed_out() -> None:
    command = read_command("curl https://api.example.com/?a=1&b=2")
    assert [word.text for word in command.words][1] == "https://api.example.com/?a=1"
    assert "ampersand" in command.notes[0] or "&" in command.notes[0]


def test_unclosed_quote_is_pointed_out() -> None:
    assert "not closed" in read_command("curl 'a").notes[0]
