"""What programs complain about, in our words: theirs may hold secrets and are never shown."""

from __future__ import annotations

import errno

_COMPLAINTS = (
    (b"command not found", "a program that it needs is not installed"),
    (b"host key verification failed", "the host's key is not known; connect once by hand"),
    (b"permission denied (publickey", "the host does not accept your key"),
    (b"permission denied", "it may not read that; permission was denied"),
    (b"a terminal is required", "it asks for a password, and there is nobody to type one"),
    (b"a password is required", "it asks for a password, and there is nobody to type one"),
    (b"could not resolve host", "the host's name is not known"),
    (b"name or service not known", "the host's name is not known"),
    (b"no such host", "the host's name is not known"),
    (b"connection refused", "the connection was refused"),
    (b"was refused - did you specify the right host", "the cluster does not answer"),
    (b"timed out", "the connection timed out"),
    (b"no such container", "there is no such container"),
    (b"cannot connect to the docker daemon", "the Docker daemon does not answer"),
    (b"resourcenotfoundexception", "there is no such log group"),
    (b"active account selected", "it has no credentials; log in with its own command first"),
    (b"unable to locate credentials", "it has no credentials; log in with its own command first"),
    (b"expired", "its login has expired; log in again with its own command"),
    (b"you must specify a region", "it needs a region"),
    (b"accessdenied", "its login may not read these logs"),
    (b"forbidden", "its login may not read these logs"),
    (b"unauthorized", "its login is not accepted"),
    (b"requested url returned error: 401", "its login is not accepted"),
    (b"requested url returned error: 403", "its login may not read these logs"),
    (b"requested url returned error: 404", "there is nothing at that address"),
    (b"no such file or directory", "a file or folder that it names does not exist"),
    (b"(notfound)", "there is no such object in the cluster"),
    (b"unknown flag", "it does not know one of the options; perhaps its version is too old"),
    (b"unknown option", "it does not know one of the options; perhaps its version is too old"),
    (b"unrecognized option", "it does not know one of the options; perhaps its version is too old"),
    (b"unrecognized arguments", "it does not know one of the options; perhaps its version is too old"),
)
"""What stands in a complaint, and what we say; the first that fits wins, so the more exact ones come first."""


def refusal(program: str, error: OSError) -> str:
    """Why the system did not start ``program``."""
    if error.errno == errno.ENOENT:
        return f"the program {program} is not installed, or not on the PATH"
    if error.errno in {errno.EACCES, errno.EPERM, errno.ENOEXEC}:
        return f"{program} is not a program that may be run"
    if error.errno == errno.E2BIG:
        return "its arguments are too long"
    return f"the program {program} could not be started"


def failure(exit_code: int, complaint: bytes) -> str:
    """Why a program failed, as far as its complaint is one that we know."""
    said = complaint.lower()
    for words, ours in _COMPLAINTS:
        if words in said:
            return f"{ours} (it ended with exit code {exit_code})"
    return f"it ended with exit code {exit_code}" if exit_code > 0 else f"it was ended by signal {-exit_code}"
