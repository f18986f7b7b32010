"""Other programs that take a mail apart: each gives the type, name and digest of every part, in the mail's order."""

from __future__ import annotations

import email
import email.policy
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from email.message import Message
from email.policy import Policy
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

Seen = tuple[str, str, str]
"""Media type (empty where a program does not tell it), name, digest."""

_NODE = Path(__file__).parent / "node"

MIME_PARSER = r"""
use strict; use warnings; use MIME::Parser; use JSON::PP;
binmode STDIN; my $parser = MIME::Parser->new; $parser->output_to_core(1); $parser->tmp_to_core(1);
my $top = $parser->parse(\*STDIN); my $subject = $top->head->get('Subject'); $subject =~ s/\r?\n//g;
my @parts;
for my $part ($top->parts_DFS) {
    next if $part->parts || $part->effective_type =~ m{^multipart/};
    my $body = $part->bodyhandle->as_string;
    push @parts, [$part->effective_type, $part->head->recommended_filename // '', unpack('H*', $body)];
}
print encode_json({subject => $subject, parts => \@parts});
"""

EMAIL_MIME = r"""
use strict; use warnings; use Email::MIME; use JSON::PP;
binmode STDIN; local $/; my $top = Email::MIME->new(<STDIN>);
my @parts;
$top->walk_parts(sub {
    my ($part) = @_; return if $part->subparts;
    my ($type) = split /;/, $part->content_type;
    push @parts, [$type, $part->filename // '', unpack('H*', $part->body)];
});
print encode_json({subject => $top->header('Subject'), parts => \@parts});
"""


def seen(kind: str, name: str, data: bytes) -> Seen:
    """A part; texts, which have no name, by their lines: programs write line ends as their own machine has them."""
    if kind.startswith("text/") and not name:
        data = data.replace(b"\r\n", b"\n").rstrip(b"\n")
    return kind, name, sha256(data).hexdigest()


def python(policy: Policy[Any], mail: bytes, folder: Path) -> list[Seen]:
    """The standard library."""
    message: Message = email.message_from_bytes(mail, policy=policy)
    assert not any(part.defects for part in message.walk())
    parts = [part for part in message.walk() if not part.is_multipart()]
    return [seen(each.get_content_type(), each.get_filename() or "", _content(each)) for each in parts]


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def perl(script: str, mail: bytes, folder: Path) -> list[Seen]:
    """A library of Perl."""
    done = subprocess.run(["perl", "-e", script], input=mail, capture_output=True, check=True)
    assert done.stderr == b""
    return [seen(kind, name, bytes.fromhex(content)) for kind, name, content in json.loads(done.stdout)["parts"]]


def node(program: str, mail: bytes, folder: Path) -> list[Seen]:
    """A library of Node."""
    command = ["node", str(_NODE / "decode.mjs"), program]
    done = subprocess.run(command, input=mail, capture_output=True, check=True, timeout=60)
    return [seen(kind, name, bytes.fromhex(content)) for kind, name, content in json.loads(done.stdout)]


def mblaze(mail: bytes, folder: Path) -> list[Seen]:
    """``mshow`` of mblaze."""
    path = folder / "mail.eml"
    path.write_bytes(mail)
    environment = {"HOME": str(folder), "PATH": _path(), "MBLAZE": str(folder)}
    told = _run(["mshow", "-t", str(path)], environment).decode()
    found = re.findall(r'^ *(\d+): (\S+) size=\d+(?: name="([^"]*)")?', told, re.MULTILINE)
    return [
        seen(kind, name, _run(["mshow", "-O", str(path), number], environment))
        for number, kind, name in found
        if not kind.startswith("multipart/")
    ]


def munpack(mail: bytes, folder: Path) -> list[Seen]:
    """``munpack`` of mpack, which wants lines as Unix ends them, makes names up, and begins texts with a blank line."""
    (folder / "mail.eml").write_bytes(mail.replace(b"\r\n", b"\n"))
    told = _run(["munpack", "-q", "-t", "-C", str(folder), "mail.eml"]).decode()
    found = re.findall(r"^(\S+) \((\S+)\)$", told, re.MULTILINE)
    return [_unpacked(kind, name, (folder / name).read_bytes()) for name, kind in found]


def _unpacked(kind: str, name: str, content: bytes) -> Seen:
    return seen(kind, "", content.lstrip(b"\n")) if re.fullmatch(r"part\d+", name) else seen(kind, name, content)


def ripmime(mail: bytes, folder: Path) -> list[Seen]:
    """``ripmime``; it tells no types, and writes texts as it likes: only what has a name counts."""
    path = folder / "mail.eml"
    path.write_bytes(mail)
    (folder / "out").mkdir()
    _run(["ripmime", "-i", str(path), "-d", str(folder / "out")])
    files = [file for file in (folder / "out").iterdir() if not re.fullmatch(r"textfile\d+", file.name)]
    return [seen("", file.name, file.read_bytes()) for file in files]


def _run(command: list[str], environment: dict[str, str] | None = None) -> bytes:
    return subprocess.run(command, capture_output=True, check=True, env=environment, timeout=60).stdout


def _path() -> str:
    return str(Path(shutil.which("mshow") or "").parent)


def _has_perl(module: str) -> bool:
    program = shutil.which("perl")
    return (
        program is not None and not subprocess.run([program, f"-M{module}", "-e", "1"], capture_output=True).returncode
    )


def _has_node(package: str) -> bool:
    return shutil.which("node") is not None and (_NODE / "node_modules" / package).is_dir()


Juror = Callable[[bytes, Path], list[Seen]]
JURY: dict[str, tuple[Juror, Callable[[], bool]]] = {
    "Python compat32": (partial(python, email.policy.compat32), lambda: True),
    "Python default": (partial(python, email.policy.default), lambda: True),
    "libmime-tools-perl": (partial(perl, MIME_PARSER), lambda: _has_perl("MIME::Parser")),
    "libemail-mime-perl": (partial(perl, EMAIL_MIME), lambda: _has_perl("Email::MIME")),
    "mailparser": (partial(node, "mailparser"), lambda: _has_node("mailparser")),
    "postal-mime": (partial(node, "postal-mime"), lambda: _has_node("postal-mime")),
    "mblaze": (mblaze, lambda: shutil.which("mshow") is not None),
    "mpack": (munpack, lambda: shutil.which("munpack") is not None),
    "ripmime": (ripmime, lambda: shutil.which("ripmime") is not None),
}
"""Each by its package, of Debian or of npm, and whether it is installed."""


def told_by(name: str, mail: bytes, folder: Path) -> list[Seen]:
    """What a juror sees of ``mail``; ``folder`` is empty and its own. Skips the test where it is not installed."""
    juror, is_here = JURY[name]
    if not is_here():
        pytest.skip(f"needs {name}")
    return juror(mail, folder)


def of_structure(structure: str) -> Iterator[tuple[str, str, str]]:
    """Section number, type and name of each leaf of an IMAP BODYSTRUCTURE (RFC 3501 section 7.4.2)."""
    tokens = re.findall(r'\(|\)|"(?:[^"\\]|\\.)*"|[^\s()"]+', structure)
    yield from _leaves(_listed(iter(tokens))[0], "")


def _listed(tokens: Iterator[str]) -> list[Any]:
    found: list[Any] = []
    for token in tokens:
        if token == ")":
            break
        found.append(_listed(tokens) if token == "(" else token.strip('"'))
    return found


def _leaves(body: list[Any], section: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(body[0], list):
        inner = [each for each in body if isinstance(each, list)][
            : body.index(next(s for s in body if isinstance(s, str)))
        ]
        for number, each in enumerate(inner, start=1):
            yield from _leaves(each, f"{section}.{number}".lstrip("."))
        return
    kind = f"{body[0]}/{body[1]}".lower()
    names = [each[1] for each in body if isinstance(each, list) and len(each) == 2 and isinstance(each[1], list)]
    pairs = dict(zip(names[0][::2], names[0][1::2], strict=True)) if names else {}
    yield section or "1", kind, {key.lower(): value for key, value in pairs.items()}.get("filename", "")
