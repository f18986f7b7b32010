"""Planted corpora: every shape in every structure, with decoys and identifiers beside it; none left, all else kept."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, cast

import pytest

from bundler.errors import ExitCode
from bundler.providers import load
from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted import faults, scoring
from tests.redact.planted.borders import ShortReads, borders
from tests.redact.planted.corpus import every, seen_elsewhere
from tests.redact.planted.keepsakes import DECOYS
from tests.redact.planted.messages import MESSAGES, message
from tests.redact.planted.pieces import Document
from tests.redact.planted.regressions import regression, regressions
from tests.redact.planted.run import SEEDS, fresh_seed, gaps, is_known
from tests.redact.planted.scoring import Miss
from tests.redact.planted.shapes import SHAPES
from tests.redact.planted.structures import STRUCTURES

VIPPS = load("vipps-mobilepay")
GAPS = gaps()
FRESH = fresh_seed()


def unforgiven(misses: list[Miss]) -> str:
    """What is not in the list of known gaps, to be read in a failing test; the document's name begins with the seed."""
    return "\n".join(str(miss) for miss in misses if not is_known(miss, GAPS))


def test_there_are_as_many_shapes_structures_and_decoys_as_we_say() -> None:
    assert len(SHAPES) >= 45
    assert len(STRUCTURES) >= 14
    assert len(DECOYS) >= 40


def test_the_scoring_sees_a_leak_a_lost_decoy_and_a_lost_id() -> None:
    planted = regression("x | y | a «hunter2xyz» ‹65a1c0de-4f02› b")
    assert scoring.leaks(planted, planted.data, "none")
    assert scoring.leaks(planted, b"a aHVudGVyMnh5eg== 65a1c0de-4f02 b", "none")
    assert scoring.leaks(planted, b"a %68unter2xy 65a1c0de-4f02 b", "none")
    assert scoring.leaks(planted, b"a \\u0068unter2xy 65a1c0de-4f02 b", "none")
    assert scoring.losses(planted, b"a [secret-1] [secret-2] b", "none")
    assert not scoring.leaks(planted, b"a [secret-1] 65a1c0de-4f02 b", "none")
    assert not scoring.losses(planted, b"a [secret-1] 65a1c0de-4f02 b", "none")
    half = regression("x | y | card «4111111111111111»")
    assert scoring.leaks(half, b"card 41111111[card-1]", "none")
    assert not scoring.leaks(half, b"card [card-1] 4111 **** 1111", "none")


@pytest.mark.parametrize("planted", regressions(), ids=lambda planted: planted.name.partition("/")[2])
def test_what_was_missed_once_is_masked(planted: Document) -> None:
    assert unforgiven(scoring.through_filter(planted, VIPPS)) == ""
    assert unforgiven(scoring.through_text(planted, VIPPS)) == ""


@pytest.mark.parametrize("seed", [*SEEDS, FRESH])
def test_no_shape_is_left_in_any_structure_and_nothing_else_goes(seed: str) -> None:
    share = 1 if seed == SEEDS[0] else 2
    misses = [miss for document in every(seed, share) for miss in scoring.through_filter(document, VIPPS)]
    assert unforgiven(misses) == ""


@pytest.mark.parametrize("seed", [*SEEDS, FRESH])
def test_the_same_holds_for_texts(seed: str) -> None:
    misses = [miss for document in every(seed, 6) for miss in scoring.through_text(document, VIPPS)]
    assert unforgiven(misses) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_the_same_holds_for_tickets(encoding: str) -> None:
    misses = [miss for document in every(FRESH, 16) for miss in scoring.through_ticket(document, VIPPS, encoding)]
    assert unforgiven(misses) == ""


@pytest.mark.parametrize("seed", [*SEEDS, FRESH])
def test_a_credential_seen_once_is_found_in_base64_and_bare(seed: str) -> None:
    misses = [miss for document in seen_elsewhere(seed) for miss in scoring.through_filter(document, VIPPS)]
    assert unforgiven(misses) == ""


@pytest.mark.parametrize("kind", MESSAGES)
def test_no_shape_is_left_in_what_programs_write(kind: str) -> None:
    misses = [
        miss
        for seed in (*SEEDS, FRESH)
        for number in range(4)
        for miss in scoring.through_filter(message(seed, kind, number), VIPPS)
    ]
    assert unforgiven(misses) == ""


@pytest.mark.parametrize("is_one_line", [False, True], ids=["blocks", "one line"])
@pytest.mark.parametrize("seed", [*SEEDS, FRESH])
def test_a_value_across_a_border_is_whole(seed: str, is_one_line: bool) -> None:
    misses = [
        miss for planted in borders(seed, is_one_line=is_one_line, count=2) for miss in scoring.by_place(planted, VIPPS)
    ]
    assert unforgiven(misses) == ""


@pytest.mark.parametrize("largest", [1, 7, 300])
def test_a_source_that_gives_little_at_a_time_is_masked_alike(largest: int) -> None:
    """Every byte is a border where a pipe gives one byte at a time."""
    misses: list[Miss] = []
    for document in every(FRESH, 40):
        source = cast("BinaryIO", ShortReads(document.data, Draws(FRESH, document.name), largest))
        misses += scoring.by_place(document, VIPPS, source)
    assert unforgiven(misses) == ""


def test_create_leaves_nothing_of_a_folder_of_evidence(tmp_path: Path) -> None:
    """A HAR, a curl command, an exchange, and logs as text, in gzip and in UTF-16: through the whole program."""
    planted = faults.evidence(tmp_path, FRESH)
    ending = faults.made(tmp_path)
    assert ending.code in (ExitCode.FINE, ExitCode.BLOCKED), f"seed {FRESH}: {ending.said.decode()}"
    assert len(ending.left) > 10
    assert faults.secrets_in(planted, ending) == {}, f"seed {FRESH}"


@pytest.mark.parametrize("number", ["4122856609537121", "4518675866999317"])
def test_an_id_that_reads_like_a_card_number_does_not_stop_the_mail(tmp_path: Path, number: str) -> None:
    payment = "1b0c5c2e-7a54-4d63-9f0e-2c9a6f1d83b7"
    said = f'payment {payment} <request><pspReference>{number}</pspReference></request> "x" failed'
    (tmp_path / "service.log").write_text(f"2026-11-23 13:02:11,482 ERROR shop: {said}\n" * 3, encoding="utf-8")
    ending = faults.made(tmp_path, None, "--payment-id", payment, "--at", "2026-11-23 13:02:11")
    assert ending.code in (ExitCode.FINE, ExitCode.BLOCKED), ending.said.decode()
    assert any(number.encode() in data for data in ending.left.values())


def test_another_value_of_an_id_that_reads_like_a_card_number_does_not_stop_the_mail(tmp_path: Path) -> None:
    call = (
        "POST /v1/x HTTP/1.1\nHost: api.example.com\nContent-Type: application/json\n\n"
        '{"transactionId": "8369813717"}\n\n'
        "HTTP/1.1 409 Conflict\nContent-Type: application/json\n\n"
        '{"transactionId": "5349294054323488"}\n'
    )
    (tmp_path / "call.http").write_text(call, encoding="utf-8")
    ending = faults.made(tmp_path)
    assert ending.code in (ExitCode.FINE, ExitCode.BLOCKED), ending.said.decode()
    assert any(b"5349294054323488" in data for data in ending.left.values())
    assert any(b"elsewhere" in data for data in ending.left.values())
