"""Reads the formats that users write for their own logs, in the shape of ours, and says what is wrong with them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NoReturn, TypeVar, get_type_hints

import msgspec

from bundler.errors import UnreadableInput
from bundler.logs.proofs import Proof
from bundler.logs.recognition import BOUND, judge
from bundler.logs.stamps import KINDS
from bundler.logs.starts import expanded
from bundler.logs.types import LogFormat

_WEIGHT = 0.97
"""Nobody knows a log better than the one who describes it."""
_NAME = re.compile(r"[a-z\d]+(?:-[a-z\d]+)*")
_TAKEN = frozenset(("plain", "log", "picture"))
_KIND = re.compile(r"(?<!\?P)<([a-z-]+)>")
_REPEATED_REPEAT = re.compile(r"(?<!\\)[*+](?:[^()\\]|\\.)*\)[*+{]")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_PROOF = Proof.__struct_fields__
_SHAPE = """A whole one: name = "shop-log" and, on the next line, patterns = ['<iso> (?P<level>INFO|ERROR) ']."""
_Shape = TypeVar("_Shape")


def load_formats(texts: Iterable[tuple[str, str]]) -> tuple[LogFormat, ...]:
    """The formats in ``texts``, pairs of a file's name and its TOML; ``catalogue.use`` lets them take part.

    Each must keep what its own samples and misses promise. Raises ``UnreadableInput`` for the first that does not.
    """
    found: dict[str, LogFormat] = {}
    for file, text in texts:
        fmt = _load(file, text)
        if fmt.name in found:
            _refuse(file, "name", f"{fmt.name} is the name of another format of yours too", "Give it another name.")
        found[fmt.name] = fmt
    return tuple(found.values())


def _refuse(file: str, key: str, problem: str, hint: str = _SHAPE) -> NoReturn:
    raise UnreadableInput(f"The log format in {file} cannot be used: {key}: {problem}.", hint)


def _load(file: str, text: str) -> LogFormat:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableInput(f"The log format in {file} is not TOML: {error}.", _SHAPE) from None
    known = (*LogFormat.__annotations__, *_PROOF)
    for key in data:
        if key not in known:
            _refuse(file, key, "no format has such a key", f"The keys are {', '.join(known)}.")
    proof = _converted(file, {key: value for key, value in data.items() if key in _PROOF}, Proof)
    rest = {key: value for key, value in data.items() if key not in _PROOF}
    checked = _converted(file, {"weight": _WEIGHT, "title": data.get("name", ""), **rest}, _format_shape())
    fmt = LogFormat(**msgspec.structs.asdict(checked))
    _check_values(file, fmt)
    for key, pattern in _patterns(fmt):
        _check_pattern(file, key, pattern)
    _check_proof(file, fmt, proof)
    return fmt


@cache
def _format_shape() -> type[msgspec.Struct]:
    """``LogFormat`` as msgspec checks it."""
    fields = [
        (name, kind, getattr(LogFormat, name)) if hasattr(LogFormat, name) else (name, kind)
        for name, kind in get_type_hints(LogFormat).items()
    ]
    return msgspec.defstruct("LogFormat", fields, forbid_unknown_fields=True)


def _converted(file: str, data: dict[str, Any], shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        if not place:
            raise UnreadableInput(f"The log format in {file} cannot be used: {problem}.", _SHAPE) from None
        _refuse(file, place.strip("`").removeprefix("$."), problem[:1].lower() + problem[1:])


def _check_values(file: str, fmt: LogFormat) -> None:
    if not _NAME.fullmatch(fmt.name) or fmt.name in _TAKEN:
        _refuse(file, "name", "it is not a free word of small letters, digits and hyphens", 'For example "shop-log".')
    if not 0 < fmt.weight <= 1:
        _refuse(file, "weight", "it is not between 0 and 1")
    if not 1 <= fmt.span <= 20:
        _refuse(file, "span", "it is not a number of lines from 1 to 20")
    if fmt.kind == "plain":
        _refuse(file, "kind", "it is not one of text, json and logfmt")
    if fmt.kind == "text" and not fmt.patterns:
        _refuse(file, "patterns", "there are none", "Say how a line begins that opens a record, such as '<iso> '.")
    if fmt.kind != "text" and not fmt.time_keys:
        _refuse(file, "time_keys", "there are none", "Name the keys that hold the time, the likeliest first.")
    if fmt.zone:
        from bundler.errors import MisuseError
        from bundler.moments.zones import find_zone

        try:
            find_zone(fmt.zone)
        except MisuseError:
            _refuse(file, "zone", "no such zone is known", "Write it as in Europe/Copenhagen or UTC.")


def _patterns(fmt: LogFormat) -> Iterator[tuple[str, str]]:
    yield from (("patterns", pattern) for pattern in fmt.patterns)
    yield from (("follows", pattern) for pattern in fmt.follows)
    yield from (("unfinished", pattern) for pattern in (fmt.unfinished,) if pattern)
    yield from (("signatures", pattern) for signature in fmt.signatures for pattern in signature.values())


def _check_pattern(file: str, key: str, pattern: str) -> None:
    for kind in _KIND.findall(pattern) if key != "signatures" else ():
        if kind not in KINDS and kind != "goes-on":
            _refuse(file, key, f"<{kind}> is no kind of time", f"The kinds are {', '.join(KINDS)}.")
    if _REPEATED_REPEAT.search(_CLASS.sub("x", pattern)):
        _refuse(file, key, "a repeat inside a repeat can take forever", "Bound it: {1,100} in place of * and +.")
    try:
        found = expanded(pattern)
    except re.error as error:
        _refuse(file, key, f"{error.msg} in {pattern}", "It is a regular expression of Python.")
    if key != "signatures" and found.match(b""):
        _refuse(file, key, f"{pattern} fits every line, even an empty one", "Let it begin with the time: '<iso> '.")


def _check_proof(file: str, fmt: LogFormat, proof: Proof) -> None:
    for number, sample in enumerate(proof.samples, 1):
        lines = sample.text.encode().splitlines(keepends=True)
        if not lines or judge(fmt, lines)[1] < BOUND * fmt.weight:
            _refuse(
                file, "samples", f"the format does not know its own sample {number}", "Mend the sample or the format."
            )
    for number, miss in enumerate(proof.misses, 1):
        if judge(fmt, miss.encode().splitlines(keepends=True))[1] >= BOUND * fmt.weight:
            _refuse(file, "misses", f"the format takes miss {number} for its own", "Mend the miss or the format.")
