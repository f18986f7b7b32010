"""What is done with a mail of ours that is encrypted, before anything in it can be read."""

from __future__ import annotations

import re

from bundler.mail.read import Mail

_WHOLE = "application/pgp-encrypted"  # RFC 3156 section 4
_BUNDLE = re.compile(r"(ticket-[A-Za-z0-9-]{1,80}\.(?:zip|[0-9]{1,4}of[0-9]{1,4}\.eml))\.(age|pgp)")


def opening(plain: str, ending: str) -> str:
    """The command that makes ``plain`` out of the file beside it that has ``ending`` (age, pgp) after its name."""
    if ending == "age":
        return f"age --decrypt -i YOUR-KEY -o {plain} {plain}.age"
    return f"gpg --output {plain} --decrypt {plain}.{ending}"


def find_opener(mail: Mail) -> str:
    """How an encrypted ``mail`` is opened and then verified, in a sentence; empty for one that is not encrypted."""
    for name, kind, _ in mail.attachments:
        if kind == _WHOLE:
            return "Open it with the key, and verify what comes out: gpg --output opened.eml --decrypt MAIL"
        if found := _BUNDLE.fullmatch(name):
            what = "the bundle" if found[1].endswith(".zip") else "the mail in it"
            return f"Save what is attached, open it with the key, and verify {what}: {opening(found[1], found[2])}"
    return ""
