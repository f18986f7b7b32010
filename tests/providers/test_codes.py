from __future__ import annotations

import pytest

from bundler.providers import find_code, find_status, find_texts, load

VIPPS = load("vipps-mobilepay")

EPAYMENT = """
3010 4010 4020 4040 4050 4060 4070 4080 4090 4100 4110 4120 4130 4140 4150 4160 5010 5020 5030 5040 5050 5060
5070 5080 5090 5100 6010 6020 6030 6040 6050 6060 6070 6080 6090 6100 6110 6120 6130 6140 6150 6160 6170 6180
6190 6200 6210 6220 6230 6250 6260 6280 7010 10010 10020 10030 10040 10050 10060 10070
"""


def test_the_epayment_table_is_complete() -> None:
    assert [row.code for row in VIPPS.codes if row.family == "epayment"] == EPAYMENT.split()


def test_the_online_table_is_complete() -> None:
    rows = [row for row in VIPPS.codes if row.family == "mobilepay-online"]
    received = " ".join(row.code for row in rows if row.group is None)
    assert received == "2000 2010 2020 2030 2040 2050 2100 2101"
    sent = " ".join(row.code for row in rows if row.group == "reasonCode")
    assert sent == "1000 1001 1003 1004 1005 1006 1007 1008 1009 1010 2000 2001 2002 3000"


ECOM = """
Payment: 41 42 43 44 45 51 52 61 62 63 71 72 73 74 93 95 98 1082
VippsError: 91 92 93 94 98 99
User: 81 82
Merchant: 31 32 33 34 35 36 37 38 39 51 97
InvalidRequest: *
"""
VIPPS_PSP = """
21 42 44 51 99 amount currency makePaymentUrl 121 122 123 124
makePayment: 71 72 81 82 83 84 85 86 87 88 89 91 92 93 94 1036
"""


@pytest.mark.parametrize(("family", "written"), [("ecom", ECOM), ("vipps-psp", VIPPS_PSP)])
def test_a_table_with_groups_is_complete(family: str, written: str) -> None:
    for line in written.strip().splitlines():
        group, _, codes = line.rpartition(":")
        rows = [row.code for row in VIPPS.codes if (row.family, row.group or "") == (family, group)]
        assert rows == codes.split(), line


def test_the_same_number_is_another_thing_in_another_group_of_ecom() -> None:
    rows = [find_code(VIPPS, "ecom", code, group) for code in ("51", "93", "98") for group in ("Payment", "VippsError")]
    titles = [row.title for row in rows if row is not None]
    assert len(set(titles)) == 5  # VippsError has no 51
    assert find_code(VIPPS, "ecom", "51") is None


def test_a_code_that_is_the_name_of_a_field_finds_the_row_of_its_group() -> None:
    row = find_code(VIPPS, "ecom", "transaction.orderId", "InvalidRequest")
    assert row is not None
    assert (row.group, row.code, row.who) == ("InvalidRequest", "*", "code")
    assert find_code(VIPPS, None, "amount", "InvalidRequest") is row
    assert find_code(VIPPS, "ecom", "transaction.orderId", "Payment") is None
    assert find_code(VIPPS, "ecom", "transaction.orderId") is None


@pytest.mark.parametrize("code", ["2040", 2040, " 2040 "], ids=["text", "number", "padded"])
def test_a_code_is_found_as_number_and_as_text(code: str | int) -> None:
    row = find_code(VIPPS, "mobilepay-online", code)
    assert row is not None
    assert row.who == "code"
    assert "hyphen" in row.remedy


def test_the_same_number_in_another_group_is_another_row() -> None:
    error, sent = find_code(VIPPS, "mobilepay-online", 2000), find_code(VIPPS, "mobilepay-online", 2000, "reasonCode")
    assert error is not None
    assert sent is not None
    assert error.title != sent.title


def test_an_unknown_group_falls_back_to_the_row_without_one() -> None:
    row = find_code(VIPPS, "mobilepay-online", "2040", "Payment")
    assert row is not None
    assert row.group is None


def test_a_family_uses_the_table_of_the_one_it_is_like() -> None:
    row = find_code(VIPPS, "epayment-psp", "4160")
    assert row is not None
    assert row.family == "epayment"


def test_a_code_of_another_family_is_not_taken() -> None:
    assert find_code(VIPPS, "epayment", "2040") is None
    assert find_code(VIPPS, "mobilepay-online", "6080") is None
    assert find_code(load("generic"), None, "2040") is None


def test_without_a_family_a_code_that_one_table_knows_is_found() -> None:
    row = find_code(VIPPS, None, "6080")
    assert row is not None
    assert row.family == "epayment"
    assert find_code(VIPPS, None, "9999") is None


def test_a_status_is_explained() -> None:
    row = find_status(VIPPS, "epayment", 423)
    assert row is not None
    assert row.who == "wait"
    assert find_status(VIPPS, "epayment", 299) is None


def test_the_gateways_texts_tell_more_than_its_status() -> None:
    texts = {
        "Access denied due to invalid subscription key. Make sure to provide a valid key.": "subscription-key-invalid",
        "Access denied due to missing subscription key.": "subscription-key-missing",
        "Something went wrong, please try again later": "token-not-accepted",
    }
    for text, name in texts.items():
        row = next(find_texts(VIPPS, "epayment", 401, text), None)
        assert row is not None
        assert row.name == name
    assert next(find_texts(VIPPS, "epayment", 500, "Something went wrong, please try again later"), None) is None
    assert next(find_texts(VIPPS, "epayment", 401, "Unauthorized"), None) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Invalid MSN: This MSN is not valid for the provided supermerchant ID.", "msn-header-missing"),
        ("Invalid MSN: 210045. This MSN is not valid for the provided supermerchant id.", "msn-of-another-partner"),
        ("Invalid MSN: 210045. This MSN is not valid for the provided PSP id.", "msn-of-another-psp"),
        ("Invalid MSN: 210045. Check your API keys on portal.vipps.no and see the eCom FAQ.", "msn-invalid"),
    ],
)
def test_each_form_of_invalid_msn_is_another_cause(text: str, name: str) -> None:
    assert [row.name for row in find_texts(VIPPS, "ecom", 403, text)] == [name]


def test_a_row_of_one_family_is_for_that_family() -> None:
    login, other = find_status(VIPPS, "login", 502), find_status(VIPPS, "epayment", 502)
    assert login is not None
    assert other is not None
    assert (login.who, other.who) == ("code", "wait")
    assert find_status(VIPPS, None, 412) is None


def test_no_answer_has_a_row() -> None:
    for slug in ("vipps-mobilepay", "generic"):
        row = find_status(load(slug), None, 0)
        assert row is not None
        assert row.who == "wait"
