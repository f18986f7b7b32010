"""A log is taken for a log, and nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.errors import UnreadableInput
from bundler.logs.catalogue import FORMATS, find_format, misses_of, samples_of, use
from bundler.logs.explaining import explain_format
from bundler.logs.keyed import find_time, keyed_start
from bundler.logs.levels import level
from bundler.logs.own_formats import load_formats
from bundler.logs.recognition import BOUND, recognise, redetect
from bundler.logs.stamps import read_value
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


def test_time_of_json_is_found_as_reading_it_finds_it() -> None:
    random = Random(11)
    keys = [
        "time",
        "ts",
        "@timestamp",
        "Timestamp",
        "level",
        "msg",
        "t",
        "log",
        "stream",
        "request",
        "__REALTIME_TIMESTAMP",
    ]
    values = [
        '"2026-11-23T13:03:27.482Z"',
        "1795442607482",
        "1795442607.48",
        '"INFO"',
        "50",
        '"a\\nb"',
        "null",
        '"1795442607482123"',
    ]
    values += ['{"time":"2026-11-23T13:03:28Z"}', '"{\\"time\\":17}"', '"2026-99-99T13:03:27Z"', '"\\tat Shop()"', '"x']
    formats = [fmt for fmt in FORMATS if fmt.kind == "json"]
    found = 0
    for _ in range(3000):
        pairs = (f'"{random.choice(keys)}":{random.choice(values)}' for _ in range(random.randint(1, 6)))
        line = ("{" + random.choice((",", ", ")).join(pairs) + random.choice(("}", "}\n", ""))).encode()
        for fmt in formats:
            time = find_time(fmt, line)
            stamp = None if time is None else read_value(time)
            if stamp is not None:
                found += 1
                start = keyed_start(fmt, line)
                assert start is not None, (fmt.name, line)
                assert start.stamp == stamp, (fmt.name, line)
    assert found > 500


def test_time_of_json_is_found_quickly_in_what_programs_write() -> None:
    for name in ("pino", "bunyan", "winston", "zap", "slog", "serilog-clef", "ecs", "docker-json"):
        fmt = find_format(name)
        assert fmt is not None
        assert find_time(fmt, samples_of(name)[0].text.splitlines()[0].encode()) is not None


def test_level_of_a_line_of_another_format_and_of_what_is_wrapped() -> None:
    python, cri = find_format("python-logging"), find_format("cri")
    assert python is not None
    assert cri is not None
    access = b'192.0.2.7 - - [23/Nov/2026:14:03:29 +0000] "GET / HTTP/1.1" 502 1\n'
    assert level(python, access) == "error"
    assert level(python, b'{"level":40,"time":1795442607482,"msg":"x"}\n') == "warning"
    assert level(python, b"nothing of the kind\n") is None
    assert level(cri, b"2026-11-23T13:03:27.482123456Z stderr F " + access) == "error"
    assert level(cri, b"2026-11-23T13:03:27.482123456Z stderr F [14:03:27 WRN] no error\n") == "warning"
    assert level(cri, b"") is None


OWN = """
name = "shop-journal"
title = "journal of the shop"
patterns = ['JOURNAL <iso> (?P<level>OK|BAD) ']
docs = "https://shop.example.com/journal"
misses = ['JOURNAL closed']
[[samples]]
text = 'JOURNAL 2026-11-23T14:03:27Z BAD capture failed'
"""
REPLACING = """
name = "stamped"
patterns = ['<iso> ']
"""


@pytest.fixture
def own() -> Iterator[None]:
    use(load_formats([("shop.toml", OWN), ("stamped.toml", REPLACING)]))
    yield
    use(())


@pytest.mark.usefixtures("own")
def test_own_formats_take_part_before_all_others() -> None:
    line = b"JOURNAL 2026-11-23T14:03:27Z BAD capture failed\n"
    fmt = recognise(line * 3, "x").format
    assert fmt is not None
    assert (fmt.name, fmt.title) == ("shop-journal", "journal of the shop")
    assert find_format("shop-journal") is fmt
    assert FORMATS[0] is fmt
    assert "shop-journal" in FORMATS.names
    python = find_format("python-logging")
    assert python is not None
    assert starter(python)(line) is not None
    assert getattr(recognise(b"2026-11-23 14:03:27 capture failed\n" * 3, "x").format, "title", "") == "stamped"
    assert [fmt.name for fmt in FORMATS].count("stamped") == 1
    assert not samples_of("shop-journal")
    assert not misses_of("shop-journal")
    told = explain_format("shop-journal")
    assert told is not None
    assert told.link == "https://shop.example.com/journal"


def test_own_formats_leave_no_trace_when_they_are_gone() -> None:
    use(load_formats([("shop.toml", OWN)]))
    use(())
    assert find_format("shop-journal") is None
    assert recognise(b"JOURNAL 2026-11-23T14:03:27Z BAD capture failed\n" * 3, "x").format is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "shop.toml is not TOML"),
        ('name = "shop"\npattern = []', "pattern: no format has such a key"),
        ('name = "shop"', "patterns: there are none"),
        ('name = "shop"\npatterns = "<iso>"', "patterns: expected `array`"),
        ("patterns = ['<iso> ']", "missing required field `name`"),
        ("name = 'shop'\npatterns = ['<isso> ']", "patterns: <isso> is no kind of time"),
        ("name = 'shop'\npatterns = ['<iso> (']", "patterns: missing ), unterminated subpattern in <iso> ("),
        ("name = 'shop'\npatterns = ['(?:<iso>)?']", "fits every line, even an empty one"),
        ("name = 'shop'\npatterns = ['<iso> (?:a+ )*b']", "a repeat inside a repeat can take forever"),
        ("name = 'Shop!'\npatterns = ['<iso> ']", "name: it is not a free word"),
        ("name = 'plain'\npatterns = ['<iso> ']", "name: it is not a free word"),
        ("name = 'shop'\nweight = 7\npatterns = ['<iso> ']", "weight: it is not between 0 and 1"),
        ("name = 'shop'\nspan = 900\npatterns = ['<iso> ']", "span: it is not a number of lines"),
        ("name = 'shop'\nzone = 'Atlantis'\npatterns = ['<iso> ']", "zone: no such zone is known"),
        ("name = 'shop'\nkind = 'json'", "time_keys: there are none"),
        ("name = 'shop'\nkind = 'plain'", "kind: it is not one of"),
        ("name = 'shop'\npatterns = ['J <iso>']\n[[samples]]\ntext = 'K'", "the format does not know its own sample 1"),
        ("name = 'shop'\npatterns = ['<iso> ']\n[[samples]]\ntxt = 'K'", "samples[0]: object contains unknown field"),
        ("name = 'shop'\npatterns = ['J <iso>']\nmisses = ['J 2026-11-23 14:03:27']", "takes miss 1 for its own"),
    ],
)
def test_own_format_that_cannot_be_used_says_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        load_formats([("shop.toml", text)])
    assert told in refused.value.message
    assert "shop.toml" in refused.value.message
    assert refused.value.hint


def test_two_own_formats_of_one_name_are_refused() -> None:
    with pytest.raises(UnreadableInput, match="another format of yours"):
        load_formats([("one.toml", OWN), ("two.toml", OWN)])


@pytest.mark.parametrize("name", [*FORMATS.names, "plain"])
def test_every_format_explains_itself(name: str) -> None:
    told = explain_format(name.upper())
    assert told is not None
    assert told.title.startswith(f"{name}: ")
    assert all(len(line) < 400 for line in told.text.splitlines())
    assert told.text.endswith(".")
    assert "Written by" in told.text or name == "plain"
    assert explain_format("no such format") is None


def test_an_explanation_says_how_time_zone_and_level_are_read() -> None:
    told = {name: getattr(explain_format(name), "text", "") for name in ("iis", "syslog-3164", "access", "pino", "cri")}
    assert "in UTC: the format says so" in told["iis"]
    assert "Where the year is missing" in told["syslog-3164"]
    assert "5xx is an error" in told["access"]
    assert "under the key time" in told["pino"]
    assert "stays with its record" in told["cri"]
