"""Finds rows of a profile that say something of the same thing: only one of them could ever be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from bundler.providers.causes import ErrorCode, StatusRow, TestAmount
from bundler.providers.demands import Deadline, FieldRule, HeaderDemand, RateLimit
from bundler.providers.profile import Event, Family, Host, Identifier, Operation, Payload
from bundler.providers.reading import PlacedRow

_ALL = ("",)


class Claim(NamedTuple):
    """What a row says something of, in words and as what no other row of its table may claim."""

    words: str
    key: object


def clashes(rows: Iterable[PlacedRow]) -> Iterator[tuple[PlacedRow, PlacedRow, str]]:
    """Every row that claims what an earlier one of its table claims: the row, the earlier one, and what, in words."""
    holders: dict[tuple[str, object], PlacedRow] = {}
    for placed in rows:
        claims = CLAIMS.get(placed.table, _nothing)
        for claim in dict.fromkeys(claims(placed.row)):
            holder = holders.setdefault((placed.table, claim.key), placed)
            if holder is not placed:
                yield placed, holder, claim.words
                break


def _nothing(_row: Any) -> Iterator[Claim]:
    return iter(())


def _of(family: str) -> str:
    return f" of the family {family}" if family else ""


def _named(row: Any) -> Iterator[Claim]:
    yield Claim(f"the name {row.name!r}", row.name)


def _host(row: Host) -> Iterator[Claim]:
    yield Claim(f"the host {row.host}{row.path}", (row.host, row.path.strip("/").lower()))


def _family(row: Family) -> Iterator[Claim]:
    yield Claim(f"the family {row.slug}", row.slug)
    for path in row.paths:
        yield Claim(f"the path {path}", ("path", path.strip("/").lower()))


def _operation(row: Operation) -> Iterator[Claim]:
    yield Claim(f"the call {row.method} {row.path}{_of(row.family)}", (row.family, row.method, row.path.lower()))


def _identifier(row: Identifier) -> Iterator[Claim]:
    for family in row.families or _ALL:
        yield Claim(f"the identifier {row.name}{_of(family)}", (row.name, family))


def _names(row: Any) -> Iterator[Claim]:
    for name in row.names:
        yield Claim(f"the name {name}", name.lower())


def _code(row: ErrorCode) -> Iterator[Claim]:
    group = f" in the group {row.group}" if row.group is not None else ""
    yield Claim(f"the code {row.code}{_of(row.family)}{group}", (row.family, row.group, row.code))


def _status(row: StatusRow) -> Iterator[Claim]:
    yield Claim(f"the status {row.status}", (row.status, row.families))


def _field(row: FieldRule) -> Iterator[Claim]:
    for operation in row.operations or _ALL:
        yield Claim(f"the field {row.field}{_of(row.family)}", (row.family, row.field, row.when, operation))


def _header_demand(row: HeaderDemand) -> Iterator[Claim]:
    for case in product(row.families or _ALL, row.methods or _ALL, row.operations or _ALL):
        yield Claim(f"the header {row.name}{_of(case[0])}", (row.name.lower(), case))


def _limit(row: RateLimit) -> Iterator[Claim]:
    for operation in row.operations:
        yield Claim(f"the limit of {operation}{_of(row.family)}", (row.family, operation))


def _amount(row: TestAmount) -> Iterator[Claim]:
    for case in product(row.steps or _ALL, row.currencies or _ALL):
        yield Claim(f"the amount {row.value}{_of(row.family)}", (row.family, row.value, case))


def _deadline(row: Deadline) -> Iterator[Claim]:
    yield Claim(f"the time {row.name}{_of(row.family)}", (row.family, row.name, row.environment, row.market))


def _event(row: Event) -> Iterator[Claim]:
    yield Claim(f"the {row.kind} {row.name}{_of(row.family)}", (row.family, row.kind, row.name))


def _payload(row: Payload) -> Iterator[Claim]:
    yield Claim(f"the name {row.name!r}{_of(row.family)}", (row.family, row.name))


CLAIMS: Mapping[str, Callable[[Any], Iterator[Claim]]] = {
    "hosts": _host,
    "families": _family,
    "operations": _operation,
    "identifiers": _identifier,
    "headers": _names,
    "keys": _names,
    "shapes": _named,
    "codes": _code,
    "statuses": _status,
    "texts": _named,
    "behaviours": _named,
    "test_amounts": _amount,
    "fields": _field,
    "header_demands": _header_demand,
    "limits": _limit,
    "deadlines": _deadline,
    "events": _event,
    "payloads": _payload,
    "mandatory": _named,
    "desks": _named,
}
"""By table; a table that is not here may say several things of the same."""
