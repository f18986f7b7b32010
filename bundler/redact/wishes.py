"""Carries out what a user said about masking, within the masker's two passes, and remembers what became of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from bundler.errors import MisuseError
from bundler.model import Finding, FindingKind, Kept
from bundler.redact.certain import is_certain
from bundler.redact.kept import digest_of
from bundler.redact.rule import Hit, Rank, Rule
from bundler.redact.search import Search, quote_for_number
from bundler.redact.stretches import cut, inside
from bundler.redact.vault import canonical
from bundler.redact.word_search import Found, WordSearch
from bundler.redact.words import KIND, Pattern, Words

FINDINGS: dict[str, FindingKind] = {
    "PRV903": FindingKind(
        "A text to be kept stands where a secret does.",
        "warning",
        'It is masked all the same. If it may be seen, say so: --keep-secret "TEXT=REASON".',
    ),
    "PRV904": FindingKind(
        "A secret stays readable on purpose.",
        "warning",
        "Make sure that support may see it, and that it is worth nothing to others.",
    ),
}
"""What redaction says of a user's wishes, by code."""

WORD_RULE = Rule(
    name=KIND,
    kind=KIND,
    what="the words of --mask and of mask files",
    source="the user",
    hits=(),
    misses=(),
    rank=Rank.SEEN_ELSEWHERE,
    everywhere=False,
    beats_identifiers=True,
)
_NUMBER = frozenset(b"0123456789.")


class Wishes:
    """What one user wants kept and masked in the texts of one ticket."""

    def __init__(self, words: Words, identifiers: Collection[str], untouchable: Collection[str]) -> None:
        self.kept = {_known(text) for text in words.keep}
        self._shown = {_known(secret.text): secret.reason for secret in words.kept_secrets}
        self._shown_by: dict[bytes, str] = {}
        self._kept_by: dict[bytes, str] = {}
        self._in_vain: set[str] = set()
        self._protected = {_known(text) for text in (*words.kept, *identifiers, *untouchable) if text}
        has_words = bool(words.masked or words.patterns)
        self._search = WordSearch(words, (*words.kept, *untouchable), identifiers) if has_words else None
        self._hidden = WordSearch(words.hidden) if words.are_hidden else None

    def note(self, value: bytes, rule: Rule) -> bool:
        """Remember what a rule found; False where its value, which is to be kept, is a secret and must go."""
        if value in self._shown:
            self._shown_by.setdefault(value, rule.name)
        if value not in self.kept:
            return True
        if not is_secret(rule):
            if is_certain(rule):  # whoever searches what is finished by shape finds it as well
                self._kept_by.setdefault(value, rule.name)
            return True
        self.kept.discard(value)
        self._in_vain.add(rule.name)
        return False

    def hits(self, text: bytes, is_kept: Callable[[bytes], bool]) -> Iterator[Hit]:
        """The words in ``text``; ``is_kept`` tells what support needs, which no pattern finds."""
        for found in self._search.find(text) if self._search is not None else ():
            start, end = _whole_number(text, found)
            value = found.value if (start, end) == (found.start, found.end) else text[start:end]
            quote = quote_for_number(text, start, end)
            hit = Hit(start, end, WORD_RULE, Rank.SEEN_ELSEWHERE, value, quote)
            if isinstance(found.source, Pattern):
                yield from self._around_kept(hit, text, is_kept)
            else:
                yield hit

    def _around_kept(self, hit: Hit, text: bytes, is_kept: Callable[[bytes], bool]) -> list[Hit]:
        """A pattern says less than a word: what support needs stays, even within what it finds."""
        if is_kept(hit.value):
            return []
        spans = inside(hit, text, self._protected)
        return cut(hit, text, sorted(spans)) if spans else [hit]

    def withholds(self, written: bytes) -> bool:
        """True for a value that may not even stand in the private map."""
        return self._hidden is not None and bool(self._hidden.find(written))

    def findings(self, mask: Callable[[bytes], bytes]) -> Iterator[Finding]:
        """Secrets that were to be kept and are masked, and secrets that stay; ``mask`` is for what the user wrote."""
        if self._in_vain:
            rules = ", ".join(sorted(self._in_vain))
            yield _finding("PRV903", f"A text of --keep stands where a secret does ({rules}), and is masked.")
        for kept in self._kept_secrets(mask):
            yield _finding("PRV904", f"A secret ({kept.rule}) stays readable on purpose: {kept.reason}.")

    def kept_on_purpose(self, mask: Callable[[bytes], bytes]) -> Iterator[Kept]:
        """What stays and would be taken for a leak; ``mask`` is for the reasons, which the user wrote."""
        yield from self._kept_secrets(mask)
        for value, rule in self._kept_by.items():
            yield Kept(rule, "named with --keep", digest_of(value))

    def _kept_secrets(self, mask: Callable[[bytes], bytes]) -> Iterator[Kept]:
        for value, rule in self._shown_by.items():
            reason = mask(self._shown[value].encode()).replace(value, "…".encode()).decode("utf-8", "replace")
            yield Kept(rule, reason, digest_of(value))


def is_secret(rule: Rule) -> bool:
    """True for a rule whose finds are secrets, however they read, or cards."""
    return rule.certain or rule.beats_identifiers or rule.kind == "card"


def refuse_secrets_kept(words: Words, search: Search) -> None:
    """Raise ``MisuseError`` where a text to be kept is, as it stands, what only a secret looks like."""
    for text in words.keep:
        written = text.encode("utf-8", "surrogatepass")
        for hit in search.hits(written, []):
            if is_secret(hit.rule) and (hit.start, hit.end) == (0, len(written)):
                raise MisuseError(
                    f"A text of --keep is a secret by its looks ({hit.rule.name}), and is not kept for being named.",
                    'If it may be seen, say why: --keep-secret "TEXT=REASON".',
                )


def _finding(code: str, message: str) -> Finding:
    about = FINDINGS[code]
    return Finding(code=code, severity=about.severity, message=message, advice=about.advice)


def _known(text: str) -> bytes:
    return canonical(text.encode("utf-8", "surrogatepass"))


def _whole_number(text: bytes, found: Found) -> tuple[int, int]:
    """The stretch of a find; the whole of a bare JSON number of which it is a part, for a half of it would be none."""
    start, end = found.start, found.end
    if not text[start:end].isdigit():
        return start, end
    while start > 0 and text[start - 1] in _NUMBER:
        start -= 1
    while end < len(text) and text[end] in _NUMBER:
        end += 1
    if start > 0 and text[start - 1] == 45:
        start -= 1
    return (start, end) if quote_for_number(text, start, end) else (found.start, found.end)
