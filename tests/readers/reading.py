"""Reads cases and texts with a reader, for the tests of readers."""

from __future__ import annotations

import io
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from bundler.model import Exchange, Request, Response

CASES = Path(__file__).parents[1] / "cases"
ERROR_BODY = (
    b'{"code":"2040","message":"Payment is not authorized","correlationId":"7f1d2c3b-4a59-4c68-8d7e-9f0a1b2c3d4e"}'
)


class Outcome(NamedTuple):
    exchanges: list[Exchange]
    notes: list[str]

    def request(self, index: int = 0) -> Request:
        request = self.exchanges[index].request
        assert request is not None
        return request

    def response(self, index: int = 0) -> Response:
        response = self.exchanges[index].response
        assert response is not None
        return response


def read(reader: ModuleType, content: bytes | str, name: str = "evidence.txt") -> Outcome:
    notes: list[str] = []
    data = content.encode() if isinstance(content, str) else content
    return Outcome(list(reader.read(io.BytesIO(data), name, notes)), notes)


def read_case(reader: ModuleType, case: str) -> Outcome:
    path = CASES / case
    return read(reader, path.read_bytes(), path.name)
