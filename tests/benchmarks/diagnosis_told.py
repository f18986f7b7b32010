"""Stories in which the answer tells the cause: documented codes and texts, whole, wrapped, cut, or behind a gateway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bundler.providers.causes import ErrorCode, MessageText
from bundler.providers.profile import Profile
from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_bodies import ANSWERS, WORDS, gateway, said, written
from tests.benchmarks.diagnosis_calls import CALLS, Answer, Call, Integrator, Sent
from tests.benchmarks.diagnosis_labels import Cause, Label, Story, cause, span
from tests.benchmarks.diagnosis_logs import STYLES, shown_by_guzzle

MESSAGES = (
    (
        "Access denied due to missing subscription key. Make sure to include it.",
        401,
        "*",
        "config code",
        "subscription",
    ),
    ("Invalid MSN: 215377. Check your API keys on portal.", 403, "epayment", "config", "MSN"),
    ("Invalid MSN: This MSN is not valid for the provided supermerchant ID", 403, "epayment", "config code", "MSN"),
    ("Invalid MSN: 298104. This MSN is not valid for the provided PSP ID", 403, "vipps-psp", "config", "PSP"),
    ("Merchant not available or deactivated or blocked", 403, "ecom", "config", "deactivated"),
    ("Merchant Not Allowed for Ecommerce Payment", 403, "ecom", "config", "Login"),
    ("merchant.not.allowed.for.recurring.operation", 403, "recurring", "config", "Recurring"),
    ("User not registered", 400, "ecom", "user code", "user"),
    ("The provided authorization grant (e.g. the code) is invalid, expired or revoked", 400, "login", "code", "code"),
    ("Cannot create a charge with type 'UNSCHEDULED' for 215377", 400, "recurring", "provider", "UNSCHEDULED"),
    ("The hyperlink reference must use https scheme", 400, "subscriptions", "code", "https"),
)
"""Texts as the provider writes them (knowledge-base page "errors" and the FAQs), with the status, the API, who should
act, and a word that names the cause. They are not taken from the profile."""

_AZURE = "Microsoft-Azure-Application-Gateway/v2"
_NGINX = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center><hr><center>{1}</center>"
_PAGES = (
    ("nginx/1.24.0", 502, _NGINX.format("502 Bad Gateway", "nginx") + "\r\n</body>\r\n</html>\r\n"),
    ("nginx", 504, _NGINX.format("504 Gateway Time-out", "nginx") + "</body></html>"),
    (_AZURE, 502, _NGINX.format("502 Bad Gateway", _AZURE) + "</body></html>"),
    (_AZURE, 403, _NGINX.format("403 Forbidden", _AZURE) + "</body></html>"),
    ("cloudflare", 522, "<!DOCTYPE html>\n<title>522: Connection timed out</title><div>Ray ID: 8f2a41c7d09e3b56</div>"),
    ("cloudflare", 403, "<!doctype html><html><head><title>Attention Required! | Cloudflare</title></head></html>"),
    (
        "",
        503,
        "<!DOCTYPE HTML>\n<HTML><HEAD><TITLE>Service Unavailable</TITLE></HEAD></HTML>",
    ),
)
"""Pages of gateways and proxies: server, status, page. Their form is that of the programs; the values are invented."""


def answered_codes(profile: Profile) -> dict[str, list[ErrorCode]]:
    """Documented codes that an API answers with, by family."""
    rows = {family: [row for row in profile.codes if row.family == family] for family in ANSWERS}
    return {
        family: kept
        for family, each in rows.items()
        if (kept := [row for row in each if ANSWERS[family].is_answer(row)])
    }


def _told(row: ErrorCode) -> tuple[Cause, ...]:
    """The code, or that the API of the code was closed."""
    told = cause(row.who, code=row.code, group=row.group)
    return (told, cause("", span("REQ", 3, 19), words=("closed",))) if row.family in {"pos", "invoice"} else (told,)


def refused(draws: Draws, family: str, row: ErrorCode, *, plain: bool = False) -> Sent:
    """A right call that the API refuses with the documented code."""
    shop = Integrator(draws, "" if family != "report" else "production")
    form = ANSWERS[family]
    call = shop.call(family, draws.pick([each for each in form.calls if each in CALLS[family]]))
    message = row.title if draws.below(3) else draws.pick(WORDS)
    body = written(draws, form.make(draws, row.group or "", row.code, message), plain=plain)
    return Sent(call, Answer(row.http or draws.pick(form.statuses), body), shop.start, 40 + draws.below(900))


def codes(draws: Draws, profile: Profile) -> Iterator[Story]:
    """Documented codes: one story of each family in turn, for ever."""
    rows = answered_codes(profile)
    while True:
        for family, known in rows.items():
            row = draws.pick(known)
            sent = refused(draws, family, row)
            alone = "body" if draws.below(8) == 0 and family != "login" else ""  # OAuth's form is everybody's
            yield Story("code", family, f"code {row.group or ''} {row.code}", (sent,), Label(_told(row)), form=alone)


def logged_codes(draws: Draws, profile: Profile) -> Iterator[Story]:
    """The same, with nothing but a log of the service: a library's error with the body in it."""
    rows = answered_codes(profile)
    styles = [style for style in STYLES if style != "nginx-access"]
    while True:
        for family, known in rows.items():
            row = draws.pick(known)
            sent = refused(draws, family, row, plain=True)
            style = draws.pick(styles)
            assert sent.answer is not None
            readable = f'{row.code}"' in shown_by_guzzle(sent.answer.body)
            needed = style != "monolog" or readable
            by_status = cause("", "RSP004")
            label = Label(_told(row)) if needed else Label((*_told(row), by_status), required=False)
            yield Story("log", family, f"code {row.group or ''} {row.code}", (sent,), label, form=style)


def retried_codes(draws: Draws, profile: Profile) -> Iterator[Story]:
    """The same failing call three times, and once more: the last is the one."""
    rows = answered_codes(profile)
    while True:
        for family, known in rows.items():
            row = draws.pick(known)
            sent = refused(draws, family, row)
            times = [sent.started + timedelta(seconds=each) for each in (0, 2, 5, 11)]
            calls = tuple(sent._replace(started=moment) for moment in times)
            label = Label(_told(row))
            yield Story("retry", family, f"code {row.group or ''} {row.code}", calls, label)


def cut_codes(draws: Draws, profile: Profile) -> Iterator[Story]:
    """A body that was cut after some bytes: when the code is still whole, it is the cause; else at most the status."""
    rows = answered_codes(profile)
    while True:
        for family, known in rows.items():
            row = draws.pick(known)
            sent = refused(draws, family, row, plain=True)
            assert sent.answer is not None
            body = sent.answer.body
            size = max(12, len(body) * (20 + draws.below(75)) // 100)
            at = body.find(f'"{row.code}"'.encode())
            readable = at >= 0 and at + len(row.code) + 2 <= size
            told = Label(_told(row)) if readable else Label((*_told(row), cause("", "RSP004")), required=False)
            about = f"code {row.group or ''} {row.code} {'before' if readable else 'behind'} the cut"
            answer = sent.answer._replace(body=body[:size])
            yield Story("cut", family, about, (sent._replace(answer=answer),), told, form=draws.pick(("har", "curl")))


def known_texts(draws: Draws, profile: Profile) -> Iterator[Story]:
    """Texts of the profile's table inside bodies of the API or of the gateway."""
    while profile.texts:
        for row in profile.texts:
            yield _texted(
                draws, draws.pick(row.samples), _family_of(draws, row), _status_of(draws, row), _row_cause(row)
            )


def documented_texts(draws: Draws, _: Profile) -> Iterator[Story]:
    """Texts as the documentation has them, whatever the profile's table holds."""
    while True:
        for message, status, family, who, word in MESSAGES:
            told = cause(who, "RSP001", "RSP004", "RSP007", words=(word,))
            chosen = draws.pick(("epayment", "ecom", "recurring")) if family == "*" else family
            yield _texted(draws, message, chosen, status, told)


def _row_cause(row: MessageText) -> Cause:
    return cause(row.who, "RSP001", "RSP004", "RSP007", words=(row.title, row.remedy))


def _is_body(text: str) -> bool:
    return text.startswith(("{", "["))


def _family_of(draws: Draws, row: MessageText) -> str:
    known = [family for family in row.families if family in CALLS]
    return draws.pick(known or ("epayment", "ecom", "recurring", "checkout"))


def _status_of(draws: Draws, row: MessageText) -> int:
    return draws.pick(row.statuses or (400, 401, 403))


def _texted(draws: Draws, message: str, family: str, status: int, told: Cause) -> Story:
    shop = Integrator(draws)
    call = shop.call(family, draws.pick(tuple(CALLS[family])))
    if _is_body(message):
        body = message.encode()  # the row shows a whole answer
    elif status in {401, 403, 429} and draws.below(2) == 0:
        body = written(draws, gateway(draws, status, message))
    else:
        body = written(draws, said(family, draws, status, message))
    sent = Sent(call, Answer(status, body), shop.start, 30 + draws.below(200))
    by_code = [cause("", "RSP001")] if _is_body(message) else []  # a whole answer may carry a code as well
    return Story("text", family, f"text {message[:50]!r}", (sent,), Label((told, *by_code)))


def gateway_pages(draws: Draws, _: Profile) -> Iterator[Story]:
    """Web pages where an answer of the API should be."""
    families = ("epayment", "mobilepay-online", "ecom", "recurring", "checkout", "app-payments")
    while True:
        for server, status, page in _PAGES:
            shop = Integrator(draws)
            family = draws.pick(families)
            call: Call = shop.call(family, "initiate")
            right = [cause("wait code", "RSP006")]
            if status in {502, 503, 504}:
                right.append(cause("wait", "RSP004"))
            answer = Answer(status, page.encode(), {"Server": server} if server else {})
            label = Label(tuple(right), required=False, ceiling=0.9)
            yield Story("gateway", family, f"{server or 'a proxy'} {status}", (Sent(call, answer, shop.start),), label)
