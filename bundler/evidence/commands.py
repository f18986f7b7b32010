"""Log sources that are commands: filled in, run side by side, and what they wrote (processes are in ``processes``)."""

from __future__ import annotations

import re
import shlex
import threading
from collections.abc import Callable, Sequence
from datetime import tzinfo
from pathlib import PurePath

from msgspec import Struct

from bundler.errors import MisuseError
from bundler.evidence.complaints import failure, refusal
from bundler.evidence.placeholders import Lacking, Search, check, fill
from bundler.evidence.processes import Run, run
from bundler.evidence.sources import Source, SpoolContent
from bundler.model import SourceState

TIMEOUT_S = 60.0
LIMIT = 200 * 1024**2
"""How much is taken of one command's output, in bytes."""
SIDE_BY_SIDE = 8
"""So many commands run at the same time."""

_SHELL_WORD = re.compile(r"(?:\d?[<>]|&>|[|&;]{1,2}(?!\S)|[|;]).*|.*;", re.DOTALL)
_QUOTED = re.compile(r"'[^']*'|\\.|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)


class CommandSource(Struct, frozen=True, kw_only=True):
    """A log that a program hands out. ``MisuseError`` when the command holds an unknown placeholder."""

    name: str
    command: tuple[str, ...]
    """Program and arguments, with placeholders in braces; no shell sees them."""
    others: tuple[tuple[str, ...], ...] = ()
    """What to run in its place while something in it has no value: the first of these that can."""
    timeout_s: float = TIMEOUT_S
    limit_bytes: int = LIMIT
    zone: str = ""
    """Zone of its times, where they name none."""
    format: str = ""
    unpack: str = ""
    """A step of ``unpacking.STEPS`` that makes a readable log of its output."""
    errors_too: bool = False
    """True when standard error is part of the log, as that of docker logs is."""

    def __post_init__(self) -> None:
        for command in (self.command, *self.others):
            check(command)


class Collected(Struct, frozen=True, kw_only=True):
    """What became of one command source."""

    name: str
    state: SourceState
    why: str = ""
    """One clause for a person, "" when all is well; never a word of the command's own."""
    command: tuple[str, ...] = ()
    """What was run, with its values; () when nothing was."""
    source: Source | None = None
    """What it wrote; None when that is nothing."""
    seconds: float = 0.0
    zone: str = ""
    format: str = ""

    @property
    def shown(self) -> str:
        """The command as one would type it; secrets in it are for redaction to mask."""
        return shlex.join(self.command)

    @property
    def size(self) -> int:
        return 0 if self.source is None else self.source.size


def parse_command(text: str) -> tuple[str, ...]:
    """Program and arguments out of one text, quoted as for a shell that does not run it.

    Raises ``MisuseError`` for what only a shell could do.
    """
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise MisuseError("The log command has a quotation mark too few.", "Close every ' and \" in it.") from error
    if not words or not words[0]:
        raise MisuseError("The log command is empty.", "For example: --log-command 'journalctl -u shop.service'.")
    substituting = _QUOTED.sub(lambda match: match[0] if match[0][0] == '"' else "q", text)
    bare = _QUOTED.sub("q", text).split()
    if "$(" in substituting or "`" in substituting or any(_SHELL_WORD.fullmatch(word) for word in bare):
        raise MisuseError(
            "The log command holds signs of a shell, and no shell runs it.",
            f"To have one on purpose: --log-command {shlex.quote(f'sh -c {shlex.quote(text)}')}.",
        )
    return words


def command_source(text: str) -> CommandSource:
    """The source that ``--log-command TEXT`` means, named after its program."""
    words = parse_command(text)
    return CommandSource(name=PurePath(words[0]).name or words[0], command=words)


def collect_all(
    sources: Sequence[CommandSource], search: Search, done: Callable[[Collected], None] | None = None
) -> list[Collected]:
    """Run all ``sources`` side by side; their results in the order given, twins numbered.

    ``done`` hears of each as it ends. Never raises for what a source does; a ``KeyboardInterrupt`` ends them all first.
    """
    from concurrent.futures import ThreadPoolExecutor, as_completed

    stop = threading.Event()
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="log-source") as pool:
        futures = [pool.submit(collect, source, search, stop) for source in _numbered(sources)]
        try:
            for future in as_completed(futures):
                if done is not None:
                    done(future.result())
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return [future.result() for future in futures]


def _numbered(sources: Sequence[CommandSource]) -> list[CommandSource]:
    from msgspec.structs import replace

    seen: dict[str, int] = {}
    named: list[CommandSource] = []
    for source in sources:
        seen[source.name] = count = seen.get(source.name, 0) + 1
        named.append(source if count == 1 else replace(source, name=f"{source.name} {count}"))
    return named


def collect(source: CommandSource, search: Search, stop: threading.Event | None = None) -> Collected:
    """Run one source; what went wrong with it is in the result. ``stop`` ends it early."""
    try:
        command, remark = _filled(source, search)
    except Lacking as lack:
        return _outcome(source, "skipped", str(lack))
    try:
        return _run(source, command, remark, stop or threading.Event())
    except OSError:
        return _outcome(source, "failed", "what it wrote could not be kept; perhaps the disk is full", command)


def _run(source: CommandSource, command: tuple[str, ...], remark: str, stop: threading.Event) -> Collected:
    done = run(command, timeout_s=source.timeout_s, limit=source.limit_bytes, errors_too=source.errors_too, stop=stop)
    state, why = _judged(source, command, done)
    spool, size = done.spool, done.size
    if size and source.unpack:
        from bundler.evidence.unpacking import unpack

        unpacked = unpack(source.unpack, spool)
        spool.close()
        spool, size = unpacked.spool, unpacked.size
        if unpacked.remark and state == "ok":
            state, why = "cut", unpacked.remark
    taken = None
    if size:
        taken = Source(source.name, SpoolContent(spool, source.name), size, named=True)
    else:
        spool.close()
        if state == "ok":
            state, why = "empty", "it found nothing"
    return _outcome(source, state, "; ".join(part for part in (why, remark) if part), command, taken, done.seconds)


def _outcome(
    source: CommandSource,
    state: SourceState,
    why: str,
    command: tuple[str, ...] = (),
    taken: Source | None = None,
    seconds: float = 0.0,
) -> Collected:
    return Collected(
        name=source.name,
        state=state,
        why=why,
        command=command,
        source=taken,
        seconds=seconds,
        zone=source.zone,
        format=source.format,
    )


def _filled(source: CommandSource, search: Search) -> tuple[tuple[str, ...], str]:
    """The first command of ``source`` that has all its values."""
    zone = _zone(source, search)
    lack: Lacking | None = None
    for command in (source.command, *source.others):
        try:
            return fill(command, search, zone)
        except Lacking as error:
            lack = lack or error
    raise lack or Lacking("it names no command")


def _zone(source: CommandSource, search: Search) -> tzinfo:
    if not source.zone:
        return search.zone
    from bundler.moments.zones import find_zone

    return find_zone(source.zone)


def _judged(source: CommandSource, command: Sequence[str], done: Run) -> tuple[SourceState, str]:
    if done.refusal is not None:
        return "failed", refusal(PurePath(command[0]).name, done.refusal)
    if done.ending == "cut":
        if done.size < source.limit_bytes:
            return "cut", f"there was no room for more than {_megabytes(done.size)} in the folder for temporary files"
        return "cut", f"it was ended after {_megabytes(source.limit_bytes)}, and the rest is missing"
    if done.ending == "timed-out":
        rest = "what came until then is used" if done.size else "nothing came until then"
        return "timed-out", f"it was ended after {source.timeout_s:g} seconds; {rest}"
    if done.ending == "stopped":
        return "timed-out", "it was interrupted"
    if done.exit_code == 1 and not done.size and not done.complaint:
        return "ok", ""  # grep and its like say so that nothing was found
    if done.exit_code:
        return "failed", failure(done.exit_code, done.complaint)
    return "ok", ""


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB" if size >= 1_000_000 else f"{size:,} bytes"
