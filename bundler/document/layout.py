"""What the pieces of evidence are called inside a bundle: plain ASCII names that no input can bend."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from msgspec import Struct

from bundler.model import Exchange, SafeTicket

NAME_LIMIT = 60
"""Longest name, folder included: beyond about 78 characters mail programs lose attachment names."""

_WORD = re.compile(r"[A-Za-z]+(?:[_-][A-Za-z]+)*")
_VERSION = re.compile(r"v\d{1,2}(?:\.\d{1,2})?", re.IGNORECASE)
_METHOD = re.compile(r"[A-Z]{1,12}")
_FOREIGN = re.compile(r"[^A-Za-z0-9]+")
_LOG_ENDINGS = re.compile(r"(?:\.(?:gz|log|txt|json|jsonl|ndjson|out|err))+$", re.IGNORECASE)
_LONGEST_WORD = 24  # a "word" longer than this is more likely a token than the name of a resource


class Layout(Struct, frozen=True):
    """The names of the files of a ticket, in the order of its exchanges, logs and pictures."""

    exchanges: tuple[str, ...]
    logs: tuple[str, ...]
    pictures: tuple[str, ...]

    def names(self) -> tuple[str, ...]:
        return self.exchanges + self.logs + self.pictures


def layout(ticket: SafeTicket) -> Layout:
    """Names such as ``exchanges/01-POST-payments.http``: ``[A-Za-z0-9._-]`` after the folder, at most 60 characters.

    They stay different when case is ignored and when ``/`` becomes ``-``, for each begins with its number.
    """
    return Layout(
        exchanges=_numbered("exchanges", [(_call(each), ".http") for each in ticket.exchanges]),
        logs=_numbered("logs", [(_stem(_LOG_ENDINGS.sub("", each.source)), ".log") for each in ticket.logs]),
        pictures=_numbered(
            "pictures",
            [(_stem(each.source.rpartition(".")[0] or each.source), _PICTURE[each.format]) for each in ticket.pictures],
        ),
    )


def attachment_name(member: str) -> str:
    """What a file of the bundle is called as an attachment: attachments have no folders."""
    return member.replace("/", "-")


_PICTURE = {"png": ".png", "jpeg": ".jpg"}


def _numbered(folder: str, pieces: list[tuple[str, str]]) -> tuple[str, ...]:
    digits = max(2, len(str(len(pieces))))
    names = []
    for number, (stem, ending) in enumerate(pieces, start=1):
        start = f"{folder}/{number:0{digits}}"
        room = NAME_LIMIT - len(start) - len(ending) - 1
        cut = stem[:room].strip("-_.")
        names.append(f"{start}-{cut}{ending}" if cut else f"{start}{ending}")
    return tuple(names)


def _call(exchange: Exchange) -> str:
    """``POST-payments``: the method and the last resource of the path; never an id, which the ticket tells anyway."""
    if exchange.request is None:
        return "response"
    method = exchange.request.method.upper()
    try:
        path = urlsplit(exchange.request.url).path
    except ValueError:
        path = ""
    words = [
        part
        for part in path.split("/")
        if len(part) <= _LONGEST_WORD and _WORD.fullmatch(part) and not _VERSION.fullmatch(part)
    ]
    return "-".join([method if _METHOD.fullmatch(method) else "call", *words[-1:]])


def _stem(source: str) -> str:
    """The last part of a file's name in ASCII; letters lose their accents, everything else becomes a hyphen."""
    base = re.split(r"[/\\]", source[-300:])[-1]
    plain = unicodedata.normalize("NFKD", base).encode("ascii", "ignore").decode("ascii")
    return _FOREIGN.sub("-", plain).strip("-")
