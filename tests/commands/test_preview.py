"""``preview``: one look at what would leave."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.commands.previews import HAR, HIDDEN, PICTURE, SECRET, hostile_bundle, on_terminal
from tests.conftest import Invoke
from tests.redact.layered import packed_twice

BEARER = "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl"


class TestOverview:
    """One look tells what was masked where, and what to look at yourself."""

    def test_tells_totals_by_group_and_which_picture_to_look_at(self, invoke: Invoke, bundle: Path) -> None:
        outcome = invoke("preview", bundle)
        assert outcome.code == ExitCode.FINE
        assert re.search(
            r"Masked: \d+ secrets, \d+ of payment data, \d+ of personal data; in 3 of 4 files", outcome.out
        )
        assert "Look yourself at this picture" in outcome.out
        assert "pictures/01-app-error.png" in outcome.out
        assert "--redact app-error.png:X,Y,W,H" in outcome.out
        assert "Leak check: passed; searched by the values of the private map and by shape" in outcome.out
        assert "from payment-service.log" in outcome.out
        assert "records, outside the window" in outcome.out
        assert "privacy.md" in outcome.out
        assert SECRET not in outcome.out

    def test_tells_the_same_of_the_mail(self, invoke: Invoke, bundle: Path) -> None:
        outcome = invoke("preview", bundle.with_suffix(".eml"))
        assert outcome.code == ExitCode.FINE
        assert "a mail of" in outcome.out
        for told in ("the mail's text", "logs/01-payment-service.log", "Leak check: passed", "Look yourself"):
            assert told in outcome.out
        assert "privacy.md" not in outcome.out
        packed, mailed = (
            json.loads(invoke("preview", path, "--json").out) for path in (bundle, bundle.with_suffix(".eml"))
        )
        assert packed["totals"] == mailed["totals"]

    def test_says_two_pictures_when_there_are_two(self, invoke: Invoke, tmp_path: Path) -> None:
        second = tmp_path / "second.png"
        second.write_bytes(PICTURE.read_bytes())
        files = json.loads(invoke("create", HAR, PICTURE, second, "--json").out)["files"]
        assert "Look yourself at these 2 pictures" in invoke("preview", files["bundle"]).out

    def test_is_plain_and_narrow_where_nobody_looks(self, invoke: Invoke, bundle: Path) -> None:
        out = invoke("preview", bundle).out
        assert "\x1b" not in out
        assert max(map(len, out.splitlines())) <= 80

    def test_is_coloured_on_a_terminal_and_not_where_no_color_is_set(self, bundle: Path) -> None:
        assert "\x1b[1m" in on_terminal(bundle.parent, 100, "preview", bundle.name)
        assert "\x1b" not in on_terminal(bundle.parent, 100, "preview", bundle.name, NO_COLOR="1")

    def test_json_tells_all_of_it(self, invoke: Invoke, bundle: Path) -> None:
        told = json.loads(invoke("preview", bundle, "--json").out)
        assert told["leak_check"]["passed"] is True
        assert {group["group"] for group in told["totals"]} == {"secrets", "payment data", "personal data"}
        (picture,) = told["not_looked_into"]
        assert picture["what"] == "pictures/01-app-error.png"
        files = {file["name"]: file for file in told["files"]}
        assert files["pictures/01-app-error.png"]["looked_into"] is False
        assert "privacy.md" in files

    @pytest.mark.parametrize(
        ("name", "content", "code", "told"),
        [("logs/02.log", BEARER, ExitCode.LEAK, "NOT passed"), ("notes.txt", "added later", ExitCode.INPUT, "PRV103")],
        ids=["a secret", "a file that the manifest does not list"],
    )
    def test_what_was_added_to_it_is_told(
        self, invoke: Invoke, bundle: Path, name: str, content: str, code: ExitCode, told: str
    ) -> None:
        bundle.write_bytes(packed_twice(bundle.read_bytes(), name, f"{content}\n".encode()))
        outcome = invoke("preview", bundle)
        assert outcome.code == code
        assert told in outcome.out
        assert content not in outcome.out

    def test_leaks_beyond_what_a_screen_holds_are_counted(self, invoke: Invoke, bundle: Path) -> None:
        cards = b"pan 5555555555554444\n" * 45
        bundle.write_bytes(packed_twice(bundle.read_bytes(), "logs/02.log", cards))
        assert "\n  and 5 more\n" in invoke("preview", bundle).out

    @pytest.mark.parametrize("content", [b"", b"hello\n", b"PK\x05\x06" + b"\0" * 18])
    def test_what_is_no_ticket_is_refused_in_one_sentence(self, invoke: Invoke, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "x.zip").write_bytes(content)
        outcome = invoke("preview", "x.zip")
        assert outcome.code == ExitCode.INPUT
        assert outcome.err.startswith("Error: ")

    def test_one_file_on_a_terminal_is_shown_and_never_acted_on(self, tmp_path: Path) -> None:
        path = hostile_bundle(tmp_path)
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.startswith("logs/"))
        shown = on_terminal(tmp_path, 100, "preview", path.name, "--file", name)
        assert "\\x1b[31mred" in shown
        assert not HIDDEN.search(shown)
