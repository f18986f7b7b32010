"""Opens a draft in the user's own mail program; touches the programs that it starts, without a shell.

What each program loses was measured or read in its documentation; nothing is said of one that nobody has tried.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from bundler.errors import EnvironmentProblem, MisuseError
from bundler.mail.letter import Manner

_INSTEAD = "--way file for a file to open elsewhere, or --way imap for a draft in your mailbox"
LONGEST_LINK = 1_800
"""Characters of a ``mailto:`` that all known programs take; some cut a longer one without a word."""


class Message(Struct, frozen=True):
    """What a program is given: the file with the whole mail, and its parts for those that take no file.

    ``to``, ``cc`` and ``bcc`` are addresses without names: programs part them at commas, and names may have some.
    ``files`` lie where the program can open them.
    """

    path: Path
    to: tuple[str, ...]
    subject: str
    text: str
    files: tuple[Path, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()


class Program(Struct, frozen=True):
    """A way to open a draft: its name, what it is started with, what it loses, and what must be done by hand.

    ``manner`` is the draft that it wants. ``needs_screen`` is True for one that shows windows; ``waits`` for one that
    takes the terminal over.
    """

    name: str
    about: str
    loses: str
    command: Callable[[Message], tuple[str, ...]]
    manner: Manner = "file"
    platforms: tuple[str, ...] = ()
    needs_screen: bool = True
    waits: bool = False
    takes_file: bool = True


def _mailto(message: Message) -> str:
    """RFC 6068; the text is cut at a line with a note that says where the rest is."""
    note = f"\n[cut here; the whole is in {message.path.name}]\n"
    copies = "".join(f"{name}={_addresses(people)}&" for name, people in _copies(message))
    head = f"mailto:{_addresses(message.to)}?{copies}subject={quote(message.subject)}&body="
    body = message.text
    if len(head + quote(body)) > LONGEST_LINK:
        room = LONGEST_LINK - len(head + quote(note))
        sizes = accumulate(len(quote(line)) for line in body.splitlines(keepends=True))
        count = sum(size <= room for size in sizes)
        body = "".join(body.splitlines(keepends=True)[:count]) + note
    return head + quote(body)


def _addresses(people: Sequence[str]) -> str:
    return ",".join(quote(each, safe="@") for each in people)


def _copies(message: Message) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((name, people) for name, people in (("cc", message.cc), ("bcc", message.bcc)) if people)


def _compose(message: Message) -> str:
    """Thunderbird's ``-compose``: values in single quotes, files as ``file:`` URIs, because a comma parts them."""
    files = ",".join(path.absolute().as_uri().replace(",", "%2C").replace("'", "%27") for path in message.files)
    text = message.text.replace("'", "’")
    subject = message.subject.replace("'", "’")
    people = "".join(f"{name}='{','.join(each)}'," for name, each in (("to", message.to), *_copies(message)))
    return f"{people}subject='{subject}',body='{text}',attachment='{files}'"


def _mutt(name: str, loses: str) -> Program:
    return Program(
        name,
        "asks for To and Subject, opens the editor, then waits for y to send",
        loses,
        lambda message: (name, "-H", str(message.path.absolute())),
        manner="mutt",
        needs_screen=False,
        waits=True,
    )


_EDITED = "the sender's program writes the mail anew: Message-ID, X- headers and the plain text are its own"

_NEW = "the HTML, names beside addresses, Reply-To and every header of ours"

PROGRAMS = {
    each.name: each
    for each in (
        Program(
            "default",
            "the program that opens .eml files on this machine",
            f"{_EDITED}; where it only shows the mail and cannot send it (Apple Mail, new Outlook), use --way imap",
            lambda message: (*_opener(), str(message.path.absolute())),
        ),
        Program(
            "thunderbird",
            "opens the draft ready to be sent",
            f"{_EDITED}; the evidence, its names, recipients and the subject stay byte for byte",
            lambda message: ("thunderbird", str(message.path.absolute())),
        ),
        _mutt("neomutt", "nothing: every part stays as it is"),
        _mutt("mutt", "not tried; by its documentation what neomutt keeps"),
        Program(
            "thunderbird-compose",
            "a new mail with the files attached, for Thunderbird where it does not open .eml",
            f"{_NEW}; pictures are no longer shown in the text",
            lambda message: ("thunderbird", "-compose", _compose(message)),
            takes_file=False,
        ),
        Program(
            "xdg-email",
            "a new mail in the desktop's mail program, with the files attached",
            f"{_NEW}; what becomes of the files depends on that program",
            lambda message: (
                *("xdg-email", "--utf8", "--subject", message.subject, "--body", message.text),
                *(word for path in message.files for word in ("--attach", str(path.absolute()))),
                *(word for name, people in _copies(message) for each in people for word in (f"--{name}", each)),
                *message.to,
            ),
            platforms=("linux",),
            takes_file=False,
        ),
        Program(
            "mailto",
            "the last resort: a new mail with the beginning of the text",
            f"the HTML, Reply-To, all files, and the text beyond {LONGEST_LINK:,} characters; attach the files by hand",
            lambda message: (*_opener(), _mailto(message)),
            takes_file=False,
        ),
    )
}
"""By the names of ``--program``, the best first."""


def has_screen(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether windows can be shown."""
    return sys.platform in ("win32", "darwin") or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def choose_program(name: str) -> Program:
    """The program of that name; raises ``MisuseError`` for none, ``EnvironmentProblem`` for one that cannot run."""
    if name not in PROGRAMS:
        raise MisuseError(f"Nobody knows the mail program {name!r}.", f"Known are: {', '.join(PROGRAMS)}.")
    program = PROGRAMS[name]
    if program.platforms and sys.platform not in program.platforms:
        raise EnvironmentProblem(f"{name} is not for this kind of machine.", "Try --program default.")
    if program.needs_screen and not has_screen():
        raise EnvironmentProblem(
            f"{'The mail program' if name == 'default' else name} needs a screen, and there is none.",
            f"Instead take {_INSTEAD}{_in_terminal()}.",
        )
    return program


def check_installed(program: Program) -> None:
    """Raise ``EnvironmentProblem`` for a program that is not here, or has no terminal to take over.

    To be called before any file is laid out for it.
    """
    starts = _starts(program)
    if shutil.which(starts) is None:
        raise EnvironmentProblem(f"{starts} is not installed here.", f"Choose another --program, {_INSTEAD}.")
    if program.waits and not (sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()):
        raise EnvironmentProblem(
            f"{program.name} needs a terminal, and there is none.",
            f"Type the command at one, or take {_INSTEAD}.",
        )


def can_open() -> bool:
    """Whether the program for .eml files can be opened, by all that is known before it is tried."""
    return has_screen() and shutil.which(_starts(PROGRAMS["default"])) is not None


def open_with(program: Program, message: Message) -> tuple[str, ...]:
    """Start the program with the draft and return what was started; waits for one that takes the terminal over.

    Raises ``EnvironmentProblem`` where it cannot be started or ends in failure at once.
    """
    command = program.command(message)
    try:
        if program.waits:
            code = subprocess.call(command)
        else:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # it lives on when the terminal is closed
            )
            code = _early_end(process)
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise EnvironmentProblem(f"{command[0]} cannot be started: {why}.", f"Open {message.path} yourself.") from error
    if code and program.waits:
        told = f"{program.name} was left without sending the mail (exit code {code})."
        raise EnvironmentProblem(told, f"The draft is still in {message.path}.")
    if code:
        raise EnvironmentProblem(
            f"{command[0]} ended with exit code {code}.", f"Open {message.path} yourself, or choose another --program."
        )
    return command


def _starts(program: Program) -> str:
    return program.command(Message(Path(), (), "", ""))[0]


def _in_terminal() -> str:
    """What does without a screen, where it is there."""
    found = next((each for each in PROGRAMS if not PROGRAMS[each].needs_screen and shutil.which(each)), "")
    return f", or --program {found} in a terminal" if found else ""


def _early_end(process: subprocess.Popen[bytes]) -> int:
    """The exit code of a program that ended within moments, as openers do; 0 for one that goes on."""
    try:
        return process.wait(2)
    except subprocess.TimeoutExpired:
        return 0


def _opener() -> Sequence[str]:
    """What opens a file in the program that the user has chosen for its kind."""
    if sys.platform == "darwin":
        return ("open",)
    if sys.platform == "win32":
        return ("rundll32", "url.dll,FileProtocolHandler")  # as start does, without a shell
    return ("xdg-open",)
