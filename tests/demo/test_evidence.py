"""The demo's evidence tells one true story: what was planted is there, ids agree, and so do the clocks."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import bundler

SHIPPED = Path(bundler.__file__).parent / "demo"
PLANTED = json.loads((Path(__file__).parent / "planted.json").read_text(encoding="utf-8"))
RECORD = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+\d\d:\d\d) - (\S+) - [A-Z]+ - (.*)")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@cache
def text(name: str) -> str:
    return (SHIPPED / name).read_text(encoding="utf-8")


@cache
def entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text("checkout-trace.har"))["log"]["entries"]
    return found


@cache
def records() -> list[tuple[datetime, str, str]]:
    """Moment, logger and message of each line that begins a record."""
    found = [match for line in text("payment-service.log").splitlines() if (match := RECORD.match(line))]
    return [(datetime.fromisoformat(match[1]), match[2], match[3]) for match in found]


def entry(method: str, ending: str) -> dict[str, Any]:
    (found,) = [each for each in entries() if each["request"]["method"] == method and ending in each["request"]["url"]]
    return found


def failing() -> dict[str, Any]:
    return entry("PATCH", "/authorizationattempts/")


def header(message: dict[str, Any], name: str) -> str:
    (value,) = [each["value"] for each in message["headers"] if each["name"] == name]
    return str(value)


def ids() -> dict[str, str]:
    initiate = entry("POST", "/api/v3/payments")
    payment_id, attempt_id = UUID.findall(failing()["request"]["url"])
    return {
        "merchant": json.loads(initiate["request"]["postData"]["text"])["merchantId"],
        "payment": payment_id,
        "attempt": attempt_id,
        "correlation": header(failing()["request"], "CorrelationId"),
    }


def moment_of(*words: str) -> datetime:
    (moment,) = [moment for moment, _logger, message in records() if all(word in message for word in words)]
    return moment


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: f"{plant['kind']}: {plant['value'][:24]}")
def test_every_planted_value_is_in_the_files_it_is_said_to_be_in(plant: dict[str, Any]) -> None:
    assert plant["files"]
    assert all(plant["value"] in text(name) for name in plant["files"])


def test_every_kind_of_secret_is_planted() -> None:
    kinds = {plant["kind"] for plant in PLANTED}
    assert kinds == {"secret", "key", "cookie", "jwt", "card", "name", "email", "phone", "address", "ip"}


def test_no_address_number_or_token_is_in_the_files_that_was_not_planted() -> None:
    planted = {plant["value"] for plant in PLANTED}
    both = text("checkout-trace.har") + text("payment-service.log")
    assert set(re.findall(r"[\w.]+@[\w.]+\.[a-z]+", both)) <= planted
    assert set(re.findall(r"\+467\d{8}", both)) <= planted
    assert set(re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", both)) <= planted


def test_all_people_are_invented() -> None:
    for plant in PLANTED:
        if plant["kind"] == "email":
            assert plant["value"].endswith("@example.com")
        elif plant["kind"] == "phone":  # set aside for fiction by PTS: 070-1740605 to 070-1740699
            assert 46701740605 <= int(plant["value"]) <= 46701740699
        elif plant["kind"] == "ip":  # RFC 5737
            assert plant["value"].startswith(("192.0.2.", "198.51.100.", "203.0.113."))


def test_the_payment_is_initiated_with_every_required_field() -> None:
    initiate = entry("POST", "/api/v3/payments")
    required = {
        "allowedCardTypes", "amount", "currencyCode", "merchantId", "merchantLogoUrl", "merchantName",
        "merchantOrderId", "merchantUrl", "pspReferenceId", "publicKeyId", "redirectFromMobilePayUrl",
    }  # fmt: skip
    assert required <= set(json.loads(initiate["request"]["postData"]["text"]))
    answer = json.loads(initiate["response"]["content"]["text"])
    assert answer["paymentId"] == ids()["payment"]
    assert "?token=eyJ" in answer["redirectToMobilePayAppUrl"]


def test_the_failing_call_answers_409_in_the_documented_shape() -> None:
    answer = json.loads(failing()["response"]["content"]["text"])
    assert failing()["response"]["status"] == 409
    assert answer.keys() == {"code", "message", "correlationId"}
    assert all(isinstance(value, str) for value in answer.values())
    assert answer["correlationId"] == ids()["correlation"]


def test_the_failing_call_shows_its_headers_and_body() -> None:
    request = failing()["request"]
    assert header(request, "x-ibm-client-id")
    assert header(request, "x-ibm-client-secret") in {plant["value"] for plant in PLANTED}
    assert json.loads(request["postData"]["text"])["succeeded"] is True
    assert header(failing()["response"], "Set-Cookie")


def test_the_failing_call_hides_among_others() -> None:
    hosts = {each["request"]["url"].split("/")[2] for each in entries()}
    assert hosts == {"console.psp.example", "stats.example.com", "api.sandbox.mobilepay.dk"}
    assert {each["response"]["status"] for each in entries()} >= {200, 204, 404, 409, 503}
    assert entry("OPTIONS", "/api/v3/payments")["response"]["status"] == 204


def test_the_log_knows_the_ids_and_the_correlation_id_stands_apart() -> None:
    log = text("payment-service.log")
    assert all(value in log for value in ids().values())
    (line,) = [line for line in log.splitlines() if ids()["correlation"] in line]
    assert ids()["payment"] not in line


def test_the_log_says_the_same_time_as_the_trace() -> None:
    started = datetime.fromisoformat(failing()["startedDateTime"])
    logged = moment_of("PATCH", ids()["payment"], "-> 409")
    assert timedelta(0) <= logged - started < timedelta(seconds=2)


def test_the_authorization_is_reported_later_than_the_twenty_seconds_allowed() -> None:
    called_back = moment_of("card callback", ids()["attempt"])
    started = datetime.fromisoformat(failing()["startedDateTime"])
    assert timedelta(seconds=26) < started - called_back < timedelta(seconds=30)


def test_other_payments_go_well_before_and_after() -> None:
    failed = moment_of("PATCH", ids()["payment"], "-> 409")
    good = [moment for moment, _logger, message in records() if "PATCH" in message and "-> 204" in message]
    assert min(good) < failed < max(good)
    assert len({uuid for _moment, _logger, message in records() for uuid in UUID.findall(message)}) > 60


def test_the_log_is_in_order_and_long_enough_that_an_excerpt_leaves_most_out() -> None:
    moments = [moment for moment, _logger, _message in records()]
    assert moments == sorted(moments)
    assert timedelta(minutes=25) < moments[-1] - moments[0] < timedelta(minutes=35)
    failed = moment_of("PATCH", ids()["payment"], "-> 409")
    near = [each for each in moments if failed - timedelta(minutes=5) <= each < failed + timedelta(minutes=2)]
    assert len(moments) > 350
    assert len(near) < len(moments) / 2


def test_the_trace_back_is_whole_and_names_no_folder_of_the_recorder() -> None:
    log = text("payment-service.log")
    assert "The above exception was the direct cause of the following exception:" in log
    assert set(re.findall(r'File "([^"]+)"', log)) == {"/srv/authorizer/service.py"}


def test_the_picture_has_the_size_of_a_phone_and_the_files_are_small() -> None:
    data = (SHIPPED / "app-error.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (1080, 2340)
    sizes = {path.name: path.stat().st_size for path in SHIPPED.iterdir()}
    assert sizes.keys() == {"app-error.png", "checkout-trace.har", "payment-service.log"}
    assert sizes["app-error.png"] < 150_000
    assert sizes["checkout-trace.har"] < 150_000
    assert sizes["payment-service.log"] < 120_000
