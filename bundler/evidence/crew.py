"""Several processes that do one errand on texts in memory that all of them see; the outside thing: forked processes."""

from __future__ import annotations

import os
import signal
from collections import deque
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from bundler.evidence.workers import can_fork, fork

if TYPE_CHECKING:
    from mmap import mmap
    from types import TracebackType

ROOM = 1536 * 1024
"""How many bytes a place has, for a text and the answer behind it."""
PLACE_COUNT = 12
_REQUEST = Struct("<BIII")
"""What is meant, the place, the size of its text, and the size of what follows."""
_ANSWER = Struct("<Ii")
"""The place, and the size of what stands behind its text; none is -1."""
_NEWS, _QUESTION, _URGENT = range(3)
_PIPE_SIZE = 1024 * 1024


class Errand(Protocol):
    """What each process does."""

    def hear(self, news: bytes) -> None:
        """Take in what was told to everybody."""

    def answer(self, text: bytes, question: bytes) -> bytes:
        """Answer one question about a text; whatever is raised means that there is no answer."""


class _Process(NamedTuple):
    pid: int
    requests: int
    answers: int


class ForkedCrew:
    """So many processes, made when the work begins; to be used in a ``with`` block, behind which there are none left.

    When one of them is lost (the system ran out of memory, somebody ended it), all are given up: nothing finds room and
    nothing is answered any more.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._processes: list[_Process] = []
        self._memory: mmap | None = None
        self._free: deque[int] = deque()
        self._sizes: dict[int, int] = {}
        self._answered: dict[int, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        if self._memory is not None:
            self._memory.close()

    @property
    def pids(self) -> list[int]:
        """The processes that are at work."""
        return [each.pid for each in self._processes]

    def begin(self, errand: Errand) -> None:
        """Make the processes; where that cannot be, nothing will find room."""
        if not can_fork() or self._memory is not None:
            return
        from mmap import mmap

        place_count = -(-PLACE_COUNT // self._count) * self._count
        try:
            self._memory = mmap(-1, ROOM * place_count)
            for _ in range(self._count):
                self._processes.append(self._fork(errand, self._memory))
        except OSError:
            self._end()
        else:
            self._free.extend(range(place_count))

    def _fork(self, errand: Errand, memory: mmap) -> _Process:
        theirs, requests = os.pipe()
        answers, mine = os.pipe()
        _widen(requests)
        pid = fork()
        if not pid:
            code = 1
            try:
                for each in self._processes:  # else they would not see the end of their requests
                    os.close(each.requests)
                    os.close(each.answers)
                os.close(requests)
                os.close(answers)
                _serve(errand, theirs, mine, memory)
                code = 0
            finally:
                os._exit(code)
        os.close(theirs)
        os.close(mine)
        return _Process(pid, requests, answers)

    def place(self, text: bytes) -> int | None:
        """Put a text down; the number of its place, or None where there is no room for it."""
        if not self._free or self._memory is None or len(text) > ROOM:
            return None
        place = self._free.popleft()
        self._memory[place * ROOM : place * ROOM + len(text)] = text
        self._sizes[place] = len(text)
        return place

    def free(self, place: int) -> None:
        """The text is not needed any more; whatever was asked about it has been answered."""
        if self._sizes.pop(place, None) is not None:
            self._free.append(place)

    def tell(self, news: bytes) -> None:
        """Let everybody know, before whatever is asked after this."""
        for process in self._processes:
            self._send(process, _REQUEST.pack(_NEWS, 0, 0, len(news)) + news)

    def ask(self, place: int, question: bytes, *, is_urgent: bool) -> None:
        """Have one question answered about the text in a place; what is urgent comes before what is not."""
        if place in self._sizes:
            meant = _URGENT if is_urgent else _QUESTION
            head = _REQUEST.pack(meant, place, self._sizes[place], len(question))
            self._send(self._process_of(place), head + question)

    def answer(self, place: int) -> bytes | None:
        """The answer to the only question that is open there, waited for; None where there is none to come."""
        while self._processes and place in self._sizes and place not in self._answered:
            record = os.read(self._process_of(place).answers, _ANSWER.size)
            if len(record) == _ANSWER.size:
                told, size = _ANSWER.unpack(record)
                self._answered[told] = size
            else:
                self._end()
        size = self._answered.pop(place, -1)
        if size < 0 or self._memory is None:
            return None
        start = place * ROOM + self._sizes[place]
        return self._memory[start : start + size]

    def _process_of(self, place: int) -> _Process:
        return self._processes[place % len(self._processes)]

    def _send(self, process: _Process, message: bytes) -> None:
        view = memoryview(message)
        try:
            while view and self._processes:
                view = view[os.write(process.requests, view) :]
        except OSError:  # it is gone
            self._end()

    def _end(self) -> None:
        """End all processes; what they have not answered is not answered any more."""
        processes, self._processes = self._processes, []
        self._free.clear()
        self._sizes.clear()
        self._answered.clear()
        for process in processes:
            os.kill(process.pid, signal.SIGKILL)
            os.close(process.requests)
            os.close(process.answers)
        for process in processes:
            os.waitpid(process.pid, 0)


def _widen(pipe: int) -> None:
    """Let the pipe hold more, so that nobody waits for the other side to read, where the system allows it."""
    from contextlib import suppress
    from fcntl import fcntl

    with suppress(ImportError, OSError):
        from fcntl import F_SETPIPE_SZ

        fcntl(pipe, F_SETPIPE_SZ, _PIPE_SIZE)


def _serve(errand: Errand, requests: int, answers: int, memory: mmap) -> None:
    """In the child: answer until nothing more can come."""
    import gc

    gc.freeze()  # what the parent made is never thrown away here, and stays shared with it
    urgent: deque[tuple[int, int, bytes]] = deque()
    others: deque[tuple[int, int, bytes]] = deque()
    while True:
        while not (urgent or others) or _has_more(requests):
            head = _read(requests, _REQUEST.size)
            if not head:
                return
            meant, place, size, length = _REQUEST.unpack(head)
            body = _read(requests, length)
            if meant == _NEWS:
                errand.hear(body)
            else:
                (urgent if meant == _URGENT else others).append((place, size, body))
        place, size, question = (urgent or others).popleft()
        start = place * ROOM
        try:
            answer = errand.answer(memory[start : start + size], question)
        except Exception:  # noqa: BLE001 - the parent does the same work itself, and raises what it raises
            answer = None
        if answer is None or size + len(answer) > ROOM:
            os.write(answers, _ANSWER.pack(place, -1))
        else:
            memory[start + size : start + size + len(answer)] = answer
            os.write(answers, _ANSWER.pack(place, len(answer)))


def _has_more(pipe: int) -> bool:
    from select import select

    return bool(select([pipe], [], [], 0)[0])


def _read(pipe: int, size: int) -> bytes:
    """So many bytes; fewer when the other side is gone."""
    parts = bytearray()
    while len(parts) < size and (part := os.read(pipe, size - len(parts))):
        parts += part
    return bytes(parts)
