"""The body that curl's data, form and upload options make; files they name stay names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from bundler.model import BodyState
from bundler.readers.bash_words import Word
from bundler.readers.bodies import state_of
from bundler.readers.curl_options import Setting
from bundler.readers.form import BOUNDARY, disposition, multipart

DATA_OPTIONS = frozenset({"data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json"})
FORM_OPTIONS = frozenset({"form", "form-string"})

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PARAMETER = re.compile(r";\s*(type|filename|headers|encoder)=(\"(?:[^\"\\]|\\.)*\"|[^;]*)", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_LINE_ENDS = str.maketrans("", "", "\r\n\0")


class Body(Struct, frozen=True):
    """A body as far as the command tells, its state, and the media type that curl announces for it."""

    content: bytes
    state: BodyState
    media_type: str = ""


def data_body(settings: Sequence[Setting], stdin: Word | None) -> Body | None:
    """The body of ``-d`` and its kin in their order: joined by ``&``, but ``--json`` and ``--data-binary`` pieces keep
    their line ends, and ``--json`` joins without ``&`` (curl manual page). None without such an option.
    """
    pieces: list[str] = []
    is_file = is_unresolved = False
    media_type = "application/x-www-form-urlencoded"
    for setting in settings:
        if setting.name not in DATA_OPTIONS or setting.value is None:
            continue
        word = setting.value
        is_unresolved |= word.is_unresolved
        if setting.name == "json":
            media_type = "application/json"
        elif pieces:
            pieces.append("&")
        if setting.name == "data-urlencode":
            piece, names_file = _url_encoded(word)
        elif setting.name == "data-raw" or not word.text.startswith("@"):
            piece, names_file = word.text, False
        elif word.text == "@-" and stdin is not None:
            keeps_line_ends = setting.name in ("data-binary", "json")
            piece, names_file = stdin.text if keeps_line_ends else stdin.text.translate(_LINE_ENDS), False
            is_unresolved |= stdin.is_unresolved
        else:
            piece, names_file = word.text, True
        pieces.append(piece)
        is_file |= names_file
    if not pieces:
        return None
    content = "".join(pieces).encode("utf-8", "surrogateescape")
    return Body(content, _state(content, is_file=is_file, is_unresolved=is_unresolved), media_type)


def form_body(settings: Sequence[Setting]) -> Body | None:
    """The multipart body of ``-F`` options. curl invents a new boundary each time, so it is always rebuilt."""
    parts = []
    is_file = is_unresolved = False
    for setting in settings:
        if setting.name not in FORM_OPTIONS or setting.value is None:
            continue
        is_unresolved |= setting.value.is_unresolved
        name, _, content = setting.text.partition("=")
        file_name: str | None = None
        media_type = ""
        if setting.name == "form":
            names_file = content.startswith(("@", "<"))
            mark, content = (content[0], content[1:]) if names_file else ("", content)
            content, options = _form_value(content)
            media_type = options.get("type", "")
            file_name = options.get("filename")
            if names_file:
                is_file = True
                if mark == "@":
                    file_name = file_name or content.rpartition("/")[2]
                    media_type = media_type or "application/octet-stream"
                content = f"@{content}"
        parts.append((disposition(name, file_name, media_type), content))
    if not parts:
        return None
    state = _state(b"-", is_file=is_file, is_unresolved=is_unresolved)
    return Body(
        multipart(parts, BOUNDARY),
        BodyState.REBUILT if state is BodyState.PRESENT else state,
        f"multipart/form-data; boundary={BOUNDARY}",
    )


def url_encode(text: str) -> str:
    """Percent-encode as curl does for ``--data-urlencode``, a blank becoming ``+``."""
    data = text.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in _UNRESERVED else "+" if byte == 32 else f"%{byte:02X}" for byte in data)


def encoded_pair(text: str) -> str:
    """``content``, ``=content`` or ``name=content`` with the content encoded and the name as it is."""
    name, mark, content = text.partition("=")
    if not mark:
        return url_encode(text)
    return f"{name}={url_encode(content)}" if name else url_encode(content)


def _url_encoded(word: Word) -> tuple[str, bool]:
    """The encoded piece, and whether it names a file instead (``@file``, ``name@file``)."""
    before, mark, _ = word.text.partition("@")
    if mark and "=" not in before:
        return word.text, True
    # what bash would have replaced must stay readable
    return (word.text if word.is_unresolved else encoded_pair(word.text)), False


def _form_value(text: str) -> tuple[str, dict[str, str]]:
    """The content of a form field and the parameters behind it, quotes taken off."""
    if quoted := _QUOTED.match(text):
        content, rest = _unquoted(quoted[0]), text[quoted.end() :]
    else:
        first = _PARAMETER.search(text)
        content, rest = (text[: first.start()], text[first.start() :]) if first else (text, "")
    return content, {name: _unquoted(value.strip()) for name, value in _PARAMETER.findall(rest)}


def _unquoted(text: str) -> str:
    found = _QUOTED.fullmatch(text)
    return re.sub(r"\\([\"\\])", r"\1", found[1]) if found else text


def _state(content: bytes, *, is_file: bool, is_unresolved: bool) -> BodyState:
    if is_file:
        return BodyState.FILE_REFERENCE
    return BodyState.UNRESOLVED if is_unresolved else state_of(content)
