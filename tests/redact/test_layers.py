"""Finished bytes, layer by layer."""

from __future__ import annotations

import gzip
import io
import os
import random
import sys
import tarfile
import zipfile
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.redact.base64_runs import find_runs
from bundler.redact.blocks import BLOCK, LONGEST, OVERLAP, blocks
from bundler.redact.layers import Layer, Limits, Unread, layers
from bundler.redact.mail_parts import is_mail, take_apart
from bundler.redact.spellings import SPELLINGS, regions
from tests.redact.layered import PACKED, PICTURES, SPELLED, Write

VALUE = "Zx81-not-real-99"


def places(data: bytes, value: str = VALUE) -> list[str]:
    """Where a value is read in a file."""
    found = []
    for each in layers("x", data):
        assert isinstance(each, Layer), each
        at = each.text.find(value.encode())
        if at >= 0:
            found.append(" > ".join((*each.path[1:], each.place(at))))
    return found


@pytest.mark.parametrize("write", SPELLED.values(), ids=SPELLED)
def test_a_value_is_read_however_it_is_written(write: Write) -> None:
    assert places(write(VALUE))


@pytest.mark.parametrize("write", PICTURES.values(), ids=PICTURES)
def test_a_value_is_read_in_a_pictures_file(write: Write) -> None:
    assert places(write(VALUE))


@pytest.mark.parametrize("name", [name for name in PACKED if not name.startswith("the name")])
def test_a_value_is_read_in_a_packed_file(name: str) -> None:
    assert places(PACKED[name](VALUE))


@pytest.mark.parametrize("name", ["the name in a tar", "the name in a zip"])
def test_the_names_of_files_stand_in_the_path(name: str) -> None:
    assert any(f"{VALUE}.log" in each.path for each in layers("x", PACKED[name](VALUE)))


def test_zstandard_is_opened() -> None:
    zstd = pytest.importorskip("backports.zstd")
    assert places(zstd.compress(f"one\n{VALUE}\n".encode())) == ["Zstandard > line 2"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"a\nb " + VALUE.encode() + b"\nc", "line 2"),
        (b'a\n{"k":"\\u0041\\n\\n"}\nc\n{"k":"\\u005ax81-not-real-99"}', "line 4 > escapes"),
        (b"a\nb %41 c%20\nd%0A\nx=%5Ax81-not-real-99", "line 4 > percent"),
        (b"a\nQUFBQUFBQUFBQUFBQUFBQUFBQUEK\nb\nYSBub3RlOiBaeDgxLW5vdC1yZWFsLTk5Lg==", "line 4 > Base64"),
        ("a\r\nb\r\nc Zx81-not-real-99".encode("utf-16-le"), "line 3 > UTF-16"),
        (b"From: a@example.com\n\nx =3D=\n y=\n z\nZx81=2Dnot-real-99\n", "line 6 > quoted-printable"),
        (b"From: a@example.com\nSubject: =?utf-8?q?Zx81-not-?=\n =?utf-8?q?real-99?=\n\nx\n", "line 2 > mail header"),
        (b"a\n&#60;\nb\n&#90;x81-not-real-99", "line 4 > HTML"),
        (b'a\nb\n{"u":"x=%255Ax81-not-real-99\\/"}', "line 3 > percent > percent"),
    ],
)
def test_a_place_is_the_line_of_the_file_and_how_it_was_written(text: bytes, place: str) -> None:
    assert place in places(text)


def test_lines_are_counted_through_blocks() -> None:
    line = b"2026-11-23 an ordinary line of a log that says nothing at all\n"
    text = line * 100_000 + VALUE.encode() + b"\n" + line * 10
    assert places(text) == ["line 100001"]


def test_the_same_text_is_yielded_once() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for number in range(5):
            opened.writestr(f"{number}.log", f"the same {VALUE}\n")
    assert places(archive.getvalue()) == ["0.log > line 1"]


def test_a_file_that_the_directory_does_not_name_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gone.log", f"{VALUE}\n" * 50)
        archive.writestr("here.log", "nothing\n")
        del archive.NameToInfo["gone.log"]
        archive.filelist.pop(0)
    assert any("does not name" in place for place in places(buffer.getvalue()))


@pytest.mark.parametrize("part", ["comment", "a file's comment", "extra field"])
def test_what_a_zip_says_of_itself_is_read(part: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        member = zipfile.ZipInfo("a.log")
        if part == "extra field":
            member.extra = b"\xfe\xca" + len(VALUE).to_bytes(2, "little") + VALUE.encode()
        if part == "a file's comment":
            member.comment = VALUE.encode()
        archive.writestr(member, b"nothing\n")
        if part == "comment":
            archive.comment = VALUE.encode()
    assert places(buffer.getvalue())


def _unread(data: bytes, limits: Limits | None = None) -> list[str]:
    return [each.why for each in layers("x", data, limits or Limits()) if isinstance(each, Unread)]


def test_what_cannot_be_opened_is_told() -> None:
    assert _unread(gzip.compress(b"abc" * 999)[:-30]) == []  # cut off: nobody can read more of it
    broken = bytearray(gzip.compress(os.urandom(5000)))
    broken[2500] ^= 255
    broken[-5] ^= 255
    assert _unread(bytes(broken)) == ["it is damaged"]
    assert _unread(b"PK\x03\x04 is no zip file") == ["it is damaged"]
    assert _unread(b"BZh91AY&SY" + bytes(50)) == ["it is damaged"]
    assert _unread(b"\xfd7zXZ\x00" + bytes(50)) == ["it is damaged"]


def test_an_encrypted_file_is_told() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.log", b"x" * 40)
    data = bytearray(buffer.getvalue())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert _unread(bytes(data)) == ["it is encrypted"]


def test_limits_are_kept_and_told() -> None:
    data = b"x"
    for _ in range(8):
        data = gzip.compress(data)
    assert _unread(data) == ["it is packed more than 6 times"]
    bomb = gzip.compress(bytes(3_000_000))
    assert _unread(bomb, Limits(total=1_000_000)) == ["there is more than 1,000,000 bytes in it"]
    inner = gzip.compress(b"".join(b"%d\n" % number for number in range(100_000)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.tar", _tar_of(inner))
    assert _unread(buffer.getvalue(), Limits(held=1000)) == ["it is too large to be opened within another file"]


def _tar_of(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo("a.gz")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python unpacks Zstandard by itself")
def test_without_zstandard_its_files_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "backports.zstd", None)  # as where it is not installed
    assert "this Python cannot unpack Zstandard" in _unread(b"\x28\xb5\x2f\xfd" + bytes(20))[0]


@pytest.mark.parametrize(
    "head", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00", b"%PDF-1.7\n", b"age-encryption.org/v1\n", b"\x1f\x9d\x90"]
)
def test_what_nothing_here_opens_is_searched_as_it_lies_and_never_called_clean(head: bytes) -> None:
    found = list(layers("x", head + VALUE.encode()))
    assert any(isinstance(each, Layer) and VALUE.encode() in each.text for each in found)
    (told,) = (each for each in found if isinstance(each, Unread))
    assert told.why.startswith("it is ")
    assert told.why.endswith(", which is not opened here")


def test_a_mail_is_taken_apart_without_losing_a_line() -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "desk@example.com"
    message["Subject"] = "Zażółć gęślą jaźń"
    message.set_content("Text\n")
    message.add_attachment(b"\x00\x01" * 300, "application", "octet-stream", filename="one.bin")
    message.add_attachment(b"a log\n" * 99, "application", "octet-stream", filename="two.log")
    data = message.as_bytes()
    assert is_mail(data)
    text, files = take_apart(data)
    assert [tuple(file) for file in files] == [("one.bin", b"\x00\x01" * 300), ("two.log", b"a log\n" * 99)]
    assert text.count(b"\n") == data.count(b"\n")
    assert b"Content-Disposition" in text


def test_base64_that_is_not_quite_base64_stays_in_the_text() -> None:
    head = b"From: a@example.com\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    mail = head + b"SGVsbG8s\r\nno Base64, here!\r\n--x--\r\nend\r\n"
    text, files = take_apart(mail)
    assert (text, files) == (mail, [])


def test_ids_are_not_taken_for_base64() -> None:
    text = (
        b"1b0c5c2e-6f0e-4a55-9d0b-3f8e5a7c2d11 4bf92f3577b34da6a3ce929d0e0e4736 AuthorizationAttemptId "
        b"/cardpassthrough-restapi/api/v3/payments FB-20261123-0381-ABCDEF"
    )
    assert find_runs(text) == []


@given(st.binary(max_size=400), st.integers(0, 40), st.booleans())
def test_base64_of_text_is_found_wherever_it_stands(noise: bytes, offset: int, safe: bool) -> None:
    import base64

    plain = b"a sentence of ordinary words, %d" % offset
    written = (base64.urlsafe_b64encode if safe else base64.b64encode)(plain)
    text = noise + b" " + b"/" * (offset % 4) + written + b" " + noise
    assert any(plain in run.plain for run in find_runs(text))


@given(st.binary(max_size=2000))
def test_any_bytes_have_layers_and_all_of_them_are_in_one(data: bytes) -> None:
    texts = [each for each in layers("x", data) if isinstance(each, Layer)]
    assert all(each.place(0) for each in texts if each.text)
    if not data.startswith((b"\x1f\x8b", b"BZh", b"PK", b"\xff\xfe", b"\xfe\xff", b"\xfd7z", b"\x28\xb5", b"RIFF")):
        assert any(each.text == data for each in texts)


def test_every_spelling_that_is_used_is_found_in_its_regions() -> None:
    for spelling in SPELLINGS:
        assert regions(spelling, b"") == []
    marked = b"x \\n a\nnothing\nb \\n c\n"
    escapes = next(each for each in SPELLINGS if each.label == "escapes")
    assert [marked[start:end] for start, end in regions(escapes, marked)] == [b"x \\n a", b"b \\n c"]


def _chunked(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("separator", [b"\n", b" ", b";"])
@pytest.mark.parametrize("size", [70_000, 5_000_000])
def test_every_word_lies_whole_in_a_block(separator: bytes, size: int) -> None:
    dice = random.Random(size)
    words = [f"word-{number}-{'x' * dice.randrange(60)}".encode() for number in range(60_000)]
    text = separator.join(words)
    seen: set[bytes] = set()
    for block in blocks(iter(_chunked(text, size))):
        assert len(block.text) <= BLOCK + OVERLAP + size
        seen.update(block.text.split(separator))
    assert seen >= set(words)
    assert seen <= {*words, b""}, "a piece of a word looks like another value"


def test_a_line_without_end_is_cut_all_the_same() -> None:
    found = list(blocks(iter(_chunked(b"x" * (LONGEST + 3 * BLOCK), BLOCK))))
    assert len(found) > 1
    assert max(len(block.text) for block in found) <= LONGEST + 2 * BLOCK


def test_an_empty_stream_is_one_empty_block() -> None:
    assert [tuple(block) for block in blocks(iter(()))] == [(1, b"")]


def test_damage_of_any_kind_is_told_or_read_and_never_fails() -> None:
    dice = random.Random(3)
    files = [write(VALUE) for write in {**SPELLED, **PACKED, **PICTURES}.values()]
    for _ in range(3000):
        data = bytearray(dice.choice(files))
        for _ in range(dice.choice((1, 2, 9))):
            at = dice.randrange(len(data))
            data[at : at + dice.choice((0, 1, 9))] = dice.randbytes(dice.choice((0, 1, 5)))
        for each in layers("x", bytes(data)):
            assert each.place(0) if isinstance(each, Layer) else each.why


@pytest.mark.parametrize(
    "word", [b"%25", b"\\\\", b"&amp;", b"a+b", b"%252525&amp;amp;\\\\\\\\a+b", b"QUFB/QUFBQUFBQUFBQUFBQUFB/"]
)
def test_what_is_written_in_many_ways_takes_bounded_room(word: bytes) -> None:
    text = (word * 20 + b"\n") * 400
    found = list(layers("x", text))
    assert sum(len(each.text) for each in found if isinstance(each, Layer)) <= 16 * len(text) + 2 * 1024 * 1024


def test_what_is_written_in_too_many_ways_is_told() -> None:
    words = [b"%25" * 5 + b"&amp;" * 5 + b"\\" * 32 + b"x+%d" % number for number in range(40_000)]
    assert _unread(b"\n".join(words), Limits(spellings=1)) == ["it is written in too many ways within each other"]
