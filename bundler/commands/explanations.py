"""Finds what a code means among checks, masking rules and the providers' tables."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from bundler import checks, providers
from bundler.document import INTEGRITY
from bundler.evidence.presets import explanation as explain_preset
from bundler.evidence.presets import presets
from bundler.logs.catalogue import FORMATS, PLAIN
from bundler.logs.explaining import explain_format
from bundler.redact import FINDINGS, RULES, explain_rule


class Explanation(Struct, frozen=True):
    """What one code means, for people."""

    code: str
    title: str
    text: str = ""
    link: str = ""


_FINDINGS = {**INTEGRITY, **FINDINGS}
"""What is found otherwise than by a check: in finished files, and by masking itself."""

_WHO = {
    "code": "your code",
    "config": "whoever set up the account, keys or product",
    "user": "the payer",
    "wait": "nobody yet: try again later, with the same idempotency key",
    "provider": "the provider; write to support",
    "test": "nobody: it happens in the test environment only",
    "other-desk": "another desk",
}


class Subject(Struct, frozen=True):
    """Something else than codes that can be explained."""

    every: Callable[[], list[Explanation]]
    explain: Callable[[str], list[Explanation]]


def _list_formats() -> list[Explanation]:
    return [Explanation(fmt.name, fmt.title) for fmt in (*FORMATS, PLAIN)]


def _explain_format(name: str) -> list[Explanation]:
    found = explain_format(name)
    return [] if found is None else [Explanation(name, found.title.partition(": ")[2], found.text, found.link)]


def _list_presets() -> list[Explanation]:
    return [Explanation(name, preset.title) for name, preset in presets().items()]


def _explain_preset(name: str) -> list[Explanation]:
    return [Explanation(name, presets()[name].title, explain_preset(name))] if name in presets() else []


SUBJECTS = {
    "format": Subject(_list_formats, _explain_format),
    "source": Subject(_list_presets, _explain_preset),
}
"""By the word that stands before what is to be explained."""


def list_codes() -> list[Explanation]:
    """Every check and masking rule with its title."""
    return [
        *(Explanation(check.code, check.title) for check in checks.CHECKS),
        *(Explanation(code, about.title) for code, about in _FINDINGS.items()),
        *(Explanation(rule.name, f"Masks {rule.what}.") for rule in RULES),
    ]


def explain_code(code: str, provider: str) -> list[Explanation]:
    """Everything that goes by ``code``; a number may mean something else with every provider and family."""
    found: list[Explanation] = []
    if (check := checks.explain(code)) is not None:
        found.append(Explanation(check.code, check.title, check.text))
    if (about := _FINDINGS.get(code.upper())) is not None:
        found.append(Explanation(code.upper(), about.title, about.advice))
    if (text := explain_rule(code)) is not None:
        found.append(Explanation(code, "masking rule", text))
    for slug in [provider] if provider else providers.PROVIDERS:
        profile = providers.load(slug)
        for row in profile.codes:
            if row.code.lower() == code.lower():
                where = f"{profile.name}, {row.family or 'all APIs'}{f', group {row.group}' if row.group else ''}"
                cause = f"{row.cause}\n" if row.cause else ""
                text = f"{cause}What to do: {row.remedy}\nWho should act: {_WHO[row.who]}.\nSource: {row.source}"
                found.append(Explanation(row.code, f"{row.title} ({where})", text, row.link))
    return found
