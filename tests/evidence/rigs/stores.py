"""Real places of logs on this machine: a journal, a host behind ssh, containers, a log group; each in a folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

JOURNAL_REMOTE = Path("/usr/lib/systemd/systemd-journal-remote")
SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")
PODMAN = shutil.which("podman")


class Entry(NamedTuple):
    """One message, and when it was written."""

    moment: datetime
    message: str


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until somebody listens."""
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{server.args!r} does not answer") from None
            time.sleep(0.05)
        else:
            return


@contextmanager
def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server for as long as the block lasts."""
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment)
    try:
        yield server
    finally:
        server.terminate()
        server.wait(20)


def write_journal(folder: Path, entries: Sequence[Entry], unit: str = "shop.service") -> Path:
    """A journal file that systemd itself has written, with ``entries`` of one unit."""
    exported = b""
    for number, entry in enumerate(entries, 1):
        message = entry.message.encode()
        fields = {
            "__REALTIME_TIMESTAMP": int(entry.moment.timestamp() * 1_000_000),
            "__MONOTONIC_TIMESTAMP": number * 1000,
            "_BOOT_ID": "0123456789abcdef0123456789abcdef",
            "_HOSTNAME": "shop-1",
            "_PID": 4242,
            "_SYSTEMD_UNIT": unit,
            "SYSLOG_IDENTIFIER": "shop",
            "PRIORITY": 6,
        }
        exported += "".join(f"{key}={value}\n" for key, value in fields.items()).encode()
        exported += b"MESSAGE\n" + len(message).to_bytes(8, "little") + message + b"\n\n"
    (folder / "exported").write_bytes(exported)
    journal = folder / "shop.journal"
    command = [str(JOURNAL_REMOTE), "-o", str(journal), str(folder / "exported")]
    subprocess.run(command, check=True, capture_output=True)
    return journal


@contextmanager
def host_behind_ssh(folder: Path) -> Iterator[Path]:
    """A real sshd with keys of its own; gives a configuration of ssh in which it is called ``shop-host``."""
    for name in ("host", "client"):
        keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(keygen, check=True, stdin=subprocess.DEVNULL)
    shutil.copy(folder / "client.pub", folder / "authorized")
    port = free_port()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        f"PidFile {folder}/sshd.pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
    )
    config = folder / "ssh_config"
    config.write_text(
        f"Host shop-host\n  HostName 127.0.0.1\n  Port {port}\n  IdentityFile {folder}/client\n"
        f"  IdentitiesOnly yes\n  UserKnownHostsFile {folder}/known\n  StrictHostKeyChecking yes\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where sshd locks itself in before anybody has logged in
    with running([str(SSHD), "-D", "-e", "-f", str(folder / "sshd_config")], folder / "sshd.log") as server:
        wait_for(port, server)
        yield config


class Podman:
    """Podman with a store of its own, in which a container has written a log; it was never started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._command = (
            str(PODMAN), "--root", f"{folder}/graph", "--runroot", f"{folder}/run", "--storage-driver", "vfs",
            "--cgroup-manager", "cgroupfs", "--events-backend", "file",
        )  # fmt: skip

    def add(self, name: str, entries: Sequence[tuple[Entry, str]]) -> None:
        """A container whose log holds ``entries`` of the streams ``stdout`` and ``stderr``, as conmon writes them."""
        (self._folder / "nothing").mkdir(exist_ok=True)
        subprocess.run(["tar", "-C", f"{self._folder}/nothing", "-cf", f"{self._folder}/image.tar", "."], check=True)
        self._run("import", f"{self._folder}/image.tar", "shop:1")
        log = self._folder / f"{name}.log"
        self._run(
            "create",
            "--name",
            name,
            "--network=host",
            "--log-driver=k8s-file",
            f"--log-opt=path={log}",
            "shop:1",
            "/shop",
        )
        lines = [
            f"{entry.moment.isoformat(timespec='microseconds')[:26]}000+00:00 {stream} F {entry.message}\n"
            for entry, stream in entries
        ]
        log.write_text("".join(lines))

    def wrapper(self) -> Path:
        """A program called podman that works on this store, to be put on the PATH."""
        program = self._folder / "bin" / "podman"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {" ".join(self._command)} "$@"\n')
        program.chmod(0o755)
        return program

    @contextmanager
    def docker_host(self) -> Iterator[str]:
        """The address at which this store answers as a Docker daemon would."""
        path = self._folder / "docker.sock"
        command = [*self._command, "system", "service", "--time=0", f"unix://{path}"]
        with running(command, self._folder / "service.log") as server:
            deadline = time.monotonic() + 30
            while not path.exists():
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield f"unix://{path}"

    def _run(self, *arguments: str) -> None:
        subprocess.run([*self._command, *arguments], check=True, capture_output=True, timeout=60)


@contextmanager
def log_group(folder: Path, name: str, entries: Sequence[Entry]) -> Iterator[str]:
    """Moto's server with a log group that holds ``entries``; gives its address."""
    import boto3  # type: ignore[import-untyped]

    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    plain = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    with running(command, folder / "moto.log", plain) as server:
        wait_for(port, server)
        address = f"http://127.0.0.1:{port}"
        client = boto3.client(
            "logs", endpoint_url=address, region_name="eu-north-1",
            aws_access_key_id="testing", aws_secret_access_key="testing",
        )  # fmt: skip
        client.create_log_group(logGroupName=name)
        client.create_log_stream(logGroupName=name, logStreamName="shop-1")
        events = [{"timestamp": int(entry.moment.timestamp() * 1000), "message": entry.message} for entry in entries]
        client.put_log_events(logGroupName=name, logStreamName="shop-1", logEvents=events)
        yield address
