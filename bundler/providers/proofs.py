"""Runs the samples of rows, which have to be what the row describes, and the misses, which must not be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from msgspec.structs import replace

from bundler.patterns import read_pattern
from bundler.patterns.parts import PatternProblem
from bundler.providers.causes import Behaviour, MessageText
from bundler.providers.demands import FieldRule, HeaderDemand
from bundler.providers.desks import Desk
from bundler.providers.error_bodies import follow, read_error
from bundler.providers.json_body import decode_json
from bundler.providers.phrases import find_texts, mentions
from bundler.providers.profile import ErrorShape, Identifier, Payload, Profile

Complaint = tuple[str, str]
"""What is wrong with a row, without a full stop, and what to do about it."""

_MEND = "Mend the row or the sample."


def prove(profile: Profile, table: str, row: Any) -> Iterator[Complaint]:
    """What the samples and the misses of a row say against it."""
    return PROOFS[table](profile, row) if table in PROOFS else iter(())


def _pattern(pattern: str) -> Iterator[Complaint]:
    """Whether it takes a time that grows with the text and no faster; the user's own patterns are tried on anything."""
    if pattern:
        try:
            read_pattern(pattern)
        except PatternProblem as problem:
            yield f"the pattern {problem.why}", problem.hint


def _samples(
    samples: Sequence[str], misses: Sequence[str], fits: Callable[[str], bool], what: str, *, needed: bool = True
) -> Iterator[Complaint]:
    if needed and not samples:
        yield "there is no sample", 'Give one: samples = ["…"].'
    for number, sample in enumerate(samples, 1):
        if not fits(sample):
            yield f"sample {number} {what[0].lower()}{what[1:]}", _MEND
    for number, miss in enumerate(misses, 1):
        if fits(miss):
            yield f"miss {number} fits, and should not", "Mend the row or the miss."


def _identifier(_profile: Profile, row: Identifier) -> Iterator[Complaint]:
    if bad := list(_pattern(row.pattern)):
        yield from bad
        return
    yield from _samples(
        row.samples,
        row.misses,
        lambda text: re.fullmatch(row.pattern, text) is not None,
        "is not matched by the pattern as a whole",
    )


def _header(_profile: Profile, row: HeaderDemand) -> Iterator[Complaint]:
    if bad := list(_pattern(row.pattern)):
        yield from bad
        return

    def fits(value: str) -> bool:
        matches = not row.pattern or re.fullmatch(row.pattern, value) is not None
        return matches and (row.longest is None or len(value) <= row.longest)

    yield from _samples(row.samples, row.misses, fits, "breaks the rule", needed=bool(row.pattern))


def _field(_profile: Profile, row: FieldRule) -> Iterator[Complaint]:
    """Bodies are only read here: whether they keep the rule, the checks have to say."""
    yield from _pattern(row.pattern)
    for name, bodies in (("sample", row.samples), ("miss", row.misses)):
        for number, body in enumerate(bodies, 1):
            if not _is_json(body):
                yield f"{name} {number} is no JSON", "Write the body as it is sent, in single quotes."


def _shape(profile: Profile, row: ErrorShape) -> Iterator[Complaint]:
    if not row.needs:
        yield "it needs nothing, so that every body would be read by it", 'Name what is always there: needs = ["code"].'
        return
    if not row.samples:
        yield "there is no sample", "Give one: samples = ['{\"code\": …}']."
    for number, sample in enumerate(row.samples, 1):
        if not _is_json(sample):
            yield f"sample {number} is no JSON", "Write the body as it is sent, in single quotes."
            continue
        for family in row.families or (None,):
            reading = read_error(profile, family, sample.encode())
            if reading is None:
                yield f"sample {number} does not have what the row needs", "Mend needs, or the sample."
                break
            if reading.shape != row.name:
                yield (
                    f"sample {number} is read as {reading.shape!r}",
                    "Add to needs a field that only this form has, or mend the sample.",
                )
                break
            if not (reading.code or reading.title or reading.detail or reading.reasons):
                yield f"nothing is found in sample {number}", "Mend the paths: code, title, detail or reasons."
                break


def _payload(_profile: Profile, row: Payload) -> Iterator[Complaint]:
    if not row.needs:
        yield "it needs nothing, so that every body would be one", 'Name what is always there: needs = ["name"].'
        return
    yield from _samples(
        row.samples,
        (),
        lambda body: _holds(decode_json(body.encode()), row.needs),
        "does not have what the row needs",
        needed=False,
    )


def _holds(value: Any, paths: Sequence[str]) -> bool:
    return all(any(item is not None for item in follow(value, path)) for path in paths)


def _text(profile: Profile, row: MessageText) -> Iterator[Complaint]:
    if any(not part.strip() for part in (*row.contains, *row.unless)):
        yield "an empty text stands in every answer", "Take it out of contains and unless."
        return

    alone = replace(profile, texts=(row,))  # only this row is asked for: with all of them it would be the square

    def fits(text: str) -> list[bool]:
        cases = product(row.families or (None,), row.statuses or (None,))
        return [any(True for _ in find_texts(alone, family, status, text)) for family, status in cases]

    yield from _samples(row.samples, (), lambda text: all(fits(text)), "does not hold one of the texts")
    yield from _samples((), row.misses, lambda text: any(fits(text)), "", needed=False)


def _mentions(_profile: Profile, row: Behaviour | Desk) -> Iterator[Complaint]:
    if any(not word.strip() for group in row.mentions for word in group):
        yield "an empty word stands in every sentence", "Take it out of mentions."
        return
    needed = isinstance(row, Behaviour) or bool(row.mentions)
    yield from _samples(
        row.samples,
        row.misses,
        lambda text: mentions(row.mentions, text),
        "does not hold a word of each group of mentions",
        needed=needed,
    )


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


PROOFS: Mapping[str, Callable[[Profile, Any], Iterator[Complaint]]] = {
    "identifiers": _identifier,
    "shapes": _shape,
    "texts": _text,
    "behaviours": _mentions,
    "fields": _field,
    "header_demands": _header,
    "payloads": _payload,
    "desks": _mentions,
}
"""By table; the rows of other tables bring no samples."""
