"""Every document tells what support asks for, what is missing and what was cut, whatever the evidence holds."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from msgspec.structs import replace

from bundler.model import Origin, Rival
from bundler.render import TEMPLATES, render, templates_folder
from tests.build import CORRELATION, GIANT, MERCHANT, PAYMENT, safe_ticket
from tests.render.pages import TICKETS, TOOL, Page, every_document, every_ticket, rendered, squeezed


@every_document
@every_ticket
def test_no_hidden_character_gets_out(template: str, kind: str) -> None:
    text = rendered(template, kind)
    hidden = {sign for sign in text if not sign.isprintable() and sign not in "\n\t "} - {"\N{NO-BREAK SPACE}"}
    assert hidden == set()
    text.encode("utf-8")


@every_document
def test_templates_in_the_evidence_are_only_text(template: str) -> None:
    text = rendered(template, "hostile")
    assert "1337" not in text
    assert "<class" not in text


@pytest.mark.parametrize("template", ["report.html", "report.md", "mail.txt", "mail.html"])
def test_full_document_tells_what_support_asks_for(template: str) -> None:
    text = rendered(template, "full")
    assert "data:image" not in text or template == "report.html"
    told = squeezed(Page(text).text if template.endswith("html") else text)
    for needed in (
        MERCHANT, PAYMENT, CORRELATION, "2026-11-23 13:02:11.482 UTC", "2026-11-23 14:02:11.482 +01:00",
        "2026-11-23T14:02:11.482+01:00", "the offset in the text itself", "Test (sandbox)", "409 Conflict", "3410",
        "payments/{id}/captures", "Betalingen mislykkedes", "27 s after its callback", "almost certain",
        "the integration's code", '"captureIdentifier"', "no valid authorization", "ida.fjeld@example.com", "0.1.0",
    ):  # fmt: skip
        assert squeezed(needed).lower() in told.lower(), needed


@every_ticket
def test_markdown_report_holds_no_html_and_closes_every_fence(kind: str) -> None:
    fence = ""
    for line in rendered("report.md", kind).split("\n"):
        if fence:
            fence = "" if line == fence else fence
        elif run := re.match("`{3,}", line):
            fence = run[0]
        else:
            assert not re.search(r"(?<!\\)<(?!https?://)[a-z/!]", re.sub(r"(?<!\\)(`+).*?\1", "", line)), line
    assert fence == ""


def test_what_is_cut_says_so() -> None:
    for template, size in (("report.html", 3_000_000), ("report.md", 500_000)):
        text = rendered(template, "hostile")
        assert GIANT[:10_000] not in text
        assert len(text) < size
        for left_out in ("more calls in", "more facts in", "more findings in", "more pieces in", "more logs in"):
            assert re.search(rf"\d {left_out} ", text), left_out
        assert "long line" in text
        assert "more lines of this excerpt left out here" in text


def test_documents_of_the_same_ticket_are_the_same() -> None:
    assert [render(each, safe_ticket(), tool=TOOL) for each in TEMPLATES] == [
        rendered(each, "full") for each in TEMPLATES
    ]


def test_missing_things_are_named_with_the_way_to_get_them() -> None:
    asked = tuple(
        replace(each, found=False, where="", how="Attach a photo of the screen.") if each.item == "screenshot" else each
        for each in safe_ticket().asked
    )
    ticket = safe_ticket(asked=asked, pictures=())
    for template in ("report.html", "report.md", "mail.txt", "mail.html"):
        text = render(template, ticket, tool=TOOL)
        assert "Attach a photo of the screen." in text
        assert "Screenshot" in text
        assert re.search("missing", text, re.IGNORECASE)
    assert "6 of 7" in render("report.html", ticket, tool=TOOL)


def test_blocked_ticket_says_so_at_the_top() -> None:
    ticket = safe_ticket(findings=(replace(safe_ticket().findings[1], severity="blocker"),))
    assert "should not be sent as it is" in render("report.html", ticket, tool=TOOL).split("<main>")[0]
    assert "should not be sent as it is" in render("report.md", ticket, tool=TOOL).split("##")[0]


def test_importing_the_renderer_loads_no_jinja() -> None:
    code = "import sys, bundler.render; print('jinja2' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_shipped_templates_are_where_a_checkout_has_them() -> None:
    assert (templates_folder() / "default" / "report.html.j2").is_file()
    assert not list(templates_folder().rglob("*.py"))


@pytest.mark.parametrize("template", ["report.html", "report.md", "mail.txt", "mail.html"])
def test_the_verdict_and_how_complete_the_ticket_is_stand_in_every_document(template: str) -> None:
    lacking = tuple(replace(each, found=each.item != "screenshot") for each in safe_ticket().asked)
    made = " ".join(render(template, safe_ticket(asked=lacking), tool=TOOL).split())
    assert "6 of 7; missing: screenshot — the event was in the app" in made
    verdict = made.index("Almost certainly: the authorization attempt was patched 27 s after its callback")
    assert verdict < made.index("Likely cause")
    assert "Almost certainly" not in rendered(template, "empty")


@pytest.mark.parametrize("template", ["report.html", "report.md", "mail.html", "mail.txt"])
def test_another_id_that_was_seen_stands_beside_the_chosen_one(template: str) -> None:
    ticket = TICKETS["full"]
    chosen = ticket.facts.payment_id
    assert chosen is not None
    rival = Rival("2b0c5c2e-6f0e-4a55", (Origin("trace.har", "entry 3, request body"),))
    facts = replace(ticket.facts, payment_id=replace(chosen, rivals=(rival,)))
    page = render(template, replace(ticket, facts=facts), tool=TOOL)
    assert page.index(chosen.value) < page.index(rival.value) < page.index("Likely cause")
    assert "elsewhere" in page[page.index(chosen.value) : page.index("Likely cause")]
