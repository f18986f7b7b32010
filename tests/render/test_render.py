"""Every template over a full, an empty and a hostile ticket; and what users' own templates may do."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from msgspec.structs import replace

from bundler.errors import MisuseError
from bundler.model import Origin, Rival, SafeTicket
from bundler.render import TEMPLATES, Tool, render, templates_folder
from tests.build import (
    CORRELATION,
    GIANT,
    MERCHANT,
    PAYMENT,
    app_screen,
    empty_ticket,
    hostile_ticket,
    safe_ticket,
)

TOOL = Tool("ticket-bundler", "0.1.0")
TICKETS = {"full": safe_ticket(), "empty": empty_ticket(), "hostile": hostile_ticket()}
VOID = {"meta", "br", "img", "hr", "link", "input", "base"}


@cache
def rendered(template: str, kind: str) -> str:
    return render(template, TICKETS[kind], tool=TOOL)


every_document = pytest.mark.parametrize("template", TEMPLATES)
every_page = pytest.mark.parametrize("template", ["report.html", "mail.html"])
every_ticket = pytest.mark.parametrize("kind", TICKETS)


class Page(HTMLParser):
    """What a page is made of: its elements, the text between them, and whether they nest as they should."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(html)
        self.close()
        self.text = "".join(self.pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.pieces.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@cache
def page_of(template: str, kind: str) -> Page:
    return Page(rendered(template, kind))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@every_document
@every_ticket
def test_no_hidden_character_gets_out(template: str, kind: str) -> None:
    text = rendered(template, kind)
    hidden = {sign for sign in text if not sign.isprintable() and sign not in "\n\t "} - {"\N{NO-BREAK SPACE}"}
    assert hidden == set()
    text.encode("utf-8")


@every_page
@every_ticket
def test_page_is_well_formed_and_holds_nothing_that_acts(template: str, kind: str) -> None:
    page = page_of(template, kind)
    assert page.faults == []
    assert page.open == []
    names = {tag for tag, _ in page.elements}
    assert not names & {"script", "iframe", "object", "embed", "form", "link", "base", "svg", "video", "audio", "input"}
    attributes = {name for _, found in page.elements for name in found}
    assert not {name for name in attributes if name.startswith("on")}
    assert not attributes & {"srcset", "background", "ping", "poster", "action"}


@every_page
@every_ticket
def test_page_fetches_nothing(template: str, kind: str) -> None:
    html = rendered(template, kind)
    page = page_of(template, kind)
    scheme = "data:image/" if template == "report.html" else "cid:"
    assert all((found["src"] or "").startswith(scheme) for _, found in page.elements if "src" in found)
    links = [found["href"] or "" for _, found in page.elements if "href" in found]
    assert all(link.startswith("#") or re.fullmatch(r"https?://[^\s\"'<>]+", link) for link in links)
    assert "javascript:" not in " ".join(links)
    style = " ".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL)) + " ".join(
        found.get("style") or "" for _, found in page.elements
    )
    assert not re.search(r"url\(|@import|expression", style)


@every_page
@every_ticket
def test_page_can_be_read_by_everybody(template: str, kind: str) -> None:
    page = page_of(template, kind)
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("h1")) == len(page.named("title")) == 1
    assert all(found.get("scope") in ("row", "col") for found in page.named("th"))
    assert all(found.get("alt") for found in page.named("img"))
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    assert {link["href"] for link in page.named("a") if (link["href"] or "#").startswith("#")} <= {
        f"#{each}" for each in ids
    }


@every_ticket
def test_report_forbids_itself_to_fetch_or_run_anything(kind: str) -> None:
    metas = page_of("report.html", kind).named("meta")
    assert {
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    } in metas
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in metas


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


def test_first_thing_in_the_text_mail_is_the_block_for_programs() -> None:
    assert rendered("mail.txt", "full").split("\n")[:4] == [
        f"MerchantId: {MERCHANT}",
        f"PaymentId: {PAYMENT}",
        "Timestamp: 2026-11-23T13:02:11.482Z",
        "Environment: sandbox",
    ]


def test_evidence_cannot_forge_a_line_of_the_block_for_programs() -> None:
    lines = rendered("mail.txt", "hostile").split("\n")
    for name in ("MerchantId:", "PaymentId:", "Timestamp:", "Environment:", "Bcc:", "X-Injected:"):
        assert sum(line.startswith(name) for line in lines) <= 1, name
    assert f"PaymentId: {PAYMENT}" in lines
    assert "MerchantId: forged" not in lines


@every_ticket
def test_lines_of_the_text_mail_fit_and_end_without_blanks(kind: str) -> None:
    for line in rendered("mail.txt", kind).split("\n"):
        assert len(line) <= 76
        assert line == line.rstrip()


@pytest.mark.parametrize("kind", ["full", "empty"])
def test_everything_in_the_text_mail_is_in_the_html_mail_too(kind: str) -> None:
    html = squeezed(page_of("mail.html", kind).text)
    for word in rendered("mail.txt", kind).split():
        assert word.removeprefix("-") in html, word


@every_ticket
def test_block_for_programs_is_in_the_html_mail_too(kind: str) -> None:
    html = squeezed(page_of("mail.html", kind).text)
    block = rendered("mail.txt", kind).split("\n\n")[0]
    fields = re.findall(r"^([A-Z][\w-]*): (\S+)$", block, re.MULTILINE)
    assert fields
    assert all(f"{name}:{value}" in html for name, value in fields)


@every_ticket
def test_html_mail_is_not_clipped_by_mail_programs(kind: str) -> None:
    assert len(rendered("mail.html", kind).encode()) < 90_000


@every_ticket
def test_html_mail_sets_colour_and_background_together_and_shows_two_pictures_at_most(kind: str) -> None:
    page = page_of("mail.html", kind)
    assert len(page.named("img")) <= 2
    for tag, attributes in page.elements:
        style = attributes.get("style") or ""
        assert bool(re.search(r"(?<![-\w])color:", style)) == ("background-color:" in style), (tag, style)
    assert not page.named("style")


def test_pictures_of_the_mail_have_the_ids_that_the_composer_gives_them() -> None:
    from bundler.mail.compose import picture_id

    ticket = safe_ticket(pictures=(app_screen(), app_screen(name="b.png"), app_screen(name="c.png")))
    found = [each["src"] for each in Page(render("mail.html", ticket, tool=TOOL)).named("img")]
    assert found == [f"cid:{picture_id(ticket.ticket_id, number)}" for number in (1, 2)]


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


class TestUsersTemplates:
    """A file of the same name, nearer, goes first; when it is wrong, the user is told where."""

    def render(self, folder: Path, source: str, template: str = "report.md", ticket: SafeTicket | None = None) -> str:
        (folder / f"{template}.j2").write_text(source, encoding="utf-8")
        return render(template, ticket or safe_ticket(), tool=TOOL, templates=folder)

    def test_own_template_replaces_the_shipped_one_alone(self, tmp_path: Path) -> None:
        assert (
            self.render(tmp_path, "{{ ticket.facts.payment_id.value }} {{ tool.name }}\n")
            == f"{PAYMENT} ticket-bundler\n"
        )
        assert render("mail.txt", safe_ticket(), tool=TOOL, templates=tmp_path) == rendered("mail.txt", "full")

    @pytest.mark.parametrize(
        ("template", "block"),
        [("report.html", "footer"), ("report.md", "masked"), ("mail.txt", "cause"), ("mail.html", "missing")],
    )
    def test_one_part_of_a_shipped_template_can_be_replaced(self, tmp_path: Path, template: str, block: str) -> None:
        start = f'{{% extends "default/{template}.j2" %}}'
        own = start + f"{{% block {block} %}}OURS {{{{ failing.index }}}}{{% endblock %}}"
        made = self.render(tmp_path, own, template)
        assert "OURS 14" in made
        assert PAYMENT in made
        assert len(made) > len(rendered(template, "full")) * 0.7

    def test_shipped_template_can_be_included(self, tmp_path: Path) -> None:
        made = self.render(tmp_path, '{% include "default/report.md.j2" %}\nOur desk: 4711\n')
        assert made == rendered("report.md", "full") + "Our desk: 4711\n"

    def test_own_html_is_escaped_and_shows_hidden_characters(self, tmp_path: Path) -> None:
        made = self.render(tmp_path, "<p>{{ ticket.event }}</p>", "report.html", safe_ticket(event="<b>\u202e\x07&"))
        assert made == "<p>&lt;b&gt;\\u202e\\x07&amp;</p>"

    def test_own_subject_is_held_to_the_rules_of_subjects(self, tmp_path: Path) -> None:
        source = "Hjælp!\n{{ 'x' * 300 }} {{ ticket.facts.payment_id.value }}\n"
        made = self.render(tmp_path, source, "subject.txt")
        assert made.isascii()
        assert len(made) <= 120
        assert made.startswith("Hjaelp! xxx")
        assert PAYMENT in made

    @pytest.mark.parametrize(
        ("source", "line", "words"),
        [
            ("one\n{{ ticket.colour }}\n", 2, "has no attribute 'colour'"),
            ("one\ntwo\n{% if %}\n", 3, "Expected an expression"),
            ("{{ ticket.event | shout }}\n", 1, "No filter named 'shout'"),
            ("one\n\n{{ 1 // 0 }}\n", 3, "ZeroDivisionError"),
            ("{{ nobody }}\n", 1, "'nobody' is undefined"),
            ("\n{% include 'absent.j2' %}\n", 2, "absent.j2, which does not exist"),
            ("{{ ticket.facts.payment_id | moment }}\n", 1, "AttributeError"),
            ("{{ ticket.exchanges.append(1) }}\n", 1, "has no attribute 'append'"),
            ("{{ ticket.__class__.__mro__ }}\n", 1, "unsafe"),
        ],
    )
    def test_mistake_is_named_with_file_and_line(self, tmp_path: Path, source: str, line: int, words: str) -> None:
        with pytest.raises(MisuseError) as caught:
            self.render(tmp_path, source)
        assert f"report.md.j2, line {line}," in caught.value.message
        assert words in caught.value.message
        assert caught.value.hint

    def test_mistake_in_an_included_file_is_named_there(self, tmp_path: Path) -> None:
        (tmp_path / "partials").mkdir()
        (tmp_path / "partials" / "foot.j2").write_text("a\nb {{ tool.colour }}\n", encoding="utf-8")
        with pytest.raises(MisuseError, match=r"partials/foot\.j2, line 2,"):
            self.render(tmp_path, "{% include 'partials/foot.j2' %}")

    def test_mistake_of_ours_is_not_blamed_on_the_user(self, tmp_path: Path) -> None:
        with pytest.raises(UndefinedError):
            render("mail.txt", safe_ticket(), tool=None, templates=tmp_path)  # type: ignore[arg-type]  # the mistake

    def test_folder_that_does_not_exist_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(MisuseError, match="no folder of templates"):
            render("report.md", safe_ticket(), tool=TOOL, templates=tmp_path / "absent")

    def test_ticket_cannot_name_a_folder_of_templates(self) -> None:
        assert render("mail.txt", empty_ticket(provider="../../etc"), tool=TOOL).startswith("Ticket: empty\n")


@pytest.mark.parametrize("template", ["report.html", "report.md", "mail.txt", "mail.html"])
def test_the_verdict_and_how_complete_the_ticket_is_stand_in_every_document(template: str) -> None:
    lacking = tuple(replace(each, found=each.item != "screenshot") for each in safe_ticket().asked)
    made = " ".join(render(template, safe_ticket(asked=lacking), tool=TOOL).split())
    assert "6 of 7; missing: screenshot — the event was in the app" in made
    verdict = made.index("Almost certainly: the authorization attempt was patched 27 s after its callback")
    assert verdict < made.index("Likely cause")
    assert "Almost certainly" not in rendered(template, "empty")


def test_no_line_of_the_report_ends_within_an_option() -> None:
    assert '<span class="unbroken">--note</span>' in render("report.html", safe_ticket(), tool=TOOL)
    odd = replace(safe_ticket().asked[-1], how="<b>--x</b> --note\x1b[2J")
    made = render("report.html", safe_ticket(asked=(odd,)), tool=TOOL)
    assert "&lt;b&gt;" in made
    assert "\x1b" not in made


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
