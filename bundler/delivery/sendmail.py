"""Hands a mail to a program that sends it: sendmail, msmtp and their like; starts that one program, without a shell."""

from __future__ import annotations

import re
import subprocess
import tempfile

from bundler.delivery.accounts import Account, sender_program
from bundler.delivery.envelope import check_envelope
from bundler.delivery.outcome import TRY_LATER, Outcome, Refusal, State
from bundler.delivery.words import server_words
from bundler.errors import EnvironmentProblem
from bundler.mail.letter import Letter

PATIENCE = 20
"""How many times the account's time the program may take, since some upload the whole mail before they end."""

_WORDS_LIMIT = 4096
_REFUSED: State = "refused"
_LATER: State = "later"
_ENDINGS = {
    64: (_REFUSED, "it was called in a way that it does not know"),
    65: (_REFUSED, "it refuses the mail"),
    66: (_REFUSED, "a file that it needs is missing"),
    67: (_REFUSED, "a recipient is unknown"),
    68: (_LATER, "the mail server's name is not known"),
    69: (_REFUSED, "the mail was refused"),
    71: (_LATER, "the machine could not do it"),
    72: (_REFUSED, "a file of the system is missing"),
    73: (_REFUSED, "it cannot write"),
    75: (_LATER, "it cannot take the mail now"),
    77: (_REFUSED, "the login, or the permission, was refused"),
    78: (_REFUSED, "its configuration has a fault"),
}
"""The numbers of ``sysexits.h`` after which nothing was taken. Not among them are 74 and 76, with which msmtp ends when
the connection breaks, also after it gave the whole mail over, and 70, a crash."""

_NOT_NOW = re.compile(r"\bserver message: 4[0-9][0-9]\b")
"""msmtp ends with 69 whatever the server's no; only its words tell one for now (4yz) from one for ever."""


def deliver_by_sendmail(letter: Letter, account: Account) -> Outcome:
    """Gives ``letter`` to the program ``account.sendmail`` on its standard input, with LF line ends, as such programs
    want them; they write CRLF again on the wire.

    ``delivered`` means that the program took it: it may send it at once (msmtp) or queue it (sendmail). ``unknown`` is
    what ends in no way that tells, takes too long, or is killed. Raises ``EnvironmentProblem`` when there is no such
    program, ``MisuseError`` for addresses that are none.
    """
    check_envelope(letter)
    sending = sender_program(account)
    program = sending[0]
    recipients = tuple(dict.fromkeys(letter.recipients))
    command = [*sending, "-oi", "-f", letter.sender, "--", *recipients]
    code, words = _run(command, letter.data.replace(b"\r\n", b"\n"), account.timeout_s * PATIENCE)
    said = f": {words}" if words else ""
    if code == 0:
        return Outcome("delivered", f"{program} took the mail to {', '.join(recipients)}.", "", recipients)
    if code not in _ENDINGS:
        how = "did not end in time" if code is None else f"ended with {code}"
        return Outcome(
            "unknown",
            f"{program} {how}, which leaves open whether it took the mail{said}.",
            "Look into Sent, the inbox and the program's queue before you send it again.",
            recipients,
        )
    state, meaning = _ENDINGS[code]
    if code == 69 and _NOT_NOW.search(words):
        state = "later"
    refusals = tuple(Refusal(each, 0, words or meaning) for each in recipients)
    hint = TRY_LATER if state == "later" else f"Set up {program} and try again."
    return Outcome(state, f"{program} did not take the mail, {meaning} ({code}){said}.", hint, refusals=refusals)


def _run(command: list[str], mail: bytes, time_s: float) -> tuple[int | None, str]:
    """How the program ended (None: it had to be stopped), and the beginning of what it said."""
    with tempfile.TemporaryFile() as said:  # a file, so that a program that says too much fills no memory
        try:
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said) as process:
                try:
                    process.communicate(mail, time_s)
                    code: int | None = process.returncode
                except subprocess.TimeoutExpired:
                    code = None
                finally:
                    process.kill()
        except FileNotFoundError as error:
            raise EnvironmentProblem(
                f"There is no program {command[0]} on this machine.", "Install it, or send by smtp or as a draft."
            ) from error
        except OSError as error:
            raise EnvironmentProblem(f"{command[0]} cannot be started: {error.strerror}.") from error
        said.seek(0)
        return code, server_words(said.read(_WORDS_LIMIT))
