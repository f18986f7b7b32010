"""What support answered, out of the mail it came in: its text, and the ticket that it is about."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from msgspec import Struct

from bundler.mail.read import read_mail

HEAD_SIZE = 16 * 1024
"""How many bytes of a file tell whether it is a mail."""

_BLOCK = re.compile(
    "address|article|blockquote|body|d[dlt]|div|fieldset|figure|footer|form|h[1-6r]|header|li|[ou]l|p|pre|section|table|tr"
)
_UNSEEN = frozenset(("script", "style", "head", "title", "template"))
_FIELDS = re.compile(rb"(?:From [^\r\n]*\r?\n|>From [^\r\n]*\r?\n)?(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*+)+")
_OF_A_MAIL = re.compile(rb"^(?:mime-version|received|message-id|return-path|x-unsent)[ \t]*:", re.IGNORECASE | re.M)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_TRAILING = re.compile(r"[ \t]+\n")
_MANY_LINES = re.compile(r"\n{3,}")
_TICKET_ID = re.compile(r"[0-9A-Za-z-]{1,80}")
_MOST_QUOTES = 20


class Answer(Struct, frozen=True):
    """``text`` has LF line ends. ``ticket_id`` is empty where the mail's header does not tell it."""

    text: str
    ticket_id: str = ""
    attachment_count: int = 0


def is_mail(head: bytes) -> bool:
    """True for the beginning of a mail with its header, as opposed to a text that was copied out of one."""
    fields = _FIELDS.match(head)
    return fields is not None and _OF_A_MAIL.search(fields[0]) is not None


def read_answer(data: bytes) -> Answer:
    """The answer in the bytes of a mail: its text part, or its HTML as text; raises ``UnreadableInput``."""
    mail = read_mail(data)
    named = mail.find_header("X-Ticket-Id") or ""
    text = mail.text if mail.text.strip() or not mail.html else text_of_html(mail.html)
    return Answer(
        text=text if mail.subject == "" else f"Subject: {mail.subject}\n\n{text}",
        ticket_id=named if _TICKET_ID.fullmatch(named) else "",
        attachment_count=len(mail.attachments),
    )


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
