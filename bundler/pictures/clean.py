"""Turns a foreign picture into one that holds nothing but its visible pixels, with the user's areas filled in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from msgspec import Struct

from bundler.amounts import plural
from bundler.errors import UnreadableInput
from bundler.model import Picture
from bundler.pictures.boxes import Box
from bundler.pictures.container import EXIF, Inventory, take_inventory
from bundler.pictures.formats import FormatName, Guess, OutputFormat, detect
from bundler.pictures.names import safe_name
from bundler.pictures.pixels import (
    JPEG_LONGEST_SIDE,
    Decoded,
    choose_format,
    decode,
    encode,
    fill,
    guarded,
    is_blank,
    look,
)

__all__ = ["LIMITS", "Box", "Guess", "Limits", "clean", "detect", "is_blank"]

_ADVICE = "Take the screenshot again, or save the picture anew as PNG or JPEG, and name that file."
_SAVE_AS = "Save it as PNG or JPEG and name that file."
_SMALLER = "Save it smaller, or cut out the part that matters."


class Limits(Struct, frozen=True):
    """What is refused before any pixel is decoded."""

    byte_count: int = 64 * 1024 * 1024
    pixel_count: int = 50_000_000  # the largest phone cameras
    scan_count: int = 100  # a progressive JPEG has about ten; thousands of them cost minutes


LIMITS = Limits()


def clean(
    stream: BinaryIO,
    source: str,
    *,
    boxes: Sequence[Box] = (),
    limits: Limits = LIMITS,
    caption: str = "",
    form: OutputFormat | None = None,
) -> Picture:
    """The picture in ``stream`` (PNG, JPEG, WebP), encoded anew from its pixels; the same input gives the same bytes.

    It is turned upright as its EXIF orientation says, transparent parts are laid on white, ``boxes`` are filled with
    one colour before anything is encoded, and of an animation the first frame is taken. ``form`` decides what comes
    out; without it interface pictures become PNG and photographs JPEG. Raises ``UnreadableInput`` for anything that
    is not a whole picture within ``limits``, and ``MisuseError`` for a box outside the picture.
    """
    data = _read(stream, source, limits)
    kind = _recognise(data, source)
    inventory = take_inventory(data, kind)
    _check(inventory, source, limits)
    damage = UnreadableInput(f"{source} is damaged or ends early, so it cannot be shown as a picture.", _ADVICE)
    with guarded(damage):
        decoded = decode(data, kind, (inventory.width, inventory.height))
    image = decoded.image
    notes = [*_frame_notes(inventory), *look(image)]
    for number, box in enumerate(boxes, 1):
        fill(image, box.pixels(image.width, image.height))
        if box.reaches_beyond(image.width, image.height):
            notes.append(f"filled area {number} reached beyond the picture and was cut at its edge: check its position")
    chosen = form or choose_format(image, kind)
    if chosen == "jpeg" and max(image.size) > JPEG_LONGEST_SIDE:
        raise UnreadableInput(f"{source} is too long to be written as JPEG.", "Choose a name that ends in .png.")
    with guarded(damage):
        encoded = encode(image, chosen)
    return Picture(
        name=safe_name(source, chosen),
        data=encoded,
        format=chosen,
        width=image.width,
        height=image.height,
        source=source,
        original_sha256=hashlib.sha256(data).hexdigest(),
        original_size=len(data),
        removed=tuple(_removed(inventory, decoded)),
        box_count=len(boxes),
        caption=caption,
        notes=tuple(notes),
    )


def _read(stream: BinaryIO, source: str, limits: Limits) -> bytes:
    try:
        data = stream.read(limits.byte_count + 1)
    except OSError as error:
        raise UnreadableInput(f"{source} cannot be read.", "Check the file and its permissions.") from error
    if len(data) > limits.byte_count:
        raise UnreadableInput(f"{source} is larger than {limits.byte_count:,} bytes, the most we open.", _SMALLER)
    return data


def _recognise(data: bytes, source: str) -> FormatName:
    if not data:
        raise UnreadableInput(f"{source} is empty.", _ADVICE)
    guess = detect(data[:4096], source)
    if guess.format is None and guess.label:
        raise UnreadableInput(f"{source} is a file of the kind {guess.label}, which is not supported.", _SAVE_AS)
    if guess.format is None:
        raise UnreadableInput(f"{source} is not a picture: it does not begin like a PNG, JPEG or WebP file.", _SAVE_AS)
    return guess.format


def _check(inventory: Inventory, source: str, limits: Limits) -> None:
    """Refuses what its own header already gives away, so that a small file cannot claim all of the memory."""
    width, height = inventory.width, inventory.height
    if not width or not height:
        raise UnreadableInput(f"{source} ends before it says how large the picture is.", _ADVICE)
    if width * height > limits.pixel_count:
        most = f"{limits.pixel_count:,} pixels are the most we open"
        raise UnreadableInput(f"{source} claims to be {width} x {height} pixels; {most}.", _SMALLER)
    if inventory.scan_count > limits.scan_count:
        raise UnreadableInput(f"{source} is built so that decoding it takes very long; it was not opened.", _ADVICE)


def _frame_notes(inventory: Inventory) -> Iterator[str]:
    if inventory.frame_count > 1:
        yield f"an animation: only the first of its {inventory.frame_count} frames was taken"


def _removed(inventory: Inventory, decoded: Decoded) -> Iterator[str]:
    exif = f"{EXIF} with {' and '.join(decoded.exif_parts)}" if decoded.exif_parts else EXIF
    for extra in inventory.extras:
        yield exif if extra == EXIF else extra
    if decoded.exif_parts and EXIF not in inventory.extras:  # some programs hide it in a text chunk
        yield exif
    if decoded.is_see_through:
        yield "transparency"
    if inventory.frame_count > 1:
        yield f"{plural(inventory.frame_count - 1, 'more frame')} of an animation"
    if inventory.trailing_bytes > 0:
        # an edited screenshot may keep its old content there: CVE-2023-21036
        yield f"{plural(inventory.trailing_bytes, 'byte')} after the end of the picture"
