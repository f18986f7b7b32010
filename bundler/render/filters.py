"""Every filter that a template may use, in one dict; the names are part of what users' own templates rely on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bundler import document
from bundler.amounts import plural
from bundler.checks.desk import asked, verdict
from bundler.model import Finding, SafeTicket
from bundler.render import excerpts, headline, http, lacking, pictures, privacy, text, times

_OPTION = re.compile(r"(--[a-z][a-z-]{1,30})")
_LONGEST_ADVICE = 1_000


def provider_name(slug: str) -> str:
    """The provider's name for people; the slug itself where we have no profile of it."""
    from bundler import providers

    return providers.load(slug).name if slug in providers.known_providers() else text.inline(slug, 60)


def link(finding: Finding) -> str:
    """The finding's link where it is a plain web address, else nothing: a report must not carry ``javascript:``."""
    url = finding.link or ""
    return (
        url if url.startswith(("https://", "http://")) and not set(url) & set(" <>\"'`\\") and url.isprintable() else ""
    )


def by_option(said: str) -> list[str]:
    """``said`` in pieces, options such as ``--payment-id`` standing alone, so that no line need end within one."""
    return _OPTION.split(text.inline(said, _LONGEST_ADVICE))


def other_findings(ticket: SafeTicket) -> tuple[Finding, ...]:
    """All findings but the likely cause, which documents show on its own."""
    return tuple(finding for finding in ticket.findings if finding != ticket.cause)


FILTERS: dict[str, Callable[..., Any]] = {
    # text from outside
    "visible": text.visible,
    "inline": text.inline,
    "cut": text.cut,
    "capped": text.capped,
    "size": text.size,
    "plural": plural,
    "fenced": text.fenced,
    "code": text.code,
    "md": text.md,
    "wrap": text.wrap,
    "folded": text.folded,
    "ascii": text.ascii_line,
    "shortened": headline.shortened,
    # moments
    "moment": times.moment,
    "iso": times.iso,
    "clock": times.clock,
    "local": times.local,
    "span": times.span,
    "since": times.since,
    # messages
    "http": http.http,
    "start_line": http.start_line,
    "status": http.status,
    "outcome": http.outcome,
    "pretty": http.pretty,
    "is_indented": http.is_indented,
    "body": http.body,
    "body_note": http.body_note,
    "curl": http.curl,
    "verdict": http.verdict,
    # what a mail lacks
    "held": lacking.held,
    # the ticket as a whole
    "environment": headline.environment,
    "kind": headline.kind,
    "symptom": headline.symptom,
    "title": headline.title,
    "story": headline.story,
    "subject": headline.subject,
    "label": headline.label,
    "fields": headline.fields,
    "who": headline.who,
    "confidence": headline.confidence,
    "in_a_sentence": verdict.sentence,
    "score": asked.score,
    "by_option": by_option,
    "provider_name": provider_name,
    "link": link,
    "other_findings": other_findings,
    # what was masked and what was not
    "by_kind": privacy.by_kind,
    "by_group": privacy.by_group,
    "by_file": privacy.by_file,
    "unseen": privacy.unseen,
    "withheld": privacy.withheld,
    "decided": privacy.decided,
    # the files of the bundle
    "layout": document.layout,
    "attachment": document.attachment_name,
    # logs and pictures
    "excerpt": excerpts.numbered,
    "as_text": excerpts.as_text,
    "data_uri": pictures.data_uri,
    "cid": pictures.cid,
    "alt": pictures.alt,
}
