"""The encoded bodies of a HAR are found wherever they stand, and nothing else is taken for one."""

from __future__ import annotations

import base64
import io
import json
import random
from collections.abc import Mapping

import pytest

from bundler.assemble.har_bodies import BODY_LIMIT, pieces
from bundler.evidence.legible import Withheld, is_plain

BODY = base64.b64encode(b'{"password":"hunter2xyz"}').decode()


def har(*contents: Mapping[str, object], indent: int | None = None) -> bytes:
    entries = [{"response": {"content": content}} for content in contents]
    return json.dumps({"log": {"entries": entries}}, indent=indent).encode()


def bodies(data: bytes) -> list[bytes]:
    found = list(pieces(io.BytesIO(data)))
    assert b"".join(piece.data for piece in found) == data
    assert all(data[piece.offset :].startswith(piece.data) for piece in found)
    return [piece.data for piece in found if piece.is_body]


@pytest.mark.parametrize("indent", [None, 2])
def test_bodies_are_found_in_every_order_of_their_fields(indent: int | None) -> None:
    first = {"size": 25, "mimeType": "application/json", "text": BODY, "encoding": "base64"}
    second = {"encoding": "base64", "mimeType": "application/json", "text": BODY}
    plain = {"mimeType": "text/plain", "text": BODY}
    quoted = {"text": BODY + '"', "encoding": "base64"}
    data = har(first, plain, second, quoted, {"text": "", "encoding": "base64"}, indent=indent)
    assert bodies(data) == [BODY.encode()] * 2
    assert not is_plain(io.BytesIO(data), "t.har")


@pytest.mark.parametrize("shift", range(0, 400, 37))
def test_bodies_are_found_where_blocks_end(shift: int) -> None:
    filler = "x" * ((1 << 20) - 300 + shift)
    data = har({"text": filler}, {"text": BODY, "encoding": "base64"}, {"text": filler}, {"text": BODY})
    assert bodies(data) == [BODY.encode()]


def test_a_large_body_is_taken_whole_and_a_larger_one_refuses_the_file() -> None:
    large = base64.b64encode(random.Random(1).randbytes(3 << 20)).decode()
    assert bodies(har({"text": large, "encoding": "base64"})) == [large.encode()]
    with pytest.raises(Withheld, match="larger than 8 MiB"):
        bodies(har({"text": "A" * (BODY_LIMIT + (2 << 20)), "encoding": "base64"}))


def test_a_har_without_bodies_holds_none_and_ends_early_without_harm() -> None:
    assert is_plain(io.BytesIO(har({"text": "x"})), "t.har")
    for cut in range(1, 200, 7):
        bodies(har({"text": BODY, "encoding": "base64"})[:-cut])


def test_the_word_is_found_over_the_border_of_a_block() -> None:
    for shift in range(10):
        start = b'{"log":{"entries":['
        data = start + b" " * ((1 << 20) - len(start) - shift) + b'"base64"'
        assert not is_plain(io.BytesIO(data), "t.har")
