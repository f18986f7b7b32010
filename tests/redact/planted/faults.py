# ruff: noqa: T201 - a program that prints
"""Makes the program fail at any call of any of its own functions, and looks for secrets in all it leaves behind.

The interpreter's profiler tells of every call; at the chosen one it raises, once, as if the function itself had.
``python -m tests.redact.planted.faults --every 1`` does so at each function there is.
"""

from __future__ import annotations

import argparse
import contextlib
import email
import email.policy
import gzip
import io
import os
import sys
import tempfile
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import bundler
from bundler.cli import run
from bundler.providers import load
from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted import scoring
from tests.redact.planted.corpus import every
from tests.redact.planted.messages import message
from tests.redact.planted.pieces import Document

_HOME = str(Path(bundler.__file__).parent)
_FRONT = ("cli.py", "commands", "errors.py")
"""Where errors are caught and said; what fails here has nobody behind it."""
_LIKE_CARDS = frozenset(("psp-luhn", "luhn-under-id", "path", "psp-reference", "psp-18"))
"""Ids and decoys that may read like a card number."""
_PLAIN = b"2026-11-23 13:02:11,482 INFO shop.payments: worker-3 still pending\n"
"""So many of these that a log is taken for one, however its other records are written and broken into lines."""


class InjectedError(RuntimeError):
    """What the chosen call raises."""


class Call(NamedTuple):
    """The ``number``-th call of one function, counted from 1."""

    path: str
    name: str
    line: int
    number: int

    def __str__(self) -> str:
        return f"{self.path}:{self.name}:{self.line}#{self.number}"


def _place(code: CodeType) -> tuple[str, str, int] | None:
    if not code.co_filename.startswith(_HOME):
        return None
    path = code.co_filename[len(_HOME) + 1 :].replace(os.sep, "/")
    if path.startswith(_FRONT) or code.co_name == "<module>":
        return None
    return path, code.co_qualname, code.co_firstlineno


class _Watch:
    """A profiler: counts every call of ours, and raises at ``chosen`` if there is one."""

    def __init__(self, chosen: Call | None = None) -> None:
        self.counts: Counter[tuple[str, str, int]] = Counter()
        self.has_fired = False
        self._chosen = chosen

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        if event != "call" or (place := _place(frame.f_code)) is None:
            return
        self.counts[place] += 1
        chosen = self._chosen
        if chosen is not None and not self.has_fired and place == chosen[:3] and self.counts[place] == chosen.number:
            self.has_fired = True
            raise InjectedError("injected")


@contextlib.contextmanager
def _watching(watch: _Watch) -> Iterator[None]:
    before: Any = sys.getprofile()
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)
        threading.setprofile(None)


def _is_masked(document: Document) -> bool:
    """True for what the filter masks without a flaw, and in which no id happens to read like a card number."""
    if any(span.tag.split(" ")[0] in _LIKE_CARDS for span in document.of("kept", "decoy")):
        return False
    return not scoring.through_filter(document, load("generic"))


def _message(seed: object, kind: str) -> Document:
    return next(found for number in range(100) if _is_masked(found := message(seed, kind, number)))


def _lines(seed: object, *formats: str) -> list[Document]:
    found = [document for document in every(seed, 40) if document.name.endswith(formats)]
    return [document for document in found if b"\r\n" not in document.data and _is_masked(document)]


def evidence(folder: Path, seed: object) -> list[Document]:
    """A HAR, logs (gzip and UTF-16 too), a curl command and a raw exchange with secrets of every shape, as files.

    Only what the filter masks without a flaw: here it matters what the other parts of the program do.
    """
    files = {
        "trace.har": _message(seed, "har"),
        "call.sh": _message(seed, "curl"),
        "answer.http": _message(seed, "http"),
    }
    for name, document in files.items():
        (folder / name).write_bytes(document.data)
    logs = {
        "service.log": _lines(seed, "pylog", "jsonl"),
        "older.log.gz": _lines(f"{seed}-gzip", "pylog", "logfmt"),
        "wide.log": _lines(f"{seed}-utf-16", "pylog", "jsonl"),
    }
    for name, documents in logs.items():
        data = _PLAIN * 40 + b"".join(document.data for document in documents)
        data = gzip.compress(data, mtime=0) if name.endswith("gz") else data
        (folder / name).write_bytes(data.decode().encode("utf-16") if name == "wide.log" else data)
    return [*files.values(), *(document for documents in logs.values() for document in documents)]


class Ending(NamedTuple):
    """How a run ended, all that it left, and what was called how often."""

    code: int
    said: bytes
    left: dict[str, bytes]
    counts: Counter[tuple[str, str, int]]
    has_fired: bool


def _insides(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, data
    if name.endswith(".zip"):
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as bundle:
            for member in bundle.namelist():
                yield f"{name}/{member}", bundle.read(member)
    if name.endswith(".eml"):
        for part in email.message_from_bytes(data, policy=email.policy.default).walk():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield f"{name}/{part.get_filename() or part.get_content_type()}", content


def made(folder: Path, chosen: Call | None = None, *arguments: str) -> Ending:
    """Run ``create`` on the evidence in ``folder``, failing at the chosen call; everything written is read again.

    The private map and the evidence are not looked at: they are not meant to leave.
    """
    before = {path for path in folder.rglob("*") if path.is_file()}
    watch = _Watch(chosen)
    out, err = io.StringIO(), io.StringIO()
    argv = ["create", *sorted(path.name for path in before), "--tz", "UTC", "-o", "out", "--json", *arguments]
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        _watching(watch),
    ):
        code = run(argv)
    left: dict[str, bytes] = {}
    for path in [path for path in folder.rglob("*") if path.is_file() and path not in before]:
        data = path.read_bytes()
        if b"ticket-bundler/map/" not in data[:200]:
            left |= dict(_insides(path.name, data))
        path.unlink()
    return Ending(int(code), (out.getvalue() + err.getvalue()).encode(), left, watch.counts, watch.has_fired)


def secrets_in(documents: list[Document], ending: Ending) -> dict[str, list[str]]:
    """The planted secrets that stand in something the run has left: shape, structure and value, with where."""
    everything = {"said": ending.said, **ending.left}
    found: dict[str, list[str]] = {}
    for document in documents:
        for span in document.of("secret"):
            value = span.plain.encode()
            key = f"{span.tag} {document.name} {span.plain}"
            if len(value) >= 8 and key not in found:
                places = [name for name, data in everything.items() if value in data]
                if places:
                    found[key] = places
    return found


def calls(counts: Counter[tuple[str, str, int]], seed: object, every_nth: int = 1) -> list[Call]:
    """For every function its first call and one later one; or one function in so many, by the seed's choice."""
    draws = Draws("faults", seed)
    chosen: list[Call] = []
    for place, count in sorted(counts.items()):
        if draws.below(every_nth):
            continue
        chosen.append(Call(*place, 1))
        if count > 1:
            chosen.append(Call(*place, 2 + draws.below(count - 1)))
    return chosen


def main() -> int:
    """Fail everywhere in turn; print where something leaked or the exit code means nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="one function in so many")
    parser.add_argument("--seed", default="1", help="decides the evidence and the calls")
    parser.add_argument("--only", default="", help="only functions whose path holds this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        os.environ |= dict.fromkeys(("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), f"{folder}/home")
        os.environ["SOURCE_DATE_EPOCH"] = "1795458600"
        documents = evidence(folder, options.seed)
        made(folder)
        whole = made(folder)
        known = set(secrets_in(documents, whole))
        print(f"exit {whole.code}, {len(whole.counts)} functions; in the clear without a fault: {known}")
        print(whole.said.decode()[:300] if whole.code not in (0, 1) else "")
        codes: Counter[int] = Counter()
        wrong = 0
        for call in calls(whole.counts, options.seed, options.every):
            if options.only not in call.path:
                continue
            ending = made(folder, call)
            codes[ending.code] += 1
            leaked = {value: places for value, places in secrets_in(documents, ending).items() if value not in known}
            if leaked or ending.code not in (0, 1, 2, 3, 4, 5, 70):
                wrong += 1
                print(
                    f"{call}: exit {ending.code}: {len(leaked)} leaked, such as {list(leaked.items())[:3]}", flush=True
                )
        print(f"{sum(codes.values())} runs, exit codes {dict(codes)}, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
