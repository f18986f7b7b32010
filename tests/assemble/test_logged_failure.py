"""A log alone is enough to start from: its last failure, and the error right after the payment's last record."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bundler.assemble.logged_failure import _may_tell
from tests.conftest import Invoke

API = "https://apitest.vipps.no/epayment/v1/payments"
TRACE = "00-4f1c9a7e2b6d4830a5e8c1d7b3f90a62-8c2e5b7a9d1f3046-01"


def record(time: str, level: str, text: str) -> str:
    return f"2026-11-23 {time},000 {level} shop.payments: {text}\n"


def refused(reference: str, code: str, title: str) -> str:
    body = {
        "type": "https://httpstatuses.io/400",
        "title": title,
        "status": 400,
        "instance": f"/v1/payments/{reference}/capture",
        "traceId": TRACE,
        "extraDetails": [{"name": "ErrorCode", "reason": code}],
    }
    return f"POST {API}/{reference}/capture failed with status 400: {json.dumps(body)}"


def ticket(invoke: Invoke, folder: Path, text: str, *more: str) -> dict[str, Any]:
    (folder / "service.log").write_text(text, encoding="utf-8")
    outcome = invoke("check", folder / "service.log", "--tz", "UTC", "--json", *more)
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)["ticket"]
    return found


QUIET = "".join(
    record(f"12:{minute:02}:00", "INFO", f"GET {API}/acme-quiet-{minute} answered 200") for minute in range(60)
)


def test_a_log_alone_is_read_at_its_last_failure(invoke: Invoke, tmp_path: Path) -> None:
    text = (
        QUIET
        + record("13:00:00", "ERROR", refused("acme-shop-1001", "6090", "Capture amount too high"))
        + record("13:40:00", "ERROR", refused("acme-shop-1002", "6080", "Cannot capture before reservation"))
        + record("13:41:00", "INFO", "bye")
    )
    found = ticket(invoke, tmp_path, text)
    assert found["facts"]["payment_id"]["value"] == "acme-shop-1002"
    assert found["facts"]["occurred_at"]["value"].startswith("2026-11-23T13:40:00")
    assert found["cause"]["provider_code"]["code"] == "6080"
    assert found["environment"] == "sandbox"
    assert any("the last of 2 failures" in note for taken in found["evidence"] for note in taken["notes"])


def test_an_arrow_before_a_status_tells_of_an_answer_whatever_the_level(invoke: Invoke, tmp_path: Path) -> None:
    text = QUIET + record("13:00:00", "INFO", f"POST {API}/acme-shop-1001/capture -> 503 in 90 ms")
    found = ticket(invoke, tmp_path, text)
    assert found["facts"]["payment_id"]["value"] == "acme-shop-1001"
    assert found["cause"]["message"].startswith("HTTP 503")


def test_a_typed_payment_picks_its_own_failure(invoke: Invoke, tmp_path: Path) -> None:
    text = record("13:00:00", "ERROR", refused("acme-shop-1001", "6090", "Capture amount too high")) + record(
        "13:40:00", "ERROR", refused("acme-shop-1002", "6080", "Cannot capture before reservation")
    )
    found = ticket(invoke, tmp_path, text, "--payment-id", "acme-shop-1001")
    assert found["cause"]["provider_code"]["code"] == "6090"


def test_an_error_without_an_id_belongs_to_the_payment_before_it(invoke: Invoke, tmp_path: Path) -> None:
    body = (
        refused("acme-shop-1001", "6090", "Capture amount too high").partition(": ")[2].replace("acme-shop-1001", "x")
    )
    text = (
        QUIET
        + record("13:00:00", "INFO", f"calling POST {API}/acme-shop-1001/capture")
        + record("13:00:02", "ERROR", f"Request failed with status code 400 {body}")
        + record("13:30:00", "ERROR", "something else entirely")
    )
    found = ticket(invoke, tmp_path, text, "--payment-id", "acme-shop-1001")
    assert found["facts"]["occurred_at"]["value"].startswith("2026-11-23T13:00:02")
    assert found["cause"]["provider_code"]["code"] == "6090"


def test_a_log_in_which_nothing_of_the_provider_failed_is_left_alone(invoke: Invoke, tmp_path: Path) -> None:
    found = ticket(invoke, tmp_path, QUIET + record("13:00:00", "ERROR", "disk almost full"))
    assert found["cause"] is None
    assert found["facts"]["occurred_at"] is None


def test_the_trace_id_beside_the_error_that_follows_the_payment_belongs_to_it(invoke: Invoke, tmp_path: Path) -> None:
    problem = (
        '{"title":"No","status":409,"traceId":"' + TRACE + '","extraDetails":[{"name":"ErrorCode","reason":"6080"}]}'
    )
    text = (
        QUIET
        + record("13:00:00", "INFO", f"POST {API}/acme-shop-1001/capture")
        + record("13:00:01", "ERROR", f"the provider answered 409: {problem}")
    )
    found = ticket(invoke, tmp_path, text, "--payment-id", "acme-shop-1001")
    assert [(fact["name"], fact["value"]) for fact in found["facts"]["trace_ids"]] == [("traceId", TRACE)]
    places = [origin["place"] for origin in found["facts"]["payment_id"]["origins"]]
    assert places == ["--payment-id", "line 61"]
    assert found["facts"]["occurred_at"]["value"].startswith("2026-11-23T13:00:01")


def test_the_ids_of_an_error_that_names_another_payment_are_not_taken(invoke: Invoke, tmp_path: Path) -> None:
    text = (
        QUIET
        + record("13:00:00", "INFO", f"POST {API}/acme-shop-1001/capture")
        + record("13:00:01", "ERROR", refused("acme-shop-1002", "6080", "Cannot capture before reservation"))
    )
    assert ticket(invoke, tmp_path, text, "--payment-id", "acme-shop-1001")["facts"]["trace_ids"] == []


def test_an_error_response_that_the_log_quotes_is_not_missing(invoke: Invoke, tmp_path: Path) -> None:
    text = QUIET + record("13:00:00", "ERROR", refused("acme-shop-1001", "6080", "Cannot capture before reservation"))
    ticket(invoke, tmp_path, text)
    told = invoke("check", tmp_path / "service.log", "--tz", "UTC").out
    assert "✓ Error response: quoted in service.log, line 61" in told
    quiet = QUIET + record("13:00:00", "ERROR", f"POST {API}/acme-shop-1001/capture answered 500")
    ticket(invoke, tmp_path, quiet)
    assert "✗ Error response: missing" in invoke("check", tmp_path / "service.log", "--tz", "UTC").out


@pytest.mark.parametrize(
    "record",
    [b"x ERROR x", b"a Failure", b"IOException:", b"CRITICAL", b"status=404 ", b"\n500\n", b"(441)", b"-> 599;"],
)
def test_word_or_status_of_a_failure_is_seen(record: bytes) -> None:
    assert _may_tell(record)


@pytest.mark.parametrize(
    "record", [b"", b"done", b"status=200 ", b"took 4041 ms", b"order 94040 ", b"id 1500 x", b"at 40 "]
)
def test_numbers_that_are_no_status_are_passed_over(record: bytes) -> None:
    assert not _may_tell(record)


def test_what_is_seen_is_what_one_pattern_would_find() -> None:
    pattern = re.compile(rb"error|fail|exception|fatal|severe|crit|[^\d][45]\d\d[^\d]", re.IGNORECASE)
    dice = Random(7)
    for _ in range(20_000):
        record = bytes(dice.choices(b"4450129 aeErRoOFAILl\n\xe2", k=dice.randrange(14)))
        assert _may_tell(record) == (pattern.search(record) is not None), record
