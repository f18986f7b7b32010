"""Text from outside becomes harmless text that still says what it said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.model import OccurredAt
from bundler.render import text, times


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain æøå 漢字 👍", "plain æøå 漢字 👍"),
        ("a\r\nb\nc\rd", "a\nb\nc\\rd"),
        ("\x00\x1b[31m\x7f\x85", "\\x00\\x1b[31m\\x7f\\x85"),
        ("abc\u202egnp.exe", "abc\\u202egnp.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_hidden_characters_become_visible(written: str, shown: str) -> None:
    assert text.visible(written) == shown


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(codec=None)))
def test_making_visible_twice_changes_nothing_more(written: str) -> None:
    once = text.visible(written)
    assert text.visible(once) == once
    once.encode("utf-8")
    assert "\n" not in text.inline(written)


def test_one_line_keeps_line_ends_in_sight_and_says_what_it_cut() -> None:
    assert text.inline("a\r\nBcc: x\t") == "a\\r\\nBcc: x\\t"
    assert text.inline("x" * 1500, 10) == "xxxxxxxxxx… (+1,490 characters)"
    assert text.inline(42) == "42"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (18_432, "18.4 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"),
        (12_345_678_901, "12,345.7 MB"),
    ],
)  # fmt: skip
def test_size_is_for_people(count: int, shown: str) -> None:
    assert text.size(count) == shown


def test_cut_keeps_whole_what_fits() -> None:
    assert text.cut("a\nb\r\nc\n", 3) == text.Cut("a\nb\nc")


def test_cut_says_how_many_lines_and_long_lines_it_left_out() -> None:
    assert text.cut("a\nb\nc\nd", 2) == text.Cut("a\nb", "2 more lines left out here")
    assert text.cut("a\nb\nc\n", 2) == text.Cut("a\nb", "1 more line left out here")
    cut = text.cut("x" * 30 + "\ny", 5, 10)
    assert cut.text == "xxxxxxxxxx… (+20 characters)\ny"
    assert cut.left_out == "1 long line cut after 10 characters"


def test_capped_list_counts_the_rest() -> None:
    shown = text.capped((1, 2, 3), 2)
    assert list(shown) == [1, 2]
    assert (len(shown), shown.left_out) == (2, 1)
    assert text.capped([], 2).left_out == 0


@settings(max_examples=60)
@given(st.text(alphabet="`~\n ax<"))
def test_fence_is_longer_than_any_run_of_backticks_inside(inside: str) -> None:
    lines = text.fenced(inside, "text").split("\n")
    fence = lines[-1]
    assert len(fence) >= 3
    assert set(fence) == {"`"}
    assert lines[0] == f"{fence}text"
    assert all(fence not in line for line in lines[1:-1])
    assert "\n".join(lines[1:-1]) == inside.removesuffix("\n")


@pytest.mark.parametrize(
    ("value", "shown"),
    [("abc", "`abc`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a|b", "`a\\|b`"), ("", ""), ("a\nb", "`a\\nb`")],
)
def test_code_span_holds_any_value(value: str, shown: str) -> None:
    assert text.code(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain snake_case text.", "plain snake_case text."),
        ("<script>", "\\<script\\>"),
        ("[a](b) *c* _d_ `e` ~f~", "\\[a\\](b) \\*c\\* \\_d\\_ \\`e\\` \\~f\\~"),
        ("a|b", "a\\|b"),
        ("# no heading", "\\# no heading"),
        ("- no list", "\\- no list"),
        ("+01:00", "+01:00"),
        ("1. no list", "1\\. no list"),
        ("a\n# b", "a\\\\n# b"),
        ("&lt; & more", "\\&lt; & more"),
        ("---", "\\---"),
    ],
)
def test_markdown_text_holds_no_markup(value: str, shown: str) -> None:
    assert text.md(value) == shown


def test_wrapped_text_hangs_and_fits() -> None:
    lines = text.wrap("word " * 40, 2, 2).split("\n")
    assert all(len(line) <= 76 for line in lines)
    assert lines[0].startswith("  word")
    assert all(line.startswith("    word") for line in lines[1:])
    assert text.wrap("") == ""


def test_a_word_longer_than_the_line_stands_whole_on_a_line_of_its_own() -> None:
    address = f"https://shop.example/return?state={'4bf92f35' * 20}&code=17"
    lines = text.wrap(f"It sent people to {address} and no further.", 2, 2).split("\n")
    assert lines == ["  It sent people to", f"    {address}", "    and no further."]
    assert text.wrap(address, 2) == f"  {address}"


@pytest.mark.parametrize("long", ["=" * 995, "æ" * 498], ids=["ascii", "two-bytes-each"])
def test_only_a_word_that_no_line_of_a_mail_holds_goes_on_in_the_next(long: str) -> None:
    assert text.wrap(long[1:], 2) == f"  {long[1:]}"
    begin, *others = text.wrap(f"Sent {long}=4bf92f3577b34da6", 2, 2).split("\n")
    assert begin == "  Sent"
    assert all(len(line) <= 76 and line.startswith("    ") for line in others)
    assert "".join(line.strip() for line in others) == f"{long}=4bf92f3577b34da6"
    assert sum("4bf92f3577b34da6" in line for line in others) == 1


def test_folded_lines_lose_nothing() -> None:
    lines = text.folded('{"a": "' + "x" * 200 + '"}\n\nend').split("\n")
    assert all(len(line) <= 76 for line in lines)
    assert "".join("".join(lines).split()) == '{"a":"' + "x" * 200 + '"}end'
    assert lines[-1] == "  end"


@pytest.mark.parametrize("before", range(30, 90))
def test_folded_lines_tear_no_number_and_no_id(before: int) -> None:
    number, guid = "5168095753340115", "1b0c5c2e-7a54-4d63-9f0e-2c9a6f1d83b7"
    line = f"{'x' * (before % 7)}{'=&' * (before // 2)}ref={number}&paymentId={guid}&order_id={number}"
    lines = text.folded(line).split("\n")
    assert all(len(each) <= 76 for each in lines)
    assert "".join(each.strip() for each in lines) == line
    for whole in (number, guid):
        assert sum(each.count(whole) for each in lines) == line.count(whole)


def test_letters_become_their_ascii_likeness() -> None:
    assert (
        text.ascii_line("Ugyldigt beløb – Ærø, Åse, naïve, “x” → 漢\n!")
        == 'Ugyldigt beloeb - Aeroe, Aase, naive, "x" -> !'
    )


FIVE = datetime(2026, 11, 23, 14, 2, 11, 482900, tzinfo=timezone(timedelta(hours=1)))


def test_moment_is_in_utc_with_milliseconds_and_its_zone() -> None:
    assert times.moment(FIVE) == "2026-11-23 13:02:11.482 UTC"
    assert times.iso(FIVE) == "2026-11-23T13:02:11.482Z"
    assert times.clock(FIVE) == "13:02:11.482"
    assert [times.moment(None), times.iso(None), times.clock(None)] == ["", "", ""]


def test_local_moment_is_shown_only_where_it_differs() -> None:
    occurred = OccurredAt(FIVE, "w", "z", (), local="2026-11-23 14:02:11.482 +01:00")
    assert times.local(occurred) == "2026-11-23 14:02:11.482 +01:00"
    assert times.local(OccurredAt(FIVE, "w", "z", (), local="2026-11-23 13:02:11.482 UTC")) == ""
    assert times.local(OccurredAt(FIVE, "w", "z", ())) == ""


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(None, ""), (0.4, "0 ms"), (84.3, "84 ms"), (27_360, "27.4 s"), (725_400, "12 min 05 s")],
)
def test_span_is_for_people(milliseconds: float | None, shown: str) -> None:
    assert times.span(milliseconds) == shown


def test_distance_from_the_failure_has_a_sign() -> None:
    assert times.since(FIVE - timedelta(seconds=27.3), FIVE) == "−27.3 s"
    assert times.since(FIVE + timedelta(milliseconds=84), FIVE) == "+84 ms"
    assert times.since(FIVE, FIVE.astimezone(UTC)) == "0"
    assert times.since(None, FIVE) == ""
