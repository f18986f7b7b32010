"""A rspamd of the test's own on this machine, which asks nobody: no name server, no list of others, no database."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.evidence.object_servers import free_port

CONFIGURATION = Path("/etc/rspamd")
needs_rspamd = pytest.mark.skipif(
    not (shutil.which("rspamd") and CONFIGURATION.is_dir()), reason="rspamd is not installed"
)
_PATIENCE_S = 120
_ASKING_OTHERS = ("rbl", "surbl", "spf", "dmarc", "asn", "fuzzy_check", "phishing")


class Verdict(NamedTuple):
    """The points of a mail, and those of each rule that it met."""

    score: float
    symbols: dict[str, float]


class Rspamd(NamedTuple):
    """A running server on 127.0.0.1."""

    port: int

    def judge(self, mail: bytes) -> Verdict:
        """What it thinks of a mail of which it does not know who brought it."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/checkv2", data=mail)
        with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:
            told = json.load(answer)
        return Verdict(told["score"], {name: each["score"] for name, each in told["symbols"].items()})


@contextmanager
def rspamd() -> Iterator[Rspamd]:
    """A server with Debian's rules; it is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="rspamd-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Rspamd(free_port())
        configuration = _configure(folder, server.port)
        places = {
            "CONFDIR": configuration,
            "LOCAL_CONFDIR": configuration,
            **{f"{each}DIR": folder / each.lower() for each in ("DB", "RUN", "LOG")},
        }
        variables = [f"--var={name}={place}" for name, place in places.items()]
        command = ["rspamd", "--insecure", "--no-fork", "--config", str(configuration / "rspamd.conf"), *variables]
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            until = time.monotonic() + _PATIENCE_S
            while not _answers(server):
                assert process.poll() is None, _said(folder)
                assert time.monotonic() < until, _said(folder)
                time.sleep(0.1)
            yield server
        finally:
            process.terminate()  # it ends those that work for it, and then itself
            process.wait(_PATIENCE_S)


def _answers(server: Rspamd) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/ping", timeout=5) as answer:
            return bool(answer.read().strip() == b"pong")
    except OSError:
        return False


def _configure(folder: Path, port: int) -> Path:
    configuration = folder / "etc"
    shutil.copytree(CONFIGURATION, configuration)
    for each in ("db", "run", "log"):
        (folder / each).mkdir()
    local = configuration / "local.d"
    files = {
        "worker-normal.inc": f'bind_socket = "127.0.0.1:{port}";\ncount = 1;\n',
        "worker-controller.inc": "enabled = false;\n",
        "worker-proxy.inc": "enabled = false;\n",
        "worker-fuzzy.inc": "enabled = false;\n",
        "logging.inc": 'type = "console";\n',
        "options.inc": 'dns {\n nameserver = ["127.0.0.1:5399"];\n timeout = 0.05s;\n retransmits = 0;\n}\n'
        'filters = "chartable,dkim,regexp";\n',
        **{f"{each}.conf": "enabled = false;\n" for each in _ASKING_OTHERS},
    }
    for name, text in files.items():
        (local / name).write_text(text, encoding="utf-8")
    return configuration


def _said(folder: Path) -> str:
    return (folder / "output").read_text(errors="replace")[-3000:]
