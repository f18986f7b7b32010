"""Records that are elements of one JSON array are found whole, each with its own time and level."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bundler.logs.arrays import behind_opening
from bundler.logs.blocks import in_utf8
from bundler.logs.elements import NOTE
from bundler.logs.levels import level
from bundler.logs.recognition import recognise
from bundler.logs.records import read_records, records_in
from bundler.logs.timeline import Timeline
from tests.conftest import Invoke
from tests.logs.reference import format_named

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
    "in an object": by_line('{"Records": [\n', ",\n", "\n]}\n"),
    "in an object, two blanks": lambda records: json.dumps({"Records": records}, indent=2),
    "in an object, four blanks": lambda records: json.dumps({"events": records, "nextToken": "f/3"}, indent=4),
    "in an object, tabs": lambda records: json.dumps({"Records": records}, indent="\t"),
}
ON_ONE_LINE: dict[str, Callable[[Elements], str]] = {
    "JSON.stringify": lambda records: json.dumps(records, separators=(",", ":")),
    "one line of Python": lambda records: json.dumps(records) + "\n",
    "one line of CloudTrail": lambda records: json.dumps({"Records": records}, separators=(",", ":")),
    "one line of CloudWatch": lambda records: json.dumps(
        {"events": records, "searchedLogStreams": [], "nextToken": "f"}
    ),
    "one line, in two objects": lambda records: json.dumps({"data": {"items": records}}, separators=(",", ":")),
    "in an object, brackets beside": by_line('{"logs":[', ",\n", "]}\n"),
}
ALL = {**SHAPES, **ON_ONE_LINE}


@pytest.mark.parametrize("shape", ALL)
def test_each_element_is_a_record_with_its_own_time_and_level(shape: str) -> None:
    written = ALL[shape](elements()).encode()
    fmt = recognise(written, "export.json").format
    assert fmt is not None
    records = list(read_records(BytesIO(written), fmt, Timeline(fmt, zone=UTC, zone_from="", reference=START)))
    read = b"".join(in_utf8([written], []))
    assert b"".join(record.data for record in records) == read
    assert shape in ON_ONE_LINE or read == written
    assert [record.moment for record in records] == [START + timedelta(seconds=number) for number in range(60)]
    assert [number for number, record in enumerate(records) if level(fmt, record.data) == "error"] == [FAILED]
    assert level(fmt, records[0].data) == "info"
    taken = [behind_opening(record.data) or record.data for record in records]
    texts = [each.decode().lstrip(" \t\r\n[,}") + "}" for each in taken]
    assert [json.JSONDecoder().raw_decode(each)[0] for each in texts] == list(elements())


@pytest.mark.parametrize("shape", ALL)
def test_record_is_told_by_its_own_line_also_where_the_array_opens_before_it(shape: str) -> None:
    written = ALL[shape](elements(2)).encode()
    fmt = recognise(written, "export.json").format
    assert fmt is not None
    read = b"".join(in_utf8([written], []))
    for record in read_records(BytesIO(written), fmt, Timeline(fmt, zone=UTC, zone_from="", reference=START)):
        assert read.splitlines()[record.line - 1].lstrip(b" \t[,}").startswith(b"{")
        assert record.line == read.count(b"\n", 0, record.offset) + 1


@pytest.mark.real
@pytest.mark.parametrize(
    "command",
    [
        ("node", "-e", "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0))))"),
        ("node", "-e", "console.log(JSON.stringify({Records: JSON.parse(require('fs').readFileSync(0))}, null, 4))"),
        ("jq", "-c", "."),
        ("jq", "-c", "{Records: .}"),
        ("jq", "{Records: .}"),
        ("jq", "."),
        ("jq", "--tab", "."),
    ],
    ids=" ".join,
)
def test_what_other_programs_write_is_read(command: Sequence[str]) -> None:
    program = shutil.which(command[0])
    if program is None:
        pytest.skip(f"{command[0]} is not installed")
    written = subprocess.run(
        [program, *command[1:]], input=json.dumps(elements()).encode(), stdout=-1, check=True
    ).stdout
    fmt = recognise(written, "export.json").format
    assert fmt is not None
    records = list(read_records(BytesIO(written), fmt, Timeline(fmt, zone=UTC, zone_from="", reference=START)))
    assert [record.moment for record in records] == [START + timedelta(seconds=number) for number in range(60)]


@pytest.mark.parametrize("size", [1, 40, 500, 1_000_000])
@pytest.mark.parametrize("opening", [b"[\n", b"\xef\xbb\xbf[\r\n", b'{\n"Records": [\n'])
def test_opening_is_no_record_in_blocks_of_any_size(opening: bytes, size: int) -> None:
    written = opening + b'{"time":"2026-11-23T13:00:00Z","level":"info"},\n' * 20 + b"]"
    fmt = format_named("json-lines")
    blocks = (written[start : start + size] for start in range(0, len(written), size))
    records = list(records_in(blocks, fmt, Timeline(fmt, zone=UTC, zone_from="", reference=START)))
    assert b"".join(record.data for record in records) == written
    assert [record.moment for record in records] == [START] * 20


@pytest.mark.parametrize("shape", ALL)
def test_array_is_inspected_and_cut_for_a_ticket(invoke: Invoke, tmp_path: Path, shape: str) -> None:
    (tmp_path / "export.json").write_text(ALL[shape](elements()), newline="")
    (source,) = json.loads(invoke("inspect", "export.json", "--json").out)["sources"]
    assert (source["log"]["first"], source["log"]["last"]) == ("2026-11-23T13:00:00.000Z", "2026-11-23T13:00:59.000Z")
    assert (source["log"]["records"], source["log"]["sorted"]) == (60, True)
    ticket = json.loads(invoke("create", "export.json", "--payment-id", PAYMENT, "--no-input", "--json").out)["ticket"]
    assert ticket["facts"]["occurred_at"]["value"].startswith("2026-11-23T13:00:30")
    (log,) = ticket["logs"]
    assert (log["records"], log["omitted"], log["hits"]) == (60, [], 1)
    assert (NOTE in log["notes"]) == (shape in ON_ONE_LINE)


@pytest.mark.parametrize("shape", ALL)
def test_window_and_id_take_the_elements_that_belong(invoke: Invoke, tmp_path: Path, shape: str) -> None:
    (tmp_path / "export.json").write_text(ALL[shape](elements()), newline="")
    around = (START + timedelta(seconds=10)).isoformat()
    window = invoke("logs", "export.json", "--around", around, "--window", "2s,2s", "--report", "report.json")
    assert [f"13:00:{second:02}" in window.out for second in range(7, 13)] == [False, True, True, True, True, False]
    (told,) = json.loads((tmp_path / "report.json").read_bytes())
    assert (told["records"], told["omitted"][0]["records"]) == (4, 56)
    found = invoke("logs", "export.json", "--id", PAYMENT)
    assert json.JSONDecoder().raw_decode(found.out.lstrip(" \t\r\n[,}") + "}")[0] == elements()[FAILED]


def test_what_opensearch_found_is_read_hit_by_hit(invoke: Invoke, tmp_path: Path) -> None:
    stored = [{"@timestamp": each["time"], "level": each["severity"], "message": each["msg"]} for each in elements()]
    hits = [{"_index": "shop", "_id": str(number), "_source": each} for number, each in enumerate(stored)]
    answer = {"took": 3, "timed_out": False, "hits": {"total": {"value": 60, "relation": "eq"}, "hits": hits}}
    (tmp_path / "found.json").write_text(json.dumps(answer, separators=(",", ":")))
    found = invoke("logs", "found.json", "--id", PAYMENT)
    assert json.loads(found.out) == hits[FAILED]
    around = (START + timedelta(seconds=10)).isoformat()
    window = invoke("logs", "found.json", "--around", around, "--window", "2s,2s")
    assert [json.loads(line)["_id"] for line in window.out.splitlines()] == ["8", "9", "10", "11"]
    ticket = json.loads(invoke("create", "found.json", "--payment-id", PAYMENT, "--no-input", "--json").out)["ticket"]
    assert ticket["facts"]["occurred_at"]["value"].startswith("2026-11-23T13:00:30")
