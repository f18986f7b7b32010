"""Every miss that was ever found, in its smallest form, from ``regressions.txt``."""

from __future__ import annotations

import re
from pathlib import Path

from tests.redact.planted.pieces import Document, Role, Span

PATH = Path(__file__).with_name("regressions.txt")
_ESCAPES = re.compile(r"\\(?:x([0-9a-f]{2})|(.))")
_MARKED = re.compile(r"«(.*?)»|‹(.*?)›", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "e": "\x1b"}


def regression(line: str) -> Document:
    """The document of one line: structure, shape and text."""
    structure, shape, written = (part.strip(" ") for part in line.split(" | ", 2))
    text = _ESCAPES.sub(lambda found: chr(int(found[1], 16)) if found[1] else _PLAIN.get(found[2], found[2]), written)
    data, spans, at = bytearray(), list[Span](), 0
    for found in _MARKED.finditer(text):
        data += text[at : found.start()].encode()
        role: Role = "secret" if found[1] is not None else "kept"
        value = found[1] if found[1] is not None else found[2]
        spans.append(Span(len(data), len(data) + len(value.encode()), role, value, shape))
        data += value.encode()
        at = found.end()
    return Document(f"regression/{shape}/{structure}", bytes(data + text[at:].encode()), tuple(spans))


def regressions() -> list[Document]:
    """All of them."""
    lines = PATH.read_text(encoding="utf-8").splitlines()
    return [regression(line) for line in lines if line and not line.startswith("#")]
