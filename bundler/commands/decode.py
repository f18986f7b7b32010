"""``decode``: support's answer with the real values in the place of the placeholders, on this computer alone."""

from __future__ import annotations

import codecs
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from bundler.amounts import plural
from bundler.commands.console import say
from bundler.commands.mapping import read_map
from bundler.errors import ExitCode, MisuseError

if TYPE_CHECKING:
    from bundler.redact.restoring import Restorer
    from bundler.redact.vault import Vault

_SHOWN = 10


@click.command()
@click.argument("file", default="-", metavar="[FILE]")
@click.option(
    "--map",
    "map_files",
    multiple=True,
    metavar="FILE",
    help="The private map; default: the one beside FILE. Repeatable; of two that differ, the first one counts.",
)
@click.option(
    "--map-identity",
    "map_identities",
    multiple=True,
    metavar="FILE",
    help="A private key that opens an encrypted map; repeatable.",
)
@click.option("-o", "--output", default="", metavar="FILE", help="Write here, readable by you alone.")
@click.option("--brackets-only", is_flag=True, help="Leave email-1 without its brackets as it is.")
@click.option("--force", is_flag=True, help="Overwrite the output.")
@click.option("--json", "as_json", is_flag=True, help="Give text, replaced and unknown placeholders as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was replaced.")
def decode(
    file: str,
    map_files: tuple[str, ...],
    map_identities: tuple[str, ...],
    output: str,
    brackets_only: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Print an answer (a text, a mail, or standard input) with the real values where support wrote placeholders.

    \b
    ticket-bundler decode answer.eml
    ticket-bundler decode answer.txt --map ticket-….map.json
    pbpaste | ticket-bundler decode --map ticket-….map.json

    Of a mail, its text is printed. [email-1] is known in any case, over several lines, quoted, escaped, without its
    brackets or without what stood behind its number. What is unknown stays and is told. Nothing leaves this computer.
    """
    from bundler.redact.restoring import Restorer

    source = Path(file) if file != "-" else None
    paths = [Path(each) for each in map_files] or [_only_map(source)]
    vaults = [read_map(path, map_identities) for path in paths]
    if output and any(Path(output).resolve() == path.resolve() for path in (*paths, *((source,) if source else ()))):
        raise MisuseError("The output would take the place of what is read.", "Name another file with -o.")
    restorer = Restorer(vaults, brackets_only=brackets_only)
    for placeholder in restorer.differing[:_SHOWN]:
        say(f"{placeholder} stands for one value in one map and for another in another; the first counts.", fg="yellow")
    if len(restorer.differing) > _SHOWN:
        say(f"So do {len(restorer.differing) - _SHOWN:,} more.", fg="yellow")
    with ExitStack() as stack:
        blocks = restorer.restore_blocks(_text_blocks(source, restorer, stack, quiet=quiet))
        if as_json:
            text = b"".join(blocks).decode("utf-8", "replace")
            blocks = iter([_as_json(text, restorer)])
        if output:
            from bundler.pack.replacing import replacing

            _write(blocks, stack.enter_context(replacing(Path(output), overwrite=force)))
        else:
            _write(blocks, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    _warn_of_others(restorer, vaults)
    _tell(restorer, quiet=quiet)
    return ExitCode.FINE


def _only_map(source: Path | None) -> Path:
    """The map beside the answer, else the only one in its folder; for standard input, in the present folder."""
    from bundler.assemble.maps import map_beside, maps_in

    if source is not None and (beside := map_beside(source)) is not None:
        return beside
    found = maps_in(source.parent if source is not None else Path())
    if len(found) == 1:
        return found[0]
    if not found:
        raise MisuseError("There is no private map beside the answer.", "Name it: --map ticket-….map.json.")
    names = ", ".join(path.name for path in found[:_SHOWN])
    raise MisuseError(f"There are {len(found)} private maps beside the answer: {names}.", "Name one with --map.")


def _text_blocks(source: Path | None, restorer: Restorer, stack: ExitStack, *, quiet: bool) -> Iterable[bytes]:
    """The text of what was named: of a mail, its text part; of anything else, everything, as UTF-8."""
    from bundler.evidence.contents import unreadable
    from bundler.mail.answers import HEAD_SIZE, is_mail, read_answer
    from bundler.mail.guard import MAIL_LIMITS

    name = str(source) if source is not None else "standard input"
    try:
        stream: BinaryIO = stack.enter_context(source.open("rb")) if source is not None else sys.stdin.buffer
        head = stream.read(HEAD_SIZE)
    except OSError as error:
        raise unreadable(name, error) from error
    if not (is_mail(head) or (source is not None and source.suffix.lower() == ".eml")):
        return _as_utf8(head, stream)
    answer = read_answer(head + stream.read(MAIL_LIMITS.size + 1 - len(head)))
    if answer.ticket_id:
        restorer.tickets[answer.ticket_id] = None
    if answer.attachment_count:
        say(f"Not looked into: {plural(answer.attachment_count, 'attachment')} of the mail.", quiet=quiet)
    return (answer.text.encode("utf-8", "surrogatepass"),)


def _as_utf8(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    from bundler.redact.restoring import BLOCK_SIZE

    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16")("replace") if is_wide else None
    block = head
    while block:
        yield decoder.decode(block).encode("utf-8", "replace") if decoder is not None else block
        block = stream.read(BLOCK_SIZE)


def _write(blocks: Iterable[bytes], sink: Any) -> None:
    for block in blocks:
        sink.write(block)


def _as_json(text: str, restorer: Restorer) -> bytes:
    def listed(counts: Counter[str]) -> list[dict[str, Any]]:
        return [{"placeholder": placeholder, "count": count} for placeholder, count in counts.items()]

    told = {"text": text, "replaced": listed(restorer.replaced), "unknown": listed(restorer.unknown)}
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _warn_of_others(restorer: Restorer, vaults: list[Vault]) -> None:
    """Say where a map is of a ticket that the answer does not name, while it names others."""
    named = list(restorer.tickets)
    for vault in vaults:
        if named and vault.ticket_id and not any(vault.is_of(ticket_id) for ticket_id in named):
            told = f"The private map is of ticket {vault.ticket_id}, and the answer names {', '.join(named[:3])}"
            say(f"{told}: its placeholders may mean something else.", fg="yellow")


def _tell(restorer: Restorer, *, quiet: bool) -> None:
    """How much was replaced, never with what."""
    count, words = restorer.replaced.total(), restorer.in_words.total()
    told = f"{plural(count, 'placeholder')} replaced by {plural(len(restorer.replaced), 'real value')}"
    without = f", {words:,} of them without brackets" if words else ""
    say(f"{told}{without}", quiet=quiet)
    if restorer.unknown:
        names = ", ".join(list(restorer.unknown)[:_SHOWN])
        more = f" and {len(restorer.unknown) - _SHOWN:,} more" if len(restorer.unknown) > _SHOWN else ""
        say(f"{restorer.unknown.total():,} left, for the map has no value for them: {names}{more}", fg="yellow")
