"""For every check of a payment's state, and of what may be used once, a ticket that trips it and one that does not."""

from __future__ import annotations

from bundler.model import SafeTicket
from tests.checks.stories import change, create, read, story, webhook

AUTHORISED = read(30, "AUTHORIZED", 24900)
REJECTED = webhook(30, "ABORTED", 0)

SAMPLES_OF_STATES: dict[str, tuple[SafeTicket, SafeTicket]] = {
    "REQ030": (
        story(create(), change("capture", 20, 24900, 409), webhook(45, "AUTHORIZED"), failing=1),
        story(create(), webhook(15, "AUTHORIZED"), change("capture", 20, 24900, 409)),
    ),
    "REQ031": (
        story(create(), AUTHORISED, change("capture", 60, 20000), change("capture", 90, 4901, 400)),
        story(create(), AUTHORISED, change("capture", 60, 20000), change("capture", 90, 4900, 400)),
    ),
    "REQ032": (
        story(create(), AUTHORISED, change("capture", 60, 24900), change("refund", 90, 25000, 400)),
        story(create(), AUTHORISED, change("capture", 60, 24900), change("refund", 90, 24900, 400)),
    ),
    "REQ033": (
        story(create(), AUTHORISED, change("refund", 90, 24900, 400)),
        story(create(), webhook(30, "AUTHORIZED"), change("refund", 90, 24900, 400)),
    ),
    "REQ034": (
        story(create(), AUTHORISED, change("capture", 60, 24900), change("cancel", 90, None, 409)),
        story(create(), AUTHORISED, change("capture", 60, 100), change("cancel", 90, None, 409)),
    ),
    "REQ035": (
        story(create(), REJECTED, change("capture", 60, 24900, 409)),
        story(create(), webhook(30, "AUTHORIZED"), change("capture", 60, 24900, 409)),
    ),
    "REQ036": (
        story(create(), AUTHORISED, change("capture", 60, 100, key="k-1"), change("capture", 90, 200, 409, key="k-1")),
        story(create(), AUTHORISED, change("capture", 60, 100, key="k-1"), change("capture", 90, 100, 409, key="k-1")),
    ),
    "REQ037": (
        story(create(key="k-1"), create(3600, 500, 409, key="k-2", index=2)),
        story(create(status=400, key="k-1"), create(3600, 500, 409, key="k-2", index=2)),
    ),
    "REQ038": (
        story(create(), AUTHORISED, change("capture", 60, 24900), change("capture", 90, 24900, 409)),
        story(create(), AUTHORISED, change("capture", 60, 900), change("capture", 90, 24000, 409)),
    ),
}
