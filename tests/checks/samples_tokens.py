"""Tickets that trip the checks of tokens and keys, and such that do not."""

from __future__ import annotations

from bundler.model import SafeTicket
from tests.checks.payment_calls import EPAYMENT, EXPIRED, HEADERS, PRODUCTION, TOKEN, about, sent, token_call

FINE = about(sent(EPAYMENT, 401))


def with_token(value: str) -> SafeTicket:
    return about(sent(EPAYMENT, 401, headers=(("Authorization", value), *HEADERS[1:])))


SAMPLES_OF_TOKENS: dict[str, tuple[SafeTicket, SafeTicket]] = {
    "CFG010": (with_token(f"Bearer {EXPIRED}"), FINE),
    "CFG011": (with_token("Bearer [jwt-1:alg=RS256,iat=2026-11-23T14:02:38Z,exp=2026-11-23T15:02:38Z]"), FINE),
    "CFG012": (with_token(f"bearer {TOKEN}"), FINE),
    "CFG013": (
        about(token_call(), sent(EPAYMENT, 401, url=f"{PRODUCTION}/epayment/v1/payments"), failing=1),
        about(token_call(), sent(EPAYMENT, 401), failing=1),
    ),
}
