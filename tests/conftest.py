"""Guards and makers for all tests: no real home folder, no real clock, no silent skip in CI."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from bundler import fast, providers
from bundler.cli import run

NOW = 1_795_458_600
"""2026-11-23T18:30:00Z, the present moment of every test, in seconds."""

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("local", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, object, object]:
    """In CI every real part is installed, so a skipped test is a missing install step."""
    report = yield
    assert isinstance(report, pytest.TestReport)
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests, so that templates are compiled once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _nobody_touches_the_real_home_or_clock(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, cache_folder: Path
) -> None:
    """Every folder of the user's is a new empty one, and now is always the same moment."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder))
    for name in [name for name in os.environ if name.startswith("TICKET_BUNDLER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOW))
    monkeypatch.setenv("TZ", "Europe/Copenhagen")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")  # never the real one
    monkeypatch.delenv("DISPLAY", raising=False)


class Outcome(NamedTuple):
    """What a run of the program gave."""

    code: int
    out: str
    err: str


Invoke = Callable[..., Outcome]


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Invoke]:
    """The real command line in an empty folder; a crash of ours fails the test with its traceback."""
    monkeypatch.chdir(tmp_path)

    def fail(argv: object, error: Exception) -> int:
        raise AssertionError(f"ticket-bundler crashed on {argv}") from error

    monkeypatch.setattr("bundler.cli._crash", fail)
    monkeypatch.setattr(fast, "enabled", fast.enabled)  # a run may switch it off, and that is for good

    def invoke(*argv: str | Path, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = run([str(word) for word in argv])
        said = capsys.readouterr()
        return Outcome(int(code), said.out, said.err)

    yield invoke
    providers.use(())  # the user's own profiles are those of this process
