"""Reads the masking rules that users write as TOML, and says what is wrong with them; their own samples decide."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from typing import NoReturn

import msgspec
from msgspec import Struct

from bundler.errors import UnreadableInput
from bundler.patterns import read_pattern
from bundler.patterns.parts import PatternProblem, literal_prefix
from bundler.providers.profile import Profile
from bundler.redact.names import plain
from bundler.redact.rule import Hit, Locate, Rank, Rule
from bundler.redact.rules import RULES
from bundler.redact.search import Search
from bundler.redact.shapes import shape
from bundler.redact.skeletons import skeleton
from bundler.redact.vault import KINDS

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_RULE_NUMBER = re.compile(r"^rule\[([0-9]+)\]")
_MARKED = re.compile("«(.+?)»", re.DOTALL)
_NOBODY = Profile(slug="generic", name="Nobody", valid_from="2026-01-01")
_MOST_BYTES = 1024 * 1024
_WHOLE = """A whole one:
  [[rule]]
  name = "customer-number"
  kind = "secret"
  what = "our customer numbers"
  source = "our order system"
  anchor = "CUS-"
  pattern = 'CUS-[0-9]{6,10}'
  hits = ["«CUS-104711»"]
  misses = ["CUS-1"]"""


class _Written(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule as it stands in a file."""

    name: str
    what: str
    source: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    kind: str = "word"
    anchor: str = ""
    pattern: str = ""
    keys: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()


class _RuleFile(Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[_Written, ...]


def load_rules(texts: Iterable[tuple[str, bytes]]) -> tuple[Rule, ...]:
    """The rules in ``texts``, pairs of a file's name and its TOML, to be used beside our own.

    A rule looks for a shape (``anchor``, a literal, and ``pattern``, which fits around it; its first group is what is
    masked), for names of fields (``keys``, ``endings``), or for both. Each has to keep what its ``hits`` and ``misses``
    promise. Raises ``UnreadableInput`` for the first that does not, by name and number of the sample.
    """
    found: dict[str, Rule] = {}
    for file, data in texts:
        for rule in _load(file, data):
            if rule.name in found:
                _refuse(file, rule.name, "has the name of another rule of yours", "Give it another name.")
            found[rule.name] = rule
    return tuple(found.values())


def _load(file: str, data: bytes) -> Iterable[Rule]:
    if len(data) > _MOST_BYTES:
        raise UnreadableInput(f"The rule file {file} is larger than 1 MB.", "Keep only rules in it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableInput(f"The rule file {file} is not UTF-8.", "Save it as UTF-8.") from None
    try:
        whole = tomllib.loads(text)
        read = msgspec.convert(whole, _RuleFile) if whole else _RuleFile(())
    except tomllib.TOMLDecodeError as error:
        raise UnreadableInput(f"The rule file {file} is not TOML: {error}.", _WHOLE) from None
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        where = _RULE_NUMBER.sub(lambda found: f"rule {int(found[1]) + 1}", place.strip("`").removeprefix("$."))
        told = f"{where}: {problem[:1].lower()}{problem[1:]}".removeprefix(": ")
        raise UnreadableInput(f"The rule file {file} cannot be used; {told}.", _WHOLE) from None
    if not read.rule:
        raise UnreadableInput(f"The rule file {file} holds no rule.", _WHOLE)
    return [_rule(file, written) for written in read.rule]


def _refuse(file: str, name: str, problem: str, hint: str) -> NoReturn:
    raise UnreadableInput(f"The rule {name} in {file} {problem}.", hint)


def _rule(file: str, written: _Written) -> Rule:
    name = written.name
    if not _NAME.fullmatch(name) or len(name) > 40:
        raise UnreadableInput(
            f"A rule in {file} has no usable name.", "Take up to 40 small letters, digits and hyphens: customer-number."
        )
    if any(rule.name == name for rule in RULES) or name in KINDS:
        _refuse(file, name, "has the name of a rule or a kind of ours", "Give it another name.")
    if written.kind not in KINDS:
        _refuse(file, name, "has a kind that nobody knows", f"The kinds are {', '.join(sorted(KINDS))}.")
    if not written.hits or not written.misses:
        _refuse(file, name, "shows no hit or no miss", "Give at least one of each: hits = […], misses = […].")
    if not (written.what.strip() and written.source.strip()):
        _refuse(file, name, "does not say what it masks, or how one knows", 'Fill in what = "…" and source = "…".')
    if bool(written.anchor) != bool(written.pattern):
        _refuse(file, name, "needs both an anchor and a pattern, or neither", _WHOLE)
    if not (written.pattern or written.keys or written.endings):
        _refuse(file, name, "says neither what its values look like nor under which names they stand", _WHOLE)
    rule = Rule(
        name=name,
        kind=written.kind,
        what=written.what,
        source=written.source,
        hits=written.hits,
        misses=written.misses,
        rank=Rank.CHECKED,
        anchors=(re.escape(written.anchor.encode()),) if written.anchor else (),
        locate=_locate(file, written) if written.pattern else None,
        keys=_names(file, name, written.keys),
        endings=_names(file, name, written.endings),
    )
    _check_samples(file, rule)
    return rule


def _names(file: str, rule: str, names: Iterable[str]) -> tuple[str, ...]:
    plain_names = tuple(plain(name) for name in names)
    if any(len(name) < 3 or len(name) > 60 for name in plain_names):
        _refuse(file, rule, "has a key of fewer than 3 or more than 60 characters", "Give the whole name of the field.")
    return plain_names


def _locate(file: str, written: _Written) -> Locate:
    anchor = written.anchor.encode()
    if len(anchor) < 3 or not skeleton(anchor):
        _refuse(
            file,
            written.name,
            "has an anchor by which nothing can be found",
            "Take at least 3 characters, one of them a letter from g to z or a sign, that always stand there.",
        )
    try:
        safe = read_pattern(written.pattern)
        back = literal_prefix(written.pattern, anchor)
    except PatternProblem as problem:
        raise UnreadableInput(
            f"The pattern of the rule {written.name} in {file} {problem.why}.", problem.hint
        ) from None
    if safe.compiled.flags & re.IGNORECASE or back is None:
        _refuse(
            file,
            written.name,
            "has a pattern in which its anchor does not always stand",
            "Write the anchor into the pattern as it is, with nothing of open length before it, and without (?i).",
        )
    return shape(safe.compiled.pattern, back)


def _check_samples(file: str, rule: Rule) -> None:
    search = Search(_NOBODY, (rule,))
    for number, hit in enumerate(rule.hits, 1):
        marked = _MARKED.search(hit)
        text = hit.replace("«", "").replace("»", "") if marked else hit
        secret = (marked[1] if marked else hit).encode()
        if not any(_is_at(found, text.encode(), secret) for found in search.hits(text.encode(), [])):
            _refuse(
                file,
                rule.name,
                f"does not find its own hit {number}",
                "Mend the rule or the hit; where a hit is more than what is masked, that stands in «».",
            )
    for number, miss in enumerate(rule.misses, 1):
        if search.hits(miss.encode(), []):
            _refuse(file, rule.name, f"finds miss {number}, which it should leave alone", "Mend the rule or the miss.")


def _is_at(found: Hit, text: bytes, secret: bytes) -> bool:
    return text[found.start : found.end] == secret
