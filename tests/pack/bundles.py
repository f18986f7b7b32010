"""Bundles made by hand for the tests of packing."""

from __future__ import annotations

from bundler.document import count_redactions, encode, exchange_wire, layout, to_document
from bundler.model import SafeTicket
from bundler.pack.build import Member, build
from tests.document.tickets import full_ticket

TOOL = "ticket-bundler 0.1.0"


def members(ticket: SafeTicket | None = None) -> list[Member]:
    ticket = ticket or full_ticket()
    names = layout(ticket)
    made = [
        Member("ticket.json", encode(to_document(ticket)), "the ticket"),
        Member("report.md", b"# Report\n" * 50, "rendered from the ticket"),
    ]
    for name, exchange in zip(names.exchanges, ticket.exchanges, strict=True):
        data = exchange_wire(exchange)
        made.append(Member(name, data, exchange.source, count_redactions(data, ticket.redactions)))
    for name, log in zip(names.logs, ticket.logs, strict=True):
        made.append(Member(name, log.data, log.source, omitted=log.omitted))
    for name, picture in zip(names.pictures, ticket.pictures, strict=True):
        made.append(Member(name, picture.data, picture.source))
    return made


def bundle() -> bytes:
    return build(members(), ticket_id=full_ticket().ticket_id, tool=TOOL)
