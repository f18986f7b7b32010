"""Which of a ticket's placeholders stand in a file, and how often."""

from __future__ import annotations

from bundler.document import count_redactions
from bundler.model import Redaction


def test_redactions_are_counted_by_their_whole_placeholder() -> None:
    known = [Redaction("token", "[token-1]", 9), Redaction("token", "[token-10]", 9), Redaction("iban", "[iban-1]", 9)]
    assert count_redactions(b"[token-1] [token-10] [token-1]", known) == (
        Redaction("token", "[token-1]", 2),
        Redaction("token", "[token-10]", 1),
    )


def test_placeholder_counts_inside_brackets_of_the_text_and_with_its_detail_only() -> None:
    known = [Redaction("jwt", "[jwt-1:alg=HS256]", 1), Redaction("name", "[name-2]", 1)]
    assert count_redactions(b"[[name-2],[x[name-2]] [jwt-1] [jwt-1:alg=HS256]", known) == (
        Redaction("jwt", "[jwt-1:alg=HS256]", 1),
        Redaction("name", "[name-2]", 2),
    )


def test_stand_in_of_valid_form_counts_alone_and_not_within_a_longer_one() -> None:
    known = [Redaction("ip", "192.0.2.1", 9)]
    assert count_redactions(b"192.0.2.1 192.0.2.10 192.0.2.1.5 1192.0.2.1 (192.0.2.1).", known) == (
        Redaction("ip", "192.0.2.1", 2),
    )


def test_redaction_without_a_placeholder_stands_nowhere() -> None:
    assert count_redactions(b"anything", [Redaction("token", "", 1)]) == ()
