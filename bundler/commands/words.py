"""The options by which users say what is kept and what is masked, and the files they name; it reads these files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bundler.config import Settings
from bundler.evidence.contents import unreadable

if TYPE_CHECKING:
    from bundler.redact.rule import Rule
    from bundler.redact.words import Words

Function = TypeVar("Function", bound=Callable[..., Any])

_LARGEST = 2 * 1024 * 1024  # more than any of these files may have, so that one that is too large is seen to be
_NAMES = ("kept", "kept_secrets", "masked", "mask_files", "rule_files")
_OPTIONS = (
    click.option("--keep", "kept", multiple=True, metavar="TEXT", help="Never mask this, unless it is a secret."),
    click.option(
        "--keep-secret",
        "kept_secrets",
        multiple=True,
        metavar="TEXT=REASON",
        help="Leave this secret readable; the reason stands in the report.",
    ),
    click.option("--mask", "masked", multiple=True, metavar="TEXT", help="Mask this everywhere, within words too."),
    click.option(
        "--mask-file",
        "mask_files",
        multiple=True,
        metavar="FILE",
        help="Texts to mask, one a line; regex:… is a pattern. They are written nowhere.",
    ),
    click.option("--rules", "rule_files", multiple=True, metavar="FILE", help="Masking rules of your own (TOML)."),
)


def word_options(function: Function) -> Function:
    """Give a command ``--keep``, ``--keep-secret``, ``--mask``, ``--mask-file`` and ``--rules``, all repeatable."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def read_words(typed: Mapping[str, Any], settings: Settings) -> Words:
    """What was typed of ``word_options`` and is configured under ``redaction``, together.

    Raises ``UnreadableInput`` for a file that cannot be read or used, and ``MisuseError`` for what contradicts itself.
    """
    if not (settings.keep or settings.mask_file or settings.rules or any(typed[name] for name in _NAMES)):
        from bundler.redact.words import NO_WORDS

        return NO_WORDS
    from bundler.redact.words import (
        Words,
        joined,
        kept_secret,
        kept_text,
        masked_word,
        parse_mask_file,
        refuse_masking_of,
    )

    said = Words(
        keep=tuple(kept_text(text) for text in (*settings.keep, *typed["kept"])),
        kept_secrets=tuple(kept_secret(text) for text in typed["kept_secrets"]),
        masked=tuple(masked_word(text) for text in typed["masked"]),
    )
    configured = (settings.mask_file,) if settings.mask_file else ()
    lists = [parse_mask_file(_read(name), Path(name).name) for name in (*configured, *typed["mask_files"])]
    words = joined((said, *lists, Words(rules=read_rules((*settings.rules, *typed["rule_files"])))))
    ids = {"the payment id that was typed": "payment_id", "the merchant id that was typed": "merchant_id"}
    refuse_masking_of(words, {label: str(typed.get(name, "")).strip() for label, name in ids.items()})
    return words


def read_rules(names: Iterable[str]) -> tuple[Rule, ...]:
    """The masking rules in these files; raises ``UnreadableInput`` for a file that cannot be read or used."""
    from bundler.redact.own_rules import load_rules

    return load_rules((Path(name).name, _read(name)) for name in dict.fromkeys(names))


def _read(name: str) -> bytes:
    try:
        with Path(name).open("rb") as stream:
            return stream.read(_LARGEST)
    except (OSError, ValueError) as error:
        raise unreadable(name, error if isinstance(error, OSError) else OSError(str(error))) from error
