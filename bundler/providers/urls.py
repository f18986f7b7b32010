"""Recognises the provider, the environment, the API and the call by the URL."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from bundler.providers.loading import PROVIDERS, hosts_of, known_providers, load
from bundler.providers.profile import Family, Host, Operation, Profile

_COMMON_START = re.compile(r"v\d+|api", re.IGNORECASE)
"""How paths of anybody's service begin; such a prefix says nothing on a host that is not the provider's."""


_TOKENS = "access-token"
_DEEPEST_START = 32
"""After how many segments no path of an API is expected to begin."""


class MatchedOperation(Struct, frozen=True):
    """The call that a URL makes, and what stood in the places of its path template."""

    operation: Operation
    params: dict[str, str]


def recognise(urls: Iterable[str]) -> Profile:
    """The profile whose hosts most of the URLs name; the generic one when no profile knows any of them.

    Of two that name as many, the user's own is the one. Only the profile that is found is read as a whole.
    """
    hosts = {slug: hosts_of(slug) for slug in known_providers() if slug != PROVIDERS[-1]}
    claims: dict[str, list[tuple[str, Host]]] = {}
    hits: Counter[str] = Counter()
    for url in urls:
        host, segments = _split(url)
        if host not in claims:
            claims[host] = [(slug, row) for slug, rows in hosts.items() for row in rows if _is_host(row, host)]
        hits.update({slug for slug, row in claims[host] if _begins(segments, _segments(row.path))})
    return load(max(hosts, key=lambda slug: hits[slug]) if hits else PROVIDERS[-1])


def find_host(profile: Profile, url: str) -> Host | None:
    """The row for the URL's host; where several fit, the one with the longest path and host."""
    return _row_of(profile.hosts, url)


def find_any_host(url: str) -> Host | None:
    """The row for the URL's host in whichever profile has one, the user's own first; reads no more than the hosts."""
    return next((row for slug in known_providers() if (row := _row_of(hosts_of(slug), url)) is not None), None)


def host_of(url: str) -> str:
    """The host that the URL names, in small letters; empty for what names none or is no URL."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def find_family(profile: Profile, url: str) -> Family | None:
    """The API that the URL belongs to, by the longest path prefix.

    On a host that is not the provider's (a proxy, a stand-in), a prefix may begin anywhere in the path, and only those
    count that nobody else uses: ``/epayment``, but not ``/v1/payments``.
    """
    row = find_host(profile, url)
    if row is not None and row.family:
        return next((family for family in profile.families if family.slug == row.family), None)
    host, segments = _split(url)
    lowered = [segment.lower() for segment in segments[:_DEEPEST_START]]
    starts = _prefixes(profile)
    places = [0] if row is not None or _is_local(host) else []
    places += [count for count, step in enumerate(lowered) if row is None and not _COMMON_START.fullmatch(step)]
    for place in places:
        for prefix, family in starts.get(lowered[place], ()) if lowered else ():
            if tuple(lowered[place : place + len(prefix)]) == prefix:
                return family
    return None


def find_operation(profile: Profile, method: str, url: str) -> MatchedOperation | None:
    """The operation whose method and path template fit the end of the URL's path; the most specific wins.

    An empty ``method`` fits every operation. On a host that is neither the provider's nor this machine's, only
    operations of an API that the path itself names can be found.
    """
    family = find_family(profile, url)
    host, segments = _split(url)
    if family is None and not _is_local(host):
        return None
    slugs = related_families(profile, family.slug) if family else ()
    best: tuple[tuple[int, int], Operation, tuple[str, ...]] | None = None
    for template, operation in _templates(profile):
        if (slugs and operation.family not in slugs) or (method and operation.method != method.upper()):
            continue
        rank = (sum(not step.startswith("{") for step in template), len(template))
        if (best is None or rank > best[0]) and _fits(template, segments):
            best = rank, operation, template
    if best is None:
        return None
    _, operation, template = best
    tail = segments[-len(template) :]
    params = {step[1:-1]: unquote(value) for step, value in zip(template, tail, strict=True) if step.startswith("{")}
    return MatchedOperation(operation, params)


def path_starts(profile: Profile) -> tuple[str, ...]:
    """One of these steps, in any case, stands in every path in which an API is found on a host that is nobody's."""
    return tuple(step for step in _prefixes(profile) if not _COMMON_START.fullmatch(step))


def find_stranger(profile: Profile, url: str) -> str | None:
    """The host of the URL where it is somebody else's: neither the provider's nor this machine's, and no API named."""
    host, _ = _split(url)
    if not profile.hosts or _is_local(host) or find_host(profile, url) is not None:
        return None
    return None if find_family(profile, url) is not None else host


def is_token_call(profile: Profile, url: str) -> bool:
    """Whether the URL is the one of the API that hands out access tokens, the family called ``access-token``."""
    family = find_family(profile, url)
    return family is not None and family.slug == _TOKENS


def related_families(profile: Profile, slug: str | None) -> tuple[str, ...]:
    """``slug`` and the family it is like; empty when there is none."""
    if not slug:
        return ()
    like = next((family.like for family in profile.families if family.slug == slug), "")
    return (slug, like) if like else (slug,)


def _row_of(rows: Sequence[Host], url: str) -> Host | None:
    host, segments = _split(url)
    fitting = [row for row in rows if _is_host(row, host) and _begins(segments, _segments(row.path))]
    return max(fitting, key=lambda row: (len(row.path), len(row.host)), default=None)


def _split(url: str) -> tuple[str, list[str]]:
    """Host in lower case (empty where the URL has none) and path segments; what is no URL has neither."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "invalid.", []
    return host.rstrip("."), _segments(parts.path)


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _is_host(row: Host, host: str) -> bool:
    return host.endswith(row.host) if row.host.startswith(".") else host == row.host


def _is_local(host: str) -> bool:
    return host in {"", "localhost", "::1", "0.0.0.0"} or host.startswith("127.") or host.endswith(".localhost")  # noqa: S104


def _begins(segments: Sequence[str], prefix: Sequence[str]) -> bool:
    return [segment.lower() for segment in segments[: len(prefix)]] == [segment.lower() for segment in prefix]


def _fits(template: tuple[str, ...], segments: list[str]) -> bool:
    if len(segments) < len(template):
        return False
    tail = segments[-len(template) :]
    return all(step.startswith("{") or step == segment.lower() for step, segment in zip(template, tail, strict=True))


@lru_cache(maxsize=8)
def _prefixes(profile: Profile) -> dict[str, list[tuple[tuple[str, ...], Family]]]:
    """Path prefixes in lower case, by their first segment, the longest first."""
    table: dict[str, list[tuple[tuple[str, ...], Family]]] = {}
    for family in profile.families:
        for path in family.paths:
            prefix = tuple(_segments(path.lower()))
            table.setdefault(prefix[0], []).append((prefix, family))
    for rows in table.values():
        rows.sort(key=lambda row: -len(row[0]))
    return table


@lru_cache(maxsize=8)
def _templates(profile: Profile) -> tuple[tuple[tuple[str, ...], Operation], ...]:
    """Literal steps in lower case, because a call with wrong capitals is still that call."""
    return tuple(
        (tuple(step if step.startswith("{") else step.lower() for step in _segments(row.path)), row)
        for row in profile.operations
        if row.direction == "outgoing"
    )
