"""The private map encrypted with age, with the real program: for its recipients, and for nobody else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest

from bundler.assemble.maps import open_map, write_map
from bundler.assemble.sealing import is_sealed, read_recipients, seal, unseal
from bundler.commands.mapping import read_map_beside
from bundler.errors import ExitCode, MisuseError
from bundler.redact import Vault
from tests.commands.maps import VAULT, kinds, made, request
from tests.conftest import Invoke
from tests.refusals import refused

ROOT = Path(__file__).parents[2]


@pytest.fixture
def identity(tmp_path: Path) -> tuple[Path, str]:
    """A file with a private key, as age-keygen writes it, and the public key."""
    key = pyrage.x25519.Identity.generate()
    path = tmp_path / "key.txt"
    path.write_text(f"# created: 2026-11-23T14:00:00+01:00\n# public key: {key.to_public()}\n{key}\n")
    return path, str(key.to_public())


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
        (("--map-recipient", "~nobody-here/k.txt"), ExitCode.INPUT, "~nobody-here/k.txt does not exist"),
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


def test_no_recipient_named_is_no_encryption() -> None:
    assert read_recipients([]) is None
    with pytest.raises(MisuseError):
        unseal(b"age-encryption.org/v1\n", [], "my.age")


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
