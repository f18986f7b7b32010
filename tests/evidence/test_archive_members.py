"""What may not or cannot be read of an archive is left out with the reason, the rest is read."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from bundler.errors import UnreadableInput
from bundler.evidence.sources import gather
from tests.evidence.archives import TEXT, change_entry, look, make_tar, make_zip


def test_names_that_lead_out_are_only_names(tmp_path: Path) -> None:
    names = ["../../climbing.log", "/etc/absolute.log", "..\\windows.log", "a/./b.log", "blåbær.log", ".."]
    path = make_zip(tmp_path / "logs.zip", dict.fromkeys(names, TEXT))
    sources, _ = gather([str(path)])
    assert [source.name.removeprefix("logs.zip/") for source in sources] == [
        "climbing.log",
        "etc/absolute.log",
        "windows.log",
        "a/b.log",
        "blåbær.log",
        "without a name",
    ]
    assert [each.name for each in tmp_path.iterdir()] == ["logs.zip"]


def test_links_devices_and_folders_in_a_tar_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "logs.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (
            ("d", tarfile.DIRTYPE),
            ("s", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("n", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("app.log")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT))
    read, skipped = look(path)
    assert read == {"app.log": TEXT}
    assert {name: why.split(";")[0] for name, why in skipped.items()} == {
        "s": "a link",
        "h": "a link",
        "n": "not a regular file",
    }


def test_a_member_without_a_name_is_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"@@@": TEXT, "app.log": TEXT})
    path.write_bytes(path.read_bytes().replace(b"@@@", b"\0\0\0"))
    assert look(path) == ({"without a name": TEXT, "app.log": TEXT}, {})


def test_links_in_a_zip_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("link.log")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("app.log", TEXT)
    assert look(path) == ({"app.log": TEXT}, {"link.log": "not a regular file"})


def test_an_encrypted_member_is_left_out_with_the_reason(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"secret.log": TEXT, "app.log": TEXT})
    change_entry(path, b"secret.log", 8, 1)
    read, skipped = look(path)
    assert read == {"app.log": TEXT}
    assert "encrypted" in skipped["secret.log"]


def test_an_archive_with_nothing_but_encrypted_members_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"secret.log": TEXT})
    change_entry(path, b"secret.log", 8, 1)
    with pytest.raises(UnreadableInput, match=r"logs\.zip can be read: .*encrypted"):
        gather([str(path)])


def test_a_member_of_an_unknown_method_is_left_out(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "logs.zip", {"odd.log": TEXT, "app.log": TEXT})
    change_entry(path, b"odd.log", 10, 9)  # Deflate64
    assert "number 9" in look(path)[1]["odd.log"]


def test_an_archive_in_an_archive_is_left_out(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "inner.zip", {"app.log": TEXT}).read_bytes()
    tar = gzip.compress(make_tar(tmp_path / "inner.tar", {"app.log": TEXT}).read_bytes())
    path = make_zip(tmp_path / "logs.zip", {"inner.zip": inner, "inner.tar.gz": tar, "app.log": TEXT})
    read, skipped = look(path)
    assert read == {"app.log": TEXT}
    assert list(skipped) == ["inner.zip", "inner.tar.gz"]
    assert all("archive in an archive" in why for why in skipped.values())
