"""The mail of the full ticket, for the tests of composing and reading."""

from __future__ import annotations

from bundler.document import attachment_name
from bundler.mail.compose import Attachment, compose, picture_id
from bundler.model import SafeTicket
from bundler.pack.open import open_bundle
from tests.document.tickets import full_ticket
from tests.pack.bundles import bundle

SUBJECT = (
    "[sandbox] POST /v1/payments/{id}/captures -> 409, PaymentId 1b0c5c2e-6d1f-4a6e-9a51-0d6a3c1f7e42 [t-7f3a2c19d0]"
)
TEXT = "MerchantId: 65a1c0de\nSummary: Beløbet er for højt  \n.\nFrom the log:\n" + "x" * 2000 + "\n-- \nÅse\n"
HTML = "<!doctype html><html lang=en><body><p>Beløbet er for højt</p><img src='cid:x'></body></html>\n" * 20


def attachments(ticket: SafeTicket | None = None) -> list[Attachment]:
    """What the mail of a ticket carries: every file of the bundle but the reports."""
    ticket = ticket or full_ticket()
    types = {".json": "application/json", ".png": "image/png"}
    return [
        Attachment(
            attachment_name(name),
            data,
            next((kind for ending, kind in types.items() if name.endswith(ending)), "application/octet-stream"),
            picture_id(ticket.ticket_id, 1) if name.startswith("pictures/01") else None,
        )
        for name, data in open_bundle(bundle()).contents
        if not name.startswith("report.")
    ]


def mail(files: list[Attachment] | None = None) -> bytes:
    return compose(
        full_ticket(),
        to="support@example.com",
        subject=SUBJECT,
        text=TEXT,
        html=HTML,
        attachments=attachments() if files is None else files,
    )
