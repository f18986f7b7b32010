"""The private map, with the real program: used again, encrypted, refused, and never part of what leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyrage
import pytest

from bundler.assemble.maps import may_others_read, open_map, write_map
from bundler.assemble.sealing import is_sealed, read_recipients, seal, unseal
from bundler.commands.mapping import read_map_beside, warn_of_another
from bundler.errors import ExitCode, MisuseError
from bundler.pack.open import open_bundle
from bundler.redact import Vault, VaultEntry
from tests.conftest import Invoke

ROOT = Path(__file__).parents[2]
LOG = ROOT / "bundler" / "demo" / "payment-service.log"
CURL = """curl -i https://api.mobilepay.dk/merchant/v1/payments/bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7/capture \\
  -H 'Authorization: Bearer kq7Zr2x9tAvB4mN8sLd0kq7Zr2x9' -d '{"email":"%s","phoneNumber":"+4791234567"}'
"""
VAULT = Vault((VaultEntry("[email-1]", "email", "ola@example.com", 1),), bytes(32), "TB-1")


def made(invoke: Invoke, *argv: str | Path) -> tuple[dict[str, Any], dict[str, Path]]:
    """A ticket and its files."""
    outcome = invoke("create", *argv, "--json")
    assert outcome.code == ExitCode.FINE, outcome.err
    told = json.loads(outcome.out)
    return told["ticket"], {name: Path(path) for name, path in told["files"].items()}


def request(tmp_path: Path, mail: str) -> Path:
    """A file with a request in which this address stands."""
    path = tmp_path / f"{mail.partition('@')[0]}.sh"
    path.write_text(CURL % mail)
    return path


def kinds(ticket: dict[str, Any]) -> dict[str, str]:
    return {each["kind"]: each["placeholder"] for each in ticket["redactions"]}


def placeholders(path: Path) -> list[tuple[str, str]]:
    return [(each["placeholder"], each["value"]) for each in json.loads(path.read_bytes())["entries"]]


def refused(invoke: Invoke, tmp_path: Path, code: ExitCode, said: str, *argv: str | Path) -> str:
    """Run the program, which must end with ``code``, a sentence and a hint, and change nothing."""
    before = sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    outcome = invoke(*argv)
    assert outcome.code == code, outcome.err
    lines = outcome.err.strip().splitlines()
    assert lines[-2].startswith("Error: "), outcome.err
    assert said in lines[-2], outcome.err
    assert lines[-1].startswith("  "), "there is no hint"
    assert outcome.out == ""
    assert sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before
    return outcome.err


@pytest.fixture
def identity(tmp_path: Path) -> tuple[Path, str]:
    """A file with a private key, as age-keygen writes it, and the public key."""
    key = pyrage.x25519.Identity.generate()
    path = tmp_path / "key.txt"
    path.write_text(f"# created: 2026-11-23T14:00:00+01:00\n# public key: {key.to_public()}\n{key}\n")
    return path, str(key.to_public())


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


def test_a_map_is_encrypted_for_its_recipients_and_opened_by_any_of_them(
    invoke: Invoke, tmp_path: Path, identity: tuple[Path, str]
) -> None:
    key, public = identity
    other = pyrage.x25519.Identity.generate()
    (tmp_path / "team.txt").write_text(f"# the desk\n\n{other.to_public()}\n")
    (tmp_path / "other.txt").write_text(f"{other}\n")
    evidence = request(tmp_path, "ola@example.com")
    _, files = made(invoke, evidence, "--map-recipient", public, "--map-recipient", "team.txt", "-o", "a")
    assert files["map"].name.endswith(".map.json.age")
    assert not list(Path("a").glob("*.map.json"))
    assert is_sealed(files["map"].read_bytes())
    assert b"ola@example.com" not in files["map"].read_bytes()
    assert files["map"].stat().st_mode & 0o777 == 0o600
    for path in (key, tmp_path / "other.txt"):
        assert "ola@example.com" in {entry.value for entry in open_map(files["map"], [path]).entries}
    ticket, second = made(
        invoke, evidence, "--map", files["map"], "--map-identity", key, "--map-recipient", public, "-o", "b"
    )
    assert kinds(ticket)["email"] == "[email-1]"
    assert [entry.value for entry in open_map(second["map"], [key]).entries] == [
        entry.value for entry in open_map(files["map"], [key]).entries
    ]


def test_an_armoured_map_can_be_opened(tmp_path: Path, identity: tuple[Path, str]) -> None:
    recipient = pyrage.x25519.Recipient.from_str(identity[1])
    (tmp_path / "my.age").write_bytes(pyrage.encrypt(VAULT.to_json(), [recipient], armored=True))
    assert open_map(tmp_path / "my.age", [identity[0]]) == VAULT


def test_an_ssh_key_opens_what_was_encrypted_for_it(tmp_path: Path) -> None:
    program = shutil.which("ssh-keygen")
    if program is None:
        pytest.skip("ssh-keygen is not installed")
    subprocess.run([program, "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "id"], check=True)
    recipients = read_recipients([str(tmp_path / "id.pub")])
    assert recipients is not None
    assert unseal(seal(b"text", recipients), [tmp_path / "id"], "my.age") == b"text"


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--map-recipient", "age1notakey"), ExitCode.USAGE, "is no public key"),
        (("--map-recipient", "nobody.txt"), ExitCode.INPUT, "nobody.txt does not exist"),
        (("--map-recipient", "empty.txt"), ExitCode.INPUT, "empty.txt names no recipient"),
        (("--map-recipient", "words.txt"), ExitCode.USAGE, "A recipient in words.txt is no public key"),
        (("--map-recipient", "picture.png"), ExitCode.INPUT, "picture.png names no recipient"),
        (("--map", "sealed.age"), ExitCode.USAGE, "sealed.age is encrypted, and no key"),
        (("--map", "sealed.age", "--map-identity", "stranger.txt"), ExitCode.INPUT, "no identity fits"),
        (("--map", "sealed.age", "--map-identity", "nobody.txt"), ExitCode.INPUT, "nobody.txt does not exist"),
        (("--map", "sealed.age", "--map-identity", "words.txt"), ExitCode.INPUT, "words.txt holds no key"),
        (("--map", "sealed.age", "--map-identity", "empty.txt"), ExitCode.INPUT, "empty.txt holds no key"),
        (("--map", "sealed.age", "--map-identity", "key.txt"), ExitCode.USAGE, "and the new map would not be"),
        (("--map", "cut.age", "--map-identity", "key.txt"), ExitCode.INPUT, "cut.age cannot be opened"),
    ],
)
def test_nothing_is_written_when_encryption_cannot_be_had(
    invoke: Invoke, tmp_path: Path, identity: tuple[Path, str], options: tuple[str, ...], code: ExitCode, said: str
) -> None:
    (tmp_path / "empty.txt").write_text("# nobody\n")
    (tmp_path / "words.txt").write_text("not a key at all\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "stranger.txt").write_text(f"{pyrage.x25519.Identity.generate()}\n")
    write_map(tmp_path / "sealed.age", VAULT, read_recipients([identity[1]]))
    (tmp_path / "cut.age").write_bytes((tmp_path / "sealed.age").read_bytes()[:-20])
    err = refused(invoke, tmp_path, code, said, "create", request(tmp_path, "ola@example.com"), *options)
    assert "AGE-SECRET-KEY" not in err


def test_without_pyrage_a_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pyrage.py").write_text("raise ImportError\n")
    program = [sys.executable, "-m", "bundler", "create", str(request(tmp_path, "ola@example.com"))]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    outcome = subprocess.run(
        [*program, "--map-recipient", "age1x"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == ExitCode.INPUT
    assert "pip install 'ticket-bundler[age]'" in outcome.stderr
    assert not list(tmp_path.glob("ticket-*"))


def test_a_map_that_is_written_over_is_never_half_there(tmp_path: Path) -> None:
    path = tmp_path / "my.map.json"
    write_map(path, VAULT)
    path.chmod(0o644)
    write_map(path, Vault((), VAULT.key))
    assert open_map(path) == Vault((), VAULT.key)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["my.map.json"]


def test_no_recipient_named_is_no_encryption() -> None:
    assert read_recipients([]) is None
    with pytest.raises(MisuseError):
        unseal(b"age-encryption.org/v1\n", [], "my.age")


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


def test_the_map_beside_a_bundle_is_found_and_an_encrypted_one_only_with_a_key(
    tmp_path: Path, identity: tuple[Path, str]
) -> None:
    bundle = tmp_path / "ticket-1.zip"
    assert read_map_beside(bundle, "") is None
    write_map(tmp_path / "ticket-1.map.json.age", VAULT, read_recipients([identity[1]]))
    assert read_map_beside(bundle, "") is None
    assert read_map_beside(bundle, "", [str(identity[0])]) == VAULT
    with pytest.raises(MisuseError):
        read_map_beside(bundle, str(tmp_path / "ticket-1.map.json.age"))
    write_map(tmp_path / "ticket-1.map.json", Vault())
    assert read_map_beside(bundle, "") == Vault()


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
