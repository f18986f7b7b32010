"""What the reports on privacy tell: by kind, by file, what nobody looked into, and what was decided; never a value."""

from __future__ import annotations

from msgspec.structs import replace

from bundler.model import Finding, Redaction
from bundler.redact.edition import rules_edition
from bundler.redact.rules import RULES
from bundler.redact.vault import KINDS as MASKED_KINDS
from bundler.render import Tool, render
from bundler.render.privacy import KINDS, by_group, decided, unseen, unseen_of, withheld_in
from tests.build import app_screen, empty_ticket, safe_ticket

TOOL = Tool("ticket-bundler", "0.1.0", rules="166 shipped rules, 3f2a9c1b")


def test_every_kind_that_is_masked_has_a_group_and_a_name_in_words() -> None:
    assert set(KINDS) == MASKED_KINDS


def test_groups_come_by_weight_and_count_values_and_places() -> None:
    groups = by_group(
        [Redaction("email", "[email-1]", 3), Redaction("jwt", "[jwt-1]", 1), Redaction("jwt", "[jwt-2]", 4)]
    )
    assert [(group.name, group.value_count, group.place_count) for group in groups] == [
        ("secrets", 2, 5),
        ("personal data", 1, 3),
    ]


def test_kind_of_nobody_counts_among_the_others() -> None:
    (group,) = by_group([Redaction("loyalty", "[loyalty-1]", 1)])
    assert (group.name, group.kinds[0].words) == ("other values", "loyalty")


def test_picture_is_named_as_in_the_bundle_and_told_once() -> None:
    ticket = safe_ticket(
        pictures=(app_screen(box_count=0),),
        not_looked_into=(
            "app.png: what is seen in a picture is not searched",
            "a.har, entry 3: 12 bytes that are no text",
        ),
    )
    picture, body = unseen(ticket)
    assert (picture.what, picture.is_picture) == ("pictures/01-app.png", True)
    assert "no part of it is covered" in picture.why
    assert "--redact app.png:X,Y,W,H" in picture.advice
    assert (body.what, body.is_picture) == ("a.har, entry 3", False)
    assert "--note" in body.advice


def test_remark_without_a_reason_is_told_as_it_stands() -> None:
    (thing,) = unseen_of(["something"], [])
    assert (thing.what, thing.why) == ("something", "")


def test_withheld_texts_are_counted_by_file_and_rule() -> None:
    data = b"a [withheld: the rule iban failed]\n[withheld: the rule iban failed] [withheld: a body that is not text]"
    (text,) = withheld_in([("logs/01.log", data)])
    assert (text.file, text.why, text.count) == ("logs/01.log", "the rule iban failed", 2)


def test_decisions_are_what_masking_itself_says() -> None:
    kept = Finding(code="PRV904", severity="warning", message="A secret (token) stays readable on purpose: expired.")
    ticket = safe_ticket(findings=(kept, *safe_ticket().findings))
    assert decided(ticket.findings) == (kept,)
    assert "stays readable on purpose: expired" in render("privacy.md", ticket, tool=TOOL)


def test_privacy_report_tells_kinds_files_and_rules() -> None:
    text = render("privacy.md", safe_ticket(), tool=TOOL)
    for needed in (
        "166 shipped rules, 3f2a9c1b",
        "| jwt | secrets: JSON web tokens | 1 | 3 |",
        "| exchanges/01-POST-payments.http | checkout.har, entry 4 | token (1), phone (1) |",
        "**pictures/01-app.png**",
        "No secret was kept on the sender's word.",
        "Nothing was left out for a rule that failed.",
    ):
        assert needed in text


def test_privacy_report_says_how_much_of_a_long_list_it_leaves_out() -> None:
    kept = Finding(code="PRV904", severity="warning", message="A secret (token) stays readable on purpose: expired.")
    text = render("privacy.md", safe_ticket(findings=(kept,) * 62, not_looked_into=("a thing",) * 63), tool=TOOL)
    assert "- and 2 more, in ticket.json\n" in text
    assert "- and 4 more, in ticket.json\n" in text  # a picture, too


def test_privacy_report_of_a_ticket_of_nothing_says_so() -> None:
    text = render("privacy.md", empty_ticket(), tool=TOOL)
    assert "Nothing had to be masked." in text
    assert "All that was given was looked into." in text
    assert "The ticket holds no exchange and no log." in text


def test_edition_names_the_rules_and_changes_with_any_of_them() -> None:
    assert rules_edition().startswith(f"{len(RULES)} shipped rules, ")
    assert rules_edition() == rules_edition(reversed(RULES))
    changed = (replace(RULES[0], keys=(*RULES[0].keys, "another")), *RULES[1:])
    assert rules_edition(changed).split(", ")[0] == rules_edition().split(", ")[0]
    assert rules_edition(changed) != rules_edition()
