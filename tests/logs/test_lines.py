"""Time and level of a single line are found without reading all of it, and are those that reading it finds."""

from __future__ import annotations

from random import Random

from bundler.logs.catalogue import FORMATS, find_format, samples_of
from bundler.logs.keyed import find_time, keyed_start
from bundler.logs.levels import level
from bundler.logs.values import read_value


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
