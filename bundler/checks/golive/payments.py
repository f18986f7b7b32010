"""Conditions to go live that the calls of a payment show: cards, 3-D Secure, captures, pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from bundler.amounts import plural
from bundler.checks.golive.items import Verdict, failed, listed, passed, unseen
from bundler.checks.golive.traffic import Call, Traffic
from bundler.model import Origin

NO_START = "no call that starts a payment is in the evidence"
_TOKENISED = re.compile(r"(?:visa|mc|mastercard)(?:[-_ ].*)?", re.IGNORECASE)
"""Card types that delegated authentication is for; VISA-DEBIT and its like, but not DANKORT, ELEC-DEBIT, MTRO-DEBIT."""
_STEP_UP = "1008"
"""The reason code of a soft decline: the issuer wants 3-D Secure."""


def delegated_authentication(traffic: Traffic) -> Verdict:
    """Every Visa and Mastercard entry of a payment has its token callback, and payments are started by the new call."""
    starts = traffic.steps("initiate")
    if not starts:
        return unseen(NO_START)
    if old := [call for call in starts if call.removed]:
        return failed(f"{plural(len(old), 'payment')} started by an older call: {old[0].removed}", _urls(old))
    tokenised = [(call, card) for call in starts for card in call.cards if _TOKENISED.fullmatch(card.name)]
    without = [(call, card) for call, card in tokenised if not is_https(card.token_url)]
    if without:
        names = listed(sorted({card.name for _, card in without}))
        origins = [call.origin("request body, allowedCardTypes") for call, _ in without]
        return failed(f"no tokenCallbackUrl with https for {names}: cards are authenticated by number only", origins)
    if not tokenised:
        return unseen("no payment in the evidence accepts Visa or Mastercard, or its body could not be read")
    names = listed(sorted({card.name for _, card in tokenised}))
    reminder = "; what the acquirer is told of Dankort cannot be seen from here" if _accepts_dankort(starts) else ""
    origins = [call.origin("request body, allowedCardTypes") for call, _ in tokenised]
    return passed(f"{names} with a tokenCallbackUrl in {plural(len(starts), 'payment')}{reminder}", origins)


def three_d_secure_fallback(traffic: Traffic) -> Verdict:
    """A soft decline hands over a page for 3-D Secure, and that page returns to the right environment."""
    declined = [call for call in traffic.steps("authorise") if _code(call) == _STEP_UP]
    if not declined:
        return unseen(f"no attempt was patched with reason code {_STEP_UP}; try it with a card that wants 3-D Secure")
    without = [call for call in declined if not is_https(call.text("threeDSecureUrl"))]
    if without:
        many = f"{len(without)} of {plural(len(declined), 'soft decline')}"
        return failed(f"{many} without a threeDSecureUrl with https", _bodies(without, "threeDSecureUrl"))
    done = [page for page in traffic.pages if page.is_done_page]
    called = {page.host.environment for page in traffic.pages if page.host.purpose == "api"}
    strange = [page for page in done if called and page.host.environment not in called]
    if strange:
        return failed(
            f"the shop returns to {strange[0].host.host}, which is {strange[0].host.environment}; "
            f"the payments are {listed(sorted(called))}",
            [page.origin for page in strange],
        )
    rest = f"; back at {done[0].host.host}" if done else "; where it returns to afterwards was not recorded"
    return passed(
        f"{plural(len(declined), 'soft decline')} with a page for 3-D Secure{rest}",
        _bodies(declined, "threeDSecureUrl"),
    )


def payments_updated(traffic: Traffic) -> Verdict:
    """Every authorised payment is captured, cancelled or refunded."""
    granted = {
        call.payment: call for call in traffic.steps("authorise") if call.is_done and call.payment and call.grants
    }
    if not granted:
        return unseen("no payment of the evidence was authorised")
    ended = {call.payment for call in traffic.steps("capture", "cancel", "refund") if call.is_done}
    automatic = {call.payment for call in traffic.steps("initiate") if (call.fields or {}).get("autoCapture") is True}
    left = [payment for payment in granted if payment not in ended and payment not in automatic]
    if left:
        return failed(
            f"{len(left)} of {plural(len(granted), 'authorised payment')} without a capture, cancel or refund that "
            f"succeeded: {listed(left)}. Where another job sends them, add its recording",
            [granted[payment].origin("URL") for payment in left],
        )
    updates = [call for call in traffic.steps("capture", "cancel", "refund") if call.payment in granted]
    return passed(
        f"{plural(len(granted), 'authorised payment')}, each captured (by itself or by a call), cancelled or refunded",
        _urls(updates or list(granted.values())),
    )


def environment_pages(traffic: Traffic) -> Verdict:
    """Calls and pages are of one environment."""
    if not traffic.pages:
        return unseen("no host of the provider was called in the evidence")
    seen = {page.host.environment: page for page in traffic.pages}
    if len(seen) > 1:
        hosts = listed([f"{page.host.host} ({environment})" for environment, page in sorted(seen.items())])
        return failed(f"hosts of two environments were used: {hosts}", [page.origin for page in seen.values()])
    pages = [page for page in traffic.pages if page.host.purpose != "api"]
    environment = next(iter(seen))
    if not pages:
        return unseen(f"all calls went to {environment}; no page of the provider was opened in the evidence")
    return passed(
        f"calls and pages are all of {environment}: {listed([page.host.host for page in traffic.pages])}",
        [page.origin for page in pages],
    )


def merchant_buttons(_: Traffic) -> Verdict:
    """Buttons and logos stand on pages, which calls do not show."""
    return unseen("buttons and logos stand on the shop's pages, not in calls; compare a screenshot with the guidelines")


def is_https(url: str) -> bool:
    """Whether ``url`` is an https address of some host."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() == "https" and bool(parts.hostname)
    except ValueError:
        return False


def _accepts_dankort(calls: tuple[Call, ...]) -> bool:
    return any(card.name.upper() == "DANKORT" for call in calls for card in call.cards)


def _code(call: Call) -> str:
    value = (call.fields or {}).get("reasonCode")
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def _urls(calls: list[Call]) -> list[Origin]:
    return [call.origin("URL") for call in calls]


def _bodies(calls: list[Call], field: str) -> list[Origin]:
    return [call.origin(f"request body, {field}") for call in calls]


PAYMENT_RULES: dict[str, Callable[[Traffic], Verdict]] = {
    "delegated-authentication": delegated_authentication,
    "three-d-secure-fallback": three_d_secure_fallback,
    "payments-updated": payments_updated,
    "environment-pages": environment_pages,
    "merchant-buttons": merchant_buttons,
}
