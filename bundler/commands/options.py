"""The options that describe a case, shared by ``create`` and ``check``, and the value they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from bundler.assemble.case import Case
from bundler.commands.own_profiles import choose_provider, complete_provider
from bundler.commands.typed import parse_window
from bundler.config import Settings
from bundler.errors import MisuseError
from bundler.model import Environment, Kind
from bundler.pictures.clean import Box

Function = TypeVar("Function", bound=Callable[..., Any])

EVIDENCE = click.argument("evidence", nargs=-1, metavar="[EVIDENCE]...")
CASE_OPTIONS = (
    click.option(
        "--request", "requests", multiple=True, metavar="FILE", help="The failing request: curl, raw HTTP, HAR."
    ),
    click.option(
        "--response", "responses", multiple=True, metavar="FILE", help="The error response, with or without headers."
    ),
    click.option("--log", "logs", multiple=True, metavar="PATH", help="A log file or a folder of logs."),
    click.option(
        "--log-command", "log_commands", multiple=True, metavar="COMMAND", help="Take what a program prints as a log."
    ),
    click.option(
        "--log-source",
        "log_sources",
        multiple=True,
        metavar="NAME",
        help="Take a log from a source or preset.",
    ),
    click.option("--screenshot", "screenshots", multiple=True, metavar="FILE", help="A picture of the error."),
    click.option(
        "--as", "taken_as", default="", metavar="FORMAT", help="What the named files are, where guessing is wrong."
    ),
    click.option("--event", default="", metavar="TEXT", help="What was done and what happened, in a sentence."),
    click.option("--summary", default="", metavar="TEXT", help="One line for the subject of it all."),
    click.option("--note", "notes", multiple=True, metavar="TEXT", help="A sentence for support; repeatable."),
    click.option("--merchant-id", default="", metavar="ID", help="The merchant; found in the evidence when left out."),
    click.option("--payment-id", default="", metavar="ID", help="The payment; found in the evidence when left out."),
    click.option("--trace-id", default="", metavar="ID", help="A correlation or trace id that you have."),
    click.option("--id", "ids", multiple=True, metavar="NAME=VALUE", help="A further identifier; repeatable."),
    click.option("--at", default="", metavar="WHEN", help='The time of the error: "today 14:03", ISO, epoch.'),
    click.option("--tz", "zone", default="", metavar="ZONE", help="Zone of times that name none: Europe/Copenhagen."),
    click.option("--window", default="", metavar="BEFORE,AFTER", help="How much log around the error: 5m,2m."),
    click.option("--entry", default="", metavar="N", help="Which call failed, as inspect counts them: N or FILE:N."),
    click.option(
        "--provider",
        default="",
        metavar="NAME",
        shell_complete=complete_provider,
        help="Whose API it is, or a folder ./NAME with a profile; found from the hosts when left out.",
    ),
    click.option("--environment", type=click.Choice(["production", "sandbox"]), help="Where it happened."),
    click.option(
        "--kind", type=click.Choice(list(get_args(Kind))), default="incident", help="What the ticket is about."
    ),
    click.option(
        "--redact", "boxes", multiple=True, metavar="[FILE:]X,Y,W,H", help="Fill a part of a picture; pixels or %."
    ),
)


def case_options(function: Function) -> Function:
    """Give a command the evidence argument and every option that describes a case."""
    for option in reversed((EVIDENCE, *CASE_OPTIONS)):
        function = option(function)
    return function


def make_case(typed: Mapping[str, Any], templates: str = "") -> Case:
    """What click parsed, as a ``Case``; raises ``MisuseError`` for what cannot be understood."""
    environment: Environment | None = typed["environment"]
    before, after = parse_window(typed["window"])
    return Case(
        evidence=typed["evidence"],
        requests=typed["requests"],
        responses=typed["responses"],
        logs=typed["logs"],
        log_commands=typed["log_commands"],
        log_sources=typed["log_sources"],
        screenshots=typed["screenshots"],
        taken_as=typed["taken_as"],
        provider=choose_provider(typed["provider"]),
        kind=typed["kind"],
        environment=environment,
        merchant_id=_id("--merchant-id", typed["merchant_id"]),
        payment_id=_id("--payment-id", typed["payment_id"]),
        trace_id=_id("--trace-id", typed["trace_id"]),
        ids=_further_ids(typed),
        at=typed["at"],
        zone=typed["zone"],
        event=typed["event"].strip(),
        summary=" ".join(typed["summary"].split()),
        notes=typed["notes"],
        entry=typed["entry"].strip(),
        before=before,
        after=after,
        boxes=tuple(_box(text) for text in typed["boxes"]),
        templates=Path(templates).absolute() if templates else None,
    )


def require_something(case: Case, settings: Settings, command: str) -> None:
    """Raise ``MisuseError`` when neither evidence nor event nor payment was named, here or in the configuration."""
    evidence = case.evidence or case.requests or case.responses or case.logs or case.screenshots or settings.logs
    evidence = evidence or case.log_commands or case.log_sources
    if not (evidence or case.event or case.payment_id):
        raise MisuseError(
            "There is nothing to make a ticket of.",
            f"Name some evidence, for example: ticket-bundler {command} trace.har logs/",
        )


def _id(option: str, text: str) -> str:
    if not text.strip().isprintable():
        raise MisuseError(f"{option} holds more than one line.", "Copy the identifier alone.")
    return text.strip()


def _further_ids(typed: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What ``--id`` gave; refuses one name with two values, here or in the option of its own."""
    named = [_named_id(text) for text in typed["ids"]]
    own = ("merchant_id", "payment_id", "trace_id")
    seen = {_folded(option): typed[option].strip() for option in own if typed[option].strip()}
    for name, value in named:
        if seen.setdefault(_folded(name), value) != value:
            raise MisuseError(f"{name} was given twice, with different values.", "Keep the one that is meant.")
    return tuple(named)


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _named_id(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name.strip() and value.strip()):
        raise MisuseError(f"--id {text!r} is not understood.", "Write it as NAME=VALUE: --id orderId=A-1027.")
    return name.strip(), _id("--id", value)


def _box(text: str) -> tuple[str, Box]:
    name, _, area = text.rpartition(":")
    return name, Box.parse(area)


def read_key(path: str) -> bytes:
    """The ticket's key: from a file with at least 32 hexadecimal characters, else random."""
    if not path:
        import secrets

        return secrets.token_bytes(32)
    try:
        text = Path(path).read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise MisuseError(
            f"The key in {path} cannot be read.", "It holds at least 32 hexadecimal characters."
        ) from error
    if len(key) < 16:
        raise MisuseError(f"The key in {path} is too short.", "It holds at least 32 hexadecimal characters.")
    return key
