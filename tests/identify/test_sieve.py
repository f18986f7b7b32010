"""What is ruled out before a log is read holds nothing that reading would find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.identify.texts import TextReader
from bundler.model import Origin
from bundler.providers.profile import Profile
from tests.identify.makers import GENERIC, PAYMENT, VIPPS

_WORDS = [
    PAYMENT,
    "paymentId",
    "payment_id",
    "Payment",
    "orderId",
    "ref",
    "x",
    "9",
    "é",
    "order-7",
    "mdc.",
    "localhost",
]
_SIGNS = [" ", " ID", " id ", "=", ": ", '"', "\\", ".", "-", "…", "\n", "/", "?", "#", ";", ")", "//"]
_CALLS = [
    "GET ",
    "POST /",
    "http:",
    "api.vipps.no",
    "epayment",
    "ePayment/v1/payments/",
    "v1",
    "api",
    "recurring",
    "qr.py",
]
_PARTS = st.lists(st.sampled_from([*_WORDS, *_SIGNS, *_CALLS]), max_size=24).map("".join)


def _finds_something(reader: TextReader, text: str) -> bool:
    return any(reader.read(text, lambda _: Origin("", ""))) or bool(reader.families_called(text))


@pytest.mark.parametrize("profile", [VIPPS, GENERIC], ids=["vipps", "generic"])
@given(parts=st.lists(_PARTS, max_size=4))
def test_no_part_is_ruled_out_in_which_something_can_be_found(profile: Profile, parts: list[str]) -> None:
    reader = TextReader(profile, ())
    may_tell = reader.sieve(parts)
    assert all(may_tell(part) or not _finds_something(reader, part) for part in parts)


@pytest.mark.parametrize(
    "part",
    [
        "INFO shop: worker-16 trace=92dc10b30fb8813a moved to events, 82834.50 EUR",
        "POST /v1/payments/4ba69b0f-5bde-4e21-ab2c-c428df05dae1/cancel answered 200 in 266 ms",
        '  File "/srv/shop/checkout.py", line 443, in recurring',
    ],
)
def test_what_holds_no_name_of_an_id_and_no_api_is_ruled_out(part: str) -> None:
    assert not TextReader(VIPPS, ()).sieve([part])(part)
