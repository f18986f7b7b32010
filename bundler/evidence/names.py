"""How files are called where others read it; touches the file system only to make a path whole."""

from __future__ import annotations

from pathlib import Path


def shown_name(path: Path) -> str:
    """``path`` as it may stand in a ticket: a short relative path as typed, of any other only its last part."""
    if path.is_absolute() or ".." in path.parts or not path.name:
        return writable(path.resolve().name or str(path))
    return writable(path.as_posix())


def writable(name: str) -> str:
    """``name`` as one line of UTF-8: the bytes of a file's name need not be that, nor one line."""
    text = name.encode("utf-8", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def is_address(name: str) -> bool:
    """True for ``scheme://…`` (RFC 3986, section 3.1), which is no path."""
    scheme, mark, _ = name.partition("://")
    return bool(mark) and len(scheme) > 1 and scheme.isascii() and scheme.replace("+", "").isalnum()


def local_path(address: str) -> str | None:
    """The path that a ``file://`` address is in other words (RFC 8089); None for all other addresses."""
    if not address.lower().startswith("file://"):
        return None
    from urllib.parse import unquote, urlsplit
    from urllib.request import url2pathname

    return url2pathname(unquote(urlsplit(address).path))
