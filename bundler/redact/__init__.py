"""Takes secrets and personal data out of everything that leaves: the only maker of ``SafeTicket``."""

from bundler.redact.explain import Row, explain_rule, table_rows
from bundler.redact.leaks import Excused, Leak, Look, find_leaks
from bundler.redact.rule import Rule
from bundler.redact.rules import RULES
from bundler.redact.stream import Mark
from bundler.redact.sweep import scrub
from bundler.redact.ticket import FINDINGS, mask_exchange, mask_text, redact
from bundler.redact.vault import Vault, VaultEntry, read_vault

__all__ = [
    "FINDINGS",
    "RULES",
    "Excused",
    "Leak",
    "Look",
    "Mark",
    "Row",
    "Rule",
    "Vault",
    "VaultEntry",
    "explain_rule",
    "find_leaks",
    "mask_exchange",
    "mask_text",
    "read_vault",
    "redact",
    "scrub",
    "table_rows",
]
