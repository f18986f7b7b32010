"""Records that are elements of one JSON array over several lines are found whole, each with its own time and level."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bundler.logs.levels import level
from bundler.logs.recognition import BOUND, recognise
from bundler.logs.records import read_records
from bundler.logs.timeline import Timeline
from tests.conftest import Invoke

PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"
START = datetime(2026, 11, 23, 13, tzinfo=UTC)
FAILED = 30
Elements = Sequence[dict[str, Any]]


def elements(count: int = 60) -> Elements:
    """One a second; each holds times and objects that are not its own."""
    return [
        {
            "severity": "error" if number == FAILED else "info",
            "order": {"time": "2020-01-01T00:00:00Z", "items": [{"time": "2020-01-02T00:00:00Z"}, {"count": 2}, []]},
            "time": (START + timedelta(seconds=number)).isoformat(),
            "msg": f"capture of {PAYMENT} refused" if number == FAILED else "[tick], {}",
        }
        for number in range(count)
    ]


def by_line(before: str, between: str, after: str) -> Callable[[Elements], str]:
    return lambda records: before + between.join(map(json.dumps, records)) + after


SHAPES: dict[str, Callable[[Elements], str]] = {
    "commas behind": by_line("[\n", ",\n", "\n]\n"),
    "commas in front": by_line("[\n", "\n,", "\n]\n"),
    "brackets beside": by_line("[", ",\n", "]"),
    "indented": by_line("[\n  ", ",\n  ", "\n]\n"),
    "indented, commas in front": by_line("[\n   ", "\n , ", "\n]\n"),
    "of Windows": by_line("[\r\n", ",\r\n", "\r\n]\r\n"),
    "two blanks": lambda records: json.dumps(records, indent=2),
    "four blanks": lambda records: json.dumps(records, indent=4) + "\n",
    "tabs": lambda records: json.dumps(records, indent="\t"),
    "braces beside": lambda records: "[" + ", ".join(json.dumps(each, indent=2) for each in records) + "]\n",
    "braces alone": lambda records: "[\n" + ",\n".join(json.dumps(each, indent=2) for each in records) + "\n]\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_element_is_a_record_with_its_own_time_and_level(shape: str) -> None:
    written = SHAPES[shape](elements()).encode()
    fmt = recognise(written, "export.json").format
    assert fmt is not None
    records = list(read_records(BytesIO(written), fmt, Timeline(fmt, zone=UTC, zone_from="", reference=START)))
    assert b"".join(record.data for record in records) == written
    if records[0].moment is None:
        assert records.pop(0).data.strip() == b"["
    assert [record.moment for record in records] == [START + timedelta(seconds=number) for number in range(60)]
    assert [number for number, record in enumerate(records) if level(fmt, record.data) == "error"] == [FAILED]
    taken = [json.loads(record.data.strip(b" \t\r\n[],}") + b"}") for record in records]
    assert taken == list(elements())


@pytest.mark.parametrize("shape", SHAPES)
def test_array_is_read_by_every_command(invoke: Invoke, tmp_path: Path, shape: str) -> None:
    (tmp_path / "export.json").write_text(SHAPES[shape](elements()), newline="")
    (source,) = json.loads(invoke("inspect", "export.json", "--json").out)["sources"]
    assert (source["log"]["first"], source["log"]["last"]) == ("2026-11-23T13:00:00.000Z", "2026-11-23T13:00:59.000Z")
    assert source["log"]["sorted"]
    window = invoke("logs", "export.json", "--around", (START + timedelta(seconds=10)).isoformat(), "--window", "2s,2s")
    assert [f"13:00:{second:02}" in window.out for second in range(7, 13)] == [False, True, True, True, True, False]
    ticket = json.loads(invoke("create", "export.json", "--payment-id", PAYMENT, "--no-input", "--json").out)["ticket"]
    assert ticket["facts"]["occurred_at"]["value"].startswith("2026-11-23T13:00:30")
    assert ticket["logs"][0]["records"] >= 60


def test_array_on_one_line_is_no_log() -> None:
    guess = recognise(json.dumps(elements()).encode(), "export.json")
    assert guess.score < BOUND
