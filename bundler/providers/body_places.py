"""Finds the places of a JSON value that a path of keys leads to, whether or not something is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from msgspec import Struct

MOST_ELEMENTS = 100
"""How many elements of an array are looked at, how many keys of an object, and how many places in all."""

_STEP = re.compile(r"\[(?:(?P<name>\w+)=(?P<wanted>[^\]]*))?\]|(?P<key>[^.\[\]]+)")
_CONDITION = re.compile(r"((?:[^=\[]|\[[^\]]*\])+)(?:=(.*))?", re.DOTALL)


class Place(Struct, frozen=True):
    """Where a field is or should be.

    ``value`` is None where there is none; then ``key``, the field's own or that of something around it, is what
    ``parent`` lacks, and ``lacking`` the path to it.
    """

    path: str
    value: Any
    parent: dict[str, Any] = {}
    key: str = ""
    lacking: str = ""


@lru_cache(maxsize=2048)
def _steps(path: str) -> tuple[re.Match[str], ...]:
    return tuple(_STEP.finditer(path.removeprefix("$")))


def places(body: Any, path: str) -> Iterator[Place]:
    """Every place that the path leads to, whether or not something is there; ``$`` alone is the body itself."""
    steps = _steps(path)
    return islice(_descend(body, steps, ""), MOST_ELEMENTS) if steps else iter((Place("the body", body),))


def _descend(value: Any, steps: tuple[re.Match[str], ...], trail: str) -> Iterator[Place]:
    step, rest = steps[0], steps[1:]
    key = step["key"]
    if key is None:
        if isinstance(value, list):
            for count, inner in enumerate(value[:MOST_ELEMENTS]):
                if step["name"] and not (isinstance(inner, dict) and inner.get(step["name"]) == step["wanted"]):
                    continue
                if rest:
                    yield from _descend(inner, rest, f"{trail}[{count}]")
                elif inner is not None:
                    yield Place(f"{trail}[{count}]", inner)
    elif isinstance(value, dict):
        here = f"{trail}.{key}" if trail else key
        inner = value.get(key)
        if rest and inner is not None:
            yield from _descend(inner, rest, here)
        elif not rest:
            yield Place(here, inner, value, key, here)
        elif all(each["key"] for each in rest):  # what stands in a list that is not there is not missing
            yield Place(here + "".join(f".{each['key']}" for each in rest), None, value, key, here)


def holds(condition: str, body: Any) -> bool:
    """``path=value``: whether a field of that path has the value, or one of several (``reasonCode=1000|1001``).

    A path alone: whether it is there.
    """
    found = _CONDITION.fullmatch(condition)
    values = [place.value for place in places(body, found[1] if found else condition)]
    if found is None or found[2] is None:
        return any(value is not None for value in values)
    wanted = found[2].split("|")
    return any(plain(value) in wanted for value in values)


def plain(value: Any) -> str:
    """A scalar as people write it, ``true`` as in JSON; empty for everything else."""
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, str | int | float) else ""


def is_amount(field: str) -> bool:
    """True for the path of an amount of money: ``amount``, ``transaction.amount``, ``amount.value``."""
    keys = [step["key"].lower() for step in _steps(field) if step["key"]]
    last = keys[-1] if keys else ""
    return last.endswith("amount") or (last == "value" and len(keys) > 1 and keys[-2].endswith("amount"))
