"""Opens logs that lie in S3, Google Cloud Storage or Azure; the outside thing it touches: those stores.

Nothing is asked of a store but what the user named, and of that only the ranges that are needed.
"""

from __future__ import annotations

import io
from typing import BinaryIO, NamedTuple

from bundler.errors import MisuseError, UnreadableInput
from bundler.evidence.object_reading import HEAD_SIZE, ObjectReadable, ObjectStream, StoredObject, interruptible
from bundler.evidence.object_refusals import refusals
from bundler.evidence.object_urls import is_object_url, locate, open_store

__all__ = ["OBJECT_LIMIT", "ListedObject", "ObjectContent", "OpenedObject", "is_object_url", "list_url", "open_url"]

OBJECT_LIMIT = 2_000
"""How many objects of one prefix are looked at."""
_STREAM_CACHE_SIZE = 8 * 1024**2


class ListedObject(NamedTuple):
    """One object of a prefix: its address, which ``open_url`` takes, and its size in bytes."""

    name: str
    size: int


class OpenedObject(NamedTuple):
    """An object that exists and may be read: its content, its size in bytes, and how it is shown."""

    content: ObjectContent
    size: int
    shown: str


def open_url(url: str) -> OpenedObject:
    """The one object that ``url`` names, with one request for its first bytes.

    Takes ``s3://bucket/key``, ``gs://bucket/key``, ``az://container/key`` and ``abfs://…``, the stores' own https
    addresses, and signed https links. Credentials and region are those of the environment. Raises ``MisuseError`` for
    an address that names no object, ``EnvironmentProblem`` without obstore, ``UnreadableInput`` for everything else.
    """
    place = locate(url)
    if place.service != "https" and (not place.key or place.key.endswith("/")):
        raise MisuseError(
            f"{place.shown} names no object.", "Add its name, or end the address with / for all below it."
        )
    stored = StoredObject(open_store(place), place)
    head = stored.begin()
    return OpenedObject(ObjectContent(stored, head), stored.size, place.shown)


def list_url(url: str) -> list[ListedObject]:
    """Every object below the prefix ``url``, which ends with ``/``, in order of name; empty ones are left out.

    Raises as ``open_url`` does, and ``UnreadableInput`` for a prefix with nothing below it or more than
    ``OBJECT_LIMIT`` objects.
    """
    place = locate(url)
    if place.service == "https" or not url.endswith("/"):
        raise MisuseError(
            f"{place.shown} is not a prefix that can be listed.", "Name one object, or s3://bucket/prefix/."
        )
    store = open_store(place)
    listed: list[ListedObject] = []
    with refusals(place):
        batches = store.list(place.key or None, chunk_size=1_000)
        while len(listed) <= OBJECT_LIMIT and (batch := interruptible(lambda: next(batches, None))):
            # an empty object is most often the marker of a folder, which has a name that cannot be opened
            listed += [ListedObject(place.address(each["path"]), each["size"]) for each in batch if each["size"]]
    if len(listed) > OBJECT_LIMIT:
        raise UnreadableInput(
            f"{place.shown} holds more than {OBJECT_LIMIT:,} objects.", "Name a longer prefix, of one day for example."
        )
    if not listed:
        raise UnreadableInput(f"There is nothing below {place.shown}.", "Check the spelling of the prefix.")
    return sorted(listed)


class ObjectContent:
    """A stored object as the content of a source."""

    def __init__(self, stored: StoredObject, head: bytes) -> None:
        self.stored = stored
        """Counts what was fetched, however often this is opened."""
        self._head = head

    def open(self) -> BinaryIO:
        """The whole object in order, fetched in steps that grow."""
        reading = ObjectReadable(self.stored, self._head, cache_size=_STREAM_CACHE_SIZE)
        return io.BufferedReader(ObjectStream(reading), HEAD_SIZE)  # no more, or the head would cost a request

    def readable(self) -> ObjectReadable:
        return ObjectReadable(self.stored, self._head)
