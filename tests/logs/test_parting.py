"""An identifier is found where a container runtime cut its line in two amid it, and the line comes whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bundler.assemble import excerpts
from bundler.excerpts import cutting, searching
from tests.conftest import Invoke

PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"
START = datetime(2026, 11, 23, 13, tzinfo=UTC)
LONG = 16 * 1024


def cri(moment: str, text: str, *, is_whole: bool) -> str:
    return f"{moment} stdout {'F' if is_whole else 'P'} {text}\n"


def docker(moment: str, text: str, *, is_whole: bool) -> str:
    return json.dumps({"log": text + "\n" * is_whole, "stream": "stdout", "time": moment}, separators=(",", ":")) + "\n"


WRITERS = {"cri": cri, "docker": docker}


def log(writer: str, parts: list[str]) -> tuple[str, str]:
    """A log with one long line in ``parts``, and that line as it stands there."""
    write = WRITERS[writer]

    def moment(number: int) -> str:
        return (START + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.000000001Z")

    before = [write(moment(n), f"{START:%Y-%m-%d %H:%M:%S},000 INFO shop: tick {n}", is_whole=True) for n in range(90)]
    after = [write(moment(n), f"{START:%Y-%m-%d %H:%M:%S},000 INFO shop: tick {n}", is_whole=True) for n in range(9)]
    long = "".join(write(moment(90), part, is_whole=part is parts[-1]) for part in parts)
    return "".join((*before, long, *after)), long


def parted(place: int, behind: str = " refused") -> list[str]:
    body = f"{START:%Y-%m-%d %H:%M:%S},000 ERROR shop: ".ljust(LONG - place - len("PaymentId="), "x")
    text = f"{body}PaymentId={PAYMENT}{behind}"
    return [text[:LONG], text[LONG:]]


@pytest.fixture(params=[False, True], ids=["small", "large"], autouse=True)
def _size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param:
        monkeypatch.setattr(excerpts, "READ_WHOLE", 1_000)
        monkeypatch.setattr(cutting, "SMALL", 1_000)
        monkeypatch.setattr(searching, "FORK_FROM", 1_000)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("place", [1, 18, 35])
def test_id_is_found_on_both_sides_of_the_end_of_a_part(
    invoke: Invoke, tmp_path: Path, writer: str, place: int
) -> None:
    data, long = log(writer, parted(place))
    (tmp_path / "pod.log").write_text(data)
    assert invoke("logs", "pod.log", "--id", PAYMENT).out == long
    asked = invoke("create", "pod.log", "--payment-id", PAYMENT, "--no-input", "--json")
    ticket = json.loads(asked.out)["ticket"]
    assert ticket["facts"]["occurred_at"]["value"].startswith("2026-11-23T13:01:30")


@pytest.mark.parametrize("writer", WRITERS)
def test_what_is_a_part_of_a_longer_id_is_not_found(invoke: Invoke, tmp_path: Path, writer: str) -> None:
    (tmp_path / "pod.log").write_text(log(writer, parted(18, behind="0 refused"))[0])
    assert not invoke("logs", "pod.log", "--id", PAYMENT).out


@pytest.mark.parametrize("writer", WRITERS)
def test_parts_of_several_lines_are_not_joined(invoke: Invoke, tmp_path: Path, writer: str) -> None:
    first, second = parted(18)
    write = WRITERS[writer]
    moment = f"{START:%Y-%m-%dT%H:%M:%S}.000000001Z"
    lines = [write(moment, text, is_whole=True) for text in (first, second, f"{START:%Y-%m-%d %H:%M:%S},000 INFO done")]
    (tmp_path / "pod.log").write_text("".join(lines))
    assert not invoke("logs", "pod.log", "--id", PAYMENT).out
