"""The draft in a real Thunderbird: it opens ready to be sent, Send is pressed once, and support gets it as it was made.

Slow and large, so it is asked for: ``.ci/thunderbird`` runs it and writes down in RESULT.md what was seen.
"""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from bundler.errors import ExitCode
from bundler.mail.arrival import what_arrived
from bundler.mail.read import read_mail
from tests.mail.thunderbird.conftest import Seen, attached, beside, verified
from tests.mail.thunderbird.desk import Desk
from tests.mail.thunderbird.profile import USER

pytestmark = [pytest.mark.slow, pytest.mark.real]

SUPPORT = "developer@vippsmobilepay.com"
"""Whom the ticket is for; the server of these tests listens on loopback and forwards nothing."""

PEOPLE = ("--to", '"Ågård, Kim" <kim@psp.example>', "--cc", "lee@shop.example", "--bcc", "boss@shop.example")


def traces(desk: Desk, data: bytes) -> list[str]:
    """What stands in the mail, in any of its parts, that belongs to this machine and to nobody else."""
    parts = [part.get_payload(decode=True) for part in message_from_bytes(data).walk() if not part.is_multipart()]
    everything = b"\n".join([data, *(part for part in parts if isinstance(part, bytes))])
    return [each for each in (str(desk.home), desk.home.name, "file:///", ".map.json") if each.encode() in everything]


def test_send_is_pressed_once_and_every_byte_of_the_evidence_arrives(at_desk: Desk, draft: Path, seen: Seen) -> None:
    mail = read_mail(draft.read_bytes())
    at_desk.open("-profile", at_desk.profile, draft)
    shown = at_desk.draft(files=len(attached(draft)))
    assert (shown.addresses, shown.subject) == ([SUPPORT], mail.subject)
    assert shown.files == attached(draft)
    assert len(shown.pictures) == 1
    assert "app-error.png" in shown.pictures[0]
    seen("1", f"To {SUPPORT}, the subject, {len(shown.files)} attachments, 1 picture with its words in the text")

    taken = at_desk.click_send(shown)
    assert (taken.sender, taken.recipients) == (USER, (SUPPORT,))
    told = verified(at_desk, beside(draft, taken.data))
    assert set(told) == {"whole", "ticket.json"}
    assert len(told["whole"]) == len(shown.files)  # the picture is one more, MANIFEST.json lists itself not
    assert read_mail(taken.data).subject == mail.subject
    seen("2", f"verify: all {len(told['whole'])} files whole; {', '.join(told['ticket.json'])} from ticket.json")

    assert b"x-unsent" not in taken.data.lower()
    assert traces(at_desk, taken.data) == []
    seen("14", "no X-Unsent, no secret of the private map, no path of this machine")


def test_fields_are_recovered_where_every_attachment_is_gone(at_desk: Desk, draft: Path, seen: Seen) -> None:
    at_desk.open("-profile", at_desk.profile, draft)
    at_desk.draft(files=len(attached(draft)))
    sent = message_from_bytes(at_desk.press_send().data)
    whole = what_arrived(read_mail(sent.as_bytes()))
    rewritten = sent.get_payload(0)
    assert isinstance(rewritten, Message)
    found: dict[str, set[str]] = {}
    for kind in ("text/plain", "text/html"):
        (part,) = [each for each in rewritten.walk() if each.get_content_type() == kind]
        part["Subject"] = "Re: your mail"
        arrival = what_arrived(read_mail(part.as_bytes()))
        found[kind] = {field.name for field in arrival.fields}
        assert {field.name: field.value for field in whole.fields}.items() <= {
            field.name: field.value for field in arrival.fields
        }.items()
        assert {field.source for field in arrival.fields} == {"text" if kind == "text/plain" else "HTML"}
    assert {"MerchantId", "PaymentId", "Timestamp", "Ticket"} <= found["text/plain"] & found["text/html"]
    seen("2", f"{', '.join(sorted(found['text/plain']))} from Thunderbird's text alone, and from its HTML alone")


@pytest.mark.parametrize("ways", [("--program", "thunderbird"), ("--open",)], ids=["program", "desktop"])
def test_our_own_hand_over_opens_the_draft_in_a_thunderbird_that_is_closed_or_open(
    at_desk: Desk, draft: Path, seen: Seen, ways: tuple[str, ...]
) -> None:
    choose_thunderbird(at_desk)
    for state in ("closed", "open"):
        outcome = at_desk.bundle("send", draft.with_suffix(".zip"), *ways)
        assert outcome.code == ExitCode.FINE, outcome.err
        shown = at_desk.draft(files=len(attached(draft)))
        assert (shown.addresses, shown.files) == ([SUPPORT], attached(draft))
        taken = at_desk.press_send()
        assert set(verified(at_desk, beside(draft, taken.data))) == {"whole", "ticket.json"}
        assert b"x-unsent" not in taken.data.lower()
        seen("1, 2", f"send {' '.join(ways)}, Thunderbird {state}: {len(shown.files)} attachments, arrived whole")


@pytest.mark.parametrize("name", ["thunderbird-compose", "xdg-email"])
def test_the_lesser_ways_bring_the_evidence_whole_and_lose_what_they_say(
    at_desk: Desk, draft: Path, seen: Seen, name: str
) -> None:
    choose_thunderbird(at_desk)
    outcome = at_desk.bundle("send", draft, *PEOPLE, "--program", name)
    assert outcome.code == ExitCode.FINE, outcome.err
    shown = at_desk.draft(files=len(attached(draft)) + 1)
    assert (shown.addresses, shown.pictures) == (["kim@psp.example", "lee@shop.example", "boss@shop.example"], [])
    taken = at_desk.press_send()
    assert set(taken.recipients) == set(shown.addresses)
    told = verified(at_desk, beside(draft, taken.data))
    assert set(told) == {"whole", "ticket.json"}
    assert read_mail(taken.data).html == ""
    assert traces(at_desk, taken.data) == []
    seen("1, 2, 14", f"send --program {name}: all {len(told['whole'])} files whole, the HTML lost as it is said")


def test_a_short_mail_by_link_has_recipient_subject_and_fields(at_desk: Desk, draft: Path, seen: Seen) -> None:
    choose_thunderbird(at_desk)
    outcome = at_desk.bundle("send", draft, "--program", "mailto")
    assert outcome.code == ExitCode.FINE, outcome.err
    shown = at_desk.draft(files=0)
    assert shown.addresses == [SUPPORT]
    mail = read_mail(at_desk.press_send().data)
    assert mail.subject == read_mail(draft.read_bytes()).subject
    fields = {field.name for field in what_arrived(mail).fields}
    assert {"MerchantId", "PaymentId", "Timestamp", "Ticket"} <= fields
    assert "cut here" in mail.text
    seen(
        "1, 2", "send --program mailto: To, subject and the beginning of the text with all fields; no files, as is said"
    )


def test_a_follow_up_answers_the_mail_before_it(at_desk: Desk, draft: Path, seen: Seen) -> None:
    log = at_desk.home / "later.log"
    payment = draft.name.removeprefix("ticket-").rpartition("-")[0]
    log.write_text(f"2026-11-23T19:10:00.000Z ERROR again payment={payment} failed with 500\n")
    thread = ("--in-reply-to", "<second@example.com>", "--references", "<first@example.com>")
    outcome = at_desk.bundle("create", log, "--follow-up", draft, *thread, "-o", "second", "-q")
    assert outcome.code == ExitCode.FINE, outcome.err
    second = next((at_desk.home / "second").glob("*.eml"))
    at_desk.open("-profile", at_desk.profile, second)
    shown = at_desk.draft(files=len(attached(second)))
    assert shown.subject.startswith("Re: ")
    taken = at_desk.press_send()
    mail = read_mail(taken.data)
    assert mail.find_header("In-Reply-To") == "<second@example.com>"
    assert (mail.find_header("References") or "").split() == ["<first@example.com>", "<second@example.com>"]
    assert mail.subject == read_mail(second.read_bytes()).subject
    assert set(verified(at_desk, beside(second, taken.data))) == {"whole", "ticket.json"}
    seen("2", "follow-up: In-Reply-To and References kept, the files whole")


def test_everybody_who_was_named_gets_it_and_nobody_sees_who_gets_it_unseen(
    at_desk: Desk, draft: Path, seen: Seen
) -> None:
    outcome = at_desk.bundle("send", draft, *PEOPLE, "--reply-to", "team@shop.example", "--program", "thunderbird")
    assert outcome.code == ExitCode.FINE, outcome.err
    shown = at_desk.draft(files=len(attached(draft)))
    assert shown.addresses == [
        "team@shop.example",
        "Ågård, Kim <kim@psp.example>",
        "lee@shop.example",
        "boss@shop.example",
    ]
    taken = at_desk.press_send()
    assert sorted(taken.recipients) == ["boss@shop.example", "kim@psp.example", "lee@shop.example"]
    assert b"boss@shop.example" not in taken.data
    mail = read_mail(taken.data)
    assert (mail.to, mail.find_header("Cc")) == ("Ågård, Kim <kim@psp.example>", "lee@shop.example")
    assert mail.find_header("Reply-To") == "team@shop.example"
    seen("1, 14", "To with a name and a comma, Cc, Bcc in the envelope alone, Reply-To")


def choose_thunderbird(desk: Desk) -> None:
    """Thunderbird is what this desktop opens mails with."""
    chosen = desk.home / ".config" / "mimeapps.list"
    chosen.parent.mkdir()
    kinds = ("message/rfc822", "x-scheme-handler/mailto")
    lines = "".join(f"{kind}=thunderbird.desktop\n" for kind in kinds)
    chosen.write_text(f"[Default Applications]\n{lines}", encoding="utf-8")
