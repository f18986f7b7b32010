"""Where one text stands in bytes of a log: by Python, by the C library where it is quick at that, by StringZilla."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from bundler.logs.scanning import Buffer

Occurrences: TypeAlias = Callable[[Buffer, bytes, int, int], list[int]]
"""Where a text begins, from a first to before a last offset, in order; places may overlap."""

_HASHED = (2, 29)
"""Since this version glibc looks at two bytes at a time and mostly skips the length of the text."""


def by_python(data: Buffer, text: bytes, start: int, end: int) -> list[int]:
    """The standard library's own search."""
    reach = min(len(data), end + len(text) - 1)
    found: list[int] = []
    position = data.find(text, start, reach)
    while position >= 0:
        found.append(position)
        position = data.find(text, position + 1, reach)
    return found


@cache
def by_c_library() -> Occurrences | None:
    """The same by glibc, two to four times as quick; None where the C library is another, or an old one."""
    if not _is_hashed():
        return None
    import ctypes

    class View(ctypes.Structure):
        """``Py_buffer``, which the stable ABI fixes."""

        _fields_ = (
            ("address", ctypes.c_void_p),
            ("owner", ctypes.c_void_p),
            ("size", ctypes.c_ssize_t),
            ("item_size", ctypes.c_ssize_t),
            ("is_readonly", ctypes.c_int),
            ("dimension_count", ctypes.c_int),
            ("rest", ctypes.c_void_p * 5),
        )

    memmem = ctypes.CDLL(None).memmem
    memmem.restype = ctypes.c_void_p
    memmem.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t)
    get, release = ctypes.pythonapi.PyObject_GetBuffer, ctypes.pythonapi.PyBuffer_Release
    get.argtypes = (ctypes.py_object, ctypes.c_void_p, ctypes.c_int)
    release.argtypes, release.restype = (ctypes.c_void_p,), None

    def occurrences(data: Buffer, text: bytes, start: int, end: int) -> list[int]:
        found: list[int] = []
        view = View()
        here = ctypes.byref(view)
        get(data, here, 0)
        try:
            first = view.address
            position, reach = first + start, first + min(view.size, end + len(text) - 1)
            while position < reach and (place := memmem(position, reach - position, text, len(text))):
                found.append(place - first)
                position = place + 1
        finally:
            release(here)
        return found

    return occurrences


def by_stringzilla(stringzilla: Any) -> Occurrences:
    """The same by that library, which is the quickest with most texts."""
    find = stringzilla.find

    def occurrences(data: Buffer, text: bytes, start: int, end: int) -> list[int]:
        found: list[int] = []
        with memoryview(data) as view:
            position, reach = start, min(len(view), end + len(text) - 1)
            while position < reach:
                with view[position:reach] as rest:
                    offset = find(rest, text)
                if offset < 0:
                    break
                found.append(position + offset)
                position += offset + 1
        return found

    return occurrences


def _is_hashed() -> bool:
    if "CS_GNU_LIBC_VERSION" not in getattr(os, "confstr_names", ()):
        return False
    version = (os.confstr("CS_GNU_LIBC_VERSION") or "").removeprefix("glibc ")
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) >= _HASHED
