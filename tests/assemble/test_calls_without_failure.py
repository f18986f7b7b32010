"""Calls of which none failed give what clearly belongs to the payment, and never a guess between several."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Invoke

API = "https://api.vipps.no/epayment/v1/payments"
EVENT = "The customer has paid, and the order stays open"
FIRST, SECOND = "acme-shop-1001", "acme-shop-1002"


def entry(
    method: str, path: str, minute: int, answer: object, sent: object = None, msn: str = "210045"
) -> dict[str, Any]:
    sending = {"postData": {"mimeType": "application/json", "text": json.dumps(sent)}} if sent else {}
    return {
        "startedDateTime": f"2026-11-23T13:{minute:02}:11.482Z",
        "time": 212,
        "request": {
            "method": method,
            "url": API + path,
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": "Merchant-Serial-Number", "value": msn}],
            **sending,
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"mimeType": "application/json", "text": json.dumps(answer)},
        },
    }


def payment(reference: str, minute: int, psp_reference: str, msn: str = "210045") -> list[dict[str, Any]]:
    amount = {"currency": "NOK", "value": 49900}
    state = {"reference": reference, "state": "AUTHORIZED", "pspReference": psp_reference, "amount": amount}
    return [
        entry("POST", "", minute, {"reference": reference}, {"amount": amount, "reference": reference}, msn),
        entry("GET", f"/{reference}", minute + 1, state, msn=msn),
    ]


PSP_REFERENCES = ("6037f8f8-7ab1-4c1c-9e36-4fd01c9a7e2b", "b1c5d2aa-0f6e-4a55-9d0b-08d7a3ee4e14")


def recorded(folder: Path, *entries: object) -> Path:
    path = folder / "shop.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), encoding="utf-8")
    return path


def ticket(invoke: Invoke, *argv: str | Path) -> dict[str, Any]:
    outcome = invoke("check", *argv, "--event", EVENT, "--json")
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)["ticket"]
    return found


def notes(found: dict[str, Any]) -> str:
    return " ".join(note for taken in found["evidence"] for note in taken["notes"])


def test_the_one_payment_that_all_calls_are_about_gives_its_ids(invoke: Invoke, tmp_path: Path) -> None:
    found = ticket(invoke, recorded(tmp_path, *payment(FIRST, 2, PSP_REFERENCES[0])))
    assert found["facts"]["payment_id"]["value"] == FIRST
    assert {"source": "shop.har", "place": "entry 2, URL path"} in found["facts"]["payment_id"]["origins"]
    assert found["facts"]["merchant_id"]["value"] == "210045"
    assert (found["provider"], found["family"], found["environment"]) == ("vipps-mobilepay", "epayment", "production")
    assert [exchange["failing"] for exchange in found["exchanges"]] == [False, False]
    assert found["facts"]["occurred_at"] is None
    assert f"They all are about {FIRST}" in notes(found)


def test_a_recording_of_one_call_is_told_of_in_the_singular(invoke: Invoke, tmp_path: Path) -> None:
    call = recorded(tmp_path, payment(FIRST, 2, PSP_REFERENCES[0])[0])
    assert f"Its only call did not fail; the ids of {FIRST} were taken from it." in notes(ticket(invoke, call))
    assert "The call in shop.har did not fail" in invoke("check", call).err


def test_several_payments_are_named_and_none_of_them_is_taken(invoke: Invoke, tmp_path: Path) -> None:
    calls = payment(FIRST, 2, PSP_REFERENCES[0]) + payment(SECOND, 5, PSP_REFERENCES[1])
    found = ticket(invoke, recorded(tmp_path, *calls))
    assert found["facts"]["payment_id"] is None
    assert found["exchanges"] == []
    assert f"2 payments: {FIRST}, {SECOND}. --payment-id says which" in notes(found)
    assert found["facts"]["merchant_id"]["value"] == "210045"
    assert (found["family"], found["environment"]) == ("epayment", "production")


def test_merchants_that_differ_are_not_chosen_between(invoke: Invoke, tmp_path: Path) -> None:
    calls = payment(FIRST, 2, PSP_REFERENCES[0]) + payment(SECOND, 5, PSP_REFERENCES[1], msn="210046")
    assert ticket(invoke, recorded(tmp_path, *calls))["facts"]["merchant_id"] is None


def test_another_id_that_was_typed_picks_the_payment_that_is_named_with_it(invoke: Invoke, tmp_path: Path) -> None:
    calls = payment(FIRST, 2, PSP_REFERENCES[0]) + payment(SECOND, 5, PSP_REFERENCES[1])
    found = ticket(invoke, recorded(tmp_path, *calls), "--id", f"pspReference={PSP_REFERENCES[1]}")
    assert found["facts"]["payment_id"]["value"] == SECOND
    assert len(found["exchanges"]) == 2
    assert "Those that name what you typed are about" in notes(found)


def test_charges_of_one_agreement_are_several_payments(invoke: Invoke, tmp_path: Path) -> None:
    base = "https://api.vipps.no/recurring/v3/agreements/agr_7Kd2pWx/charges"
    calls = [entry("GET", "", 2, {"id": each, "status": "CHARGED"}) for each in ("chr-Qm4kT9a", "chr-Zx2Lp0b")]
    for call, charge in zip(calls, ("chr-Qm4kT9a", "chr-Zx2Lp0b"), strict=True):
        call["request"]["url"] = f"{base}/{charge}"
    found = ticket(invoke, recorded(tmp_path, *calls))
    assert found["facts"]["payment_id"] is None
    assert "2 payments: chr-Qm4kT9a, chr-Zx2Lp0b" in notes(found)
    one = ticket(invoke, recorded(tmp_path, calls[0]))
    assert one["facts"]["payment_id"]["value"] == "chr-Qm4kT9a"


def test_logs_that_tell_a_failure_of_one_of_them_say_which_is_meant(invoke: Invoke, tmp_path: Path) -> None:
    calls = payment(FIRST, 2, PSP_REFERENCES[0]) + payment(SECOND, 5, PSP_REFERENCES[1])
    log = tmp_path / "shop.log"
    log.write_text(
        f"2026-11-23 13:08:00,000 ERROR shop: POST {API}/{SECOND}/capture failed with status 500\n", encoding="utf-8"
    )
    found = ticket(invoke, recorded(tmp_path, *calls), log, "--tz", "UTC")
    assert found["facts"]["payment_id"]["value"] == SECOND
    assert len(found["exchanges"]) == 2
    assert f"Those of {SECOND} were taken" in notes(found)


def test_a_failure_that_the_logs_tell_of_another_payment_is_not_taken_for_the_recorded_one(
    invoke: Invoke, tmp_path: Path
) -> None:
    log = tmp_path / "shop.log"
    log.write_text(
        f"2026-11-23 13:08:00,000 ERROR shop: POST {API}/{SECOND}/capture failed with status 500\n", encoding="utf-8"
    )
    found = ticket(invoke, recorded(tmp_path, *payment(FIRST, 2, PSP_REFERENCES[0])), log, "--tz", "UTC")
    assert found["facts"]["payment_id"]["value"] == FIRST
    assert found["facts"]["occurred_at"] is None
