"""The draft as a file of its own where it has to be another one, and opened in the user's mail program."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from bundler.commands.console import result, say

if TYPE_CHECKING:
    from bundler.assemble.outgoing import Outgoing
    from bundler.delivery.programs import Program
    from bundler.mail.letter import Letter
    from bundler.mail.read import Mail


def put_file(outgoing: Outgoing, letter: Letter, *, is_changed: bool) -> Path:
    """Where the draft to be opened lies: the file that is there, or a private one where that is not what was asked for.

    The private one is named after the ticket's own file, and replaced by the next.
    """
    if not is_changed:
        return outgoing.path
    from bundler.delivery.state import state_folder, telling, write_whole

    folder = state_folder() / "drafts"
    with telling(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{outgoing.path.stem}.eml"
    write_whole(path, letter.data)
    return path


def show_file(path: Path, outgoing: Outgoing, *, quiet: bool) -> None:
    """Name the draft, and say what to do with it."""
    result(str(path))
    to = f" to {outgoing.preview.support.address}" if outgoing.preview.support.address else ""
    say(f"Nothing was sent. To send it{to}: open this file in your mail program and press Send.", quiet=quiet)
    command = shlex.join(("ticket-bundler", "send", str(outgoing.source)))
    say(f"{command} --program NAME opens it; --way imap puts it among the drafts of your mailbox.", quiet=quiet)


def open_draft(path: Path, outgoing: Outgoing, letter: Letter, program: Program, *, quiet: bool) -> None:
    """Open the draft in ``program`` and say what it loses; raises ``EnvironmentProblem`` where it cannot be opened."""
    from bundler.delivery.programs import Message, open_with
    from bundler.mail.header import people_of
    from bundler.mail.read import read_mail

    mail = read_mail(letter.data)
    files = () if program.takes_file else _lay_out(outgoing, mail)
    people = people_of(letter.data)
    message = Message(path, people["to"], mail.subject, mail.text, files, people["cc"], people["bcc"])
    say(f"Opening it in {program.name}: {program.about}.", quiet=quiet)
    say(f"  What is lost on the way: {program.loses}.", quiet=quiet)
    if not program.takes_file:
        folder = files[0].parent if files else path.parent
        say(f"  The files are in {folder}.", quiet=quiet)
    open_with(program, message)
    if program.waits:
        told = f"{program.name} has ended, and it alone knows whether the mail was sent. The draft is still in {path}."
    else:
        told = "Nothing was sent: look it over there and press Send."
    say(told, quiet=quiet, bold=True)


def _lay_out(outgoing: Outgoing, mail: Mail) -> tuple[Path, ...]:
    """The mail's files as files, for programs that take each by its path; only those with names of our own.

    An encrypted mail lists no names: what is attached to it was attached when it was encrypted.
    """
    from bundler.delivery.state import state_folder, telling, write_whole
    from bundler.document import MANIFEST_NAME, attachment_name
    from bundler.mail.presence import find_manifest

    manifest = find_manifest(mail)
    if manifest is not None:
        ours = {MANIFEST_NAME, *(attachment_name(file.name) for file in manifest.files)}
    else:
        ours = {name for name, _, _ in mail.attachments}
    folder = state_folder() / "drafts" / outgoing.path.stem
    with telling(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = []
    for name, _, data in mail.attachments:
        if name in ours and name == Path(name).name:
            write_whole(folder / name, data)
            paths.append(folder / name)
    return tuple(paths)
