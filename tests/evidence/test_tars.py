"""A tar of any length is read and written in bounded memory."""

from __future__ import annotations

import io
from tarfile import TarInfo

from bundler.evidence.tars import LongTar


def test_no_member_is_remembered() -> None:
    stored = io.BytesIO()
    with LongTar.open(fileobj=stored, mode="w|") as written:
        for number in range(100):
            written.addfile(TarInfo(f"{number}.log"), io.BytesIO())
        assert written.members == []
    stored.seek(0)
    with LongTar.open(fileobj=stored, mode="r:") as read:
        names = []
        while (member := read.next()) is not None:
            names.append(member.name)
        assert read.members == []
    assert names == [f"{number}.log" for number in range(100)]
