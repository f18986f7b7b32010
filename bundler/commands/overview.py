"""Tells a person in one look what a bundle would give away: lines for the terminal, without any masked value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bundler.amounts import plural
from bundler.assemble.previewing import Preview, PreviewFile
from bundler.model import Omission
from bundler.render.lacking import lacking
from bundler.render.privacy import SECRETS, Group, Masked
from bundler.render.text import inline, size, wrap

Line = tuple[str, dict[str, Any]]
"""A text and how it is styled."""

_MOST = 40
_PLAIN: dict[str, Any] = {}
_DIM: dict[str, Any] = {"dim": True}


def tell(preview: Preview, width: int) -> Iterator[Line]:
    """The whole overview: totals, what to look at yourself, leaks, files.

    In lines of at most ``width`` columns, but for a longer word, which has one to itself.
    """
    yield f"Ticket {inline(preview.ticket_id, 60)}: a {preview.form} of {size(preview.size)}", {"bold": True}
    yield f"SHA-256 {preview.sha256}", _DIM
    yield from _totals(preview, width)
    yield from _unseen(preview, width)
    yield from tell_leak_check(preview, width)
    yield from _decided(preview, width)
    yield from _files(preview, width)
    yield from _left_out(preview, width)


def _totals(preview: Preview, width: int) -> Iterator[Line]:
    evidence = [file for file in preview.files if file.is_evidence]
    touched = sum(bool(file.masked) for file in evidence)
    if not preview.groups:
        yield _heading("Masked: nothing; no secret and nothing personal was found")
        return
    counted = ", ".join(_counted_group(group) for group in preview.groups)
    yield _heading(f"Masked: {counted}; in {touched} of {plural(len(evidence), 'file')}")
    for group in preview.groups:
        told = ", ".join(f"{kind.value_count:,} {inline(kind.name, 40)}" for kind in group.kinds)
        places = plural(group.place_count, "place")
        yield from _wrapped(f"{group.name:<14} {told} (in {places})", width, 2, 15)


def _counted_group(group: Group) -> str:
    return plural(group.value_count, "secret") if group.name == SECRETS else f"{group.value_count:,} of {group.name}"


def _unseen(preview: Preview, width: int) -> Iterator[Line]:
    pictures = [thing for thing in preview.unseen if thing.is_picture]
    others = [thing for thing in preview.unseen if not thing.is_picture]
    if not preview.unseen and not preview.withheld:
        yield _heading("Not looked into: nothing; every file was searched whole")
        return
    if pictures:
        which = "this picture" if len(pictures) == 1 else f"these {len(pictures)} pictures"
        yield f"\nLook yourself at {which}: no rule can see what is in it", {"bold": True, "fg": "yellow"}
    for thing in pictures[:_MOST]:
        yield f"  {inline(thing.what, 100)}", {"fg": "yellow"}
        yield from _wrapped(f"{thing.why}. {thing.advice}", width, 4, 0, _DIM)
    if others or preview.withheld:
        yield "\nNot looked into, or left out because it could not be searched", {"bold": True, "fg": "yellow"}
    for thing in others[:_MOST]:
        yield from _wrapped(f"{thing.what}: {thing.why}" if thing.why else thing.what, width, 2, 2, {"fg": "yellow"})
        yield from _wrapped(thing.advice, width, 4, 0, _DIM)
    for text in preview.withheld[:_MOST]:
        told = f"{text.file}: {plural(text.count, 'text')} withheld, for {text.why}"
        yield from _wrapped(told, width, 2, 2, {"fg": "yellow"})
    yield from _more(sum(max(0, len(each) - _MOST) for each in (pictures, others, preview.withheld)))


def tell_leak_check(preview: Preview, width: int) -> Iterator[Line]:
    """What the search for secrets found, what stays on purpose, what could not be searched, and what is damaged."""
    verdict = preview.verdict
    if verdict.leaks:
        yield "\nLeak check: NOT passed; do not send it", {"bold": True, "fg": "red"}
        for leak in verdict.leaks[:_MOST]:
            yield from _wrapped(leak, width, 2, 2, {"fg": "red"})
        yield from _more(len(verdict.leaks) - _MOST)
        yield from _wrapped(verdict.leaks[0].hint, width, 4, 0, _DIM)
    elif verdict.not_looked_into:
        yield "\nLeak check: no secret found, but not all of it could be searched", {"bold": True, "fg": "yellow"}
    else:
        yield f"\nLeak check: passed; searched {verdict.searched}", {"bold": True, "fg": "green"}
    for excused in verdict.kept[:_MOST]:
        yield from _wrapped(excused, width, 2, 2, {"fg": "yellow"})
    yield from _more(len(verdict.kept) - _MOST)
    for part in verdict.not_looked_into[:_MOST]:
        yield from _wrapped(f"not searched: {part}", width, 2, 2, {"fg": "yellow"})
    yield from _more(len(verdict.not_looked_into) - _MOST)
    for finding in verdict.damage[:_MOST]:
        style = {"fg": "red"} if finding.severity == "blocker" else {"fg": "yellow"}
        yield from _wrapped(f"{finding.code} {finding.message}", width, 2, 2, style)
    yield from _more(len(verdict.damage) - _MOST)


def _decided(preview: Preview, width: int) -> Iterator[Line]:
    if preview.decided:
        yield "\nKept on your word, and what masking has to say", {"bold": True, "fg": "yellow"}
    for finding in preview.decided[:_MOST]:
        yield from _wrapped(f"{finding.code} {finding.message}", width, 2, 2, {"fg": "yellow"})
        yield from _wrapped(finding.advice, width, 4, 0, _DIM)
    yield from _more(len(preview.decided) - _MOST)


def _files(preview: Preview, width: int) -> Iterator[Line]:
    yield _heading("Files")
    names = max((len(inline(file.name, 60)) for file in preview.files), default=0)
    for file in preview.files:
        told = _masked(file)
        line = f"  {inline(file.name, 60):<{names}}  {size(file.size):>9}  {told}"
        style = {"fg": "yellow"} if file.is_picture else _PLAIN if file.is_evidence else _DIM
        if len(line) <= width:
            yield line, style
        else:
            yield f"  {inline(file.name, 60):<{names}}  {size(file.size):>9}", style
            yield from _wrapped(told, width, 6, 0, style)
        if file.is_evidence:
            yield from _wrapped(f"from {file.origin}", width, 6, 2, _DIM)
        for omission in file.omitted[:_MOST]:
            yield from _wrapped(_omitted(omission), width, 6, 2, _DIM)


def _omitted(omission: Omission) -> str:
    if omission.size or not omission.records:
        return lacking(omission)
    return f"left out: {plural(omission.records, 'record')}, {omission.why}"


def _masked(file: PreviewFile) -> str:
    if file.is_picture:
        return "not looked into"
    return ", ".join(_counted(kind) for kind in file.masked) or "nothing masked"


def _counted(kind: Masked) -> str:
    often = f" ({kind.place_count:,}×)" if kind.place_count != kind.value_count else ""
    return f"{kind.value_count:,} {inline(kind.name, 40)}{often}"


def _left_out(preview: Preview, width: int) -> Iterator[Line]:
    if preview.left_out:
        yield _heading("Left out of it")
    for each in preview.left_out[:_MOST]:
        yield from _wrapped(f"{each.source}: {each.why}", width, 2, 2, _DIM)
    yield from _more(len(preview.left_out) - _MOST)


def _more(count: int) -> Iterator[Line]:
    if count > 0:
        yield f"  and {count:,} more", _DIM


def _heading(text: str) -> Line:
    return f"\n{text}", {"bold": True}


def _wrapped(text: object, width: int, indent: int, hang: int, style: dict[str, Any] = _PLAIN) -> Iterator[Line]:
    for line in wrap(text, indent, hang, width).split("\n"):
        if line:
            yield line, style
