"""Seven formats of log lines around a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted.pieces import Pieces, as_json, as_percent, encoded, words

_MINUTE = "2026-11-23T13:02"


def _flat(pieces: Pieces, line_feed: str) -> Pieces:
    return encoded(pieces, lambda text: text.replace("\r\n", line_feed).replace("\n", line_feed))


def _jsonl(draws: Draws, text: Pieces) -> Pieces:
    head = f'{{"time":"{_MINUTE}:11.482Z","level":"info","logger":"shop.payments","worker":{draws.below(32)},"msg":"'
    return words(head, encoded(text, as_json), f'","trace":"{draws.take(8).hex()}"}}\n')


def _logfmt(draws: Draws, text: Pieces) -> Pieces:
    head = f"time={_MINUTE}:11.482Z level=info logger=shop.payments trace={draws.take(8).hex()} msg="
    return words(f'{head}"', encoded(text, as_json), '"\n')


def _pylog(draws: Draws, text: Pieces) -> Pieces:
    return words(f"2026-11-23 13:02:11,482 INFO shop.payments: worker-{draws.below(32)} ", text, "\n")


def _access(draws: Draws, text: Pieces) -> Pieces:
    head = '- - [23/Nov/2026:13:02:11 +0000] "POST /v1/captures?note='
    return words(
        head, encoded(text, as_percent), '&trace=77 HTTP/1.1" 409 512 "https://shop.example.com/" "shop-sdk/1.24"\n'
    )


def _syslog_3164(draws: Draws, text: Pieces) -> Pieces:
    return words(f"Nov 23 13:02:11 pay-{draws.below(8)} capture[4012]: INFO ", _flat(text, "#012"), "\n")


def _syslog_5424(draws: Draws, text: Pieces) -> Pieces:
    return words(f"<134>1 {_MINUTE}:11.482Z pay-{draws.below(8)} shop 4012 ID7 - ", _flat(text, "#012"), "\n")


def _container(draws: Draws, text: Pieces) -> Pieces:
    return words(f"{_MINUTE}:11.482913742Z stdout F INFO [http-{draws.below(9)}] shop - ", _flat(text, " "), "\n")


class Container(NamedTuple):
    """A log format; ``depth`` counts what it escapes, ``is_whole`` tells that line feeds stay line feeds."""

    name: str
    write: Callable[[Draws, Pieces], Pieces]
    depth: int = 0
    is_whole: bool = False


CONTAINERS: tuple[Container, ...] = (
    Container("jsonl", _jsonl, 1, is_whole=True),
    Container("logfmt", _logfmt, 1, is_whole=True),
    Container("pylog", _pylog, is_whole=True),
    Container("access", _access, 1, is_whole=True),
    Container("syslog3164", _syslog_3164),
    Container("syslog5424", _syslog_5424),
    Container("cri", _container),
)
"""All seven."""
