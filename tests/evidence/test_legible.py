"""What can be searched is told from what cannot, by its bytes."""

from __future__ import annotations

import gzip
import os
import random

import pytest

from bundler.evidence.legible import Watch, Withheld, judge

LINE = "2026-11-23 14:03:11 betaling gennemført\n"


@pytest.mark.parametrize(
    ("head", "nature"),
    [
        (b"", "text"),
        (LINE.encode() * 50, "text"),
        (LINE.encode("latin-1") * 50, "text"),
        (b"8=FIX.4.4\x019=65\x0135=A\x01" * 90, "text"),
        (b"\x1b[31mred\x1b[0m\n" * 9, "text"),
        (b"\0" * 4096 + LINE.encode() * 50, "text"),
        (b"BM is the name of a shop\n", "text"),
        (b"MZ-1 paid\n", "text"),
        (b"GIF89a is a format\n", "text"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><text>kari@example.com</text></svg>', "text"),
        (LINE.encode("utf-16"), "utf-16-le"),
        (LINE.encode("utf-16-be"), "utf-16-be"),
        (gzip.compress(b"x"), "packed"),
        (b"PK\x03\x04" + bytes(60), "archive"),
        (b'{"log": {"entries": [], "creator": {}}}', "har"),
        (b"Received: from a\r\nSubject: x\r\n\r\nbody", "mail"),
        (b"From jane@example.com Mon Nov 23\nSubject: x\n\nbody\n", "mail"),
        (b"HTTP/1.1 200 OK\r\nMIME-Version: 1.0\r\n\r\n", "text"),
        (b"Content-Type: x\r\nHost: example.com\r\n\r\n", "text"),
    ],
)
def test_what_can_be_searched(head: bytes, nature: str) -> None:
    assert judge(head, "a file") == nature


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(9), "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"GIF89a\x10\0\x10\0\x80\0\0", "Save it as PNG or JPEG first"),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "picture"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "picture"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"SQLite format 3\0" + bytes(80), "SQLite"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"MZ\x90\0\3\0\0\0\4\0", "program"),
        (LINE.encode("utf-32"), "UTF-32"),
        (LINE.encode("cp500") * 50, "encoding"),
        (random.Random(3).randbytes(50_000), "binary"),
        (random.Random(3).randbytes(300), "binary"),
        (b"\0" * 500, "NULs"),
        (b'{\n  "schema": "ticket-bundler/map/1",', "private map"),
    ],
)
def test_what_cannot_be_searched_and_why(head: bytes, said: str) -> None:
    with pytest.raises(Withheld) as refused:
        judge(head, "a file")
    assert said in f"{refused.value.message} {refused.value.hint}"
    assert refused.value.hint


def test_a_text_that_goes_on_as_something_else_is_refused() -> None:
    watch = Watch()
    watch.see(LINE.encode() * 2000)
    with pytest.raises(Withheld, match="binary"):
        watch.see(os.urandom(60_000))


def test_a_hole_and_a_single_nul_in_a_long_text_are_none_of_its_business() -> None:
    watch = Watch()
    watch.see(LINE.encode() * 2000)
    watch.see(LINE.encode() * 100 + b"\0" * 100_000 + LINE.encode() * 100 + b"a\0b")
