"""The private map, with the real program: used again, refused, and never part of what leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from bundler.assemble.maps import may_others_read, open_map, write_map
from bundler.commands.mapping import warn_of_another
from bundler.errors import ExitCode
from bundler.pack.open import open_bundle
from bundler.redact import Vault
from tests.commands.maps import VAULT, kinds, made, placeholders, request
from tests.conftest import Invoke
from tests.refusals import refused

ROOT = Path(__file__).parents[2]
LOG = ROOT / "bundler" / "demo" / "payment-service.log"


def test_a_follow_up_uses_the_map_and_writes_one_that_holds_both(invoke: Invoke, tmp_path: Path) -> None:
    _, first = made(invoke, request(tmp_path, "ola@example.com"), "-o", "a")
    ticket, second = made(invoke, request(tmp_path, "per@example.com"), "--map", first["map"], "-o", "b")
    assert kinds(ticket) == {"token": "[token-1]", "email": "[email-2]", "phone": "[phone-1]"}
    assert (
        dict(placeholders(second["map"])).items()
        >= {
            "[email-1]": "ola@example.com",
            "[email-2]": "per@example.com",
        }.items()
    )
    assert second["map"].stat().st_mode & 0o777 == 0o600
    assert placeholders(first["map"]) == placeholders(second["map"])[:3]
    told = json.loads(second["map"].read_bytes())
    assert told["ticket_id"] == ticket["ticket_id"]
    assert told["earlier"] == [json.loads(first["map"].read_bytes())["ticket_id"]]


def test_nothing_in_the_bundle_lets_anybody_guess(invoke: Invoke, tmp_path: Path) -> None:
    _, files = made(invoke, request(tmp_path, "ola@example.com"), "-o", "a", "--format-preserving")
    key = json.loads(files["map"].read_bytes())["key"]
    assert re.fullmatch("[0-9a-f]{64}", key)
    everything = b"".join(open_bundle(files["bundle"]).members.values()) + files["mail"].read_bytes()
    assert key.encode() not in everything
    assert bytes.fromhex(key) not in everything
    again = [
        made(invoke, request(tmp_path, "ola@example.com"), "-o", folder, "--format-preserving")[0] for folder in "bc"
    ]
    assert len({kinds(ticket)["email"] for ticket in again}) == 2


def test_the_same_key_gives_the_same_stand_ins(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("0123456789abcdef" * 4)
    options = (request(tmp_path, "ola@example.com"), "--format-preserving", "--key", "key")
    first, second = (made(invoke, *options, "-o", folder)[1] for folder in "ab")
    assert [first[name].read_bytes() for name in first] == [second[name].read_bytes() for name in second]


def test_stand_ins_of_valid_form_leave_and_come_back(invoke: Invoke, tmp_path: Path) -> None:
    ticket, files = made(invoke, request(tmp_path, "ola@example.com"), LOG, "--format-preserving")
    made_up = kinds(ticket)
    assert re.fullmatch(r"user-[0-9]+@masked\.example\.com", made_up["email"])
    body = json.loads(ticket["exchanges"][0]["request"]["body"])
    assert body["email"] == made_up["email"]
    assert re.fullmatch(r"\+4700[0-9]{6}", body["phoneNumber"])
    vault = open_map(files["map"])
    assert vault.restore(json.dumps(body)) == '{"email": "ola@example.com", "phoneNumber": "+4791234567"}'
    assert invoke("verify", files["bundle"]).code == ExitCode.FINE
    again, _ = made(invoke, request(tmp_path, "ola@example.com"), "--map", files["map"], "-o", "b")
    assert kinds(again)["email"] == made_up["email"]


def test_check_uses_the_map_too_and_writes_none(invoke: Invoke, tmp_path: Path) -> None:
    write_map(tmp_path / "my.map.json", VAULT)
    outcome = invoke("check", request(tmp_path, "per@example.com"), "--map", "my.map.json", "--json")
    assert kinds(json.loads(outcome.out)["ticket"])["email"] == "[email-2]"
    assert [path.name for path in tmp_path.glob("*.json")] == ["my.map.json"]


def test_a_map_that_is_not_there_is_an_error(invoke: Invoke, tmp_path: Path) -> None:
    evidence = request(tmp_path, "ola@example.com")
    for command in ("create", "check"):
        refused(
            invoke, tmp_path, ExitCode.INPUT, "my.map.json does not exist", command, evidence, "--map", "my.map.json"
        )
    refused(invoke, tmp_path, ExitCode.INPUT, "is a folder", "create", evidence, "--map", tmp_path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not a private map"),
        (VAULT.to_json()[:-40], "is not a private map"),
        (VAULT.to_json().replace(b"map/1", b"map/2"), "is a private map of a newer version"),
        (b"age-encryption.org/v1\n-> X25519 cut", "is encrypted, and no key"),
    ],
)
def test_a_map_that_cannot_be_used_is_refused(invoke: Invoke, tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "my.map.json").write_bytes(data)
    code = ExitCode.USAGE if "encrypted" in said else ExitCode.INPUT
    said = f"my.map.json {said}"
    refused(invoke, tmp_path, code, said, "create", request(tmp_path, "o@example.com"), "--map", "my.map.json")


@pytest.mark.skipif(os.name != "posix", reason="modes tell nothing here")
def test_a_map_that_others_can_read_is_warned_of_once(invoke: Invoke, tmp_path: Path) -> None:
    write_map(tmp_path / "my.map.json", VAULT)
    options = ("create", request(tmp_path, "ola@example.com"), "-q", "--map", "my.map.json")
    assert "chmod" not in invoke(*options, "-o", "a").err
    (tmp_path / "my.map.json").chmod(0o640)
    assert may_others_read(tmp_path / "my.map.json")
    outcome = invoke(*options, "-o", "b")
    assert outcome.code == ExitCode.FINE
    assert outcome.err.count("my.map.json holds the real values and can be read by others: chmod 600") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0123456789abcdef", "is too short"),
        ("no hexadecimal, but long enough", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused(invoke: Invoke, tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "key").write_text(text)
    refused(invoke, tmp_path, ExitCode.USAGE, said, "create", request(tmp_path, "o@example.com"), "--key", "key")


def test_a_map_named_as_evidence_is_refused(invoke: Invoke, tmp_path: Path) -> None:
    write_map(tmp_path / "notes.txt", VAULT)
    evidence = request(tmp_path, "ola@example.com")
    for role in ((), ("--log",), ("--request",)):
        refused(invoke, tmp_path, ExitCode.USAGE, "notes.txt is a private map", "create", evidence, *role, "notes.txt")


def test_a_map_in_a_folder_or_an_archive_is_left_out_with_a_note(invoke: Invoke, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    request(folder, "per@example.com")
    write_map(folder / "ticket-1.map.json", VAULT)
    shutil.make_archive(str(folder / "more"), "zip", folder, "ticket-1.map.json")
    shutil.copy(LOG, folder)
    ticket, files = made(invoke, folder)
    told = json.dumps(ticket)
    assert told.count("a private map, which holds the real values and never leaves") == 2
    everything = b"".join(open_bundle(files["bundle"]).members.values()) + files["mail"].read_bytes()
    assert b"ola@example.com" not in everything
    assert b"ticket-bundler/map/" not in everything


def test_a_map_that_is_written_over_is_never_half_there(tmp_path: Path) -> None:
    path = tmp_path / "my.map.json"
    write_map(path, VAULT)
    path.chmod(0o644)
    write_map(path, Vault((), VAULT.key))
    assert open_map(path) == Vault((), VAULT.key)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["my.map.json"]


@pytest.mark.parametrize(
    ("ticket_id", "said"),
    [("TB-1", ""), ("TB-0", ""), ("", ""), ("TB-9", "The private map is of ticket TB-1, not TB-9")],
)
def test_a_map_of_another_ticket_is_told(capsys: pytest.CaptureFixture[str], ticket_id: str, said: str) -> None:
    warn_of_another(Vault((), bytes(32), "TB-1", ("TB-0",)), ticket_id)
    told = capsys.readouterr().err
    assert said in told
    assert bool(told) == bool(said)


def test_a_map_that_belongs_to_no_ticket_is_told_of_none(capsys: pytest.CaptureFixture[str]) -> None:
    warn_of_another(Vault((), bytes(32)), "TB-9")
    assert capsys.readouterr().err == ""


def test_scrub_makes_a_map_uses_it_again_and_keeps_none_unasked(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("mail ola@example.com\n")
    (tmp_path / "b.log").write_text("mail per@example.com and ola@example.com\n")
    assert invoke("scrub", "a.log", "-o", "out").code == ExitCode.FINE
    assert not list(tmp_path.glob("*.json"))
    assert invoke("scrub", "a.log", "--map", "m.json", "-o", "a.out").code == ExitCode.FINE
    assert invoke("scrub", "b.log", "--map", "m.json", "-o", "b.out").code == ExitCode.FINE
    assert (tmp_path / "b.out").read_text() == "mail [email-2] and [email-1]\n"
    assert placeholders(tmp_path / "m.json") == [("[email-1]", "ola@example.com"), ("[email-2]", "per@example.com")]
    assert (tmp_path / "m.json").stat().st_mode & 0o777 == 0o600


def test_scrub_masks_nothing_when_the_map_cannot_be_used(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("mail ola@example.com\n")
    (tmp_path / "m.json").write_text("{}")
    refused(
        invoke, tmp_path, ExitCode.INPUT, "m.json is not a private map", "scrub", "a.log", "--map", "m.json", "-o", "x"
    )


def test_what_scrub_masked_with_a_map_goes_into_a_ticket_with_it(invoke: Invoke, tmp_path: Path) -> None:
    request(tmp_path, "ola@example.com")
    assert invoke("scrub", "ola.sh", "--map", "m.json", "--format-preserving", "-o", "safe.sh").code == ExitCode.FINE
    ticket, files = made(invoke, "safe.sh", "--map", "m.json")
    assert ticket["redactions"] == []
    body = ticket["exchanges"][0]["request"]["body"]
    assert open_map(files["map"]).restore(body) == '{"email":"ola@example.com","phoneNumber":"+4791234567"}'
