"""Searches finished files once more for everything that redaction took out, and for what it should have taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct

from bundler.model import Kept
from bundler.providers.profile import Profile
from bundler.redact.certain import certain_search
from bundler.redact.forms import Occurrence
from bundler.redact.inert import STANDING
from bundler.redact.kept import digest_of
from bundler.redact.layers import LIMITS, Layer, Limits, Opener, Path, Spot, Unread
from bundler.redact.needles import Needles
from bundler.redact.pseudonyms import SELF_EVIDENT
from bundler.redact.rule import Hit
from bundler.redact.vault import Vault, canonical
from bundler.redact.word_search import WordSearch
from bundler.redact.words import KIND, NO_WORDS, Words

_HINT = (
    "Mask it everywhere with --mask-file FILE (one text a line), leave that source out, or scrub it first: "
    'ticket-bundler scrub. If it is meant to be seen: --keep-secret "TEXT=REASON".'
)
_WORD_HINT = (
    "Leave that source out; where it is a part of our own words, give a longer text with --mask or --mask-file."
)
_UNREAD_HINT = "Leave that file out, or unpack it yourself and name what is in it."
_WINDOW = 256
_LEAST = 6
_MOST = 50


class Leak(Struct, frozen=True):
    """Something secret in a finished file: in which, where, what kind, found by which rule; never the value.

    ``member`` names the files from outside to inside (``the bundle > logs/01-app.log``), ``place`` the line and the
    ways of writing that were undone to see it (``line 3 > Base64``).
    """

    member: str
    place: str
    kind: str
    rule: str
    hint: str

    def __str__(self) -> str:
        """What it is and where, for people: ``a card (rule card-number) in the bundle > report.md, line 4``."""
        article = "an" if self.kind[:1] in "aeiou" else "a"
        return f"{article} {self.kind} (rule {self.rule}) in {self.member}, {self.place}"


class Excused(Struct, frozen=True):
    """A secret that stays on purpose, as its ticket says: where it was found first, how often, and why it stays."""

    first: Leak
    reason: str
    count: int

    def __str__(self) -> str:
        """What, where and why, for people."""
        more = f" (and {self.count - 1:,} more)" if self.count > 1 else ""
        return f"{self.first}{more}, kept on purpose: {self.reason}"


class Look(NamedTuple):
    """What a look into finished files gave; ``unread`` is what could not be looked into, with the reason."""

    leaks: tuple[Leak, ...]
    unread: tuple[Leak, ...]
    kept: tuple[Excused, ...] = ()


class _Found(NamedTuple):
    """A find at an offset of a text; ``kept`` is what the ticket says of it where it stays on purpose."""

    start: int
    kind: str
    rule: str
    kept: Kept | None = None


def find_leaks(
    files: Iterable[tuple[str, bytes]],
    *,
    vault: Vault | None,
    profile: Profile,
    protected: Iterable[str],
    words: Words = NO_WORDS,
    kept: Iterable[Kept] = (),
    limits: Limits = LIMITS,
    hits: Callable[[bytes], Iterable[Hit]] | None = None,
) -> Look:
    """Every leak in ``files``: pairs of a name and the bytes as they are to leave, packed and encoded.

    They are opened layer by layer (``layers``). A leak is a value of the ``vault`` or one of the ``words``, in any way
    of writing, or what only a secret looks like (``certain``). ``protected`` values may stay, and so may what stands
    for a value of the vault. ``kept`` is what the ticket itself says stays on purpose: a find whose digest is there is
    told, and is no leak. Of one rule at most 50 places in a file are told. ``hits`` searches a text in place of
    ``certain``. Raises ``RuleFailure`` when a rule does: a file that could not be searched is not clean.
    """
    seeker = _Seeker(vault, profile, [text for text in protected if text], words, kept, hits)
    opener = Opener(limits)
    unread: list[Leak] = []
    tally = _Tally()
    labels = _Labels(seeker, tally)
    for name, data in files:
        for each in opener.open((name,), data):
            label = labels.of(each.path)
            if isinstance(each, Unread):
                unread.append(Leak(label, each.why, "part", "not looked into", _UNREAD_HINT))
                continue
            for found in seeker.find(each.text):
                tally.count(label, each.place, found)
    return Look(tuple(tally.leaks.values()), tuple(unread), tuple(tally.excused.values()))


class _Tally:
    """All that was found so far."""

    def __init__(self) -> None:
        self.leaks: dict[tuple[str, str, str, str], Leak] = {}
        self.excused: dict[str, Excused] = {}
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def count(self, label: str, place_of: Callable[[int], str], found: _Found) -> None:
        """Take up one more find in the file of that label."""
        start, kind, rule, kept = found
        if kept is not None:
            known = self.excused.get(kept.sha256)
            first = known.first if known is not None else Leak(label, place_of(start), kind, rule, "")
            self.excused[kept.sha256] = Excused(first, kept.reason, known.count + 1 if known is not None else 1)
            return
        self._counts[label, kind, rule] += 1
        if self._counts[label, kind, rule] <= _MOST:
            place = place_of(start)
            line = place.partition(" > ")[0]
            self.leaks.setdefault((label, line, kind, rule), Leak(label, place, kind, rule, _hint(rule)))


def _hint(rule: str) -> str:
    return _WORD_HINT if rule == KIND else _HINT


class _Values(Needles):
    """Known values, as they are written or within Base64: the layers have undone all escapes already."""

    def find(self, text: bytes) -> Iterator[Occurrence]:
        if self._count:
            yield from self._as_written(text)


class _Seeker:
    """Finds in one text what must not be there."""

    def __init__(
        self,
        vault: Vault | None,
        profile: Profile,
        protected: Iterable[str],
        words: Words,
        kept: Iterable[Kept],
        hits: Callable[[bytes], Iterable[Hit]] | None,
    ) -> None:
        self._kept = {each.sha256: each for each in kept}
        self._search = certain_search(profile)
        self._hits = hits or self._search.certain_hits
        protected = (*protected, *words.kept)
        self._protected = {canonical(text.encode("utf-8", "surrogatepass")) for text in protected if len(text) > 2}
        self._values = _Values()
        self._kinds: dict[bytes, str] = {}
        self._stand_ins: set[bytes] = set()
        for entry in vault.entries if vault is not None else ():
            if not entry.placeholder.startswith("["):
                self._stand_ins.add(entry.placeholder.encode())
            is_lone_word = entry.kind in ("name", "address") and " " not in entry.value  # our own sentences may hold it
            if entry.everywhere and not is_lone_word:
                self._add(entry.written, entry.kind)
        has_words = bool(words.masked or words.patterns)
        self._words = WordSearch(words, protected) if has_words else None

    def _add(self, written: bytes, kind: str) -> None:
        value = canonical(written)
        if self._is_protected(value):
            return
        if value not in self._kinds:
            self._values.add(value, written, kind)
        self._kinds[value] = kind

    def find(self, text: bytes) -> Iterator[_Found]:
        """Each leak in ``text``, and each secret that stays on purpose."""
        for hit in self._hits(text):
            if not self._is_protected(hit.value) and not self._stands_for_something(text, hit.start, hit.end):
                yield _Found(hit.start, hit.rule.kind, hit.rule.name, self._excuse(hit.value))
        for place in self._values.find(text):
            written = text[place.start : place.end]
            kind = self._kinds[place.value]
            is_kept = kind == "phone" and self._search.is_kept(text, place.start, written)
            if not is_kept and not self._is_protected(written):
                yield _Found(place.start, kind, "value", self._excuse(written))
        for word in self._words.find(text) if self._words is not None else ():
            yield _Found(word.start, KIND, KIND)

    def _excuse(self, value: bytes) -> Kept | None:
        return self._kept.get(digest_of(value)) if self._kept else None

    def _is_protected(self, value: bytes) -> bool:
        return canonical(value) in self._protected or SELF_EVIDENT.fullmatch(value) is not None

    def _stands_for_something(self, text: bytes, start: int, end: int) -> bool:
        """True for a placeholder or a part of one, and for a stand-in that looks like the real thing."""
        first = max(0, start - _WINDOW)
        around = text[first : end + _WINDOW]
        rest, at = b"", start
        for found in STANDING.finditer(around):
            low, high = first + found.start(), first + found.end()
            if low < end and high > start:
                rest, at = rest + text[at : max(at, low)], min(high, end)
        if at > start:
            return sum(byte > 127 or chr(byte).isalnum() for byte in rest + text[at:end]) < _LEAST
        return any(_covers(around, each, start - first, end - first) for each in self._stand_ins)


def _covers(around: bytes, stand_in: bytes, start: int, end: int) -> bool:
    at = around.find(stand_in, max(0, end - len(stand_in)))
    return 0 <= at <= start


class _Labels:
    """Names files for people; a name that is a leak itself is replaced by a number."""

    def __init__(self, seeker: _Seeker, tally: _Tally) -> None:
        self._seeker = seeker
        self._tally = tally
        self._shown: dict[str, str] = {}

    def of(self, path: Path) -> str:
        """The label of a path, outside first."""
        shown: list[str] = []
        for name in path:
            if isinstance(name, Spot):
                shown.append(name)
                continue
            if name not in self._shown:
                self._shown[name] = self._judge(name, " > ".join(shown) or "the files")
            shown.append(self._shown[name])
        return " > ".join(shown)

    def _judge(self, name: str, outside: str) -> str:
        number = f"file {len(self._shown) + 1}"
        shown = name
        for each in Opener().open((), name.encode("utf-8", "surrogatepass")):
            for found in self._seeker.find(each.text) if isinstance(each, Layer) else ():
                shown = number
                self._tally.count(outside, lambda _: f"the name of {number}", found)
        return shown
