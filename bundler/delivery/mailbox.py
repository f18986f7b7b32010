"""A mailbox on an IMAP server (RFC 3501), entered over verified TLS only; every answer of the server is looked at.

``imaplib`` gives no error for a command that was refused, quotes no folder name, and takes any amount of data.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from msgspec import Struct

from bundler.delivery.accounts import Account, Credential, Server, server_of
from bundler.delivery.folders import Folder, quote, read_folder
from bundler.delivery.mailbox_line import BREAKS, Line, connect, leave, said, unreachable
from bundler.delivery.mailbox_login import log_in
from bundler.delivery.words import server_words
from bundler.errors import EnvironmentProblem

LAST_WORD = 10
"""How many times the account's time the answer to a whole mail may take: servers scan it for viruses then."""

_CODE = re.compile(rb"\[([A-Z-]+)[^]]*\] ?")
_UID = re.compile(rb"\bUID (\d+)")
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")


class Answer(Struct, frozen=True):
    """The server's answer to a command: whether it did it, its code (``LIMIT``, ``OVERQUOTA``, …) and its words."""

    is_done: bool
    code: str
    words: str


class Message(Struct, frozen=True):
    """What was asked of one mail. ``flags`` in lower case; ``content`` is of the part that was asked for."""

    uid: int
    flags: frozenset[str]
    size: int
    content: bytes


class Mailbox:
    """A mailbox that was entered. Every method raises ``Unreachable`` when the connection ends, and
    ``EnvironmentProblem`` where the server does not do what any IMAP server does."""

    def __init__(self, line: Line, server: Server) -> None:
        self._line = line
        self._server = server
        self.capabilities = _capabilities(line)

    @property
    def where(self) -> str:
        """The server, as messages name it."""
        return self._server.where

    def folders(self) -> list[Folder]:
        """All folders, with their special use where the server tells it."""
        use = " RETURN (SPECIAL-USE)" if {"SPECIAL-USE", "LIST-EXTENDED"} <= self.capabilities else ""
        listed = self._do("LIST", lambda: self._line.list('""', f'"*"{use}'))
        return [folder for each in listed if each and (folder := read_folder(each))]

    def find_append_limit(self, folder: Folder) -> int | None:
        """The largest mail that ``folder`` takes, in bytes, where the server tells that (RFC 7889)."""
        for each in self.capabilities:
            if each.startswith("APPENDLIMIT="):
                return _number(each)
        if "APPENDLIMIT" not in self.capabilities:
            return None
        told = self._do("STATUS", lambda: self._line.status(quote(folder.wire), "(APPENDLIMIT)"))
        return _number(b"".join(each for each in told if isinstance(each, bytes)).decode("latin-1").rpartition('"')[2])

    def select(self, folder: Folder, *, to_change: bool) -> None:
        """Makes ``folder`` the one that is searched."""
        try:
            self._do("SELECT", lambda: self._line.select(quote(folder.wire), readonly=not to_change))
        except imaplib.IMAP4.readonly as error:
            raise EnvironmentProblem(
                f"The folder {folder.name} of {self.where} may not be changed; nothing was put there.",
                "Name another folder in the account's settings: drafts, sent.",
            ) from error

    def search(self, *criteria: str) -> list[int]:
        """The UIDs of the mails that fit, in rising order. ``criteria`` are ASCII, what is quoted by ``quote``."""
        found = self._do("SEARCH", lambda: self._line.uid("SEARCH", *criteria))
        return sorted({int(word) for each in found if each for word in each.split() if word.isdigit()})

    def fetch(self, uids: Sequence[int], what: str, size_limit: int = 0) -> list[Message]:
        """What is asked for of the mails, none of which counts as read by that.

        ``size_limit`` is how many bytes of content are expected, beside what a server says in any case.
        """
        if not uids:
            return []
        self._line.left += size_limit
        told = self._do("FETCH", lambda: self._line.uid("FETCH", _set(uids), f"(UID {what})"))
        return [each for each in _messages(told) if each.uid in set(uids)]

    def append(self, folder: Folder, flags: str, data: bytes) -> Answer | None:
        """The answer to putting a mail into ``folder``; None when none came and nobody knows what became of it."""
        patience_s = self._line.sock.gettimeout() or 0.0
        self._line.sock.settimeout(patience_s * LAST_WORD)
        # not by ``append``, which would write all line ends anew and hold the mail twice; it sends bytes, not text
        self._line.literal = cast("str", data)
        try:
            kind, told = self._line.xatom("APPEND", quote(folder.wire), flags)
        except BREAKS:
            return None
        except imaplib.IMAP4.error as error:
            return Answer(False, "", said(error))
        finally:
            self._line.sock.settimeout(patience_s)
        return _answer(kind, told)

    def remove(self, uids: Sequence[int]) -> bool:
        r"""Deletes these mails of the selected folder and no others.

        Without UIDPLUS (RFC 4315) a server only knows how to delete all that is marked: where somebody has marked other
        mails too, ours are left marked ``\Deleted``, and the answer is False.
        """
        self._do("STORE", lambda: self._line.uid("STORE", _set(uids), "+FLAGS.SILENT", r"(\Deleted)"))
        if "UIDPLUS" in self.capabilities:
            self._do("EXPUNGE", lambda: self._line.uid("EXPUNGE", _set(uids)))
            return True
        if not set(self.search("DELETED")) <= set(uids):
            return False
        self._do("EXPUNGE", self._line.expunge)
        return True

    def _do(self, name: str, command: Callable[[], tuple[str, list[Any]]]) -> list[Any]:
        try:
            kind, told = command()
        except imaplib.IMAP4.readonly:
            raise
        except BREAKS as error:
            raise unreachable(self._server, error) from error
        except imaplib.IMAP4.error as error:
            raise EnvironmentProblem(f"{self.where} does not understand {name} ({said(error)}).") from error
        answer = _answer(kind, told)
        if not answer.is_done:
            raise EnvironmentProblem(f"{self.where} refuses {name} ({answer.words}).")
        return told


@contextmanager
def entered(account: Account, credential: Credential) -> Iterator[Mailbox]:
    """The mailbox of ``account``, left again at the end.

    Raises ``Unreachable`` where there is no way to it, ``LoginRefused`` for a wrong password or token, and
    ``EnvironmentProblem`` for a server that is not to be trusted or an account without a mailbox.
    """
    server = server_of(account, "imap")
    line = connect(server, account)
    try:
        log_in(line, server, account, credential)
        try:
            mailbox = Mailbox(line, server)
        except (imaplib.IMAP4.error, *BREAKS) as error:
            raise unreachable(server, error) from error
        yield mailbox
    finally:
        leave(line)


def _capabilities(line: Line) -> frozenset[str]:
    """Asked again after login: servers tell more then."""
    _, told = line.capability()
    return frozenset(word for each in told if each for word in each.decode("latin-1").upper().split())


def _answer(kind: str, told: Sequence[Any]) -> Answer:
    text = told[-1] if told and isinstance(told[-1], bytes) else b""
    code = _CODE.match(text)
    return Answer(kind == "OK", code[1].decode() if code else "", server_words(text[code.end() :] if code else text))


def _set(uids: Iterable[int]) -> str:
    return ",".join(map(str, uids))


def _number(text: str) -> int | None:
    found = re.search(r"\bAPPENDLIMIT[ =](\d{1,18})\b", text)
    return int(found[1]) if found else None


def _messages(told: Sequence[Any]) -> Iterator[Message]:
    """One for each FETCH response; a server may tell flags and UID before or after the content."""
    texts: list[bytes] = []
    contents: list[bytes] = []
    for each in told:
        text, content = each if isinstance(each, tuple) else (each or b"", b"")
        if re.match(rb"\d+ \(", text):
            texts.append(text)
            contents.append(content)
        elif texts:
            texts[-1] += b" " + text
            contents[-1] += content
    for text, content in zip(texts, contents, strict=True):
        uid, flags, size = _UID.search(text), _FLAGS.search(text), _SIZE.search(text)
        yield Message(
            uid=int(uid[1]) if uid else 0,
            flags=frozenset(flags[1].decode("latin-1").lower().split() if flags else ()),
            size=int(size[1]) if size else 0,
            content=content,
        )
