"""``scrub`` masks by the names of whose API it is: the provider that is typed, else the configured one, else ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.profiles import make_profile
from tests.conftest import Invoke

MASKING = """
valid_from = "2026-11-23"
source = "ours"

[[keys]]
names = ["gateLamp"]
kind = "secret"
label = "secret"
"""
LINE = "gateLamp=amber17 state=RESERVED\n"


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    (tmp_path / "ticket-bundler.toml").write_text('provider = "acme"\n', encoding="utf-8")
    make_profile(tmp_path / "providers", masking=MASKING)
    (tmp_path / "a.log").write_text(LINE, encoding="utf-8")
    return tmp_path


def scrubbed(invoke: Invoke, *argv: str) -> str:
    outcome = invoke("scrub", "a.log", "-o", "out.log", "--force", *argv)
    assert outcome.code == 0, outcome.err
    return Path("out.log").read_text(encoding="utf-8")


@pytest.mark.usefixtures("configured")
def test_the_configured_provider_tells_which_keys_are_secret(invoke: Invoke) -> None:
    assert scrubbed(invoke) == "gateLamp=[secret-1] state=RESERVED\n"


@pytest.mark.usefixtures("configured")
def test_the_variable_comes_before_the_file_and_the_option_before_both(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKET_BUNDLER_PROVIDER", "stripe")
    assert scrubbed(invoke) == LINE
    assert scrubbed(invoke, "--provider", "acme") == "gateLamp=[secret-1] state=RESERVED\n"


def test_without_a_configuration_it_is_the_first_shipped_one(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("Ocp-Apim-Subscription-Key: 0a1b2c\n", encoding="utf-8")
    assert scrubbed(invoke) == "Ocp-Apim-Subscription-Key: [key-1]\n"
    assert "else vipps-mobilepay" in invoke("scrub", "--help").out
