"""The hostile ticket: scripts, fences, line breaks, paths and hidden characters wherever text may stand."""

from __future__ import annotations

from msgspec.structs import replace

from bundler.model import (
    Asked,
    BodyState,
    Excerpt,
    Exchange,
    Fact,
    Facts,
    Finding,
    OccurredAt,
    Omission,
    Origin,
    ProviderCode,
    RecordSpan,
    Redaction,
    Reporter,
    Request,
    Response,
    Rival,
    SafeTicket,
    Severity,
    Taken,
)
from tests.tickets.exchanges import CREATED, FAILED_AT, PAYMENT
from tests.tickets.full import app_screen

SCRIPT = "\"><script>alert(document.domain)</script><img src=x onerror=alert(1)>'--></style></title></textarea>"
FENCES = "``````\n# no heading\n~~~~~~\n<details open>\n</details>\n[a](javascript:alert(1)) ![b](https://evil.example/b.png)"
HIDDEN = "a\x00b\x1b[31mc\x07\x08d\x7fe\x85f\u202eexe.gnp\u2066g\u200bh\ufeffi\u2028j\ud800k\U000e0041l\tm\r\nn\rz"
BREAK = "value\r\nBcc: thief@evil.example\r\n\r\nX-Injected: yes\nMerchantId: forged"
CLIMB = "../../../../etc/passwd"
TEMPLATE = "{{ 7 * 191 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}{# gone #}"
GIANT = "A" * 1_000_000
HOSTILE = (SCRIPT, FENCES, HIDDEN, BREAK, CLIMB, TEMPLATE)


def hostile_ticket() -> SafeTicket:
    """Every text from outside tries to break out of every document and to fill the disk."""
    everything = "\n".join(HOSTILE)
    origin = Origin(f"{CLIMB}\x00{SCRIPT}", everything)
    body = f'{{"{everything}": "{GIANT}"}}'.encode("utf-8", "surrogatepass")
    headers = (
        *((f"X-{text}", text) for text in HOSTILE),
        ("Set-Cookie", BREAK),
        ("@/etc/passwd", "x"),
        ("Empty", ""),
        ("Long", GIANT),
    )
    url = f"https://api.example.com/v1/{CLIMB}/{SCRIPT}?q={everything}&[1-9]{{a,b}}#{GIANT}"
    request = Request(f"POST{BREAK}", url, everything, headers, body, BodyState.PRESENT)
    quoting = Request(
        "PUT", "https://api.example.com/[token-1]/a'b$(id)`id`", "", headers, body[:400], BodyState.PRESENT
    )
    response = Response(599, everything, everything, headers, b"\x00\xff\xfe" + body, BodyState.PRESENT)
    exchanges = (
        Exchange(
            origin.source, 1, request, response, started=FAILED_AT, direction="incoming", notes=HOSTILE, place=BREAK
        ),
        Exchange(CLIMB, 2, quoting, None, error=everything, started_written=everything, place=FENCES),
        Exchange(SCRIPT, 3, None, replace(response, status=None, body=b"[" * 5000), place=""),
        *(Exchange(GIANT[:3000], index, request, response, place=everything) for index in range(4, 36)),
    )
    lines = [text.replace("\r", "").split("\n")[0].encode("utf-8", "surrogatepass") for text in HOSTILE]
    records = [*lines, GIANT.encode(), *[b"\xff\xfe noise " + line for line in lines * 200]]
    excerpt = Excerpt(
        origin.source,
        everything,
        b"\n".join(records) + b"\n",
        tuple(RecordSpan(index * 3 + 1, 1, None) for index in range(len(records))),
        omitted=tuple(Omission(10**9, everything) for _ in range(40)),
        zone=everything,
        zone_from=everything,
        notes=HOSTILE,
    )
    facts = tuple(
        Fact(text, text, (origin,) * 30, tuple(Rival(other, (origin,)) for other in HOSTILE))
        for text in (*HOSTILE, GIANT)
    )
    weights: tuple[tuple[str, Severity, str], ...] = (
        ("XSS001", "blocker", "javascript:alert(1)"),
        ("XSS002", "warning", 'https://evil.example/"onclick="alert(1)'),
        ("XSS003", "note", "https://example.com/docs"),
    )
    findings = tuple(
        Finding(
            code=code,
            severity=severity,
            message=text,
            advice=everything,
            who="other-desk",
            confidence=0.5,
            provider_code=ProviderCode(text, text),
            link=link,
            origins=(origin,) * 40,
        )
        for code, severity, link in weights
        for text in HOSTILE * 8
    )
    picture = app_screen(name=CLIMB, source=origin.source, caption=everything, removed=HOSTILE, notes=HOSTILE)
    return SafeTicket(
        ticket_id=everything,
        created=CREATED,
        provider="generic",
        kind="incident",
        family=everything,
        environment="mixed",
        summary=everything,
        event=everything * 400,
        notes=HOSTILE * 20,
        reporter=Reporter(*HOSTILE[:5]),
        facts=Facts(
            merchant_id=replace(facts[0], name="merchantId"),
            payment_id=Fact("paymentId", PAYMENT, (origin,)),
            occurred_at=OccurredAt(
                FAILED_AT,
                everything,
                everything,
                (origin,) * 30,
                local=everything,
                certainty="ambiguous",
                readings=(FAILED_AT, CREATED),
                rivals=(Rival(everything, (origin,)),),
            ),
            trace_ids=facts * 10,
            others=facts * 10,
        ),
        exchanges=exchanges,
        failing=0,
        failing_reasons=HOSTILE,
        logs=(excerpt, replace(excerpt, data=b"", spans=())) * 10,
        pictures=(picture, replace(picture, format="jpeg", width=20_000)) * 4,
        findings=findings,
        evidence=tuple(Taken(text, text, everything, False, 10**12, HOSTILE) for text in HOSTILE * 30),
        not_looked_into=HOSTILE * 50,
        redactions=tuple(Redaction(text, text, 10**9) for text in HOSTILE * 20),
        cause=findings[0],
        asked=tuple(
            Asked(text, text, index % 2 == 0, True, everything, everything) for index, text in enumerate(HOSTILE * 4)
        ),
    )
