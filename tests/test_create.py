"""The main job, with the real program: evidence in, a ready mail out."""

from __future__ import annotations

import email
import email.policy
import json
import re
import shutil
import zipfile
from email.message import Message
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bundler.errors import ExitCode
from tests.conftest import Invoke

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "bundler" / "demo"
HAR, LOG, PICTURE = DEMO / "checkout-trace.har", DEMO / "payment-service.log", DEMO / "app-error.png"
PLANTED = json.loads((ROOT / "tests" / "demo" / "planted.json").read_text(encoding="utf-8"))
IN_APP = "User tapped Pay, the app said: something went wrong"
PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"
CURL = f"""curl 'https://api.sandbox.mobilepay.dk/cardpassthrough-restapi/api/v1/payments/{PAYMENT}/captures' \\
  -H 'x-ibm-client-secret: not-a-real-secret-0001' -H 'Content-Type: application/json' \\
  --data-raw '{{"captureIdentifier":"c-1","amount":1250}}'
"""
ANSWER = """HTTP/1.1 409 Conflict
Content-Type: application/json
Date: Mon, 23 Nov 2026 13:02:11 GMT

{"code":"2040","message":"One or more card types are invalid","correlationId":"8d0f6a52-3c1b-47e9-a2f4-5b7d9e1c0a63"}
"""


def made(invoke: Invoke, *argv: str | Path, code: int = 0) -> dict[str, Any]:
    outcome = invoke("create", *argv, "--json")
    assert outcome.code == code, outcome.err
    shown: dict[str, Any] = json.loads(outcome.out)
    return shown


def parts(mail: bytes) -> dict[str, bytes]:
    message = email.message_from_bytes(mail, policy=email.policy.default)
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return {part.get_filename() or part.get_content_type(): _decoded(part) for part in leaves}


def _decoded(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data


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


def test_a_curl_command_and_a_saved_answer_become_one_call(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "call.sh").write_text(CURL, encoding="utf-8")
    (tmp_path / "answer.txt").write_text(ANSWER, encoding="utf-8")
    for argv in (["call.sh", "answer.txt"], ["--request", "call.sh", "--response", "answer.txt"]):
        ticket = made(invoke, *argv, "--at", "2026-11-23 14:02:11 Europe/Copenhagen", "--force")["ticket"]
        assert len(ticket["exchanges"]) == 1
        exchange = ticket["exchanges"][0]
        assert (exchange["request"]["method"], exchange["response"]["status"]) == ("POST", 409)
        assert "not-a-real-secret-0001" not in json.dumps(ticket)
        assert ticket["facts"]["payment_id"]["value"] == PAYMENT
        assert ticket["facts"]["occurred_at"]["value"] == "2026-11-23T13:02:11.000Z"
        assert ticket["cause"]["provider_code"] == {"code": "2040", "group": None}


def test_an_event_and_no_http_at_all(invoke: Invoke) -> None:
    ticket = made(invoke, "--event", IN_APP, PICTURE)["ticket"]
    assert ticket["exchanges"] == []
    assert ticket["provider"] == "vipps-mobilepay"
    missing = {asked["item"] for asked in ticket["asked"] if asked["required"] and not asked["found"]}
    assert missing == {"merchant_id", "payment_id", "occurred_at", "response", "logs"}


def test_only_a_payment_id_and_logs(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    shutil.copy(LOG, tmp_path / "logs")
    ticket = made(invoke, "--payment-id", PAYMENT, "logs")["ticket"]
    facts = ticket["facts"]
    assert facts["payment_id"]["origins"][0] == {"source": "you", "place": "--payment-id"}
    assert facts["merchant_id"]["value"] == "76fc041f-d5f0-44bc-9be2-a4ac1e883422"
    assert facts["occurred_at"]["value"].startswith("2026-11-23T18:12:0")
    assert ticket["environment"] == "sandbox"
    assert ticket["logs"][0]["source"] == "logs/payment-service.log"
    assert 12 <= ticket["logs"][0]["records"] < 300


def test_strict_says_why_it_exits_1(invoke: Invoke, tmp_path: Path) -> None:
    for command in (("create", "-o", "out"), ("check",)):
        told = invoke(*command, HAR, LOG, "--event", IN_APP, "--strict")
        assert told.code == ExitCode.BLOCKED
        assert told.err.endswith("for --strict wants everything that is asked for, and something is missing.\n")
    bundle = next((tmp_path / "out").glob("*.zip"))
    assert "--strict wants" in invoke("check", bundle, "--strict").err
    assert "--strict" not in invoke("check", HAR, LOG, "--event", IN_APP).err


def test_strict_exits_1_when_something_is_missing_and_still_writes(invoke: Invoke) -> None:
    shown = made(invoke, HAR, LOG, "--event", IN_APP, "--strict", code=ExitCode.BLOCKED)
    assert Path(shown["files"]["bundle"]).is_file()
    assert shown["exit"] == 1


def test_what_was_typed_wins_and_the_disagreement_is_a_finding(invoke: Invoke) -> None:
    other = "00000000-1111-4222-8333-444444444444"
    ticket = made(invoke, HAR, "--payment-id", other)["ticket"]
    assert ticket["facts"]["payment_id"]["value"] == other
    assert PAYMENT in [rival["value"] for rival in ticket["facts"]["payment_id"]["rivals"]]
    assert "IDS003" in [finding["code"] for finding in ticket["findings"]]


@pytest.mark.parametrize(
    "argv",
    [
        ("--id", "customerRef=kari@example.com"),
        ("--id", "client_secret=notarealone"),
        ("--id", "phoneNumber=4791234567"),
        ("--payment-id", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"),
        ("--merchant-id", "kari@example.com"),
    ],
)
def test_a_typed_id_that_is_secret_or_personal_is_refused(
    invoke: Invoke, tmp_path: Path, argv: tuple[str, str]
) -> None:
    outcome = invoke("create", HAR, *argv)
    assert outcome.code == ExitCode.USAGE
    assert argv[1].rpartition("=")[2] not in outcome.out + outcome.err
    assert not list(tmp_path.glob("ticket-*"))


@pytest.mark.parametrize(
    "argv",
    [("--merchant-id", "4791234567"), ("--payment-id", "4571501827408723"), ("--id", "transactionId=1508695088")],
)
def test_a_typed_id_that_only_has_the_digits_of_something_personal_stays(invoke: Invoke, argv: tuple[str, str]) -> None:
    ticket = made(invoke, HAR, *argv)["ticket"]
    assert argv[1].rpartition("=")[2] in json.dumps(ticket["facts"])


def test_the_entry_can_be_chosen(invoke: Invoke) -> None:
    ticket = made(invoke, HAR, "--entry", "10")["ticket"]
    failing = next(exchange for exchange in ticket["exchanges"] if exchange["failing"])
    assert failing["index"] == 10
    assert ticket["failing_reasons"] == ["you chose it with --entry"]


def test_a_part_of_a_picture_is_filled(invoke: Invoke) -> None:
    ticket = made(invoke, PICTURE, "--event", IN_APP, "--redact", "app-error.png:10%,10%,50%,5%")["ticket"]
    assert ticket["pictures"][0]["box_count"] == 1
    assert "PIC002" not in [finding["code"] for finding in ticket["findings"]]
    refused = invoke("create", PICTURE, "--event", IN_APP, "--redact", "other.png:1,1,2,2")
    assert refused.code == ExitCode.USAGE
    assert "other.png" in refused.err


def test_own_templates_win_file_by_file(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mail.txt.j2").write_text(
        "Dear support, {{ ticket.facts.payment_id.value }}\n", encoding="utf-8"
    )
    files = made(invoke, HAR, "--templates", "mine")["files"]
    mail = parts(Path(files["mail"]).read_bytes())
    assert mail["text/plain"].decode().strip() == f"Dear support, {PAYMENT}"
    assert b"<html" in mail["text/html"]


def test_a_broken_template_is_told_by_file_and_line(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "report.md.j2").write_text("one\n{{ ticket.nothing }}\n", encoding="utf-8")
    outcome = invoke("create", HAR, "--templates", "mine")
    assert outcome.code == ExitCode.USAGE
    assert "report.md.j2" in outcome.err
    assert "line 2" in outcome.err


def test_the_configuration_says_who_writes(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "ticket-bundler.toml").write_text(
        'notes = ["We run two instances."]\n[reporter]\nname = "Kim Example"\nemail = "kim@psp.example"\n',
        encoding="utf-8",
    )
    shown = made(invoke, HAR)
    assert shown["ticket"]["reporter"]["email"] == "kim@psp.example"
    assert shown["ticket"]["notes"] == ["We run two instances."]
    message = email.message_from_bytes(Path(shown["files"]["mail"]).read_bytes(), policy=email.policy.default)
    assert str(message["From"]) == "Kim Example <kim@psp.example>"


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


def test_files_of_the_same_name_are_told_apart(invoke: Invoke, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "service.log").write_bytes(LOG.read_bytes())
    ticket = made(invoke, HAR, tmp_path / "one" / "service.log", tmp_path / "two" / "service.log")["ticket"]
    assert [log["source"] for log in ticket["logs"]] == ["one/service.log", "two/service.log"]


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


def test_an_answer_without_any_host_is_for_the_usual_provider(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_text('{"code":"2040","message":"no","correlationId":"c-1"}', encoding="utf-8")
    ticket = made(invoke, "--response", "answer.json")["ticket"]
    assert ticket["provider"] == "vipps-mobilepay"
    assert ticket["evidence"][0]["reason"] == "you said it is the response"
    assert (
        made(invoke, "--response", "answer.json", "--provider", "generic", "-o", "g")["ticket"]["provider"] == "generic"
    )


def test_a_saved_answer_says_when_it_was_given(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "call.sh").write_text(CURL, encoding="utf-8")
    (tmp_path / "answer.txt").write_text(ANSWER, encoding="utf-8")
    moment = made(invoke, "call.sh", "answer.txt")["ticket"]["facts"]["occurred_at"]
    assert moment["value"] == "2026-11-23T13:02:11.000Z"
    assert moment["origins"][0]["place"] == "response header Date"


def test_the_zone_of_the_configuration_does_not_tell_where_it_lies(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "ticket-bundler.toml").write_text('time_zone = "Europe/Oslo"\n', encoding="utf-8")
    recording = HAR.read_text(encoding="utf-8")
    (tmp_path / "naive.har").write_text(re.sub(r'("startedDateTime": *"[^"]+)Z"', r'\1"', recording), encoding="utf-8")
    shown = made(invoke, "naive.har")
    assert shown["ticket"]["facts"]["occurred_at"]["zone_from"] == "ticket-bundler.toml"
    assert str(tmp_path) not in json.dumps(shown["ticket"])


def test_an_environment_that_the_hosts_contradict_is_a_finding(invoke: Invoke) -> None:
    ticket = made(invoke, HAR, "--environment", "production")["ticket"]
    assert ticket["environment"] == "production"
    assert "CFG004" in [finding["code"] for finding in ticket["findings"]]


def test_the_entry_may_name_its_file_as_it_was_typed(invoke: Invoke) -> None:
    ticket = made(invoke, HAR, "--entry", f"{HAR}:10")["ticket"]
    assert next(exchange for exchange in ticket["exchanges"] if exchange["failing"])["index"] == 10


def test_a_summary_is_one_line_whatever_was_typed(invoke: Invoke) -> None:
    assert made(invoke, "--event", "The app\n\n  said no")["ticket"]["summary"] == "The app said no"
    assert made(invoke, HAR, "--summary", "No\nBcc: x", "-o", "b")["ticket"]["summary"] == "No Bcc: x"


def test_a_response_of_another_payment_stays_with_the_request_it_was_given_for(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "call.sh").write_text(CURL, encoding="utf-8")
    other = ANSWER.replace('{"code"', '{"paymentId":"11111111-2222-4333-8444-555555555555","code"')
    (tmp_path / "answer.txt").write_text(other, encoding="utf-8")
    ticket = made(invoke, "--request", "call.sh", "--response", "answer.txt")["ticket"]
    assert [exchange["request"]["method"] for exchange in ticket["exchanges"]] == ["POST"]
    assert "RSP003" in [finding["code"] for finding in ticket["findings"]]
    trace = ticket["facts"]["trace_ids"][0]
    assert trace["origins"][0] == {"source": "answer.txt", "place": "response body, correlationId"}


def test_a_number_that_only_looks_like_a_card_does_not_stop_the_parcel(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "call.sh").write_text(CURL, encoding="utf-8")
    answer = ANSWER.replace('{"code"', '{"pspReference":"688131923657559743","code"')
    (tmp_path / "answer.txt").write_text(answer, encoding="utf-8")
    ticket = made(invoke, "call.sh", "answer.txt")["ticket"]
    assert "688131923657559743" in ticket["exchanges"][0]["response"]["body"]


def test_nothing_personal_in_a_pictures_name_leaves(invoke: Invoke, tmp_path: Path) -> None:
    shutil.copy(PICTURE, tmp_path / "pic kari.x@example.com 3782 822463 10005.png")
    outcome = invoke("create", "pic kari.x@example.com 3782 822463 10005.png", "--event", IN_APP, "-o", "out")
    assert outcome.code == ExitCode.FINE
    with zipfile.ZipFile(next((tmp_path / "out").glob("*.zip"))) as bundle:
        leaving = b"".join(name.encode() + bundle.read(name) for name in bundle.namelist())
    for part in (b"kari", b"822463"):
        assert part not in leaving
        assert part.decode() not in outcome.err + outcome.out
