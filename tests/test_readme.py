"""What the README says of the program is what the program does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bundler.commands import COMMANDS
from bundler.redact import readme_rows

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _section(mark: str) -> list[str]:
    """The table rows after a mark, without its head."""
    after = README.split(f"<!-- {mark} -->\n\n", 1)[1]
    return [line for line in after.split("\n\n", 1)[0].splitlines()][2:]


def test_the_table_of_commands_is_the_programs() -> None:
    assert _section("commands") == [f"| `{name}` | {about} |" for name, about in COMMANDS.items()]


def test_the_table_of_what_is_masked_is_the_rules() -> None:
    assert _section("masked") == [f"| {what} | `{placeholder}` |" for what, placeholder in readme_rows()]


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[<>=,]", requirement)[0] for requirement in project["dependencies"]]
    assert [name for name in names if f"\n| {name} |" not in README] == []


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
