"""The table of integrity findings."""

from __future__ import annotations

import re

import pytest

from bundler.document import INTEGRITY, damage


@pytest.mark.parametrize("code", INTEGRITY)
def test_every_code_explains_itself(code: str) -> None:
    assert re.fullmatch(r"PRV1\d\d", code)
    assert INTEGRITY[code].title.endswith(".")
    assert INTEGRITY[code].advice.endswith(".")


def test_finding_takes_severity_and_advice_from_the_table() -> None:
    finding = damage("PRV102", "logs/01.log")
    assert (finding.severity, finding.message) == ("blocker", INTEGRITY["PRV102"].title)
    assert finding.origins[0].source == "logs/01.log"
