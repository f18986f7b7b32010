"""HTML that is too long for a mail, replaced by the mail's text: Gmail hides what is beyond about 102 kB."""

from __future__ import annotations

import re
from html import escape

PAGE_LIMIT = 90_000
"""Bytes of UTF-8 that the HTML of a mail may have."""

_NOTE = "This mail's page was longer than mail programs show; its text stands here instead."
_CUT = "The rest is in the text of this mail and in the files attached."
_PICTURE = re.compile(r"<img\b[^<>]{1,2000}\bcid:[^<>]{1,2000}>", re.IGNORECASE)
_INK = "background-color:#ffffff;color:#1b222d"
_FOLDING = "white-space:pre-wrap;word-break:break-word"
_HEADING = f'<h1 style="margin:0 0 12px;font-family:Arial,Helvetica,sans-serif;font-size:16px;{_INK}">'
_PARAGRAPH = f'<p style="margin:0 0 12px;font-family:Arial,Helvetica,sans-serif;font-size:15px;{_INK}">'


def clipped(html: str, text: str) -> str:
    """``html`` itself where it is short enough, else a page of the whole lines of ``text`` that fit, which says so.

    Pictures that ``html`` shows by their content ids are shown by it too.
    """
    if len(html.encode("utf-8", "replace")) <= PAGE_LIMIT:
        return html
    pictures = [f"{_PARAGRAPH}{picture}</p>" for picture in dict.fromkeys(_PICTURE.findall(html))][:10]
    before = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Ticket</title>\n</head>',
        f'<body style="margin:16px;{_INK}">\n{_HEADING}{_NOTE}</h1>',
        f'<pre style="font-family:Consolas,Menlo,monospace;font-size:14px;{_FOLDING};{_INK}">',
    ]
    after = ["</pre>", f"{_PARAGRAPH}{_CUT}</p>", *pictures, "</body>\n</html>\n"]
    lines = [escape(line, quote=False) for line in text.split("\n")]
    room = PAGE_LIMIT - sum(len(piece.encode("utf-8", "replace")) + 1 for piece in before + after)
    shown = []
    for line in lines:
        room -= len(line.encode("utf-8", "replace")) + 1
        if room < 0:
            break
        shown.append(line)
    if len(shown) == len(lines):
        after.remove(f"{_PARAGRAPH}{_CUT}</p>")
    return "\n".join([*before, *shown, *after])
