"""What goes into a mail of a given size: never more than the limit, never less than the minimum."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bundler.document import TICKET_NAME, decode, exchange_wire
from bundler.mail.compose import Attachment, compose
from bundler.mail.encoded import encoded_size
from bundler.mail.fit import Choice, Fitted, Holding, TooLarge, fit
from bundler.mail.splitting import Share, split
from bundler.model import Excerpt, Facts, OccurredAt, Origin, RecordSpan, SafeTicket
from tests.document.tickets import full_ticket
from tests.mail.fitting import MOMENT, kept_lines, must_stay, png, ticket_of

FRAME = 3_000
AT = OccurredAt(MOMENT, "13:02:11", "typed", (Origin("app.log", "line 1"),))
SEEDS = st.integers(0, 2**48)


def _as_long(holding: Holding) -> bytes:
    """As long as a mail would be that has heads and a text of a fixed size, and a few words for all that it lacks."""
    lacks = sum(len(each.why) for file in holding.files for each in file.omitted) + 40 * len(holding.left_out)
    return bytes(FRAME + holding.size + 250 * len(holding.files) + lacks)


def _composed(holding: Holding) -> bytes:
    files = [Attachment(file.name.replace("/", "-"), file.data, "application/octet-stream") for file in holding.files]
    text = "".join(f"{file.name}: {each.why} {each.size}\n" for file in holding.files for each in file.omitted)
    return compose(holding.ticket, to="", subject="x", text=text, html=text, attachments=files)


def _limit(dice: Random, ticket: SafeTicket) -> int:
    return dice.randrange(1_000, len(_as_long(Choice(ticket).everything())) + 2_000)


def _holds_what_it_must(ticket: SafeTicket, fitted: Fitted, limit: int) -> None:
    holding = fitted.holding
    assert len(fitted.mail) <= limit
    for number, needed in enumerate(must_stay(ticket)):
        kept = kept_lines(holding, number)
        assert needed <= set(kept)
        assert [line for line in ticket.logs[number].data.splitlines(keepends=True) if line in set(kept)] == kept
    names = {file.name for file in holding.files}
    assert TICKET_NAME in names
    if ticket.failing is not None:
        assert any(name.startswith(f"exchanges/{ticket.failing + 1:02}-") for name in names)
    assert len(names) + len(holding.left_out) == 1 + len(ticket.exchanges) + len(ticket.logs) + len(ticket.pictures)


def _try(seed: int, write: Callable[[Holding], bytes]) -> None:
    dice = Random(seed)
    ticket = ticket_of(dice)
    limit = _limit(dice, ticket)
    try:
        fitted = fit(ticket, limit, write)
    except TooLarge as too_large:
        smallest = too_large.size
        assert smallest > limit
        return
    _holds_what_it_must(ticket, fitted, limit)


# 10,000 random cases in all: 9,000 with a mail that is only as long as one, 700 with one that is composed, 300 split


@given(SEEDS)
@settings(max_examples=450)
def test_no_mail_is_above_the_limit_or_without_the_error_window(seed: int) -> None:
    for number in range(20):
        _try(20 * seed + number, _as_long)


@given(SEEDS)
@settings(max_examples=70)
def test_no_composed_mail_is_above_the_limit_or_without_the_error_window(seed: int) -> None:
    for number in range(10):
        _try(10 * seed + number, _composed)


@given(SEEDS)
@settings(max_examples=300)
def test_several_mails_are_each_within_the_limit_and_together_hold_everything(seed: int) -> None:
    dice = Random(seed)
    ticket = replace(ticket_of(dice), pictures=())
    limit = _limit(dice, ticket)

    def write(share: Share) -> bytes:
        return _as_long(share.holding)

    try:
        parts = split(ticket, limit, write)
    except TooLarge:
        return
    assert all(len(mail) <= limit for mail, _ in parts)
    assert [share.number for _, share in parts] == list(range(1, len(parts) + 1))
    joined: dict[str, bytes] = {}
    for _, share in parts:
        for file in share.holding.files:
            if file.whole != TICKET_NAME:
                joined[file.whole] = joined.get(file.whole, b"") + file.data
    contents = [*map(exchange_wire, ticket.exchanges), *(excerpt.data for excerpt in ticket.logs)]
    assert sorted(joined.values()) == sorted(contents)


def _log(*seconds: float, naming: tuple[int, ...] = (), length: int = 60) -> Excerpt:
    lines = [f"{number:04} ".encode() + b"x" * (length - 6) + b"\n" for number in range(len(seconds))]
    spans = tuple(
        RecordSpan(number + 1, 1, MOMENT + timedelta(seconds=at), number in naming) for number, at in enumerate(seconds)
    )
    return Excerpt("log-0.log", "plain", b"".join(lines), spans)


def _ticket(**fields: Any) -> SafeTicket:
    return replace(full_ticket(), **({"facts": Facts(occurred_at=AT), "pictures": (), "logs": ()} | fields))


def _kept(ticket: SafeTicket, lines: int) -> list[int]:
    """Which lines stay in a mail that has room for so many beside all the rest."""
    rest = len(_as_long(Choice(ticket).everything())) - encoded_size(len(ticket.logs[0].data))
    limit = rest + encoded_size(60 * lines) + 60
    return [int(line[:4]) for line in kept_lines(fit(ticket, limit, _as_long).holding, 0)]


def test_lines_nearest_the_error_stay_before_the_payments_own_and_these_before_head_and_tail() -> None:
    times = [number * 10.0 - 3000 for number in range(600)]
    ticket = _ticket(logs=(_log(*times, naming=(50, 310, 500)),))
    assert _kept(ticket, 3) == [50, 300, 310]
    assert _kept(ticket, 4) == [50, 300, 310, 500]
    ends = [*range(20), *range(580, 600)]
    assert _kept(ticket, 44) == sorted([50, 300, 310, 500, *ends])
    assert _kept(ticket, 46) == sorted([50, 299, 300, 301, 310, 500, *ends])


def test_without_a_moment_the_last_record_that_names_the_payment_stands_for_the_error() -> None:
    times = [float(number) for number in range(400)]
    ticket = replace(_ticket(logs=(_log(*times, naming=(120, 200)),)), facts=Facts())
    assert _kept(ticket, 1) == [200]
    assert _kept(ticket, 44) == sorted([120, 199, 200, 201, *range(20), *range(380, 400)])


def test_what_a_log_lacks_is_counted_in_records_and_bytes() -> None:
    ticket = _ticket(logs=(_log(*[number * 10.0 for number in range(300)]),))
    bare = len(_as_long(Choice(replace(ticket, logs=())).everything()))
    holding = fit(ticket, bare + encoded_size(6000) + 500, _as_long).holding
    (log,) = (file for file in holding.files if file.omitted)
    (omission,) = log.omitted
    assert (omission.records, omission.size) == (300 - len(log.data) // 60, 300 * 60 - len(log.data))
    assert holding.ticket.logs[0].omitted == (omission,)
    assert not holding.is_whole


def test_pictures_become_smaller_before_any_line_is_left_out_and_go_before_any_body_is_cut() -> None:
    noise = Random(1).randbytes(300 * 300 * 3)
    picture = replace(full_ticket().pictures[0], data=png(300, 300, noise), width=300, height=300)
    ticket = replace(_ticket(logs=(_log(*range(-40, 40)),)), pictures=(picture,))
    whole = len(_as_long(Choice(ticket).everything()))
    holding = fit(ticket, whole - 1_000, _as_long).holding
    assert [file.name for file in holding.files if file.omitted] == ["pictures/01-phone.jpg"]
    assert holding.ticket.pictures[0].format == "jpeg"
    holding = fit(ticket, whole - encoded_size(len(picture.data)), _as_long).holding
    assert [each.name for each in holding.left_out] == ["pictures/01-phone.png"]
    assert not [file for file in holding.files if file.omitted]


def test_bodies_are_cut_last_and_in_ticket_json_first_and_marked() -> None:
    body = b'{"line": "of a long body"}\n' * 2_000
    exchanges = tuple(
        replace(each, request=replace(each.request, body=body)) for each in full_ticket().exchanges if each.request
    )
    ticket = _ticket(exchanges=exchanges, failing=1)
    whole = len(_as_long(Choice(ticket).everything()))
    slightly = fit(ticket, whole - 20_000, _as_long).holding
    assert [file.name for file in slightly.files if file.omitted] == [TICKET_NAME]
    least = Choice(ticket).least()
    calls = {file.name: file.data for file in least.files}
    other, failing = (data for name, data in calls.items() if name.startswith("exchanges/"))
    assert len(other) < 6_000 < 14_000 < len(failing) < 20_000
    for cut in (other, failing):
        assert re.search(rb"\n\[[0-9,]+ bytes are left out of the mail here; the bundle has them\]\n", cut)
        lines = set(cut.partition(body[:27])[2].splitlines(keepends=True))
        assert not [line for line in lines if line.startswith(b'{"line') and line != body[:27]]
    assert decode(calls[TICKET_NAME]).ticket_id == ticket.ticket_id


def test_minimum_that_does_not_fit_says_how_large_it_is() -> None:
    ticket = _ticket(logs=(_log(*[0.0] * 1000),))
    with pytest.raises(TooLarge) as caught:
        fit(ticket, 50_000, _as_long)
    assert caught.value.size > 1000 * 60
    assert fit(ticket, caught.value.size, _as_long).mail


def test_file_that_no_mail_holds_is_divided_where_a_line_ends() -> None:
    ticket = _ticket(logs=(_log(*range(3000)),))
    parts = split(ticket, 60_000, lambda share: _as_long(share.holding))
    pieces = [file for _, share in parts for file in share.holding.files if file.is_piece]
    assert [piece.name for piece in pieces] == [
        f"logs/01-log-0.{number}of{len(pieces)}.log" for number in range(1, len(pieces) + 1)
    ]
    assert all(piece.data.endswith(b"\n") for piece in pieces)
    assert b"".join(piece.data for piece in pieces) == ticket.logs[0].data


def test_more_mails_than_anybody_wants_are_refused() -> None:
    with pytest.raises(TooLarge):
        split(_ticket(logs=(_log(*range(30_000)),)), 60_000, lambda share: _as_long(share.holding))
