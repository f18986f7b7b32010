"""Says in words what each rule masks, from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bundler.redact.rule import Rule
from bundler.redact.rules import RULES

_DETAILS = {"jwt": ":alg=RS256,exp=2026-11-23T14:00:00Z", "card": ":last4=4242"}


_SHOWN = 8


class Row(NamedTuple):
    """One row of the table of what is masked."""

    kind: str
    what: str
    placeholder: str


def explain_rule(name: str, own: Iterable[Rule] = ()) -> str | None:
    """What the rule of that name masks, how it knows, and where the rule comes from; None for a name nobody has.

    ``own`` are the rules of the user's own.
    """
    rule = next((rule for rule in (*RULES, *own) if rule.name == name.lower()), None)
    if rule is None:
        return None
    lines = [f"Masks {rule.what}.", f"Stands for it: [{rule.kind}-1{_DETAILS.get(rule.kind, '')}]."]
    lines += _how(rule)
    if rule.misses:
        lines.append("Left as they are, for instance: " + "; ".join(rule.misses) + ".")
    lines.append(f"Source: {rule.source}.")
    return "\n".join(lines)


def _how(rule: Rule) -> list[str]:
    told: list[str] = []
    if rule.anchors:
        told.append("Found by its shape" + (", and checked." if rule.proof is not None else "."))
    if rule.view == "decoded":
        told.append("Found by what the other rules find in what it encodes.")
    if rule.keys or rule.endings:
        names = [*rule.keys, *(f"…{ending}" for ending in rule.endings)]
        where = " in a query or a form" if rule.in_query else ""
        where += f" inside {', '.join(rule.inside)}" if rule.inside else ""
        told.append(f"Found by the name of its field, without case, '-' and '_': {', '.join(names)}{where}.")
    if rule.beats_identifiers:
        told.append("Masked even where an identifier of the ticket reads the same.")
    if not rule.everywhere:
        told.append("Masked where it was found; too short or too common to be searched for elsewhere.")
    return told


def table_rows() -> tuple[Row, ...]:
    """The table of what is masked, one row a kind, in the order of the rules; of many rules the first are told."""
    rows: dict[str, list[str]] = {}
    for rule in RULES:
        rows.setdefault(rule.kind, []).append(rule.what)
    return tuple(Row(kind, _some(what), f"[{kind}-1{_DETAILS.get(kind, '')}]") for kind, what in rows.items())


def _some(what: list[str]) -> str:
    more = len(what) - _SHOWN
    return "; ".join(what) if more < 2 else "; ".join(what[:_SHOWN]) + f"; and {more} more"
