"""What ``logs`` claims about speed and memory: ``python tests/benchmarks/logs.py --program .venv/bin/ticket-bundler``.

Whole processes of the installed program beside its peers, in turns, on a corpus made by ``corpus.py``. Each answer is
first compared, byte for byte, with a full scan written here; a wrong one gets no time. Rows are measured with the extra
``[fast]`` and, by ``TICKET_BUNDLER_FAST=0``, without it. Peers: the Debian packages ripgrep, lnav, mawk, zip and zstd;
timecat from PyPI, in an environment of its own (``--timecat``); moto[server] in this one. Wants 12 GB of disk
and as much free memory for the page cache, and a quiet machine. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a program, by its path

from tests.benchmarks import command_line, measuring
from tests.benchmarks.bench import STANDARD, Bench, Ranges, Result, compared, limit, milliseconds, scanned
from tests.benchmarks.corpus import Truth
from tests.benchmarks.measuring import Command, Failed
from tests.benchmarks.object_store import ACCESS, BUCKET, object_store

AROUND = ("--around", "2026-03-11 14:37:22Z", "--window", "5m,5m")
MEMORY = 120_000_000
BEYOND, REQUESTS = 2_000_000, 60
ABOVE_HELP = 0.040
GROWTH = 1.25
COLD = 1 / 50


def window(bench: Bench) -> Iterator[Result]:
    """Ten minutes of the big log."""
    log, truth = bench.plain(bench.big)
    ranges = [truth.windows[0][2:]]
    size = ranges[0][1] - ranges[0][0]
    for name, variant in bench.variants.items():
        ours = bench.logs(str(log), *AROUND, variant=variant)
        bench.verify(ours, log, ranges)
        for peer, goal in (("rg", 1 / 12), ("timecat", 1 / 6), ("lnav", 1 / 50), ("mawk", None)):
            if peer in ("rg", "timecat") or name == next(iter(bench.variants)):  # the others take their time
                yield bench.contest(f"window {name}", ours, peer, bench.peers.window(peer, log), goal, size)


def above_help(bench: Bench) -> Iterator[Result]:
    """What the window costs above saying ``--help``."""
    log, truth = bench.plain(bench.big)
    for name, variant in bench.variants.items():
        ours = bench.logs(str(log), *AROUND, variant=variant)
        bench.verify(ours, log, [truth.windows[0][2:]])
        helped = Command((bench.program, "--help"), bench.scratch / "help.out", redirected=True, environment=variant)
        pair = measuring.in_turns(ours, helped, bench.base, max(11, bench.runs))
        above = pair.ours - pair.theirs
        shown, goal = f"+{milliseconds(above)}", f"<= +{milliseconds(ABOVE_HELP)}"
        yield compared(f"help {name}", "--help", pair, ABOVE_HELP)._replace(
            ratio=shown, goal=goal, kept=above <= ABOVE_HELP
        )


def cold(bench: Bench) -> Iterator[Result]:
    """The window while nothing of the log is in memory."""
    log, truth = bench.plain(bench.big)
    ours, theirs = bench.logs(str(log), *AROUND), bench.peers.window("rg", log)
    bench.verify(ours, log, [truth.windows[0][2:]])
    if bench.peers.missing("rg") or not measuring.cool(log):
        yield Result("cold", "", "rg", "", "", limit(COLD), None, "not measurable: the page cache keeps the log")
        return

    def cooled(command: Command) -> float:
        if not measuring.cool(log):
            raise Failed("the page cache kept the log")
        return measuring.run(command, bench.base).seconds

    pair = measuring.taking_turns(lambda: cooled(ours), lambda: cooled(theirs), bench.runs, 60)
    measuring.warm(log)
    yield compared("cold", "rg", pair, COLD)


def sizes(bench: Bench) -> Iterator[Result]:
    """The same window out of the big and the small log."""
    commands = []
    for size in (bench.big, bench.small):
        log, truth = bench.plain(size)
        output = bench.scratch / f"{size}.out"
        command = Command((bench.program, "logs", str(log), *AROUND, "-o", str(output)), output, environment=STANDARD)
        bench.verify(command, log, [truth.windows[0][2:]])
        commands.append(command)
    pair = measuring.in_turns(commands[0], commands[1], bench.base, max(11, bench.runs))
    yield compared("sizes", f"{bench.small / 2**30:g} GiB", pair, GROWTH)


def rotated(bench: Bench) -> Iterator[Result]:
    """The window out of eight compressed files."""
    folder, _ = bench.corpus("rotated", bench.small, rotate=8, compress="gz")
    log, truth = bench.plain(bench.small)
    ranges = [truth.windows[0][2:]]
    for name, variant in bench.variants.items():
        ours = bench.logs(str(folder), *AROUND, variant=variant)
        bench.verify(ours, log, ranges)
        goal = 1 / 10 if name == "standard" else None
        theirs = bench.peers.rotated_window(folder)
        yield bench.contest(f"rotated {name}", ours, "rg", theirs, goal, ranges[0][1] - ranges[0][0])


def search(
    bench: Bench,
    row: str,
    goals: Mapping[str, float],
    *,
    count: int = 1,
    size: int = 0,
    packing: Mapping[str, int | str] | None = None,
) -> Iterator[Result]:
    """One id or twenty, in one plain log or a packed one."""
    log, truth = bench.plain(size or bench.small)
    place = log
    if packing:
        place, packed = bench.corpus(row.partition("-id")[0], bench.small, **packing)
        place = place if len(packed.files) > 1 else place / packed.files[0][0]
    ids = (truth.target, *truth.others)[:count]
    ranges = scanned(log, ids)
    if set(ranges) != {(start, end) for each in ids for start, end in truth.places[each]}:
        raise Failed("the corpus is not what its truth says")
    asked = [word for each in ids for word in ("--id", each)]
    for name, variant in bench.variants.items():
        ours = bench.logs(str(place), *asked, variant=variant)
        bench.verify(ours, log, ranges)
        theirs = bench.peers.ids(ids, place, packed=bool(packing))
        wanted = sum(end - start for start, end in ranges)
        yield bench.contest(f"{row} {name}", ours, "rg", theirs, goals.get(name), wanted // 4)


def job(bench: Bench) -> Iterator[Result]:
    """A GiB and a PaymentId to a finished, verified bundle."""
    log, truth = bench.plain(bench.small)
    folder = bench.scratch / "ours"
    arguments = ("create", "--payment-id", truth.target, "--at", AROUND[1], str(log), "-o", str(folder), "--no-input")
    for name, variant in bench.variants.items():
        ours = Command((bench.program, *arguments), folder, environment=variant, fine=(0, 1))
        measuring.run(ours, bench.base)
        _check_bundle(bench, folder, truth)
        goal = {"fast": 0.40, "standard": 0.65}[name]
        yield bench.contest(f"job {name}", ours, "shell", bench.peers.job(truth.target, log), goal, 0)


def _check_bundle(bench: Bench, folder: Path, truth: Truth) -> None:
    bundle = next(folder.glob("*.zip"), None)
    if bundle is None:
        raise Failed("it made no bundle")
    measuring.run(Command((bench.program, "verify", str(bundle)), bench.scratch / "verify.out", True), bench.base)
    with zipfile.ZipFile(bundle) as opened:
        names = [name for name in opened.namelist() if name.startswith("logs/")]
        text = b"".join(map(opened.read, names))
    named = text.count(truth.target.encode())
    if named < len(truth.places[truth.target]):
        raise Failed(f"the bundle's logs name the payment {named} times")
    clear = {kind for kind, value in truth.secrets if len(value) > 5 and value.encode() in text}
    if clear:
        raise Failed(f"the bundle's logs still hold secrets: {', '.join(sorted(clear))}")


def s3(bench: Bench) -> Iterator[Result]:
    """The window out of an object: what is read of it, and in how many requests. The time would be moto's."""
    log, truth = bench.plain(bench.small)
    start, end = truth.windows[0][2:]
    if importlib.util.find_spec("moto") is None:
        yield Result("s3", "", "", "", "", "", None, "moto[server] is not installed: does not count")
        return
    with object_store(log, "app.log", bench.scratch) as counter:
        told = {**ACCESS, "AWS_ENDPOINT_URL": counter.address, "AWS_ALLOW_HTTP": "true"}
        ours = bench.logs(f"s3://{BUCKET}/app.log", *AROUND, variant=told)
        bench.verify(ours, log, [(start, end)])
        read, requests = counter.body_bytes - (end - start), counter.requests
    kept = read <= BEYOND and requests <= REQUESTS
    goal = f"<= {BEYOND / 1e6:g} MB beyond the window, <= {REQUESTS} requests"
    yield Result("s3", "", "", "", "", goal, kept, f"{read / 1e6:.2f} MB beyond, {requests} requests")


def memory(bench: Bench) -> Iterator[Result]:
    """The most private memory, children included, whatever the input."""
    log, truth = bench.plain(bench.big)
    line, last = _long_line(bench, truth.target)
    cases: tuple[tuple[str, Path, tuple[str, ...], Callable[[], Ranges]], ...] = (
        (f"a line of {bench.small / 2**30:g} GiB", line, ("--id", truth.target), lambda: last),
        ("window", log, AROUND, lambda: [truth.windows[0][2:]]),
        ("one id", log, ("--id", truth.target), lambda: scanned(log, (truth.target,))),
        ("an id in every 16th line", log, ("--id", truth.common), lambda: scanned(log, (truth.common,))),
    )
    for label, source, arguments, ranges in cases:
        for name, variant in bench.variants.items():
            ours = bench.logs(str(source), *arguments, variant=variant)
            row, goal = f"memory {name}", f"<= {MEMORY / 1e6:g} MB"
            try:
                bench.verify(ours, source, ranges())
                watched = measuring.run(ours, bench.base, watched=True)
            except Failed as failure:
                yield Result(row, "", "", "", "", goal, False, f"{label}: {failure}")
                continue
            peak = f"{watched.peak / 1e6:.1f} MB"
            yield Result(row, peak, "", "", "", goal, watched.peak <= MEMORY, f"{label}, {len(ranges()):,} ranges")
    line.unlink()


def _long_line(bench: Bench, payment: str) -> tuple[Path, Ranges]:
    path = bench.folder / "line.log"
    with path.open("wb") as file:
        file.write(b"2026-03-11 14:37:20,000 INFO shop.payments: begin\n2026-03-11 14:37:21,000 DEBUG shop.payments: ")
        for _ in range(bench.small // 2**16):
            file.write(b"settled 0123456 " * 2**12)
        start = file.tell() + 1
        file.write(f"\n2026-03-11 14:37:22,000 ERROR shop.payments: {payment} failed\n".encode())
        return path, [(start, file.tell())]


ROWS: dict[str, Callable[[Bench], Iterator[Result]]] = {
    "window": window,
    "help": above_help,
    "cold": cold,
    "sizes": sizes,
    "rotated": rotated,
    "one-id": lambda bench: search(bench, "one-id", {"fast": 0.7, "standard": 1.2}, size=bench.big),
    "ids": lambda bench: search(bench, "ids", {"fast": 0.28, "standard": 1.0}, count=20),
    "gz-id": lambda bench: search(bench, "gz-id", {"fast": 0.20, "standard": 0.55}, packing={"compress": "gz"}),
    "rotated-id": lambda bench: search(bench, "rotated-id", {"fast": 0.45}, packing={"rotate": 8, "compress": "gz"}),
    "zst-id": lambda bench: search(bench, "zst-id", {"fast": 0.55}, packing={"compress": "zst"}),
    "job": job,
    "s3": s3,
    "memory": memory,
}


def main() -> int:
    options = command_line.parser(
        __doc__.splitlines()[0] if __doc__ else None,
        ROWS,
        "ticket-bundler-logs",
        size="8GiB",
        of_what="of the big log; the small one has an eighth",
    )
    options.add_argument("--runs", type=int, default=5, help="turns to take the median of")
    options.add_argument("--timecat", default="timecat", help="that program, where it is not on the path")
    told = options.parse_args()
    missed = 0
    with command_line.scratch() as scratch:
        bench = Bench(told, Path(scratch))
        extra = (
            "with and without [fast]" if len(bench.variants) > 1 else "[fast] is not installed: its goals do not count"
        )
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {bench.big / 2**30:g} GiB; {extra}", flush=True)
        print(f"{'row':<20}{'ours':>10}  {'peer':<9}{'theirs':>10}{'ratio':>10}  goal", flush=True)
        for row in told.rows:
            try:
                for result in ROWS[row](bench):
                    missed += result.kept is False
                    _show(result)
            except Failed as failure:
                missed += 1
                _show(Result(row, "", "", "", "", "", False, str(failure)))
    return 1 if missed else 0


def _show(result: Result) -> None:
    verdict = {True: "kept", False: "MISSED", None: ""}[result.kept]
    tail = ", ".join(filter(None, (f"{result.goal} {verdict}".strip(), result.remark)))
    numbers = f"{result.row:<20}{result.ours:>10}  {result.peer:<9}{result.theirs:>10}{result.ratio:>10}"
    print(f"{numbers}  {tail}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
