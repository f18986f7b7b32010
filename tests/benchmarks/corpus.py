"""Writes logs to measure with: ``python tests/benchmarks/corpus.py FOLDER --size 1GiB --format pylog --seed 7``.

The services of a payment integration, in order of time, up to midnight after 2026-03-11 (UTC) and evenly spread over
``--hours``, so that a window holds a known share. Some records carry a stack trace, some a secret, and twenty ids are
planted; ``FOLDER.json`` beside the folder says in which bytes. The same size, format, hours and seed give the same
bytes on every machine and in every version of Python; ``--rotate 8 --compress gz`` packs them as log rotation does.

It is faithful to how ids repeat in such logs, for that decides how well they pack: a payment is several requests over
some half a minute, all of their records name its id, those of one request share a trace number, and the requests of 32
workers stand in between. So a GiB of ``pylog`` packs 4.8 times with gzip -6 and 6.4 times with zstd -3, as logs of
such services do; with fresh ids in every line it would be 3.5 and 4.4 times.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import json
import lzma
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a program, by its path

from tests.benchmarks.corpus_lines import FORMATS, Draws, pool
from tests.benchmarks.corpus_records import ERROR, Clock, Records, plant

CATALOGUED = {
    "jsonl": "json-lines",
    "logfmt": "logfmt",
    "pylog": "python-logging",
    "access": "access",
    "syslog3164": "syslog-3164",
    "syslog5424": "syslog-5424",
}
"""What the program's catalogue calls the formats; ``mixed`` is none of them."""
WINDOW = (ERROR - 300, ERROR + 300)
ENDINGS = {"": "", "gz": ".gz", "zst": ".zst", "xz": ".xz", "bz2": ".bz2"}
EDITION = 2
"""Counts up whenever the same ``Corpus`` comes out in other bytes than before."""
UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


class Corpus(NamedTuple):
    """What to write. All of it decides the bytes, but ``rotate`` and ``compress``, which say how they are packed."""

    size: int
    format: str = "pylog"
    seed: int = 7
    hours: float = 24.0
    rotate: int = 1
    compress: str = ""


class Truth(NamedTuple):
    """Where everything is: offsets count the uncompressed bytes of all files, the oldest file first."""

    target: str
    others: Sequence[str]
    """Nineteen more ids, the frequent one first; the last is no GUID but a trace id."""
    common: str
    """In one line of sixteen; its places are not listed."""
    places: dict[str, list[tuple[int, int]]]
    """Of each id the first byte of its records, and the byte after them; a very small log lacks some ids."""
    windows: Sequence[tuple[int, int, int, int]]
    """Start and end as seconds of the epoch, and the bytes from the first record in it up to the first after it."""
    files: Sequence[tuple[str, int, int]]
    """Names, and which bytes each of them holds."""
    records: int
    secrets: Sequence[tuple[str, str]]
    """Kind and text of every secret in the log, as it stands before a format encodes it."""
    decoys: Sequence[tuple[str, str]]


def write(folder: Path, corpus: Corpus, windows: Sequence[tuple[int, int]] = (WINDOW,)) -> Truth:
    """Write the log into ``folder`` and the truth beside it; windows are whole seconds, the end outside."""
    draws = Draws(corpus.seed, "ids")
    target, common = draws.guid(), draws.guid()
    others = (*(draws.guid() for _ in range(18)), draws.take(16).hex())
    found = pool(corpus.seed, corpus.format, _pool_size(corpus.size), common)
    mean = sum(len(each.head + each.middle + each.tail) + 38 for each in found.lines) / len(found.lines)
    clock = Clock(max(64, round(corpus.size / mean)), round(corpus.hours * 3600))
    plan = plant(corpus.format, corpus.seed, found, clock, target, others)
    records = Records(corpus.format, corpus.seed, clock, plan, [each for window in windows for each in window])
    files = _write_files(folder, corpus, clock, records)
    truth = Truth(
        target=target,
        others=others,
        common=common,
        places={each: records.places.get(each, []) for each in (target, *others)},
        windows=[(start, end, records.bounds[start], records.bounds[end]) for start, end in windows],
        files=files,
        records=clock.records,
        secrets=[(each.kind, each.text) for each in found.secrets],
        decoys=[(each.kind, each.text) for each in found.decoys],
    )
    _truth_path(folder).write_text(json.dumps({"corpus": _named(corpus), **truth._asdict()}), "utf-8")
    return truth


def read_truth(folder: Path, corpus: Corpus) -> Truth | None:
    """What ``write`` left beside ``folder``; None when that is another corpus, or none."""
    try:
        told: dict[str, Any] = json.loads(_truth_path(folder).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if told.pop("corpus") != _named(corpus) or not all((folder / name).exists() for name, _, _ in told["files"]):
        return None
    return Truth(**told)


def _named(corpus: Corpus) -> dict[str, Any]:
    return {"edition": EDITION, **corpus._asdict()}


def _truth_path(folder: Path) -> Path:
    """Not in the folder: a search through its logs would find every id there."""
    folder = folder.resolve()
    return folder.with_name(f"{folder.name}.json")


def parse_size(text: str) -> int:
    """``256KiB``, ``1GiB`` or plain bytes."""
    unit = text[-3:]
    return round(float(text[:-3]) * UNITS[unit]) if unit in UNITS else int(text)


def _pool_size(size: int) -> int:
    """Enough lines that a compressor does not meet the same one soon; few where the whole log is short."""
    return next((each for each in (512, 4096) if size < each * 4096), 16384)


def _write_files(folder: Path, corpus: Corpus, clock: Clock, records: Records) -> list[tuple[str, int, int]]:
    files: list[tuple[str, int, int]] = []
    blocks = records.blocks()
    waiting = next(blocks, None)
    offset = 0
    for part in range(corpus.rotate):
        number = f".{corpus.rotate - part}" if corpus.rotate > 1 else ""
        name, began = f"app.log{number}{ENDINGS[corpus.compress]}", offset
        until = clock.seconds * (part + 1) // corpus.rotate
        with _packed(folder / name, corpus.compress) as sink:
            while waiting is not None and waiting[0] < until:
                sink.write(waiting[1])
                offset += len(waiting[1])
                waiting = next(blocks, None)
        files.append((name, began, offset))
    return files


@contextmanager
def _packed(path: Path, compress: str) -> Iterator[IO[bytes] | gzip.GzipFile]:
    with path.open("wb", 1 << 20) as raw:
        if compress == "gz":
            with gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
                yield packed
        elif compress == "zst":
            with subprocess.Popen(["zstd", "-q", "-3", "-c"], stdin=subprocess.PIPE, stdout=raw) as program:
                assert program.stdin is not None
                yield program.stdin
                program.stdin.close()
                if program.wait():
                    raise OSError("zstd could not compress the log")
        elif compress:
            module: Any = lzma if compress == "xz" else bz2
            with module.open(raw, "wb") as packed:
                yield packed
        else:
            yield raw


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=parse_size, default="1GiB", help="about so much: 256KiB, 8GiB")
    parser.add_argument("--format", choices=FORMATS, default="pylog")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--hours", type=float, default=24.0, help="how long it runs, up to midnight")
    parser.add_argument("--rotate", type=int, default=1, help="into so many files, app.log.1 the newest")
    parser.add_argument("--compress", choices=tuple(ENDINGS), default="")
    told = parser.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(told.size, told.format, told.seed, told.hours, told.rotate, told.compress)
    truth = write(told.folder, corpus)
    print(f"{truth.records:,} records, {truth.files[-1][2]:,} bytes: {', '.join(name for name, _, _ in truth.files)}")
    print(f"the target is {truth.target}, in {len(truth.places[truth.target])} of them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
