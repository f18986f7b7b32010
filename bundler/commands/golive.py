"""``check --go-live``: what recorded calls say of the provider's conditions to go live."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from bundler.amounts import plural
from bundler.commands.console import Console, result
from bundler.commands.options import make_case, require_something
from bundler.errors import ExitCode

if TYPE_CHECKING:
    from bundler.assemble.golive import GoLive
    from bundler.checks.golive import GoLiveItem, State

ONE_CASE = frozenset(
    (
        "log_commands",
        "log_sources",
        "event",
        "summary",
        "notes",
        "merchant_id",
        "payment_id",
        "trace_id",
        "ids",
        "at",
        "zone",
        "window",
        "entry",
        "kind",
        "boxes",
    )
)
"""Options of ``check`` that are about one failure, and say nothing of all calls."""

_MARKS: dict[str, tuple[str, dict[str, Any]]] = {
    "pass": ("✓", {"fg": "green"}),
    "fail": ("✗", {"fg": "red"}),
    "unseen": ("?", {}),
}
_STATES: dict[State, str] = {"pass": "passed", "fail": "failed", "unseen": "cannot be seen from here"}
_ORIGINS_SHOWN = 2


def check_recordings(typed: Mapping[str, Any], *, as_json: bool, quiet: bool) -> ExitCode:
    """Judge the recordings and print each condition; ``BLOCKED`` when one is broken."""
    from bundler.assemble.golive import check_going_live
    from bundler.commands.settings import load_settings

    settings = load_settings()
    case = make_case(typed)
    require_something(case, settings, "check --go-live")
    with Console(quiet=quiet) as console:
        seen = check_going_live(case, settings, console)
    code = ExitCode.BLOCKED if any(item.state == "fail" for item in seen.items) else ExitCode.FINE
    if as_json:
        result(json.dumps(_document(seen, code), ensure_ascii=False, indent=2))
        return code
    for text, style in _tell(seen):
        result(click.style(text, **style) if style else text)
    return code


def _document(seen: GoLive, code: ExitCode) -> dict[str, Any]:
    from msgspec import to_builtins

    return {
        "go_live": to_builtins(seen.items),
        "provider": seen.profile.slug,
        "calls": {"read": seen.read_count, "looked_at": seen.seen_count},
        "notes": list(seen.notes),
        "exit": int(code),
    }


def _tell(seen: GoLive) -> Iterator[tuple[str, dict[str, Any]]]:
    counts = Counter(item.state for item in seen.items)
    told = ", ".join(f"{counts[state]} {words}" for state, words in _STATES.items() if counts[state])
    yield f"Going live with {seen.profile.name}: {told}", {"bold": True}
    yield (
        f"With the provider, or telling of it: {seen.seen_count:,} of {plural(seen.read_count, 'call')}",
        {"dim": True},
    )
    for note in seen.notes:
        yield note, {"fg": "yellow"}
    for item in sorted(seen.items, key=lambda item: item.state != "fail"):
        yield from _item(item)


def _item(item: GoLiveItem) -> Iterator[tuple[str, dict[str, Any]]]:
    mark, style = _MARKS[item.state]
    yield "", {}
    yield f"{mark} {item.title}: {_STATES[item.state]}", {**style, "bold": item.state == "fail"}
    yield f"  {item.reason}", {}
    if item.origins:
        more = len(item.origins) - _ORIGINS_SHOWN
        shown = "; ".join(str(origin) for origin in item.origins[:_ORIGINS_SHOWN])
        yield f"  {shown}{f'; and {more} more' if more > 0 else ''}", {"dim": True}
    if item.link and item.state != "pass":
        yield f"  {item.link}", {"dim": True}
