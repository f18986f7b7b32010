"""The mail as text and as a page: what programs read of it, and what mail programs do to it."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from bundler.mail.compose import compose
from bundler.mail.read import read_mail
from bundler.render import render
from tests.build import MERCHANT, PAYMENT, app_screen, safe_ticket
from tests.render.pages import TOOL, Page, every_ticket, page_of, rendered, squeezed


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
        assert len(line) <= 76 or (" " not in line.strip() and len(line.encode()) <= 998)
        assert line == line.rstrip()


def test_long_addresses_arrive_whole() -> None:
    link = f"https://developer.example/docs/{'error-handling/' * 6}#duplicate-authorization-attempts"
    back = f"https://shop.example/return?state={'4bf92f35' * 12}&orderId=1048-2213"
    ticket = safe_ticket(event=f"The app went to {back} and stopped.")
    assert ticket.cause is not None
    ticket = replace(ticket, cause=replace(ticket.cause, link=link))
    text = render("mail.txt", ticket, tool=TOOL)
    data = compose(ticket, to="support@psp.example", subject="x", text=text, html="<p>x</p>", attachments=[])
    assert max(map(len, data.split(b"\r\n"))) <= 76
    lines = read_mail(data).text.split("\n")
    assert f"  {link}" in lines
    assert lines[lines.index(f"  {back}") - 1 :][:3] == ["  The app went to", f"  {back}", "  and stopped."]


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
