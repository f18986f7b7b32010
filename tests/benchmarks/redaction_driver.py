"""Runs a masking library on a file, with the Python that has it: ``PYTHON redaction_driver.py NAME [LOG OUTPUT]``.

Without a file it prints the version. It imports nothing of ours, and only the library of that name.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

_ENTITIES = ["CREDIT_CARD", "IBAN_CODE", "EMAIL_ADDRESS", "IP_ADDRESS", "PHONE_NUMBER", "MAC_ADDRESS", "US_SSN"]
_DISTRIBUTIONS = {"presidio": "presidio-analyzer"}


class _NoLanguage:
    """In place of a language model."""

    def is_loaded(self) -> bool:
        """Nothing to load."""
        return True

    def get_supported_entities(self) -> list[str]:
        """It finds nothing itself."""
        return []

    def get_supported_languages(self) -> list[str]:
        """The patterns are those for English."""
        return ["en"]


def presidio(log: Path, output: Path) -> None:
    """The pattern recognisers for the kinds at hand, and the anonymiser with its defaults."""
    analyzer: Any = importlib.import_module("presidio_analyzer")
    nlp: Any = importlib.import_module("presidio_analyzer.nlp_engine")
    anonymizer: Any = importlib.import_module("presidio_anonymizer")
    suffixes: Any = importlib.import_module("tldextract")
    suffixes.extract = suffixes.TLDExtract(suffix_list_urls=(), cache_dir=None)  # or it would ask the network
    registry = analyzer.RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    engine = _NoLanguage()
    finder = analyzer.AnalyzerEngine(registry=registry, nlp_engine=engine)
    nothing = nlp.NlpArtifacts([], [], [], [], engine, "en")
    writer = anonymizer.AnonymizerEngine()

    def mask(text: str) -> str:
        found = finder.analyze(text, "en", entities=_ENTITIES, nlp_artifacts=nothing)
        return str(writer.anonymize(text, found).text)

    _by_lines(log, output, mask, 32)


def scrubadub(log: Path, output: Path) -> None:
    """The detectors that are on by default."""
    library: Any = importlib.import_module("scrubadub")
    _by_lines(log, output, library.Scrubber().clean, 128)


def detect_secrets(log: Path, output: Path) -> None:
    """It only finds: what it reports is replaced in its line here."""
    scan: Any = importlib.import_module("detect_secrets.core.scan")
    settings: Any = importlib.import_module("detect_secrets.settings")
    lines = log.read_text("utf-8").splitlines(keepends=True)
    with settings.default_settings():
        for found in scan.scan_file(str(log)):
            at = found.line_number - 1
            lines[at] = lines[at].replace(found.secret_value, "[x]")
    output.write_text("".join(lines), "utf-8")


def _by_lines(log: Path, output: Path, mask: Callable[[str], str], count: int) -> None:
    with log.open(encoding="utf-8", newline="") as source, output.open("w", encoding="utf-8", newline="") as sink:
        lines: list[str] = []
        for line in source:
            lines.append(line)
            if len(lines) == count:
                sink.write(mask("".join(lines)))
                lines = []
        sink.write(mask("".join(lines)))


_WAYS = {"presidio": presidio, "scrubadub": scrubadub, "detect-secrets": detect_secrets}


def main() -> int:
    name, *paths = sys.argv[1:]
    if not paths:
        print(version(_DISTRIBUTIONS.get(name, name)))
        return 0
    _WAYS[name](*map(Path, paths))
    return 0


if __name__ == "__main__":
    sys.exit(main())
