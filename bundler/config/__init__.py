"""Settings from defaults, the user's file, the project's file and the environment (the outside things it touches)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from bundler.config import accounts, profiles, sources
from bundler.config.options import LISTS, OPTIONS, PATHS, REDACTION, REPORTER, Option
from bundler.config.paths import anchored
from bundler.errors import EnvironmentProblem, MisuseError, UnreadableInput

if TYPE_CHECKING:
    from bundler.model import Reporter

PROJECT_FILE = "ticket-bundler.toml"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Settings(NamedTuple):
    """What is configured; ``origins`` tells for each option that is set where it was set."""

    provider: str = ""
    time_zone: str = ""
    logs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    output: str = ""
    templates: str = ""
    default_account: str = ""
    keep: tuple[str, ...] = ()
    mask_file: str = ""
    rules: tuple[str, ...] = ()
    written_by: Mapping[str, str] = _NOTHING
    """Who writes the tickets and with what, by the names of ``Reporter``."""
    sources: Mapping[str, Mapping[str, str | tuple[str, ...]]] = _NOTHING
    """Commands that hand out logs, by name: a ``command``, or a ``preset`` and its options, as they are written.

    None of them runs unless somebody asks for it by that name.
    """
    accounts: Mapping[str, Mapping[str, accounts.Value]] = _NOTHING
    """Mail accounts by name, as they are written; only the user's own file may hold any."""
    origins: Mapping[str, str] = _NOTHING

    @property
    def reporter(self) -> Reporter:
        from bundler.model import Reporter

        return Reporter(**self.written_by)


def user_file() -> Path:
    """The user's own configuration file, which need not exist."""
    if sys.platform == "linux":  # as platformdirs has it, without its import, which would be a tenth of a short run
        for folder, below in (("XDG_CONFIG_HOME", ""), ("HOME", ".config")):
            if (path := Path(os.environ.get(folder, ""))).is_absolute():
                return path / below / "ticket-bundler" / "config.toml"
    from platformdirs import user_config_path

    return user_config_path("ticket-bundler") / "config.toml"


def project_file(folder: Path) -> Path | None:
    """The nearest ``ticket-bundler.toml`` at or above ``folder``."""
    for place in (folder, *folder.parents):
        if (found := place / PROJECT_FILE).is_file():
            return found
    return None


def provider_places(folder: Path) -> tuple[Path, ...]:
    """Where profiles of the user's own lie, each in a folder of its name below ``providers``; the later place wins."""
    project = project_file(folder)
    return (user_file().parent, project.parent) if project is not None else (user_file().parent,)


def current_folder() -> Path:
    """The folder that the program was started in; ``EnvironmentProblem`` where somebody has removed it since."""
    try:
        return Path.cwd()
    except OSError as error:
        raise EnvironmentProblem("The current folder does not exist any more.", "Go to another one: cd ~.") from error


def load(folder: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Everything configured for work in ``folder``; later sources win, one option at a time.

    Raises ``UnreadableInput`` for a file that cannot be read or holds an option nobody knows, and ``MisuseError`` for
    a time zone or a provider that does not exist.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for path in (user_file(), project_file(folder)):
        if path is not None and path.is_file():
            read = read_file(path)
            if path != user_file():
                accounts.refuse_accounts(path, (name for name in read if name.startswith(f"{accounts.TABLE}.")))
            for name, value in read.items():
                values[name] = value
                origins[name] = str(path)
                _refuse_unknown_provider(str(path), name, value, folder)
    for option in OPTIONS:
        if text := environ.get(option.variable, ""):
            values[option.name] = tuple(text.split(os.pathsep)) if option.key in LISTS else text
            origins[option.name] = f"${option.variable}"
            _refuse_unknown_zone(f"${option.variable}", option.key, text)
            _refuse_unknown_provider(f"${option.variable}", option.name, text, folder)
    plain = {name: value for name, value in values.items() if "." not in name}
    named = _tables(values, sources.TABLE)
    written_by = {field: values[name] for name, field in REPORTER.items() if name in values}
    plain |= {field: values[name] for name, field in REDACTION.items() if name in values}
    return Settings(
        **plain, written_by=written_by, sources=named, accounts=_tables(values, accounts.TABLE), origins=origins
    )


def _tables(values: Mapping[str, Any], table: str) -> dict[str, Any]:
    return {name.removeprefix(f"{table}."): value for name, value in values.items() if name.startswith(f"{table}.")}


def read_file(path: Path) -> dict[str, Any]:
    """The options of one file by their full names; folders named in it are taken from where the file lies."""
    import tomllib

    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The configuration {path} cannot be read: {error}.", "Fix or remove it.") from error
    except tomllib.TOMLDecodeError as error:
        raise UnreadableInput(
            f"The configuration {path} is not valid TOML: {error}.", "ticket-bundler config check shows what is wrong."
        ) from error
    known = {option.name: option for option in OPTIONS}
    values: dict[str, Any] = dict(sources.read_sources(path, tables.pop(sources.TABLE, {})))
    values |= accounts.read_accounts(path, tables.pop(accounts.TABLE, {}))
    for name, value in _flat(tables):
        if name not in known:
            raise UnreadableInput(f"{path}: nobody knows the option {name!r}.", _unknown_hint(name, known))
        values[name] = _checked(path, known[name], value)
    return values


def _flat(tables: Mapping[str, Any]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in tables.items():
        if isinstance(value, dict):
            pairs.extend((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            pairs.append((name, value))
    return pairs


def _unknown_hint(name: str, known: Mapping[str, Option]) -> str:
    if sources.is_secret(name.rpartition(".")[2]):
        return sources.NO_SECRETS
    return sources.nearest(name, known) or "ticket-bundler config show lists every option."


def _checked(path: Path, option: Option, value: Any) -> Any:
    is_list = option.key in LISTS
    if is_list and isinstance(value, str):
        value = [value]
    good = (
        isinstance(value, list) and all(isinstance(item, str) for item in value) if is_list else isinstance(value, str)
    )
    if not good:
        wanted = "a list of texts" if is_list else "a text"
        raise UnreadableInput(
            f"{path}: {option.name} must be {wanted}.", f"For example: {option.key} = {option.example}"
        )
    _refuse_unknown_zone(str(path), option.key, value)
    if option.key in PATHS or (option.key == "provider" and profiles.is_path(value)):
        places = [anchored(path, option.name, item) for item in (value if is_list else [value])]
        return tuple(places) if is_list else places[0]
    return tuple(value) if is_list else value


def _refuse_unknown_zone(place: str, key: str, value: Any) -> None:
    """What is no zone is wrong where it is written, not only where it is used."""
    if key == "time_zone":
        sources.refuse_unknown_zone(place, value)


def _refuse_unknown_provider(place: str, name: str, value: Any, folder: Path) -> None:
    if name != "provider" or not value or profiles.is_path(value):  # a folder is refused by whoever reads it
        return
    from bundler.providers import PROVIDERS

    places = provider_places(folder)
    if value not in PROVIDERS and profiles.find_folder(value, places) is None:
        known = dict.fromkeys((*PROVIDERS, *profiles.own_folders(places)))
        raise MisuseError(f"{place}: nobody knows the provider {value!r}.", f"Known are: {', '.join(known)}.")


def cache_folder() -> Path | None:
    """A private folder for what can be made again, made if need be; None where there can be none."""
    from platformdirs import user_cache_path

    folder = user_cache_path("ticket-bundler") / "templates"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
