"""The findings about a finished bundle or mail: changed, missing, added; codes ``PRV1xx``."""

from __future__ import annotations

from bundler.model import Finding, FindingKind, Origin

_AGAIN = "Make the bundle again with `ticket-bundler create`, or ask the sender for it again."

INTEGRITY: dict[str, FindingKind] = {
    "PRV101": FindingKind("A file is not what it was when the bundle was made.", "blocker", _AGAIN),
    "PRV102": FindingKind("A file that the manifest lists is missing.", "blocker", _AGAIN),
    "PRV103": FindingKind("There is a file that the manifest does not list.", "blocker", _AGAIN),
    "PRV104": FindingKind("The manifest lists a file twice.", "blocker", _AGAIN),
    "PRV105": FindingKind("The archive holds bytes that belong to none of its files.", "blocker", _AGAIN),
    "PRV106": FindingKind("ticket.json cannot be read as a ticket.", "blocker", _AGAIN),
    "PRV107": FindingKind("ticket.json and the manifest are of different tickets.", "blocker", _AGAIN),
    "PRV108": FindingKind("ticket.json and the manifest do not name the same files.", "blocker", _AGAIN),
    "PRV110": FindingKind(
        "The mail has no readable manifest, so that nothing in it can be verified.", "blocker", _AGAIN
    ),
    "PRV111": FindingKind(
        "A file of the ticket is not attached to the mail.",
        "warning",
        "Attach it by hand, or attach the bundle that lies beside the mail.",
    ),
    "PRV112": FindingKind(
        "The mail was not sent yet and is not marked as a draft.",
        "warning",
        "Without the mark (X-Unsent: 1) it opens as a mail that was received: make it again with "
        "`ticket-bundler create`.",
    ),
    "PRV113": FindingKind(
        "The mail is malformed in places.",
        "warning",
        "The files in it are judged by their digests all the same; if one is reported, ask for the mail again.",
    ),
    "PRV114": FindingKind("The draft is not byte for byte what it was when it was made.", "blocker", _AGAIN),
    "PRV115": FindingKind(
        "The mail holds less of a file than the bundle does, as its manifest says.",
        "note",
        "It had to fit into a mail. The sender has the whole bundle: ask for it if what is left out matters.",
    ),
    "PRV116": FindingKind(
        "A file of the ticket is not in this mail, as its manifest says.",
        "note",
        "It is in another mail of the same ticket, or only in the bundle, which the sender has.",
    ),
    "PRV117": FindingKind(
        "A file of the ticket arrived under another name.",
        "note",
        "A mail program or a list renamed it. Its content is what was sent; the ticket names it by the first name.",
    ),
    "PRV118": FindingKind(
        "A file of the ticket arrived with other line ends.",
        "warning",
        "A program on the way wrote CR LF for LF, or the reverse. The text is the same; digests of it differ.",
    ),
    "PRV119": FindingKind(
        "The bundle that holds all of the ticket stays with the sender.",
        "note",
        "If you are sent it later, compare its SHA-256 (sha256sum FILE), and verify it as you verified this mail.",
    ),
    "PRV120": FindingKind(
        "The manifest in the mail is not what it was when the ticket was made.",
        "blocker",
        "What it says of origins, masked values and files that are not here may be wrong: ask the sender for the mail "
        "again.",
    ),
}


def damage(code: str, source: str, message: str = "") -> Finding:
    """The finding ``code`` of the table, about ``source``; without a message its title is the message."""
    explanation = INTEGRITY[code]
    return Finding(
        code=code,
        severity=explanation.severity,
        message=message or explanation.title,
        advice=explanation.advice,
        origins=(Origin(source, ""),),
    )
