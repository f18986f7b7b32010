"""Reviews a profile as a whole: what no single row can get wrong, and what types cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain, islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from msgspec import Struct

from bundler.errors import MisuseError, UnreadableInput
from bundler.moments.zones import find_zone
from bundler.providers.causes import CodeBand
from bundler.providers.clashes import clashes
from bundler.providers.loading import PROVIDERS, profile_of
from bundler.providers.profile import Family, Host, Operation, Profile
from bundler.providers.proofs import Complaint, prove
from bundler.providers.reading import MOST_PROBLEMS, PlacedRow, Reading, TomlFile
from bundler.providers.refusals import nearest

MOST_SHAPES = 100
"""So many forms of error bodies may a profile know: every body is held against each of them."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_HOST = re.compile(r"\.?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LINKS = ("link", "docs", "page", "contact_page", "status_page")
_LONGEST_QUOTE = 60
_NAMES_COMPARED = 500


class _Known(NamedTuple):
    """The names that rows may name: each family with the one it is like, operations by family (all of them under ""),
    and identifiers in small letters."""

    likes: Mapping[str, str]
    operations: Mapping[str, frozenset[str]]
    identifiers: frozenset[str]


def _known_names(profile: Profile) -> _Known:
    operations: dict[str, set[str]] = {"": set()}
    for family in profile.families:
        operations[family.slug] = set()
    for operation in profile.operations:
        operations[""].add(operation.name)
        operations.setdefault(operation.family, set()).add(operation.name)
    identifiers = (name.lower() for row in profile.identifiers for name in (row.name, *row.keys))
    return _Known(
        {family.slug: family.like for family in profile.families},
        {family: frozenset(names) for family, names in operations.items()},
        frozenset(identifiers),
    )


def review(reading: Reading, *, is_own: bool) -> tuple[UnreadableInput, ...]:
    """What is wrong with a profile, each with file, line and the fix; ``is_own`` for one of the user's own.

    ``MOST_PROBLEMS`` at most. Where rows could not be read, these are all that is told: what else is wrong may follow
    from them.
    """
    if reading.problems or reading.profile is None or reading.head is None:
        return reading.problems[:MOST_PROBLEMS]
    if len(reading.profile.shapes) > MOST_SHAPES:  # each sample would be held against each of them
        said = f"{reading.head.name}: there are {len(reading.profile.shapes):,} shapes, and {MOST_SHAPES} are the most."
        return (UnreadableInput(said, "Let one row stand for all bodies that are alike."),)
    problems = chain(
        _review_head(reading.profile, reading.head, is_own=is_own),
        _review_clashes(reading.rows),
        _review_rows(reading.profile, reading.rows),
    )
    return tuple(islice(problems, MOST_PROBLEMS))


def _review_clashes(rows: Iterable[PlacedRow]) -> Iterator[UnreadableInput]:
    for placed, holder, words in clashes(rows):
        there = f"line {holder.line}" if holder.file is placed.file else f"{holder.file.name}, line {holder.line}"
        yield UnreadableInput(
            f"{placed.place}: {words} stands in {there} already.", "Keep one of the two, or tell them apart."
        )


def _review_rows(profile: Profile, rows: Iterable[PlacedRow]) -> Iterator[UnreadableInput]:
    known = _known_names(profile)
    for placed in rows:
        for what, hint in _review_row(profile, known, placed):
            yield UnreadableInput(f"{placed.place}: {what}.", hint)


def is_slug(text: str) -> bool:
    """Whether ``text`` may be the short name of a provider, which is also that of its folder."""
    return _SLUG.fullmatch(text) is not None


def reviewed(reading: Reading) -> Profile:
    """The user's own profile that was read; raises ``UnreadableInput`` for the first thing that is wrong with it."""
    for problem in review(reading, is_own=True):
        raise problem
    return profile_of(reading)


def _review_head(profile: Profile, head: TomlFile, *, is_own: bool) -> Iterator[UnreadableInput]:
    for key, what, hint in _complaints_of_head(profile, head.name.partition("/")[0], is_own=is_own):
        yield UnreadableInput(f"{head.place_of_key(key)}: {what}.", hint)


def _complaints_of_head(profile: Profile, folder: str, *, is_own: bool) -> Iterator[tuple[str, str, str]]:
    if not is_slug(profile.slug):
        yield (
            "slug",
            f"{profile.slug[:_LONGEST_QUOTE]!r} is no slug",
            "Take up to 40 small letters, digits and hyphens: acme-pay.",
        )
    elif profile.slug != folder:
        hint = f'Rename the folder, or write slug = "{folder}".' if is_slug(folder) else "Rename the folder."
        yield "slug", f"the slug {profile.slug} is not the name of the folder {folder[:_LONGEST_QUOTE]!r}", hint
    elif is_own and profile.slug in PROVIDERS and not profile.replaces:
        yield (
            "slug",
            f"{profile.slug} is the name of a shipped profile",
            "Take another name, or write replaces = true to use yours in its place.",
        )
    if not profile.name.strip():
        yield "name", "the provider has no name", 'Say how people call it: name = "Acme Pay".'
    if not _is_date(profile.valid_from):
        yield "valid_from", *_no_date(profile.valid_from)
    if profile.time_zone:
        try:
            find_zone(profile.time_zone)
        except MisuseError as error:
            yield "time_zone", error.message.rstrip("."), error.hint
    for name, link in profile.links.items():
        if not _is_link(link):
            yield f"links.{name}", *_no_link(link)
    for what, hint in _review_links(profile.support):
        yield "support", what, hint


def _review_row(profile: Profile, known: _Known, placed: PlacedRow) -> Iterator[Complaint]:
    row: Any = placed.row
    yield from _review_links(row)
    valid_from = getattr(row, "valid_from", "")
    if valid_from and not _is_date(valid_from):
        yield _no_date(valid_from)
    confidence = getattr(row, "confidence", 0.5)
    if not 0 <= confidence <= 1:
        yield f"the confidence {confidence:g} is not between 0 and 1", "Write confidence = 0.9 for nine times in ten."
    yield from _review_names(known, row)
    if isinstance(row, CodeBand) and row.first > row.last:
        yield f"the band from {row.first} to {row.last} holds no code", "Write the smaller number as first."
    if isinstance(row, Host):
        yield from _review_host(row)
    if isinstance(row, Family):
        yield from _review_paths(row.paths)
    if isinstance(row, Operation):
        yield from _review_operation(known, row)
    yield from prove(profile, placed.table, row)


def _review_links(row: Struct) -> Iterator[Complaint]:
    for field in _LINKS:
        link = getattr(row, field, "")
        if link and not _is_link(link):
            yield _no_link(link)


def _review_names(known: _Known, row: Any) -> Iterator[Complaint]:
    """Families and operations that a row names have to be there."""
    named = [family for family in (getattr(row, "family", ""), *getattr(row, "families", ())) if family]
    for family in (*named, getattr(row, "like", "")):
        if family and family not in known.likes:
            quoted = family[:_LONGEST_QUOTE]
            yield f"there is no family {quoted!r}", _hint_at(family, known.likes, f'[[families]], slug = "{quoted}"')
            return
    wanted = set(getattr(row, "operations", ()))
    for family in (named or [""]) if wanted else []:
        own = known.operations.get(family, frozenset())
        shared = known.operations.get(known.likes.get(family) or family, frozenset())
        of_family = f" in the family {family}" if family else ""
        for name in sorted(each for each in wanted if each not in own and each not in shared):
            hint = _hint_at(name, sorted(own | shared), f'[[operations]], name = "{name[:_LONGEST_QUOTE]}"')
            yield f"there is no operation {name[:_LONGEST_QUOTE]!r}{of_family}", hint


def _hint_at(name: str, known: Iterable[str], row: str) -> str:
    names = list(islice(known, _NAMES_COMPARED))
    return nearest(name, names) if names else f"Add it: {row}."


def _review_host(row: Host) -> Iterator[Complaint]:
    if not _HOST.fullmatch(row.host):
        yield (
            f"{row.host[:_LONGEST_QUOTE]!r} is no name of a host",
            "Write it in small letters without https:// and port; a path goes into path.",
        )
    elif row.host.startswith(".") and row.host.count(".") < 2:
        yield f"{row.host} would be the host of half the internet", "Name the provider's own domain: .acme.example."
    if row.path and not row.path.startswith("/"):
        yield (
            f"the path {row.path[:_LONGEST_QUOTE]} does not begin with /",
            f'Write path = "/{row.path[:_LONGEST_QUOTE]}".',
        )


def _review_paths(paths: tuple[str, ...]) -> Iterator[Complaint]:
    for path in paths:
        if not path.startswith("/") or not path.strip("/"):
            yield f"the path {path[:_LONGEST_QUOTE]!r} is not like /payments", "Begin it with /, and name a first step."


def _review_operation(known: _Known, row: Operation) -> Iterator[Complaint]:
    yield from _review_paths((row.path,))
    if not re.fullmatch("[A-Z]+", row.method):
        yield f"{row.method[:_LONGEST_QUOTE]!r} is no method", 'Write it in capitals: method = "POST".'
    if row.creates and row.creates.lower() not in known.identifiers:
        yield f"there is no identifier {row.creates[:_LONGEST_QUOTE]!r}", "Add it to the identifiers."


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _no_date(text: str) -> Complaint:
    return f"valid_from {text[:_LONGEST_QUOTE]!r} is no date", 'Write the day of the table: valid_from = "2026-11-23".'


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and text.isprintable() and not set(text) & set(" <>\"'`\\")


def _no_link(text: str) -> Complaint:
    return f"{text[:_LONGEST_QUOTE]!r} is no link", "Write the whole address of the page; it begins with https://."
