"""Which rules were at work, in a few characters: so that two reports tell whether they were made by the same ones."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from bundler.redact.rule import Rule
from bundler.redact.rules import RULES


def rules_edition(rules: Iterable[Rule] = RULES) -> str:
    """``166 shipped rules, 3f2a9c1b``: how many, and the first digits of a SHA-256 of all that is data in them.

    Names, kinds, anchors, keys and samples count; the code behind a shape does not, which the program's version tells.
    """
    told = [
        repr((rule.name, rule.kind, rule.rank.value, rule.view, rule.anchors, rule.nearby, rule.keys, rule.endings))
        + repr(
            (
                rule.inside,
                rule.in_query,
                rule.form,
                rule.certain,
                rule.everywhere,
                rule.beats_identifiers,
                rule.hits,
                rule.misses,
            )
        )
        for rule in rules
    ]
    return f"{len(told)} shipped rules, {sha256(chr(10).join(sorted(told)).encode()).hexdigest()[:8]}"
