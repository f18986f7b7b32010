"""What is said to have arrived, after mail programs and lists have been at it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from bundler.document import Elsewhere, MailNumber, Manifest, Whole
from bundler.document.manifest import ManifestFile
from bundler.mail.arrival import Arrival, what_arrived
from bundler.mail.presence import parts_of
from bundler.mail.read import File, Mail, read_mail
from tests.conftest import Invoke
from tests.mail.mails import mail

FIELDS = "MerchantId: 65a1c0de\nPaymentId: 1b0c5c2e-6d1f\nTicket: TB-7F3A2C19\n"


TABLE = (
    "<table><tr><th>MerchantId: </th><td>65a1c0de</td></tr><tr><th>PaymentId: </th><td>1b0c5c2e-6d1f</td></tr>"
    "<tr><th>Ticket: </th><td>TB-7F3A2C19</td></tr></table>"
)


def arrived(data: bytes) -> Arrival:
    return what_arrived(read_mail(data))


def states(arrival: Arrival) -> dict[str, str]:
    return {part.name: part.state for part in arrival.parts}


def with_file(change: Callable[[File], File], name: str) -> Arrival:
    found = read_mail(mail())

    def changed(file: File) -> File:
        return change(file) if file[0] == name else file

    return what_arrived(replace(found, attachments=tuple(map(changed, found.attachments))))


def test_a_fresh_mail_arrives_whole_and_its_fields_come_from_the_ticket() -> None:
    arrival = arrived(mail())
    assert set(states(arrival).values()) == {"whole"}
    assert arrival.is_trusted
    assert {field.source for field in arrival.fields} == {"ticket.json"}


def test_a_renamed_part_is_known_by_its_content() -> None:
    arrival = with_file(lambda file: ("attachment-3.bin", *file[1:]), "logs-01-service.log")
    (part,) = [part for part in arrival.parts if part.state != "whole"]
    assert (part.name, part.state, part.arrived_as) == ("logs-01-service.log", "renamed", "attachment-3.bin")


def test_changed_line_ends_are_told_from_changed_content() -> None:
    ends = with_file(lambda file: (*file[:2], file[2].replace(b"\n", b"\r\n")), "logs-01-service.log")
    other = with_file(lambda file: (*file[:2], file[2] + b"footer of a list\n"), "logs-01-service.log")
    assert states(ends)["logs-01-service.log"] == "line-ends"
    assert states(other)["logs-01-service.log"] == "changed"


def test_missing_and_additional_parts_are_named() -> None:
    found = read_mail(mail())
    kept = tuple(file for file in found.attachments if not file[0].startswith("logs"))
    arrival = what_arrived(replace(found, attachments=(*kept, ("footer.txt", "text/plain", b"-- \nlist"))))
    assert states(arrival)["logs-01-service.log"] == "missing"
    assert states(arrival)["footer.txt"] == "extra"


def test_a_ticket_that_was_changed_is_not_trusted() -> None:
    arrival = with_file(lambda file: (*file[:2], file[2].replace(b"incident", b"question")), "ticket.json")
    assert not arrival.is_trusted
    assert "ticket.json" not in {field.source for field in arrival.fields}


@pytest.mark.parametrize(
    ("text", "html", "source"),
    [
        (FIELDS, "", "text"),
        ("> " + FIELDS.replace("\n", "\n> "), "", "text"),
        ("MerchantId:\t65a1c0de\nPaymentId:\t1b0c5c2e-6d1f\nTicket:\tTB-7F3A2C19\n", "", "text"),
        ("", f"<pre>{FIELDS}</pre>", "HTML"),
        (
            "",
            TABLE,
            "HTML",
        ),
    ],
    ids=["text", "quoted", "table as text", "pre", "table"],
)
def test_fields_are_recovered_where_no_file_is_left(text: str, html: str, source: str) -> None:
    arrival = what_arrived(Mail((), "Re: something", "", text, html, ()))
    found = {field.name: (field.value, field.source) for field in arrival.fields}
    assert found == {
        "MerchantId": ("65a1c0de", source),
        "PaymentId": ("1b0c5c2e-6d1f", source),
        "Ticket": ("TB-7F3A2C19", source),
    }
    assert arrival.ticket_id == "TB-7F3A2C19"


def test_what_a_mail_asks_for_is_not_taken_for_the_answer(invoke: Invoke, tmp_path: Path) -> None:
    outcome = invoke("create", "--payment-id", "1b0c5c2e-6d1f-4a6e-9a51-0d6a3c1f7e42", "--no-input")
    assert "MerchantId: missing" in outcome.err
    (draft,) = tmp_path.glob("*.eml")
    found = read_mail(draft.read_bytes())
    assert "<strong>MerchantId:</strong> Take it from" in found.html
    for stripped in (found, replace(found, text="", attachments=())):
        fields = what_arrived(stripped).fields
        assert {"PaymentId", "Ticket"} <= {field.name for field in fields}
        assert "MerchantId" not in {field.name for field in fields}
    two = what_arrived(Mail((), "", "", "ErrorCode: merchant 2040\nTicket: TB-7F3A2C19\n", "", ())).fields
    assert [(field.name, field.value) for field in two] == [("ErrorCode", "merchant 2040"), ("Ticket", "TB-7F3A2C19")]


def test_the_subject_is_the_last_resort() -> None:
    subject = "Re: [sandbox] POST -> 409, PaymentId 1b0c5c2e-6d1f [TB-7F3A2C19]"
    arrival = what_arrived(Mail((), subject, "", "hello", "", ()))
    assert [(field.name, field.value, field.source) for field in arrival.fields] == [
        ("PaymentId", "1b0c5c2e-6d1f", "subject"),
        ("Ticket", "TB-7F3A2C19", "subject"),
    ]


def test_a_mail_that_is_none_of_ours_has_nothing_but_files() -> None:
    arrival = what_arrived(Mail((), "Invoice", "", "MerchantId is a word", "<p>PaymentId", (("a", "b/c", b"d"),)))
    assert (arrival.ticket_id, arrival.fields, states(arrival)) == ("", (), {"a": "extra"})


def test_a_page_of_nothing_but_brackets_is_read_in_the_end() -> None:
    assert what_arrived(Mail((), "", "", "", "<![" * 50_000 + "<table" * 20_000, ())).fields == ()


def test_of_two_files_with_the_same_name_the_right_one_counts_and_the_other_is_additional() -> None:
    found = read_mail(mail())
    arrival = what_arrived(replace(found, attachments=(("ticket.json", "text/plain", b"{}"), *found.attachments)))
    assert arrival.is_trusted
    assert [(part.name, part.state, part.number) for part in arrival.parts if part.name == "ticket.json"] == [
        (
            "ticket.json",
            "whole",
            found.attachments.index(next(f for f in found.attachments if f[0] == "ticket.json")) + 1,
        ),
        ("ticket.json", "extra", 0),
    ]


def test_two_files_that_changed_their_names_are_both_known() -> None:
    found = read_mail(mail())
    names = {"ticket.json": "logs-01-service.log", "logs-01-service.log": "ticket.json"}
    swapped = tuple((names.get(name, name), *rest) for name, *rest in found.attachments)
    arrival = what_arrived(replace(found, attachments=swapped))
    assert {part.name: part.arrived_as for part in arrival.parts if part.state == "renamed"} == names
    assert arrival.is_trusted


def test_a_file_that_is_there_once_is_not_taken_for_its_equal_that_is_missing() -> None:
    whole = parts_of([("a-1.log", "", b"same"), ("a-2.log", "", b"same")], listing("a/1.log", "a/2.log"))
    less = parts_of([("a-1.log", "", b"same")], listing("a/1.log", "a/2.log"))
    assert [part.state for part in whole] == ["whole", "whole"]
    assert [part.state for part in less] == ["whole", "missing"]


def test_a_file_with_another_name_and_other_line_ends_is_still_found() -> None:
    (part,) = parts_of([("ATT0001.txt", "", b"one\r\ntwo")], listing("logs/1.log", data=b"one\ntwo\n"))
    assert (part.name, part.state, part.arrived_as) == ("logs-1.log", "line-ends", "ATT0001.txt")


def test_what_the_mail_leaves_out_on_purpose_is_told_and_reports_in_the_bundle_are_not() -> None:
    manifest = listing("logs/1.log")
    (log,) = manifest.files
    manifest = replace(
        manifest,
        files=(replace(log, whole=Whole(name="logs/1.log", size=5000, sha256=log.sha256)),),
        elsewhere=(
            Elsewhere(name="pictures/02.png", size=1234, sha256=log.sha256, mail=2),
            Elsewhere(name="report.html", size=1, sha256=log.sha256, why="the text stands for it"),
        ),
        mail=MailNumber(number=1, count=2),
    )
    assert [(part.name, part.state, part.note) for part in parts_of([("logs-1.log", "", b"same")], manifest)] == [
        ("logs-1.log", "whole", "has 4 of 5,000 bytes: cut"),
        ("pictures-02.png", "elsewhere", "(1,234 bytes) is in mail 2 of 2"),
    ]


def listing(*names: str, data: bytes = b"same") -> Manifest:
    files = tuple(
        ManifestFile(
            name=name, size=len(data), sha256=sha256(data).hexdigest(), origin="test", redactions=(), omitted=()
        )
        for name in names
    )
    return Manifest(schema="ticket-bundler/manifest/1", ticket_id="TB-7F3A2C19", tool="test", files=files)
