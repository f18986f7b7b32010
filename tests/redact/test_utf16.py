"""UTF-16 is shown as UTF-8 and written back: the same bytes, wherever a block ends."""

from __future__ import annotations

import io

import pytest

from bundler.errors import UnreadableInput
from bundler.redact.utf16 import AsUtf8, FromUtf8

TEXT = "\ufeffBlåbær 😀 \ud83d lone\r\n漢字\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_there_and_back_is_the_same(encoding: str, size: int) -> None:
    stored = TEXT.encode(encoding, "surrogatepass")
    shown = AsUtf8(io.BytesIO(stored), encoding)
    sink = io.BytesIO()
    writer = FromUtf8(sink, encoding)
    text = b""
    while block := shown.read(size):
        text += block
        writer.write(block)
    assert text == TEXT.encode("utf-8", "surrogatepass")
    assert sink.getvalue() == stored


def test_half_a_character_at_the_end_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="middle of a character"):
        io.BufferedReader(AsUtf8(io.BytesIO(b"a\0b\0c"), "utf-16-le")).read()


@pytest.mark.parametrize("shift", [0, 1, 4, 9])
def test_what_was_appended_in_another_encoding_is_refused(shift: int) -> None:
    wide = ("æ" * (128 * 1024 - 3)).encode("utf-16-le") + b"\0" * shift
    stream = io.BufferedReader(AsUtf8(io.BytesIO(wide + b"password=hunter2xyz\r\n"), "utf-16-le"))
    with pytest.raises(UnreadableInput, match="another encoding"):
        stream.read()
