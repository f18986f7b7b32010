"""Names alone tell which files are one log, and which of them is older."""

from __future__ import annotations

import random

import pytest

from bundler.logs.rotation import rotated_sets

CERTAIN = {
    "logrotate, numbers": ["app.log.10.gz", "app.log.2.gz", "app.log.1", "app.log"],
    "logrotate, dateext": ["app.log-20261121.gz", "app.log-20261122.gz", "app.log-20261123", "app.log"],
    "logrotate, dateext with seconds": ["app.log-20261122-1763812800", "app.log-20261123-1763899200.gz", "app.log"],
    "logrotate, no ending": ["messages-20261116.xz", "messages-20261123", "messages"],
    "syslog": ["syslog.3.gz", "syslog.2.gz", "syslog.1", "syslog"],
    "log4j daily": ["app.log.2026-11-21", "app.log.2026-11-22", "app.log"],
    "Python, hourly": ["app.log.2026-11-22_23", "app.log.2026-11-23_00", "app.log"],
    "logback, dated": ["app-2026-11-22.log.gz", "app-2026-11-23.log", "app.log"],
    "Serilog": ["app20261122.log", "app20261123.log"],
    "Tomcat": ["localhost_access_log.2026-11-22.txt", "localhost_access_log.2026-11-23.txt"],
    "IIS": ["u_ex261122.log", "u_ex261123.log"],
    "PostgreSQL": ["postgresql-2026-11-22_000000.log", "postgresql-2026-11-23_000000.log"],
    "a container runtime": ["0.log.20261122-140312.gz", "0.log.20261123-140312", "0.log"],
    "lumberjack": ["app-2026-11-22T23-00-00.000.log.gz", "app-2026-11-23T14-03-12.345.log", "app.log"],
    "months": ["app-2026-10.log", "app-2026-11.log"],
    "only the date": ["2026-11-22.log", "2026-11-23.log.zst"],
    "old": ["app.log.old", "app.log"],
    "in a folder of an archive": ["logs.zip/var/app.log.1", "logs.zip/var/app.log"],
}
OPEN = {
    "logback, index of the day": ["app.2026-11-22.0.log", "app.2026-11-23.0.log", "app.2026-11-23.1.log"],
    "winston": ["app-2026-11-23.log", "app-2026-11-23.log.1", "app-2026-11-23.log.2"],
    "fixed window": ["app.2.log", "app.1.log", "app.log"],
    "padded": ["app_001.log", "app_002.log", "app.log"],
    "two ways": ["app.log-20261123", "app.log.1", "app.log"],
}


@pytest.mark.parametrize("members", CERTAIN.values(), ids=CERTAIN)
def test_members_come_oldest_first(members: list[str]) -> None:
    shuffled = random.Random(7).sample(members, len(members))
    (found,) = rotated_sets(shuffled)
    assert list(found.members) == members
    assert found.is_certain


@pytest.mark.parametrize("members", OPEN.values(), ids=OPEN)
def test_names_that_leave_the_order_open_say_so(members: list[str]) -> None:
    (found,) = rotated_sets(list(reversed(members)))
    assert list(found.members) == members
    assert not found.is_certain


@pytest.mark.parametrize(
    "names",
    [
        ["app.log", "other.log"],
        ["a/app.log", "b/app.log.1"],
        ["worker-1.log", "worker-2.log"],
        ["web1.log", "web2.log"],
        ["192.0.2.1", "192.0.2.2"],
        ["error-404.log", "error-500.log"],
        ["access.log", "error.log.1"],
        ["app.log.1", "app.json.2"],
        ["order-20263123.log", "order-20264123.log"],
        [".gz", ".xz", ""],
    ],
)
def test_names_that_are_no_rotated_set_stay_alone(names: list[str]) -> None:
    assert [each.members for each in rotated_sets(names)] == [(name,) for name in names]


def test_several_sets_come_in_the_order_of_their_first_members() -> None:
    names = ["b.log.1", "a.log", "b.log", "trace.har", "a.log.1"]
    assert [each.members for each in rotated_sets(names)] == [
        ("b.log.1", "b.log"),
        ("a.log.1", "a.log"),
        ("trace.har",),
    ]


def test_a_long_name_costs_no_more_than_it_is_long() -> None:
    names = ["2026-1" * 5_000, "a." * 10_000 + "1", "1" * 20_000 + ".log", "-2026-11-23" * 2_000 + "x"]
    assert len(rotated_sets(names)) == len(names)
