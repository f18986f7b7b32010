"""Checks of what the answer says: codes, texts and statuses that the provider's tables explain, and who answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from bundler.checks.answer.connections import lost_before_arrival
from bundler.checks.types import View, check
from bundler.model import Finding, ProviderCode, Who, header_of
from bundler.providers import (
    ErrorReading,
    find_band,
    find_code,
    find_errors_page,
    find_nearest_band,
    find_status,
    find_texts,
    key_form,
    related_families,
)
from bundler.providers.causes import ErrorCode, MessageText

_BY_STATUS = 0.6
_BY_BLAMED_FIELD = 0.88
_BY_GATEWAY = 0.7
_TOLD_BY_A_LOG = 0.95
"""What a log quotes was said, but not surely about this very call."""
_UNCONFIRMED = 0.8
_FOREIGN = 0.4
"""The most that is believed of an answer that may be another service's: below what makes a cause."""
_TITLE = re.compile(r"<title[^>]{0,80}>([^<]{1,120})", re.IGNORECASE)
_STATUS_IN_TITLE = re.compile(r"\b[45]\d\d\b", re.ASCII)
_WITHOUT_CALL = 0.7
_BY_NUMBER = 0.74
"""What is believed of a documented code in an answer of a form that the API is not known to use."""
_LONGEST_QUOTE = 120
_LONGEST_CODE = 40
_HOLLOW = ("See extraDetails for further details", *(status.phrase for status in HTTPStatus))
"""Titles and details that say no more than the status does."""
_BUSY = {429, 502, 503, 504}
_NO_FIELDS = {"errorcode", "customerrorcode", "traceid"}
_BLAMED_SHOWN = 3
_GATEWAY_ADVICE: dict[Who, str] = {
    "wait": "Try again later with the same idempotency key; the status page tells of troubles.",
    "code": "Check host and path, and whether a proxy of your own stands between; then try again.",
}


@check("RSP001")
def provider_code_known(view: View) -> Iterator[Finding]:
    """The error code is documented by the provider.

    The finding gives the documented meaning, who has to act, and what to do. Try that first: most documented codes are
    settled without writing to anybody. A code that no table knows is named as such, with what the codes around it are
    about.
    """
    said, error = view.said, view.error
    if said is None or error is None or not error.code or not view.profile.codes:
        return
    row = _row(view, error.code, error.group)
    if row is not None:
        yield Finding(
            code="RSP001",
            severity="warning",
            message=f"Error {error.code}: {row.title}.{f' {row.cause}' if row.cause else ''}",
            advice=row.remedy,
            provider_code=ProviderCode(error.code, row.group),
            who=row.who,
            confidence=min(_believed(view, _sureness(row)), 1 if _is_own_form(view, error) else _BY_NUMBER),
            link=row.link or None,
            origins=(said.origin,),
        )
        return
    band = find_band(view.profile, view.ticket.family, error.code, error.group)
    page = find_errors_page(view.profile, view.ticket.family) if view.other_speaker is None else None
    newer = f"The provider's page may be newer than our tables of {view.profile.valid_from}: look there first. "
    yield Finding(
        code="RSP001",
        severity="note",
        message=f"The error code {error.code} is not in {view.profile.name}'s documented tables.{_around(view, error)}",
        advice=f"{newer if page else ''}Keep the code in the ticket: support can tell what it means.",
        provider_code=ProviderCode(error.code, error.group),
        who=band.who if band is not None else None,
        link=page,
        origins=(said.origin,),
    )


def _around(view: View, error: ErrorReading) -> str:
    """What the documented codes around an unknown one are about, as a sentence; "" where that tells nothing."""
    family, code = view.ticket.family, error.code or ""
    if view.other_speaker is not None:
        return ""
    if (band := find_band(view.profile, family, code, error.group)) is not None:
        return f" Codes from {band.first} to {band.last} are about {band.title}."
    band = find_nearest_band(view.profile, family, code, error.group) if family else None
    return f" The nearest that are documented, {band.first} to {band.last}, are about {band.title}." if band else ""


IN_GENERAL = "RSP004"
"""The check that says what a status usually means, which is noise beside a sure cause."""


@check(IN_GENERAL)
def status_explained(view: View) -> Iterator[Finding]:
    """What the HTTP status usually means with this provider, or that no answer came.

    Less certain than an error code: gateways and proxies answer with the same statuses. It is left out where the cause
    is sure, for it would only say the same in general words.
    """
    said = view.said
    if said is None or said.status is None or 0 < said.status < 400 or view.is_delivery:
        return
    if said.status == 0 and lost_before_arrival(said.text) is not None:
        return
    row = find_status(view.profile, view.ticket.family, said.status)
    if row is not None:
        yield Finding(
            code="RSP004",
            severity="note",
            message=f"HTTP {row.status}{_own_words(view)}: {row.cause}" if row.status else row.cause,
            advice=row.remedy,
            who=row.who,
            confidence=_believed(view, _BY_STATUS),
            link=row.link or view.profile.links.get("errors"),
            origins=(said.origin,),
        )


@check("RSP006")
def api_answered(view: View) -> Iterator[Finding]:
    """A gateway or proxy answered with a web page, not the API.

    The call may never have reached the provider's application. The page's title, the status and the server's name say
    who answered.
    """
    failing, said = view.failing, view.said
    response = failing.response if failing is not None else None
    if said is None or response is None or not said.is_page or view.is_delivery:
        return
    found = _TITLE.search(said.text)
    title = f' titled "{found[1].strip()}"' if found else ""
    server = header_of(response, "server")
    status = f", status {response.status}" if response.status is not None else ""
    is_fault = response.status is None or response.status >= 400
    named = _STATUS_IN_TITLE.search(found[1]) if found and response.status is None else None
    who: Who = "wait" if (int(named[0]) if named else response.status) in _BUSY else "code"
    yield Finding(
        code="RSP006",
        severity="warning",
        message=f"A gateway answered, not the API: a web page{title}{f' from {server}' if server else ''}{status}.",
        advice=_GATEWAY_ADVICE[who],
        who=who,
        confidence=_BY_GATEWAY if is_fault else None,
        origins=(said.origin,),
    )


@check("RSP007")
def message_known(view: View) -> Iterator[Finding]:
    """The text of the answer is one that tells the cause by itself.

    Some answers carry no code, or the same one for many causes, and say what is wrong in words that the provider
    documents.
    """
    said = view.said
    if said is None or (said.is_answer and said.status is not None and 0 < said.status < 400):
        return
    for row in find_texts(view.profile, view.ticket.family, said.status, said.text):
        yield Finding(
            code="RSP007",
            severity="warning",
            message=f"{row.title}.{f' {row.cause}' if row.cause else ''}",
            advice=row.remedy,
            who=row.who,
            confidence=_believed(view, _sureness(row)),
            link=row.link or None,
            origins=(said.origin,),
        )
        return


@check("RSP008")
def answer_is_the_providers(view: View) -> Iterator[Finding]:
    """The answer looks like one of another service.

    Its form or its host is not the provider's, so that the provider's tables are not believed. Look whose API the
    failing call went to; --provider says whose it is.
    """
    said = view.said
    if said is not None and (other := view.other_speaker) is not None:
        yield Finding(
            code="RSP008",
            severity="note",
            message=f"The answer looks like one of {other}, not of {view.profile.name}.",
            advice="Check which call failed (--entry) and whose API it went to (--provider).",
            origins=(said.origin,),
        )


@check("RSP009")
def fields_blamed(view: View) -> Iterator[Finding]:
    """The answer names the fields that it does not like.

    Nearly always the request is wrong in just these fields. Compare them with the specification: names, capitals, types
    and lengths.
    """
    said, error = view.said, view.error
    if said is None or error is None or (error.code and _row(view, error.code, error.group) is not None):
        return
    blamed = [(name, text) for name, text in error.reasons if name.lower() not in _NO_FIELDS]
    if blamed:
        told = "; ".join(f"{name}: {text.rstrip('. ')}" for name, text in blamed[:_BLAMED_SHOWN])
        more = f"; and {len(blamed) - _BLAMED_SHOWN} more" if len(blamed) > _BLAMED_SHOWN else ""
        yield Finding(
            code="RSP009",
            severity="warning",
            message=f"The answer blames what was sent: {told}{more}.",
            advice="Compare these fields with the specification: their names, capitals, types and lengths.",
            who="code",
            confidence=_believed(view, _BY_BLAMED_FIELD),
            link=view.profile.links.get("errors"),
            origins=(said.origin,),
        )


def _own_words(view: View) -> str:
    """What the answer says beyond its status, where no table explains it: its code, its title or its detail."""
    said, error = view.said, view.error
    if said is None or error is None or view.other_speaker is not None:
        return ""
    if error.code and _row(view, error.code, error.group) is not None:
        return ""
    if any(find_texts(view.profile, view.ticket.family, said.status, said.text)):
        return ""
    reason = view.failing.response.reason if view.failing is not None and view.failing.response is not None else ""
    hollow = {key_form(each) for each in (*_HOLLOW, reason)}
    texts = (_beginning(text) for text in (error.title, error.detail) if text)
    quote = next((text for text in texts if text and key_form(text) not in hollow), "")
    code = f", code {error.code}" if error.code and len(error.code) <= _LONGEST_CODE else ""
    return f"{code}{f', “{quote}”' if quote else ''}"


def _beginning(text: str) -> str:
    """The first sentence, without its full stop; a long one is cut after a word."""
    sentence = " ".join(text[: 4 * _LONGEST_QUOTE].split()).partition(". ")[0].strip(" .")
    return sentence if len(sentence) <= _LONGEST_QUOTE else f"{sentence[:_LONGEST_QUOTE].rpartition(' ')[0]} …"


def _row(view: View, code: str, group: str | None) -> ErrorCode | None:
    """The row for the code: of the API that failed; where that is not known, of the APIs that write errors so."""
    if view.ticket.family or not view.profile.families:
        return find_code(view.profile, view.ticket.family, code, group)
    families = view.error.families if view.error is not None else ()
    rows = [row for family in families if (row := find_code(view.profile, family, code, group)) is not None]
    return rows[0] if rows and all(row is rows[0] for row in rows) else None


def _sureness(row: ErrorCode | MessageText) -> float:
    return row.confidence * (1 if row.certainty == "documented" else _UNCONFIRMED)


def _is_own_form(view: View, error: ErrorReading) -> bool:
    """Whether the error is written as the API that failed writes its errors; only a number may be chance."""
    related = related_families(view.profile, view.ticket.family)
    if not related or any(slug in error.families for slug in related):
        return True
    return not error.families and not (error.code or "").isdecimal()


def _believed(view: View, confidence: float) -> float:
    """Less for what a log only quotes, for a body without its call, and for what may be another service's answer."""
    if view.other_speaker is not None:
        return min(confidence, _FOREIGN)
    if view.said is not None and not view.said.is_answer:
        confidence *= _TOLD_BY_A_LOG
    if view.profile.hosts and view.ticket.family is None:
        confidence = min(confidence, _WITHOUT_CALL)
    return round(confidence, 2)


CHECKS = (
    provider_code_known,
    status_explained,
    api_answered,
    message_known,
    answer_is_the_providers,
    fields_blamed,
)
