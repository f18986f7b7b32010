"""The other commands, with the real program: what they print, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bundler.assemble.case import Case
from bundler.commands.asking import ask_for_missing
from bundler.errors import ExitCode, MisuseError
from bundler.model import Asked, SafeTicket
from tests.commands.previews import PAYMENT, PICTURE
from tests.conftest import Invoke
from tests.terminal import at_a_terminal

ROOT = Path(__file__).parents[2]


def test_help_names_every_command_and_the_exit_codes(invoke: Invoke) -> None:
    outcome = invoke("--help")
    assert outcome.code == ExitCode.FINE
    for name in ("create", "verify", "screenshot", "130 interrupted"):
        assert name in outcome.out


def test_no_command_shows_help_and_is_wrong_usage(invoke: Invoke) -> None:
    assert invoke().code == ExitCode.USAGE


def test_a_misspelt_command_is_answered_with_the_right_one(invoke: Invoke) -> None:
    outcome = invoke("creat", "trace.har")
    assert outcome.code == ExitCode.USAGE
    assert "'create'" in outcome.err


def test_the_shell_completes_commands_without_loading_them() -> None:
    wanted = {"COMP_WORDS": "ticket-bundler s", "COMP_CWORD": "1", "_TICKET_BUNDLER_COMPLETE": "bash_complete"}
    program = "import sys; from bundler.cli import cli; cli(prog_name='ticket-bundler')"
    environment = {**os.environ, **wanted, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-X", "importtime", "-c", program]
    outcome = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert outcome.stdout.splitlines() == ["plain,send", "plain,scrub", "plain,screenshot"]
    assert "bundler.evidence" not in outcome.stderr


def test_the_version_is_the_packages(invoke: Invoke) -> None:
    from bundler import __version__

    assert invoke("--version").out == f"ticket-bundler {__version__}\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("TIM010", "20 s"),
        ("2040", "card type is not valid"),
        ("6080", "reserv"),
        ("PRV101", "not what it was"),
        ("jwt", "masking rule"),
        ("PRV901", "masking rule failed"),
    ],
)
def test_explain_knows_checks_rules_and_the_providers_codes(invoke: Invoke, code: str, said: str) -> None:
    outcome = invoke("explain", code)
    assert outcome.code == ExitCode.FINE
    assert said in outcome.out


def test_explain_lists_and_refuses(invoke: Invoke) -> None:
    listed = invoke("explain").out
    assert all(f"\n{code} " in f"\n{listed}" for code in ("RSP001", "PRV105", "jwt"))
    assert invoke("explain", "NOPE99").code == ExitCode.USAGE


def test_config_is_started_shown_and_checked(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("config", "init").out == "ticket-bundler.toml\n"
    assert invoke("config", "init").code == ExitCode.INPUT
    assert invoke("config", "check").code == ExitCode.FINE
    (tmp_path / "ticket-bundler.toml").write_text('provider = "generic"\n', encoding="utf-8")
    shown = json.loads(invoke("config", "show", "--json").out)
    assert shown["provider"] == {"value": "generic", "from": str(tmp_path / "ticket-bundler.toml")}
    (tmp_path / "ticket-bundler.toml").write_text('provier = "generic"\n', encoding="utf-8")
    assert invoke("config", "check").code == ExitCode.INPUT


def test_what_is_missing_is_asked_for_at_a_terminal(tmp_path: Path) -> None:
    """A person at a real terminal: one answer, the other questions skipped."""
    keys = b"\n" + PAYMENT.encode() + b"\n\n\n\n\n"
    code, said = at_a_terminal(tmp_path, "create", PICTURE, "--event", "The app said: error", keys=keys)
    assert code == ExitCode.FINE
    assert b"Support asks for" in said
    with zipfile.ZipFile(next(tmp_path.glob("*.zip"))) as packed:
        ticket = json.loads(packed.read("ticket.json"))
    assert ticket["facts"]["payment_id"]["value"] == PAYMENT


def test_an_answer_that_cannot_be_used_is_asked_for_again() -> None:
    ticket = SafeTicket(
        ticket_id="TB-TEST",
        created=datetime(2026, 11, 23, tzinfo=UTC),
        provider="generic",
        asked=tuple(Asked(item, item, found=False, required=True) for item in ("occurred_at", "logs")),
    )

    def understand(text: str) -> None:
        if text == "when it rained":
            raise MisuseError("That is no time.", "Write it otherwise.")

    @click.command()
    def ask() -> None:
        case = ask_for_missing(Case(), ticket, understand)
        click.echo(f"{case.at} {case.logs}")

    shown = CliRunner().invoke(ask, input="when it rained\n14:03\nnowhere.log\n\n").output
    assert "That is no time. Write it otherwise." in shown
    assert "nowhere.log does not exist." in shown
    assert shown.endswith("14:03 ()\n")
