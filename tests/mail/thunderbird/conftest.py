"""A desk with Thunderbird on it, and a ticket that was made there."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.mail.thunderbird.desk import Desk, desk
from tests.pictures.conftest import SYSTEM_PYTHON, need

DEMO = Path(__file__).parents[3] / "bundler" / "demo"
Seen = Callable[[str, str], None]


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short name, for sockets may have names of 107 bytes only."""
    with tempfile.TemporaryDirectory(prefix="desk-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def at_desk(home: Path) -> Iterator[Desk]:
    need("thunderbird", "Xvfb", "xdotool", "dbus-daemon", SYSTEM_PYTHON)
    with desk(home) as made:
        yield made


@pytest.fixture
def draft(at_desk: Desk) -> Path:
    """The draft of a ticket, with bundle and map beside it."""
    return make_draft(at_desk)


def make_draft(at_desk: Desk) -> Path:
    """A ticket about the demo's payment, as the real program makes it; its draft, with bundle and map beside it."""
    evidence = [DEMO / name for name in ("checkout-trace.har", "payment-service.log", "app-error.png")]
    event = "Købte én vare; appen svarede „prøv igen“ – then nothing."
    outcome = at_desk.bundle("create", *evidence, "--event", event, "-o", "out", "-q")
    assert outcome.code == ExitCode.FINE, outcome.err
    return next((at_desk.home / "out").glob("*.eml"))


@pytest.fixture
def seen(record_property: Callable[[str, object], None]) -> Seen:
    """Writes down what was seen for an item of the list of what "ready" means, for the account of the last run."""

    def see(item: str, what: str) -> None:
        record_property(item, what)

    return see


def beside(draft: Path, data: bytes, name: str = "arrived.eml") -> Path:
    """What arrived as a file, with the private map beside it."""
    arrived = draft.parent / name
    arrived.write_bytes(data)
    shutil.copy(draft.with_suffix(".map.json"), arrived.with_suffix(".map.json"))
    return arrived


def attached(draft: Path) -> list[str]:
    """The names of the files that the draft brings, without pictures that its text shows."""
    parts = message_from_bytes(draft.read_bytes()).walk()
    return [str(part.get_filename()) for part in parts if part.get_content_disposition() == "attachment"]


def verified(desk: Desk, arrived: Path) -> dict[str, list[str]]:
    """What ``verify`` says of a mail that is whole: its parts by their state, its fields by where they were read."""
    outcome = desk.bundle("verify", "--json", arrived)
    assert outcome.code == ExitCode.FINE, outcome.out + outcome.err
    arrival = json.loads(outcome.out)["arrival"]
    told: dict[str, list[str]] = {}
    for part in arrival["parts"]:
        told.setdefault(part["state"], []).append(part["name"])
    for field in arrival["fields"]:
        told.setdefault(field["source"], []).append(field["name"])
    return told
