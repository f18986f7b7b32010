"""Mails are taken apart without losing a byte, whatever is wrong with them."""

from __future__ import annotations

import io
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.assemble.mails import Head, Part, Text, take_apart
from bundler.errors import UnreadableInput


def pieces(data: bytes) -> list[tuple[str, bytes]]:
    """Kind and bytes of everything in ``data``; of a part, head and body."""
    found: list[tuple[str, bytes]] = []
    for piece in take_apart(io.BytesIO(data)):
        if isinstance(piece, Part):
            body = piece.body.read()
            assert data[piece.offset :].startswith(body)
            found += [("head", piece.head.data), (f"body {piece.encoding.decode()}".strip(), body)]
        else:
            assert data[piece.offset :].startswith(piece.data)
            found.append(("text" if isinstance(piece, Text) else "head", piece.data))
    return found


def joined(data: bytes) -> bytes:
    return b"".join(part for _, part in pieces(data))


def mail() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Payment failed"
    message.set_content("plain\n")
    message.add_alternative("<p>html</p>\n", subtype="html")
    message.add_attachment(b"\0\1\2" * 100, maintype="application", subtype="octet-stream", filename="a log.bin")
    inner = EmailMessage()
    inner["Subject"] = "Fwd"
    inner.set_content("forwarded\n", cte="base64")
    message.add_attachment(inner)
    return message.as_bytes()


def test_the_parts_of_a_mail_that_python_wrote_are_found() -> None:
    data = mail()
    assert joined(data) == data
    bodies = [(kind, body) for kind, body in pieces(data) if kind.startswith("body")]
    assert [kind for kind, _ in bodies] == ["body 7bit", "body 7bit", "body base64", "body base64"]
    assert bodies[0][1] == b"plain\n\n"
    names = [piece.name for piece in take_apart(io.BytesIO(data)) if isinstance(piece, Part)]
    assert names == ["", "", "a log.bin", ""]


def test_many_mails_in_one_file_are_parted_by_their_from_lines() -> None:
    data = b"From a Mon\n" + mail() + b"\nFrom b Tue\nSubject: second\n\nbody\nFrom no mail\n"
    assert joined(data) == data
    assert ("text", b"From b Tue\n") in pieces(data)
    assert pieces(data)[-1] == ("body", b"body\nFrom no mail\n")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"Subject: x",
        b"Subject: x\n\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b--\nepilogue\n--b\n",
        b"Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b \t\nA: b\n\nx\n--b-- \n--b--\n",
        b'Content-Type: multipart/mixed;\r\n boundary="b c"\r\n\r\n--b c\r\n\r\nx\r\n--b c--',
        b"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n\n\n",
        b"A: b\n\n" + b"x" * 200_000 + b"\n--b\n",
        b"A: " + b"x" * 500_000,
    ],
)
def test_no_byte_is_lost_of_a_broken_mail(data: bytes) -> None:
    assert joined(data) == data


@given(
    st.lists(
        st.sampled_from(
            [
                b"Content-Type: multipart/mixed; boundary=b\n",
                b"Content-Type: multipart/mixed;\n boundary=c\n",
                b"Content-Type: message/rfc822\n",
                b"Content-Transfer-Encoding: base64\n",
                b"\n",
                b"\r\n",
                b"--b\n",
                b"--c\n",
                b"--b--\n",
                b"--c--\n",
                b"From x\n",
                b"text\n",
                b"no end",
            ]
        ),
        max_size=30,
    )
)
def test_joined_the_pieces_are_the_file(lines: list[bytes]) -> None:
    data = b"".join(lines)
    assert joined(data) == data


def test_a_part_that_says_two_things_of_its_encoding_has_none() -> None:
    data = b"Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nYQ==\n"
    assert pieces(data)[1] == ("body contradictory", b"YQ==\n")


def test_parts_within_parts_end_somewhere() -> None:
    data = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth) for depth in range(100))
    with pytest.raises(UnreadableInput, match="too deep"):
        pieces(data)


def test_a_name_is_read_in_the_ways_in_which_programs_write_it() -> None:
    for written in (
        b'filename="k\xc3\xb8b.log"',
        b"filename*=utf-8''k%C3%B8b.log",
        b'filename="=?utf-8?q?k=C3=B8b.log?="',
    ):
        data = b"Content-Disposition: attachment; " + written + b"\n\nx"
        (part,) = take_apart(io.BytesIO(data))
        assert isinstance(part, Part)
        assert part.name == "køb.log"


def test_a_head_is_a_head_of_its_own_where_parts_follow() -> None:
    data = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx"
    assert isinstance(next(iter(take_apart(io.BytesIO(data)))), Head)
