"""Shipped commands give exactly what their samples promise, and sources are found by name or refused in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bundler.errors import MisuseError
from bundler.evidence.commands import CommandSource, collect
from bundler.evidence.placeholders import PLACEHOLDERS, Lacking, Search, fill, options_in
from bundler.evidence.presets import Preset, Sample, configured_source, explanation, find_source, presets
from bundler.evidence.unpacking import STEPS
from bundler.logs.types import EVERYTHING, Window

WINDOW = Window(datetime(2026, 11, 23, 13, 58, 20, tzinfo=UTC), datetime(2026, 11, 23, 14, 8, 20, tzinfo=UTC))
NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
SEARCH = Search(window=WINDOW, ids=("pay-1001", "order.7"), payment_id="pay-1001", now=NOW)
SAMPLES = [
    pytest.param(name, sample, id=f"{name}-{number}")
    for name, preset in presets().items()
    for number, sample in enumerate(preset.samples, 1)
]


def _source(name: str, sample: Sample) -> CommandSource:
    return configured_source("shop", {"preset": name, **sample.options})


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_a_sample_gives_exactly_its_command(name: str, sample: Sample) -> None:
    search = Search(
        window=None if "time" in sample.without else WINDOW,
        ids=() if "ids" in sample.without else SEARCH.ids,
        now=NOW,
    )
    source = _source(name, sample)
    for command in (source.command, *source.others):
        try:
            filled, remark = fill(command, search, UTC)
            break
        except Lacking:
            continue
    assert filled == sample.command
    assert remark == ""


@pytest.mark.parametrize("name", presets())
def test_a_preset_is_whole(name: str) -> None:
    preset = presets()[name]
    assert preset.title
    assert preset.docs.startswith("https://")
    assert not preset.unpack or preset.unpack in STEPS
    assert set(preset.one_of) <= preset.optional.keys()
    used = {
        name for command in preset.commands for part in command for word in _words(part) for name in options_in(word)
    }
    own = used - PLACEHOLDERS.keys() - {"remote"}
    assert own == (preset.needed.keys() | preset.optional.keys()) - ({"run"} if preset.wraps else set())
    assert _every_command_has_a_sample(name, preset)
    assert all(option in explanation(name) for option in own)


def _words(part: str | tuple[str, ...]) -> tuple[str, ...]:
    return (part,) if isinstance(part, str) else part


def _every_command_has_a_sample(name: str, preset: Preset) -> bool:
    lengths = {tuple(sorted(sample.without)) for sample in preset.samples}
    return len(lengths) >= len(preset.commands) or preset.wraps


@pytest.mark.parametrize("name", [name for name in presets() if name != "tail"])  # it knows no times
def test_nothing_to_look_for_is_no_reason_to_fetch_everything(name: str) -> None:
    source = _source(name, presets()[name].samples[0])
    for window in (None, EVERYTHING):
        collected = collect(source, Search(window=window, now=NOW))
        assert (collected.state, collected.source) == ("skipped", None)
        assert "--around or --at" in collected.why


def test_a_source_by_the_name_of_a_preset() -> None:
    source = find_source("journalctl:unit=shop.service,timeout=2m,limit=50MB,zone=Europe/Oslo", {})
    assert source.name == "journalctl"
    assert source.command[-1] == "--unit=shop.service"
    assert (source.timeout_s, source.limit_bytes, source.zone) == (120.0, 50_000_000, "Europe/Oslo")


def test_a_comma_within_a_value_needs_no_quoting() -> None:
    source = find_source('logcli:selector={app="shop",env="test"},tenant=psp', {})
    filled, _ = fill(source.command, SEARCH, UTC)
    assert filled[-2:] == ("--org-id=psp", '{app="shop",env="test"} |~ `pay-1001|order\\.7`')


def test_a_configured_source_wins_over_a_preset_of_that_name() -> None:
    source = find_source("docker", {"docker": {"command": ("sh", "-c", "cat app.log"), "timeout": "500ms"}})
    assert source.command == ("sh", "-c", "cat app.log")
    assert source.timeout_s == 0.5


def test_a_word_for_the_far_side_is_quoted_for_its_shell() -> None:
    source = find_source("ssh:host=shop.example.com,run=docker,container=shop $(reboot)", {})
    filled, _ = fill(source.command, SEARCH, UTC)
    assert filled[-1].endswith(" 'shop $(reboot)'")
    assert "'--since=2026-11-23T13:58:20Z'" in filled[-1]
    assert source.unpack == "stamps"
    assert source.errors_too


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("jurnalctl", "jurnalctl", "Did you mean journalctl?"),
        ("nothing like it", "nothing like it", "Configured are: shop. Presets are: journalctl"),
        ("shop:unit=a", "options in the configuration", "--log-source shop"),
        ("docker", "needs container: name or id", "container=…"),
        ("kubectl:namespace=psp", "needs target or selector", "[target=…]"),
        ("journalctl:colour=red", "has no option 'colour'", "[unit=…]"),
        ("journalctl:unit", "not NAME=VALUE", "[unit=…]"),
        ("docker:container=--help", "must not begin with a hyphen", ""),
        ("ssh:host=shop.example.com", "needs run", ""),
        ("ssh:host=shop.example.com,run=ssh", "nobody knows the preset 'ssh'", ""),
        ("ssh:host=shop.example.com,run=journal", "nobody knows the preset 'journal'", "journalctl"),
        ("journalctl:timeout=soon", "timeout cannot be understood", '"30s"'),
        ("journalctl:timeout=0s", "timeout cannot be understood", '"30s"'),
        ("journalctl:limit=many", "limit cannot be understood", '"50MB"'),
        ("journalctl:zone=Europe/Kopenhagen", "Kopenhagen", ""),
        ("journalctl:format=xyz", "the log format 'xyz'", ""),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(text: str, said: str, hint: str) -> None:
    with pytest.raises(MisuseError) as caught:
        find_source(text, {"shop": {"preset": "journalctl"}})
    assert said in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"preset": "journal"}, "[sources.shop]: nobody knows the preset 'journal'"),
        ({}, "[sources.shop]: nobody knows the preset ''"),
        ({"command": ("cat", "app.log"), "unit": "x"}, "[sources.shop]: a command has no option 'unit'"),
        ({"command": ("cat", "{form}")}, "[sources.shop]: Nobody knows the placeholder {form}"),
        ({"preset": "docker"}, "[sources.shop] needs container"),
    ],
)
def test_a_wrong_table_is_refused_by_its_name(table: dict[str, str], said: str) -> None:
    with pytest.raises(MisuseError, match=re.escape(said)):
        configured_source("shop", table)


def test_times_in_every_form() -> None:
    window = Window(
        datetime(2026, 11, 23, 13, 0, 0, 123456, tzinfo=UTC), datetime(2026, 11, 23, 13, 10, 0, 1, tzinfo=UTC)
    )
    command = [f"{{{name}}}" for name, (need, _) in PLACEHOLDERS.items() if need == "time"]
    filled, _ = fill(
        command, Search(window=window, now=datetime(2026, 11, 23, 13, 30, tzinfo=UTC)), ZoneInfo("Asia/Tokyo")
    )
    assert filled == (
        "2026-11-23T13:00:00Z", "2026-11-23T13:10:01Z", "1795438800", "1795439401", "1795438800123", "1795439400001",
        "1795438800123456000", "1795439400000001000", "2026-11-23 22:00:00", "2026-11-23 22:10:01", "1800",
    )  # fmt: skip
