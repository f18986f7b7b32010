"""Reads what packed files and pictures hold that a text carries in Base64, with little memory."""

from __future__ import annotations

from bundler.redact.base64_runs import PACKED, Run, decode
from bundler.redact.layers import Layer, Limits, Opener
from bundler.redact.unpacking import DAMAGED

_LIMITS = Limits(packed=2, spelled=0, total=8_000_000, held=4_000_000)


def opened(run: Run) -> Run:
    """The run with the texts that it holds; it stays packed where not all of it can be looked into."""
    texts: list[bytes] = []
    for each in Opener(_LIMITS).open((), run.plain):
        if isinstance(each, Layer):
            texts += (*(name.encode("utf-8", "surrogatepass") for name in each.path), each.text)
        elif each.why != DAMAGED:  # cut off, or no packed file at all: nobody reads it on
            return run
    return run._replace(plain=b"\n".join(texts), is_packed=False)


def text_of(encoded: bytes) -> bytes:
    """All the text in this Base64, that of a packed file included."""
    plain = decode(encoded)
    return opened(Run(0, len(encoded), plain, is_packed=True)).plain if encoded.startswith(PACKED) else plain
