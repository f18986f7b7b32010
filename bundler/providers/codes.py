"""Looks error codes and HTTP statuses up in the provider's tables."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from bundler.providers.causes import ErrorCode, StatusRow
from bundler.providers.loading import PROVIDERS, load
from bundler.providers.profile import Profile
from bundler.providers.urls import related_families

ANY_CODE = "*"
"""The code of a row that holds for every code of its group which has no row of its own: eCom names fields there."""

_Key = tuple[str, str | None, str]


def find_code(profile: Profile, family: str | None, code: str | int, group: str | None = None) -> ErrorCode | None:
    """The row for ``code``: in the table of the family, then in the table of the whole provider.

    A row of the same group comes before the one for all codes of that group, and this before one without a group. When
    the family is not known, a code that stands in one table only is found there; one that means different things in
    different tables is not.
    """
    table = _table(profile)
    wanted = str(code).strip()
    keys = [(None, wanted)] if group is None else [(group, wanted), (group, ANY_CODE), (None, wanted)]
    for slug in (*related_families(profile, family), ""):
        for name, value in keys:
            if row := table.get((slug, name, value)):
                return row
    if family:
        return None
    anywhere = _rows_by_code(profile)
    rows = next((anywhere[key] for key in keys if key in anywhere), [])
    return rows[0] if len(rows) == 1 else None


def find_status(profile: Profile, family: str | None, status: int) -> StatusRow | None:
    """The first row for an HTTP status (0: no answer came) that holds for the family.

    Of a status that the provider says nothing of, it is the row that says what the status means everywhere.
    """
    related = related_families(profile, family)
    rows = [row for row in profile.statuses if row.status == status]
    rows = rows or [row for row in load(PROVIDERS[-1]).statuses if row.status == status]
    return next((row for row in rows if not row.families or any(slug in row.families for slug in related)), None)


def find_errors_page(profile: Profile, family: str | None) -> str | None:
    """The page where the provider lists the family's error codes: the one most of its rows link to; else for all."""
    related = related_families(profile, family)
    links = Counter(row.link for row in profile.codes if row.link and row.family in related)
    return max(links, key=lambda link: links[link]) if links else profile.links.get("errors")


@lru_cache(maxsize=8)
def _table(profile: Profile) -> dict[_Key, ErrorCode]:
    return {(row.family, row.group, row.code): row for row in profile.codes}


@lru_cache(maxsize=8)
def _rows_by_code(profile: Profile) -> dict[tuple[str | None, str], list[ErrorCode]]:
    rows: dict[tuple[str | None, str], list[ErrorCode]] = {}
    for row in profile.codes:
        rows.setdefault((row.group, row.code), []).append(row)
    return rows
