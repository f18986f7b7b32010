"""Every form of error body of Vipps MobilePay: everything that it holds is read, and its code stands in a table."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import asdict

from bundler.providers import find_code, load, read_error
from bundler.providers.error_bodies import read_error_value
from tests.providers.forms_of_mobilepay import CALLED_BACK, EXECUTED
from tests.providers.forms_of_mobilepay import FORMS as OF_MOBILEPAY
from tests.providers.forms_of_vipps import FORMS as OF_VIPPS
from tests.providers.forms_of_vipps import UUID

VIPPS = load("vipps-mobilepay")
FORMS = [*OF_VIPPS, *OF_MOBILEPAY]
NOTHING: dict[str, Any] = {"code": None, "group": None, "title": None, "detail": None, "traces": (), "reasons": ()}


def test_every_form_stands_here() -> None:
    assert sorted(name for name, *_ in FORMS) == sorted(shape.name for shape in VIPPS.shapes)


@pytest.mark.parametrize(("name", "family", "body", "expected"), FORMS, ids=[name for name, *_ in FORMS])
def test_everything_that_a_form_holds_is_read(
    name: str, family: str | None, body: object, expected: dict[str, Any]
) -> None:
    found = read_error(VIPPS, family, json.dumps(body).encode())
    assert found is not None
    read = asdict(found)
    families = read.pop("families")
    assert read == NOTHING | expected | {"shape": name}
    assert family in families or not families


@pytest.mark.parametrize(("name", "family", "body", "expected"), FORMS, ids=[name for name, *_ in FORMS])
def test_the_code_of_a_form_stands_in_its_table(
    name: str, family: str | None, body: object, expected: dict[str, Any]
) -> None:
    code, group = expected.get("code"), expected.get("group")
    if code is not None and name != "code and message":  # the gateway's own word, which its text explains
        row = find_code(VIPPS, family, code, group)
        assert row is not None
        assert row.group in {group, None}


@pytest.mark.parametrize(
    "body",
    [[EXECUTED], EXECUTED, [EXECUTED, EXECUTED], CALLED_BACK | {"refund_id": UUID, "status_code": 0}],
    ids=["batch", "one", "two", "refund"],
)
def test_a_callback_that_tells_of_success_is_no_error(body: object) -> None:
    assert read_error(VIPPS, "subscriptions", json.dumps(body).encode()) is None


def test_an_error_in_the_query_of_a_redirect_is_read_as_an_object() -> None:
    query = {"error": "access_denied", "error_description": "user cancelled the login", "state": "f3a9c1d27b"}
    found = read_error_value(VIPPS, "login", query)
    assert found is not None
    assert (found.code, found.detail) == ("access_denied", "user cancelled the login")
