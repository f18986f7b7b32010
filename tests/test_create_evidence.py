"""Tickets made of less than a recording: a command, a saved answer, an event, an id and logs."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

from bundler.errors import ExitCode
from tests.conftest import Invoke
from tests.creating import ANSWER, CURL, HAR, IN_APP, LOG, PAYMENT, PICTURE, made


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


def test_files_of_the_same_name_are_told_apart(invoke: Invoke, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "service.log").write_bytes(LOG.read_bytes())
    ticket = made(invoke, HAR, tmp_path / "one" / "service.log", tmp_path / "two" / "service.log")["ticket"]
    assert [log["source"] for log in ticket["logs"]] == ["one/service.log", "two/service.log"]


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
