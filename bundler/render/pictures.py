"""Pictures inside documents: as data in the report, by content id in the mail."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Literal

from bundler.model import Picture, SafeTicket
from bundler.render.headline import shortened
from bundler.render.text import inline

if TYPE_CHECKING:
    from markupsafe import Markup


def data_uri(picture: Picture) -> Markup:
    """The whole picture as a ``data:`` URL (RFC 2397), which holds nothing that HTML would have to escape."""
    return data_uri_of(picture.data, picture.format)


def data_uri_of(data: bytes, form: Literal["png", "jpeg"]) -> Markup:
    """The same for a picture of which only the bytes are at hand."""
    from markupsafe import Markup

    return Markup("data:image/{};base64,{}").format(form, base64.b64encode(data).decode())


def cid(ticket: SafeTicket, number: int) -> str:
    """The Content-ID (RFC 2392) of the ticket's picture ``number`` (from 1) in its mail, without angle brackets."""
    from bundler.mail.compose import picture_id

    return picture_id(ticket.ticket_id, number)


def alt(picture: Picture, event: str | None = None) -> str:
    """What the picture shows, in the user's words: its caption, else what it is and the ``event`` it was made at."""
    if picture.caption:
        return inline(picture.caption, 200)
    made = f"Screenshot from {picture.source}, {picture.width} × {picture.height} pixels"
    words = " ".join((event or "").split())
    return inline(f"{made}: {shortened(words, 160)}" if words else made, 400)
