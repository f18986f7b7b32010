"""``scrub`` for archives: members masked, names and kinds harmless, bombs left alone."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.commands.scrub.samples import LINE, MASKED, PAYMENT, PNG, SECRET, filtered, run, tree_of
from tests.conftest import Invoke


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
