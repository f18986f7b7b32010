"""Logs that real programs write are recognised and read."""

from __future__ import annotations

import logging
import logging.handlers
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest

from bundler.logs import EVERYTHING, excerpt, failing_record, recognise
from bundler.model import Excerpt

PAYMENT = "8f14e45f-ceea-4672-8b1d-1e4f0a7c9b21"
CASES = Path(__file__).parent.parent / "cases" / "logs"
NGINX = shutil.which("nginx") or next(iter(map(str, Path("/usr/sbin").glob("nginx"))), None)


def read(data: bytes, expected: str, local: datetime | None = None) -> Excerpt:
    """The whole log, after it was recognised as ``expected``; ``local`` is read as UTC."""
    guess = recognise(data, "some file")
    assert guess.format is not None
    assert guess.format.name == expected
    assert guess.score > 0.5
    return excerpt(
        BytesIO(data), "x", guess.format, ids=[PAYMENT], window=EVERYTHING, zone=UTC, zone_from="",
        reference=local or datetime.now(UTC),
    )  # fmt: skip


def recent(moment: datetime | None) -> bool:
    return moment is not None and abs(moment - datetime.now(UTC)) < timedelta(minutes=2)


@pytest.mark.parametrize(
    "layout",
    [
        "%(asctime)s - %(name)s - %(levelname)s - %(message)s",
        "%(asctime)s %(levelname)s %(name)s: %(message)s",
        "%(asctime)s [%(levelname)s] %(message)s",
        "[%(asctime)s] %(levelname)s in %(module)s: %(message)s",
    ],
)
def test_python_logging_with_a_traceback(layout: str) -> None:
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter(layout))
    handler.formatter.converter = time.gmtime  # type: ignore[union-attr]
    logger = logging.Logger("shop.payments")
    logger.addHandler(handler)
    logger.info("callback received for %s", PAYMENT)
    try:
        int("not a status")
    except ValueError:
        logger.exception("capture failed\nfor %s", PAYMENT)
    logger.warning("gave up")
    taken = read(written.getvalue().encode(), "python-logging")
    assert [span.line_count for span in taken.spans] == [1, len(written.getvalue().splitlines()) - 2, 1]
    assert taken.hits == 2
    assert recent(taken.first)
    failing = failing_record(taken, [PAYMENT])
    assert failing is not None
    assert failing[1] == 2


def test_python_logging_as_basic_config_has_it() -> None:
    code = "import logging as l; l.basicConfig(level='INFO'); l.info('up'); l.getLogger('shop.pay').error('no')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert len(read(run.stderr, "python-logging").spans) == 2


def test_java_util_logging() -> None:
    data = (CASES / "java-util-logging.log").read_bytes()
    taken = read(data, "java-util-logging")
    assert [span.line for span in taken.spans] == [1, 3, 18]
    assert taken.data == data
    assert failing_record(taken, [PAYMENT]) == (datetime(2026, 11, 23, 18, 9, 34, tzinfo=UTC), 3)


@pytest.mark.real
@pytest.mark.skipif(shutil.which("logger") is None, reason="logger (util-linux) is not installed")
@pytest.mark.parametrize(("option", "expected"), [("--rfc3164", "syslog-3164"), ("--rfc5424", "syslog-5424")])
def test_syslog_as_logger_sends_it(option: str, expected: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        port = str(receiver.getsockname()[1])
        command = ["logger", "-n", "127.0.0.1", "-P", port, "-d", option, "-t", "shop", "-p", "user.err", "--id=4242"]
        subprocess.run([*command, f"capture failed for {PAYMENT}"], check=True, env={**os.environ, "TZ": "UTC"})
        data = receiver.recv(4096) + b"\n"
    taken = read(data, expected)
    assert recent(taken.first)
    assert failing_record(taken, [PAYMENT]) is not None


@pytest.mark.real
@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_access_and_error_log(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "nginx.conf").write_text(
        f"""
        worker_processes 1; daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log notice;
        events {{ worker_connections 16; }}
        http {{
          access_log {tmp_path}/access.log combined;
          client_body_temp_path {tmp_path}/body; proxy_temp_path {tmp_path}/proxy; fastcgi_temp_path {tmp_path}/f;
          uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;
          server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:1; }} }}
        }}
        """
    )
    command = [str(NGINX), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
    server = subprocess.Popen(command, env={**os.environ, "TZ": "UTC"})
    try:
        assert _status(f"http://127.0.0.1:{port}/v1/payments/{PAYMENT}?note=%22a%20b%22") == 502
    finally:
        server.terminate()
        server.wait(10)
    access = read((tmp_path / "access.log").read_bytes(), "access")
    assert (len(access.spans), access.hits, recent(access.first)) == (1, 1, True)
    assert failing_record(access, [PAYMENT]) is not None
    error = read((tmp_path / "error.log").read_bytes(), "nginx-error")
    assert len(error.spans) > 3
    assert error.hits == 1
    failing = failing_record(error, [PAYMENT])
    assert failing is not None
    assert recent(failing[0])


def _status(url: str) -> int:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError("nginx did not come up")
