"""The main job, with the real program: the shipped evidence in, a ready mail out."""

from __future__ import annotations

import email
import email.policy
import json
import zipfile
from pathlib import Path

import jsonschema
import pytest

from bundler.errors import ExitCode
from tests.conftest import Invoke
from tests.creating import HAR, IN_APP, LOG, PAYMENT, PICTURE, ROOT, made, parts

PLANTED = json.loads((ROOT / "tests" / "demo" / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture
def ticket_files(invoke: Invoke, tmp_path: Path) -> dict[str, Path]:
    """Bundle, mail and map of the shipped evidence."""
    files = made(invoke, HAR, LOG, PICTURE, "--event", IN_APP)["files"]
    return {name: tmp_path / path for name, path in files.items()}


def test_the_shipped_evidence_gives_all_seven_items_with_origins(invoke: Invoke) -> None:
    ticket = made(invoke, HAR, LOG, PICTURE, "--event", IN_APP)["ticket"]
    required = [asked for asked in ticket["asked"] if asked["required"]]
    assert [asked["item"] for asked in required if asked["found"] and asked["where"] and asked["why"]] == [
        "merchant_id",
        "payment_id",
        "occurred_at",
        "request",
        "response",
        "screenshot",
        "logs",
    ]
    facts = ticket["facts"]
    assert facts["payment_id"]["value"] == PAYMENT
    sources = {origin["source"] for origin in facts["payment_id"]["origins"]}
    assert sources == {"checkout-trace.har", "payment-service.log"}
    assert facts["occurred_at"]["value"].startswith("2026-11-23T18:12:00")
    assert facts["trace_ids"][0]["name"] == "correlationId"
    assert (ticket["environment"], ticket["family"]) == ("sandbox", "mobilepay-online")
    failing = [exchange for exchange in ticket["exchanges"] if exchange["failing"]]
    assert [(exchange["index"], exchange["response"]["status"]) for exchange in failing] == [(20, 409)]
    assert ticket["cause"]["code"] == "TIM010"


def test_no_planted_secret_is_in_any_byte_that_leaves(ticket_files: dict[str, Path]) -> None:
    with zipfile.ZipFile(ticket_files["bundle"]) as bundle:
        leaving = {name: bundle.read(name) for name in bundle.namelist()}
    mail = ticket_files["mail"].read_bytes()
    leaving |= {f"mail: {name}": data for name, data in parts(mail).items()}
    leaving |= {"mail, undecoded": mail, "bundle, packed": ticket_files["bundle"].read_bytes()}
    leaks = [(row["value"], name) for row in PLANTED for name, data in leaving.items() if row["value"].encode() in data]
    assert leaks == []
    assert PLANTED
    private = ticket_files["map"].read_text(encoding="utf-8")
    assert any(row["value"] in private for row in PLANTED)
    assert ticket_files["map"].stat().st_mode & 0o777 == 0o600


def test_what_support_needs_is_not_masked(ticket_files: dict[str, Path]) -> None:
    mail = parts(ticket_files["mail"].read_bytes())
    text = mail["text/plain"].decode()
    for wanted in (PAYMENT, "76fc041f-d5f0-44bc-9be2-a4ac1e883422", "0323cb6b-bc8f-4216-9c88-b20088c59dbc", "409"):
        assert wanted in text
    assert PAYMENT.encode() in mail["logs-01-payment-service.log"]


def test_the_mail_is_a_draft_to_support_that_tells_everything_in_its_subject(ticket_files: dict[str, Path]) -> None:
    message = email.message_from_bytes(ticket_files["mail"].read_bytes(), policy=email.policy.default)
    assert message["To"] == "developer@vippsmobilepay.com"
    assert message["X-Unsent"] == "1"
    assert str(message["Subject"]).startswith("[sandbox] PATCH ")
    assert f"-> 409, PaymentId {PAYMENT}" in str(message["Subject"])
    assert str(message["Subject"]).isascii()
    assert len(message["Subject"]) <= 120


def test_ticket_json_fits_the_published_schema(ticket_files: dict[str, Path]) -> None:
    schema = json.loads((ROOT / "bundler" / "schema" / "ticket-1.json").read_text(encoding="utf-8"))
    with zipfile.ZipFile(ticket_files["bundle"]) as bundle:
        jsonschema.validate(json.loads(bundle.read("ticket.json")), schema)
        manifest = json.loads(bundle.read("MANIFEST.json"))
        assert {file["name"] for file in manifest["files"]} == set(bundle.namelist()) - {"MANIFEST.json"}


def test_the_same_evidence_key_and_moment_give_the_same_bytes(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("00112233445566778899aabbccddeeff", encoding="ascii")
    runs = [
        made(invoke, HAR, LOG, PICTURE, "--key", "key", "--tz", "UTC", "-o", folder)["files"]
        for folder in ("one", "two")
    ]
    for name in ("bundle", "mail", "map"):
        first, second = (Path(run[name]).read_bytes() for run in runs)
        assert first == second


def test_the_demo_tells_the_story_and_what_to_open(invoke: Invoke, tmp_path: Path) -> None:
    outcome = invoke("demo", "-o", "out")
    assert outcome.code == ExitCode.FINE
    assert outcome.out.count("\n") == 3
    for said in ("Taken for", "Likely cause", "Asked for: 7 of 7", "Masked", "press Send", "27 s after its callback"):
        assert said in outcome.err
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".zip", ".eml", ".json"}


def test_nothing_of_this_computers_folders_leaves(ticket_files: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(ticket_files["bundle"]) as bundle:
        for name in bundle.namelist():
            data = bundle.read(name)
            assert str(tmp_path).encode() not in data
            assert str(ROOT).encode() not in data


def test_the_order_and_the_place_of_the_evidence_change_no_byte(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("5a" * 32, encoding="ascii")
    (tmp_path / "elsewhere").mkdir()
    first = made(invoke, HAR, LOG, PICTURE, "--key", tmp_path / "key", "-o", tmp_path / "a")["files"]
    monkeypatch.chdir(tmp_path / "elsewhere")
    second = made(invoke, PICTURE, LOG, HAR, "--key", tmp_path / "key", "-o", tmp_path / "b")["files"]
    for name in ("bundle", "mail", "map"):
        assert Path(first[name]).read_bytes() == Path(second[name]).read_bytes()
