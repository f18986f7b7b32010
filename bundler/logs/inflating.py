"""Unpacks a file member by member, within limits, and saves what can be read of one that is damaged."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from functools import cache
from typing import BinaryIO

from bundler.errors import UnreadableInput
from bundler.packings import MEMORY_LIMIT, NAMES, Decoder, Packing, decoders, goes_on

SIZE_LIMIT = 64 * 1024**3
"""How many bytes are unpacked from one file at most."""
RATIO_LIMIT = 500
"""How many times its packed size a file may grow to. Logs grow 5 to 50 times; deflate itself cannot pass 1,032."""
RATIO_FROM = 64 * 1024**2
"""Up to this many bytes the ratio does not count: a short file may repeat itself."""

_PACKED_BLOCK = 256 * 1024
_SHORT_BLOCK = 16 * 1024
_FIRST_PIECE = 4 * 1024
"""Members may be tiny and many, and each leaves over what it did not use of its piece: pieces start small and grow."""
_PEEK = 16
_NEVER = 2**63
_KEPT = 4 * 1024**2


@cache
def _keep_freed_blocks() -> None:
    """Have the C library use freed memory again rather than give it back to the system for each block.

    glibc holds on to twice as much as the largest block that it ever gave back (mallopt(3), M_MMAP_THRESHOLD); what
    is handed out fresh by the system has to be cleared and mapped, which takes a fifth of unpacking. Elsewhere this
    does nothing, and nowhere does it touch the memory.
    """
    bytearray(_KEPT)


class _BrokenOff(Exception):
    """A member cannot be unpacked further than what was handed out: from the piece at ``at`` on nothing came."""

    def __init__(self, at: int, *, is_early: bool = False) -> None:
        super().__init__()
        self.at = at
        self.is_early = is_early


class Unpacking:
    """One packed file on its way; ``blocks`` is called once.

    Decoders are tried in turn on the same member, each from its start: one that meets an error keeps to itself what
    it had unpacked of that piece, and they do not agree on where an error is. The last one is asked once more, byte by
    byte, for what lies before the damage. This needs a stream that can go back; of one that cannot, what came before
    the damaged piece is all there is. ``head`` was read from the stream before; with ``is_short`` only the beginning
    is wanted, and nothing is prepared for more.
    """

    def __init__(
        self,
        stream: BinaryIO,
        packing: Packing,
        notes: list[str],
        head: bytes = b"",
        *,
        name: str,
        is_short: bool = False,
    ) -> None:
        self._feed = _Feed(stream, head, _SHORT_BLOCK if is_short else _PACKED_BLOCK)
        self._packing = packing
        self._is_short = is_short
        self._notes = notes
        self._name = name
        self._size = 0

    def blocks(self, size: int) -> Iterator[bytes]:
        """What the file holds, in blocks of at most ``size`` bytes.

        Raises ``UnreadableInput`` when nothing could be unpacked, and when the content passes a limit.
        """
        if not self._is_short:
            _keep_freed_blocks()
        while True:
            broken = yield from self._member(size)
            if broken is not None:
                self._end(broken)
                return
            rest = self._feed.behind_padding()
            if not rest:
                return
            if not goes_on(self._packing, rest):
                what = NAMES[self._packing]
                self._notes.append(f"something that is not {what} follows the compressed log; it was not read")
                return

    def _member(self, size: int) -> Generator[bytes, None, _BrokenOff | None]:
        """The blocks of one member; returns how it broke off, None where it did not."""
        start, handed_out, broken = self._feed.at, 0, None
        for make, is_careful in self._attempts():
            if broken is not None:
                if is_careful and broken.is_early:
                    break  # all that is there was unpacked
                self._feed.go_back(start)
            repeated = handed_out
            try:
                for block in self._unpack(make(), size, broken.at if is_careful and broken is not None else _NEVER):
                    fresh = block[repeated:] if repeated else block
                    repeated -= len(block) - len(fresh)
                    if fresh:
                        handed_out += len(fresh)
                        self._count(len(fresh))
                        yield fresh
            except _BrokenOff as error:
                broken = error
            else:
                return None
        return broken

    def _attempts(self) -> list[tuple[Callable[[], Decoder], bool]]:
        choice = decoders(self._packing, self._feed.peek())
        last = choice[-1]
        tried = [(last, False)] if self._is_short else [(make, False) for make in choice]
        return [*tried, (last, True)] if self._feed.can_go_back else [(last, False)]

    def _unpack(self, decoder: Decoder, size: int, careful_from: int) -> Iterator[bytes]:
        feed, length = self._feed, _FIRST_PIECE
        at = feed.at
        while not decoder.eof:
            piece: bytes | memoryview = b""
            if decoder.needs_input:
                at = feed.at
                piece = feed.take(1 if at >= careful_from else min(length, careful_from - at))
                length = min(2 * length, _PACKED_BLOCK)
                if not piece:
                    raise _BrokenOff(at, is_early=True)
            try:
                block = decoder.decompress(piece, size)
            except Exception as error:  # each library has its own, and they have nothing in common
                _refuse_hunger(self._name, error)
                raise _BrokenOff(at) from error
            if block:
                yield block
        feed.give_back(len(decoder.unused_data))

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > SIZE_LIMIT or self._size > max(RATIO_FROM, self._feed.size * RATIO_LIMIT):
            raise UnreadableInput(
                f"{self._name} unpacks to more than {RATIO_LIMIT} times its size or {SIZE_LIMIT // 1024**3} GiB.",
                "No log does that. If it is one, unpack it and name the unpacked file.",
            )

    def _end(self, broken: _BrokenOff) -> None:
        if not self._size and broken.is_early:
            raise UnreadableInput(f"{self._name} ends before its content begins.", "Copy it again.")
        if not self._size:
            raise UnreadableInput(f"{self._name} is damaged from the start.", "Pack it again.")
        if broken.is_early:
            self._notes.append("the compressed file ends early; what was readable was read")
        else:
            self._notes.append("the compressed file is damaged; what was readable before that was read")


def _refuse_hunger(name: str, error: Exception) -> None:
    """lzma and zstd say "memory" when a file asks for more of it than it may have."""
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        raise UnreadableInput(
            f"{name} needs more than {MEMORY_LIMIT // 1024**2} MiB of memory to be unpacked.",
            "Unpack it with xz -d or zstd -d --long=31 and name the unpacked file.",
        ) from error


class _Feed:
    """The packed bytes in pieces of any length, and the way back to an earlier place; places count from the start."""

    def __init__(self, stream: BinaryIO, head: bytes, block_size: int) -> None:
        self._stream = stream
        self._block_size = block_size
        self.can_go_back = stream.seekable()
        self._origin = stream.tell() - len(head) if self.can_go_back else 0
        self._block = memoryview(head)
        self._used = 0
        self._end = self.size = len(head)
        """How many bytes were read, at most."""

    @property
    def at(self) -> int:
        return self._end - len(self._block) + self._used

    def take(self, count: int) -> memoryview:
        """The next bytes, at most ``count``; empty only at the end."""
        if self._used == len(self._block):
            self._block = memoryview(self._stream.read(self._block_size))
            self._used = 0
            self._end += len(self._block)
            self.size = max(self.size, self._end)
        piece = self._block[self._used : self._used + count]
        self._used += len(piece)
        return piece

    def give_back(self, count: int) -> None:
        """Take back the last ``count`` bytes of the last piece."""
        self._used -= count

    def go_back(self, at: int) -> None:
        self._stream.seek(self._origin + at)
        self._block, self._used, self._end = memoryview(b""), 0, at

    def behind_padding(self) -> bytes:
        """The first bytes, at most 16, that are not the zeros with which tapes and some tools pad; not taken."""
        while piece := self.take(_FIRST_PIECE):
            rest = bytes(piece).lstrip(b"\0")
            if rest:
                self.give_back(len(rest))
                return rest[:_PEEK]
        return b""

    def peek(self) -> bytes:
        """The next bytes, not taken: 16, or fewer where a block ends."""
        piece = self.take(_PEEK)
        self.give_back(len(piece))
        return bytes(piece)
