"""Settings: later sources win, wrong ones are refused in words, secrets have no place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from bundler import config
from bundler.config import clock, showing
from bundler.config.options import OPTIONS
from bundler.errors import BundlerError, MisuseError, UnreadableInput
from bundler.evidence.presets import find_source


def _user_file(text: str) -> Path:
    path = config.user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_any_file_everything_is_at_its_default(tmp_path: Path) -> None:
    assert config.load(tmp_path) == config.Settings()


def test_project_wins_over_user_and_environment_over_both(tmp_path: Path) -> None:
    user = _user_file('provider = "generic"\ntime_zone = "Europe/Oslo"\n[reporter]\nname = "Kim"\n')
    project = tmp_path / config.PROJECT_FILE
    project.write_text('time_zone = "Europe/Helsinki"\n', encoding="utf-8")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    settings = config.load(below, {"TICKET_BUNDLER_REPORTER_NAME": "Robin"})
    assert (settings.provider, settings.time_zone, settings.reporter.name) == ("generic", "Europe/Helsinki", "Robin")
    assert settings.origins == {
        "provider": str(user),
        "time_zone": str(project),
        "reporter.name": "$TICKET_BUNDLER_REPORTER_NAME",
    }


def test_folders_in_a_file_are_taken_from_where_the_file_lies(tmp_path: Path) -> None:
    (tmp_path / config.PROJECT_FILE).write_text('logs = ["logs/"]\noutput = "out"\n', encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    settings = config.load(inner)
    assert settings.logs == (str(tmp_path / "logs"),)
    assert settings.output == str(tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('provder = "x"', "provder"),
        ("time_zone = 3", "must be a text"),
        ("logs = [1]", "must be a list of texts"),
        ("not toml at all", "not valid TOML"),
        ('time_zone = "Europe/Kopenhagen"', "Kopenhagen"),
        ("[reporter]\npassword = 'x'", "password"),
        ("output = '~nobody-of-that-name/tickets'", "output is in the home folder of a user that there is not"),
        ("formats = 3", "formats must be a list of texts"),
        ("sources = 3", "sources must be tables"),
        ("sources.shop = 'cat app.log'", "sources.shop must be a table"),
        ("[sources.shop]\nunit = 'x'", "sources.shop needs either a command or a preset"),
        ("[sources.shop]\npreset = 'docker'\ncommand = ['cat']", "sources.shop needs either a command or a preset"),
        ("[sources.shop]\ncommand = 'cat app.log'", "sources.shop.command must be a list of texts"),
        ("[sources.shop]\ncommand = []", "sources.shop.command must be a list of texts"),
        ("[sources.shop]\ncommand = ['cat', 3]", "sources.shop.command must be a list of texts"),
        ("[sources.shop]\ncommand = ['cat']\ntimout = '3s'", "no option 'timout'"),
        ("[sources.shop]\npreset = ['docker']", "sources.shop.preset must be a text"),
        ("[sources.shop]\npreset = 'docker'\ntimeout = true", "sources.shop.timeout must be a text"),
        ("[sources.shop]\npreset = 'docker'\nzone = 'Europe/Kopenhagen'", "sources.shop.zone"),
        ("[sources.'a:b']\npreset = 'docker'", "sources.a:b is no name for a source"),
    ],
)
def test_a_wrong_file_is_refused_with_a_hint(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / config.PROJECT_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(BundlerError) as caught:
        config.load(tmp_path)
    assert said in caught.value.message
    assert config.PROJECT_FILE in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        '[reporter]\ntoken = "abc"\n',
        '[sources.shop]\npreset = "opensearch"\npassword = "abc"\n',
        '[sources.shop]\ncommand = ["cat"]\napi-key = "abc"\n',
    ],
)
def test_a_secret_in_the_configuration_is_told_to_leave(tmp_path: Path, text: str) -> None:
    (tmp_path / config.PROJECT_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInput) as caught:
        config.load(tmp_path)
    assert "Secrets never" in caught.value.hint


def test_the_starter_is_a_valid_configuration_with_every_line_switched_on(tmp_path: Path) -> None:
    switched_on = "\n".join(
        line.removeprefix("# ") if " = " in line else line for line in showing.starter().splitlines()
    )
    (tmp_path / config.PROJECT_FILE).write_text(switched_on, encoding="utf-8")
    settings = config.load(tmp_path)
    assert set(settings.origins) == {option.name for option in OPTIONS} | {"sources.shop"}
    assert find_source("shop", settings.sources).command[-1] == "--unit=shop.service"


def test_named_log_sources_are_read_and_shown(tmp_path: Path) -> None:
    user = _user_file('[sources.shop]\npreset = "docker"\ncontainer = "old"\n[sources.web]\ncommand = ["cat", "a b"]\n')
    project = tmp_path / config.PROJECT_FILE
    project.write_text(
        'formats = "own"\n[sources.shop]\npreset = "ssh"\nhost = "shop.example.com"\nport = 2222\n'
        'run = "tail"\npath = "/a"\n'
    )
    settings = config.load(tmp_path)
    assert settings.sources == {
        "shop": {"preset": "ssh", "host": "shop.example.com", "port": "2222", "run": "tail", "path": "/a"},
        "web": {"command": ("cat", "a b")},
    }
    assert settings.formats == (str(tmp_path / "own"),)
    assert showing.as_rows(settings)[-2:] == [
        ("sources.shop", ("preset=ssh", "host=shop.example.com", "port=2222", "run=tail", "path=/a"), str(project)),
        ("sources.web", ("command=cat 'a b'",), str(user)),
    ]
    assert find_source("shop", settings.sources).command[-1] == "tail -c 50000000 -- /a"


def test_the_folder_of_formats_can_come_from_the_environment(tmp_path: Path) -> None:
    settings = config.load(tmp_path, {"TICKET_BUNDLER_FORMATS": f"a{os.pathsep}b"})
    assert settings.formats == ("a", "b")


@pytest.mark.parametrize("home", ["XDG_CONFIG_HOME", "HOME", "nothing"])
def test_the_users_file_is_where_the_system_wants_it(
    home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    if home != "nothing":
        monkeypatch.setenv("XDG_CONFIG_HOME", "not/from/the/root")
        monkeypatch.setenv(home, str(tmp_path))
    assert config.user_file() == platformdirs.user_config_path("ticket-bundler") / "config.toml"


def test_reading_no_file_imports_nothing_that_takes_time() -> None:
    heavy = {"tomllib", "difflib", "platformdirs", "bundler.moments", "bundler.providers", "bundler.evidence"}
    code = (
        "import sys; from pathlib import Path; from bundler import config\n"
        "config.load(Path('/')); print(*sys.modules, sep='\\n')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert heavy.isdisjoint(run.stdout.split())


def test_the_present_moment_can_be_fixed() -> None:
    assert clock.present_moment({"SOURCE_DATE_EPOCH": "0"}).isoformat() == "1970-01-01T00:00:00+00:00"
    with pytest.raises(MisuseError):
        clock.present_moment({"SOURCE_DATE_EPOCH": "soon"})


def test_the_zone_says_where_it_comes_from(tmp_path: Path) -> None:
    assert clock.zone_of(config.Settings(), "Europe/Oslo")[1] == "--tz"
    assert clock.zone_of(config.Settings(time_zone="Europe/Oslo", origins={"time_zone": "a.toml"}))[1] == "a.toml"
    zone, zone_from = clock.zone_of(config.Settings())
    assert (str(zone), zone_from) == ("Europe/Copenhagen", "this computer's zone")
