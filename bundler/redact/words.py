"""What a user says about masking: texts to keep, texts to mask, secrets to show for a reason, rules of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from bundler.errors import MisuseError, UnreadableInput
from bundler.patterns import SafePattern, read_pattern
from bundler.patterns.parts import PatternProblem
from bundler.redact.rule import Rule
from bundler.redact.vault import PLACEHOLDER, canonical

KIND = "word"
"""The kind of everything that is masked because a user said so: ``[word-1]``."""
SHORTEST = 3
LONGEST = 1_000
"""How long a text to be masked may be, in characters."""
MOST_LINES = 10_000
MOST_BYTES = 1024 * 1024

_REGEX = "regex:"
_BY_CHANCE = 6
"""A shorter text may stand in an id by chance, in the middle of its letters and digits."""


class Word(Struct, frozen=True):
    """A text to be masked. ``place`` says where it was given, for messages; one of a file is never written anywhere."""

    text: str
    place: str
    is_hidden: bool = False

    def __repr__(self) -> str:
        return f"Word({self.place})"


class Pattern(Struct, frozen=True):
    """A regular expression of a mask file; neither it nor what it finds is ever written anywhere."""

    safe: SafePattern
    place: str

    def __repr__(self) -> str:
        return f"Pattern({self.place})"


class KeptSecret(Struct, frozen=True):
    """A value that stays readable although it is a secret, and why."""

    text: str
    reason: str

    def __repr__(self) -> str:
        return "KeptSecret()"


class Words(Struct, frozen=True, kw_only=True):
    """Everything a user said about masking.

    ``keep`` are further identifiers, ``masked`` the texts of ``--mask`` and of mask files, ``patterns`` those of mask
    files, ``rules`` rules of their own.

    Whoever searches finished files for them takes ``WordSearch(words, protected)`` (``word_search.py``), whose ``find``
    also knows every other spelling.
    """

    keep: tuple[str, ...] = ()
    kept_secrets: tuple[KeptSecret, ...] = ()
    masked: tuple[Word, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def are_hidden(self) -> bool:
        """True when there are words that must not be written anywhere."""
        return bool(self.patterns) or any(word.is_hidden for word in self.masked)

    @property
    def hidden(self) -> Words:
        """Only what must not be written anywhere."""
        return Words(masked=tuple(word for word in self.masked if word.is_hidden), patterns=self.patterns)

    @property
    def kept(self) -> tuple[str, ...]:
        """All that stays because the user said so."""
        return (*self.keep, *(secret.text for secret in self.kept_secrets))


NO_WORDS = Words()


def parse_mask_file(data: bytes, name: str) -> Words:
    """The texts and patterns of a mask file: UTF-8, one a line; ``#`` begins a remark, ``regex:`` a pattern.

    Raises ``UnreadableInput`` that names the line and never what stands there.
    """
    if len(data) > MOST_BYTES:
        _refuse_file(name, f"is larger than {MOST_BYTES // 1024**2} MB", "Put only what is to be masked into it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse_file(name, "is not UTF-8", "Save it as UTF-8, one text a line.")
    if "\0" in text:
        _refuse_file(name, "is not a text", "It holds one text a line, in UTF-8.")
    lines = text.splitlines() if "\n" not in text else text.split("\n")
    if len(lines) > MOST_LINES + 1:
        _refuse_file(name, f"has more than {MOST_LINES:,} lines", "Put only what is to be masked into it.")
    words: dict[str, Word] = {}
    patterns: list[Pattern] = []
    for number, line in enumerate(lines, 1):
        written, place = line.strip(), f"line {number} of {name}"
        if not written or written.startswith("#"):
            continue
        if written.startswith(_REGEX):
            patterns.append(_pattern(written.removeprefix(_REGEX), name, number))
        elif (problem := _problem(written)) is not None:
            _refuse_file(name, f"cannot be used: line {number} {problem[0]}", problem[1])
        else:
            words.setdefault(written.casefold(), Word(written, place, is_hidden=True))
    if not (words or patterns):
        _refuse_file(name, "holds nothing to mask", "Write one text a line into it, or leave it out.")
    return Words(masked=tuple(words.values()), patterns=tuple(patterns))


def _refuse_file(name: str, why: str, hint: str) -> NoReturn:
    raise UnreadableInput(f"The mask file {name} {why}.", hint) from None


def _pattern(text: str, name: str, number: int) -> Pattern:
    try:
        return Pattern(read_pattern(text), f"line {number} of {name}")
    except PatternProblem as problem:
        raise UnreadableInput(
            f"The mask file {name} cannot be used: the pattern in line {number} {problem.why}.", problem.hint
        ) from None


def _problem(text: str) -> tuple[str, str] | None:
    """Why a text cannot be masked, and what to do; None where it can."""
    if len(text) < SHORTEST:
        return f"has fewer than {SHORTEST} characters", "Such a text stands everywhere; give more of it."
    if len(text) > LONGEST:
        return f"has more than {LONGEST:,} characters", "Give a part of it that stands nowhere else."
    if not text.isprintable():
        return "holds a control character", "Give one line of text."
    if PLACEHOLDER.search(text.encode("utf-8", "replace")) is not None:
        return "holds a placeholder of ours", "Give the real text; what is masked already stays masked."
    return None


def masked_word(text: str) -> Word:
    """A text of ``--mask``; raises ``MisuseError`` for one that is too short, too long or no single line."""
    written = text.strip()
    if (problem := _problem(written)) is not None:
        raise MisuseError(f"The text of --mask {problem[0]}.", problem[1])
    return Word(written, f"--mask {written!r}")


def kept_text(text: str) -> str:
    """A text of ``--keep``; raises ``MisuseError`` for one that says too little."""
    written = text.strip()
    if len(written) < SHORTEST or not written.isprintable():
        raise MisuseError("The text of --keep is not one line of at least 3 characters.", "Give the whole value.")
    return written


def kept_secret(text: str) -> KeptSecret:
    """``TEXT=REASON`` of ``--keep-secret``, cut at the last ``=``: the text may hold one. Raises ``MisuseError``."""
    value, _, reason = (part.strip() for part in text.rpartition("="))
    if len(value) < SHORTEST or not any(letter.isalpha() for letter in reason) or not text.isprintable():
        raise MisuseError(
            "--keep-secret needs a text and a reason for showing it.",
            'Write --keep-secret "TEXT=REASON", for example --keep-secret "test-1234=the public key of the sandbox".',
        )
    return KeptSecret(value, " ".join(reason.split()))


def joined(all_words: Iterable[Words]) -> Words:
    """The words of several sources as one; raises ``MisuseError`` where they contradict each other."""
    whole = Words()
    for words in all_words:
        whole = Words(
            keep=_once((*whole.keep, *words.keep)),
            kept_secrets=(*whole.kept_secrets, *words.kept_secrets),
            masked=(*whole.masked, *words.masked),
            patterns=(*whole.patterns, *words.patterns),
            rules=(*whole.rules, *words.rules),
        )
    _refuse_contradictions(whole)
    # what stands in a mask file too is as secret as everything in there
    hidden = {word.text.casefold() for word in whole.masked if word.is_hidden}
    masked = tuple(word for word in whole.masked if word.is_hidden or word.text.casefold() not in hidden)
    return replace(whole, masked=masked)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _refuse_contradictions(words: Words) -> None:
    options = {_alike(text): "--keep" for text in words.keep}
    options |= {_alike(secret.text): "--keep-secret" for secret in words.kept_secrets}
    for word in words.masked:
        if (option := options.get(_alike(word.text))) is not None:
            raise MisuseError(
                f"The text of {word.place} is also to be kept ({option}).", f"Leave out one of them: it or {option}."
            )
    for pattern in words.patterns:
        for text in words.kept:
            if pattern.safe.compiled.fullmatch(text.encode()):
                raise MisuseError(
                    f"The pattern in {pattern.place} finds a text that is also to be kept ({options[_alike(text)]}).",
                    "Leave out the one, or make the pattern narrower.",
                )


def _alike(text: str) -> str:
    return canonical(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace").casefold()


def refuse_masking_of(words: Words, needed: Mapping[str, str]) -> None:
    """Raise ``MisuseError`` where a text to be masked is, or is a real part of, something that has to stay readable.

    ``needed`` are values by what people call them. What the user also keeps, is decided.
    """
    for label, value in needed.items():
        if not value or value in words.kept:
            continue
        for word in words.masked:
            if stands_out(word.text, value):
                raise MisuseError(
                    f"The text of {word.place} is to be masked, and stands in {label}.",
                    f"Leave it out, or keep the whole value with --keep: {label} cannot be masked.",
                )


def stands_out(text: str, value: str) -> bool:
    """True when ``text`` stands in ``value`` other than by chance: by itself, or too long for chance."""
    folded, inner = value.casefold(), text.casefold()
    if inner not in folded:
        return False
    if len(inner) >= _BY_CHANCE:
        return True
    return re.search(rf"(?<![^\W_]){re.escape(inner)}(?![^\W_])", folded) is not None
