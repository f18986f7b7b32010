"""The privacy summary of a bundle for whoever answers for data protection, and all of a preview for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bundler.commands.console import result
from bundler.errors import ExitCode

if TYPE_CHECKING:
    from bundler.assemble.previewing import Preview

_PURPOSE = "finding out why one payment failed, at the provider's developer support"


def exit_code(seen: Preview) -> ExitCode:
    """As ``verify`` ends: 4 for a leak, 3 for what is damaged or could not be searched whole."""
    if seen.verdict.leaks:
        return ExitCode.LEAK
    return ExitCode.FINE if seen.is_intact and not seen.verdict.not_looked_into else ExitCode.INPUT


def show_summary(seen: Preview, bundle: Path, map_file: str, *, as_json: bool) -> None:
    """The one page, as Markdown that reads as text, or as JSON."""
    from bundler.render import render_page

    private = _map_place(bundle, map_file)
    if not as_json:
        made = render_page(
            "summary.md", preview=seen, file=bundle.name, map=private, check=_check(seen), purpose=_PURPOSE
        )
        result(_without_gaps(made))
        return
    facts = seen.document.facts
    ids = {
        "merchant_id": facts.merchant_id is not None,
        "payment_id": facts.payment_id is not None,
        "trace_ids": len(facts.trace_ids),
        "others": len(facts.others),
    }
    told = as_document(seen)
    told |= {
        "file": bundle.name,
        "made": seen.document.created,
        "tool": seen.tool,
        "receiver": {"provider": seen.provider, "desk": seen.support.desk, "address": seen.support.address},
        "purpose": _PURPOSE,
        "remains": ids,
        "private_map": private,
    }
    result(json.dumps(told, ensure_ascii=False, indent=2))


def _without_gaps(text: str) -> str:
    """At most one empty line in a row, and none at the end."""
    lines = text.rstrip("\n").split("\n")
    return "\n".join(line for place, line in enumerate(lines) if line or not place or lines[place - 1])


def _map_place(bundle: Path, map_file: str) -> str:
    from bundler.assemble.maps import is_map_sealed, map_beside, may_others_read

    path = Path(map_file) if map_file else map_beside(bundle)
    if path is None:
        return "No private map lies beside this file."
    if is_map_sealed(path):
        manner = "encrypted"
    elif may_others_read(path):
        manner = "which others on this machine can read: make it yours alone (chmod 600)"
    else:
        manner = "readable by its owner alone"
    return f"The private map is {path.absolute()}, {manner}."


def _check(seen: Preview) -> str:
    verdict = seen.verdict
    if verdict.leaks:
        return f"NOT passed: {len(verdict.leaks)} found; do not send it"
    if not seen.is_intact:
        return "NOT passed: it is damaged; do not send it"
    if verdict.not_looked_into:
        return f"no secret found, but not all could be searched: {_listed(verdict.not_looked_into)}"
    return f"passed; searched {verdict.searched}"


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - 2} more" if len(texts) > 2 else ""
    return "; ".join(texts[:2]) + more


def as_document(seen: Preview) -> dict[str, Any]:
    """What ``preview --json`` prints."""
    from msgspec import to_builtins

    return {
        "ticket_id": seen.ticket_id,
        "form": seen.form,
        "size": seen.size,
        "sha256": seen.sha256,
        "totals": [
            {"group": group.name, "values": group.value_count, "places": group.place_count}
            | {"kinds": {kind.name: kind.value_count for kind in group.kinds}}
            for group in seen.groups
        ],
        "files": [
            {
                "name": file.name,
                "size": file.size,
                "origin": file.origin,
                "masked": {kind.name: kind.place_count for kind in file.masked},
                "omitted": to_builtins(file.omitted),
                "looked_into": not file.is_picture,
            }
            for file in seen.files
        ],
        "not_looked_into": to_builtins(seen.unseen),
        "withheld": to_builtins(seen.withheld),
        "left_out": to_builtins(seen.left_out),
        "decided": [{"code": finding.code, "message": finding.message} for finding in seen.decided],
        "leak_check": {
            "passed": exit_code(seen) is ExitCode.FINE,
            "searched": seen.verdict.searched,
            "leaks": to_builtins(seen.verdict.leaks),
            "kept": to_builtins(seen.verdict.kept),
            "damage": [{"code": finding.code, "message": finding.message} for finding in seen.verdict.damage],
            "not_searched": list(seen.verdict.not_looked_into),
        },
        "exit": int(exit_code(seen)),
    }
