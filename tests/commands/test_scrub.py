"""``scrub`` for files and folders: one set of placeholders, every packing looked into, and nothing raw let through."""

from __future__ import annotations

import base64
import bz2
import email
import email.policy
import gzip
import io
import json
import lzma
import os
import random
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.providers import load
from bundler.redact import find_leaks
from bundler.redact.vault import read_vault
from tests.conftest import Invoke, Outcome

ROOT = Path(__file__).parents[2]
SECRET = "kq7Zr2x9tAvB4mN8sLd0"
PAYMENT = "1b0c5c2e-6f0e-4a55-9d0b-3f8e5a7c2d11"
LINE = f"2026-11-23 14:03:11 INFO client_secret={SECRET} paymentId={PAYMENT}\n"
MASKED = LINE.replace(SECRET, "[secret-1]")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def filtered(*argv: str, stdin: bytes = b"", folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """A filter as its own process, since its output is bytes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bundler", *argv]
    return subprocess.run(command, input=stdin, capture_output=True, env=environment, check=False, cwd=folder)


def run(program: str, *argv: str, folder: Path) -> bytes:
    """A real program; the test is skipped where it is not installed."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run([program, *argv], cwd=folder, capture_output=True, check=True).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def tree_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def told(outcome: Outcome) -> dict[str, object]:
    read: dict[str, object] = json.loads(outcome.out)
    return read


# ---- folders


def test_a_folder_is_mirrored_with_one_set_of_placeholders(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(f"seen {SECRET} without its name\n", encoding="utf-8")
    (tree / "sub").mkdir()
    (tree / "sub" / "b.log").write_text(LINE, encoding="utf-8")
    (tree / "empty").touch()
    os.utime(tree / "a.log", ns=(10**18, 10**18))
    outcome = invoke("scrub", "in", "-o", "out")
    assert outcome.code == ExitCode.FINE
    assert outcome.out == ""
    assert tree_of(Path("out")) == ["a.log", "empty", "sub/b.log"]
    assert Path("out/a.log").read_text(encoding="utf-8") == "seen [secret-1] without its name\n"
    assert Path("out/sub/b.log").read_text(encoding="utf-8") == MASKED
    assert Path("out/a.log").stat().st_mtime_ns == 10**18
    assert "2 replacements of 1 values in 3 files" in outcome.err


def test_several_paths_keep_their_names(invoke: Invoke, tree: Path, tmp_path: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    (tmp_path / "x.log").write_text(LINE, encoding="utf-8")
    assert invoke("scrub", "in", "x.log", tmp_path / "x.log", "-o", "out").code == ExitCode.FINE
    assert tree_of(Path("out")) == ["in/a.log", "x.log"]


def test_standard_input_may_be_one_of_several(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(SECRET, encoding="utf-8")
    assert invoke("scrub", "in", "-", "-o", "out", stdin=LINE.encode()).code == ExitCode.FINE
    assert Path("out/standard-input").read_text(encoding="utf-8") == MASKED
    assert Path("out/in/a.log").read_text(encoding="utf-8") == "[secret-1]"


def test_names_that_hold_personal_values_are_masked_like_texts(invoke: Invoke, tree: Path) -> None:
    (tree / "jane.doe@example.com").mkdir()
    (tree / "jane.doe@example.com" / "a.log").write_text("from jane.doe@example.com\n", encoding="utf-8")
    (tree / f"{SECRET}.log").write_text(LINE, encoding="utf-8")
    (tree / "[secret-1].log").write_text("was there before\n", encoding="utf-8")
    outcome = invoke("scrub", "in", "-o", "out", "--json")
    assert outcome.code == ExitCode.FINE
    assert tree_of(Path("out")) == ["[email-1]/a.log", "[secret-1].log", "[secret-2].log"]
    assert Path("out/[email-1]/a.log").read_text(encoding="utf-8") == "from [email-1]\n"
    assert "jane.doe" not in outcome.out + outcome.err


def test_two_files_that_would_be_called_the_same_both_stay(invoke: Invoke, tree: Path) -> None:
    for name in ("4111 1111 1111 1111.log", "4111111111111111.log", "[card-9].log"):
        (tree / name).write_text(name, encoding="utf-8")
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.FINE
    assert tree_of(Path("out")) == ["[card-1] (2).log", "[card-1].log", "[card-9].log"]


def test_a_name_that_is_no_utf_8_or_very_long_is_kept_as_far_as_it_goes(invoke: Invoke, tree: Path) -> None:
    odd = os.fsdecode(b"caf\xe9.log")
    (tree / odd).write_text(LINE, encoding="utf-8")
    (tree / ("x" * 240 + ".log")).write_bytes(PNG)
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    names = tree_of(Path("out"))
    assert odd in names
    assert all(len(os.fsencode(name)) < 255 for name in names)


def test_the_report_tells_file_and_place_of_each_replacement(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    (tree / "b.log.gz").write_bytes(gzip.compress(b"\n" + LINE.encode()))
    (tree / "c.log").write_bytes(LINE.encode("utf-16"))
    assert invoke("scrub", "in", "-o", "out", "--report", "marks.jsonl").code == ExitCode.FINE
    marks = [json.loads(line) for line in Path("marks.jsonl").read_text(encoding="utf-8").splitlines()]
    start = LINE.index(SECRET)
    expected = {"kind": "secret", "start": start, "end": start + len(SECRET), "placeholder": "[secret-1]"}
    assert marks[0] == expected | {"file": "a.log"}
    assert marks[1] == expected | {"file": "b.log.gz", "start": start + 1, "end": start + 1 + len(SECRET)}
    assert marks[2]["decoded"] is True
    assert marks[2]["start"] == start + len("\ufeff".encode())
    assert SECRET not in Path("marks.jsonl").read_text(encoding="utf-8")


def test_the_summary_counts_by_kind(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE * 2 + "card 4111 1111 1111 1111\n", encoding="utf-8")
    (tree / "p.png").write_bytes(PNG)
    outcome = invoke("scrub", "in", "-o", "out", "--json")
    summary = told(outcome)
    assert outcome.code == summary["exit"] == ExitCode.PARTIAL
    assert summary["replacements"] == {"card": 1, "secret": 2}
    assert summary["files"] == 2
    assert summary["values"] == 2
    assert summary["withheld"] == [
        {
            "file": "p.png",
            "why": "It is a picture (PNG), and cannot be searched.",
            "hint": "Cover what is private with ticket-bundler screenshot --from FILE -o FILE.png --redact X,Y,W,H.",
        }
    ]


# ---- what is not handed on


def test_what_cannot_be_searched_is_withheld_with_a_notice(invoke: Invoke, tree: Path) -> None:
    random_bytes = random.Random(1).randbytes(9000)
    whole = gzip.compress(LINE.encode() * 5000)
    unreadable = {
        "a.png": PNG,
        "b.pdf": b"%PDF-1.7\n" + LINE.encode(),
        "c.bin": random_bytes,
        "d.log": LINE.encode() * 3000 + random_bytes * 10,
        "e.gz": whole[: len(whole) // 2],
        "f.gz": whole[:-8] + bytes(8),
        "g.zip": b"PK\x03\x04" + random_bytes,
        "h.gz": gzip.compress(random_bytes),
        "i.log": LINE.encode("utf-32"),
        "j.map.json": b'{"schema": "ticket-bundler/map/1", "entries": []}',
    }
    for name, data in unreadable.items():
        (tree / name).write_bytes(data)
    outcome = invoke("scrub", "in", "-o", "out", "--report", "marks.jsonl")
    assert outcome.code == ExitCode.PARTIAL
    assert tree_of(Path("out")) == [f"{name}.withheld.txt" for name in unreadable]
    assert Path("out/a.png.withheld.txt").read_text(encoding="utf-8").startswith("a.png was withheld.\nIt is a picture")
    assert all(SECRET.encode() not in path.read_bytes() for path in Path("out").iterdir())
    assert Path("marks.jsonl").read_bytes() == b""
    assert "withheld: c.bin - It is binary." in outcome.err


def test_what_cannot_be_searched_is_copied_on_the_users_word(invoke: Invoke, tree: Path) -> None:
    (tree / "a.png").write_bytes(PNG)
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    with zipfile.ZipFile(tree / "b.zip", "w") as archive:
        archive.writestr("p.png", PNG)
    outcome = invoke("scrub", "in", "-o", "out", "--copy-unread", "--json")
    assert outcome.code == ExitCode.FINE
    assert told(outcome)["copied_unread"] == 2
    assert Path("out/a.png").read_bytes() == PNG
    assert Path("out/a.log").read_text(encoding="utf-8") == MASKED
    with zipfile.ZipFile("out/b.zip") as archive:
        assert archive.read("p.png") == PNG


def test_links_and_what_is_no_file_are_not_followed(invoke: Invoke, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.log").write_text(LINE, encoding="utf-8")
    (tree / "link.log").symlink_to(tmp_path / "outside.log")
    (tree / "loop").symlink_to(tree)
    (tree / "dangling").symlink_to("nowhere")
    os.mkfifo(tree / "pipe")
    (tree / "a.log").write_text("fine\n", encoding="utf-8")
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    assert tree_of(Path("out")) == [
        "a.log",
        "dangling.withheld.txt",
        "link.log.withheld.txt",
        "loop.withheld.txt",
        "pipe.withheld.txt",
    ]


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv, which takes root's privileges away, is not installed")
def test_a_file_that_may_not_be_read_is_withheld_and_the_rest_goes_on(tree: Path) -> None:
    for name in ("a.log", "secret.log"):
        (tree / name).write_text(LINE, encoding="utf-8")
    (tree / "closed").mkdir()
    (tree / "secret.log").chmod(0)
    (tree / "closed").chmod(0)
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    command = [*drop, sys.executable, "-m", "bundler", "scrub", "in", "-o", "out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tree.parent, env=environment, capture_output=True, check=False)
    (tree / "closed").chmod(0o700)
    assert done.returncode == ExitCode.PARTIAL, done.stderr
    assert tree_of(tree.parent / "out") == ["a.log", "closed.withheld.txt", "secret.log.withheld.txt"]
    assert b"withheld: secret.log - It may not be read." in done.stderr


def test_a_file_that_vanishes_between_the_passes_is_withheld(
    invoke: Invoke, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bundler.redact.sweep import Sweep

    (tree / "a.log").write_text(LINE, encoding="utf-8")
    (tree / "b.log").write_text(LINE, encoding="utf-8")
    settle = Sweep.settle

    def settle_and_remove(sweep: Sweep) -> None:
        (tree / "b.log").unlink()
        settle(sweep)

    monkeypatch.setattr(Sweep, "settle", settle_and_remove)
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    assert tree_of(Path("out")) == ["a.log", "b.log.withheld.txt"]


# ---- whole or not at all


def test_a_folder_that_is_there_already_is_refused_and_replaced_when_told(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    Path("out").mkdir()
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.FINE
    Path("out/old").touch()
    refused = invoke("scrub", "in", "-o", "out")
    assert refused.code == ExitCode.INPUT
    assert "out exists already." in refused.err
    assert invoke("scrub", "in", "-o", "out", "--force").code == ExitCode.FINE
    assert tree_of(Path("out")) == ["a.log"]
    assert sorted(path.name for path in Path().iterdir()) == ["in", "out"]


def test_a_folder_within_the_folder_is_not_part_of_it(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    for _ in range(2):
        assert invoke("scrub", "in", "-o", "in/safe", "--force").code == ExitCode.FINE
        assert tree_of(tree / "safe") == ["a.log"]


@pytest.mark.parametrize("output", ["in", "."])
def test_a_folder_with_the_originals_in_it_is_never_replaced(invoke: Invoke, tree: Path, output: str) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    outcome = invoke("scrub", "in", "-o", output, "--force")
    assert outcome.code == ExitCode.USAGE
    assert tree_of(tree) == ["a.log"]


def test_nothing_is_left_behind_when_the_disk_is_full(
    invoke: Invoke, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = invoke("scrub", "in", "-o", "out")
    assert outcome.code == ExitCode.INPUT
    assert "The disk is full" in outcome.err
    assert [path.name for path in Path().iterdir()] == ["in"]


def test_nothing_is_left_behind_after_an_interrupt(invoke: Invoke, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.INTERRUPTED
    assert [path.name for path in Path().iterdir()] == ["in"]


def test_a_missing_path_or_output_is_told_and_nothing_written(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    assert "Name it with -o DIR." in invoke("scrub", "in").err
    assert "Several files" in invoke("scrub", "in/a.log", "in/a.log").err
    assert invoke("scrub", "in", "gone", "-o", "out").code == ExitCode.INPUT
    assert invoke("scrub", "in", "-o", "gone/out").code == ExitCode.INPUT
    assert invoke("scrub", "in/a.log", "--json").code == ExitCode.USAGE
    assert invoke("scrub", "in", "-o", "out", "--report", "out").code == ExitCode.USAGE
    Path("nothing").mkdir()
    assert "The folder nothing is empty." in invoke("scrub", "nothing", "-o", "out").err
    assert sorted(path.name for path in Path().iterdir()) == ["in", "nothing"]


# ---- what is inside


PACKERS: dict[str, tuple[Callable[[bytes], bytes], list[str]]] = {
    "gz": (gzip.compress, ["gzip", "-dc"]),
    "bz2": (bz2.compress, ["bzip2", "-dc"]),
    "xz": (lzma.compress, ["xz", "-dc"]),
    "lzma": (lambda data: lzma.compress(data, lzma.FORMAT_ALONE), ["xz", "-dc"]),
}


@pytest.mark.real
@pytest.mark.parametrize("ending", PACKERS)
def test_a_packed_file_is_masked_and_packed_again_as_other_programs_read_it(tree: Path, ending: str) -> None:
    pack, unpack = PACKERS[ending]
    more = pack(b"end\n") if ending != "lzma" else b""  # of which there is only one in a file
    (tree / f"a.log.{ending}").write_bytes(pack(LINE.encode() * 2) + more)
    masked = filtered("scrub", f"in/a.log.{ending}", "-o", f"b.{ending}", folder=tree.parent)
    assert masked.returncode == ExitCode.FINE, masked.stderr
    assert run(*unpack, f"b.{ending}", folder=tree.parent) == (MASKED * 2 + "end\n" * bool(more)).encode()


@pytest.mark.real
def test_a_file_of_the_zstd_command_is_packed_again(tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    run("zstd", "-q", "a.log", folder=tree)
    masked = filtered("scrub", "a.log.zst", folder=tree)
    (tree / "b.zst").write_bytes(masked.stdout)
    assert run("zstd", "-dqc", "b.zst", folder=tree) == MASKED.encode()


@pytest.mark.real
def test_the_gzip_command_finds_neither_name_nor_time_in_it(tree: Path) -> None:
    (tree / "4111111111111111.log").write_text(LINE, encoding="utf-8")
    run("gzip", "4111111111111111.log", folder=tree)
    masked = filtered("scrub", "4111111111111111.log.gz", folder=tree).stdout
    assert masked[3:8] == bytes(5)
    assert gzip.decompress(masked) == MASKED.encode()


@pytest.mark.real
@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-16LE", "UTF-16BE"])
def test_utf_16_is_masked_and_stays_utf_16(tree: Path, encoding: str) -> None:
    (tree / "a.txt").write_text("Blåbær\n" + LINE, encoding="utf-8")
    (tree / "wide.txt").write_bytes(run("iconv", "-f", "UTF-8", "-t", encoding, "a.txt", folder=tree))
    masked = filtered("scrub", "wide.txt", folder=tree)
    (tree / "out.txt").write_bytes(masked.stdout)
    assert run("iconv", "-f", encoding, "-t", "UTF-8", "out.txt", folder=tree).decode() == "Blåbær\n" + MASKED


@pytest.mark.real
def test_archives_of_zip_and_tar_are_masked_inside(tree: Path) -> None:
    (tree / "a.log").write_text(f"{SECRET}\n", encoding="utf-8")
    (tree / "b.log").write_text(LINE, encoding="utf-8")
    (tree / "b.log").chmod(0o640)
    (tree / "p.png").write_bytes(PNG)
    (tree / "jane.doe@example.com.log").write_bytes(gzip.compress(LINE.encode()))
    names = ["a.log", "b.log", "jane.doe@example.com.log", "p.png"]
    run("zip", "-q", "x.zip", *names, folder=tree)
    run("tar", "czf", "x.tar.gz", *names, folder=tree)
    for name in names:
        (tree / name).unlink()
    done = filtered("scrub", "in", "-o", "out", "--json", folder=tree.parent)
    assert done.returncode == ExitCode.PARTIAL
    assert {left["file"] for left in json.loads(done.stdout)["withheld"]} == {"x.zip/p.png", "x.tar.gz/p.png"}
    out = tree.parent / "out"
    run("unzip", "-q", "x.zip", "-d", "zip", folder=out)
    (out / "tar").mkdir()
    run("tar", "xzf", "x.tar.gz", "-C", "tar", folder=out)
    for unpacked in (out / "zip", out / "tar"):
        assert tree_of(unpacked) == ["[email-1].log", "a.log", "b.log", "p.png.withheld.txt"]
        assert (unpacked / "a.log").read_text(encoding="utf-8") == "[secret-1]\n"
        assert (unpacked / "b.log").read_text(encoding="utf-8") == MASKED
        assert gzip.decompress((unpacked / "[email-1].log").read_bytes()) == MASKED.encode()
        assert stat.S_IMODE((unpacked / "b.log").stat().st_mode) == 0o640
    owner = run("tar", "tvzf", "x.tar.gz", "--numeric-owner", folder=out)
    assert all(b" 0/0 " in line for line in owner.splitlines())


def mail(attachment: bytes = PNG, newline: str = "\n") -> bytes:
    message = EmailMessage(policy=email.policy.default.clone(linesep=newline))
    message["From"] = "Jane Ødegård <jane.doe@example.com>"
    message["Subject"] = "Kort 4111 1111 1111 1111 blev afvist, hvorfor? æøå"
    message.set_content(f"{LINE}blåbær\n", cte="quoted-printable")
    message.add_alternative(f"<p>{LINE}</p>", subtype="html", cte="base64")
    message.add_attachment(LINE.encode(), maintype="application", subtype="octet-stream", filename="a.log")
    message.add_attachment(gzip.compress(LINE.encode()), maintype="application", subtype="gzip", filename="b.log.gz")
    message.add_attachment(attachment, maintype="image", subtype="png", filename="kort 4111111111111111.png")
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"border-{number}")  # Python's own is a random number, and one in forty reads as a card
    return message.as_bytes()


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
        b"--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nodd =c3=a6 =\r\nbreak\r\n"
        b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8\r\n--b--\r\n"
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


def har(*bodies: bytes) -> bytes:
    contents = [{"mimeType": "x/y", "text": base64.b64encode(body).decode(), "encoding": "base64"} for body in bodies]
    entries = [{"startedDateTime": "x", "request": {}, "response": {"content": content}} for content in contents]
    return json.dumps({"log": {"creator": {}, "entries": entries}}).encode()


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


def test_masked_json_stays_json(invoke: Invoke, tree: Path) -> None:
    told_json = {"card": {"number": "4111111111111111", "cvc": 123}, "items": [1, -2.5, None], "pin": -1234}
    (tree / "a.json").write_text(json.dumps(told_json), encoding="utf-8")
    (tree / "b.json").write_text(json.dumps({"inner": json.dumps({"deep": json.dumps(told_json)})}), encoding="utf-8")
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.FINE
    plain = json.loads(Path("out/a.json").read_bytes())
    assert plain["items"] == [1, -2.5, None]
    assert "4111" not in Path("out/b.json").read_text(encoding="utf-8")
    assert json.loads(json.loads(json.loads(Path("out/b.json").read_bytes())["inner"])["deep"])["items"] == [
        1,
        -2.5,
        None,
    ]


# ---- one file


def test_one_file_that_cannot_be_searched_is_refused_before_anything_is_written(tree: Path) -> None:
    for name, data in (
        ("p.png", PNG),
        ("z.gz", gzip.compress(PNG)),
        ("l.log", LINE.encode() * 3000 + os.urandom(90_000)),
    ):
        (tree / name).write_bytes(data)
        done = filtered("scrub", name, folder=tree)
        assert done.returncode == ExitCode.INPUT
        assert done.stdout == b""
        assert f"{name} is not masked. It is".encode() in done.stderr
        assert filtered("scrub", name, "-o", "out", folder=tree).returncode == ExitCode.INPUT
        assert not (tree / "out").exists()
        assert filtered("scrub", name, "--copy-unread", folder=tree).stdout == data


def test_a_packed_or_binary_stream_on_standard_input_is_judged_like_a_file(tmp_path: Path) -> None:
    assert gzip.decompress(filtered("scrub", stdin=gzip.compress(LINE.encode())).stdout) == MASKED.encode()
    assert filtered("scrub", "-", stdin=PNG).returncode == ExitCode.INPUT
    assert filtered("scrub", stdin=LINE.encode("utf-16")).stdout == MASKED.encode("utf-16")


# ---- hostile archives


def test_a_zip_bomb_is_not_unpacked(invoke: Invoke, tree: Path) -> None:
    with zipfile.ZipFile(tree / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"a" * (100 * 1024**2))
        archive.writestr("a.log", LINE)
    (tree / "bomb.gz").write_bytes(gzip.compress(b"a" * (100 * 1024**2), 9))
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    assert tree_of(Path("out")) == ["bomb.gz.withheld.txt", "bomb.zip"]
    with zipfile.ZipFile("out/bomb.zip") as archive:
        assert archive.namelist() == ["zeros.withheld.txt", "a.log"]


def test_an_archive_in_an_archive_is_looked_into_but_not_for_ever(invoke: Invoke, tree: Path) -> None:
    data = LINE.encode()
    for depth in range(10):
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as archive:
            archive.writestr(f"{depth}.zip" if depth else "a.log", data)
        data = sink.getvalue()
        if depth == 2:
            (tree / "three.zip").write_bytes(data)
    (tree / "ten.zip").write_bytes(data)
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    packed = Path("out/three.zip").read_bytes()
    for name in ("2.zip", "1.zip", "a.log"):
        packed = zipfile.ZipFile(io.BytesIO(packed)).read(name)
    assert packed == MASKED.encode()
    assert SECRET.encode() not in Path("out/ten.zip").read_bytes()
    assert b"withheld" in Path("out/ten.zip").read_bytes()


def test_names_and_kinds_of_members_do_no_harm(invoke: Invoke, tree: Path) -> None:
    with tarfile.open(tree / "x.tar", "w") as archive:
        for name in ("../../up.log", "/root.log", "a/../b.log", "same", "SAME", "same/below"):
            info = tarfile.TarInfo(name)
            info.size, info.uname = len(LINE), "jane"
            archive.addfile(info, io.BytesIO(LINE.encode()))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        device = tarfile.TarInfo("device")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    with tarfile.open("out/x.tar") as archive:
        assert archive.getnames() == [
            "up.log",
            "root.log",
            "a/b.log",
            "same",
            "SAME (2)",
            "same (3)/below",
            "link.withheld.txt",
            "device.withheld.txt",
        ]
        assert all(member.isreg() and not member.uname for member in archive.getmembers())


def test_comments_and_extra_fields_of_a_zip_do_not_stay(invoke: Invoke, tree: Path) -> None:
    with zipfile.ZipFile(tree / "x.zip", "w") as archive:
        info = zipfile.ZipInfo("a.log", (2026, 11, 23, 14, 3, 10))
        info.comment = info.extra = SECRET.encode()
        info.extra = b"\xfe\xca\x14\0" + SECRET.encode()
        archive.writestr(info, LINE)
        archive.comment = SECRET.encode()
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.FINE
    assert SECRET.encode() not in Path("out/x.zip").read_bytes()
    assert zipfile.ZipFile("out/x.zip").getinfo("a.log").date_time == (2026, 11, 23, 14, 3, 10)


def test_an_encrypted_member_and_a_finished_bundle_are_withheld(invoke: Invoke, tree: Path) -> None:
    invoke("create", "--event", "It failed", "--payment-id", PAYMENT, "-o", "in")
    for path in tree.iterdir():
        if path.suffix != ".zip":
            path.unlink()
    with zipfile.ZipFile(tree / "book.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    outcome = invoke("scrub", "in", "-o", "out")
    assert outcome.code == ExitCode.PARTIAL
    assert all(name.endswith(".withheld.txt") for name in tree_of(Path("out")))
    assert "It is a finished ticket bundle." in outcome.err
    assert "It is an Office document" in outcome.err


# ---- the private map


def test_a_map_is_made_and_used_again_so_that_placeholders_stay_the_same(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE + "to jane.doe@example.com\n", encoding="utf-8")
    assert invoke("scrub", "in", "-o", "out", "--map", "ticket.map.json").code == ExitCode.FINE
    assert stat.S_IMODE(Path("ticket.map.json").stat().st_mode) == 0o600
    (tree / "a.log").write_text(f"password=hunter2xyz {SECRET}\nto jane.doe@example.com\n", encoding="utf-8")
    outcome = invoke("scrub", "in/a.log", "-o", "again.log", "--map", "ticket.map.json", "--json")
    assert Path("again.log").read_text(encoding="utf-8") == "password=[secret-2] [secret-1]\nto [email-1]\n"
    assert told(outcome)["values"] == 3
    assert [entry["value"] for entry in json.loads(Path("ticket.map.json").read_bytes())["entries"]] == [
        SECRET,
        "jane.doe@example.com",
        "hunter2xyz",
    ]


def test_stand_ins_of_valid_form_are_the_same_in_every_file(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text("to jane.doe@example.com\n", encoding="utf-8")
    (tree / "b.log.gz").write_bytes(gzip.compress(b"to jane.doe@example.com\n"))
    assert invoke("scrub", "in", "-o", "out", "--format-preserving").code == ExitCode.FINE
    masked = Path("out/a.log").read_bytes()
    assert gzip.decompress(Path("out/b.log.gz").read_bytes()) == masked
    assert b"jane" not in masked
    assert masked.count(b"@") == 1


def test_no_map_is_written_when_nothing_else_is(invoke: Invoke, tree: Path) -> None:
    (tree / "p.png").write_bytes(PNG)
    assert invoke("scrub", "in/p.png", "-o", "out", "--map", "ticket.map.json").code == ExitCode.INPUT
    assert not Path("ticket.map.json").exists()


def test_who_may_open_a_map_needs_a_map(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    outcome = invoke("scrub", "in/a.log", "--map-recipient", "age1xyz")
    assert outcome.code == ExitCode.USAGE
    assert "--map FILE" in outcome.err


def test_what_is_masked_once_stays_as_it_is(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(LINE, encoding="utf-8")
    (tree / "b.log.gz").write_bytes(gzip.compress(LINE.encode()))
    (tree / "m.eml").write_bytes(mail())
    (tree / "t.har").write_bytes(har(json.dumps({"password": "hunter2xyz"}).encode(), PNG))
    (tree / "w.log").write_bytes(LINE.encode("utf-16"))
    assert invoke("scrub", "in", "-o", "out").code == ExitCode.PARTIAL
    again = invoke("scrub", "out", "-o", "twice", "--json")
    assert again.code == ExitCode.FINE
    assert told(again)["replacements"] == {}
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == {
        path.name: path.read_bytes() for path in Path("twice").iterdir()
    }


def test_an_independent_look_finds_nothing_in_what_was_written(invoke: Invoke, tree: Path) -> None:
    (tree / "a.log").write_text(f"seen {SECRET}, card 4111 1111 1111 1111\n", encoding="utf-8")
    (tree / "m.eml").write_bytes(mail())
    (tree / "t.har").write_bytes(har(json.dumps({"password": "hunter2xyz"}).encode(), gzip.compress(LINE.encode())))
    (tree / "jane.doe@example.com.log.xz").write_bytes(lzma.compress(LINE.encode("utf-16")))
    with tarfile.open(tree / "x.tgz", "w:gz") as archive:
        for path in sorted(tree.iterdir()):
            archive.add(path, path.name)
    assert invoke("scrub", "in", "-o", "out", "--map", "real.map.json").code == ExitCode.PARTIAL
    vault = read_vault(Path("real.map.json").read_bytes())
    found: list[list[str]] = []
    for folder in (tree, Path("out")):
        files = [(path.name, path.name.encode() + b"\n" + path.read_bytes()) for path in folder.iterdir()]
        files += [(path.name, path.read_bytes()) for path in folder.iterdir()]
        look = find_leaks(files, vault=vault, profile=load("vipps-mobilepay"), protected=[])
        found.append([str(leak) for leak in look.leaks])
    assert len(found[0]) > 10
    assert found[1] == []


def test_reasons_and_notices_do_not_tell_a_secret_name(invoke: Invoke, tree: Path) -> None:
    for ending in ("gz", "zip", "png", "tar"):
        (tree / f"4111111111111111.{ending}").write_bytes(
            {"gz": b"\x1f\x8b\x08\0bad", "tar": b"\0" * 600}.get(ending, PNG)
        )
    (tree / "4111111111111111.bz2").symlink_to("gone")
    (tree / "m.eml").write_bytes(mail(attachment=b"\x1f\x8b\x08\0bad"))
    outcome = invoke("scrub", "in", "-o", "out", "--json")
    assert outcome.code == ExitCode.PARTIAL
    assert "4111111111111111" not in outcome.out + outcome.err
    assert all(b"4111111111111111" not in path.read_bytes() for path in Path("out").iterdir())


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
