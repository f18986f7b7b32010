"""What cannot be meant by what was typed is said in one sentence, and nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from tests.conftest import Invoke
from tests.creating import HAR, LOG
from tests.refusals import refused_create


def test_no_evidence_at_all(invoke: Invoke, tmp_path: Path) -> None:
    refused_create(invoke, tmp_path, ExitCode.USAGE, "nothing to make a ticket of")


def test_an_unknown_format(invoke: Invoke, tmp_path: Path) -> None:
    refused_create(invoke, tmp_path, ExitCode.USAGE, "format 'hra'", HAR, "--as", "hra")


def test_an_entry_that_is_not_there(invoke: Invoke, tmp_path: Path) -> None:
    refused_create(invoke, tmp_path, ExitCode.USAGE, "no entry 999", HAR, "--entry", "999")
    refused_create(invoke, tmp_path, ExitCode.USAGE, "takes a number", HAR, "--entry", "first")


def test_a_date_with_two_readings(invoke: Invoke, tmp_path: Path) -> None:
    refused_create(invoke, tmp_path, ExitCode.USAGE, "can be read as", HAR, "--at", "03/04/2026 14:00")


def test_a_time_that_is_none(invoke: Invoke, tmp_path: Path) -> None:
    refused_create(invoke, tmp_path, ExitCode.USAGE, "not a time", HAR, "--at", "when it rained")


def test_an_unknown_zone(invoke: Invoke, tmp_path: Path) -> None:
    refused_create(invoke, tmp_path, ExitCode.USAGE, "Europe/Copenhague", HAR, "--tz", "Europe/Copenhague")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--window", "soon"),
        ("--id", "orderId"),
        ("--redact", "1,2,3"),
        ("--provider", "mobilepey"),
        ("--key", "nowhere"),
    ],
)
def test_an_option_that_cannot_be_understood(invoke: Invoke, tmp_path: Path, option: str, value: str) -> None:
    refused_create(invoke, tmp_path, ExitCode.USAGE, "", HAR, option, value)


def test_an_output_that_exists_is_not_overwritten_unless_asked(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("create", HAR, LOG, "--tz", "UTC").code == ExitCode.FINE
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    again = invoke("create", HAR, LOG, "--tz", "UTC")
    assert again.code == ExitCode.INPUT
    assert "exists already" in again.err
    assert "--force" in again.err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert invoke("create", HAR, LOG, "--tz", "UTC", "--force").code == ExitCode.FINE


def test_an_output_folder_that_cannot_be(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcome = invoke("create", HAR, "-o", "file/inside")
    assert outcome.code == ExitCode.INPUT
    assert "cannot be made" in outcome.err


@pytest.mark.parametrize(
    "argv",
    [
        ("--payment-id", "order-1", "--id", "paymentId=order-2"),
        ("--payment-id", "order-1", "--id", "payment_id=order-2"),
        ("--id", "orderId=A-1", "--id", "orderId=A-2"),
        ("--payment-id", "order-1\norder-2"),
    ],
)
def test_an_id_that_was_typed_with_two_values(invoke: Invoke, tmp_path: Path, argv: tuple[str, ...]) -> None:
    refused_create(invoke, tmp_path, ExitCode.USAGE, "", HAR, *argv)
    assert invoke("check", HAR, "--payment-id", "order-1", "--id", "paymentId=order-1").code == ExitCode.FINE


def test_an_empty_name_is_not_the_current_folder(invoke: Invoke, tmp_path: Path) -> None:
    shutil.copy(HAR, tmp_path / "private.har")
    refused_create(invoke, tmp_path, ExitCode.USAGE, "is empty", "")
    refused_create(invoke, tmp_path, ExitCode.USAGE, "is empty", HAR, "--log", "")


def test_standard_input_named_twice(invoke: Invoke, tmp_path: Path) -> None:
    refused_create(invoke, tmp_path, ExitCode.USAGE, "named twice", "-", "--response", "-", stdin=HAR.read_bytes())


def test_an_entry_where_there_is_no_recording(invoke: Invoke, tmp_path: Path) -> None:
    refused_create(invoke, tmp_path, ExitCode.USAGE, "no recording or call in the evidence", LOG, "--entry", "3")
    refused_create(invoke, tmp_path, ExitCode.USAGE, "named other.har", HAR, "--entry", "other.har:3")


def test_nothing_to_check(invoke: Invoke, tmp_path: Path) -> None:
    outcome = invoke("check")
    assert outcome.code == ExitCode.USAGE
    assert "nothing to make a ticket of" in outcome.err


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_at_the_end_of_the_calendar(invoke: Invoke, when: str) -> None:
    assert invoke("check", LOG, "--at", when).code == ExitCode.FINE
