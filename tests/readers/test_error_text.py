"""An error in words is read as what was answered: a page of a gateway by itself, any other text when it is named."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from bundler.errors import ExitCode, UnreadableInput
from bundler.readers import error_text, recognise
from bundler.readers.scores import HINT, NO, POSSIBLE
from tests.conftest import Invoke
from tests.refusals import refused

WORDS = "PHP Fatal error: Could not create the payment: Invalid MSN: 210045. Check your API keys on portal\n"
PAGE = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>\n"


@pytest.mark.parametrize(
    ("text", "score"),
    [
        (PAGE, POSSIBLE),
        ("<html><head><title>Welcome</title></head></html>", HINT),
        (WORDS, HINT),
        ("", NO),
        ("\x89PNG\x00\x01\x02\x03", NO),
        ("error " * 20_000, NO),
    ],
)
def test_only_a_page_that_tells_of_trouble_is_known_unasked(text: str, score: float) -> None:
    assert error_text.detect(text.encode(), "x.txt").score == score


def test_no_other_reader_loses_its_own_to_it() -> None:
    error = b'{"error":"invalid_client"}'
    assert recognise(error, "x")[0][0].FORMAT == "json-error"
    assert recognise(b"HTTP/1.1 502 Bad Gateway\r\n\r\n" + PAGE.encode(), "x")[0][0].FORMAT == "http"


def test_a_long_text_or_bytes_are_not_one_error() -> None:
    for data in (b"error " * 20_000, b"error\x00"):
        with pytest.raises(UnreadableInput):
            list(error_text.read(io.BytesIO(data), "x.txt", []))


def ticket(invoke: Invoke, *argv: str) -> dict[str, object]:
    outcome = invoke("check", *argv, "--json")
    assert outcome.code == ExitCode.FINE, outcome.err
    found: dict[str, object] = json.loads(outcome.out)["ticket"]
    return found


@pytest.mark.parametrize("argv", [("error.txt",), ("--response", "error.txt")])
def test_what_a_plugin_printed_is_explained(invoke: Invoke, tmp_path: Path, argv: tuple[str, ...]) -> None:
    (tmp_path / "error.txt").write_text(WORDS, encoding="utf-8")
    cause = ticket(invoke, *argv)["cause"]
    assert isinstance(cause, dict)
    assert (cause["code"], cause["who"]) == ("RSP007", "config")


def test_its_first_words_or_its_title_are_the_summary(invoke: Invoke, tmp_path: Path) -> None:
    for name, text, summary in (
        ("error.txt", WORDS + "in VippsApi.class.php:1550", WORDS.strip()),
        ("page.html", PAGE, "502 Bad Gateway"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert ticket(invoke, name)["summary"] == summary


def test_a_saved_page_of_a_gateway_tells_by_its_title_to_try_again(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    cause = ticket(invoke, "page.html")["cause"]
    assert isinstance(cause, dict)
    assert (cause["code"], cause["who"]) == ("RSP006", "wait")


def test_inspect_says_the_same(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "error.txt").write_text(WORDS, encoding="utf-8")
    assert json.loads(invoke("inspect", "error.txt", "--json").out)["sources"][0]["format"] == "error-text"


def test_it_is_masked_as_any_answer(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "error.txt").write_text(
        WORDS + "client_secret=kq7Zr2x9tAvB4mN8sLd0 for ola@example.com\n", encoding="utf-8"
    )
    found = json.dumps(ticket(invoke, "error.txt"))
    assert "kq7Zr2x9tAvB4mN8sLd0" not in found
    assert "ola@example.com" not in found


def test_words_that_tell_of_no_trouble_or_lie_in_a_folder_are_not_taken(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_text("the shop opens at nine\n", encoding="utf-8")
    refused(invoke, tmp_path, ExitCode.INPUT, "nothing that can be read", "check", "hello.txt")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "notes.txt").write_text(WORDS, encoding="utf-8")
    outcome = invoke("check", "logs", "--event", "x", "--json")
    assert outcome.code != ExitCode.FINE
    assert "was recognised" in outcome.err
