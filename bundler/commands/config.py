"""``config``: show, check or start a configuration."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bundler.commands.console import result, say
from bundler.errors import UnreadableInput


@click.group()
def config() -> None:
    """Show, check or start a configuration.

    Read in this order, the later winning: your own file, ticket-bundler.toml of the project, variables
    TICKET_BUNDLER_…, options. Secrets never belong in it.
    """


@config.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(as_json: bool) -> int:
    """Every option, its value, and where it was set."""
    from bundler import config as settings
    from bundler.config.showing import as_rows

    rows = as_rows(settings.load(settings.current_folder()))
    if as_json:
        shown = {name: {"value": value, "from": origin} for name, value, origin in rows}
        result(json.dumps(shown, ensure_ascii=False, indent=2))
        return 0
    for name, value, origin in rows:
        text = ", ".join(value) if isinstance(value, tuple) else value
        result(f"{name:<22} {text or '-':<32} {origin}")
    return 0


@config.command()
def check() -> int:
    """Read the configuration and say which files and profiles are in force; exits 3 when one is wrong."""
    from bundler import config as settings
    from bundler.commands.settings import load_settings
    from bundler.config.profiles import own_folders
    from bundler.delivery.configured import choose_default, configured_account
    from bundler.evidence.presets import configured_source

    loaded = load_settings()
    for name, table in loaded.sources.items():
        configured_source(name, table)
    for name, account in loaded.accounts.items():
        configured_account(name, account)
    choose_default(loaded.accounts, loaded.default_account)
    for path in (settings.user_file(), settings.project_file(settings.current_folder())):
        if path is not None:
            result(f"{path}: {'fine' if path.is_file() else 'not there, which is fine too'}")
    for folder in own_folders(settings.provider_places(settings.current_folder())).values():
        result(f"{folder}: fine")
    return 0


@config.command()
@click.option("--user", "for_user", is_flag=True, help="Your own file, for all projects, instead of this folder's.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Only print it.")
def init(for_user: bool, to_stdout: bool) -> int:
    """Write a commented configuration to begin with; never over an existing one."""
    from bundler import config as settings
    from bundler.config.showing import starter

    if to_stdout:
        result(starter(for_user=for_user).rstrip("\n"))
        return 0
    path = settings.user_file() if for_user else Path(settings.PROJECT_FILE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(starter(for_user=for_user))
    except FileExistsError as error:
        raise UnreadableInput(f"{path} exists already.", "Edit it, or look at ticket-bundler config show.") from error
    except OSError as error:
        raise UnreadableInput(f"{path} cannot be written ({error.strerror}).", "Try --stdout.") from error
    result(str(path))
    say("Fill in what you like; every line is optional.")
    return 0


@config.command("import-mail")
@click.argument("program", metavar="git|msmtp")
@click.argument("file", default="", metavar="[FILE]")
def import_mail(program: str, file: str) -> int:
    """Print the mail accounts that git or msmtp know as [account.…] tables for your own configuration.

    FILE is another msmtp configuration, or a folder for git. Nothing is written, and no password is copied.
    """
    from bundler import config as settings
    from bundler.delivery.import_mail import import_mail as read

    for account in read(program, Path(file) if file else None):
        result(account.as_table())
    say(f"Put what you need of it into {settings.user_file()}; then: ticket-bundler config check")
    return 0


@config.group("provider")
def provider_profiles() -> None:
    """Profiles of payment providers of your own."""


@provider_profiles.command()
@click.argument("name")
@click.option("--user", "for_user", is_flag=True, help="In your own configuration folder, for all projects.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Only print it.")
def new(name: str, for_user: bool, to_stdout: bool) -> int:
    """Write the folder of a commented profile to begin with; never over an existing one.

    It goes into providers/NAME beside the ticket-bundler.toml of the project, or into your own configuration folder
    where there is no project.
    """
    from bundler import config as settings
    from bundler.config.profiles import FOLDER
    from bundler.config.skeletons import skeleton, write_skeleton

    if to_stdout:
        for file, text in skeleton(name):
            result(f"# {name}/{file}\n\n{text}")
        return 0
    places = settings.provider_places(settings.current_folder())
    folder = places[0 if for_user else -1] / FOLDER / name
    skeleton(name)  # refuses what is no name before it becomes a path
    write_skeleton(folder)
    result(str(folder))
    say("Replace the examples, then: ticket-bundler provider check " + name)
    return 0
