"""Times whole processes, side by side, and watches their memory. Linux; output always goes to a real file.

GNU grep and ``rg -q`` stop at the first match when nobody reads what they write, so the null device measures nothing.
Readers of mapped files vary with the state of the page cache, so only runs in turns (A B A B) compare.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.corpus import Corpus

PAGE = mmap.PAGESIZE
CHUNK = 1 << 22


class Command(NamedTuple):
    """One whole process. ``output`` is where its answer goes; with ``redirected`` the shell would write ``>`` there."""

    arguments: tuple[str, ...]
    output: Path
    redirected: bool = False
    environment: Mapping[str, str] = {}
    fine: tuple[int, ...] = (0,)
    """Exit codes that mean it did its work."""


class Run(NamedTuple):
    """How one process went."""

    seconds: float
    code: int
    said: str
    peak: int = 0
    """The most private memory that it and its children had at once, in bytes, where that was watched."""
    peaks: tuple[int, ...] = ()
    """The most that each of these processes had at any time, the largest first."""


class Pair(NamedTuple):
    """Medians of two commands taken in turns, and of the ratios of their turns."""

    ours: float
    theirs: float
    ratio: float
    turns: int


class Failed(Exception):
    """A command that did not do its work, so that its time means nothing."""


def environment(home: Path) -> dict[str, str]:
    """What a process gets to see: nothing of the user's own settings."""
    told = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    return {**told, "XDG_CONFIG_HOME": str(home / "config"), "PYTHONDONTWRITEBYTECODE": "1"}


def run(command: Command, base: Mapping[str, str], *, watched: bool = False) -> Run:
    """Run it on an empty output, with the clock around the whole process."""
    if command.output.is_dir():
        shutil.rmtree(command.output)
    command.output.unlink(missing_ok=True)
    noise = command.output.with_name(f"{command.output.name}.said")
    sink = command.output if command.redirected else noise.with_suffix(".printed")
    with sink.open("wb") as printed, noise.open("wb") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command.arguments,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=said,
            env={**base, **command.environment},
            start_new_session=watched,
        )
        peak, peaks = _watch(process) if watched else (0, ())
        code = process.wait()
        seconds = time.perf_counter() - started
    text = " ".join(noise.read_text("utf-8", "replace")[-2000:].split())
    if code not in command.fine:
        raise Failed(f"{' '.join(command.arguments)[:300]} ended with {code}: {text[-500:]}")
    return Run(seconds, code, text, peak, peaks)


def in_turns(ours: Command, theirs: Command, base: Mapping[str, str], turns: int, limit: float = 150) -> Pair:
    """A B A B …, fewer turns where they would take longer than ``limit`` seconds."""
    return taking_turns(lambda: run(ours, base).seconds, lambda: run(theirs, base).seconds, turns, limit)


def taking_turns(ours: Callable[[], float], theirs: Callable[[], float], turns: int, limit: float) -> Pair:
    """The same for anything that tells its seconds."""
    began = time.perf_counter()
    times: list[tuple[float, float]] = []
    for _ in range(turns):
        times.append((ours(), theirs()))
        if time.perf_counter() - began > limit:
            break
    return Pair(
        statistics.median(each for each, _ in times),
        statistics.median(each for _, each in times),
        statistics.median(one / other for one, other in times),
        len(times),
    )


def _watch(process: subprocess.Popen[bytes]) -> tuple[int, tuple[int, ...]]:
    """What ``Run`` calls ``peak`` and ``peaks``."""
    peak, peaks = 0, dict[int, int]()
    while process.poll() is None:
        now = {pid: _private(pid) for pid in _family(process.pid)}
        peak = max(peak, sum(now.values()))
        peaks |= {pid: max(size, peaks.get(pid, 0)) for pid, size in now.items()}
        time.sleep(0.003)
    return peak, tuple(sorted(peaks.values(), reverse=True))


def _family(leader: int) -> list[int]:
    """The processes of its session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[3]) == leader:
            found.append(int(folder.name))
    return found


def _private(pid: int) -> int:
    """Memory of its own: pages that children share are counted once in all, mapped files not at all."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines():
            if line.startswith("Pss_Anon:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0  # it has ended
    raise Failed("this system does not tell the private memory of a process")


def same_bytes(output: Path, source: Path, ranges: Iterable[tuple[int, int]]) -> bool:
    """Whether ``output`` holds exactly these ranges of ``source``."""
    try:
        with output.open("rb", CHUNK) as found, source.open("rb") as whole:
            for start, end in ranges:
                whole.seek(start)
                for size in _chunks(end - start):
                    if found.read(size) != whole.read(size):
                        return False
            return not found.read(1)
    except OSError:
        return False


def _chunks(size: int) -> Iterable[int]:
    return (min(CHUNK, size - done) for done in range(0, size, CHUNK))


def cool(path: Path) -> bool:
    """Drop the file from the page cache; False when the system did not do so (memory file systems never do)."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return _resident(file.fileno(), path.stat().st_size) < 0.01


def warm(path: Path) -> None:
    """Read the file once, in big blocks."""
    with path.open("rb", 0) as file:
        block = bytearray(CHUNK)
        while file.readinto(block):
            pass


def _resident(descriptor: int, size: int) -> float:
    """Which part of the file is in memory, by ``mincore``."""
    library = ctypes.CDLL(None, use_errno=True)
    pages = -(-size // PAGE)
    states = (ctypes.c_ubyte * pages)()
    with mmap.mmap(descriptor, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE) as mapped:
        first = ctypes.c_char.from_buffer(mapped)
        failed = library.mincore(ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(size), states)
        del first
    return 1.0 if failed else sum(state & 1 for state in states) / pages


def hours_of(size: int) -> float:
    """A GiB is 15 hours of log, so that ten minutes of it are 12 MB whatever the size of the file."""
    return max(15.0, 15.0 * size / 2**30)


def corpus_of(size: int, seed: int, **packing: int | str) -> Corpus:
    """The corpus that all rows of a size share, packed in some way."""
    return Corpus(size, "pylog", seed, hours_of(size), int(packing.get("rotate", 1)), str(packing.get("compress", "")))


def scan(path: Path, wanted: Sequence[bytes]) -> list[tuple[int, int]]:
    """The records that hold one of ``wanted``, whole, by a look at every byte: what no answer may differ from."""
    found: set[tuple[int, int]] = set()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for each in wanted:
            at = data.find(each)
            while at >= 0:
                start = _start(data, data.rfind(b"\n", 0, at) + 1)
                end = _end(data, at)
                found.add((start, end))
                at = data.find(each, end)
    return sorted(found)


def _opens(line: bytes) -> bool:
    return line[:2] == b"20" and line[4:5] == b"-" and line[10:11] == b" " and line[:4].isdigit()


def _start(data: mmap.mmap, line: int) -> int:
    while line > 0 and not _opens(data[line : line + 11]):
        line = data.rfind(b"\n", 0, line - 1) + 1
    return line


def _end(data: mmap.mmap, inside: int) -> int:
    line = data.find(b"\n", inside) + 1
    while 0 < line < len(data) and not _opens(data[line : line + 11]):
        line = data.find(b"\n", line) + 1
    return line or len(data)
