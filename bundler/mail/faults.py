"""What can be wrong with a finished mail before it leaves; codes ``MAI001`` and on."""

from __future__ import annotations

from bundler.model import Finding, FindingKind, Origin

_AGAIN = "Make the mail again with `ticket-bundler create`; do not edit it by hand."
_OURS = f"If you use your own templates, put it right there. {_AGAIN}"

TOO_LARGE = "MAI012"

FAULTS: dict[str, FindingKind] = {
    "MAI001": FindingKind(
        "The mail is marked as a draft and would reach support so.",
        "blocker",
        "With X-Unsent the copy that support keeps opens as a draft of theirs. Send the bundle with `ticket-bundler "
        "send`, which leaves the mark out.",
    ),
    "MAI002": FindingKind(
        "The file is not marked as a draft.",
        "warning",
        f"Without X-Unsent: 1 it opens as a mail that was received and has no Send. {_AGAIN}",
    ),
    "MAI003": FindingKind(
        "Lines of the mail do not end in CR LF.",
        "blocker",
        f"Servers refuse such a mail or change it on the way. Something wrote the file anew; version control can be "
        f"told not to (`*.eml -text`). {_AGAIN}",
    ),
    "MAI004": FindingKind(
        "A line of the mail is longer than 998 bytes.", "blocker", f"RFC 5321 lets servers refuse or break it. {_AGAIN}"
    ),
    "MAI005": FindingKind(
        "A line of an encoded part is longer than 76 characters.",
        "warning",
        f"RFC 2045 allows 76, and servers may break such lines. {_AGAIN}",
    ),
    "MAI006": FindingKind(
        "The name of an attachment is not one that every mail program keeps.",
        "warning",
        f"Names of A-Z, a-z, 0-9, dot, hyphen and underscore of at most 60 characters arrive everywhere. {_AGAIN}",
    ),
    "MAI007": FindingKind(
        "Two attachments have the same name.",
        "warning",
        f"Saved into one folder, one takes the place of the other, on some systems even where only the case differs. "
        f"{_AGAIN}",
    ),
    "MAI008": FindingKind("The mail shows a picture that it does not hold.", "warning", _OURS),
    "MAI009": FindingKind(
        "The mail holds a picture to be shown in its text and does not show it.",
        "warning",
        f"Some programs then show it nowhere, not even as an attachment. {_OURS}",
    ),
    "MAI010": FindingKind(
        "Text and HTML of the mail do not tell the same fields.",
        "warning",
        "Programs show one and throw the other away, and spam filters count the difference. Your own templates of "
        "mail.txt and mail.html must both begin with all fields of the ticket.",
    ),
    "MAI011": FindingKind("A file of the mail is not what the manifest says.", "blocker", _AGAIN),
    TOO_LARGE: FindingKind(
        "The mail is larger than it may be.",
        "blocker",
        "Name the recipient's limit if it is another, or have the mail made smaller or split: `ticket-bundler create "
        "--help` tells by which option.",
    ),
    "MAI013": FindingKind(
        "An attachment is of a type that Gmail or Outlook refuses.",
        "blocker",
        "They refuse the whole mail, or take the file out of it. Rename the evidence, say to trace.js.txt, and make "
        "the bundle again.",
    ),
    "MAI014": FindingKind(
        "The mail does not come from the address of the account.",
        "blocker",
        "Servers refuse it, or support's server takes it for forged (DMARC). Set the account's from to the address "
        "that logs in; another one for answers goes into Reply-To.",
    ),
    "MAI015": FindingKind(
        "The subject is not one line of at most 120 ASCII characters.",
        "warning",
        f"Help desks cut longer ones, and spam filters mistrust other letters in them. {_OURS}",
    ),
    "MAI016": FindingKind(
        "A picture in the mail has no words for those who do not see it.",
        "warning",
        f"Most programs show no pictures until asked; until then the alt text stands there. {_OURS}",
    ),
    "MAI017": FindingKind(
        "The mail tells of a folder of your computer.",
        "warning",
        "A home folder's path tells your login. Name evidence from within its folder, and mask the path with a mask "
        "file where it stands in the evidence itself.",
    ),
    "MAI018": FindingKind(
        "The mail that is sent names those who get a blind copy.",
        "blocker",
        "Every recipient would see them. Send the bundle with `ticket-bundler send --bcc`, which names them to the "
        "server alone.",
    ),
    "MAI019": FindingKind(
        "The mail lacks a header that a sent mail must have.",
        "blocker",
        "Servers refuse mails without Date and From, and spam filters those without Message-ID. Send the bundle with "
        "`ticket-bundler send`, which adds them.",
    ),
    "MAI020": FindingKind(
        "The page of the mail is longer than Gmail shows.",
        "warning",
        f"Beyond about 102 kB it is hidden behind a link. {_OURS}",
    ),
    "MAI021": FindingKind(
        "The page of the mail loads something from elsewhere or runs a script.",
        "warning",
        f"Mail programs block both, and spam filters mistrust them. {_OURS}",
    ),
    "MAI022": FindingKind("The mail is malformed in places.", "blocker", _AGAIN),
}


def fault(code: str, message: str = "") -> Finding:
    """The finding ``code`` of the table; without a message its title is the message."""
    kind = FAULTS[code]
    return Finding(
        code=code,
        severity=kind.severity,
        message=message or kind.title,
        advice=kind.advice,
        origins=(Origin("the mail", ""),),
    )
