"""Logs that went through syslog: as ``logger`` sends them, and as a real rsyslogd writes them into files."""

from __future__ import annotations

import logging
import logging.handlers
import os
import shutil
import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.logs.real.servers import find_server, serving, wait_for
from tests.logs.real.story import COPENHAGEN, PAYMENT, ZONED, Stamp, check

RSYSLOGD = find_server("rsyslogd")
TRADITIONAL = Stamp(r"^(?:<\d+>)?(\w{3} [ \d]\d [\d:]{8})", "%b %d %H:%M:%S", COPENHAGEN)


@pytest.mark.real
@pytest.mark.skipif(shutil.which("logger") is None, reason="logger is not installed (Debian: bsdutils)")
@pytest.mark.parametrize("option", ["--rfc3164", "--rfc5424"])
def test_syslog_as_logger_sends_it(option: str) -> None:
    began = datetime.now(UTC)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        port = str(receiver.getsockname()[1])
        command = ["logger", "-n", "127.0.0.1", "-P", port, "-d", option, "-t", "shop", "-p", "user.err", "--id=4242"]
        environment = {**os.environ, "TZ": "Europe/Copenhagen"}
        subprocess.run([*command, f"capture failed for {PAYMENT}"], check=True, timeout=10, env=environment)
        data = receiver.recv(4096) + b"\n"
    check(data, TRADITIONAL if option == "--rfc3164" else ZONED, began, levels=("error",), failing=0)


@pytest.fixture(scope="module")
def rsyslog(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """The folder of files that rsyslogd wrote from its socket, and a moment before."""
    folder, began = tmp_path_factory.mktemp("rsyslog"), datetime.now(UTC)
    address = folder / "log"
    (folder / "rsyslog.conf").write_text(
        f"""
        global(workDirectory="{folder}" localHostname="shop-1")
        module(load="imuxsock" SysSock.Use="off")
        input(type="imuxsock" Socket="{address}")
        action(type="omfile" file="{folder}/traditional.log" template="RSYSLOG_TraditionalFileFormat")
        action(type="omfile" file="{folder}/file.log" template="RSYSLOG_FileFormat")
        action(type="omfile" file="{folder}/protocol-23.log" template="RSYSLOG_SyslogProtocol23Format")
        """
    )
    files = [folder / name for name in ("traditional.log", "file.log", "protocol-23.log")]
    command = [str(RSYSLOGD), "-n", "-f", f"{folder}/rsyslog.conf", "-i", f"{folder}/pid"]
    with serving(command, folder / "output"):
        wait_for(address.exists, "the socket of rsyslogd")
        handler = logging.handlers.SysLogHandler(str(address))
        handler.ident = "shop[4242]: "
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        logger = logging.Logger("shop.payments")
        logger.addHandler(handler)
        logger.info("callback received for %s", PAYMENT)
        try:
            raise LookupError(f"no reservation for {PAYMENT}")
        except LookupError:
            logger.exception("capture failed")
        logger.warning("gave up")
        handler.close()
        wait_for(
            lambda: all(file.exists() and file.read_bytes().count(b"\n") == 3 for file in files), "all that was sent"
        )
    return folder, began


@pytest.mark.real
@pytest.mark.skipif(RSYSLOGD is None, reason="rsyslogd is not installed (Debian: rsyslog)")
@pytest.mark.parametrize("style", ["traditional", "file", "protocol-23"])
def test_files_of_rsyslogd(rsyslog: tuple[Path, datetime], style: str) -> None:
    folder, began = rsyslog
    check((folder / f"{style}.log").read_bytes(), TRADITIONAL if style == "traditional" else ZONED, began)
