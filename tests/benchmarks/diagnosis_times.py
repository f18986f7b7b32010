"""How long the checks take: all of them on a ticket of fifty calls, and each by itself on larger and larger ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

from msgspec.structs import replace

from bundler import checks
from bundler.checks import CHECKS, Check, View
from bundler.model import BodyState, Excerpt, Exchange, RecordSpan, Request, Response, SafeTicket, Ticket
from bundler.providers import load
from bundler.redact import redact
from bundler.redact.placeholders import Placeholders
from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_bodies import said, written
from tests.benchmarks.diagnosis_calls import NOW, Answer, Integrator, Sent, sent_body
from tests.benchmarks.diagnosis_logs import written_log

CALLS, LIMIT_MS = 50, 50.0
SIZES = (10, 50, 250)
TEXT_SIZES = (250_000, 500_000, 1_000_000)
GROWTH = 2.2
"""Twice the ticket may take so many times as long (as in ``growth.py``)."""
_UNMEASURABLE_MS = 1.0
"""A check that takes less on the largest ticket is not timed any closer: the clock's noise is of that size."""
_VIPPS = load("vipps-mobilepay")


def exchange(sent: Sent, index: int) -> Exchange:
    """The call as a reader of recordings gives it."""
    body = sent_body(sent.call).encode()
    state = BodyState.PRESENT if body else BodyState.EMPTY
    asked = Request(sent.call.method, sent.call.url, "HTTP/1.1", tuple(sent.call.headers.items()), body, state)
    answer = sent.answer or Answer(500, b"")
    headers = (("Content-Type", "application/json"),)
    told = Response(answer.status, headers=headers, body=answer.body, body_state=BodyState.PRESENT)
    return Exchange(
        "trace.har", index, asked, told, sent.started, duration_ms=float(sent.took_ms), place=f"entry {index}"
    )


def ticket(count: int, event: str = "") -> SafeTicket:
    """A payment's story of so many calls, each with its records in a log; the last capture failed."""
    draws = Draws("diagnosis", "times", count)
    shop = Integrator(draws)
    names = ("initiate", "read", "capture", "read", "refund", "read")
    calls = []
    for at in range(count):
        name = "initiate" if at == 0 else names[1 + at % 5]
        last = at == count - 1
        answer = Answer(409, written(draws, said("epayment", draws, 409, "Conflict")))
        fine = Answer(200, written(draws, {"reference": shop.ids["reference"], "state": "AUTHORIZED"}))
        call = shop.call("epayment", "capture" if last else name)
        calls.append(Sent(call, answer if last else fine, shop.start + timedelta(seconds=7 * at)))
    data = written_log(draws, "python-logging", calls)
    spans = tuple(RecordSpan(line, 1, shop.start + timedelta(seconds=line)) for line in range(1, data.count(b"\n") + 1))
    made = Ticket(
        ticket_id="TB-TIMES",
        created=NOW,
        provider=_VIPPS.slug,
        family="epayment",
        environment="sandbox",
        event=event or None,
        exchanges=tuple(exchange(sent, at + 1) for at, sent in enumerate(calls)),
        failing=count - 1,
        logs=(Excerpt("service.log", "python-logging", data, spans),),
    )
    safe, _ = redact(replace(made, event=None), _VIPPS, placeholders=Placeholders(key=bytes(32)))
    return replace(safe, event=event or None)


def milliseconds(work: Callable[[], object], rounds: int = 7) -> tuple[float, float]:
    """The median and the least of several runs."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return median(times), min(times)


def alone(check: Check, of: SafeTicket) -> float:
    """How long one check takes by itself, with all that it has to find out for itself."""
    return milliseconds(lambda: list(check.judge(View(of, _VIPPS, NOW))), 5)[1]


def growth(check: Check, sizes: tuple[int, ...], tickets: list[SafeTicket]) -> tuple[float, float]:
    """How many times as long twice the ticket takes, and the time on the largest; 1 where it is too short to tell."""
    worst = 1.0
    for _ in range(3):  # a noisy machine may spoil a measurement, never better it for both sizes alike
        times = [alone(check, each) for each in tickets]
        if times[-1] < _UNMEASURABLE_MS:
            return 1.0, times[-1]
        pairs = zip(sizes, sizes[1:], times, times[1:], strict=False)
        worst = max((after / before) * 2 * small / large for small, large, before, after in pairs if before > 0.05)
        if worst <= GROWTH:
            break
    return worst, times[-1]


def report() -> int:
    """Print the times; gives how many goals were missed."""
    fifty = ticket(CALLS)
    checks.run(fifty, _VIPPS, now=NOW)
    middle, least = milliseconds(lambda: checks.run(fifty, _VIPPS, now=NOW), 21)
    kept = middle <= LIMIT_MS
    print(f"\nall {len(CHECKS)} checks on {CALLS} calls: {middle:.1f} ms in the middle, {least:.1f} ms at best", end="")
    print(f"   goal <= {LIMIT_MS:.0f} ms   {'kept' if kept else 'MISSED'}")
    missed = 0 if kept else 1
    words = "I pressed pay and the app said that something went wrong, no callback came, status 409. "
    rows = {
        "calls": (SIZES, [ticket(size) for size in SIZES]),
        "characters of event": (TEXT_SIZES, [ticket(3, (words * (size // 80))[:size]) for size in TEXT_SIZES]),
    }
    for name, (sizes, tickets) in rows.items():
        found = [(*growth(each, sizes, tickets), each.code) for each in CHECKS]
        worst, took, code = max(found)
        slowest = max(found, key=lambda row: row[1])
        kept = worst <= GROWTH
        missed += not kept
        print(
            f"growth with {sizes[-1]:,} {name}: worst {worst:.2f} ({code}, {took:.1f} ms), slowest {slowest[2]} with ",
            end="",
        )
        print(f"{slowest[1]:.1f} ms   goal <= {GROWTH}   {'kept' if kept else 'MISSED'}")
    return missed
