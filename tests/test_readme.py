"""What the README says of the program is what the program does; run as a program, this writes its tables anew."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bundler.commands import COMMANDS
from bundler.providers import PROVIDERS, load
from bundler.redact import table_rows

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def _tables() -> dict[str, str]:
    """The tables that follow from the code, by the mark under which they stand."""
    masked = "".join(f"| {row.kind} | {row.what} | `{row.placeholder}` |\n" for row in table_rows())
    profiles = [load(slug) for slug in PROVIDERS]
    providers = "".join(
        f"| `{profile.slug}` | {profile.name} | {len(profile.families)} | {len(profile.operations)} | "
        f"{sum(map(len, (profile.codes, profile.statuses, profile.texts, profile.behaviours)))} |\n"
        for profile in profiles
    )
    commands = "".join(f"| `{name}` | {about} |\n" for name, about in COMMANDS.items())
    return {
        "masked": f"| kind | what it is | what stands for it |\n|---|---|---|\n{masked}",
        "providers": f"| `--provider` | whose | APIs | calls | causes explained |\n|---|---|---|---|---|\n{providers}",
        "commands": f"| command | what it does |\n|---|---|\n{commands}",
    }


def _with_tables(text: str) -> str:
    for mark, table in _tables().items():
        before, after = re.split(rf"<!-- {mark} -->\n\n(?:\|[^\n]*\n)*", text)
        text = f"{before}<!-- {mark} -->\n\n{table}{after}"
    return text


def test_the_tables_are_the_programs() -> None:
    text = README.read_text(encoding="utf-8")
    assert all(f"<!-- {mark} -->" in text for mark in _tables())
    assert _with_tables(text) == text, "run: python -m tests.test_readme"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[<>=,]", requirement)[0] for requirement in project["dependencies"]]
    text = README.read_text(encoding="utf-8")
    assert [name for name in names if f"\n| {name} |" not in text] == []


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


if __name__ == "__main__":
    README.write_text(_with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
