"""Processes that answer questions about texts: real ones, which are gone when the block is left."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from bundler.evidence.crew import PLACE_COUNT, ROOM, ForkedCrew
from bundler.evidence.workers import can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system has no fork that is safe")


class Clerk:
    """Answers with what it was told, the text and the question; some questions go wrong."""

    def __init__(self) -> None:
        self.heard = b""
        self.order = b""

    def hear(self, news: bytes) -> None:
        self.heard += news

    def answer(self, text: bytes, question: bytes) -> bytes:
        self.order += question
        if question == b"raise":
            raise ValueError("injected")
        if question == b"much":
            return bytes(ROOM)
        if question == b"wait":
            time.sleep(0.3)
        if question == b"order":
            return self.order
        if question == b"end":
            os._exit(0)
        return self.heard + text + question


def placed(crew: ForkedCrew, text: bytes) -> int:
    place = crew.place(text)
    assert place is not None
    return place


def has_ended(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_each_question_is_answered_about_its_own_text() -> None:
    with ForkedCrew(3) as crew:
        crew.begin(Clerk())
        places = [placed(crew, b"text-%d " % number) for number in range(PLACE_COUNT)]
        for place in places:
            crew.ask(place, b"q", is_urgent=False)
        answers = [crew.answer(place) for place in reversed(places)]
        assert answers == [b"text-%d q" % number for number in reversed(range(PLACE_COUNT))]


def test_what_was_told_is_known_to_everybody_before_the_next_question() -> None:
    with ForkedCrew(2) as crew:
        crew.begin(Clerk())
        places = [placed(crew, b"-") for _ in range(4)]
        crew.tell(b"news ")
        for place in places:
            crew.ask(place, b"q", is_urgent=True)
        assert {crew.answer(place) for place in places} == {b"news -q"}


def test_what_is_urgent_comes_before_what_waits() -> None:
    with ForkedCrew(1) as crew:
        crew.begin(Clerk())
        places = [placed(crew, b"") for _ in range(4)]
        for place, question in zip(places, (b"wait", b"x", b"y"), strict=False):
            crew.ask(place, question, is_urgent=False)
        crew.ask(places[3], b"order", is_urgent=True)
        assert crew.answer(places[3]) in (b"waitorder", b"order")  # the latter before anything was begun


def test_there_is_no_answer_where_something_is_raised_or_there_is_no_room_for_it() -> None:
    with ForkedCrew(1) as crew:
        crew.begin(Clerk())
        place = placed(crew, b"text ")
        for question in (b"raise", b"much"):
            crew.ask(place, question, is_urgent=False)
            assert crew.answer(place) is None
        crew.ask(place, b"q", is_urgent=False)
        assert crew.answer(place) == b"text q"


def test_a_text_finds_a_place_as_long_as_there_is_one() -> None:
    with ForkedCrew(1) as crew:
        assert crew.place(b"before the beginning") is None
        crew.begin(Clerk())
        assert crew.place(bytes(ROOM + 1)) is None
        places = [placed(crew, b"text") for _ in range(PLACE_COUNT)]
        assert crew.place(b"text") is None
        crew.free(places[5])
        assert crew.place(b"text") == places[5]


@pytest.mark.parametrize("question", [b"end", b"q"])
def test_when_one_is_lost_nothing_is_answered_and_nobody_is_left(question: bytes) -> None:
    with ForkedCrew(2) as crew:
        crew.begin(Clerk())
        pids = crew.pids
        first, second = placed(crew, b""), placed(crew, b"")
        if question == b"q":
            os.kill(pids[0], signal.SIGKILL)
        crew.ask(first, question, is_urgent=False)
        assert crew.answer(first) is None
        assert crew.answer(second) is None
        assert crew.place(b"text") is None
        crew.tell(b"news")
        crew.ask(second, b"q", is_urgent=False)
        assert all(map(has_ended, pids))


def test_nobody_is_left_behind_the_block_whatever_happens_in_it() -> None:
    pids: list[int] = []

    def work() -> None:
        with ForkedCrew(2) as crew:
            crew.begin(Clerk())
            pids.extend(crew.pids)
            crew.ask(placed(crew, b""), b"wait", is_urgent=False)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert len(pids) == 2
    assert all(map(has_ended, pids))


def test_much_news_does_not_stop_the_work() -> None:
    """More than fits into a pipe, while the other side is busy and has answers to give."""
    with ForkedCrew(1) as crew:
        crew.begin(Clerk())
        places = [placed(crew, b"") for _ in range(PLACE_COUNT)]
        for place in places[1:]:
            crew.ask(place, b"wait" if place == 1 else b"q", is_urgent=False)
        news = bytes(ROOM // 4)
        for _ in range(3):
            crew.tell(news)
        assert len([crew.answer(place) for place in places[1:]]) == PLACE_COUNT - 1
        crew.ask(places[0], b"!", is_urgent=True)
        assert crew.answer(places[0]) == news * 3 + b"!"
