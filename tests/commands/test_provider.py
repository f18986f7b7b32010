"""``provider``, ``config provider new``, and ``explain`` of what profiles hold."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from bundler.cli import cli
from bundler.errors import ExitCode
from bundler.providers import PROVIDERS, load
from bundler.providers.loading import FOLDER
from tests.commands.profiles import make_profile
from tests.conftest import Invoke
from tests.refusals import refused


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder for profiles of a project in the current folder."""
    (tmp_path / "ticket-bundler.toml").write_text("", encoding="utf-8")
    return tmp_path / "providers"


def test_every_provider_is_listed_with_the_day_of_its_facts(invoke: Invoke, project: Path) -> None:
    make_profile(project)
    listed = json.loads(invoke("provider", "list", "--json").out)
    assert [row["slug"] for row in listed] == ["acme", *PROVIDERS]
    assert listed[0] == {
        "slug": "acme",
        "name": "Acme",
        "valid_from": "2026-01-01",
        "certainty": "A skeleton; nothing of it is confirmed.",
        "rows": 24,
        "own": True,
    }
    shown = invoke("provider", "list").out
    assert all(slug in shown for slug in PROVIDERS)
    assert "yours" in shown


def test_what_is_known_of_a_provider_is_shown(invoke: Invoke) -> None:
    shown = json.loads(invoke("provider", "show", "vipps-mobilepay", "--json").out)
    profile = load("vipps-mobilepay")
    assert shown["support"]["address"] == "developer@vippsmobilepay.com"
    assert "api.vipps.no" in shown["hosts"]["production"]
    assert [family["slug"] for family in shown["families"]] == [family.slug for family in profile.families]
    assert shown["tables"]["codes"] == len(profile.codes)
    assert shown["rows"] == sum(shown["tables"].values())
    assert shown["links"] == profile.links
    assert shown["desks"][0]["languages"] == ["en", "da", "no"]
    text = invoke("provider", "show", "vipps-mobilepay").out
    for said in (
        "developer@vippsmobilepay.com",
        "apitest.vipps.no",
        "mobilepay-online",
        "MerchantId",
        "last four characters",
        "codes",
    ):
        assert said in text


def test_a_provider_that_is_not_there_is_answered_with_the_near_name(invoke: Invoke, tmp_path: Path) -> None:
    said = refused(invoke, tmp_path, ExitCode.USAGE, "Nobody knows the provider", "provider", "show", "vips-mobilepay")
    assert "Did you mean vipps-mobilepay?" in said


def test_the_skeleton_has_nothing_to_mend_and_is_used_at_once(invoke: Invoke, project: Path) -> None:
    made = invoke("config", "provider", "new", "acme-pay")
    assert (made.code, made.out) == (ExitCode.FINE, f"{project / 'acme-pay'}\n")
    assert sorted(path.name for path in (project / "acme-pay").iterdir()) == [
        "errors.toml",
        "hosts.toml",
        "identifiers.toml",
        "masking.toml",
        "profile.toml",
        "shapes.toml",
    ]
    checked = invoke("provider", "check", "acme-pay")
    assert (checked.code, checked.err) == (ExitCode.FINE, "")
    assert checked.out.startswith("acme-pay: fine; hosts 2, families 1,")
    assert "Acme Pay" in invoke("provider", "list").out


def test_the_skeleton_is_never_written_over_something(invoke: Invoke, project: Path, tmp_path: Path) -> None:
    make_profile(project)
    refused(invoke, tmp_path, ExitCode.INPUT, "acme exists already", "config", "provider", "new", "acme")
    (project / "loop").symlink_to("loop")
    refused(invoke, tmp_path, ExitCode.INPUT, "loop exists already", "config", "provider", "new", "loop")


def test_without_a_project_or_for_all_projects_the_skeleton_lies_in_the_users_folder(
    invoke: Invoke, tmp_path: Path
) -> None:
    own = Path(os.environ["XDG_CONFIG_HOME"]) / "ticket-bundler" / "providers"
    assert invoke("config", "provider", "new", "acme").out == f"{own / 'acme'}\n"
    (tmp_path / "ticket-bundler.toml").touch()
    assert invoke("config", "provider", "new", "acme2", "--user").out == f"{own / 'acme2'}\n"
    assert [row["slug"] for row in json.loads(invoke("provider", "list", "--json").out)][:2] == ["acme", "acme2"]


def test_the_skeleton_can_be_printed_instead(invoke: Invoke, tmp_path: Path) -> None:
    printed = invoke("config", "provider", "new", "acme-pay", "--stdout").out
    assert all(f"# acme-pay/{name}.toml\n" in printed for name in ("profile", "hosts", "errors", "masking"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../acme", "acme/pay", "Acme", "", "a" * 41, "-x"])
def test_what_is_no_name_of_a_provider_gets_no_skeleton(invoke: Invoke, tmp_path: Path, name: str) -> None:
    refused(invoke, tmp_path, ExitCode.USAGE, "is no name for a provider", "config", "provider", "new", "--", name)


def test_a_shipped_provider_gets_no_skeleton(invoke: Invoke, tmp_path: Path) -> None:
    said = refused(invoke, tmp_path, ExitCode.USAGE, "is a shipped profile", "config", "provider", "new", "generic")
    assert "replaces = true" in said


def test_all_profiles_are_checked_when_none_is_named(invoke: Invoke, project: Path) -> None:
    make_profile(project)
    outcome = invoke("provider", "check", "--json")
    checked = json.loads(outcome.out)
    assert outcome.code == ExitCode.FINE
    assert [review["folder"] for review in checked] == [str(project / "acme"), *PROVIDERS]
    assert all(review["problems"] == [] and review["tables"] for review in checked)


def test_every_problem_of_every_named_folder_is_told(invoke: Invoke, tmp_path: Path) -> None:
    codes = 2 * '[[codes]]\nfamily = "pay"\ncode = "1"\ntitle = "t"\nremedy = "r"\nwho = "code"\n'
    make_profile(tmp_path, errors=codes)
    make_profile(tmp_path, "fine")
    outcome = invoke("provider", "check", "acme", "./fine", "gone", "--json")
    assert outcome.code == ExitCode.INPUT
    acme, fine, gone = json.loads(outcome.out)
    assert [problem["message"] for problem in acme["problems"]] == [
        "acme/errors.toml, line 7, codes: the code 1 of the family pay stands in line 1 already.",
        "acme/errors.toml, line 1, codes: there is no family 'pay'.",
        "acme/errors.toml, line 7, codes: there is no family 'pay'.",
    ]
    assert all(problem["hint"] for problem in acme["problems"])
    assert fine["problems"] == []
    assert [problem["message"] for problem in gone["problems"]] == ["There is no provider folder gone."]
    told = invoke("provider", "check", "acme").out
    assert told.startswith("acme: 3 to mend\n  acme/errors.toml, line 7, codes: ")


def test_a_copy_of_a_shipped_profile_is_told_to_say_that_it_replaces_it(invoke: Invoke, tmp_path: Path) -> None:
    folder = tmp_path / "generic"
    folder.mkdir()
    (folder / "profile.toml").write_text('slug = "generic"\nname = "Mine"\nvalid_from = "2026-11-23"\n')
    outcome = invoke("provider", "check", "generic")
    assert outcome.code == ExitCode.INPUT
    assert "generic/profile.toml, line 1: generic is the name of a shipped profile." in outcome.out


def test_a_shipped_profile_that_is_named_by_its_path_does_not_clash_with_itself(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(FOLDER)
    for path in (FOLDER / "generic", f"{FOLDER}/stripe/../generic/", "link/generic"):
        outcome = invoke("provider", "check", path)
        assert (outcome.code, f"{path}: fine" in outcome.out) == (ExitCode.FINE, True), outcome.out
    assert invoke("check", "--provider", FOLDER / "stripe", "--event", "x", "--json").code == ExitCode.FINE


def test_explain_lists_what_a_provider_has(invoke: Invoke, project: Path) -> None:
    make_profile(project)
    listed = json.loads(invoke("explain", "--provider", "acme", "--list", "--json").out)
    assert [(row["kind"], row["code"], row["provider"], row["family"]) for row in listed] == [
        ("code", "1042", "acme", "payments"),
        ("text", "unknown-merchant", "acme", ""),
    ]
    first, second = invoke("explain", "--provider", "acme").out.splitlines()
    assert first.split(maxsplit=1) == ["1042", "The amount is not valid (Acme, payments)"]
    assert first.index("The amount") == second.index("The merchant") == len("unknown-merchant  ")
    assert "are known" in invoke("explain", "--provider", "generic", "--list").err


def test_explain_shows_every_meaning_of_a_code_with_provider_and_interface(invoke: Invoke, project: Path) -> None:
    codes = '[[codes]]\nfamily = ""\ncode = "2040"\ntitle = "Try later"\nremedy = "Wait."\nwho = "wait"\n'
    make_profile(project, errors=codes)
    shown = json.loads(invoke("explain", "2040", "--json").out)
    assert {(row["provider"], row["family"]) for row in shown} >= {
        ("acme", ""),
        ("vipps-mobilepay", "mobilepay-online"),
    }
    text = invoke("explain", "2040").out
    assert "2040: Try later (Acme, all APIs)" in text
    assert "2040: A card type is not valid (Vipps MobilePay, mobilepay-online)" in text


def test_explain_knows_texts_behaviours_and_test_amounts_by_name(invoke: Invoke, project: Path) -> None:
    rows = """
[[texts]]
name = "too-late"
contains = ["too late"]
title = "The payment has ended"
remedy = "Start anew."
who = "code"
samples = ["too late"]

[[behaviours]]
name = "two-redirects"
title = "The payer comes back twice"
explanation = "By design."
remedy = "Take both."
who = "code"
mentions = [["twice"], ["redirect"]]
samples = ["redirected twice"]
misses = ["redirected"]

[[test_amounts]]
family = "payments"
value = 150301
title = "is refused on purpose"
currencies = ["DKK"]
"""
    make_profile(project, errors=rows)
    assert "Told by an answer with 'too late'." in invoke("explain", "Too-Late").out
    assert "By design.\nWhat to do: Take both." in invoke("explain", "two-redirects").out
    amount = "150301: is refused on purpose (amount in the test environment; Acme, payments, DKK)"
    assert amount in invoke("explain", "150301").out


def test_explain_shows_the_band_and_the_codes_near_one_that_nobody_knows(invoke: Invoke, project: Path) -> None:
    make_profile(project)

    def hint(*words: str) -> str:
        outcome = invoke("explain", *words, "--provider", "acme")
        assert outcome.code == ExitCode.USAGE
        assert outcome.err.startswith("Error: Nobody knows the code ")
        return outcome.err.splitlines()[1].strip()

    band = "Codes from 1000 to 1999 are about: something in the request is not valid (Acme, payments)."
    end = "ticket-bundler explain --provider acme --list lists them."
    assert hint("1040") == f"{band} Did you mean 1042? {end}"
    assert hint("1999") == f"{band} {end}"
    assert hint("2500") == f"No documented band holds it; the nearest: {band} {end}"
    assert hint("9000") == end
    assert hint("unknown-merchand") == f"Did you mean unknown-merchant? {end}"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("User not registered",), "user-not-registered"),
        (("user", "not", "registered"), "user-not-registered"),
        (
            ("Access denied due to invalid subscription key. Make sure to provide a valid key",),
            "subscription-key-invalid",
        ),
        (("Make sure to use", "Invalid MSN: 210045. Check your API keys on portal"), "msn-invalid"),
    ],
)
def test_explain_takes_a_message_or_some_words_of_it(invoke: Invoke, words: tuple[str, ...], named: str) -> None:
    found = [each["code"] for each in json.loads(invoke("explain", *words, "--json").out)]
    assert named in found


def test_explain_refuses_words_that_no_message_has(invoke: Invoke, tmp_path: Path) -> None:
    said = "No documented message has the words 'TIM001 REQ007'"
    assert "one code at a time" in refused(invoke, tmp_path, ExitCode.USAGE, said, "explain", "TIM001", "REQ007")
    refused(invoke, tmp_path, ExitCode.USAGE, "one name at a time", "explain", "format", "har", "curl")


def test_explain_takes_a_list_or_a_code(invoke: Invoke, tmp_path: Path) -> None:
    refused(invoke, tmp_path, ExitCode.USAGE, "ask for different things", "explain", "--list", "2040")
    refused(invoke, tmp_path, ExitCode.USAGE, "Nobody knows the provider", "explain", "--provider", "nobody", "2040")


@pytest.mark.parametrize("command", ["create", "check", "inspect", "scrub", "explain"])
def test_the_shell_completes_names_of_providers(
    command: str, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_profile(project, "vend")
    (project / "vendored").mkdir()
    monkeypatch.chdir(tmp_path)
    environment = {
        "_TICKET_BUNDLER_COMPLETE": "bash_complete",
        "COMP_WORDS": f"ticket-bundler {command} --provider v",
        "COMP_CWORD": "3",
    }
    completed = CliRunner().invoke(cli, [], env=environment, prog_name="ticket-bundler")
    assert completed.output.split() == ["plain,vipps-mobilepay", "plain,vend"]
