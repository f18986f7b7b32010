"""``create --follow-up`` with the real program: only what is new, under the same id, with the same placeholders."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bundler.errors import ExitCode
from bundler.mail.read import Mail, read_mail
from bundler.pack.open import open_bundle
from tests.commands.maps import made, placeholders
from tests.conftest import Invoke
from tests.refusals import refused

ROOT = Path(__file__).parents[2]
PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"
OTHER = "0d1c2b3a-78cd-4f9e-b0eb-4e3c5c57ded7"
CURL = f"""curl -i https://api.vipps.no/epayment/v1/payments/{PAYMENT}/capture -H 'Merchant-Serial-Number: 654321' \\
  -H 'Authorization: Bearer kq7Zr2x9tAvB4mN8sLd0kq7Zr2x9' -d '{{"email":"ola@example.com","phoneNumber":"+4791234567"}}'
"""
LINES = (
    f"2026-11-23T13:02:11.000Z INFO capture payment={PAYMENT} for ola@example.com\n"
    f"2026-11-23T13:02:12.000Z ERROR capture payment={PAYMENT} failed with 500\n"
)
LATER = f"2026-11-23T14:10:00.000Z ERROR again payment={PAYMENT} failed for ola@example.com and per@example.com\n"

First = tuple[dict[str, Any], dict[str, Path]]


@pytest.fixture
def first(invoke: Invoke, tmp_path: Path) -> First:
    """The ticket that is followed up: a request and a log."""
    (tmp_path / "app.log").write_text(LINES)
    (tmp_path / "ola.sh").write_text(CURL)
    ticket, files = made(invoke, "ola.sh", "app.log", "-o", "first")
    return ticket, {name: tmp_path / path for name, path in files.items()}


def _sent(files: dict[str, Path]) -> Mail:
    return read_mail(files["mail"].read_bytes())


@pytest.mark.parametrize("form", ["bundle", "mail"])
def test_only_what_is_new_is_sent(invoke: Invoke, tmp_path: Path, first: First, form: str) -> None:
    before, files = first
    (tmp_path / "app.log").write_text(LINES + LATER)
    ticket, new = made(invoke, tmp_path / "ola.sh", "app.log", "--follow-up", files[form], "-o", "second")
    assert (ticket["ticket_id"], ticket["update"]) == (before["ticket_id"], 2)
    assert ticket["follows"] == sha256(open_bundle(files["bundle"]).members["ticket.json"]).hexdigest()
    assert ticket["exchanges"] == []
    log = open_bundle(new["bundle"]).members[ticket["logs"][0]["file"]].decode()
    assert log == LATER.replace("ola@example.com", "[email-1]").replace("per@example.com", "[email-2]")
    day = f"already sent with ticket {before['ticket_id']} of 2026-11-23"
    assert {"records": 2, "why": day} in ticket["logs"][0]["omitted"]
    assert ticket["notes"] == [f"Left out: 1 call {day}."]
    left_out = next(each for each in ticket["evidence"] if each["source"] == "ola.sh")
    assert (left_out["used"], left_out["reason"]) == (False, day)
    assert (
        dict(placeholders(new["map"])).items()
        >= {
            "[email-1]": "ola@example.com",
            "[email-2]": "per@example.com",
            "[phone-1]": "+4791234567",
        }.items()
    )
    assert invoke("verify", new["bundle"]).code == ExitCode.FINE
    assert invoke("verify", new["mail"]).code == ExitCode.FINE


def test_facts_that_are_not_given_again_come_from_the_ticket(invoke: Invoke, tmp_path: Path, first: First) -> None:
    before, files = first
    (tmp_path / "later.log").write_text(LATER)
    ticket, _ = made(invoke, "later.log", "--follow-up", files["bundle"], "-o", "second")
    origin = {"source": f"ticket {before['ticket_id']} of 2026-11-23", "place": ""}
    assert ticket["facts"]["merchant_id"]["value"] == "654321"
    assert ticket["facts"]["merchant_id"]["origins"] == [origin]
    assert ticket["facts"]["payment_id"]["value"] == PAYMENT
    assert origin in ticket["facts"]["payment_id"]["origins"]
    assert "you" not in {each["source"] for each in ticket["facts"]["payment_id"]["origins"]}
    assert ticket["provider"] == before["provider"]
    given = [each for each in ticket["asked"] if each["where"] == origin["source"]]
    assert {"request"} <= {each["item"] for each in given}
    assert not {each["code"] for each in ticket["findings"]} & {each["code"] for each in before["findings"]}


def test_words_alone_are_a_follow_up(invoke: Invoke, tmp_path: Path, first: First) -> None:
    before, files = first
    ticket, new = made(invoke, "--event", "It works again.", "--follow-up", files["bundle"], "-o", "second")
    assert ticket["event"] == "It works again."
    assert ticket["facts"]["occurred_at"]["value"] == before["facts"]["occurred_at"]["value"]
    third, _ = made(invoke, "--event", "Not any more.", "--follow-up", new["bundle"], "-o", "third")
    assert (third["ticket_id"], third["update"]) == (before["ticket_id"], 3)


def test_the_mail_threads(invoke: Invoke, first: First) -> None:
    before, files = first
    event = ("--event", "It works again.", "--follow-up", files["mail"])
    _, plain = made(invoke, *event, "-o", "plain")
    mail = _sent(plain)
    assert mail.subject.startswith("Re: ")
    assert not mail.subject.startswith("Re: Re: ")
    assert mail.find_header("X-Ticket-Id") == before["ticket_id"]
    assert mail.find_header("In-Reply-To") is None
    thread = ("--in-reply-to", "<b@example.com>", "--references", "<a@example.com>")
    _, answered = made(invoke, *event, *thread, "-o", "answered")
    mail = _sent(answered)
    assert mail.find_header("In-Reply-To") == "<b@example.com>"
    assert (mail.find_header("References") or "").split() == ["<a@example.com>", "<b@example.com>"]
    assert mail.subject.startswith("Re: ")
    assert not mail.subject.startswith("Re: Re: ")


def test_a_ticket_of_its_own_follows_nothing(first: First) -> None:
    ticket, files = first
    assert not {"update", "follows"} & ticket.keys()
    assert not _sent(files).subject.startswith("Re:")


def test_what_was_sent_already_is_no_follow_up(invoke: Invoke, tmp_path: Path, first: First) -> None:
    _, files = first
    argv = ("create", tmp_path / "ola.sh", "app.log", "--follow-up", files["bundle"], "-o", "second")
    refused(invoke, tmp_path, ExitCode.USAGE, "All of it was sent with ticket TB-", *argv)


def test_another_payment_or_provider_is_asked_about(invoke: Invoke, tmp_path: Path, first: First) -> None:
    _, files = first
    other = tmp_path / "other.sh"
    other.write_text(CURL.replace(PAYMENT, OTHER))
    argv = ("create", other, "--follow-up", files["bundle"], "-o", "second")
    refused(invoke, tmp_path, ExitCode.USAGE, "The evidence is of another payment than ticket TB-", *argv)
    ticket, _ = made(invoke, *argv[1:], "--payment-id", OTHER)
    assert ticket["facts"]["payment_id"]["value"] == OTHER
    other.write_text(other.read_text().replace("api.vipps.no", "api.stripe.com"))
    refused(invoke, tmp_path, ExitCode.USAGE, "and ticket TB-", *argv[:-1], "third", "--payment-id", OTHER)


def test_the_earlier_ticket_has_to_be_whole(invoke: Invoke, tmp_path: Path, first: First) -> None:
    _, files = first
    event = ("create", "--event", "Again.", "-o", "second", "--follow-up")
    refused(invoke, tmp_path, ExitCode.INPUT, "nowhere.zip", *event, "nowhere.zip")
    refused(invoke, tmp_path, ExitCode.INPUT, "neither a bundle nor a mail", *event, "app.log")
    mail = files["mail"].read_bytes()
    files["mail"].write_bytes(mail.replace(b"X-Ticket-Id: TB-", b"X-Ticket-Id: TX-", 1))
    refused(invoke, tmp_path, ExitCode.INPUT, "is damaged", *event, files["mail"])


def test_without_the_map_placeholders_would_differ(invoke: Invoke, tmp_path: Path, first: First) -> None:
    before, files = first
    shutil.move(files["map"], tmp_path / "kept.map.json")
    (tmp_path / "later.log").write_text(LATER)
    argv = ("create", "later.log", "-o", "second", "--follow-up", files["bundle"])
    refused(invoke, tmp_path, ExitCode.USAGE, "The private map of ticket-", *argv)
    _, named = made(invoke, *argv[1:], "--map", "kept.map.json")
    assert json.loads(named["map"].read_bytes())["ticket_id"] == before["ticket_id"]
    assert dict(placeholders(named["map"]))["[email-1]"] == "ola@example.com"
    _, new = made(invoke, *argv[1:], "--new-placeholders", "--force")
    assert len(placeholders(new["map"])) == 2
    both = ("--new-placeholders", "--map", "kept.map.json")
    refused(invoke, tmp_path, ExitCode.USAGE, "contradict", *argv, *both)


def test_options_of_a_follow_up_are_refused_without_one(invoke: Invoke, tmp_path: Path) -> None:
    said = "--new-placeholders is for a follow-up"
    refused(invoke, tmp_path, ExitCode.USAGE, said, "create", "--event", "x", "--new-placeholders")
    refused(invoke, tmp_path, ExitCode.USAGE, "needs the mail", "create", "--event", "x", "--references", "<a@b.c>")
