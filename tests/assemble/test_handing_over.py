"""Card data that is not masked keeps a mail from being handed over, wherever in it that stands and whoever kept it."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from pathlib import Path

import pyrage
import pytest

from bundler.assemble.handing_over import refuse_card_data
from bundler.errors import ExitCode, LeakFound
from bundler.mail.compose import Attachment
from bundler.mail.keys import Key
from bundler.mail.sealing import seal_letter
from bundler.redact.card_data import TEST_CARDS
from bundler.redact.proofs import is_card
from tests.conftest import Invoke
from tests.mail.letters import MOMENT, letter
from tests.mail.mails import attachments, mail
from tests.pack.bundles import bundle

DEMO = Path(__file__).parents[2] / "bundler" / "demo"
CARD = "4571501827408723"


def with_text(text: str | bytes, name: str = "extra.log") -> bytes:
    data = text if isinstance(text, bytes) else text.encode()
    return mail([*attachments(), Attachment(name, data, "application/octet-stream")])


@pytest.mark.parametrize(
    "text",
    [
        f"paid with {CARD}",
        "paid with 4571 5018 2740 8723",
        "paid with 4571-5018-2740-8723",
        f'{{"pan":"{CARD}"}}',
        "cardNumber=500000000000000013",
        f"track2={CARD}D29121010000000000000",
        f"%22{CARD}%22",
        b64encode(f"card {CARD} was used, card {CARD}".encode()).decode(),
        gzip.compress(f"line 1\npaid with {CARD}\n".encode()),
        f"paid with {CARD}".encode("utf-16"),
    ],
)
def test_a_card_number_in_any_layer_stops_the_hand_over(text: str | bytes) -> None:
    with pytest.raises(LeakFound) as caught:
        refuse_card_data(with_text(text))
    assert caught.value.exit_code is ExitCode.LEAK
    assert caught.value.message.startswith("There is a card number in the mail > extra.log")
    assert CARD not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    "text", ['{"cvv":"123"}', "securityCode=9871", "cvc: 123", '{"card":{"cvc2":123}}', "sent with cvv 123"]
)
def test_a_security_code_stops_the_hand_over(text: str) -> None:
    with pytest.raises(LeakFound) as caught:
        refuse_card_data(with_text(text))
    assert caught.value.message.startswith("There is the security code of a card in the mail > extra.log, line 1")


@pytest.mark.parametrize(
    "text",
    [
        *TEST_CARDS,
        "4242 4242 4242 4242",
        '{"pan":"4242424242424242"}',
        "479694XXXXXX1234 479694******1234",  # masked as providers show a card
        '{"pan":"[card-1]","cvv":"[cvv-123]","encryptedPan":"[card-200]"}',
        '{"pan":"4111110000001234"}',
        "orderId=4571501827408723",
        "cvv: required, cvc=null, cvvResult=M",
        "4571501827408724",
    ],
)
def test_what_is_masked_published_for_tests_or_no_card_may_leave(text: str) -> None:
    refuse_card_data(with_text(text))


def test_numbers_for_tests_are_card_numbers() -> None:
    assert all(is_card(each.encode()) for each in TEST_CARDS)
    assert len(set(TEST_CARDS)) == len(TEST_CARDS)


def test_a_card_number_stops_the_hand_over_although_it_was_kept_on_purpose(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text(f"2026-11-23T13:02:11Z ERROR capture failed, card {CARD}\n", encoding="utf-8")
    arguments = ("create", "--event", "The capture failed", "app.log", "--keep-secret", f"{CARD}=our own card")
    outcome = invoke(*arguments, "--json", "--at", "2026-11-23T13:02:11Z")
    files = json.loads(outcome.out)["files"]
    assert invoke("verify", files["mail"]).code == ExitCode.FINE
    for form in ("mail", "bundle"):
        with pytest.raises(LeakFound) as caught:
            refuse_card_data(Path(files[form]).read_bytes())
        assert caught.value.message.startswith(f"There is a card number in the {form} > ")
        assert "kept on purpose" in caught.value.message


@pytest.mark.parametrize("options", [(), ("--format-preserving",)])
def test_what_the_program_masked_is_handed_over(invoke: Invoke, tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "call.http").write_text(
        "POST https://api.vipps.no/epayment/v1/payments HTTP/1.1\nContent-Type: application/json\n\n"
        f'{{"reference": "acme-shop-123", "pan": "{CARD}", "cvv": "123", "card": {{"number": "5555555555554444"}}}}\n',
        encoding="utf-8",
    )
    evidence = [DEMO / name for name in ("checkout-trace.har", "payment-service.log", "app-error.png")]
    outcome = invoke("create", *evidence, "call.http", *options, "--json")
    files = json.loads(outcome.out)["files"]
    for form in ("mail", "bundle"):
        data = Path(files[form]).read_bytes()
        refuse_card_data(data)
        assert CARD.encode() not in data


def test_an_identifier_of_the_ticket_is_no_card_number(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text(f"2026-11-23T13:02:11Z ERROR capture of {CARD} failed\n", encoding="utf-8")
    arguments = ("create", "--payment-id", CARD, "--event", "failed", "app.log", "--at", "2026-11-23T13:02:11Z")
    files = json.loads(invoke(*arguments, "--json").out)["files"]
    refuse_card_data(Path(files["mail"]).read_bytes())


def test_what_cannot_be_searched_is_not_handed_over() -> None:
    public = str(pyrage.x25519.Identity.generate().to_public()).encode()
    sealed = seal_letter(letter(), [Key("a", public)], MOMENT, bundle=bundle())
    for data in (sealed.data, with_text(b"%PDF-1.7\n", "scan.pdf")):
        with pytest.raises(LeakFound) as caught:
            refuse_card_data(data)
        assert "cannot be searched for card data" in caught.value.message
