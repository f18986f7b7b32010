"""Coverage-guided fuzzing of redaction and the readers: ``python tests/redact/fuzz.py TARGET [libFuzzer options]``.

Needs atheris (``pip install atheris``), which the suite does not: ``test_fuzz.py`` plays the same targets by
hypothesis, and every input that ever broke one from ``fuzz_corpus.txt``. Each target takes any bytes and raises
``AssertionError`` when a promise is broken. Useful options: ``-max_total_time=600 -max_len=4096``.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import lru_cache

from bundler.errors import UnreadableInput
from bundler.providers import load
from bundler.readers import READERS, recognise
from bundler.redact import Mark, mask_text, scrub
from bundler.redact.escapes import Unescaped, unescape
from tests.redact.planted import scoring
from tests.redact.planted.corpus import every
from tests.redact.planted.pieces import Document
from tests.redact.planted.run import gaps, is_gap

VIPPS = load("vipps-mobilepay")


def text(data: bytes) -> None:
    """Masking a text ends, keeps the lines, and masking twice is masking once."""
    given = data.decode("utf-8", "replace")
    once = mask_text(given, VIPPS)
    assert (once.count("\n"), once.count("\r")) == (given.count("\n"), given.count("\r")), "lines"
    assert mask_text(once, VIPPS) == once, "twice"


def stream(data: bytes) -> None:
    """The filter writes what its report says, and not a byte else is touched."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    marks: list[Mark] = []
    sink = io.BytesIO()
    scrub(io.BytesIO(data), sink, VIPPS, marks.append)
    pieces, at = [], 0
    for mark in marks:
        assert at <= mark.start < mark.end <= len(data), "order"
        pieces += [data[at : mark.start], mark.placeholder.encode()]
        at = mark.end
    assert b"".join([*pieces, data[at:]]) == sink.getvalue(), "report"


def escapes(data: bytes) -> None:
    """Every place of a text without escapes leads back to one of the original, in the same order."""
    for view in unescape(data):
        _lead_back(data, view)


def _lead_back(data: bytes, view: Unescaped) -> None:
    before, end = 0, 0
    for index in range(len(view.text)):
        start, stop = view.origin(index, index + 1)
        if end <= start == stop and view.text[index : index + 1] == b"\n":  # it was never there
            assert data[start : start + 1] in (b" ", b"\n"), "between two words or lines"
            continue
        is_same_sign = start == before and stop == end  # one escape may stand for several bytes
        assert is_same_sign or end <= start < stop <= len(data), "place"
        assert stop - start > 1 or data[start:stop] in (view.text[index : index + 1], b"+"), "byte"
        before, end = start, stop


def readers(data: bytes) -> None:
    """Readers raise nothing but ``UnreadableInput``, whether they were asked for or not."""
    recognise(data[:65_536], "a.txt")
    for reader in READERS:
        try:
            for exchange in reader.read(io.BytesIO(data), "a.txt", []):
                assert exchange.source == "a.txt", "source"
        except UnreadableInput:
            continue


@lru_cache
def _planted() -> tuple[Document, ...]:
    known = gaps()
    clean = [document for document in every("fuzz", 30) if b"\r" not in document.data and not is_gap(document, known)]
    return tuple(document for document in clean if not scoring.through_text(document, VIPPS))


def around(data: bytes) -> None:
    """A secret on a line of its own is masked, whatever stands on the lines before and behind it."""
    documents = _planted()
    chosen = documents[int.from_bytes(data[:2], "big") % len(documents)]
    rest = data[2:].replace(b"\r", b"")
    half = len(rest) // 2
    before, after = rest[:half] + b"\n", b"\n" + rest[half:]
    outcome = mask_text((before + chosen.data + after).decode("utf-8", "replace"), VIPPS).encode()
    for span in chosen.of("secret"):
        value = span.plain.encode()
        assert len(value) < 8 or value not in outcome or value in rest, f"leak of {span.tag} in {chosen.name}"


TARGETS: dict[str, Callable[[bytes], None]] = {
    "text": text,
    "stream": stream,
    "escapes": escapes,
    "readers": readers,
    "around": around,
}
"""What is fuzzed, by name."""


def main() -> None:
    """Fuzz the target that is named first; the rest goes to libFuzzer."""
    import atheris  # type: ignore[import-untyped]  # neither it nor its types are among the dependencies

    name = sys.argv.pop(1)
    atheris.instrument_all()
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
