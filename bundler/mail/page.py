"""What a mail's HTML tells and asks for, read without trust; an endless page is read at its beginning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from html.parser import HTMLParser

_READ_LIMIT = 200_000
_LOADING = {"src", "background", "srcset", "poster", "data"}
_RUNNING = {"script", "iframe", "object", "embed", "link", "form", "base"}
_UNSEEN = {"style", "script", "title", "head"}
_REMOTE_STYLE = re.compile(r"url\(|@import", re.IGNORECASE)

Attributes = Sequence[tuple[str, str | None]]


class Page(HTMLParser):
    """The page ``html``: its visible text without any blanks, its rows of name and value, and what it would load.

    ``shown_ids`` are the content ids of the pictures it shows, ``wordless_count`` counts those without an alt text.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shown_ids: list[str] = []
        self.wordless_count = 0
        self.foreign: list[str] = []
        self._text: list[str] = []
        self._unseen = ""
        self._row: list[str] | None = None
        self._rows: list[list[str]] = []
        with suppress(AssertionError):  # the library gives up on some malformed declarations
            self.feed(html[:_READ_LIMIT])
            self.close()

    @property
    def squeezed_text(self) -> str:
        return "".join("".join(self._text).split())

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Name and value of every row that has a heading of its own."""
        pairs = ("".join(row).partition("\0") for row in self._rows)
        return tuple((name.strip().removesuffix(":"), value.strip()) for name, _, value in pairs)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        self._look_at(tag, attrs)
        if tag in _UNSEEN and not self._unseen:
            self._unseen = tag
        if tag == "th" and ("scope", "row") in attrs:
            self._row = []
            self._rows.append(self._row)
        elif tag == "td" and self._row is not None:
            self._row.append("\0")

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self._look_at(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        if tag in ("td", "tr") and self._row and "\0" in self._row:
            self._row = None

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._text.append(data)
            if self._row is not None:
                self._row.append(data)
        elif self._unseen == "style" and _REMOTE_STYLE.search(data):
            self.foreign.append("a style sheet")

    def _look_at(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag in _RUNNING or any(name.startswith("on") for name in given):
            self.foreign.append(f"<{tag[:20]}>")
        for name, value in given.items():
            if name == "style" and _REMOTE_STYLE.search(value):
                self.foreign.append("a style")
            if name in _LOADING and value.lower().startswith("cid:"):
                self.shown_ids.append(value[4:])
            elif name in _LOADING:
                self.foreign.append(f"<{tag[:20]}>")
        if tag == "img" and not given.get("alt", "").strip():
            self.wordless_count += 1
