"""A log is taken for a log, and nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.logs.catalogue import FORMATS, find_format, samples_of
from bundler.logs.recognition import BOUND, recognise, redetect
from bundler.logs.starts import starter

HAR = {
    "log": {
        "version": "1.2",
        "creator": {"name": "WebInspector", "version": "537.36"},
        "entries": [
            {
                "startedDateTime": "2026-11-23T13:03:27.482Z",
                "time": 120.5,
                "request": {"method": "POST", "url": "https://api.example.com/v1/payments", "headers": []},
                "response": {
                    "status": 409,
                    "content": {"text": '{"timestamp":"2026-11-23T13:03:27Z","level":"error"}'},
                },
            }
        ],
    }
}
CURL = "curl 'https://api.example.com/v1/payments' \\\n  -X POST \\\n  --data-raw '{\"a\":1}'\n"
HTTP = (
    "HTTP/1.1 409 Conflict\r\ndate: Mon, 23 Nov 2026 13:03:27 GMT\r\ncontent-type: application/json\r\n\r\n"
    '{"timestamp":"2026-11-23T13:03:27Z","status":409}\n'
)
VERBOSE = (
    "* Trying 192.0.2.7:443...\n> POST /v1/payments HTTP/2\n> accept: */*\n>\n< HTTP/2 409\n< date: Mon, 23 Nov 2026\n"
)
NOT_LOGS = {
    "har": json.dumps(HAR),
    "har, indented": json.dumps(HAR, indent=2),
    "har, cut by the size of the head": json.dumps({"log": {**HAR["log"], "comment": "x" * 70_000}})[:65536],
    "curl": CURL,
    "http": HTTP,
    "curl -v": VERBOSE,
    "error body": '{"timestamp":"2026-11-23T13:03:27.482+00:00","status":409,"error":"Conflict","message":"no"}',
    "error body, indented": '{\n  "timestamp": "2026-11-23T13:03:27Z",\n  "level": "error"\n}\n',
    "settings": "PAYMENT_API=https://api.example.com\nLOG_LEVEL=debug\n",
    "prose": "The payment failed.\nWe saw it at 2026-11-23 14:03.\n",
    "mail": "Date: Mon, 23 Nov 2026 14:03:27 +0100\nFrom: anna@example.com\nSubject: payment\n\nIt failed.\n",
    "table": "id;amount\n1;100\n2;200\n",
    "nothing": "",
    "blank": "\n\n\n",
}


@pytest.mark.parametrize("text", NOT_LOGS.values(), ids=NOT_LOGS.keys())
def test_other_documents_score_low(text: str) -> None:
    guess = recognise(text.encode(), "payments.log")
    assert guess.score < BOUND
    assert guess.format is None
    assert guess.reason


def test_noise_scores_nothing_even_with_a_log_line_in_it() -> None:
    line = b"2026-11-23 14:03:27,482 ERROR shop: failed\n"
    noise = Random(7).randbytes(60_000)
    for head in (noise, line + noise, b"\x89PNG\r\n\x1a\n" + noise, zlib.compress(noise), b"\x1f\x8b\x08\0" + noise):
        assert recognise(head, "app.log").score == 0.0


def test_reason_says_how_many_lines_read_as_what() -> None:
    line = b"2026-11-23 14:03:27,482 ERROR shop: failed\n"
    guess = recognise(line * 3 + b"Traceback (most recent call last):\n", "x")
    assert guess.reason == "3 of its first 4 lines read as Python logging"
    assert recognise(line, "x").reason == "its first line reads as Python logging"
    assert recognise(line * 3, "logs/app.log").score > recognise(line * 3, "app.txt").score


def test_traces_do_not_count_against_a_log() -> None:
    record = "2026-11-23 14:03:27,482 [main] ERROR com.example.Shop - failed\njava.lang.RuntimeException: 409\n" + (
        "\tat com.example.Shop.capture(Shop.java:42)\n" * 30
    )
    guess = recognise((record * 4).encode(), "x")
    assert guess.format is not None
    assert (guess.format.name, guess.score) == ("java-logging", guess.format.weight)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_editors_and_shells_do_not_hide_a_log(encoding: str) -> None:
    text = "2026-11-23 14:03:27,482 ERROR shop: kortet blev afvist på grund af æøå\r\n" * 5
    guess = recognise(text.encode(encoding), "x")
    assert guess.format is not None
    assert guess.format.name == "python-logging"


def test_colours_and_names_of_containers_do_not_hide_a_log() -> None:
    colour = b"\x1b[40m\x1b[32minfo\x1b[39m\x1b[22m\x1b[49m: Shop.Payments[0]\n      captured\n"
    assert getattr(recognise(colour, "x").format, "name", "") == "dotnet-console"
    compose = b'web-1  | {"level":50,"time":1795442607482,"msg":"failed"}\n'
    assert getattr(recognise(compose, "x").format, "name", "") == "json-lines"
    kubectl = b"[pod/shop-7d4b9/shop] 2026-11-23 14:03:27,482 ERROR shop: failed\n"
    assert getattr(recognise(kubectl, "x").format, "name", "") == "python-logging"


def test_webhook_events_one_a_line_are_a_log_only_together() -> None:
    event = b'{"timestamp":"2026-11-23T13:03:27Z","name":"payment.captured","reference":"order-1042"}\n'
    assert recognise(event, "x").score < BOUND
    assert recognise(event * 3, "x").score > 0.8


@settings(max_examples=100, deadline=None)
@given(head=st.binary(max_size=2000), name=st.text(max_size=20))
def test_any_bytes_get_an_answer(head: bytes, name: str) -> None:
    assert 0 <= recognise(head, name).score <= 1


PYTHON = b"2026-11-23 14:03:27,482 ERROR shop: failed\n"
JAVA = b"2026-11-23 14:03:27,482 [main] ERROR com.example.shop.Capture - capture failed\n"
TRACE = b"Traceback (most recent call last):\n" + b'  File "shop.py", line 1, in capture\n' * 20 + b"ValueError: 409\n"


def test_a_log_that_goes_on_in_another_format_is_noticed() -> None:
    python, java = find_format("python-logging"), find_format("java-logging")
    assert python is not None
    assert redetect(python, [JAVA] * 20) is java
    assert redetect(python, [PYTHON] * 3 + [JAVA] * 20) is java
    assert redetect(python, [PYTHON] * 20) is None
    assert redetect(python, TRACE.splitlines(keepends=True)) is None
    assert redetect(python, [b"what somebody wrote\n"] * 20) is None
    assert redetect(python, []) is None


@pytest.mark.parametrize("name", FORMATS.names)
def test_the_samples_of_each_format_are_found_again_behind_another(name: str) -> None:
    other = find_format("stamped")
    assert other is not None
    for sample in samples_of(name):
        lines = (sample.text.rstrip("\n") + "\n").encode().splitlines(keepends=True) * 4
        found = redetect(other, lines)
        assert (found.name if found is not None else other.name) == name


def test_recognising_reads_and_compiles_no_more_than_it_must() -> None:
    code = (
        "import sys; from bundler.logs.recognition import recognise; from bundler.logs import starts, catalogue\n"
        f"print(recognise({PYTHON!r} * 1000, 'x').format.name, starts.expanded.cache_info().misses,"
        " sum('format' in vars(entry) for entry in catalogue._shipped().values()), 'zoneinfo' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    name, patterns, formats, zones = run.stdout.split()
    assert (name, zones) == ("python-logging", "False")
    assert int(patterns) <= 2
    assert int(formats) <= 2


def test_ten_digits_at_the_start_of_a_line_are_a_time_only_where_lines_agree() -> None:
    dice = Random(7)
    seconds = [1_795_442_607 + number * 3600 for number in range(40)]
    log = "".join(f"{second} capture retried\n" for second in seconds)
    assert getattr(recognise(log.encode(), "x").format, "name", "") == "stamped-seconds"
    orders = "".join(f"{second + dice.randrange(10**8)} is the number of an order\n" for second in seconds)
    assert recognise(orders.encode(), "x").format is None


@pytest.mark.parametrize(
    ("line", "time"),
    [
        (b"20-11-2026 10:00:00,375 INFO captured\n", "2026-11-20 10:00:00.375000"),
        (b"11/20/2026 2:00:00 PM captured\n", "2026-11-20 14:00:00"),
        (b"03/04/2026 14:00:00 captured\n", ""),  # of April or of March
        (b"captured at 2026-11-20 14:00:00\n", ""),
    ],
)
def test_dates_of_one_sense_open_records_in_logs_of_other_formats(line: bytes, time: str) -> None:
    python = find_format("python-logging")
    assert python is not None
    start = starter(python)(line)
    assert ("" if start is None else str(start.stamp)) == time


def test_hole_in_a_log_is_no_other_kind_of_file() -> None:
    lines = b"".join(b"2026-11-23 14:03:%02d,482 INFO shop: captured\n" % second for second in range(60))
    guess = recognise(lines + bytes(64 * 1024), "x")
    assert getattr(guess.format, "name", "") == "python-logging"
    guess = recognise(lines + bytes(4096 + 7) + 5 * lines, "x")
    assert getattr(guess.format, "name", "") == "python-logging"
    assert recognise(lines.decode().encode("utf-32"), "x").format is None
    assert recognise(bytes(64 * 1024), "x").format is None
