"""Checks of where a call was made: test or production, the right host, amounts that fail on purpose, a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from urllib.parse import unquote, urlsplit

from bundler.checks.request.blame import believed, can_be, is_explained, is_failing
from bundler.checks.request.calls import Call, are_apart
from bundler.checks.story import StoryMoment
from bundler.checks.types import View, check
from bundler.model import Exchange, Finding
from bundler.providers import find_host, host_of, related_families
from bundler.providers.causes import TestAmount
from bundler.providers.json_body import printable, scalars, trail_text

_ON_PURPOSE = 0.93
_PERHAPS_ON_PURPOSE = 0.6
_OTHER_PLACE = 0.85
_PARTNER_KEYS = 0.7
_MISSPELT_HOST = 0.9
_BROWSER = 0.93
_BROWSER_BY_ORIGIN = 0.7
_NEAR = 0.85
_MOST_TOLD = 3
_MOST_SCALARS = 500
_LONGEST = 4_000
_REFUSED = frozenset((401, 403))
_CORS = re.compile(r"\bCORS\b|Access-Control-Allow|cross-origin|preflight", re.IGNORECASE)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s\"'<>\\]{1,2000}")
_FOR_TESTS = re.compile(r"(?:^|[.-])(?:test|testing|staging|stage|dev|develop|sandbox|qa|uat|preprod)\d{0,2}(?:[.-]|$)")
_IN_WORDS = {"production": "production", "sandbox": "the test environment"}


@check("CFG014")
def amount_meant_to_succeed(view: View) -> Iterator[Finding]:
    """The amount is one that fails on purpose in the test environment.

    The provider's test environment answers some amounts with a certain refusal, so that integrations can be tried on
    it. It is no fault: use another amount, or be glad that your program handles the refusal.
    """
    if view.ticket.environment != "sandbox" or not view.profile.test_amounts:
        return
    for moment in view.story.moments:
        row = next((row for row in view.profile.test_amounts if _is_of(view, row, moment)), None)
        if row is None:
            continue
        yield Finding(
            code="CFG014",
            severity="warning",
            message=f"The amount {row.value} has a meaning of its own in the test environment: {row.title}.",
            advice="Use another amount, or take the refusal for the test that it is.",
            who="test",
            confidence=_sureness(view, moment),
            link=view.profile.links.get("test-environment"),
            origins=(moment.origin,),
        )
        return


@check("CFG015")
def addresses_of_one_environment(view: View) -> Iterator[Finding]:
    """A page or address of the provider's other environment stands in the call.

    A landing page, a finishing page or an API host of production in a call of the test environment, or the reverse: the
    one knows nothing of the payments of the other.
    """
    for call in view.calls:
        if not is_failing(view, call) or call.host is None:
            continue
        for place, url in _urls(call):
            other = find_host(view.profile, url)
            if other is None or not are_apart(other, call.host):
                continue
            yield Finding(
                code="CFG015",
                severity="note" if call.succeeded else "warning",
                message=f"{other.host} is {_IN_WORDS[other.environment]}, but the call went to {call.host.host}.",
                advice="Take all addresses of the provider from one set of settings for each environment.",
                who="config",
                confidence=believed(view, call, _OTHER_PLACE) if not is_explained(view) else None,
                origins=(call.exchange.origin(place),),
            )
            return


@check("CFG016")
def no_test_addresses_in_production(view: View) -> Iterator[Finding]:
    """A call to production carries an address that looks like one of a test machine.

    It may be meant so. If not, callbacks go to the wrong machine and the shop never hears of the payment.
    """
    for call in view.calls:
        if not is_failing(view, call) or call.host is None or call.host.environment != "production":
            continue
        found = {host: place for place, url in _urls(call) if (host := host_of(url)) and _FOR_TESTS.search(host)}
        for host, place in islice(found.items(), _MOST_TOLD):
            if find_host(view.profile, f"https://{host}") is None:
                yield Finding(
                    code="CFG016",
                    severity="note",
                    message=f"The call went to production and names {host}, which looks like a test machine.",
                    advice="Check that callbacks and return addresses of production lead to production.",
                    who="config",
                    origins=(call.exchange.origin(place),),
                )


@check("CFG017")
def no_partner_keys_in_test(view: View) -> Iterator[Finding]:
    """One key is used for several sales units in the test environment, as only keys of a partner are.

    Keys of a partner work in production alone. In the test environment each sales unit has keys of its own.
    """
    names = [name.lower() for rule in view.profile.identifiers if rule.role == "merchant_id" for name in rule.headers]
    keys = [name for rule in view.profile.headers if rule.kind == "partly-secret" for name in rule.names]
    for call in view.calls:
        if not is_failing(view, call) or call.host is None or call.host.environment != "sandbox":
            continue
        for key in keys:
            mine = call.headers.get(key.lower())
            same = [other for other in view.calls if mine and other.headers.get(key.lower()) == mine]
            units = {value for other in same for name in names for value in other.headers.get(name, ())}
            if len(units) > 1:
                yield Finding(
                    code="CFG017",
                    severity="note" if call.succeeded else "warning",
                    message=f"The same {key} is used for several sales units in the test environment.",
                    advice="Use the keys of the sales unit itself; those of a partner work in production only.",
                    who="config",
                    confidence=believed(view, call, _PARTNER_KEYS) if can_be(view, call, _REFUSED) else None,
                    link=view.profile.links.get("api-keys"),
                    origins=(call.exchange.origin(f"request header {key}"),),
                )
                return


@check("CFG018")
def host_spelt_right(view: View) -> Iterator[Finding]:
    """The host of the call is nearly one of the provider's, or its port or scheme is another.

    A letter too few, the wrong country, http instead of https, a port that was left behind: the call reached nobody, or
    somebody else.
    """
    failing = view.failing
    if failing is None or failing.request is None or failing.direction == "incoming":
        return
    hosts = [row.host for row in view.profile.hosts if row.purpose == "api" and not row.host.startswith(".")]
    wrong = _wrong_address(failing.request.url, hosts)
    if wrong is None or (host_of(failing.request.url) not in hosts and find_host(view.profile, failing.request.url)):
        return
    status = failing.response.status if failing.response is not None else 0
    unanswered = view.error is None and (status is None or status == 0 or status >= 400)
    yield Finding(
        code="CFG018",
        severity="warning",
        message=wrong,
        advice="Correct the address in the settings; the documentation names one host for each environment.",
        who="config",
        confidence=_MISSPELT_HOST if unanswered else None,
        origins=(failing.origin("URL"),),
    )


@check("CFG019")
def called_from_a_server(view: View) -> Iterator[Finding]:
    """The API was called from a web page.

    Browsers stop such calls (CORS), and rightly: the keys would be in everybody's hands. Let the page ask your server,
    and your server the API.
    """
    for call in view.calls:
        was_stopped = not call.status and _CORS.search(_words(view, call.exchange)) is not None
        signs = _signs_of_a_browser(call) or ("an error of CORS" if was_stopped else "")
        if is_failing(view, call) and signs:
            sure = _BROWSER if was_stopped else _BROWSER_BY_ORIGIN
            yield Finding(
                code="CFG019",
                severity="warning",
                message=f"The API was called from a web page ({signs}){', and the browser stopped it' * was_stopped}.",
                advice="Move the call to your server; keys must never be in a page. Renew keys that were.",
                who="code",
                confidence=believed(view, call, sure) if not call.status else None,
                link=view.profile.links.get("errors"),
                origins=(call.exchange.origin("request headers"),),
            )


def _is_of(view: View, row: TestAmount, moment: StoryMoment) -> bool:
    """Whether the row tells of the moment's amount; what decides on authorising is said when the payment is made."""
    if moment.amount != row.value or row.family not in ("", *related_families(view.profile, view.ticket.family)):
        return False
    if row.currencies and moment.currency and moment.currency.upper() not in row.currencies:
        return False
    steps = {*row.steps, "initiate"} if "authorise" in row.steps else set(row.steps)
    return not steps or moment.step in steps


def _sureness(view: View, moment: StoryMoment) -> float | None:
    """Sure where this very step failed or the payment ended without money; less where it is only said to have."""
    failing = view.story.failing
    after = ("fail", "authorise", "read") if moment.step in ("initiate", "authorise") else ()
    if moment.ok is False or view.story.of("fail"):
        return _ON_PURPOSE
    if failing is not None and failing.ok is False and (failing.step == moment.step or failing.step in after):
        return _ON_PURPOSE
    return _PERHAPS_ON_PURPOSE if view.ticket.event and (failing is None or failing.ok is not False) else None


def _urls(call: Call) -> Iterator[tuple[str, str]]:
    """The URLs in the body and in the query of the call, with the place of each."""
    for trail, _, value in islice(scalars(call.body), _MOST_SCALARS):
        if isinstance(value, str) and "://" in value[:_LONGEST]:
            for found in islice(_URL.finditer(value[:_LONGEST]), _MOST_TOLD):
                yield f"request body, {trail_text(trail)}", found[0]
    query = unquote(call.request.url.partition("?")[2][:_LONGEST])
    for found in islice(_URL.finditer(query), _MOST_TOLD):
        yield "URL query", found[0]


def _wrong_address(url: str, hosts: list[str]) -> str | None:
    """What is wrong with scheme, host or port of a URL that is meant for one of ``hosts``; None where nothing is."""
    try:
        parts = urlsplit(url[:_LONGEST])
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if host not in hosts:
        near = get_close_matches(host, hosts, n=1, cutoff=_NEAR) if len(host) <= 100 else []
        return f"The call went to {printable(host)}; {near[0]} is probably meant." if near else None
    if parts.scheme.lower() == "http":
        return f"The call went to {host} over http; the API answers over https."
    if port not in (None, 443):
        return f"The call went to port {port} of {host}; the API answers on 443."
    return None


def _signs_of_a_browser(call: Call) -> str:
    headers = call.headers
    origin = next((value for value in headers.get("origin", ()) if value.startswith("http")), "")
    if "access-control-request-method" in headers:
        return "a preflight request of a browser"
    if headers.get("sec-fetch-mode", [""])[0] == "cors":
        return "Sec-Fetch-Mode: cors"
    return f"Origin: {printable(origin[:100])}" if origin else ""


def _words(view: View, exchange: Exchange) -> str:
    return f"{exchange.error or ''} {' '.join(exchange.notes)} {view.ticket.event or ''}"[:_LONGEST]


CHECKS = (
    amount_meant_to_succeed,
    addresses_of_one_environment,
    no_test_addresses_in_production,
    no_partner_keys_in_test,
    host_spelt_right,
    called_from_a_server,
)
