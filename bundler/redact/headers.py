"""Finds what has to go from the value of a header, which is whole, by its name and what the profile says of that."""

from __future__ import annotations

from functools import cache

from bundler.redact.base64_runs import Run
from bundler.redact.credentials import authorization_values, cookie_values
from bundler.redact.names import plain
from bundler.redact.rule import Hit, Rank, Rule
from bundler.redact.search import Search, settled
from bundler.redact.values import says_nothing

_SECRET = Rule(
    name="secret-header",
    kind="secret",
    what="headers that the provider's profile calls secret",
    source="the provider's profile",
    hits=(),
    misses=(),
    rank=Rank.KEYED,
    beats_identifiers=True,
)


@cache
def rule_of_kind(kind: str) -> Rule:
    """A rule to name what is a secret for another reason than a rule of ours."""
    return (
        _SECRET
        if kind == "secret"
        else Rule(name=kind, kind=kind, what=kind, source=_SECRET.source, hits=(), misses=())
    )


def header_hits(search: Search, text: bytes, header: str, failures: list[str], unnamed: list[Run]) -> list[Hit]:
    """The hits in the value ``text`` of ``header``: nothing has to be guessed about where it ends.

    A rule that raises is added to ``failures``, Base64 in which no rule finds anything to ``unnamed``.
    """
    meaning, told = search.names.meaning(header.encode()), search.names.header_class(header)
    prefix = header.encode() + b": "
    behind: list[Run] = []
    hits = [
        hit._replace(start=hit.start - len(prefix), end=hit.end - len(prefix))
        for hit in search.hits(prefix + text, failures, behind)
        if hit.start >= len(prefix)
    ]
    unnamed += [run.moved(run.start - len(prefix), run.end - len(prefix)) for run in behind if run.start >= len(prefix)]
    rule = meaning if isinstance(meaning, Rule) else None
    if rule is not None and rule.form == "cookies":
        values = cookie_values(text, 0, len(text), whole=True)
    elif (rule is not None and rule.form == "authorization") or (
        told == "secret" and plain(header).endswith("authorization")
    ):
        if rule is None or rule.form != "authorization":
            rule = next(each for each in search.rules if each.form == "authorization")
        values = authorization_values(text, 0, len(text), whole=True)
    elif told in ("trace", "keep"):
        return [hit for hit in hits if hit.rule.certain]
    elif told or (rule is not None and rule.form in ("word", "phrase") and rule.fits is None):
        rule = rule or rule_of_kind("personal" if told == "personal" else "secret")
        return settled([*hits, *_wholly(text, rule)])
    else:
        return hits
    found = [Hit(part.start, part.end, rule, rule.rank, text[part.start : part.end], b"", True) for part in values]
    return settled([*hits, *found])


def _wholly(text: bytes, rule: Rule) -> list[Hit]:
    """All of it but the blanks around, unless it says nothing."""
    value = text.strip()
    start = len(text) - len(text.lstrip())
    return [] if says_nothing(value) else [Hit(start, start + len(value), rule, rule.rank, value, b"", True)]
