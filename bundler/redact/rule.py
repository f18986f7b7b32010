"""The shape of a redaction rule and of what it finds; the rules themselves are data in the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Literal, NamedTuple

from msgspec import Struct

View = Literal["raw", "folded", "hexed", "grouped", "signs", "decoded"]
"""What a finder looks at, as long as the text, so that offsets agree.

``raw``: the text itself. ``folded``: lower case, every digit a ``0``. ``hexed``: every hexadecimal digit a ``0``.
``grouped``: every capital an ``A``, every digit a ``0``, blanks, ``+`` and ``.`` a ``-``; anchors are literals, one of
zeros alone takes in the digits behind it. ``signs``: the text itself, for patterns that begin with a rare sign, or for
one sign several times, which takes in all of its row. ``decoded``: what Base64 encodes, in which the other rules look;
the one rule for it has no anchors.
"""

Form = Literal["word", "name", "phrase", "lines", "digits", "mail", "cookies", "authorization"]
"""How far a value reaches that stands under a key (``values.py`` reads them)."""

Locate = Callable[[bytes, int, int], "tuple[int, int] | None"]
"""From the text and the place of an anchor to the place of the secret, or None where there is none."""

Proof = Callable[[bytes], bool]
"""True when the bytes are what the rule is after (check digits, decodable header, plausible spelling)."""


class Rank(IntEnum):
    """Which rule names a value that two rules claim; the lowest wins."""

    CERTAIN = 10
    CHECKED = 20
    KEYED = 30
    KEYED_LOOSELY = 40
    SHAPED = 50
    SEEN_ELSEWHERE = 60


class Rule(Struct, frozen=True, kw_only=True):
    """One thing that is masked, how it is found, and how we know.

    A rule looks for a shape (``anchors``, literals or patterns that begin with one, searched in ``view``; then
    ``locate`` and ``proof`` decide; where an anchor is no literal, one of the lower-case texts ``nearby`` stands on its
    line), for a name (``keys``, whole names, and ``endings`` of names, compared without case, ``-``,
    ``_``, ``.`` and blanks; only in an object under one of the names ``inside``, where that is given, and ``in_query``
    only in a query or a form; then ``form`` says how far the value reaches and ``fits`` whether it may be one), or for
    both.

    ``certain`` shapes are masked even where an identifier that support needs is expected, and are looked for once more
    in the finished parcel. Values of a rule that is ``everywhere`` are masked wherever else they occur. A value
    ``beats_identifiers`` when it is masked although an identifier of the ticket reads the same.

    A hit or a miss is a text; where a hit is more than the secret, the secret stands in ``«»``. A miss of a rule with
    keys that holds one of them is read as it stands. ``source`` names the public page or specification behind the rule.
    """

    name: str
    kind: str
    what: str
    source: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    rank: Rank = Rank.SHAPED
    view: View = "raw"
    anchors: tuple[bytes, ...] = ()
    nearby: tuple[bytes, ...] = ()
    locate: Locate | None = None
    proof: Proof | None = None
    keys: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    in_query: bool = False
    form: Form = "word"
    fits: Proof | None = None
    certain: bool = False
    everywhere: bool = True
    beats_identifiers: bool = False


class Hit(NamedTuple):
    """A stretch of a text that has to go: offsets, the rule, and the value as it reads without its encoding.

    ``quote`` stands around the placeholder where a bare JSON number has to become a JSON string. ``spreads`` is True
    for a value that is worth looking for elsewhere.
    """

    start: int
    end: int
    rule: Rule
    rank: Rank
    value: bytes
    quote: bytes = b""
    spreads: bool = False


class RuleFailure(Exception):
    """A rule raised on a text, which is therefore withheld. ``rule`` is its name; the cause is chained."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule
