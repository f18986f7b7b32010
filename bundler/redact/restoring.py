"""Puts real values back where a text names their placeholders, in whatever form people and mail programs write these.

Every pattern takes a stretch once and never goes back in it, so that the time is linear in the text.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bundler.redact.restoring_stand_ins import StandIns
from bundler.redact.vault import KINDS, Vault

BLOCK_SIZE = 1024 * 1024
_REACH = 64 * 1024
"""No spelling of a placeholder is longer."""
_CONTEXT = 64
_MOST_TICKETS = 20
_NUMBER = rb"[1-9][0-9]{0,8}"

_HIDDEN = (
    rb"\xe2\x80\x8b|\xc2\xad|\xe2\x81\xa0|\xef\xbb\xbf"  # zero width space, soft hyphen, word joiner, no-break one
)
_GAP = rb"(?:[ \t]|\xc2\xa0|&nbsp;|" + _HIDDEN + rb"|=?\r?\n(?:[ \t]{0,4}[>|]){0,8})"
_SIGN = (
    rb"(?:[A-Za-z0-9=,.:+/_-]|\\(?=[=.:+_-])|\xe2\x80[\x90\x91\xa6]|&(?:#[0-9]{2,4}|#[xX][0-9A-Fa-f]{2,4}|[a-z]{3,8});)"
)
_OPEN = rb"(?:\\{0,2}\[|&#0{0,4}91;|&#[xX]0{0,4}5[bB];|&(?:lsqb|lbrack);|%5[bB]|\\u005[bB])"
_CLOSE = rb"(?:\\{0,2}\]|&#0{0,4}93;|&#[xX]0{0,4}5[dD];|&(?:rsqb|rbrack);|%5[dD]|\\u005[dD])"
_BODY = rb"(?:" + _GAP + rb"|(?!" + _OPEN + rb"|" + _CLOSE + rb")" + _SIGN + rb"){3,1000}+"
_GAPS = re.compile(rb"\\|" + _GAP)
_FORM = re.compile(r"\[([a-z][a-z-]{0,39})-([1-9][0-9]{0,8})(?::[^\]]*)?\]")
_WRITTEN = re.compile(r"([a-z][a-z-]{0,39})-([1-9][0-9]{0,8})(?::([a-z0-9=,.:+/_-]*))?")
_CUT = re.compile(r"(?:\.{2,}|\u2026)$")
_HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-"})
_BEFORE_WORD = rb"(?<![\w@/.:=&#%+\\\[\x80-\xff-])"
_BEHIND_WORD = rb"(?![\w@/=&#+\\\]\x80-\xff-]|[.:,]\w)"
_MENTION = re.compile(rb"([a-z][a-z-]{0,39})-([1-9][0-9]{0,8})(?![0-9])")
_TICKET = re.compile(rb"(?<![0-9A-Za-z])TB-[0-9A-HJKMNP-TV-Z]{8}(?![0-9A-Za-z])")


class Restorer:
    """Real values for the placeholders of one or several private maps; where two maps differ, the first one counts.

    ``replaced`` and ``unknown`` count what was replaced and what was left, by the placeholder as the map writes it;
    ``in_words`` are those of the replaced that stood without brackets. ``tickets`` are the ids of tickets in the texts.
    A placeholder without brackets (``card-1``) is only taken where it stands alone as a word, the maps agree on it and
    no real value holds the same word; with ``brackets_only`` never.
    """

    def __init__(self, vaults: Sequence[Vault], *, brackets_only: bool = False) -> None:
        self.replaced: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.in_words: Counter[str] = Counter()
        self.tickets: dict[str, None] = {}
        self.differing: tuple[str, ...] = ()
        """Placeholders that stand for one value in one map and for another in another, as the first map writes them."""
        self._numbered: dict[tuple[str, str], tuple[str, bytes]] = {}
        plain: dict[bytes, bytes] = {}
        differing: dict[str, None] = {}
        for vault in vaults:
            for entry in vault.entries:
                if (form := _FORM.fullmatch(entry.placeholder)) is not None:
                    first = self._numbered.setdefault((form[1], form[2]), (entry.placeholder, entry.written))
                    is_same = first == (entry.placeholder, entry.written)
                    shown = first[0]
                else:
                    shown = entry.placeholder
                    is_same = plain.setdefault(shown.encode(), entry.written) == entry.written
                if not is_same:
                    differing[shown] = None
        self.differing = tuple(differing)
        self._stand_ins = StandIns({name: value for name, value in plain.items() if value})
        self._kinds = KINDS | {kind for kind, _ in self._numbered}
        self._words = frozenset() if brackets_only else self._unambiguous()
        self._marks = self._pattern()

    def _pattern(self) -> re.Pattern[bytes]:
        bracketed = _OPEN + rb"(" + _BODY + rb")" + _CLOSE
        kinds = sorted({kind.encode() for kind, _ in self._words}, key=len, reverse=True)
        word = rb"((?:" + b"|".join(kinds) + rb")-" + _NUMBER + rb")" if kinds else rb"(?!)()"
        return re.compile(bracketed + rb"|(?i:" + _BEFORE_WORD + word + _BEHIND_WORD + rb")")

    def _unambiguous(self) -> frozenset[tuple[str, str]]:
        """Kind and number of the placeholders that mean only one thing without their brackets, too."""
        known = {key for key, (shown, value) in self._numbered.items() if value and shown not in self.differing}
        for _, value in self._numbered.values():
            for found in _MENTION.finditer(value.lower()):
                words = found[1].decode().split("-")
                known -= {("-".join(words[at:]), found[2].decode()) for at in range(len(words))}
        return frozenset(known)

    def restore(self, text: bytes) -> bytes:
        """``text`` with the real values in it."""
        return b"".join(self.restore_blocks((text,)))

    def restore_blocks(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The same for a text that comes in blocks, cut anywhere; little more than one of them is held in memory."""
        text, at = b"", 0
        for block in blocks:
            text += block
            if len(text) - at >= 2 * _REACH:
                pieces, end = self._pieces(text, at, len(text) - _REACH)
                yield b"".join(pieces)
                text, at = text[max(0, end - _CONTEXT) :], min(end, _CONTEXT)
        pieces, _ = self._pieces(text, at, len(text))
        yield b"".join(pieces)

    def _pieces(self, text: bytes, at: int, limit: int) -> tuple[list[bytes], int]:
        """What ``text`` becomes from ``at`` to ``limit``, or to the end of what begins before; and where it ended."""
        for found in _TICKET.finditer(text, at):
            if len(self.tickets) < _MOST_TICKETS and found.start() < limit:
                self.tickets[found[0].decode()] = None
        pieces: list[bytes] = []
        for found in self._marks.finditer(text, at):
            if found.start() >= limit:
                break
            value = self._value(found[1]) if found[1] is not None else self._value_of_word(found[2])
            if value is None:
                continue
            is_half_escaped = found[0].startswith((b"\\[", b"\\\\[")) and not found[0].endswith(b"\\]")
            start = found.start() + (found[0].index(b"[") if is_half_escaped else 0)
            at = self._rest(text, at, start, pieces)
            pieces.append(value)
            at = found.end()
        if at < limit:
            at = self._rest(text, at, limit, pieces)
        return pieces, at

    def _rest(self, text: bytes, at: int, limit: int, pieces: list[bytes]) -> int:
        """The stretch between two placeholders in brackets, with the values of stand-ins of valid form in it."""
        for start, end, name, value in self._stand_ins.find(text, at, limit):
            pieces += (text[at:start], value)
            self.replaced[name.decode()] += 1
            at = end
        if at < limit:
            pieces.append(text[at:limit])
        return max(at, limit)

    def _value(self, body: bytes) -> bytes | None:
        """The value behind what stands in brackets; what is told of it there may be cut, but must not be different."""
        written = html.unescape(_GAPS.sub(b"", body).decode("utf-8", "replace")).translate(_HYPHENS)
        form = _WRITTEN.fullmatch(_CUT.sub("", written).lower())
        if form is None or form[1] not in self._kinds:
            return None
        shown, value = self._numbered.get((form[1], form[2]), ("", b""))
        detail = shown[1:-1].partition(":")[2].lower().replace("=", "")  # at the end of a line it may be a soft break
        if not shown or not detail.startswith((form[3] or "").replace("=", "")):
            shown, value = f"[{form[1]}-{form[2]}]", b""
        (self.replaced if value else self.unknown)[shown] += 1
        return value or None

    def _value_of_word(self, word: bytes) -> bytes | None:
        kind, _, number = word.decode().lower().rpartition("-")
        if (kind, number) not in self._words:
            return None
        shown, value = self._numbered[kind, number]
        self.replaced[shown] += 1
        self.in_words[shown] += 1
        return value
