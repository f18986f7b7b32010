"""The code tables of Recurring, Login and MobilePay's own APIs hold every code that is documented."""

from __future__ import annotations

import pytest

from bundler.providers import find_code, load

VIPPS = load("vipps-mobilepay")

RECURRING = """
validation-error invalid-json unsupported-media-type invalid-agreement-id not-authorized missing-request-header
idempotency-key-header idempotency-conflict charge-amount-too-high charge-due-too-soon charge-due-in-too-long
unsupported-feature illegal-agreement-update invalid-suggested-max-amount charge-creation-failed charge-capture-failed
cancel-charge-failed invalid-sale-unit resource-not-found operation-failed conflict
recurring.core.charges.create.invalid_agreement
"""
FAILURE_REASONS = """
user_action_required charge_amount_too_high non_technical_error technical_error insufficient_funds invalid_card
verification_required invalid_payment_source internal_error
"""
APP_PAYMENTS = """
processing_error amount_too_large partial_capture_disallowed payment_not_found invalid_payment_state
invalid_payment_point payment_point_not_found idempotency_key_reused unauthorized_access
payment_captured_with_different_amount amount_exceeds_available_funds availability_duration_expired
"""
LOGIN = """
access_denied server_error login_required invalid_app_callback_uri app_callback_uri_not_registered outdated_app_version
wrong_challenge unknown_reject_reason invalid_grant invalid_client invalid_request invalid_scope authorization_pending
old_app invalid_user
"""
POS = """
1099 1151 1152 1153 1155 1156 1157 1159 1160 1161 1182 1100 1102 1109 1110 1111 1112 1113 1114 1116 1117 1118 1119 1120
1121 1122 1162 1163 1164 1400 1401 1402 1403 1406 1407 1408 1409 1410 1411 1004 1000 1001 1002 1200 1202 1204 1300 1301
1303 1304 1305 1306 1307 1308 1351 1352 1354 1365 1366 1367 1368
"""
INVOICE = """
10101 10102 10103 10104 10105 10008 10201 10202 10203 10204 10205 10301 10302 10303 10304 10305 10306 10310 10311 10312
10314 10504
"""

DOCUMENTED = [
    ("recurring", None, RECURRING),
    ("recurring", "failureReason", FAILURE_REASONS),
    ("app-payments", None, APP_PAYMENTS),
    ("login", None, LOGIN),
    ("subscriptions", "agreement", "40000 40001 40002 40003"),
    ("subscriptions", "payment", "50000 50001 50003 50004 50006 70001 70003"),
    ("subscriptions", "one-off", "50001 50008 50013 70003"),
    ("subscriptions", "refund", "60001 60002 60003 60004 60005 60006 60007 60008"),
    ("subscriptions", "facade-refund", "102 103 104"),
    ("pos", None, POS),
    ("invoice", None, INVOICE),
    ("checkout", None, "Session-00100 Validation-00001"),
    ("report", None, "10001 10002 100001"),
]


@pytest.mark.parametrize(("family", "group", "codes"), DOCUMENTED, ids=[f"{each[0]}-{each[1]}" for each in DOCUMENTED])
def test_every_documented_code_is_known(family: str, group: str | None, codes: str) -> None:
    known = {row.code for row in VIPPS.codes if (row.family, row.group) == (family, group)}
    assert set(codes.split()) - known == set()


def test_the_same_code_is_another_thing_with_another_group() -> None:
    payment, one_off = (find_code(VIPPS, "subscriptions", 70003, group) for group in ("payment", "one-off"))
    assert payment is not None
    assert one_off is not None
    assert payment is not one_off
    assert find_code(VIPPS, "subscriptions", 70003) is None


def test_the_api_for_psps_shares_the_table_of_recurring() -> None:
    row = find_code(VIPPS, "recurring-psp", "charge-due-too-soon")
    assert row is not None
    assert row.family == "recurring"


def test_a_status_of_success_explains_no_failure() -> None:
    for group in ("agreement", "payment", "one-off", "refund"):
        assert find_code(VIPPS, "subscriptions", 0, group) is None


@pytest.mark.parametrize(
    ("family", "group", "number", "who"),
    [("pos", None, 2417, "provider"), ("pos", None, 1404, "config"), ("subscriptions", "refund", 60099, "code")],
)
def test_a_number_that_no_row_knows_lies_in_a_band(family: str, group: str | None, number: int, who: str) -> None:
    assert find_code(VIPPS, family, number, group) is None
    bands = [
        band
        for band in VIPPS.bands
        if (band.family, band.group) == (family, group) and band.first <= number <= band.last
    ]
    assert [band.who for band in bands] == [who]
