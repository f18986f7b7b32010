"""Searches finished files once more for everything that redaction took out, and for what it should have taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from bundler.providers.profile import Profile
from bundler.redact.masker import Masker
from bundler.redact.needles import Needles
from bundler.redact.rule import Hit
from bundler.redact.vault import PLACEHOLDER, Vault, canonical

_HINT = "Leave that source out, or mask it first with: ticket-bundler scrub."


class Leak(Struct, frozen=True):
    """Something secret in a finished file: in which, where, what kind, found by which rule; never the value."""

    member: str
    place: str
    kind: str
    rule: str
    hint: str


def find_leaks(
    members: Iterable[tuple[str, bytes]], *, vault: Vault | None, profile: Profile, protected: Iterable[str]
) -> tuple[Leak, ...]:
    """Every leak in ``members``: pairs of a name and the content, unpacked and decoded.

    A leak is a value of the ``vault`` (as it is, escaped, within Base64), or what only a secret looks like: tokens,
    private keys, keys of known issuers, card numbers with check digit and prefix. ``protected`` values may stay.
    Raises ``RuleFailure`` when a rule does: a file that could not be searched is not a clean one.
    """
    masker = Masker(profile, protected)
    needles, kinds = _needles(vault, masker)
    leaks: dict[tuple[str, str, str], Leak] = {}
    for name, data in members:
        for where, text in ((name, data), (f"the name {name}", name.encode("utf-8", "surrogatepass"))):
            for offset, kind, rule in _found(text, masker, needles, kinds):
                place = f"line {text.count(10, 0, offset) + 1}"
                leaks.setdefault((where, place, rule), Leak(where, place, kind, rule, _HINT))
    return tuple(leaks.values())


def _needles(vault: Vault | None, masker: Masker) -> tuple[Needles, dict[bytes, str]]:
    needles, kinds = Needles(), {}
    for entry in vault.entries if vault is not None else ():
        written = entry.value.encode()
        value = canonical(written)
        is_lone_word = entry.kind in ("name", "address") and " " not in entry.value  # our own sentences may hold it
        if entry.everywhere and not is_lone_word and not masker.is_identifier(value):
            needles.add(value, written, entry.kind)
            kinds[value] = entry.kind
    return needles, kinds


def _found(text: bytes, masker: Masker, needles: Needles, kinds: dict[bytes, str]) -> Iterator[tuple[int, str, str]]:
    inert = [found.span() for found in PLACEHOLDER.finditer(text)]
    for hit in masker.search.certain_hits(text):
        if not masker.is_identifier(hit.value) and not _touches(hit, inert):
            yield hit.start, hit.rule.kind, hit.rule.name
    for place in needles.find(text):
        written = text[place.start : place.end]
        is_kept = kinds[place.value] == "phone" and masker.search.is_kept(text, place.start, written)
        if not masker.is_identifier(written) and not is_kept:
            yield place.start, kinds[place.value], "value"


def _touches(hit: Hit, spans: list[tuple[int, int]]) -> bool:
    return any(start < hit.end and hit.start < end for start, end in spans)
