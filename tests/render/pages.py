"""Rendered tickets, and what a page of one is made of."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser

import pytest

from bundler.render import TEMPLATES, Tool, render
from tests.build import empty_ticket, hostile_ticket, safe_ticket

TOOL = Tool("ticket-bundler", "0.1.0")
TICKETS = {"full": safe_ticket(), "empty": empty_ticket(), "hostile": hostile_ticket()}
VOID = {"meta", "br", "img", "hr", "link", "input", "base"}


@cache
def rendered(template: str, kind: str) -> str:
    """The document of one of the tickets; made once."""
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
    """The text without blanks and line ends, so that it does not matter where a document breaks its lines."""
    return re.sub(r"\s+", "", text)
