"""The options about the private map, shared by the commands that read or write one, and the value they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

from bundler.commands.console import say
from bundler.errors import MisuseError

if TYPE_CHECKING:
    from bundler.assemble.sealing import Recipients
    from bundler.redact.placeholders import Placeholders
    from bundler.redact.vault import Vault

Function = TypeVar("Function", bound=Callable[..., Any])

_IDENTITY = click.option(
    "--map-identity",
    "map_identities",
    multiple=True,
    metavar="FILE",
    help="A private key that opens an encrypted map; repeatable.",
)
_FORMAT = click.option(
    "--format-preserving",
    "preserves_format",
    is_flag=True,
    help="Stand-ins of valid form, such as reserved addresses, in place of [kind-1] where there are such.",
)
_RECIPIENT = click.option(
    "--map-recipient",
    "map_recipients",
    multiple=True,
    metavar="KEY|FILE",
    help="Encrypt the private map for this public key of age (age1…), or those in a file; repeatable.",
)


def map_options(about: str, *, writes: bool = True) -> Callable[[Function], Function]:
    """Give a command ``--map``, whose help is ``about``, and what belongs to it; ``writes`` a map, or only uses one."""

    def decorate(function: Function) -> Function:
        named = click.option("--map", "map_file", default="", metavar="FILE", help=about)
        for option in (_FORMAT, *((_RECIPIENT,) if writes else ()), _IDENTITY, named):
            function = option(function)
        return function

    return decorate


def map_reading_options(about: str) -> Callable[[Function], Function]:
    """Give a command ``--map`` and ``--map-identity``, to look values up in a map."""

    def decorate(function: Function) -> Function:
        return click.option("--map", "map_file", default="", metavar="FILE", help=about)(_IDENTITY(function))

    return decorate


class MapManner(Struct, frozen=True):
    """How the private map is used: what it knows already, who may open the new one, how values are written."""

    known: Vault | None = None
    recipients: Recipients | None = None
    preserves_format: bool = False

    def placeholders(self, ticket_key: bytes) -> Placeholders:
        """What hands out placeholders for a new text; ``ticket_key`` counts where the map has no key of its own."""
        from bundler.redact.placeholders import Placeholders, derive_key

        return Placeholders(self.known, key=derive_key(ticket_key), preserves_format=self.preserves_format)


def read_mapping(typed: Mapping[str, Any], *, may_be_new: bool = False) -> MapManner:
    """What was typed of ``map_options``; opens the map, so that nothing is begun that could not be ended.

    ``may_be_new`` allows a map that is not there yet, in a folder that is. Raises ``UnreadableInput``, ``MisuseError``
    or ``EnvironmentProblem`` as ``open_map`` and ``read_recipients`` do; and ``MisuseError`` where an encrypted map
    would be followed by one that is not.
    """
    from bundler.assemble.maps import is_map_sealed
    from bundler.assemble.sealing import read_recipients
    from bundler.pack.naming import require_folder

    path = Path(typed["map_file"]) if typed["map_file"] else None
    recipients = read_recipients(typed.get("map_recipients", ()))
    known = None
    if path is not None and may_be_new and not path.exists():
        require_folder(path.parent)
    elif path is not None:
        known = read_map(path, typed["map_identities"])
        if "map_recipients" in typed and recipients is None and is_map_sealed(path):
            raise MisuseError(
                f"{path.name} is encrypted, and the new map would not be.",
                "Name who may open it: --map-recipient age1….",
            )
    return MapManner(known, recipients, typed["preserves_format"])


def read_map(path: Path, identities: Sequence[str] = ()) -> Vault:
    """The private map in a file, with a warning where others than its owner may read it; raises as ``open_map``."""
    from bundler.assemble.maps import is_map_sealed, may_others_read, open_map

    vault = open_map(path, [Path(each) for each in identities])
    if may_others_read(path) and not is_map_sealed(path):
        say(f"{path} holds the real values and can be read by others: chmod 600 {path}", fg="yellow")
    return vault


def warn_of_another(vault: Vault, ticket_id: str) -> None:
    """Say that the map was made for another ticket; it is used all the same, for a follow-up's may rightly be."""
    if ticket_id and vault.ticket_id and not vault.is_of(ticket_id):
        say(
            f"The private map is of ticket {vault.ticket_id}, not {ticket_id}; its values count all the same.",
            fg="yellow",
        )


def read_map_beside(file: Path, typed: str, identities: Sequence[str] = ()) -> Vault | None:
    """The map that was typed, else the one beside a bundle or a mail; None where there is none.

    One that is encrypted counts only with a key to open it, unless it was typed.
    """
    from bundler.assemble.maps import is_map_sealed, map_beside

    path = Path(typed) if typed else map_beside(file)
    if path is None or (not typed and not identities and is_map_sealed(path)):
        return None
    return read_map(path, identities)
