"""Encrypts a letter for everybody who gets it: the whole mail (RFC 3156), or the bundle as its only attachment.

Of a ticket in several mails each is encrypted by itself, and attached is what would have been the mail.

It is for all of them or for nobody: one recipient without a key that may be used, and nothing is encrypted. There is no
way with a password, for a password would travel the same way. What is encrypted never comes out twice the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Literal

from msgspec.structs import replace

from bundler.errors import MisuseError
from bundler.mail import age, openpgp
from bundler.mail.digest import with_digest
from bundler.mail.header import Fields, people_of, take_apart
from bundler.mail.keys import Key, kind_of, same_address
from bundler.mail.letter import Letter
from bundler.mail.parts import file_part, head, multipart, text_part
from bundler.mail.sealed import opening

Form = Literal["message", "attachment"]
"""The whole mail as OpenPGP/MIME, or a mail of a few lines with the encrypted bundle, or one of several mails,
attached."""

_CLEAR = (
    *("date", "from", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references"),
    *("x-unsent", "x-ticket-id", "x-ticket-update", "x-ticket-part", "auto-submitted"),
)
"""What has to be read on the way, and what a desk files the mail by; all other headers are inside alone."""
_NOT_INSIDE = ("bcc", "x-unsent", "x-ticket-digest", "mime-version")
_NOT_ATTACHED = ("bcc", "x-unsent", "x-ticket-digest")
_PART = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")
_MIME = b"MIME-Version: 1.0\r\n"
_ANYTHING = "application/octet-stream"
_ARMOURED = "encrypted.asc"
_BEGIN = "report.html in it is the page to begin with."
_PROTECTED = b';\r\n protected-headers="v1"; hp="cipher"\r\n'
"""Tells mail programs that the headers inside are the real ones: RFC 9788, and what they went by before it."""


def seal_letter(
    letter: Letter,
    keys: Sequence[Key],
    moment: datetime,
    *,
    form: Form | None = None,
    bundle: bytes = b"",
) -> Letter:
    """``letter`` encrypted for each of its recipients, those of Cc and Bcc among them, and for the sender if there is
    a key of theirs.

    Without a ``form``, a mail that is sent at once is encrypted whole where the keys are of OpenPGP; a draft gets the
    attachment, for a program that opens it to be edited could read nothing else. ``bundle`` is what is attached then,
    but to one of several mails.
    Readable stay who writes to whom and when, and a subject that tells the ticket's id alone.

    Raises ``UnreadableInput``, naming the recipient, where there is no key for one, or one that has expired at
    ``moment``, was revoked, cannot be encrypted to or is of somebody else; ``MisuseError`` for keys of two kinds, and
    for a form that cannot be; ``EnvironmentProblem`` without the package for that kind.
    """
    if not keys:
        raise MisuseError("No key to encrypt the mail to was named.", "Name the recipient's: --encrypt FILE.")
    if not letter.recipients:
        raise MisuseError("A mail without a recipient cannot be encrypted.", "Name one with --to.")
    kinds = {kind_of(key) for key in keys}
    if len(kinds) > 1:
        raise MisuseError(
            "The keys are of OpenPGP and of age, and a mail is encrypted in one way.", "Name keys of one kind alone."
        )
    is_openpgp = kinds == {"openpgp"}
    form = form or ("message" if is_openpgp and letter.manner == "send" else "attachment")
    if form == "message":
        if not is_openpgp:
            raise MisuseError(
                "A whole mail is encrypted with OpenPGP, and the keys are of age.", "Encrypt the bundle alone."
            )
        if letter.manner in ("file", "mutt"):
            raise MisuseError(
                "A mail that is encrypted whole cannot be opened to be edited.",
                "Send it at once, or encrypt the bundle alone.",
            )
        return _whole(letter, _readers(letter, keys, moment))
    part = _part(letter)
    content = _as_file(letter) if part is not None else bundle
    if not content:
        raise ValueError("what is attached is the bundle")
    if is_openpgp:
        sealed, ending = openpgp.encrypt(content, _readers(letter, keys, moment), armoured=False), "pgp"
    else:
        sealed, ending = age.encrypt(content, age.keys_for(letter.recipients, keys, letter.sender)), "age"
    return _attached(letter, part, sealed, ending)


def _part(letter: Letter) -> tuple[str, str] | None:
    """Which of how many mails the letter is; None for the only one."""
    told = [field for name, field in take_apart(letter.data)[0] if name == "x-ticket-part"]
    found = _PART.fullmatch(told[0].partition(b":")[2].decode("ascii", "replace").strip()) if told else None
    return (found[1], found[2]) if found is not None else None


def _as_file(letter: Letter) -> bytes:
    """The mail as one that was received: whoever opens it is told of no blind copy, and is not to send it."""
    fields, body = take_apart(letter.data)
    return b"".join((*(field for name, field in fields if name not in _NOT_ATTACHED), b"\r\n", body))


def _readers(letter: Letter, keys: Sequence[Key], moment: datetime) -> list[openpgp.Reader]:
    people = people_of(letter.data)
    seen = (*people["to"], *people["cc"])
    known = openpgp.read_certificates(keys)
    readers: list[openpgp.Reader] = []
    for address in letter.recipients:
        is_hidden = not any(same_address(address, each) for each in seen)
        readers += openpgp.readers_for(address, known, moment, is_hidden=is_hidden)
    return readers + (openpgp.find_own(letter.sender, known, moment) if letter.sender else [])


def _whole(letter: Letter, readers: Sequence[openpgp.Reader]) -> Letter:
    """The mail with its headers, but those that are nobody's business, inside; RFC 3156 section 4 around it."""
    fields, body = take_apart(letter.data)
    subject, outside = _outside(letter, fields)
    is_content = {name: name.startswith("content-") for name, _ in fields}
    inside = [field for name, field in fields if name not in _NOT_INSIDE and not is_content[name]]
    inside += [b"HP-Outer: " + field for field in outside if not field.lower().startswith((b"bcc:", b"x-unsent:"))]
    inside += [
        field.removesuffix(b"\r\n") + _PROTECTED if name == "content-type" else field
        for name, field in fields
        if is_content[name]
    ]
    sealed = openpgp.encrypt(b"".join((*inside, b"\r\n", body)), readers, armoured=True).replace(b"\n", b"\r\n")
    version = iter((head("Content-Type: application/pgp-encrypted"), b"Version: 1\r\n"))
    content = iter((head(f"Content-Type: {_ANYTHING}", f'Content-Disposition: inline; filename="{_ARMOURED}"'), sealed))
    protocol = 'protocol="application/pgp-encrypted"; '
    data = b"".join((*outside, _MIME, *multipart("encrypted", _boundary(sealed), [version, content], protocol)))
    return replace(letter, data=data, subject=subject)


def _attached(letter: Letter, part: tuple[str, str] | None, sealed: bytes, ending: str) -> Letter:
    fields, _ = take_apart(letter.data)
    subject, outside = _outside(letter, fields)
    plain = f"ticket-{letter.ticket_id}." + (f"{part[0]}of{part[1]}.eml" if part else "zip")
    name = f"{plain}.{ending}"
    what = f"Mail {part[0]} of {part[1]} of the ticket" if part else "The ticket"
    then = "Your mail program shows it; each of the mails is opened so." if part else _BEGIN
    lines = [f"Ticket: {letter.ticket_id}", "", f"{what} is in {name}, encrypted for you. To open it:"]
    lines += ["", f"  {opening(plain, ending)}", "", then]
    parts = [text_part("plain", "\n".join(lines) + "\n"), file_part(name, sealed, _ANYTHING)]
    data = b"".join((*outside, _MIME, *multipart("mixed", _boundary(sealed), parts)))
    is_marked = any(name == "x-ticket-digest" for name, _ in fields)
    return replace(letter, data=with_digest(data) if is_marked else data, subject=subject)


def _outside(letter: Letter, fields: Fields) -> tuple[str, list[bytes]]:
    """The subject, and the headers that stay readable, each whole with its line end."""
    reply = "Re: " if letter.subject.startswith("Re: ") else ""
    part = _part(letter)
    subject = f"{reply}[{letter.ticket_id}] ticket" + (f" ({part[0]}/{part[1]})" if part else "")
    outside = []
    for name, field in fields:
        if name == "subject":
            outside.append(f"Subject: {subject}\r\n".encode("ascii"))
        elif name in _CLEAR:
            outside.append(field)
    return subject, outside


def _boundary(sealed: bytes) -> str:
    return f"=_{sha256(sealed).hexdigest()[:32]}"
