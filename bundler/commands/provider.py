"""``provider``: which providers are known, what is known of one, and whether a profile of your own is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bundler.amounts import plural
from bundler.commands.console import result
from bundler.commands.own_profiles import choose_provider, complete_provider, use_own_profiles
from bundler.errors import BundlerError, ExitCode

if TYPE_CHECKING:
    from bundler.errors import UnreadableInput
    from bundler.providers.profile import Profile
    from bundler.providers.reading import Reading


_OF_A_DESK = ("name", "title", "helps_with", "address", "page", "asks", "subject", "masking", "languages")


@click.group()
def provider() -> None:
    """List the known providers, show what is known of one, or check a profile of your own.

    A profile is a folder of TOML files. Yours lie in providers/NAME beside the ticket-bundler.toml of a project, or in
    providers/NAME of your own configuration folder, or anywhere when you name the folder. They take part by their hosts
    and by --provider NAME; one with the name of a shipped profile needs replaces = true. To begin with:
    ticket-bundler config provider new NAME
    """


@provider.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_providers(as_json: bool) -> int:
    """Every known provider: its name, the day of its facts, how sure they are, how many rows."""
    from bundler import providers

    use_own_profiles()
    own = {profile.slug for profile in providers.own_profiles()}
    known = [_summary(providers.load(slug), is_own=slug in own) for slug in providers.known_providers()]
    if as_json:
        result(json.dumps(known, ensure_ascii=False, indent=2))
        return 0
    width = max(len(row["slug"]) for row in known)
    for row in known:
        whose = "yours" if row["own"] else "shipped"
        result(
            f"{row['slug']:<{width}}  {row['valid_from']}  {plural(row['rows'], 'row'):>10}  {whose:<7}  {row['name']}"
        )
        if row["certainty"]:
            result(f"{'':<{width}}  {row['certainty']}")
    return 0


@provider.command()
@click.argument("name", shell_complete=complete_provider)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(name: str, as_json: bool) -> int:
    """What is known of one provider: support, hosts, interfaces, what it asks for, links, and how much of what."""
    from bundler import providers

    use_own_profiles()
    slug = choose_provider(name)
    known = describe(providers.load(slug), is_own=slug in {profile.slug for profile in providers.own_profiles()})
    if as_json:
        result(json.dumps(known, ensure_ascii=False, indent=2))
        return 0
    for line in _told(known):
        result(line)
    return 0


@provider.command()
@click.argument("folders", nargs=-1, metavar="[FOLDER|NAME]...")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def check(folders: tuple[str, ...], as_json: bool) -> int:
    """Review whole profiles: all of them, or those named. Exit code 3 when anything is wrong.

    Every problem is told with its file, its line and the fix.
    """
    reviews = [_review(name) for name in folders or _all_names()]
    if as_json:
        result(json.dumps(reviews, ensure_ascii=False, indent=2))
    else:
        for review in reviews:
            _tell_review(review)
    return ExitCode.INPUT if any(review["problems"] for review in reviews) else ExitCode.FINE


def _summary(profile: Profile, *, is_own: bool) -> dict[str, Any]:
    return {
        "slug": profile.slug,
        "name": profile.name,
        "valid_from": profile.valid_from,
        "certainty": profile.certainty,
        "rows": sum(_counts(profile).values()),
        "own": is_own,
    }


def describe(profile: Profile, *, is_own: bool) -> dict[str, Any]:
    """What ``provider show --json`` prints."""
    from msgspec import to_builtins

    hosts: dict[str, list[str]] = {}
    for host in profile.hosts:
        hosts.setdefault(host.environment or "both", []).append(host.host + host.path)
    return {
        **_summary(profile, is_own=is_own),
        "sources": list(profile.sources),
        "support": to_builtins(profile.support),
        "hosts": hosts,
        "families": [
            {"slug": family.slug, "name": family.name, "status": family.status, "docs": family.docs}
            for family in profile.families
        ],
        "asks": [
            {"item": ask.item, "label": ask.label, "when": ask.when, "need": ask.need, "problems": list(ask.problems)}
            for ask in profile.asks
        ],
        "desks": [{field: to_builtins(getattr(desk, field)) for field in _OF_A_DESK} for desk in profile.desks],
        "links": profile.links,
        "tables": _counts(profile),
    }


def _counts(profile: Profile) -> dict[str, int]:
    """How many rows each table has that has any."""
    from bundler.providers.reading import TABLES

    counts = {table: len(getattr(profile, table)) for table in TABLES}
    return {table: count for table, count in counts.items() if count}


def _told(known: dict[str, Any]) -> list[str]:
    whose = "your own profile" if known["own"] else "shipped"
    lines = [f"{known['name']} ({known['slug']}, {whose}), facts of {known['valid_from']}"]
    lines += [known["certainty"]] if known["certainty"] else []
    support = known["support"]
    wanted = ("desk", "address", "answers_within", "contact_page", "status_page")
    lines += ["", "Support", *(f"  {support[key]}" for key in wanted if support[key])]
    for environment, hosts in known["hosts"].items():
        lines += ["", f"Hosts, {environment}", *(f"  {host}" for host in hosts)]
    if known["families"]:
        lines += ["", "Interfaces"]
        for family in known["families"]:
            status = "" if family["status"] == "current" else f" ({family['status']})"
            lines.append(f"  {family['slug']:<20} {family['name']}{status}")
    lines += ["", "Asked for", *_asked(known["asks"])]
    if known["desks"]:
        lines += ["", "Who helps with what", *_desks(known["desks"])]
    if known["links"]:
        lines += ["", "Links", *(f"  {name:<20} {link}" for name, link in known["links"].items())]
    return [*lines, "", "Rows", *(f"  {table:<20} {count:>5}" for table, count in known["tables"].items())]


def _asked(asks: list[dict[str, Any]]) -> list[str]:
    """One line an item, with the kinds of problem that it is asked for."""
    lines = []
    for ask in asks:
        limits = [*ask["problems"], *(["errors in the app"] if ask["when"] == "in-app" else [])]
        helpful = "; only helps" if ask["need"] == "helpful" else ""
        lines.append(f"  {ask['label']} ({', '.join(limits) or 'always'}{helpful})")
    return lines


def _desks(desks: list[dict[str, Any]]) -> list[str]:
    """Each desk with where it is reached and what it wants of a mail."""
    lines = []
    for desk in desks:
        lines.append(f"  {desk['title']}: {desk['helps_with']}")
        lines += [f"    {told}" for told in (desk["address"] or desk["page"], desk["subject"], desk["masking"]) if told]
        lines += [f"    answers in {', '.join(desk['languages'])}"] if desk["languages"] else []
    return lines


def _all_names() -> list[str]:
    from bundler import config, providers
    from bundler.config.profiles import own_folders

    own = own_folders(config.provider_places(config.current_folder()))
    return [*map(str, own.values()), *providers.PROVIDERS]


def _review(name: str) -> dict[str, Any]:
    """All that is wrong with one profile; what cannot be read at all is one problem more."""
    from bundler.providers.reviewing import review

    counts: dict[str, int] = {}
    try:
        reading, is_own = _read(name)
        problems: tuple[UnreadableInput, ...] | list[BundlerError] = review(reading, is_own=is_own)
        if reading.profile is not None:
            counts = _counts(reading.profile)
    except BundlerError as error:
        problems = [error]
    told = [{"message": problem.message, "hint": problem.hint} for problem in problems]
    return {"folder": name, "tables": counts, "problems": told}


def _read(name: str) -> tuple[Reading, bool]:
    from bundler import config, providers
    from bundler.config.profiles import find_folder, is_path, read_folder
    from bundler.providers.loading import read_shipped, shipped_in

    if is_path(name) or Path(name).is_dir():
        folder = Path(name)
        return read_folder(folder), not shipped_in(folder)
    if (own := find_folder(name, config.provider_places(config.current_folder()))) is not None:
        return read_folder(own), True
    if name in providers.PROVIDERS:
        return read_shipped(name), False
    return read_folder(Path(name)), True


def _tell_review(review: dict[str, Any]) -> None:
    from bundler.providers.reading import MOST_PROBLEMS

    if not review["problems"]:
        counts = ", ".join(f"{table.replace('_', ' ')} {count}" for table, count in review["tables"].items())
        result(f"{review['folder']}: fine; {counts or 'no rows yet'}")
        return
    more = " or more" if len(review["problems"]) >= MOST_PROBLEMS else ""
    result(f"{review['folder']}: {len(review['problems'])}{more} to mend")
    for problem in review["problems"]:
        result(f"  {problem['message']}")
        result(f"    {problem['hint']}")
