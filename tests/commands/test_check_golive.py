"""``check --go-live`` with the real program: recordings in, conditions out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bundler.assemble import golive
from bundler.errors import ExitCode
from bundler.model import Exchange
from tests.checks.makers import API
from tests.checks.traffic import DONE, RULES, card, declined, exchange, get, merchant, patch, start, step
from tests.commands.previews import HAR
from tests.conftest import Invoke

GOOD = (merchant(), start(), declined(), get(DONE), patch(), step("captures"))


def har(folder: Path, *exchanges: Exchange, name: str = "trace.har") -> Path:
    """The calls as a browser or a proxy would record them."""
    entries = [entry(each, count) for count, each in enumerate(exchanges)]
    path = folder / name
    path.write_text(json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": entries}}), "utf-8")
    return path


def entry(made: Exchange, count: int) -> dict[str, Any]:
    request, response = made.request, made.response
    assert request is not None
    assert response is not None
    sent = {"mimeType": "application/json", "text": request.body.decode()}
    headers = [{"name": name, "value": value} for name, value in response.headers]
    return {
        "startedDateTime": f"2026-11-23T13:02:{count % 60:02d}.000Z",
        "time": 20,
        "request": {"method": request.method, "url": request.url, "httpVersion": "HTTP/1.1", "headers": []}
        | ({"postData": sent} if request.body else {}),
        "response": {
            "status": response.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "headers": headers,
            "content": {"mimeType": "application/json", "text": response.body.decode(), "size": len(response.body)},
        },
    }


def shown(invoke: Invoke, *argv: str | Path, code: int = 0) -> dict[str, Any]:
    outcome = invoke("check", "--go-live", *argv, "--json")
    assert outcome.code == code, outcome.err
    document: dict[str, Any] = json.loads(outcome.out)
    assert document["exit"] == code
    return document


def states(document: dict[str, Any]) -> dict[str, str]:
    return {item["rule"]: item["state"] for item in document["go_live"]}


def test_good_recordings_pass_although_nothing_failed(invoke: Invoke, tmp_path: Path) -> None:
    document = shown(invoke, har(tmp_path, *GOOD))
    assert document["provider"] == "vipps-mobilepay"
    assert document["calls"] == {"read": 6, "looked_at": 6}
    assert set(states(document)) >= set(RULES)
    assert states(document) == dict.fromkeys(states(document), "pass") | {"merchant-buttons": "unseen"}
    assert all(item["title"] and item["reason"] for item in document["go_live"])


def test_a_broken_condition_makes_the_program_end_with_1(invoke: Invoke, tmp_path: Path) -> None:
    broken = start(allowedCardTypes=[card("VISA-DEBIT", tokenCallbackUrl=None)])
    document = shown(invoke, har(tmp_path, merchant(), broken), code=ExitCode.BLOCKED)
    assert states(document)["delegated-authentication"] == "fail"
    item = next(item for item in document["go_live"] if item["rule"] == "delegated-authentication")
    assert item["origins"] == [{"source": "trace.har", "place": "entry 2, request body, allowedCardTypes"}]


def test_all_recordings_count_together(invoke: Invoke, tmp_path: Path) -> None:
    first = har(tmp_path, start(), patch(), name="day.har")
    assert states(shown(invoke, first, code=ExitCode.BLOCKED))["payments-updated"] == "fail"
    second = har(tmp_path, step("captures"), name="night.har")
    assert states(shown(invoke, first, second))["payments-updated"] == "pass"


def test_what_a_person_sees_has_marks_reasons_and_origins(invoke: Invoke, tmp_path: Path) -> None:
    path = har(tmp_path, start(merchantName="Test"), step("captures"))
    outcome = invoke("check", "--go-live", path)
    assert outcome.code == ExitCode.BLOCKED
    lines = outcome.out.splitlines()
    assert lines[0].startswith("Going live with Vipps MobilePay: ")
    assert "1 failed" in lines[0]
    assert "cannot be seen from here" in lines[0]
    marks = [line[0] for line in lines if line[:1] in {"✓", "✗", "?"}]
    assert marks[0] == "✗"
    assert set(marks) == {"✓", "✗", "?"}
    at = lines.index(next(line for line in lines if line.startswith("✗")))
    assert lines[at + 1] == "  merchantName Test is a placeholder"
    assert lines[at + 2] == "  trace.har, entry 1, request body, merchantName"


def test_pages_of_others_are_passed_over(invoke: Invoke, tmp_path: Path) -> None:
    document = shown(invoke, har(tmp_path, *GOOD, *[get("https://shop.example/cart")] * 30))
    assert document["calls"] == {"read": 36, "looked_at": 6}


def test_of_endless_recordings_the_beginning_is_looked_at_and_that_is_said(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(golive, "MOST_CALLS", 10)
    document = shown(invoke, har(tmp_path, *GOOD, *[step("captures")] * 30))
    assert document["calls"] == {"read": 36, "looked_at": 10}
    assert document["notes"] == ["Only the first 10 calls with the provider were looked at."]
    assert "Only the first 10 calls" in invoke("check", "--go-live", tmp_path / "trace.har").out


def test_no_secret_is_shown(invoke: Invoke, tmp_path: Path) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlc2lnbmF0dXJl"
    path = har(tmp_path, start(merchantName=f"shop {token}"), merchant(vatNumber=token))
    for outcome in (invoke("check", "--go-live", path), invoke("check", "--go-live", path, "--json")):
        assert token not in outcome.out + outcome.err


def test_where_no_call_can_be_read_the_program_ends_with_3(invoke: Invoke, tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    log.write_text("2026-11-23 13:02:11,000 INFO nothing\n" * 5, "utf-8")
    outcome = invoke("check", "--go-live", log)
    assert outcome.code == ExitCode.INPUT
    assert "no call in the evidence" in outcome.err
    assert invoke("check", "--go-live", tmp_path / "nowhere.har").code == ExitCode.INPUT


def test_wrong_usage_is_told(invoke: Invoke, tmp_path: Path) -> None:
    path = har(tmp_path, *GOOD)
    outcome = invoke("check", "--go-live", path, "--event", "It failed")
    assert outcome.code == ExitCode.USAGE
    assert "--event is about one case" in outcome.err
    outcome = invoke("check", "--go-live", path, "--provider", "generic")
    assert outcome.code == ExitCode.USAGE
    assert "No conditions to go live are known" in outcome.err
    assert invoke("check", "--go-live").code == ExitCode.USAGE


def test_the_shipped_recording_can_be_judged(invoke: Invoke) -> None:
    document = shown(invoke, HAR, code=invoke("check", "--go-live", HAR, "--json").code)
    assert document["calls"]["looked_at"]
    assert {item["state"] for item in document["go_live"]} <= {"pass", "fail", "unseen"}


def test_requests_and_answers_saved_apart_are_paired(invoke: Invoke, tmp_path: Path) -> None:
    curl = tmp_path / "call.sh"
    body = msgspec.json.encode({"externalId": "m-1", "merchantCategoryCode": 0, "name": "Fjord Bikes"}).decode()
    curl.write_text(f"curl -X POST '{API}/api/v1/merchants' -H 'Content-Type: application/json' -d '{body}'\n", "utf-8")
    answer = tmp_path / "answer.txt"
    answer.write_text('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"merchantId":"x"}', "utf-8")
    document = shown(invoke, "--request", curl, "--response", answer, code=ExitCode.BLOCKED)
    assert states(document)["merchant-category-code"] == "fail"


def test_an_answer_of_another_service_is_judged_by_nobody(invoke: Invoke, tmp_path: Path) -> None:
    foreign = exchange("POST", "https://api.shop.example/v3/orders", {"merchantName": "Test"})
    document = shown(invoke, har(tmp_path, foreign), "--provider", "vipps-mobilepay")
    assert set(states(document).values()) == {"unseen"}
