"""Quoted-printable is undone where a text is written so, and a number behind a name is left alone anywhere else."""

from __future__ import annotations

import quopri
import random
from collections.abc import Iterator

import pytest

from bundler.providers import load
from bundler.redact import Vault, find_leaks
from bundler.redact.layers import Layer, layers
from bundler.redact.printable import printable_stretches
from bundler.redact.vault import VaultEntry

VALUE = "Zx81-not-real-99"
QUOTED = "Zx81=2Dnot-real-=\n99"
LONG = "2026-11-23 13:02:11,482 INFO shop.payments.worker-30.handler: "
VIPPS = load("vipps-mobilepay")
NUMBERS = ("20260131-4806", "20131052-308T", "344111111111111111", "3015108695088", "204111111111111111")
"""Order numbers that read as a personal number or a card behind the code of a sign, such as ``=20``."""


def is_read(data: str) -> bool:
    """True when some layer of a file shows the value."""
    return any(VALUE.encode() in each.text for each in layers("x", data.encode()) if isinstance(each, Layer))


def part(encoding: str, body: str) -> str:
    """A part of a mail of several."""
    return f"--b7c1\nContent-Type: text/plain\nContent-Transfer-Encoding: {encoding}\n\n{body}\n"


MULTIPART = 'From: desk@example.com\nContent-Type: multipart/mixed; boundary="b7c1"\n\n'


@pytest.mark.parametrize(
    "data",
    [
        f"From: a@example.com\nContent-Transfer-Encoding: quoted-printable\n\na=b {QUOTED}\n",
        f"From: a@example.com\nContent-Transfer-Encoding: Quoted-Printable\n\nhello\n-- \nAda\n--- x={QUOTED}\n",
        MULTIPART + part("8bit", "a=b") + part("quoted-printable", f"x=y\n{QUOTED}") + "--b7c1--\n",
        MULTIPART + part("quoted-printable", "a") + part("QUOTED-PRINTABLE", QUOTED) + "--b7c1--\n",
        f"POST / HTTP/1.1\nContent-Transfer-Encoding: quoted-printable\n\nhello\n{QUOTED}\n",
        f"{LONG}got\nContent-Transfer-Encoding: quoted-printable\n\n{QUOTED}\n{LONG}order=20260131-4806\n",
        f"Dear desk,\nthe key =3D old\n\n{QUOTED}\n",
        f"Dear desk,\nbel=C3=B8b 100\n{QUOTED}\n",
        f"{LONG}a=3Db Zx81=2Dnot-real-99 c=3Dd\n",
        f"{LONG}order=20260131-4806 kj=C3=B8p Zx81-not-=\nreal-99\n",
        f"{LONG}order=20260131-4806 Zx81-not-=\nreal-99\n",
        f"{'so it goes ' * 6}Zx81=\n=2Dnot-real-99\n",
    ],
)
def test_a_value_in_quoted_printable_is_read(data: str) -> None:
    assert is_read(data)
    assert is_read(data.replace("\n", "\r\n"))


def texts(number: str) -> Iterator[str]:
    """A number under a name, by itself and beside what is quoted-printable."""
    record = f"{LONG}order={number} state=failed"
    yield f"{record}\n"
    yield f"order={number}\n"
    yield f"{LONG}got order={number} then got CorrelationId=82934f60-93b2-4df7-9c3d-0b1c2d3e4f50\n"
    mail = "Content-Transfer-Encoding: quoted-printable\n\nbel=C3=B8b =3D 100 kroner, der er g=C3=A5et gal=\nt\n"
    yield f"{record}\n{LONG}{mail}{record}\n{mail}order={number}\n"
    yield f"{record} note=a=3Db=C3=B8\n{record}\n"
    yield f"signature AbCdEfGhIjKlMnOpQrStUv=\norder={number}\n"
    yield f"{LONG}a=3Db\norder={number}\n"
    yield f"{LONG}token=\n{LONG}got order={number}\n"
    yield f"<pre>{record}</pre><p>a=3Db</p>\n"
    yield MULTIPART + part("8bit", f"{record}\norder={number}") + part("quoted-printable", f"order=3D{number}")
    yield f"From: a@example.com\nSubject: a=3Db\n\n{record}\norder={number}\n"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_behind_a_name_is_no_leak(number: str) -> None:
    for text in texts(number):
        leaks = find_leaks([("x", text.encode())], vault=Vault(), profile=VIPPS, protected=[number]).leaks
        assert not leaks, text


def test_words_of_other_lines_are_not_joined_by_the_sign_that_they_end_with() -> None:
    """Each holds an escape, so both are read without it; what stands between them is not."""
    mail = "url=3Dhttps%3A%2F%2Fshop.e=\nxample.com and file=3D%2Fx:%2Flogo17@3x.jpg\n"
    data = f"From: desk@example.com\nContent-Transfer-Encoding: quoted-printable\n\n{mail}"
    assert any(
        b"https://shop.example.com" in each.text for each in layers("x", data.encode()) if isinstance(each, Layer)
    )
    assert not any(b"shop.efile" in each.text for each in layers("x", data.encode()) if isinstance(each, Layer))
    assert not find_leaks([("x.eml", data.encode())], vault=Vault(), profile=VIPPS, protected=[]).leaks


def test_every_value_of_a_map_is_found_in_what_python_quotes() -> None:
    """Whatever stands around it, and wherever the lines are broken."""
    dice = random.Random(4)
    vault = Vault((VaultEntry("[secret-1]", "secret", VALUE, 1),))
    for _ in range(300):
        words = [dice.choice(("a=b", "Beløb", "order=20260131-4806", "når", "kl. 12", "\n")) for _ in range(40)]
        words.insert(dice.randrange(40), VALUE)
        body = quopri.encodestring(" ".join(words).encode()).decode()
        head = dice.choice(("From: a@example.com\n", "HTTP/1.1 200 OK\n", ""))
        data = f"{head}Content-Transfer-Encoding: quoted-printable\n\n{body}"
        found = find_leaks([("x", data.encode())], vault=vault, profile=VIPPS, protected=[])
        assert [leak.rule for leak in found.leaks][:1] == ["value"], data


def test_stretches_are_whole_lines_in_order_without_overlaps() -> None:
    dice = random.Random(5)
    pieces = ("=3D", "=\n", "=\r\n", "\n", "a=b ", "=C3=B8", " word", "order=2026", "x" * 60, "--b\n", "=20")
    for _ in range(2000):
        text = "".join(dice.choice(pieces) for _ in range(dice.randrange(40))).encode()
        for stretches in printable_stretches(text, is_mail=dice.random() < 0.5):
            before = 0
            for start, end in stretches:
                assert before <= start < end <= len(text)
                assert start == 0 or text[start - 1 : start] == b"\n"
                assert end == len(text) or text[end - 1 : end] == b"\n"
                before = end
