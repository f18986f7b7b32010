"""What servers and programs say, as one line that may be shown."""

from __future__ import annotations

import pytest

from bundler.delivery.words import LONGEST, server_words


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            b"5.7.8 Not accepted.\n5.7.8  More at https://help.example",
            "5.7.8 Not accepted. More at https://help.example",
        ),
        (b"4.7.1 first\n5.1.1 second", "4.7.1 first 5.1.1 second"),
        ("evil\N{RIGHT-TO-LEFT OVERRIDE}txt\x1b[2J\0".encode(), "evil�txt�[2J�"),
        (b"caf\xe9", "caf�"),
        (b" \r\n\t ", ""),
    ],
)
def test_words_are_one_printable_line(said: bytes, shown: str) -> None:
    assert server_words(said) == shown


def test_words_are_short() -> None:
    assert server_words(b"x" * LONGEST) == "x" * LONGEST
    assert server_words(b"x" * 100_000) == "x" * (LONGEST - 2) + " …"


@pytest.mark.parametrize("said", [b"bad s3cret!", b"bad czNjcmV0!", b"bad czNjcmV0", b"s3crets3cret"])
def test_a_secret_does_not_come_back(said: bytes) -> None:
    shown = server_words(said, "s3cret", "")
    assert "s3cret" not in shown
    assert "czNjcmV0" not in shown
    assert "…" in shown
