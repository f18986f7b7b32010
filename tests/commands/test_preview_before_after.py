"""``preview --before-after``: real values and what stands for them; hostile text stays inert."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bundler.commands.columns import cell_count, flow, side_by_side
from bundler.errors import ExitCode
from bundler.model import Redaction
from bundler.render.comparison import Spots, compare
from tests.commands.previews import HIDDEN, LOG, SECRET, hostile_bundle, on_terminal
from tests.conftest import Invoke


class TestBeforeAfter:
    """The real values beside what stands for them, on one's own screen."""

    def test_wide_terminal_shows_two_columns(self, bundle: Path) -> None:
        shown = on_terminal(bundle.parent, 160, "preview", bundle.name, "--before-after", NO_COLOR="1")
        (line,) = {line for line in shown.splitlines() if SECRET in line and line.strip().startswith("25")}
        assert re.fullmatch(rf" +25 │ x-ibm-client-secret: {SECRET} +│ x-ibm-client-secret: \[secret-\d\]", line)
        assert max(map(cell_count, shown.splitlines())) <= 160

    def test_narrow_terminal_shows_one_below_the_other(self, bundle: Path) -> None:
        shown = on_terminal(bundle.parent, 99, "preview", bundle.name, "--before-after", NO_COLOR="1")
        assert f"- x-ibm-client-secret: {SECRET}\n" in shown
        assert "       + x-ibm-client-secret: [secret-" in shown
        assert "│" not in shown
        assert max(map(cell_count, shown.splitlines())) <= 99

    def test_context_says_how_many_lines_stand_around(self, invoke: Invoke, bundle: Path) -> None:
        name = "exchanges/01-POST-payments.http"
        bare = invoke("preview", bundle, "--before-after", "--context", "0", "--file", name).out
        wide = invoke("preview", bundle, "--before-after", "--context", "5", "--file", name).out
        assert "sec-ch-ua-platform" not in bare
        assert "sec-ch-ua-platform" in wide
        assert "⋮" in bare
        assert "logs/" not in bare

    def test_json_gives_the_pairs(self, invoke: Invoke, bundle: Path) -> None:
        told = json.loads(invoke("preview", bundle, "--before-after", "--json").out)
        lines = told["files"][0]["lines"]
        assert any(SECRET in line["before"] and SECRET not in line["after"] for line in lines)

    def test_without_a_map_it_says_how_to_name_one(self, invoke: Invoke, bundle: Path) -> None:
        bundle.with_suffix(".map.json").unlink()
        outcome = invoke("preview", bundle, "--before-after")
        assert outcome.code == ExitCode.USAGE
        assert "--map FILE" in outcome.err

    def test_map_of_another_ticket_is_told(self, invoke: Invoke, bundle: Path, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        other = json.loads(invoke("create", LOG, "-o", "other", "--json").out)["files"]["map"]
        outcome = invoke("preview", bundle, "--before-after", "--map", other)
        assert "is of ticket" in outcome.err

    def test_views_that_contradict_are_refused(self, invoke: Invoke, bundle: Path) -> None:
        for argv in (("--before-after", "--summary"), ("--html", "x.html", "--summary"), ("--file", "x", "--summary")):
            assert invoke("preview", bundle, *argv).code == ExitCode.USAGE

    @pytest.mark.parametrize("width", [160, 80])
    def test_hostile_text_and_values_are_shown_and_never_acted_on(self, tmp_path: Path, width: int) -> None:
        path = hostile_bundle(tmp_path)
        shown = on_terminal(tmp_path, width, "preview", path.name, "--before-after", NO_COLOR="1")
        assert "\\x1b]0;title\\x07" in shown.replace("\n", "").replace(" ", "") or "\\x1b]0;title" in shown
        assert not HIDDEN.search(shown)
        assert not HIDDEN.search(on_terminal(tmp_path, width, "preview", path.name, NO_COLOR="1"))
        assert not HIDDEN.search(on_terminal(tmp_path, width, "preview", path.name, "--summary", NO_COLOR="1"))


class TestColumns:
    """Lines are broken where it reads well, and wide letters take two columns."""

    def test_line_breaks_behind_a_blank_and_hard_where_there_is_none(self) -> None:
        assert ["".join(text for text, _ in line) for line in flow([("alpha beta gamma", "")], 11)] == [
            "alpha beta ",
            "gamma",
        ]
        assert [len(line[0][0]) for line in flow([("x" * 25, "")], 10)] == [10, 10, 5]

    def test_colour_goes_on_over_the_break(self) -> None:
        assert flow([("ab", ""), ("c" * 10, "red")], 8) == [[("ab", ""), ("c" * 6, "red")], [("c" * 4, "red")]]

    def test_wide_letters_and_marks_keep_the_columns_straight(self) -> None:
        assert (cell_count("日本"), cell_count("e\u0301"), cell_count("abc")) == (4, 1, 3)
        rows = compare("a", "日本語テキスト [name-1] e\u0301\n".encode(), Spots([Redaction("name", "[name-1]", 1)]))
        for line in side_by_side(rows, 100, is_coloured=False):
            assert cell_count(line[: line.index("│", 9)]) == 9 + (100 - 12) // 2 + 1

    def test_empty_line_is_one_line(self) -> None:
        assert flow([], 10) == [[]]
