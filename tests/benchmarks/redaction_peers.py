"""The other ways to mask a log, as ``redaction.py`` runs them beside us, each installed apart from the project.

sed and ripgrep are Debian packages, and so is sosreport, which is unpacked and not installed. The others come from
PyPI, each into a virtual environment of its own. What cannot be installed is said and left out.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.measuring import Command

DRIVER = Path(__file__).with_name("redaction_driver.py")

RULES = (
    r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    r"\b([Bb]earer)[ \t]+[A-Za-z0-9._~+/-]{16,}=*",
    r"\b([Bb]asic)[ \t]+[A-Za-z0-9+/]{12,}={0,2}",
    r"\b[srp]k_(live|test)_[A-Za-z0-9]{16,}",
    (
        r"\b(client_secret|access_token|refresh_token|password|passwd|pwd|[Aa][Pp][Ii][-_]?[Kk]ey|cvv|cvc|nif|ssn)"
        r"""(["']?[=:] *["']?)[^ "'&,;]+"""
    ),
    r"\bAKIA[A-Z2-7]{16}\b",
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    r"\+[0-9]{1,3}[ -]?[0-9]([ -]?[0-9]){6,12}\b",
    r"\b[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\b",
    r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
    r"\b((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\b",
    r"\b([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b",
    r"\b[0-9]([ -]?[0-9]){12,18}\b",
)
"""What somebody who knows both programs would write for a payment log: thirteen patterns, no proof, no pseudonyms."""

_PATTERNS = (
    r"card|card-(?!by-name|encrypted).*|account|iban|iban-by-name|jwt.*|bearer|basic|key|stripe-key|cloud-key|aws-key-id"
    r"|client-secret|access-token|password|api-key|cvv|mail.*|phone|phone-link|ipv[46].*"
)
_CLAIMS = {
    "sed": _PATTERNS,
    "rg": _PATTERNS,
    "sos": r"ipv4.*|mac",
    "presidio": r"card|card-(?!by-name|encrypted).*|account|iban.*|mail.*|phone.*|ipv[46].*|mac",
    "scrubadub": r"card|card-(?!by-name|encrypted).*|mail.*|phone.*",
    "depii": r"card|card-(?!by-name|encrypted).*|card-by-name.*|account.*|iban.*|fodselsnummer.*|d-number|cpr.*|hetu"
    r"|personnummer.*|national-id.*|jwt.*|bearer|basic|.*-token|key|.*-key|cloud-key|aws-key-id|aws-secret"
    r"|.*client-secret.*|access-token|password.*|private-key-by-name|api-key.*|webhook-secret.*|pem.*|mail.*|phone.*"
    r"|ipv[46].*|mac|name|first-name|street|birth-date|connection-url|redis-url|token-url",
    "detect-secrets": r"jwt.*|basic|bearer|stripe-key|key|github-token|aws-key-id|cloud-key|slack-token|sendgrid-key"
    r"|gitlab-token|aws-secret|client-secret.*|webhook-secret-by-name|api-key.*|access-token|password.*|pem.*"
    r"|private-key-by-name|connection-url|storage-account",
}
"""Kinds that a peer's documentation says it knows, or for which it was given a pattern."""

_REQUIREMENTS = {
    "presidio": ("presidio-analyzer==2.2.366", "presidio-anonymizer==2.2.366"),
    "scrubadub": ("scrubadub==2.0.1",),
    "depii": ("depii==0.3.0",),
    "detect-secrets": ("detect-secrets==1.5.0",),
    "sos": ("pexpect",),
}


class Peer(NamedTuple):
    """A tool that was installed. ``share`` is the part of the log that it can be expected to get through, in bytes."""

    name: str
    version: str
    command: Callable[[Path, Path], Command]
    """From a log and a folder of its own to what is run; the outcome is at ``outcome``."""
    outcome: Callable[[Command], Path]
    share: int | None
    is_less_start: bool
    """True where the time of a run on a single line is taken off, so that only the work counts."""
    note: str

    def claims(self, kind: str) -> bool:
        """True for a kind that it says it knows."""
        return claims(self.name, kind)


def claims(name: str, kind: str) -> bool:
    """True for a kind that the peer of that name says it knows."""
    return re.fullmatch(_CLAIMS[name], kind) is not None


class NotInstalledError(Exception):
    """A peer that cannot be had here, and why."""


def find(name: str, folder: Path) -> Peer:
    """The peer, installed into ``folder`` where it comes from elsewhere."""
    return _FOUND[name](folder)


def _output_itself(command: Command) -> Path:
    return command.output


def _sed(folder: Path) -> Peer:
    script = folder / "rules.sed"
    script.write_text("".join(f"s/{rule.replace('/', chr(92) + '/')}/[x]/g\n" for rule in RULES), "utf-8")

    def command(log: Path, place: Path) -> Command:
        told = ("sed", "-E", "-f", str(script), str(log))
        return Command(told, place / "out", redirected=True, environment={"LC_ALL": "C"})

    return Peer("sed", _version("sed", "--version"), command, _output_itself, None, False, f"{len(RULES)} rules")


def _rg(folder: Path) -> Peer:
    script = folder / "rules.rg"
    rules = (re.sub(r"\((?!\?)", "(?:", rule.replace("[0-9]", r"\d")) for rule in RULES)
    script.write_text("".join(f"{rule}\n" for rule in rules), "utf-8")
    options = ("--no-config", "--no-unicode", "-N", "--passthru", "-r", "[x]", "-f", str(script))

    def command(log: Path, place: Path) -> Command:
        return Command(("rg", *options, str(log)), place / "out", redirected=True)

    return Peer("rg", _version("rg", "--version"), command, _output_itself, None, False, "the same in one pass")


def _version(program: str, *arguments: str) -> str:
    if shutil.which(program) is None:
        raise NotInstalledError(f"{program} is not installed")
    told = subprocess.run([program, *arguments], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+(?:\.\d+)+", told)
    return found[0] if found else "?"


def _environment(name: str, folder: Path) -> Path:
    """The Python of the peer's own virtual environment."""
    place = folder / name
    python, mark = place / "bin" / "python", place / "installed"
    wanted = " ".join(_REQUIREMENTS[name])
    if not mark.exists() or mark.read_text("utf-8") != wanted:
        print(f"installing {wanted} …", file=sys.stderr)
        _say_or_fail(sys.executable, "-m", "venv", "--clear", str(place))
        _say_or_fail(str(python), "-m", "pip", "install", "--quiet", *_REQUIREMENTS[name])
        mark.write_text(wanted, "utf-8")
    return python


def _say_or_fail(*arguments: str, folder: Path | None = None) -> str:
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or [f"code {done.returncode}"]
        raise NotInstalledError(f"{' '.join(arguments[:4])} …: {lines[-1][:200]}")
    return done.stdout


def _driven(name: str, share: int, note: str) -> Callable[[Path], Peer]:
    """A library without a command that masks: run by ``redaction_driver.py``."""

    def found(folder: Path) -> Peer:
        python = _environment(name, folder)
        version = _say_or_fail(str(python), str(DRIVER), name).strip()

        def command(log: Path, place: Path) -> Command:
            return Command((str(python), str(DRIVER), name, str(log), str(place / "out")), place / "out")

        return Peer(name, version, command, _output_itself, share, True, note)

    return found


def _depii(folder: Path) -> Peer:
    python = _environment("depii", folder)
    program = str(python.with_name("depii"))

    def command(log: Path, place: Path) -> Command:
        return Command((program, "redact", str(log), "-o", str(place / "out")), place / "out")

    return Peer("depii", _version(program, "--version"), command, _output_itself, 1 << 19, True, "its own command")


def _sos(folder: Path) -> Peer:
    python = _environment("sos", folder)
    place = folder / "sosreport"
    program = place / "usr" / "bin" / "sos"
    if not program.exists():
        place.mkdir(parents=True, exist_ok=True)
        if shutil.which("apt-get") is None:
            raise NotInstalledError("sosreport is a Debian package, and this is no Debian")
        _say_or_fail("apt-get", "download", "sosreport", folder=place)
        package = next(place.glob("sosreport_*.deb"))
        _say_or_fail("dpkg", "-x", str(package), str(place))
    library: Mapping[str, str] = {"PYTHONPATH": str(place / "usr" / "lib" / "python3" / "dist-packages")}
    told = (place / "usr" / "lib" / "python3" / "dist-packages" / "sos" / "__init__.py").read_text("utf-8")
    version = re.search(r'__version__ = "([^"]+)"', told)

    def command(log: Path, work: Path) -> Command:
        given, report, into = work / "given", work / "report", work / "out"
        shutil.rmtree(given, ignore_errors=True)
        for name in ("sos_logs", "sos_commands"):
            (given / name).mkdir(parents=True)
        (given / "version.txt").touch()
        shutil.copyfile(log, given / log.name)
        # it works on the folder that it is given, so each run gets a copy, and it wants its output folder to be there
        script = f'rm -rf "{report}" && cp -r "{given}" "{report}" && mkdir "{into}" && exec "$@"'
        options = ("-q", "--batch", "--no-update", "--jobs", "1", "--domains", "example.com", "--tmp-dir", str(into))
        run = ("sh", "-c", script, "sh", str(python), str(program), "clean", *options, str(report))
        return Command(run, into, environment=library)

    def outcome(done: Command) -> Path:
        return next(path for path in (done.output / "report").iterdir() if path.suffix == ".log")

    return Peer("sos", version[1] if version else "?", command, outcome, 1 << 22, True, "sos clean, 1 job")


_FOUND: dict[str, Callable[[Path], Peer]] = {
    "rg": _rg,
    "sed": _sed,
    "sos": _sos,
    "presidio": _driven("presidio", 1 << 18, "patterns only, seven entities, 32 lines at once"),
    "scrubadub": _driven("scrubadub", 1 << 20, "default detectors, 128 lines at once"),
    "depii": _depii,
    "detect-secrets": _driven("detect-secrets", 1 << 19, "finds only; the driver replaces what it found"),
}
PEERS = tuple(_FOUND)
