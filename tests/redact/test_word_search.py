"""No way of writing a word survives masking."""

from __future__ import annotations

import base64
import html
import io
import json
import quopri
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler import providers
from bundler.redact.sweep import Manner, Sweep
from bundler.redact.word_search import WordSearch
from bundler.redact.words import parse_mask_file

WORD = "Blåbærgrød Nord"
WAYS: dict[str, Callable[[str], bytes]] = {
    "as it is": lambda text: text.encode(),
    "capitals": lambda text: text.upper().encode(),
    "small letters": lambda text: text.lower().encode(),
    "composed": lambda text: unicodedata.normalize("NFC", text).encode(),
    "decomposed": lambda text: unicodedata.normalize("NFD", text).encode(),
    "JSON": lambda text: json.dumps(text)[1:-1].encode(),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[1:-1].encode(),
    "percent": lambda text: quote(text, safe="").encode(),
    "percent of every byte": lambda text: b"".join(b"%%%02x" % byte for byte in text.encode()),
    "percent twice": lambda text: quote(quote(text, safe="")).encode(),
    "form": lambda text: quote_plus(text).encode(),
    "HTML": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace"),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(sign):x};" for sign in text).encode(),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()),
    "Latin-1": lambda text: text.encode("latin-1"),
    "Python's bytes": lambda text: repr(text.encode())[2:-1].encode(),
    "UTF-8 taken for Latin-1": lambda text: text.encode().decode("latin-1").encode(),
    "non-breaking blank": lambda text: text.replace(" ", "\u00a0").encode(),
    "Base64": lambda text: base64.b64encode(text.encode()),
    "Base64 within a longer text": lambda text: base64.b64encode(f"the text {text} and more of it".encode()),
    "Base64url": lambda text: base64.urlsafe_b64encode(b"?" + text.encode() + b"~~ and more of it"),
    "Base64 of Base64": lambda text: base64.b64encode(base64.b64encode(f"this is {text} indeed".encode())),
    "Base64 of JSON": lambda text: base64.b64encode(json.dumps({"this is": text}).encode()),
    "within a word": lambda text: b"pre" + text.encode() + b"post",
}


def scrubbed(text: bytes, words: str) -> bytes:
    sweep = Sweep(Manner(providers.load("generic"), words=parse_mask_file(words.encode(), "list")))
    sweep.copy(io.BytesIO(text), io.BytesIO())
    sweep.settle()
    sink = io.BytesIO()
    sweep.copy(io.BytesIO(text), sink)
    return sink.getvalue()


@pytest.mark.parametrize("way", WAYS)
def test_a_word_is_masked_in_every_way_of_writing(way: str) -> None:
    written = WAYS[way](WORD)
    masked = scrubbed(b"a " + written + b" z\n", WORD)
    assert b"[word-" in masked
    assert written not in masked
    assert masked.startswith(b"a ")
    assert masked.endswith(b" z\n")


@settings(max_examples=60)
@given(
    word=st.text("abcdefghijklmnoqrsuvwxyzæøåäöéÆØÅ", min_size=8, max_size=24),
    way=st.sampled_from(sorted(WAYS)),
    before=st.sampled_from(["", "x=", '{"a":"', "GET /", "\t", "ø"]),
)
def test_no_spelling_of_any_word_survives(word: str, way: str, before: str) -> None:
    written = WAYS[way](word)
    masked = scrubbed(before.encode() + written + b'" \n', word)
    assert written not in masked
    assert not WordSearch(parse_mask_file(word.encode(), "list")).find(masked)


def test_many_words_are_found_as_surely_as_few() -> None:
    words = [f"project-{number:04}-bird" for number in range(500)]
    masked = scrubbed(" ".join(words).encode(), "\n".join(words))
    assert b"bird" not in masked
    assert masked.count(b"[word-") == len(words)


def test_words_are_found_across_the_blocks_of_a_long_line() -> None:
    text = (b"x" * 997 + b" zanzibar ") * 3000
    masked = scrubbed(text, "zanzibar")
    assert b"zanzibar" not in masked
    assert masked.count(b"[word-1]") == 3000


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("1047", b"order 910471 took 3.1047 s"),
        ("cafe", b"id 8a7dcafe91b2c3d4e5f60718"),
        ("bird", b"[word-1] [withheld: the rule bird failed]"),
    ],
)
def test_what_only_reads_like_a_word_by_chance_stays(word: str, text: bytes) -> None:
    assert scrubbed(text, word) == text
