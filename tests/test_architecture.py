"""What the types cannot say: who may make a safe ticket, who may read the clock, and that help stays true."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from bundler.commands import COMMANDS

SOURCE = Path(__file__).parents[1] / "bundler"
CLOCKS = {
    "config/clock.py",
    "evidence/processes.py",
    "commands/crash.py",
    "commands/console.py",
    "delivery/dialogue.py",
}
"""The present moment, how long a program and a server may take, the crash file's name, and how long somebody waits."""


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_only_redaction_makes_a_safe_ticket() -> None:
    makers = {name for name, tree in _modules() if any(call.endswith("SafeTicket") for call in _calls(tree))}
    assert makers
    assert all(name.startswith("redact/") for name in makers)


def test_nobody_but_the_edges_reads_the_clock() -> None:
    clocks = ("datetime.now", "datetime.utcnow", "date.today", "time.time", "time.monotonic", "datetime.today")
    readers = {name for name, tree in _modules() if any(call in clocks for call in _calls(tree))}
    assert readers == CLOCKS


def test_no_module_hides_a_dynamic_import_but_the_command_group() -> None:
    dynamic = {
        name
        for name, tree in _modules()
        if any(call.endswith(("import_module", "__import__")) for call in _calls(tree))
    }
    assert dynamic == {"cli.py"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists_and_explains_itself(name: str) -> None:
    command = getattr(import_module(f"bundler.commands.{name}"), name)
    assert isinstance(command, click.Command)
    assert command.help
    undocumented = [
        param.name
        for param in command.params
        if isinstance(param, click.Option) and not param.help and not param.hidden
    ]
    assert not undocumented
