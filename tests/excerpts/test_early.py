"""What is searched for before the rest is known is found as it would be later, and leaves no process behind."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest

from bundler.excerpts import searching
from bundler.excerpts.cutting import LogSource
from bundler.excerpts.early import EarlySearch
from bundler.excerpts.progress import NoProgress
from bundler.excerpts.together import cut_all
from bundler.logs.mentions import Finder
from bundler.logs.types import Wanted
from tests.excerpts.cuts import ZONE, cut, log_of
from tests.logs.reference import IDS, made_log

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="elsewhere nothing is searched early")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LogSource:
    monkeypatch.setattr(searching, "FORK_FROM", 1_000)
    return log_of(tmp_path / "shop.log", made_log(7, 2_000))


def test_what_is_found_early_is_not_searched_for_again(log: LogSource, monkeypatch: pytest.MonkeyPatch) -> None:
    (wanted,) = cut(log, ids=IDS[:2])
    monkeypatch.setattr(searching, "_search_once", None)
    with closing(EarlySearch()) as early:
        early.begin([log], IDS[:2])
        known = early.finish(NoProgress())
        (found,) = cut_all([log], Wanted(None, Finder(IDS[:2])), ZONE, NoProgress(), job_count=2, earlier=known)
        assert early.finish(NoProgress()) == []
    assert (found.bounds, found.seen) == (wanted.bounds, wanted.seen)


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_search_that_is_lost_or_not_needed_leaves_nothing_behind(
    log: LogSource, monkeypatch: pytest.MonkeyPatch, is_asked: bool
) -> None:
    monkeypatch.setattr(searching, "_search_part", lambda *_: os.kill(os.getpid(), signal.SIGSTOP))
    with closing(EarlySearch()) as early:
        early.begin([log], IDS[:1])
        assert early._begun is not None
        children = list(early._begun._children)
        if is_asked:
            for child in children:
                os.kill(child, signal.SIGKILL)
            assert early.finish(NoProgress()) == []
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_only_a_large_file_is_searched_early_and_one_of_them(log: LogSource, tmp_path: Path) -> None:
    small = log_of(tmp_path / "small.log", b"2026-11-23 12:00:00,000 INFO shop: step\n")
    with closing(EarlySearch()) as early:
        for logs, ids in (([], IDS[:1]), ([small], IDS[:1]), ([log], ())):
            early.begin(logs, ids)
            assert early.finish(NoProgress()) == []
        early.begin([small, log, log], IDS[:1])
        assert [each.log for each in early.finish(NoProgress())] == [log]
