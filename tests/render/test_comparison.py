"""A text beside the same text with the real values: where the spots are, and what is shown of the rest."""

from __future__ import annotations

from bundler.model import Redaction
from bundler.redact import Vault, VaultEntry
from bundler.render.comparison import MOST_ROWS, WHOLE_LIMIT, Spots, compare

CARD, MAIL = "4111 1111 1111 1111", "ola.nordmann@example.com"
REDACTIONS = (Redaction("card", "[card-1]", 1), Redaction("email", "[email-1]", 1), Redaction("ip", "192.0.2.1", 1))
VAULT = Vault(
    (
        VaultEntry("[card-1]", "card", CARD, 1),
        VaultEntry("[email-1]", "email", MAIL, 1),
        VaultEntry("192.0.2.1", "ip", "203.0.113.77", 1),
    )
)
SPOTS = Spots(REDACTIONS, VAULT)


def test_every_spot_of_a_line_is_told_with_kind_and_value() -> None:
    (row,) = compare("a.log", b"pay [card-1] by [email-1] from 192.0.2.1.\n", SPOTS).rows
    assert [(piece.text, piece.kind, piece.real) for piece in row.pieces if piece.kind] == [
        ("[card-1]", "card", CARD),
        ("[email-1]", "email", MAIL),
        ("192.0.2.1", "ip", "203.0.113.77"),
    ]
    assert row.before == f"pay {CARD} by {MAIL} from 203.0.113.77."
    assert row.after == "pay [card-1] by [email-1] from 192.0.2.1."


def test_what_only_looks_like_a_placeholder_is_text() -> None:
    (row,) = compare("a.log", b"[card-2] [nothing-1] 192.0.2.10 192.0.2.1.5", SPOTS).rows
    assert not row.is_masked


def test_without_the_map_the_kind_is_known_and_the_value_is_not() -> None:
    (row,) = compare("a.log", b"pay [card-1]", Spots(REDACTIONS)).rows
    assert row.is_masked
    assert row.before == row.after == "pay [card-1]"


def test_text_that_was_withheld_is_a_spot_too() -> None:
    (row,) = compare("a.log", b"[withheld: the rule iban failed]", SPOTS).rows
    assert [piece.kind for piece in row.pieces] == ["withheld"]


def test_a_value_of_several_lines_is_told_once() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"
    spots = Spots(
        [Redaction("private-key", "[private-key-1]", 3)], Vault((VaultEntry("[private-key-1]", "private-key", key, 3),))
    )
    rows = compare("a.log", b"[private-key-1]\n[private-key-1]\n[private-key-1]\nend\n[private-key-1]\n", spots).rows
    assert [row.before for row in rows] == [
        key.replace("\n", "\\n"), "⋮", "⋮", "end", key.replace("\n", "\\n")
    ]  # fmt: skip


def test_context_shows_the_lines_around_each_spot_and_counts_the_others() -> None:
    lines = [b"x"] * 20
    lines[5] = lines[7] = b"[card-1]"
    rows = compare("a.log", b"\n".join(lines), SPOTS, context=1).rows
    assert [(row.number, row.gap) for row in rows] == [(0, 4), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (0, 11)]
    assert [row.number for row in compare("a.log", b"\n".join(lines), SPOTS, context=0).rows if not row.gap] == [6, 8]
    assert len(compare("a.log", b"\n".join(lines), SPOTS).rows) == 20
    assert compare("a.log", b"plain\n", SPOTS, context=3).rows == ()


def test_a_long_file_shows_what_is_near_its_spots_and_says_what_it_leaves_out() -> None:
    some = compare("a.log", b"x\n" * WHOLE_LIMIT + b"[card-1]\n", SPOTS)
    assert [row.gap for row in some.rows] == [WHOLE_LIMIT - 3, 0, 0, 0, 0]
    many = compare("a.log", b"[card-1]\n" * (MOST_ROWS + 7), SPOTS)
    assert (len(many.rows), many.left_out, many.spot_count) == (MOST_ROWS, 7, MOST_ROWS + 7)


def test_nothing_hidden_stays_hidden_on_either_side() -> None:
    bad = "a\x1b[31mb\u202ec\x00\u200b\r"
    spots = Spots([Redaction("name", "[name-1]", 1)], Vault((VaultEntry("[name-1]", "name", bad, 1),)))
    (row,) = compare("a.log", f"{bad}\t[name-1]".encode() + b"\xff", spots).rows
    for text in (row.before, row.after):
        assert text.isprintable()
        assert "\\x1b[31m" in text
        assert "\\u202e" in text
    assert "\\xff" in row.after


def test_a_line_of_a_megabyte_is_cut_around_its_spots() -> None:
    data = b"A" * 1_000_000 + b"[card-1]" + b"B" * 1_000_000
    (row,) = compare("a.log", data, SPOTS).rows
    assert "A[card-1]B" in row.after
    assert "998,000 characters" in row.after
    assert len(row.before) < 6_000
