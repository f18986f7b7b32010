"""Logs of PostgreSQL: its text with the prefix that it has by itself, its CSV, and its JSON."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from bundler.logs.extract import failing_record
from tests.logs.real.servers import free_port
from tests.logs.real.story import COPENHAGEN, PAYMENT, Stamp, check_moments, level_of, read

PROGRAMS = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if int(folder.parent.name) >= 15]
STATEMENTS = f"""
select 1;
select count(*)
  from payments
 where id = '{PAYMENT}';
do $$ begin raise warning 'gave up'; end $$;
"""

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not PROGRAMS or shutil.which("psql") is None,
        reason="PostgreSQL 15 or later is not installed (Debian: postgresql)",
    ),
]


class Written(NamedTuple):
    """What PostgreSQL wrote, and a moment before."""

    text: bytes
    csv: bytes
    json: bytes
    began: datetime


@pytest.fixture(scope="module")
def written() -> Iterator[Written]:
    """A statement fails in a new database, in a folder that ``nobody`` may use: PostgreSQL refuses to be root."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        yield _written(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(folder: Path) -> Written:
    port, began = free_port(), datetime.now(UTC)
    owner = "nobody" if os.geteuid() == 0 else None
    if owner is not None:
        shutil.chown(folder, owner)
    environment = {**os.environ, "TZ": "Europe/Copenhagen", "LC_ALL": "C.UTF-8"}

    def run(*command: str, statements: str | None = None) -> None:
        subprocess.run(
            command, input=statements, check=True, timeout=30, user=owner, cwd=folder, env=environment, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    data = f"{folder}/data"
    quickly = ["--no-sync", "--no-instructions", "--auth=trust", "--username=shop", "--encoding=UTF8", "--locale=C"]
    run(f"{PROGRAMS[0]}/initdb", f"--pgdata={data}", *quickly)
    settings = f"""
        listen_addresses = '127.0.0.1'
        port = {port}
        unix_socket_directories = ''
        fsync = off
        logging_collector = on
        log_destination = 'stderr,csvlog,jsonlog'
        log_directory = '{folder}'
        log_filename = 'shop.log'
        log_timezone = 'Europe/Copenhagen'
    """
    with Path(data, "postgresql.conf").open("a") as file:
        file.write(settings)
    server = f"{PROGRAMS[0]}/pg_ctl"
    run(server, f"--pgdata={data}", "--wait", "start")
    try:
        run("psql", f"--port={port}", "--host=127.0.0.1", "--username=shop", "postgres", statements=STATEMENTS)
    finally:
        run(server, f"--pgdata={data}", "--wait", "--mode=fast", "stop")
    text, csv, json = ((folder / f"shop.{ending}").read_bytes() for ending in ("log", "csv", "json"))
    return Written(text, csv, json, began)


def _check(data: bytes, stamp: Stamp, began: datetime) -> None:
    """The zone is written in the log (CET), so the reader need not know it; the failure keeps its statement."""
    taken = read(data)
    moments = check_moments(taken, stamp, began)
    records = [record for _, record in taken.records()]
    assert b"".join(records) == data
    assert [level_of(taken, record) for record in records if b"gave up" in record][:1] == ["warning"]
    assert level_of(taken, records[0]) == "info"
    failing = next(index for index, record in enumerate(records) if b"does not exist" in record)
    assert level_of(taken, records[failing]) == "error"
    assert b"where id" in records[failing]
    assert taken.hits == 1
    assert failing_record(taken, [PAYMENT]) == (moments[failing], taken.spans[failing].line)


STAMP = Stamp(r"^(\S+ \S+) CES?T\b", "%Y-%m-%d %H:%M:%S.%f", COPENHAGEN)


def test_postgresql_as_it_comes(written: Written) -> None:
    _check(written.text, STAMP, written.began)


def test_postgresql_csv(written: Written) -> None:
    _check(written.csv, STAMP, written.began)


def test_postgresql_json(written: Written) -> None:
    _check(written.json, STAMP._replace(pattern=r'"timestamp":"(\S+ \S+) CES?T"'), written.began)
