"""Shipped commands for the usual places of logs, read from the TOML file beside this module; sources by name."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import Struct

from bundler.errors import MisuseError
from bundler.evidence.commands import LIMIT, TIMEOUT_S, CommandSource
from bundler.evidence.placeholders import options_in, with_options

GENERAL = ("timeout", "limit", "zone", "format")
"""Options of every source, beside those of its preset."""

_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_SIZES = {"": 1, "b": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "ki": 1024, "mi": 1024**2, "gi": 1024**3}


class Sample(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options, and the exact command that they must give."""

    options: dict[str, str] = {}
    without: tuple[Literal["time", "ids"], ...] = ()
    command: tuple[str, ...]


class Optional(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An option that need not be given."""

    about: str
    default: str = ""


class Preset(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One program that hands out logs."""

    title: str
    docs: str
    commands: tuple[tuple[str | tuple[str, ...], ...], ...]
    """The first that has all its values runs; a group within is left out while an option in it is empty."""
    needed: dict[str, str] = {}
    optional: dict[str, Optional] = {}
    one_of: tuple[str, ...] = ()
    """Optional ones of which one must be given."""
    also: tuple[str, ...] = ()
    """Other names of it."""
    zone: str = ""
    unpack: str = ""
    errors_too: bool = False
    wraps: bool = False
    """True when it runs another preset's command elsewhere."""
    samples: tuple[Sample, ...] = ()


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset by each of its names."""
    import tomllib
    from importlib.resources import files

    text = (files("bundler.evidence") / "presets.toml").read_text("utf-8")
    read = msgspec.convert(tomllib.loads(text), dict[str, Preset])
    return read | {name: preset for preset in read.values() for name in preset.also}


def find_source(text: str, configured: Mapping[str, Mapping[str, Any]]) -> CommandSource:
    """What ``--log-source TEXT`` means: the name of a configured source, or ``PRESET:option=value,option=value``.

    Raises ``MisuseError`` for a name that is neither, and for options that are wrong or missing.
    """
    name, colon, rest = text.partition(":")
    if text in configured:
        return configured_source(text, configured[text])
    if name in configured and colon:
        raise MisuseError(
            f"The source {name} has its options in the configuration.", f"Give only --log-source {name}, or a preset."
        )
    if name not in presets():
        raise MisuseError(f"Nobody knows the log source {name[:60]!r}.", _known(name, configured))
    return _from_preset(name, name, _options(name, rest), f"--log-source {name}")


def configured_source(name: str, table: Mapping[str, Any]) -> CommandSource:
    """The source that a table ``[sources.NAME]`` describes; raises ``MisuseError`` for what is wrong in it."""
    place = f"[sources.{name}]"
    options = {key: value for key, value in table.items() if key not in {"command", "preset"}}
    if "command" in table:
        strange = options.keys() - set(GENERAL)
        if strange:
            raise MisuseError(
                f"{place}: a command has no option {min(strange)!r}.", f"Beside it can stand {', '.join(GENERAL)}."
            )
        general = _general(options, place)
        try:
            return CommandSource(name=name, command=tuple(table["command"]), **general)
        except MisuseError as error:
            raise MisuseError(f"{place}: {error.message}", error.hint) from error
    preset = str(table.get("preset", ""))
    if preset not in presets():
        raise MisuseError(f"{place}: nobody knows the preset {preset[:60]!r}.", _known(preset, {}))
    return _from_preset(name, preset, options, place)


def _from_preset(name: str, preset_name: str, given: Mapping[str, str], place: str) -> CommandSource:
    preset = presets()[preset_name]
    general = _general({key: value for key, value in given.items() if key in GENERAL}, place)
    own = {key: value for key, value in given.items() if key not in GENERAL}
    if not preset.wraps:
        commands = _commands(preset, own, place)
        inner = preset
    else:
        mine = preset.needed.keys() | preset.optional.keys()
        inner_name = own.get("run", "")
        if inner_name and (inner_name not in presets() or presets()[inner_name].wraps):
            raise MisuseError(f"{place}: nobody knows the preset {inner_name[:60]!r}.", _known(inner_name, {}))
        outer = {key: value for key, value in own.items() if key in mine}
        inner = presets().get(inner_name, preset)
        theirs = {key: value for key, value in own.items() if key not in mine}
        remote = _commands(inner, theirs, place) if inner is not preset else ((),)
        commands = tuple(
            tuple(shlex.join(command) if word == "{remote}" else word for word in frame)
            for command in remote
            for frame in _commands(preset, outer, place)
        )
    first, *others = commands
    settled = {"zone": inner.zone, **general}
    return CommandSource(
        name=name, command=first, others=tuple(others), unpack=inner.unpack, errors_too=inner.errors_too, **settled
    )


def _commands(preset: Preset, given: Mapping[str, str], place: str) -> tuple[tuple[str, ...], ...]:
    """The commands with the preset's options in them; what is searched for is still in braces."""
    for key, value in given.items():
        if key not in preset.needed and key not in preset.optional:
            raise MisuseError(f"{place} has no option {key[:60]!r}.", _help(preset))
        if value.startswith("-"):
            raise MisuseError(f"{place}: {key} must not begin with a hyphen.", _help(preset))
    for key in preset.needed:
        if not given.get(key):
            raise MisuseError(f"{place} needs {key}: {preset.needed[key]}.", _help(preset))
    if preset.one_of and not any(given.get(key) for key in preset.one_of):
        raise MisuseError(f"{place} needs {' or '.join(preset.one_of)}.", _help(preset))
    values = {key: option.default for key, option in preset.optional.items()} | dict(given)
    return tuple(_command(command, values) for command in preset.commands)


def _command(template: Sequence[str | tuple[str, ...]], values: Mapping[str, str]) -> tuple[str, ...]:
    words: list[str] = []
    for part in template:
        group = (part,) if isinstance(part, str) else part
        left_out = not isinstance(part, str) and any(
            not values.get(name, "x") for word in group for name in options_in(word)
        )
        if not left_out:
            words.extend(with_options(word, values) for word in group)
    return tuple(words)


def _options(name: str, text: str) -> dict[str, str]:
    """``option=value`` pairs; a comma within a value needs no quoting unless the name of an option follows it."""
    if not text:
        return {}
    # with ssh any preset's options can follow
    among = presets().values() if presets()[name].wraps else (presets()[name],)
    keys = {key for preset in among for key in (*preset.needed, *preset.optional)} | set(GENERAL)
    names = "|".join(map(re.escape, sorted(keys, key=len, reverse=True)))
    options: dict[str, str] = {}
    for pair in re.split(rf",(?=(?:{names})=)", text):
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise MisuseError(f"--log-source {name}: an option is not NAME=VALUE.", _help(presets()[name]))
        options[key.strip()] = value
    return options


def _general(given: Mapping[str, str], place: str) -> dict[str, Any]:
    """The options of every source, read."""
    read: dict[str, Any] = {"timeout_s": TIMEOUT_S, "limit_bytes": LIMIT}
    if "timeout" in given:
        read["timeout_s"] = _number(given["timeout"], _UNITS, f"{place}: timeout", '"30s" or "2m"')
    if "limit" in given:
        read["limit_bytes"] = int(_number(given["limit"], _SIZES, f"{place}: limit", '"50MB"'))
    if given.get("zone"):
        from bundler.moments.zones import find_zone

        try:
            find_zone(given["zone"])
        except MisuseError as error:
            raise MisuseError(f"{place}: {error.message}", error.hint) from error
        read["zone"] = given["zone"]
    if given.get("format"):
        from bundler.logs.catalogue import find_format

        if find_format(given["format"]) is None:
            raise MisuseError(
                f"{place}: nobody knows the log format {given['format'][:60]!r}.", "Leave it out, or see inspect."
            )
        read["format"] = given["format"]
    return read


def _number(text: str, units: Mapping[str, float], place: str, example: str) -> float:
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?) ?([a-zA-Z]{0,3})", text.strip())
    unit = match[2].lower() if match is not None else ""
    found = units.get(unit, units.get(unit.removesuffix("b")))
    number = float(match[1]) * found if match is not None and found is not None else 0.0
    if number <= 0:
        raise MisuseError(f"{place} cannot be understood.", f"For example {example}.")
    return number


def _help(preset: Preset) -> str:
    needed = [f"{key}=…" for key in preset.needed]
    optional = [f"[{key}=…]" for key in (*preset.optional, *GENERAL)]
    return f"Options: {', '.join(needed + optional)}."


def _known(name: str, configured: Mapping[str, Any]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, [*configured, *presets()], n=1)
    guess = f"Did you mean {near[0]}? " if near else ""
    own = f"Configured are: {', '.join(configured)}. " if configured else ""
    return f"{guess}{own}Presets are: {', '.join(presets())}."


def explanation(name: str) -> str:
    """What a preset is and takes, in a few lines, for ``explain``."""
    preset = presets()[name]
    lines = [f"{name}: {preset.title}", ""]
    lines += [f"  {key:<12} {about} (needed)" for key, about in preset.needed.items()]
    for key, option in preset.optional.items():
        default = f" (default: {option.default})" if option.default else ""
        lines.append(f"  {key:<12} {option.about}{default}")
    return "\n".join([*lines, "", preset.docs])
