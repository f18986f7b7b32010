"""Whether a mail still holds what its manifest says."""

from __future__ import annotations

import email
import email.policy
import os
import random
import re

from msgspec.structs import replace

from bundler.document import MANIFEST_NAME
from bundler.errors import UnreadableInput
from bundler.mail.compose import Attachment
from bundler.mail.read import read_mail
from bundler.mail.verified import verify_mail
from tests.mail.mails import attachments, mail


def _codes(data: bytes) -> list[str]:
    return [finding.code for finding in verify_mail(read_mail(data), data)]


def _changed(name: str, data: bytes) -> bytes:
    return mail([replace(file, data=data) if file.name == name else file for file in attachments()])


def test_fresh_mail_is_intact() -> None:
    assert _codes(mail()) == []


def test_changed_file_is_found() -> None:
    changed = _changed("logs-01-service.log", b"other\n")
    (finding,) = verify_mail(read_mail(changed), changed)
    assert (finding.code, finding.severity) == ("PRV101", "blocker")
    assert "logs-01-service.log" in finding.message


def test_picture_shown_in_the_text_counts_as_attached_and_is_verified() -> None:
    assert _codes(_changed("pictures-01-phone.png", b"")) == ["PRV101"]


def test_added_and_doubled_files_are_found() -> None:
    assert _codes(mail([*attachments(), Attachment("virus.txt", b"", "application/octet-stream")])) == ["PRV103"]
    doubled = mail([*attachments(), Attachment("ticket.json2", b"", "application/json")]).replace(b"json2", b"json")
    assert _codes(doubled) == ["PRV103", "PRV114"]


def test_missing_file_is_found_and_reports_are_not_asked_for() -> None:
    without = mail([file for file in attachments() if not file.name.startswith("logs")])
    findings = verify_mail(read_mail(without), without)
    assert [(each.code, each.severity) for each in findings] == [("PRV111", "warning")]
    assert _codes(mail([file for file in attachments() if file.name != "ticket.json"])) == ["PRV111"]


def test_mail_without_a_readable_manifest_cannot_be_verified() -> None:
    assert _codes(mail([file for file in attachments() if file.name != MANIFEST_NAME])) == ["PRV110"]
    assert _codes(_changed(MANIFEST_NAME, b"{}")) == ["PRV110"]


def test_manifest_that_says_something_else_is_found() -> None:
    own = next(file.data for file in attachments() if file.name == MANIFEST_NAME)
    sent = b"Date: Mon, 23 Nov 2026 13:30:00 +0000\r\n"
    for old, new in ((b'"origin": "phone.png"', b'"origin": "phony.png"'), (b"own_sha256", b"own_sha255")):
        assert own.count(old) == 1
        changed = sent + _changed(MANIFEST_NAME, own.replace(old, new))
        (finding,) = verify_mail(read_mail(changed), changed)
        assert (finding.code, finding.severity) == ("PRV120", "blocker")
    assert _codes(sent + _changed(MANIFEST_NAME, own.replace(b"\n", b"\r\n"))) == []


def test_ticket_of_another_mail_is_found() -> None:
    ticket = next(file.data for file in attachments() if file.name == "ticket.json")
    assert _codes(_changed("ticket.json", ticket.replace(b"t-7f3a2c19d0", b"t-7f3a2c19d1"))) == ["PRV101", "PRV107"]
    assert _codes(_changed("ticket.json", b"{}")) == ["PRV101", "PRV106"]


def test_draft_without_its_mark_is_found_and_a_sent_mail_needs_none() -> None:
    unmarked = mail().replace(b"X-Unsent: 1\r\n", b"")
    assert _codes(unmarked) == ["PRV112", "PRV114"]
    assert _codes(b"Date: Mon, 23 Nov 2026 13:30:00 +0000\r\n" + unmarked) == []


def test_malformed_mail_is_said_to_be_one() -> None:
    boundary = re.findall(rb'boundary="([^"]+)"', mail())[0]
    assert _codes(mail().replace(b"\r\n--" + boundary + b"--\r\n", b"\r\n")) == ["PRV114", "PRV113"]


def test_mail_that_a_program_wrote_anew_is_intact() -> None:
    message = email.message_from_bytes(mail(), policy=email.policy.default)
    message["Date"] = "Mon, 23 Nov 2026 13:30:00 +0000"
    for name in ("X-Unsent", "X-Ticket-Id"):
        del message[name]
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary("other" + str(part.get_boundary())[1:])
    assert _codes(message.as_bytes(policy=email.policy.SMTP)) == []


def _is_caught(data: bytes) -> bool:
    try:
        return bool(_codes(data))
    except UnreadableInput:
        return True


def test_every_changed_byte_of_a_draft_is_found() -> None:
    draft = mail()
    dice = random.Random(2027)
    for _ in range(int(os.environ.get("MUTATIONS", "1500"))):
        at = dice.randrange(len(draft))
        changed = bytearray(draft)
        changed[at] ^= dice.randrange(1, 256)
        assert _is_caught(bytes(changed)), f"byte {at} of {len(draft)}"


def test_every_changed_byte_of_a_file_in_a_mail_that_was_sent_is_found_or_without_effect() -> None:
    sent = b"Date: Mon, 23 Nov 2026 13:30:00 +0000\r\n" + mail()
    original = read_mail(sent)
    start = sent.index(b"ticket.json")
    for at in range(start + 30, start + 400, 7):
        bent = bytearray(sent)
        bent[at] = ord("A") if bent[at] != ord("A") else ord("B")
        read = read_mail(bytes(bent))
        assert verify_mail(read, bytes(bent)) or read.attachments == original.attachments


def _renamed(data: bytes, name: bytes, other: bytes) -> bytes:
    return b"Date: Mon, 23 Nov 2026 13:30:00 +0000\r\n" + data.replace(b'"' + name + b'"', b'"' + other + b'"')


def test_a_renamed_file_is_told_once_and_is_intact() -> None:
    sent = _renamed(mail(), b"logs-01-service.log", b"ATT00001.bin")
    (finding,) = verify_mail(read_mail(sent), sent)
    assert (finding.code, finding.severity) == ("PRV117", "note")
    assert finding.message == "logs-01-service.log arrived as ATT00001.bin; its content is right."


def test_a_renamed_ticket_is_found_by_its_content() -> None:
    assert _codes(_renamed(mail(), b"ticket.json", b"ATT00002.json")) == ["PRV117"]


def test_mere_line_ends_are_a_warning_that_says_so() -> None:
    log = next(file.data for file in attachments() if file.name == "logs-01-service.log")
    changed = _changed("logs-01-service.log", log.replace(b"\n", b"\r\n"))
    (finding,) = verify_mail(read_mail(changed), changed)
    assert (finding.code, finding.severity) == ("PRV118", "warning")
    assert "line ends" in finding.message
