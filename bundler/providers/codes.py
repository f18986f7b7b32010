"""Looks error codes and HTTP statuses up in the provider's tables."""

from __future__ import annotations

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
    found = ([row for row in profile.codes if (row.group, row.code) == key] for key in keys)
    rows = next(filter(None, found), [])
    return rows[0] if len(rows) == 1 else None


def find_status(profile: Profile, family: str | None, status: int, text: str = "") -> StatusRow | None:
    """The row for an HTTP status (0: no answer came); ``text`` is the body or the error, for rows that look at it.

    Of a status that the provider says nothing of, it is the row that says what the status means everywhere.
    """
    folded = text.casefold()
    related = related_families(profile, family)
    plain: StatusRow | None = None
    rows = profile.statuses
    if not any(row.status == status for row in rows):
        rows = load(PROVIDERS[-1]).statuses
    for row in rows:
        if row.status != status or (row.families and not any(slug in row.families for slug in related)):
            continue
        if any(part.casefold() in folded for part in row.contains):
            return row
        if not row.contains:
            plain = plain or row
    return plain


@lru_cache(maxsize=8)
def _table(profile: Profile) -> dict[_Key, ErrorCode]:
    return {(row.family, row.group, row.code): row for row in profile.codes}
