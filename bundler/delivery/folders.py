"""The folders of a mailbox: their names as IMAP writes them, and which of them holds drafts or sent mail."""

from __future__ import annotations

import re
import unicodedata
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Sequence

from msgspec import Struct

from bundler.delivery.folder_names import DRAFTS, SENT

PARENTS = ("", "INBOX", "[Gmail]", "[Google Mail]")
"""Where a folder of a known name is looked for, in this order. Gmail has names of its own for its parent."""

_NAMES = {r"\Drafts": DRAFTS, r"\Sent": SENT}
_LINE = re.compile(
    r'\((?P<attributes>[^()]*)\) (?:"(?P<separator>\\?.)"|NIL) (?P<name>"(?:[^"\\]|\\.)*"|\{\d+\}|[^ "{]+)(?: \(.*\))?',
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\(.)")
_FOREIGN = re.compile(r"&|[^ -~]+")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


class Folder(Struct, frozen=True):
    """A folder as the server lists it.

    ``wire`` is its name in modified UTF-7, as commands take it once it is quoted; ``name`` the same for people;
    ``separator`` is empty where the server has no hierarchy; ``attributes`` are in lower case.
    """

    name: str
    wire: str
    separator: str
    attributes: frozenset[str]

    @property
    def parts(self) -> list[str]:
        """The names from the outermost folder to this."""
        return self.name.split(self.separator) if self.separator else [self.name]


def encode_name(name: str) -> str:
    """The name in modified UTF-7 (RFC 3501 section 5.1.3); a half of a surrogate pair becomes a question mark."""
    return _FOREIGN.sub(lambda found: "&-" if found[0] == "&" else f"&{_shift(found[0])}-", name)


def _shift(text: str) -> str:
    sixteen = text.encode("utf-16-be", "replace")
    return b2a_base64(sixteen, newline=False).decode().rstrip("=").replace("/", ",")


def decode_name(wire: str) -> str:
    """The inverse of ``encode_name``; what is no modified UTF-7 stays as it is."""
    return _SHIFTED.sub(lambda found: _unshift(found) if found[1] else "&", wire)


def _unshift(found: re.Match[str]) -> str:
    try:
        sixteen = a2b_base64(found[1].replace(",", "/") + "=" * (-len(found[1]) % 4), strict_mode=True)
        return sixteen.decode("utf-16-be")
    except ValueError:
        return found[0]


def quote(text: str) -> str:
    """A quoted string (RFC 3501 section 4.3); ``text`` has no line ends."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_folder(listed: bytes | tuple[bytes, bytes]) -> Folder | None:
    """A folder from one LIST response, whose name may come as a literal; None for what no command could name.

    That is a name with control characters or bytes beyond ASCII, which RFC 3501 section 5.1 forbids.
    """
    line, literal = listed if isinstance(listed, tuple) else (listed, b"")
    found = _LINE.fullmatch(line.decode("latin-1"))
    if found is None:
        return None
    wire = found["name"]
    if wire.startswith("{"):
        wire = literal.decode("latin-1")
    elif wire.startswith('"'):
        wire = _ESCAPED.sub(r"\1", wire[1:-1])
    if not (wire.isascii() and wire.isprintable()):
        return None
    attributes = frozenset(found["attributes"].lower().split())
    return Folder(decode_name(wire), wire, (found["separator"] or "")[-1:], attributes)


def find_folder(folders: Sequence[Folder], use: str) -> Folder | None:
    r"""The folder for ``\Drafts`` or ``\Sent``: by what the server says of it (RFC 6154), else by its name.

    Of several that the server marks, the outermost: others belong to shared mailboxes.
    """
    open_folders = [each for each in folders if not each.attributes & {"\\noselect", "\\nonexistent"}]
    marked = [each for each in open_folders if use.lower() in each.attributes]
    if marked:
        return min(marked, key=lambda each: len(each.parts))
    known = {_plain(name): rank for rank, name in enumerate(_flat(_NAMES[use].values()))}
    parents = {_plain(parent): rank for rank, parent in enumerate(PARENTS)}
    ranked = [
        (parents[parent], known[name], each)
        for each in open_folders
        for parent, name in [(_plain("/".join(each.parts[:-1])), _plain(each.parts[-1]))]
        if parent in parents and name in known
    ]
    return min(ranked, key=lambda each: each[:2])[2] if ranked else None


def find_named(folders: Sequence[Folder], name: str) -> Folder | None:
    """The folder that a person names, as it is shown to people or as the server writes it."""
    same = [each for each in folders if name in (each.name, each.wire)]
    alike = [each for each in folders if _plain(each.name) == _plain(name)]
    return same[0] if same else alike[0] if len(alike) == 1 else None


def _flat(groups: Iterable[tuple[str, ...]]) -> Iterable[str]:
    return (name for group in groups for name in group)


def _plain(name: str) -> str:
    """Case and the two ways of writing an accented letter make no difference."""
    return unicodedata.normalize("NFC", name).casefold()
