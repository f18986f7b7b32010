"""Checks of the token and the keys of a call: had it expired, is it written right, is it of the same unit and place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from bundler.checks.lengths import span
from bundler.checks.request.blame import believed, can_be, is_failing, was_let_in
from bundler.checks.request.calls import Call, are_apart
from bundler.checks.request.headers import holds_for
from bundler.checks.request.shown_tokens import ShownToken, find_token
from bundler.checks.types import View, check
from bundler.model import Finding, Origin, Who
from bundler.moments.answers import served_at
from bundler.moments.skew import clock_skew
from bundler.providers import find_host, is_token_call

_EXPIRED = 0.95
_TOO_OLD = 0.9
_NOT_YET = 0.88
_SCHEME = 0.93
_SCHEME_BY_CUSTOM = 0.65
_NO_HEADER = 0.85
_LEFT_OUT_BY_THE_BROWSER = 0.65
_OTHER_PLACE = 0.94
_OTHER_KEY = 0.7
_SLACK = timedelta(seconds=5)
_REFUSED = frozenset((401, 403))
_MOST_BYTES = 1_000_000
_LONGEST_SHOWN = 40


@check("CFG010")
def token_alive(view: View) -> Iterator[Finding]:
    """The access token had expired when the call was made.

    Its own times are compared with the moment of the call and, where the answer has a Date header, with the provider's
    clock. Keep the time at which a token ends, not the token alone, and fetch a new one before that; a new one for
    every call is not needed.
    """
    for call, token in _tokens(view):
        moment = _moment(view, call)
        said = None
        if token.expires is not None and moment is not None and token.expires <= moment:
            said = (
                f"The access token had expired {span(moment - token.expires)} before the call",
                _EXPIRED,
            )
        elif token.expires is not None and moment is None and token.had_expired:
            said = "The access token had expired before the call", _TOO_OLD
        elif token.expires is None and moment is not None:
            said = _too_old(view, call, token, moment)
        if said is not None:
            yield _finding(view, call, "CFG010", f"{said[0]}.", said[1], "code", _RENEW)


@check("CFG011")
def token_valid_already(view: View) -> Iterator[Finding]:
    """The access token was not valid yet when the call was made.

    A token that begins in the future means that a clock is wrong: the one of the machine that made the call or of the
    recording.
    """
    for call, token in _tokens(view):
        moment = _moment(view, call)
        begins = max(filter(None, (token.not_before, token.issued)), default=None)
        if moment is None or begins is None or begins - moment <= _SLACK:
            continue
        message = f"The access token becomes valid {span(begins - moment)} after the call."
        advice = "Synchronise the clock of the machine that makes the calls; check the zone of the recording."
        yield _finding(view, call, "CFG011", message, _NOT_YET, "config", advice)


@check("CFG012")
def token_written_right(view: View) -> Iterator[Finding]:
    """The Authorization header is missing or not written as the provider reads it.

    It is the word Bearer with a capital B, one blank, and the token, without quotes or a colon. A library that adds the
    word by itself doubles it when it stands in the configuration too.
    """
    for call in view.calls:
        if not is_failing(view, call) or not call.headers:
            continue
        demanded = [each for each in view.profile.header_demands if each.name.lower() == "authorization"]
        demands = [each for each in demanded if holds_for(each, call)]
        values = [value.strip() for value in call.headers.get("authorization", ()) if value.strip()]
        required = any(each.need == "required" for each in demands)
        if not values:
            if required and not was_let_in(view, call):
                advice = next((each.remedy for each in demands), _BEARER)
                told = "The Authorization header is missing."
                from_browser = call.exchange.source.lower().endswith(".har")
                sure = _LEFT_OUT_BY_THE_BROWSER if from_browser else _NO_HEADER
                if from_browser:
                    told += " Browsers leave it out of a HAR unless it is exported with sensitive data."
                yield _finding(view, call, "CFG012", told, sure, "code", advice)
            continue
        bearer = [each for each in demands if each.pattern and re.fullmatch(each.pattern, "Bearer [jwt-1:alg=RS256]")]
        if (wrong := _wrong_scheme(values, asks_for_bearer=bool(bearer))) is not None:
            sure = _SCHEME if bearer else _SCHEME_BY_CUSTOM
            yield _finding(view, call, "CFG012", wrong, sure, "code", bearer[0].remedy if bearer else _BEARER)


@check("CFG013")
def token_of_the_same_place(view: View) -> Iterator[Finding]:
    """The token was fetched elsewhere, or with other keys, than the call uses.

    Test and production share neither keys nor tokens, and a token belongs to the unit whose keys fetched it. Take the
    host, all keys and the merchant serial number from one set of settings.
    """
    for call, token in _tokens(view):
        here = call.host
        for name, host in (("was issued by", token.iss), ("is meant for", token.aud)):
            row = find_host(view.profile, f"https://{host}") if host else None
            if here is not None and row is not None and are_apart(here, row):
                message = f"The access token {name} {host}, {row.environment}; the call went to {here.environment}."
                yield _finding(view, call, "CFG013", message, _OTHER_PLACE, "config", _ONE_SET)
                return
        if (fetched := _fetched(view, call, token)) is not None:
            yield from _differing(view, call, *fetched)


_RENEW = "Fetch a new token and repeat the call; renew it some minutes before it ends."
_BEARER = "Send “Authorization: Bearer ” and the token, with a capital B and one blank."
_ONE_SET = "Use host, keys and token of one environment and one sales unit."


def _finding(
    view: View,
    call: Call,
    code: str,
    message: str,
    confidence: float,
    who: Who,
    advice: str,
    *origins: Origin,
) -> Finding:
    refused = can_be(view, call, _REFUSED)
    return Finding(
        code=code,
        severity="note" if call.succeeded else "warning",
        message=message,
        advice=advice,
        who=who,
        confidence=believed(view, call, confidence) if refused else None,
        link=view.profile.links.get("api-keys"),
        origins=(call.exchange.origin("request header Authorization"), *origins),
    )


def _tokens(view: View) -> Iterator[tuple[Call, ShownToken]]:
    """The token of the failing call, where it has one."""
    for call in view.calls:
        if is_failing(view, call):
            for value in call.headers.get("authorization", ())[:1]:
                if (token := find_token(value)) is not None:
                    yield call, token


def _moment(view: View, call: Call) -> datetime | None:
    """When the provider saw the call: by the recording and the Date header, by that alone, or by the ticket."""
    if call.exchange.started is not None:
        return call.exchange.started + clock_skew(call.exchange)
    if (served := served_at(call.exchange)) is not None:
        return served
    occurred = view.ticket.facts.occurred_at
    return occurred.value if occurred is not None and occurred.certainty == "certain" else None


def _too_old(view: View, call: Call, token: ShownToken, moment: datetime) -> tuple[str, float] | None:
    """What to say of a token without an end that is older than tokens of the environment live."""
    fetched = _fetched(view, call, token)
    issued = token.issued
    if issued is None and fetched is not None and fetched[1]:
        started = fetched[0].exchange.started
        issued = started + clock_skew(fetched[0].exchange) if started is not None else None
    environment = call.host.environment if call.host is not None else view.ticket.environment
    rows = [each for each in view.profile.deadlines if each.name == "token-life"]
    rows = [each for each in rows if each.environment in ("", environment)]
    own = [each for each in rows if each.family in call.families]
    lives = [each.seconds for each in own or rows]
    if issued is None or not lives or moment - issued <= timedelta(seconds=max(lives)):
        return None
    where = "production" if environment == "production" else "test"
    life = span(max(lives))
    return f"The access token was {span(moment - issued)} old; in {where} one lives {life}", _TOO_OLD


def _fetched(view: View, call: Call, token: ShownToken) -> tuple[Call, bool] | None:
    """The call that fetched the token, and True where its answer holds this very one; else the last one before."""
    before: Call | None = None
    for other in view.calls:
        if other is call:
            break
        if is_token_call(view.profile, other.request.url):
            response = other.exchange.response
            if response is not None and token.written.encode() in response.body[:_MOST_BYTES]:
                return other, True
            before = other if other.succeeded else before
    return (before, False) if before is not None else None


def _differing(view: View, call: Call, fetching: Call, is_this_token: bool) -> Iterator[Finding]:
    origin = fetching.exchange.origin("request headers")
    if call.host is not None and fetching.host is not None and are_apart(call.host, fetching.host):
        message = f"The token was fetched from {fetching.host.host}, but the call went to {call.host.host}."
        yield _finding(view, call, "CFG013", message, _OTHER_PLACE, "config", _ONE_SET, origin)
        return
    units = [name for rule in view.profile.identifiers if rule.role == "merchant_id" for name in rule.headers]
    keys = [name for rule in view.profile.headers if rule.kind == "partly-secret" for name in rule.names]
    for name in (*keys, *units):
        mine, theirs = ([value.strip() for value in each.headers.get(name.lower(), ())] for each in (call, fetching))
        if mine and theirs and all((*mine, *theirs)) and set(mine).isdisjoint(theirs):
            message = f"The token was fetched with a different {name} than the call uses."
            sure = _OTHER_KEY if is_this_token else _OTHER_KEY - 0.1
            yield _finding(view, call, "CFG013", message, sure, "config", _ONE_SET, origin)
            return


def _wrong_scheme(values: list[str], *, asks_for_bearer: bool) -> str | None:
    """What is wrong with how the token is written, in a sentence; None when nothing is."""
    if len(values) > 1:
        return "The Authorization header is sent twice."
    value = values[0]
    token = find_token(value)
    if token is None:
        bare = value.lower().strip("\"' ")
        return "The Authorization header holds no token." if bare == "bearer" and asks_for_bearer else None
    before = value[: value.index(token.written)]
    words = before.replace('"', " ").replace("'", " ").split()
    if before in ("Bearer ", "Basic "):
        return None
    if value[:1] in "\"'":
        return "The value of the Authorization header stands in quotes."
    if [word.lower() for word in words] == ["bearer", "bearer"]:
        return "The word Bearer stands twice in the Authorization header."
    if words == ["bearer"] or (len(words) == 1 and words[0].lower() == "bearer" and words[0] != "Bearer"):
        return f"The Authorization header says {words[0]}; the provider reads Bearer, with a capital B."
    if words and words[0].rstrip(":").lower() == "bearer":
        return f"The Authorization header is written {before.strip()[:_LONGEST_SHOWN]} before the token."
    if not words and (token.is_web_token or asks_for_bearer):
        return "The word Bearer is missing before the token in the Authorization header."
    return None


CHECKS = (token_alive, token_valid_already, token_written_right, token_of_the_same_place)
