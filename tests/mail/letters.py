"""Letters of the full ticket, ready to be encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bundler.mail.compose import Attachment
from bundler.mail.letter import Letter, Manner, Sender
from bundler.mail.manners import as_letter
from tests.conftest import NOW
from tests.mail.mails import mail

MOMENT = datetime.fromtimestamp(NOW, UTC)
SENDER = Sender("kim@psp.example", "Kim Ågård")
SUPPORT = "support@example.com"


def letter(
    manner: Manner = "send",
    *,
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    files: list[Attachment] | None = None,
    to: Sequence[str] | None = None,
) -> Letter:
    """The mail of the full ticket to support, as it leaves in ``manner``."""
    return as_letter(mail(files), manner, SENDER, MOMENT, to=to, cc=cc, bcc=bcc)
