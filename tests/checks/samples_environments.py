"""Tickets that trip the checks of the environment, and such that do not."""

from __future__ import annotations

from bundler.model import SafeTicket
from tests.checks.payment_calls import EPAYMENT, HEADERS, ONLINE, PRODUCTION, about, changed, online, sent

PAYMENTS = "/epayment/v1/payments"
FINE = about(sent(EPAYMENT))
PAGE = "https://products.mobilepay.dk/remote-website/done3ds.html"
OF_ANOTHER_UNIT = tuple((name, "330011" if name == "Merchant-Serial-Number" else value) for name, value in HEADERS)

SAMPLES_OF_ENVIRONMENTS: dict[str, tuple[SafeTicket, SafeTicket]] = {
    "CFG014": (about(sent(changed(EPAYMENT, amount__value=151))), FINE),
    "CFG015": (
        about(online(changed(ONLINE, redirectFromMobilePayUrl=PAGE)), family="mobilepay-online"),
        about(online(ONLINE), family="mobilepay-online"),
    ),
    "CFG016": (
        about(
            sent(changed(EPAYMENT, returnUrl="https://test.shop.example/done"), url=f"{PRODUCTION}{PAYMENTS}"),
            environment="production",
        ),
        about(sent(EPAYMENT, url=f"{PRODUCTION}{PAYMENTS}"), environment="production"),
    ),
    "CFG017": (
        about(sent(EPAYMENT, 401), sent(EPAYMENT, 401, headers=OF_ANOTHER_UNIT, index=2)),
        about(sent(EPAYMENT, 401), sent(EPAYMENT, 401, index=2)),
    ),
    "CFG018": (about(sent(EPAYMENT, None, url=f"https://apitest.vipps.com{PAYMENTS}", error="not found")), FINE),
    "CFG019": (
        about(sent(EPAYMENT, None, headers=(*HEADERS, ("Origin", "https://shop.example")), error="CORS")),
        FINE,
    ),
}
