"""``scrub`` for mails and HARs: what is encoded in them is decoded, masked and encoded again."""

from __future__ import annotations

import base64
import email
import email.policy
import gzip
import json
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.providers import load
from bundler.redact import find_leaks
from bundler.redact.vault import read_vault
from tests.commands.scrub.samples import MASKED, PNG, SECRET, filtered, har, mail


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_mail_is_decoded_masked_and_encoded_again(tree: Path, newline: str) -> None:
    (tree / "m.eml").write_bytes(mail(newline=newline))
    done = filtered("scrub", "m.eml", folder=tree)
    assert done.returncode == ExitCode.PARTIAL
    assert done.stdout.count(b"\n") == done.stdout.count(newline.encode())
    read = email.message_from_bytes(done.stdout, policy=email.policy.default)
    assert read["subject"] == "Kort [card-1:last4=1111] blev afvist, hvorfor? æøå"
    assert "Jane Ødegård" in str(read["from"])
    parts = [part for part in read.walk() if not part.is_multipart()]
    assert not any(part.defects for part in parts)
    assert parts[0].get_content() == f"{MASKED}blåbær\n".replace("\n", newline)
    assert parts[1].get_content() == f"<p>{MASKED}</p>\n".replace("\n", newline)
    assert parts[2].get_content() == MASKED.encode()
    assert gzip.decompress(parts[3].get_content()) == MASKED.encode()
    assert parts[4].get_content_type() == "text/plain"
    assert parts[4].get_content().startswith(f"kort [card-1].png was withheld.{newline}It is a picture")
    for part in parts:
        assert SECRET.encode() not in part.get_payload(decode=True)


def test_what_need_not_go_from_a_mail_stays_byte_by_byte(tree: Path) -> None:
    data = (
        b"Received: by x\r\nSubject: =?utf-8?q?odd_=C3=A6?= plain\r\n"
        b"Content-Type: multipart/mixed;\r\n\tboundary=b\r\n\r\n"
        b"--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nodd =c3=a6 =\r\nbreak soft=20=\r\nbreak\r\n"
        b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8\r\n"
        b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ\r\n--b--\r\n"
    )
    (tree / "m.eml").write_bytes(data)
    assert filtered("scrub", "m.eml", folder=tree).stdout == data


def test_many_mails_in_one_file_are_masked_one_by_one(tree: Path) -> None:
    (tree / "m.mbox").write_bytes(b"From a Mon Nov 23\n" + mail() + b"\nFrom b Mon Nov 23\n" + mail())
    done = filtered("scrub", "m.mbox", "--copy-unread", folder=tree)
    assert done.returncode == ExitCode.FINE
    assert b"copied unread, as you said: 2" in done.stderr
    assert done.stdout.count(b"\nFrom b Mon") == 1
    assert base64.b64encode(PNG)[:40] in done.stdout


def test_encoded_bodies_of_a_har_are_masked_and_it_stays_json(tree: Path) -> None:
    body = json.dumps({"password": "hunter2xyz", "amount": 24900}).encode()
    (tree / "t.har").write_bytes(har(body, b"nothing to see", PNG))
    done = filtered("scrub", "t.har", folder=tree)
    assert done.returncode == ExitCode.PARTIAL
    assert b"A body in it is no text" in done.stderr
    contents = [entry["response"]["content"]["text"] for entry in json.loads(done.stdout)["log"]["entries"]]
    decoded = [base64.b64decode(content) for content in contents]
    assert json.loads(decoded[0]) == {"password": "[secret-1]", "amount": 24900}
    assert contents[1] == base64.b64encode(b"nothing to see").decode()
    assert decoded[2] == b"[withheld: a body that is not text]"


def test_a_damaged_mail_does_not_hide_what_is_encoded_in_it(tree: Path) -> None:
    whole = mail()
    boundary = email.message_from_bytes(whole).get_boundary()
    assert boundary
    for damaged in (
        whole.replace(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding base64"),
        whole.replace(b"Content-Transfer-Encoding: quoted-printable", b"X: y"),
        whole.replace(b"\n--" + boundary.encode() + b"\n", b"\n"),
        whole.replace(b"\n\n", b"\n"),
        whole.replace(b"MIME-Version: 1.0\n", b"").replace(b"boundary=", b"border="),
    ):
        (tree / "m.eml").write_bytes(damaged)
        done = filtered("scrub", "m.eml", "-o", "out", "--force", "--map", "m.map.json", folder=tree)
        assert done.returncode in (ExitCode.PARTIAL, ExitCode.INPUT), done.stderr
        if done.returncode == ExitCode.PARTIAL:
            vault = read_vault((tree / "m.map.json").read_bytes())
            files = [("m.eml", (tree / "out").read_bytes())]
            assert find_leaks(files, vault=vault, profile=load("vipps-mobilepay"), protected=[]).leaks == ()
