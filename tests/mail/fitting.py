"""Random tickets of many shapes for the tests of what fits into a mail, small enough to make thousands of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from random import Random

from PIL import Image

from bundler.mail.fit import Holding
from bundler.model import (
    BodyState,
    Excerpt,
    Exchange,
    Facts,
    OccurredAt,
    Origin,
    Picture,
    RecordSpan,
    Request,
    Response,
    SafeTicket,
)

MOMENT = datetime(2026, 11, 23, 13, 2, 11, tzinfo=UTC)
_WHERE = (Origin("app.log", "line 1"),)


def ticket_of(dice: Random, picture: bytes = b"") -> SafeTicket:
    """Any number of logs, calls and pictures; the moment of the error is known or not.

    ``picture`` is one that can be decoded; without it there are only some that cannot.
    """
    occurred = OccurredAt(MOMENT, "13:02:11", "typed", _WHERE) if dice.random() < 0.8 else None
    exchanges = tuple(_exchange(dice, number) for number in range(dice.choice((0, 1, 1, 3))))
    return SafeTicket(
        ticket_id=f"TB-{dice.randrange(10**8):08}",
        created=MOMENT + timedelta(minutes=20),
        provider="generic",
        facts=Facts(occurred_at=occurred),
        exchanges=exchanges,
        failing=dice.randrange(len(exchanges)) if exchanges and dice.random() < 0.9 else None,
        logs=tuple(_excerpt(dice, number) for number in range(dice.choice((0, 1, 1, 2, 5)))),
        pictures=tuple(_picture(dice, number, picture) for number in range(dice.choice((0, 0, 1, 2, 4)))),
    )


def must_stay(ticket: SafeTicket) -> list[set[bytes]]:
    """Of each log the lines that no mail may lack, found in another way than the program does: by looking at each."""
    return [_window(excerpt, ticket.facts.occurred_at) for excerpt in ticket.logs]


def kept_lines(holding: Holding, number: int) -> list[bytes]:
    """The lines of the log ``number`` that the mail holds; none where the log is left out."""
    name = f"logs/{number + 1:02}-log-{number}.log"
    return next((file.data.splitlines(keepends=True) for file in holding.files if file.whole == name), [])


def _window(excerpt: Excerpt, occurred: OccurredAt | None) -> set[bytes]:
    lines = excerpt.data.splitlines(keepends=True)
    spans = excerpt.spans
    moments = [span.moment for span in spans]
    known = [moment for moment in moments if moment is not None]
    naming = [place for place, span in enumerate(spans) if span.mentions]
    if occurred is None or not known:
        return {lines[place] for place in naming[-1:]}
    last = known[0]
    filled = []
    for moment in moments:
        last = moment or last
        filled.append(last)
    near = {place for place, at in enumerate(filled) if abs((at - occurred.value).total_seconds()) <= 5}
    before = [place for place in naming if filled[place] <= occurred.value]
    after = [place for place in naming if filled[place] > occurred.value]
    near |= {max(before, key=lambda place: (filled[place], place))} if before else set()
    near |= {min(after, key=lambda place: (filled[place], place))} if after else set()
    return {lines[place] for place in near}


def _excerpt(dice: Random, number: int) -> Excerpt:
    spans, lines = [], []
    at = MOMENT - timedelta(seconds=dice.choice((0, 3, 60, 4000)))
    for place in range(dice.choice((1, 5, 40, 120))):
        at += timedelta(seconds=dice.choice((0, 0, 1, 2, 7, 90)), milliseconds=dice.randrange(1000))
        if dice.random() < 0.03:
            at -= timedelta(seconds=20)  # logs are not always in order
        lines.append(f"{number} {place} {'x' * dice.choice((3, 60, 60, 900))}\n".encode())
        moment = at if dice.random() < 0.9 else None
        spans.append(RecordSpan(place + 1, 1, moment, dice.random() < 0.1))
    return Excerpt(f"log-{number}.log", "plain", b"".join(lines), tuple(spans))


def _exchange(dice: Random, number: int) -> Exchange:
    body = dice.choice((b"", b"{}", b'{"a": 1}\n' * 500, b"a b " * 9000, b"z" * 30_000))
    return Exchange(
        "trace.har",
        number,
        Request("POST", "https://api.example.com/v1/payments", body=body, body_state=BodyState.PRESENT),
        Response(409, "Conflict", body=dice.choice((b"", body, b'{"code": 1}')), body_state=BodyState.PRESENT),
    )


def _picture(dice: Random, number: int, real: bytes) -> Picture:
    data = real if real and dice.random() < 0.5 else dice.randbytes(dice.choice((100, 4_000, 40_000)))
    return Picture(f"{number}.png", data, "png", 1080, 2340, f"{number}.png", "0" * 64, len(data))


def png(width: int, height: int, pixels: bytes) -> bytes:
    """A picture of these RGB pixels."""
    target = BytesIO()
    Image.frombytes("RGB", (width, height), pixels).save(target, "PNG")
    return target.getvalue()
