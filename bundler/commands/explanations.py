"""Finds what a code means among checks, masking rules and the providers' tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from bundler import checks
from bundler.commands.explanation import Explanation
from bundler.commands.provider_explanations import explain_in, explain_words, hint_at, profiles_of
from bundler.document import INTEGRITY
from bundler.errors import MisuseError
from bundler.evidence.presets import explanation as explain_preset
from bundler.evidence.presets import presets
from bundler.logs.catalogue import FORMATS, PLAIN
from bundler.logs.explaining import explain_format
from bundler.mail.faults import FAULTS
from bundler.redact import FINDINGS, RULES, Rule, explain_rule

_FINDINGS = {**INTEGRITY, **FAULTS, **FINDINGS}
"""What is found otherwise than by a check: in finished files, in mails before they leave, and by masking itself."""


class Subject(Struct, frozen=True):
    """Something else than codes that can be explained."""

    every: Callable[[], list[Explanation]]
    explain: Callable[[str], list[Explanation]]


def _list_formats() -> list[Explanation]:
    return [Explanation(fmt.name, fmt.title, kind="format") for fmt in (*FORMATS, PLAIN)]


def _explain_format(name: str) -> list[Explanation]:
    found = explain_format(name)
    if found is None:
        return []
    return [Explanation(name, found.title.partition(": ")[2], found.text, found.link, kind="format")]


def _list_presets() -> list[Explanation]:
    return [Explanation(name, preset.title, kind="source") for name, preset in presets().items()]


def _explain_preset(name: str) -> list[Explanation]:
    if name not in presets():
        return []
    return [Explanation(name, presets()[name].title, explain_preset(name), kind="source")]


SUBJECTS = {
    "format": Subject(_list_formats, _explain_format),
    "source": Subject(_list_presets, _explain_preset),
}
"""By the word that stands before what is to be explained."""


def list_codes(own: Sequence[Rule] = ()) -> list[Explanation]:
    """Every check and masking rule with its title; the ``own`` rules of the user are the last."""
    return [
        *(Explanation(check.code, check.title, kind="check") for check in checks.CHECKS),
        *(Explanation(code, about.title, kind="finding") for code, about in _FINDINGS.items()),
        *(Explanation(rule.name, f"Masks {rule.what}.", kind="masking rule") for rule in (*RULES, *own)),
    ]


def explain_code(code: str, provider: str, own: Sequence[Rule] = ()) -> list[Explanation]:
    """Everything that goes by ``code``; a number may mean something else with every provider and family.

    Several words are a message, of which the texts that providers answer with are looked through. ``own`` are the
    masking rules of the user.

    Raises ``MisuseError`` for a code that nobody knows, with what is known near it.
    """
    found: list[Explanation] = []
    if (check := checks.explain(code)) is not None:
        found.append(Explanation(check.code, check.title, check.text, kind="check"))
    if (about := _FINDINGS.get(code.upper())) is not None:
        found.append(Explanation(code.upper(), about.title, about.advice, kind="finding"))
    if (text := explain_rule(code, own)) is not None:
        is_own = any(rule.name == code.lower() for rule in own)
        title = "masking rule of your own" if is_own else "masking rule"
        found.append(Explanation(code, title, text, kind="masking rule"))
    profiles = profiles_of(provider)
    found += explain_in(profiles, code)
    if not found and " " in code.strip():
        found = explain_words(profiles, code)
    if not found and " " in code.strip():
        raise MisuseError(
            f"No documented message has the words {code[:60]!r}.",
            "Give one code at a time, or words of the message as they were answered; ticket-bundler explain --list.",
        )
    if not found:
        near = hint_at(profiles, code, [explanation.code for explanation in list_codes(own)])
        whose = f" --provider {provider}" if provider else ""
        raise MisuseError(
            f"Nobody knows the code {code[:60]!r}.", f"{near} ticket-bundler explain{whose} --list lists them.".lstrip()
        )
    return found
