"""What ``check``, ``preview`` and ``verify`` say of a finished bundle, and ``create`` of one that is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.pack.build import Member, build
from bundler.pack.open import open_bundle
from tests.commands.previews import HAR, LOG, PAYMENT, SECRET
from tests.conftest import Invoke


def test_check_writes_nothing_and_judges_evidence_and_bundles_alike(
    invoke: Invoke, tmp_path: Path, bundle: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    evidence = json.loads(invoke("check", HAR, LOG, "--json").out)
    packed = json.loads(invoke("check", bundle, "--json").out)
    assert sorted(tmp_path.iterdir()) == before
    assert evidence["ticket"]["cause"] == packed["ticket"]["cause"]
    assert evidence["exit"] == 0


def test_preview_tells_what_was_masked_and_shows_any_file(invoke: Invoke, bundle: Path) -> None:
    outcome = invoke("preview", bundle, "--json")
    files = {file["name"]: file for file in json.loads(outcome.out)["files"]}
    assert files["logs/01-payment-service.log"]["masked"]["card"] >= 1
    assert files["logs/01-payment-service.log"]["omitted"][0]["records"] > 100
    assert f"PaymentId={PAYMENT}" in invoke("preview", bundle, "--file", "logs/01-payment-service.log").out
    assert invoke("preview", bundle, "--file", "nothing").code == ExitCode.USAGE


def test_preview_shows_before_and_after_by_the_private_map_alone(invoke: Invoke, bundle: Path) -> None:
    outcome = invoke("preview", bundle, "--before-after")
    assert f"- x-ibm-client-secret: {SECRET}" in outcome.out
    assert "+ x-ibm-client-secret: [secret-" in outcome.out
    bundle.with_suffix(".map.json").unlink()
    assert invoke("preview", bundle, "--before-after").code == ExitCode.USAGE


def test_verify_is_content_with_what_create_made(invoke: Invoke, bundle: Path) -> None:
    for path in (bundle, bundle.with_suffix(".eml")):
        verdict = json.loads(invoke("verify", path, "--json").out)
        assert (verdict["exit"], verdict["damage"], verdict["leaks"]) == (0, [], [])
        assert "private map" in verdict["searched"]


def test_verify_finds_a_changed_byte(invoke: Invoke, bundle: Path) -> None:
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    assert invoke("verify", bundle).code == ExitCode.INPUT


def test_verify_finds_a_secret_that_was_put_back(invoke: Invoke, tmp_path: Path, bundle: Path) -> None:
    members = {name: data for name, data in open_bundle(bundle).contents if name != "MANIFEST.json"}
    members["logs/01-payment-service.log"] += f"x-ibm-client-secret: {SECRET}\n".encode()
    packed = [Member(name, data, "") for name, data in members.items()]
    leaking = tmp_path / "leaking.zip"
    leaking.write_bytes(build(packed, ticket_id="TB-X", tool="test"))
    outcome = invoke("verify", leaking, "--map", bundle.with_suffix(".map.json"))
    assert outcome.code == ExitCode.LEAK
    assert "logs/01-payment-service.log" in outcome.out
    assert SECRET not in outcome.out + outcome.err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"just some text\n"])
def test_verify_of_something_else_is_told_in_words(invoke: Invoke, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.zip").write_bytes(content)
    outcome = invoke("verify", "other.zip")
    assert outcome.code == ExitCode.INPUT
    assert outcome.err.startswith("Error: ")


def test_json_tells_the_ticket_even_when_it_could_not_be_written(invoke: Invoke, bundle: Path) -> None:
    outcome = invoke("create", HAR, LOG, "--json")
    shown = json.loads(outcome.out)
    assert (outcome.code, shown["exit"], shown["files"]) == (ExitCode.INPUT, 3, {})
    assert shown["ticket"]["facts"]["payment_id"]["value"] == PAYMENT
    assert "exists already" in outcome.err


def test_a_bundle_is_checked_strictly_and_as_it_is(invoke: Invoke, bundle: Path) -> None:
    assert invoke("check", bundle, "--strict").code == ExitCode.FINE
    refused = invoke("check", bundle, "--event", "It failed")
    assert refused.code == ExitCode.USAGE
    assert "--event changes nothing in a finished bundle" in refused.err
    files = json.loads(invoke("create", HAR, "-o", "no-logs", "--json").out)["files"]
    assert invoke("check", files["bundle"]).code == ExitCode.FINE
    assert invoke("check", files["bundle"], "--strict").code == ExitCode.BLOCKED
