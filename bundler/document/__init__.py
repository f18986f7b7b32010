"""``ticket.json`` and its neighbours: what other programs may rely on, as typed records and as bytes."""

from __future__ import annotations

from bundler.document.convert import exchange_document, moment_text, to_document
from bundler.document.counting import count_redactions
from bundler.document.integrity import INTEGRITY, damage
from bundler.document.layout import Layout, attachment_name, layout
from bundler.document.manifest import (
    MANIFEST_NAME,
    Elsewhere,
    MailNumber,
    Manifest,
    ManifestFile,
    Whole,
    decode_manifest,
    encode_manifest,
    fits_own_digest,
    manifest_schema,
)
from bundler.document.ticket import (
    TICKET_NAME,
    Base64Body,
    ExchangeDocument,
    TicketDocument,
    decode,
    encode,
    json_schema,
)
from bundler.document.wire import exchange_wire

__all__ = [
    "INTEGRITY",
    "MANIFEST_NAME",
    "TICKET_NAME",
    "Base64Body",
    "Elsewhere",
    "ExchangeDocument",
    "Layout",
    "MailNumber",
    "Manifest",
    "ManifestFile",
    "TicketDocument",
    "Whole",
    "attachment_name",
    "count_redactions",
    "damage",
    "decode",
    "decode_manifest",
    "encode",
    "encode_manifest",
    "exchange_document",
    "exchange_wire",
    "fits_own_digest",
    "json_schema",
    "layout",
    "manifest_schema",
    "moment_text",
    "to_document",
]
