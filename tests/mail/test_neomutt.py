"""A real mail program resumes the draft, one key sends it, and what arrives is what was made."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import time
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.conftest import Invoke

DEMO = Path(__file__).parents[2] / "bundler" / "demo"
_PATIENCE_S = 20


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("neomutt"), reason="neomutt is not installed")
def test_one_key_sends_the_draft_and_every_attachment_arrives_as_it_was(invoke: Invoke, tmp_path: Path) -> None:
    evidence = [DEMO / name for name in ("checkout-trace.har", "payment-service.log", "app-error.png")]
    assert invoke("create", *evidence, "-o", "out", "-q").code == ExitCode.FINE
    draft = next((tmp_path / "out").glob("*.eml"))
    sent = tmp_path / "sent.eml"
    post = tmp_path / "post.sh"
    post.write_text(f"#!/bin/sh\ncat > {sent}.part && mv {sent}.part {sent}\n", encoding="utf-8")
    post.chmod(0o755)
    (tmp_path / "rc").write_text(
        f'set folder="{tmp_path}"\nset record=""\nset sendmail="{post}"\nset sendmail_wait=0\n'
        'set from="kim@psp.example"\nset editor="true"\nset fast_reply=yes\n',
        encoding="utf-8",
    )
    send(["neomutt", "-n", "-F", str(tmp_path / "rc"), "-H", str(draft)], sent)
    shutil.copy(draft.with_suffix(".map.json"), sent.with_suffix(".map.json"))
    outcome = invoke("verify", sent)
    assert outcome.code == ExitCode.FINE, outcome.out


def send(command: list[str], sent: Path) -> None:
    """Run a mail program at a terminal, press y when it shows the draft, and wait until it has sent it and ended.

    The terminal stays until then: neomutt may wait for ever for itself where it goes while neomutt ends.
    """
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm"
        os.environ["TMPDIR"] = str(sent.parent)  # of a draft's parts it makes copies
        os.execvp(command[0], command)
    until, shown, is_pressed = time.monotonic() + _PATIENCE_S, b"", False
    try:
        while time.monotonic() < until:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    shown += os.read(terminal, 65536)
                except OSError:  # the program has ended
                    break
            if b"Subject" in shown and not is_pressed:
                os.write(terminal, b"y")
                is_pressed = True
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)
    while not sent.exists() and time.monotonic() < until:
        time.sleep(0.05)  # what neomutt gave the mail to may go on without it
    assert sent.exists(), shown[-2000:].decode("utf-8", "replace")
