"""Reads the words of an HTML page, as a person would copy them out of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCK = re.compile(
    "address|article|blockquote|body|d[dlt]|div|fieldset|figure|footer|form|h[1-6r]|header|li|[ou]l|p|pre|section|table|tr"
)
_UNSEEN = frozenset(("script", "style", "head", "title", "template"))
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_TRAILING = re.compile(r"[ \t]+\n")
_MANY_LINES = re.compile(r"\n{3,}")
_MOST_QUOTES = 20


def text_of_html(page: str) -> str:
    """The words of a page, one paragraph, row or item a line; quotations with ``> ``, links with their address."""
    reader = _Page()
    reader.feed(page)
    reader.close()
    return reader.text()


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._unseen = self._quotes = self._exact = 0
        self._link, self._link_start = "", 0

    def text(self) -> str:
        whole = _TRAILING.sub("\n", "".join(self._pieces))
        return _MANY_LINES.sub("\n\n", whole).strip() + "\n"

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Where ``<![…>`` ends; one that the library gives up on is a comment up to ``>`` (HTML, 13.2.5.42)."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.rawdata.find(">", i) + 1 or -1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._exact += 1
        elif tag == "a":
            self._link, self._link_start = dict(attrs).get("href") or "", len(self._pieces)
        if tag == "br" or _BLOCK.fullmatch(tag):
            self._break(always=tag == "br")
        elif tag in ("td", "th") and self._pieces and not self._pieces[-1].endswith(("\n", "> ")):
            self._pieces.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._exact = max(0, self._exact - 1)
        elif tag == "a":
            shown = "".join(self._pieces[self._link_start :]).strip()
            if self._link.startswith(("http:", "https:")) and shown and self._link.rstrip("/") != shown.rstrip("/"):
                self._pieces.append(f" <{self._link}>")
            self._link = ""
        if _BLOCK.fullmatch(tag):
            self._break(always=False)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._exact:
            self._pieces.append(data.replace("\n", f"\n{self._margin()}"))
            return
        words = _BLANKS.sub(" ", data)
        if not self._pieces or self._pieces[-1].endswith(("\n", "> ", " ", "\t")):
            words = words.lstrip(" ")
        if words:
            self._pieces.append(words)

    def _break(self, *, always: bool) -> None:
        is_fresh = not self._pieces or self._pieces[-1].startswith("\n")
        if always or not is_fresh:
            self._pieces.append(f"\n{self._margin()}")
        elif self._pieces:
            self._pieces[-1] = f"{self._pieces[-1].rstrip('> ')}{self._margin()}"

    def _margin(self) -> str:
        return "> " * min(self._quotes, _MOST_QUOTES)
