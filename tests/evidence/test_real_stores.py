"""Shipped commands against the real programs: a journal, ssh, podman, docker, kubectl, aws and curl."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bundler.evidence.commands import Collected, collect, collect_all
from bundler.evidence.placeholders import Search
from bundler.evidence.presets import find_source
from bundler.evidence.recognition import recognise
from bundler.logs.extract import excerpt
from bundler.logs.types import EVERYTHING, Window
from tests.evidence.rigs import answers, stores
from tests.evidence.rigs.stores import Entry

pytestmark = pytest.mark.real

MOMENT = datetime(2026, 11, 23, 13, 3, 27, 482000, tzinfo=UTC)
WINDOW = Window(MOMENT - timedelta(minutes=5), MOMENT + timedelta(minutes=5))
PAYMENT = "8f14e45f-ceea-4672-8b1d-1e4f0a7c9b21"
ENTRIES = [
    Entry(MOMENT - timedelta(hours=1), "long before"),
    Entry(MOMENT, f"ERROR capture failed for {PAYMENT}"),
    Entry(MOMENT + timedelta(seconds=1), "gave up"),
    Entry(MOMENT + timedelta(hours=1), f"asked again for {PAYMENT}"),
]
BOTH = Search(window=WINDOW, ids=(PAYMENT,))

needs_journal = pytest.mark.skipif(
    not stores.JOURNAL_REMOTE.exists() or shutil.which("journalctl") is None,
    reason="systemd-journal-remote is not installed",
)
needs_sshd = pytest.mark.skipif(
    stores.SSHD is None or shutil.which("ssh") is None, reason="openssh-server or openssh-client is not installed"
)
needs_podman = pytest.mark.skipif(stores.PODMAN is None, reason="podman is not installed")


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def content(collected: Collected) -> bytes:
    assert collected.source is not None, collected.why
    with collected.source.open() as stream:
        return stream.read()


def moments(collected: Collected) -> list[datetime | None]:
    """The moments of its records, after it was recognised as a log without a word from us."""
    assert collected.source is not None, collected.why
    recognition = recognise(collected.source)
    assert recognition is not None
    assert recognition.log is not None
    with collected.source.open() as stream:
        taken = excerpt(
            stream, "x", recognition.log, ids=[PAYMENT], window=EVERYTHING, zone=UTC, zone_from="", reference=MOMENT
        )  # fmt: skip
    return [taken.first, taken.last]


@needs_journal
def test_journal_by_time(tmp_path: Path) -> None:
    entries = [*ENTRIES[:2], Entry(MOMENT, "Traceback:\n  at capture\n  at main"), *ENTRIES[2:]]
    journal = stores.write_journal(tmp_path, entries)
    collected = collect(find_source(f"journalctl:file={journal},unit=shop.service", {}), BOTH)
    assert (collected.state, collected.why) == ("ok", "")
    lines = content(collected).decode().splitlines()
    assert lines[0] == f"2026-11-23T13:03:27.482000+0000 shop-1 shop[4242]: ERROR capture failed for {PAYMENT}"
    assert lines[1].endswith("Traceback:")
    assert [line.strip() for line in lines[2:4]] == ["at capture", "at main"]
    assert lines[4] == "2026-11-23T13:03:28.482000+0000 shop-1 shop[4242]: gave up"
    assert len(lines) == 5
    assert moments(collected) == [MOMENT, MOMENT + timedelta(seconds=1)]


@needs_journal
def test_journal_by_id_when_no_time_is_known(tmp_path: Path) -> None:
    stores.write_journal(tmp_path, ENTRIES)
    source = find_source(f"journalctl:directory={tmp_path}", {})
    collected = collect(source, Search(ids=(PAYMENT, "order.7")))
    assert [line.partition(": ")[2] for line in content(collected).decode().splitlines()] == [
        f"ERROR capture failed for {PAYMENT}",
        f"asked again for {PAYMENT}",
    ]
    collected = collect(source, Search(ids=("nobody-knows-it",)))
    assert (collected.state, collected.source) == ("empty", None)


@needs_journal
def test_journal_with_nothing_in_the_window_or_not_there(tmp_path: Path) -> None:
    journal = stores.write_journal(tmp_path, ENTRIES)
    later = Search(window=Window(MOMENT + timedelta(days=9), MOMENT + timedelta(days=10)))
    assert collect(find_source(f"journalctl:file={journal}", {}), later).state == "empty"
    collected = collect(find_source(f"journalctl:file={tmp_path}/none.journal", {}), BOTH)
    assert (collected.state, collected.source) == ("failed", None)
    assert collected.why.startswith("a file or folder that it names does not exist")


@needs_journal
@needs_sshd
def test_journal_of_another_host(tmp_path: Path) -> None:
    folder = tmp_path / "kim's journal; $(date)"
    folder.mkdir()
    stores.write_journal(folder, ENTRIES)
    configured = {"shop": {"preset": "ssh", "host": "shop-host", "run": "journalctl", "directory": str(folder)}}
    with stores.host_behind_ssh(tmp_path) as config:
        configured["shop"]["config"] = str(config)
        source = find_source("shop", configured)
        by_time = collect(source, BOTH)
        by_id = collect(source, Search(ids=(PAYMENT, "order.7")))
        nothing = collect(source, Search(ids=("nobody-knows-it",)))
    assert moments(by_time) == [MOMENT, MOMENT + timedelta(seconds=1)]
    assert content(by_id).count(b"\n") == 2
    assert nothing.state == "empty"


@needs_sshd
def test_what_ssh_complains_about(tmp_path: Path) -> None:
    with stores.host_behind_ssh(tmp_path) as config:
        source = f"ssh:host=shop-host,run=tail,config={config},path="
        (tmp_path / "app.log").write_text("2026-11-23T13:03:27Z a line\n")
        fine = collect(find_source(f"{source}{tmp_path}/app.log", {}), BOTH)
        absent = collect(find_source(f"{source}{tmp_path}/no.log", {}), BOTH)
        (tmp_path / "known").write_text("")
        stranger = collect(find_source(f"{source}{tmp_path}/app.log", {}), BOTH)
        shutil.copy(tmp_path / "ssh_config", tmp_path / "other")
        (tmp_path / "other").write_text((tmp_path / "ssh_config").read_text().replace("Checking yes", "Checking no"))
        (tmp_path / "authorized").write_text("")
        refused = collect(find_source(f"ssh:host=shop-host,run=tail,config={tmp_path}/other,path=/x", {}), BOTH)
    unreachable = collect(find_source(f"{source}/x", {}), BOTH)
    assert content(fine) == b"2026-11-23T13:03:27Z a line\n"
    assert absent.why.startswith("a file or folder that it names does not exist")
    assert stranger.why.startswith("the host's key is not known; connect once by hand")
    assert refused.why.startswith("the host does not accept your key")
    assert unreachable.why.startswith("the connection was refused")


def _containers(folder: Path) -> stores.Podman:
    podman = stores.Podman(folder)
    podman.add("shop-1", [(entry, "stderr" if "gave up" in entry.message else "stdout") for entry in ENTRIES])
    return podman


@needs_podman
def test_podman(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _containers(tmp_path).wrapper()
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    collected = collect(find_source("podman:container=shop-1", {}), BOTH)
    assert sorted(content(collected).splitlines()) == [
        f"2026-11-23T13:03:27.482000000Z ERROR capture failed for {PAYMENT}".encode(),
        b"2026-11-23T13:03:28.482000000Z gave up",
    ]
    collected = collect(find_source("podman:container=shop-2", {}), BOTH)
    assert (collected.state, collected.why) == ("failed", "there is no such container (it ended with exit code 125)")


@needs_podman
@needs("docker")
def test_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _containers(tmp_path).docker_host() as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        collected = collect(find_source("docker:container=shop-1", {}), BOTH)
    assert (collected.state, collected.why) == ("ok", "")
    lines = sorted(content(collected).splitlines())
    assert [line.partition(b" ")[2] for line in lines] == [f"ERROR capture failed for {PAYMENT}".encode(), b"gave up"]
    assert moments(collected) == [MOMENT.replace(microsecond=0), MOMENT.replace(microsecond=0) + timedelta(seconds=1)]


@needs("kubectl")
@pytest.mark.parametrize("which", ["target=shop-1", "selector=app=shop"])
def test_kubectl(which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = b"2026-11-23T13:03:27.482123456Z capture failed\n2026-11-23T13:03:28Z gave up\n"
    with answers.cluster(log) as api:
        (tmp_path / "kubeconfig").write_text(
            "apiVersion: v1\nkind: Config\ncurrent-context: a\n"
            f"clusters: [{{name: a, cluster: {{server: '{api.address}'}}}}]\n"
            "contexts: [{name: a, context: {cluster: a, user: a}}]\nusers: [{name: a, user: {}}]\n"
        )
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
        collected = collect(find_source(f"kubectl:{which},namespace=psp,container=api", {}), BOTH)
        missing = collect(find_source("kubectl:target=shop-2,namespace=psp", {}), BOTH)
    silent = collect(find_source("kubectl:target=shop-1,namespace=psp", {}), BOTH)
    assert (collected.state, content(collected)) == ("ok", log)
    (asked,) = [asked for asked in api.asked if asked.path.endswith("/shop-1/log")]
    assert asked.query["sinceTime"] == ["2026-11-23T12:58:27Z"]
    assert (asked.query["timestamps"], asked.query["container"]) == (["true"], ["api"])
    assert missing.why == "there is no such object in the cluster (it ended with exit code 1)"
    assert (silent.state, silent.why) == ("failed", "the cluster does not answer (it ended with exit code 1)")


@needs("aws")
def test_cloudwatch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("moto.server")
    for name, value in {
        "ACCESS_KEY_ID": "testing",
        "SECRET_ACCESS_KEY": "testing",
        "DEFAULT_REGION": "eu-north-1",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    now = datetime.now(UTC).replace(microsecond=482000)  # it takes no events that are too old, or of the future
    shift = now - timedelta(hours=2) - MOMENT
    entries = [Entry(entry.moment + shift, entry.message) for entry in ENTRIES]
    window = Window(WINDOW.start + shift, WINDOW.end + shift)
    with stores.log_group(tmp_path, "/ecs/shop", entries) as address:
        source = find_source(f"aws-logs:group=/ecs/shop,endpoint={address}", {})
        other = find_source(f"aws-logs:group=/ecs/other,endpoint={address}", {})
        both, missing = collect_all([source, other], Search(window=window, ids=(PAYMENT,)))
        by_time = collect(source, Search(window=window))
        nothing = collect(source, Search(window=window, ids=("nobody-knows-it",)))
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        stranger = collect(source, Search(window=window))
    first, second = entries[1].moment, entries[2].moment
    written = first.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert content(both).decode() == f"{written} ERROR capture failed for {PAYMENT}\n"
    assert moments(by_time) == [first, second]
    assert (nothing.state, nothing.source) == ("empty", None)
    assert missing.why.startswith("there is no such log group")
    assert stranger.why.startswith("it has no credentials")


DOCUMENTS = [
    {"@timestamp": entry.moment.isoformat(), "level": "error", "message": entry.message, "pod": "shop-1"}
    for entry in reversed(ENTRIES)
]


@needs("curl")
def test_search_engine() -> None:
    with answers.search_engine(DOCUMENTS) as engine:
        source = find_source(f"opensearch:url={engine.address},index=logs", {})
        both = collect(source, BOTH)
        by_time = collect(source, Search(window=WINDOW))
        by_id = collect(source, Search(ids=(PAYMENT, "order.7")))
        few = collect(
            find_source(f"elasticsearch:url={engine.address},index=logs,records=1", {}), Search(window=WINDOW)
        )
        missing = collect(find_source(f"opensearch:url={engine.address},index=other", {}), BOTH)
    assert content(both).count(b"\n") == 1
    assert moments(by_time) == [MOMENT, MOMENT + timedelta(seconds=1)]
    assert content(by_id).count(b"\n") == 2
    assert (few.state, few.why) == ("cut", "only 1 of 2 matching records came")
    assert missing.why == "there is nothing at that address (it ended with exit code 22)"


@needs("curl")
def test_search_engine_with_a_login(tmp_path: Path) -> None:
    (tmp_path / "login").write_text('user = "kim:example"\n')
    with answers.search_engine(DOCUMENTS, password="example") as engine:
        source = f"opensearch:url={engine.address},index=logs"
        stranger = collect(find_source(source, {}), BOTH)
        known = collect(find_source(f"{source},config={tmp_path}/login", {}), BOTH)
    assert (stranger.state, stranger.source) == ("failed", None)
    assert stranger.why.startswith("its login is not accepted")
    assert known.state == "ok"
