"""A password shows nowhere while it is used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.commands.send.sending import (
    configure_smtp,
)
from tests.delivery.certificates import Certificate
from tests.delivery.rigs import PASSWORD, Sink, reception

ROOT = Path(__file__).parents[3]


class _Watching(Sink):
    """Looks at all that the sending process shows to others while it sends."""

    victim: subprocess.Popen[str] | None = None
    seen = b""

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        assert self.victim is not None
        for name in ("environ", "cmdline"):
            self.seen += Path(f"/proc/{self.victim.pid}/{name}").read_bytes()
        return await super().handle_MAIL(server, session, envelope, address, options)


@pytest.mark.skipif(sys.platform != "linux", reason="what a process shows is read from /proc")
def test_the_password_stands_in_no_argument_environment_log_file_or_output(
    ticket: Path, tmp_path: Path, good: Certificate
) -> None:
    sink = _Watching()
    with reception(sink, good) as port:
        configure_smtp(port, good)
        command = [sys.executable, "-m", "bundler", "send", str(ticket), "--way", "smtp", "--yes"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        sink.victim = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        out, err = sink.victim.communicate(timeout=60)
    assert sink.victim.returncode == 0, err
    assert sink.seen
    hidden = PASSWORD.encode()
    assert hidden not in sink.seen
    assert PASSWORD not in out + err
    roots = [tmp_path, *(Path(os.environ[name]) for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"))]
    files = [file for root in roots for file in root.rglob("*") if file.is_file()]
    assert any(file.name == "ledger.jsonl" for file in files)
    assert [file for file in files if hidden in file.read_bytes()] == []
    assert hidden not in sink.box[0].data
