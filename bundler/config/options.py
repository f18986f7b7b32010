"""The options there are, with what each is for."""

from __future__ import annotations

from typing import NamedTuple


class Option(NamedTuple):
    """One setting: where it stands in a file, what it is for, and an example for ``config init``."""

    table: str
    key: str
    about: str
    example: str

    @property
    def name(self) -> str:
        """The full name, with the table where it stands in one."""
        return f"{self.table}.{self.key}" if self.table else self.key

    @property
    def variable(self) -> str:
        """The environment variable that overrules the files."""
        return "TICKET_BUNDLER_" + self.name.replace(".", "_").upper()


OPTIONS = (
    Option("", "provider", "the payment provider, or the folder of a profile of your own", '"vipps-mobilepay"'),
    Option("", "time_zone", "zone of times that name none", '"Europe/Copenhagen"'),
    Option("", "logs", "log files and folders that every ticket looks into", '["logs/"]'),
    Option("", "notes", "sentences that stand in every ticket", '["We run two instances behind a load balancer."]'),
    Option("", "output", "folder for finished tickets", '"tickets"'),
    Option("", "formats", "files and folders with log formats of your own", '["log-formats/"]'),
    Option("", "templates", "folder whose templates win over the shipped ones", '"support-templates"'),
    Option("", "default_account", "which of your mail accounts is used, where there are several", '"work"'),
    Option("redaction", "keep", "texts that are never masked, unless they are secrets", '["example-psp"]'),
    Option("redaction", "mask_file", "texts that are always masked, one a line", '"mask-words.txt"'),
    Option("redaction", "rules", "files with masking rules of your own", '["masking-rules.toml"]'),
    Option("reporter", "name", "who support answers", '"Kim Example"'),
    Option("reporter", "company", "for whom", '"Example PSP"'),
    Option("reporter", "email", "where support answers", '"kim@psp.example"'),
    Option("integration", "name", "your shop system, plug-in or service", '"example-psp-connector"'),
    Option("integration", "version", "its version", '"4.2.0"'),
)
LISTS = frozenset(("logs", "notes", "formats", "keep", "rules"))
"""Keys of options that hold several texts."""
PATHS = frozenset(("logs", "output", "templates", "formats", "mask_file", "rules"))
"""Keys of options that name files or folders."""
REDACTION = {option.name: option.key for option in OPTIONS if option.table == "redaction"}
"""By the full names of options, the fields of ``Settings`` that hold them."""
_WRITER = ("name", "company", "email", "integration", "integration_version")
_ABOUT_WRITER = [option.name for option in OPTIONS if option.table in ("reporter", "integration")]
REPORTER = dict(zip(_ABOUT_WRITER, _WRITER, strict=True))
"""By the full names of options, the fields of ``Reporter`` that hold them."""
