"""Finds what a code, a text, a behaviour or a test amount means in the tables of the providers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from bundler import providers
from bundler.commands.explanation import WHO, Explanation
from bundler.providers.causes import Behaviour, CodeBand, ErrorCode, MessageText, TestAmount
from bundler.providers.phrases import folded
from bundler.providers.profile import Profile

_SHOWN = 3
_NEAR = 20
"""So far may the number of a code be from another one to be worth naming."""
_NEAR_BAND = 1000
_SHORTEST_WORDS = 8
"""So many characters of a documented message tell which is meant; fewer stand in many."""


def profiles_of(slug: str) -> tuple[Profile, ...]:
    """The profile called ``slug``, or all of them for an empty one."""
    return tuple(providers.load(each) for each in ([slug] if slug else providers.known_providers()))


def list_provider(profile: Profile) -> list[Explanation]:
    """Everything of a provider that can be explained: its codes, texts, behaviours and test amounts."""
    return list(_everything(profile))


def explain_in(profiles: Iterable[Profile], code: str) -> list[Explanation]:
    """Every meaning that ``code`` has with these providers, compared without case."""
    wanted = code.casefold()
    return [found for profile in profiles for found in _everything(profile) if found.code.casefold() == wanted]


def explain_words(profiles: Iterable[Profile], words: str) -> list[Explanation]:
    """Every row about texts that a message of these words tells; some words of a documented message will do."""
    wanted = folded(words).strip()
    return [
        _text(profile, row)
        for profile in profiles
        for row in profile.texts
        if any(_tells(wanted, folded(part)) for part in row.contains)
        and not any(folded(part) in wanted for part in row.unless)
    ]


def _tells(words: str, part: str) -> bool:
    return part in words or (len(words) >= _SHORTEST_WORDS and words in part)


def hint_at(profiles: Sequence[Profile], code: str, others: Iterable[str] = ()) -> str:
    """What is known near a code that nobody knows: the documented band of its number, and codes that look like it."""
    said: list[str] = []
    if number := _number(code):
        said += _bands(profiles, number)
    if near := _near(profiles, code, others):
        *first, last = near
        said.append(f"Did you mean {', '.join(first)}{' or ' if first else ''}{last}?")
    return " ".join(said)


def _everything(profile: Profile) -> Iterator[Explanation]:
    yield from (_code(profile, row) for row in profile.codes)
    yield from (_text(profile, row) for row in profile.texts)
    yield from (_behaviour(profile, row) for row in profile.behaviours)
    yield from (_amount(profile, row) for row in profile.test_amounts)


def _code(profile: Profile, row: ErrorCode) -> Explanation:
    text = _told(row.cause, row.remedy, row.who, row.source)
    where = _where(profile, (row.family,), f"group {row.group}" if row.group else "")
    return Explanation(row.code, f"{row.title} ({where})", text, row.link, "code", profile.slug, row.family, row.group)


def _text(profile: Profile, row: MessageText) -> Explanation:
    seen = f"Told by an answer with {' or '.join(repr(part) for part in row.contains)}."
    text = _told(f"{row.cause}\n{seen}".strip(), row.remedy, row.who, row.source)
    where = _where(profile, row.families)
    return Explanation(
        row.name, f"{row.title} ({where})", text, row.link, "text", profile.slug, ", ".join(row.families)
    )


def _behaviour(profile: Profile, row: Behaviour) -> Explanation:
    text = _told(row.explanation, row.remedy, row.who, row.source)
    title = f"{row.title} (documented behaviour; {_where(profile, row.families)})"
    return Explanation(row.name, title, text, row.link, "behaviour", profile.slug, ", ".join(row.families))


def _amount(profile: Profile, row: TestAmount) -> Explanation:
    of = [*row.currencies, *(f"to {step}" for step in row.steps)]
    title = f"{row.title} (amount in the test environment; {_where(profile, (row.family,), ', '.join(of))})"
    source = f"Source: {row.source}" if row.source else ""
    return Explanation(str(row.value), title, source, "", "test amount", profile.slug, row.family)


def _told(cause: str, remedy: str, who: str, source: str) -> str:
    lines = [cause, f"What to do: {remedy}", f"Who should act: {WHO[who]}.", f"Source: {source}" if source else ""]
    return "\n".join(line for line in lines if line)


def _where(profile: Profile, families: Sequence[str], more: str = "") -> str:
    where = f"{profile.name}, {' and '.join(filter(None, families)) or 'all APIs'}"
    return f"{where}, {more}" if more else where


def _number(code: str) -> int | None:
    return int(code) if code.isascii() and code.isdecimal() and len(code) < 10 else None


def _bands(profiles: Sequence[Profile], number: int) -> list[str]:
    """The narrowest band of each family that holds the number, else the one nearest to it."""
    every = [(profile, band) for profile in profiles for band in profile.bands]
    holding: dict[tuple[str, str], tuple[Profile, CodeBand]] = {}
    for profile, band in sorted(every, key=lambda pair: pair[1].last - pair[1].first):
        if band.first <= number <= band.last:
            holding.setdefault((profile.slug, band.family), (profile, band))
    if holding:
        return [_band(*pair) for pair in list(holding.values())[:_SHOWN]]
    distances = [(max(band.first - number, number - band.last), profile, band) for profile, band in every]
    nearest = min(distances, key=lambda found: found[0], default=None)
    if nearest is None or nearest[0] > _NEAR_BAND:
        return []
    return [f"No documented band holds it; the nearest: {_band(*nearest[1:])}"]


def _band(profile: Profile, band: CodeBand) -> str:
    where = _where(profile, (band.family,), f"group {band.group}" if band.group else "")
    return f"Codes from {band.first} to {band.last} are about: {band.title} ({where})."


def _near(profiles: Sequence[Profile], code: str, others: Iterable[str]) -> list[str]:
    known = list(dict.fromkeys(found.code for profile in profiles for found in _everything(profile)))
    number = _number(code)
    if number is not None:
        by_distance = sorted((abs(each - number), each) for each in map(_number, known) if each is not None)
        return [str(each) for distance, each in by_distance[:_SHOWN] if distance <= _NEAR]
    folded = {each.casefold(): each for each in (*known, *others)}
    return [folded[each] for each in get_close_matches(code.casefold(), folded, n=_SHOWN, cutoff=0.7)]
