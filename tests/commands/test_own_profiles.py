"""Provider profiles of the user's own, by the real program: where they are found, and how bad ones are refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bundler.config.profiles import MOST_BYTES
from bundler.errors import ExitCode
from tests.commands.profiles import make_profile
from tests.conftest import Invoke
from tests.refusals import refused

HEAD = 'slug = "acme"\nname = "Acme"\nvalid_from = "2026-11-23"\n'
ANSWER = '{"error":{"code":"1042","message":"amount is not valid"}}'


@pytest.fixture
def evidence(tmp_path: Path) -> list[str]:
    """The options with a call to Acme that failed."""
    return _evidence(tmp_path, "api.acme.example")


def _evidence(folder: Path, host: str) -> list[str]:
    (folder / "request.http").write_text(f"POST https://{host}/payments HTTP/1.1\nHost: {host}\n\n", encoding="utf-8")
    answer = f"HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n{ANSWER}"
    (folder / "response.http").write_text(answer, encoding="utf-8")
    return ["--request", str(folder / "request.http"), "--response", str(folder / "response.http")]


def _project(folder: Path, text: str = "") -> Path:
    (folder / "ticket-bundler.toml").write_text(text, encoding="utf-8")
    return folder / "providers"


def _ticket(invoke: Invoke, *argv: str) -> dict[str, Any]:
    outcome = invoke("check", *argv, "--json")
    assert outcome.out, outcome.err
    ticket: dict[str, Any] = json.loads(outcome.out)["ticket"]
    return ticket


def test_a_profile_beside_the_project_is_found_by_the_host_and_tells_the_cause(
    invoke: Invoke, tmp_path: Path, evidence: list[str]
) -> None:
    make_profile(_project(tmp_path))
    ticket = _ticket(invoke, *evidence)
    assert (ticket["provider"], ticket["environment"], ticket["family"]) == ("acme", "production", "payments")
    assert ticket["cause"]["provider_code"]["code"] == "1042"


def test_the_profiles_that_take_part_are_told_by_the_check_of_the_configuration(invoke: Invoke, tmp_path: Path) -> None:
    folder = make_profile(_project(tmp_path))
    assert invoke("config", "check").out.splitlines()[-1] == f"{folder}: fine"


def test_a_profile_in_the_users_folder_is_found_by_the_host(
    invoke: Invoke, tmp_path: Path, evidence: list[str]
) -> None:
    make_profile(Path(os.environ["XDG_CONFIG_HOME"]) / "ticket-bundler" / "providers")
    assert _ticket(invoke, *evidence)["provider"] == "acme"


def test_the_projects_profile_wins_over_the_users_of_the_same_name(invoke: Invoke, tmp_path: Path) -> None:
    make_profile(Path(os.environ["XDG_CONFIG_HOME"]) / "ticket-bundler" / "providers")
    make_profile(_project(tmp_path), profile=HEAD.replace('"Acme"', '"The project\'s"'))
    own = [row["name"] for row in json.loads(invoke("provider", "list", "--json").out) if row["own"]]
    assert own == ["The project's"]


@pytest.mark.parametrize("named", ["acme", "./providers/acme", "providers/acme/"])
def test_a_profile_is_named_by_its_name_or_its_folder(invoke: Invoke, tmp_path: Path, named: str) -> None:
    make_profile(_project(tmp_path))
    evidence = _evidence(tmp_path, "proxy.shop.example")
    assert _ticket(invoke, *evidence)["provider"] == "generic"
    assert _ticket(invoke, *evidence, "--provider", named)["provider"] == "acme"


def test_a_folder_anywhere_takes_part_only_when_it_is_named(
    invoke: Invoke, tmp_path: Path, evidence: list[str]
) -> None:
    folder = make_profile(tmp_path / "elsewhere")
    assert _ticket(invoke, *evidence)["provider"] == "generic"
    assert _ticket(invoke, *evidence, "--provider", str(folder))["provider"] == "acme"
    assert _ticket(invoke, *evidence)["provider"] == "generic"


@pytest.mark.parametrize("named", ["acme", "./elsewhere/acme"])
def test_the_configuration_names_a_profile_by_its_name_or_its_folder(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    project = _project(tmp_path, f'provider = "{named}"\n')
    make_profile(project if named == "acme" else tmp_path / "elsewhere")
    evidence = _evidence(tmp_path, "proxy.shop.example")
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert _ticket(invoke, *evidence)["provider"] == "acme"


def test_the_environment_names_a_profile_too(invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_profile(_project(tmp_path))
    monkeypatch.setenv("TICKET_BUNDLER_PROVIDER", "acme")
    assert _ticket(invoke, *_evidence(tmp_path, "proxy.shop.example"))["provider"] == "acme"


def test_a_shipped_profile_is_replaced_by_one_that_says_so(invoke: Invoke, tmp_path: Path) -> None:
    folder = _project(tmp_path) / "vipps-mobilepay"
    folder.mkdir(parents=True)
    head = HEAD.replace("acme", "vipps-mobilepay")
    (folder / "profile.toml").write_text(head, encoding="utf-8")
    refused(invoke, tmp_path, ExitCode.INPUT, "the name of a shipped profile", "provider", "list")
    (folder / "profile.toml").write_text(f"replaces = true\n{head}", encoding="utf-8")
    listed = json.loads(invoke("provider", "list", "--json").out)
    assert [(row["name"], row["own"]) for row in listed if row["slug"] == "vipps-mobilepay"] == [("Acme", True)]


def test_a_bundle_of_an_own_profile_is_verified_and_previewed_with_it(
    invoke: Invoke, tmp_path: Path, evidence: list[str]
) -> None:
    make_profile(_project(tmp_path))
    files = json.loads(invoke("create", *evidence, "--json").out)["files"]
    assert invoke("verify", files["bundle"]).code == ExitCode.FINE
    assert "developers@acme.example" in invoke("preview", files["bundle"], "--summary").out


def test_an_own_profile_says_what_scrub_masks(invoke: Invoke, tmp_path: Path) -> None:
    make_profile(_project(tmp_path), masking='[[keys]]\nkind = "secret"\nlabel = "token"\nnames = ["zebra"]\n')
    log = '{"zebra": "for-nobody-else"}\n'
    assert invoke("scrub", "--provider", "generic", stdin=log.encode()).out == log
    assert invoke("scrub", "--provider", "acme", stdin=log.encode()).out == '{"zebra": "[token-1]"}\n'


def test_folders_called_providers_that_hold_something_else_are_nobodys_profile(
    invoke: Invoke, tmp_path: Path, evidence: list[str]
) -> None:
    folder = _project(tmp_path)
    (folder / "stripe").mkdir(parents=True)
    (folder / "stripe" / "index.ts").write_text("export {}")
    (folder / "README.md").write_text("our payment providers")
    assert _ticket(invoke, *evidence)["provider"] == "generic"
    said = refused(
        invoke,
        tmp_path,
        ExitCode.INPUT,
        "folder tender has no profile.toml",
        "provider",
        "show",
        _made(folder / "tender"),
    )
    assert "config provider new" in said


def _made(folder: Path) -> str:
    folder.mkdir()
    return str(folder)


def test_that_no_profile_knows_a_host_is_said_once(invoke: Invoke, tmp_path: Path) -> None:
    evidence = _evidence(tmp_path, "api.shop.example")
    said = "No profile knows api.shop.example; the generic one is used (--provider names another)."
    for command in ("check", "create"):
        outcome = invoke(command, *evidence)
        told = outcome.out + outcome.err
        assert told.count(said) == 1
        assert told.count("No profile") == 1
    named = invoke("check", *evidence, "--provider", "generic")
    assert "No profile" not in named.out + named.err


def test_a_provider_that_nobody_named_and_no_host_told_is_said_to_be_assumed(invoke: Invoke) -> None:
    said = "Assumed, for no host of a provider was seen (--provider names another)."
    told = invoke("check", "--event", "The app said: try again").out
    assert told.count(said) == 1
    assert "Assumed" not in invoke("check", "--event", "The app said: try again", "--provider", "generic").out


CODE = '[[codes]]\nfamily = ""\ncode = "1"\ntitle = "t"\nremedy = "r"\nwho = "code"\n'
ID = '[[identifiers]]\nname = "orderNo"\nrole = "other"\npattern = \'{}\'\nsamples = ["aab"]\n'


@pytest.mark.parametrize(
    ("files", "said", "hint"),
    [
        ({}, "The provider folder acme has no profile.toml", "config provider new"),
        ({"errors": CODE}, "The provider folder acme has no profile.toml", "config provider new"),
        ({"profile": "slug = acme"}, "acme/profile.toml, line 1: this is no TOML: invalid value.", "quotes"),
        ({"profile": HEAD.encode() + b"# \xe6\n"}, "acme/profile.toml, line 4: this is not UTF-8.", "Save"),
        (
            {"profile": HEAD, "x": CODE + 'colour = "red"\n'},
            "acme/x.toml, line 1, codes: there is no field colour",
            "Known",
        ),
        (
            {"profile": HEAD, "x": CODE * 2},
            "acme/x.toml, line 7, codes: the code 1 stands in line 1 already.",
            "Keep one",
        ),
        (
            {"profile": HEAD, "x": ID.format("(a+)+b")},
            "acme/x.toml, line 1, identifiers: the pattern repeats",
            "Bound it",
        ),
        ({"profile": HEAD, "x": ID.format("a")}, "acme/x.toml, line 1, identifiers: sample 1 is not matched", "Mend"),
        ({"profile": HEAD.replace("acme", "ac/me")}, "acme/profile.toml, line 1: 'ac/me' is no slug.", "small letters"),
        ({"profile": HEAD.replace("acme", "acma")}, "the slug acma is not the name of the folder 'acme'", "Rename"),
        (
            {"profile": HEAD, "big": "# " + MOST_BYTES * "x"},
            "acme/big.toml: the files of the profile are larger than 4 MB.",
            "Keep only tables",
        ),
    ],
)
def test_a_bad_profile_is_refused_wherever_it_is_used(
    invoke: Invoke, tmp_path: Path, evidence: list[str], files: dict[str, str | bytes], said: str, hint: str
) -> None:
    folder = _project(tmp_path) / "acme"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    for argv in (["check", *evidence, "--provider", "acme"], ["provider", "show", "./providers/acme"]):
        assert hint in refused(invoke, tmp_path, ExitCode.INPUT, said, *argv)
    if "profile" in files:  # else nobody knows that it is meant to be a profile
        refused(invoke, tmp_path, ExitCode.INPUT, said, "create", *evidence)
        refused(invoke, tmp_path, ExitCode.INPUT, said, "config", "check")
    assert invoke("provider", "check", "./providers/acme").code == ExitCode.INPUT


def test_a_folder_that_is_not_there_is_refused(invoke: Invoke, tmp_path: Path, evidence: list[str]) -> None:
    said = refused(
        invoke, tmp_path, ExitCode.INPUT, "There is no provider folder", "check", *evidence, "--provider", "./acme"
    )
    assert "config provider new" in said
    (tmp_path / "acme").touch()
    refused(invoke, tmp_path, ExitCode.INPUT, "acme is no folder", "check", *evidence, "--provider", "./acme")


def test_a_name_that_nobody_knows_is_refused_with_the_names_that_are_known(
    invoke: Invoke, tmp_path: Path, evidence: list[str]
) -> None:
    make_profile(_project(tmp_path))
    assert "Did you mean acme?" in refused(
        invoke, tmp_path, ExitCode.USAGE, "Nobody knows the provider 'acm'", "check", *evidence, "--provider", "acm"
    )
    _project(tmp_path, 'provider = "acm"\n')
    assert "acme" in refused(
        invoke, tmp_path, ExitCode.USAGE, "ticket-bundler.toml: nobody knows the provider 'acm'", "check", *evidence
    )


@pytest.mark.parametrize("what", ["folder", "file", "providers"])
def test_a_link_that_leads_to_itself_is_refused(invoke: Invoke, tmp_path: Path, evidence: list[str], what: str) -> None:
    project = _project(tmp_path)
    if what == "providers":
        project.symlink_to("providers")
        argv = ["check", *evidence]
    elif what == "folder":
        project.mkdir()
        (project / "acme").symlink_to("acme")
        argv = ["check", *evidence, "--provider", "acme"]
    else:
        (make_profile(project) / "zzz.toml").symlink_to("zzz.toml")
        argv = ["check", *evidence]
    refused(invoke, tmp_path, ExitCode.INPUT, "Too many levels of symbolic links", *argv)


def test_a_pipe_is_not_waited_for(invoke: Invoke, tmp_path: Path, evidence: list[str]) -> None:
    os.mkfifo(make_profile(_project(tmp_path)) / "pipe.toml")
    refused(invoke, tmp_path, ExitCode.INPUT, "acme/pipe.toml could not be read: It is no file.", "check", *evidence)


def test_a_folder_in_the_place_of_a_file_is_refused(invoke: Invoke, tmp_path: Path, evidence: list[str]) -> None:
    (make_profile(_project(tmp_path)) / "more.toml").mkdir()
    refused(invoke, tmp_path, ExitCode.INPUT, "acme/more.toml could not be read: Is a directory.", "check", *evidence)
