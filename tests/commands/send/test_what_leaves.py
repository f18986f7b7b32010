"""What leaves this machine says nothing of it, opens nowhere as a draft, and holds nothing that was masked."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.commands.maps import made, placeholders
from tests.conftest import Invoke
from tests.delivery.rigs import Sink

DEMO = Path(__file__).parents[3] / "bundler" / "demo"


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A folder whose name is nobody's business, with a call, a log and a picture."""
    folder = tmp_path / "Customers of Kim" / "acquisition"
    folder.mkdir(parents=True)
    for name in ("checkout-trace.har", "payment-service.log", "app-error.png"):
        (folder / name).write_bytes((DEMO / name).read_bytes())
    return folder


def contents(data: bytes) -> Iterator[bytes]:
    """The mail as it is on the wire, and each of its parts decoded."""
    yield data
    for part in message_from_bytes(data).walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content


@pytest.mark.parametrize("named", ["one by one", "as a folder"])
def test_a_sent_mail_has_no_mark_of_a_draft_no_secret_and_no_path_of_this_machine(
    invoke: Invoke, evidence: Path, tmp_path: Path, sink: Sink, server: int, named: str
) -> None:
    words = sorted(evidence.iterdir()) if named == "one by one" else [evidence]
    _, files = made(invoke, *words, "-o", tmp_path / "Kim's tickets")
    outcome = invoke("send", files["bundle"], "--way", "smtp", "--yes")
    assert outcome.code == ExitCode.FINE, outcome.err
    (taken,) = sink.box
    assert b"x-unsent" not in taken.data.lower()
    masked = [value for _, value in placeholders(files["map"]) if len(value) >= 8]  # shorter ones are met by chance
    assert masked
    marks = [str(tmp_path), "Customers of Kim", "Kim's tickets", ".map.json", str(DEMO), *masked]
    found = [mark for mark in marks for content in contents(taken.data) if mark.encode() in content]
    assert found == []
