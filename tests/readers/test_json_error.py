from __future__ import annotations

import pytest

from bundler.errors import UnreadableInput
from bundler.model import BodyState
from bundler.readers import json_error
from tests.readers.reading import CASES, read, read_case


@pytest.mark.parametrize(
    ("case", "status"), [("problem", 409), ("code-message", None), ("list", None), ("nested", 404)]
)
def test_lone_body_is_a_response_whose_status_it_may_tell(case: str, status: int | None) -> None:
    outcome = read_case(json_error, f"json/{case}.json")
    response = outcome.response()
    assert outcome.exchanges[0].request is None
    assert (response.status, response.body_state) == (status, BodyState.PRESENT)
    assert response.body == (CASES / f"json/{case}.json").read_bytes()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"status": "409"}', 409),
        ('{"statusCode": 500}', 500),
        ('{"http_status": 503}', 503),
        ('{"status": "FAILED"}', None),
        ('{"status": 7}', None),
        ('{"status": true}', None),
        ('{"code": "404"}', None),
        ('{"code": 200}', None),
        ('{"errors": [{"status": "422"}]}', 422),
        ('{"error":' * 50 + "1" + "}" * 50, None),
        ("[]", None),
    ],
)
def test_status_is_taken_from_where_it_can_be_nothing_else(body: str, status: int | None) -> None:
    assert read(json_error, body).response().status == status


@pytest.mark.parametrize("text", ["", "no", "12", '"text"', '{"a":1}\n{"b":2}', '{"a":', "[" * 100_000])
def test_what_is_not_one_json_value_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInput):
        read(json_error, text)


@pytest.mark.parametrize(
    "text",
    [
        '{"level":"error","error":"a"}\n{"level":"info","message":"b"}\n',
        '{"time":"2026-11-23T13:00:00Z","level":"error","error":"a"}\n',
        '{"log":{"entries":[]},"error":1}',
        '{"name":"package","version":"1.0.0"}',
        "[1,2]",
        "12",
    ],
)
def test_logs_hars_and_settings_are_not_claimed(text: str) -> None:
    assert json_error.detect(text.encode(), "a.json").score < 0.3


def test_text_of_absurd_length_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_error, "TEXT_LIMIT", 100)
    with pytest.raises(UnreadableInput, match="too long"):
        read(json_error, '{"error":"' + "x" * 100 + '"}')
