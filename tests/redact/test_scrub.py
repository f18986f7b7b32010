"""The filter: bytes to bytes, in blocks, with offsets of the input."""

from __future__ import annotations

import io
import random

import pytest
from msgspec.structs import replace

from bundler.errors import UnreadableInput
from bundler.providers import load
from bundler.redact import RULES, Mark, scrub
from bundler.redact.base64_runs import Run
from bundler.redact.finds import Finds
from bundler.redact.rule import Hit
from bundler.redact.search import Search, search_for
from bundler.redact.stream import BLOCK

VIPPS = load("vipps-mobilepay")


def run(data: bytes) -> tuple[bytes, list[Mark]]:
    sink = io.BytesIO()
    marks: list[Mark] = []
    scrub(io.BytesIO(data), sink, VIPPS, marks.append)
    return sink.getvalue(), marks


def applied(data: bytes, marks: list[Mark]) -> bytes:
    """What the report says was written, made again from the input."""
    pieces, at = [], 0
    for mark in marks:
        pieces += [data[at : mark.start], mark.placeholder.encode()]
        at = mark.end
    return b"".join([*pieces, data[at:]])


def test_what_was_masked_is_reported_with_offsets_of_the_input() -> None:
    data = b"a\r\npassword=hunter2x and 4111111111111111\n\xff\xfebye hunter2x"
    out, marks = run(data)
    assert out == b"a\r\npassword=[secret-1] and [card-1:last4=1111]\n\xff\xfebye [secret-1]"
    assert marks[0] == Mark("secret", 12, 20, "[secret-1]")
    assert applied(data, marks) == out


def test_values_are_counted_once_however_often_they_stand_there() -> None:
    data = b"token=kq7Zr2x9tA\ntoken=kq7Zr2x9tA\npassword=hunter2x\n"
    assert scrub(io.BytesIO(data), io.BytesIO(), VIPPS) == 2


def test_a_value_is_masked_long_before_it_is_named() -> None:
    data = (
        b"connected with kq7Zr2x9tAvB4mN8sLd0\n"
        + b"line of a log\n" * 600_000
        + b"client_secret=kq7Zr2x9tAvB4mN8sLd0\n"
    )
    assert len(data) > 7 * BLOCK
    out, marks = run(data)
    assert out.startswith(b"connected with [secret-1]\nline")
    assert out.endswith(b"client_secret=[secret-1]\n")
    assert applied(data, marks) == out


@pytest.mark.parametrize("room", [0, 200, 1 << 20])
def test_what_the_rules_find_is_kept_for_the_second_pass_while_there_is_room(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bundler.redact.stream.BLOCK", 400)
    data = b"".join(b'{"email": "kari%d@example.com", "pin": "%%C3%%B8l"}\r\n' % number for number in range(200))
    whole = run(data)
    search, searched = search_for(VIPPS), list[bytes]()
    real = search.hits

    def hits(text: bytes, failures: list[str] | None = None, unnamed: list[Run] | None = None) -> list[Hit]:
        searched.append(text)
        return real(text, failures, unnamed)

    monkeypatch.setattr(search, "hits", hits)
    monkeypatch.setattr("bundler.redact.sweep.Finds", lambda: Finds(room))
    assert run(data) == whole
    again = len(b"".join(searched)) / len(data)
    assert again == {0: 2, 1 << 20: 1}.get(room, again)
    assert 1 <= again <= 2


@pytest.mark.parametrize("shift", [0, 1, 7, 15, 31])
@pytest.mark.parametrize("filler", ["\n", "x", " "])
def test_no_secret_is_lost_at_the_border_of_a_block(shift: int, filler: str) -> None:
    secret = 'token="kq7Zr2x9tAvB4mN8sLd0" card 4111 1111 1111 1111 password: hunter2x\n'
    data = (filler * (BLOCK - shift) + "\n" * (filler == "x") + secret) * 3
    out, marks = run(data.encode())
    for gone in (b"kq7Zr2x9", b"4111 1111", b"hunter2x"):
        assert gone not in out
    assert applied(data.encode(), marks) == out


def test_a_long_line_is_read_in_pieces() -> None:
    unit = '{"id":"%08d","note":"' + "nothing to see " * 8 + '","password":"hunter2x%08d"},'
    data = ("[" + "".join(unit % (number, number % 400) for number in range(16_000)) + "0]").encode()
    assert len(data) > 2 * BLOCK
    out, marks = run(data)
    assert b"hunter2x" not in out
    assert len(marks) == 16_000
    assert applied(data, marks) == out


def test_a_value_longer_than_a_piece_goes_whole() -> None:
    data = b"token=" + b"a1" * (2 * BLOCK) + b" amount=24900\n"
    out, marks = run(data)
    assert out == b"token=[token-1] amount=24900\n"
    assert applied(data, marks) == out


def test_a_private_key_over_a_border_goes_whole() -> None:
    body = "\n".join("MIIBVgIBADANBgkqhkiG9w0BAQEF" for _ in range(40))
    key = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"
    data = ("line\n" * ((BLOCK - 600) // 5) + key + "line\n" * 10).encode()
    out, _ = run(data)
    assert b"MIIB" not in out
    assert out.count(b"\n") == data.count(b"\n")


def test_a_file_without_a_hit_is_copied_byte_by_byte() -> None:
    data = random.Random(7).randbytes(300_000).translate(None, b"@%&\\+0123456789:=")
    assert run(data) == (data, [])


def test_an_empty_file_stays_empty() -> None:
    assert run(b"") == (b"", [])


def test_utf_16_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableInput) as error:
        run("password=hunter2x".encode("utf-16"))
    assert "iconv" in error.value.hint


def test_a_line_on_which_a_rule_fails_is_withheld_and_the_rest_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> bool:
        raise RuntimeError("injected")

    broken = Search(VIPPS, [replace(rule, fits=fail) if rule.name == "password" else rule for rule in RULES])
    monkeypatch.setattr("bundler.redact.masker.search_for", lambda _: broken)
    sink = io.BytesIO()
    marks: list[Mark] = []
    scrub(io.BytesIO(b"one\npassword=hunter2x\r\ncard 4111111111111111\n"), sink, VIPPS, marks.append)
    assert sink.getvalue() == b"one\n[withheld: the rule password failed]\r\ncard [card-1:last4=1111]\n"
    assert [mark.kind for mark in marks] == ["withheld", "card"]


def test_a_day_where_a_token_was_to_be_leaves_the_times_of_other_records_alone() -> None:
    text = b"access_token=20260311\n" + b"20260311T140200Z paid\n" * 3
    masked, _ = run(text)
    assert masked.endswith(b"20260311T140200Z paid\n" * 3)


def test_a_known_value_is_found_in_a_line_without_an_end() -> None:
    filler = b" ".join(b"step %d of the order is done" % number for number in range(4_000))
    text = b"access_token=kq8Zr2Lw9Tn4Vb7X " + filler + b" retried with kq8Zr2Lw9Tn4Vb7X " + filler
    assert b"kq8Zr2Lw9Tn4Vb7X" not in run(text)[0]
