"""The private map: what it remembers from one ticket to the next, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bundler.errors import UnreadableInput
from bundler.providers import load
from bundler.redact import Vault, VaultEntry, read_vault
from bundler.redact.masker import Masker
from bundler.redact.placeholders import Placeholders, derive_key
from bundler.redact.rule import Rank
from bundler.redact.vault import SCHEMA, looks_like_map, standing_alone

VIPPS = load("vipps-mobilepay")
KEY = derive_key(b"k" * 32)
MOMENT = datetime(2026, 11, 23, 13, 2, tzinfo=UTC)


def masked(
    text: str | bytes, known: Vault | None = None, ticket_id: str = "TB-1", moment: datetime | None = None
) -> tuple[bytes, Vault]:
    """One text masked, and its map."""
    data = text if isinstance(text, bytes) else text.encode()
    placeholders = Placeholders(known, key=KEY, moment=moment)
    masker = Masker(VIPPS, placeholders=placeholders)
    masker.discover(data)
    masker.settle()
    return masker.mask(data), placeholders.vault(ticket_id)


def test_a_follow_up_gives_the_same_value_the_same_placeholder() -> None:
    _, first = masked("mail ola@example.com, kari@example.com and password=hunter2x")
    out, second = masked("mail per@example.com and kari@example.com, token=kq7Zr2x9tA", first, "TB-2")
    assert out == b"mail [email-3] and [email-2], token=[token-1]"
    assert [(entry.placeholder, entry.value) for entry in second.entries] == [
        ("[email-1]", "ola@example.com"),
        ("[email-2]", "kari@example.com"),
        ("[secret-1]", "hunter2x"),
        ("[email-3]", "per@example.com"),
        ("[token-1]", "kq7Zr2x9tA"),
    ]


def test_only_what_was_replaced_is_told_of_a_follow_up() -> None:
    _, first = masked("mail ola@example.com and kari@example.com")
    _, second = masked("mail kari@example.com, kari@example.com", first)
    assert [(each.placeholder, each.count) for each in second.redactions()] == [("[email-2]", 2)]


def test_a_known_value_is_masked_where_no_rule_would_find_it() -> None:
    _, first = masked("password=hunter2x fullName=Ola Nordmann")
    out, _ = masked("he said hunter2x, and signed as Ola Nordmann", first)
    assert out == b"he said [secret-1], and signed as [name-1]"


def test_a_value_that_is_masked_in_its_place_only_stays_so() -> None:
    _, first = masked("cvv=123")
    out, second = masked("cvv=123 of 123 payments", read_vault(first.to_json()))
    assert out == b"cvv=[cvv-1] of 123 payments"
    assert second.entries[0].everywhere is False


def test_a_value_keeps_its_kind_though_another_rule_finds_it_now() -> None:
    _, first = masked("password=kq7Zr2x9tAvB4mN8sLd0")
    out, second = masked("Authorization: Bearer kq7Zr2x9tAvB4mN8sLd0", first)
    assert out == b"Authorization: Bearer [secret-1]"
    assert [each.kind for each in second.redactions()] == ["secret"]


def test_the_key_of_the_map_goes_on_and_is_not_the_ticket_s() -> None:
    vault = masked("mail ola@example.com")[1]
    assert vault.key == KEY != b"k" * 32
    later = Placeholders(read_vault(vault.to_json()), key=b"another key".ljust(32), preserves_format=True)
    fresh = Placeholders(key=KEY, preserves_format=True)
    made = [each.given(each.learn(b"10.1.2.3", "ip", Rank.SHAPED, spreads=True)).placeholder for each in (later, fresh)]
    assert made[0] == made[1]
    assert later.vault().key == KEY


def test_a_map_is_of_every_ticket_that_it_was_used_for() -> None:
    _, first = masked("mail ola@example.com", ticket_id="TB-1")
    _, second = masked("mail ola@example.com", first, "TB-2")
    _, third = masked("mail ola@example.com", read_vault(second.to_json()), "TB-3")
    assert (third.ticket_id, third.earlier) == ("TB-3", ("TB-1", "TB-2"))
    assert [third.is_of(each) for each in ("TB-1", "TB-2", "TB-3", "TB-4")] == [True, True, True, False]
    assert not first.is_of("TB-2")


def test_a_value_that_is_no_text_is_known_again() -> None:
    data = b"password=caf\xe9\xff1234 ok"
    _, first = masked(data)
    vault = read_vault(first.to_json())
    assert vault == first
    assert vault.entries[0].written == b"caf\xe9\xff1234"
    assert masked(b"it was caf\xe9\xff1234 then", vault)[0] == b"it was [secret-1] then"


def test_the_same_entries_and_key_give_the_same_bytes() -> None:
    assert masked("mail ola@example.com")[1].to_json() == masked("mail ola@example.com")[1].to_json()


def test_a_map_of_the_first_version_without_a_key_can_be_used() -> None:
    old = json.dumps(
        {
            "schema": SCHEMA,
            "ticket_id": "TB-0",
            "entries": [{"placeholder": "[email-7]", "kind": "email", "value": "ola@example.com", "count": 2}],
        }
    )
    out, vault = masked("mail ola@example.com, per@example.com", read_vault(old.encode()))
    assert out == b"mail [email-7], [email-8]"
    assert (vault.key, vault.earlier) == (KEY, ("TB-0",))


def test_the_last_four_digits_of_a_real_card_are_told_and_of_nothing_else() -> None:
    assert masked("card 4242 4242 4242 4242")[0] == b"card [card-1:last4=4242]"
    assert masked("card 3782 822463 10005")[0] == b"card [card-1:last4=0005]"
    assert masked("pan=4895737462013404")[0] == b"pan=[card-1]"  # fails Luhn
    assert masked("card 4222222222222")[0] == b"card [card-1]"  # 13 digits: too much of it would be told
    assert masked("encryptedPan=IOJgJyzSGYurryefztDPOmQAnnc=")[0] == b"encryptedPan=[card-1]"


# {"alg":"RS256","typ":"JWT"} and {"sub":"1234","exp":1795438920}: 2026-11-23T13:02:00Z
TOKEN = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0IiwiZXhwIjoxNzk1NDM4OTIwfQ.c2lnbmF0dXJlLW9mLW5vYm9keQ"


@pytest.mark.parametrize(
    ("moment", "told"),
    [(None, ""), (MOMENT, ",expired"), (MOMENT.replace(minute=1), ""), (MOMENT.replace(minute=3), ",expired")],
)
def test_a_token_that_had_expired_at_the_moment_of_the_call_says_so(moment: datetime | None, told: str) -> None:
    out = f"token=[jwt-1:alg=RS256,exp=2026-11-23T13:02:00Z{told}]"
    assert masked(f"token={TOKEN}", moment=moment)[0] == out.encode()
    assert masked(out, moment=moment)[0] == out.encode()


ENTRY = {"placeholder": "[name-1]", "kind": "name", "value": "Ola", "count": 1}


def map_of(*entries: object, **others: object) -> bytes:
    """A map's bytes, whatever is in it."""
    return json.dumps({"schema": SCHEMA, "ticket_id": "x", "entries": entries, **others}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        b'{"schema":"ticket-bundler/map/1","ticket_id":"x"}',
        map_of(schema="ticket-bundler/ticket/1"),
        map_of(key="abc"),
        map_of(key="abcd"),
        map_of({**ENTRY, "placeholder": "[name-1] </script>"}),
        map_of({**ENTRY, "placeholder": "two words"}),
        map_of({**ENTRY, "kind": "a b"}),
        map_of({**ENTRY, "exact": "*"}),
        map_of(ENTRY, {**ENTRY, "value": "Kari"}),
        map_of("[name-1]"),
    ],
)
def test_a_damaged_map_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(UnreadableInput, match=r"^my\.map\.json is not a private map") as error:
        Vault.from_json(data, "my.map.json")
    assert error.value.hint


def test_a_map_cut_anywhere_is_refused() -> None:
    whole = masked("mail ola@example.com password=hunter2x")[1].to_json().rstrip()
    for length in range(len(whole)):
        with pytest.raises(UnreadableInput):
            read_vault(whole[:length])


def test_a_newer_map_is_named_as_such() -> None:
    with pytest.raises(UnreadableInput, match="newer version"):
        read_vault(b'{"schema":"ticket-bundler/map/2","tickets":[]}')


def test_a_map_is_recognised_by_what_is_in_it() -> None:
    whole = masked("mail ola@example.com")[1].to_json()
    turned = json.dumps(dict(reversed(json.loads(whole).items()))).encode()
    for data in (whole, turned, b"\xef\xbb\xbf" + whole, whole.decode().encode("utf-16"), whole[:80]):
        assert looks_like_map(data)
    log = json.dumps({"level": "info", "message": whole.decode()}).encode()
    for data in (b"", b"{}", log, b"about " + whole, b'{"placeholder": "your name", "value": ""}'):
        assert not looks_like_map(data)


def test_stand_ins_are_found_alone_and_the_longest_first() -> None:
    pattern = standing_alone(["192.0.2.1", "192.0.2.11", "a+b"])
    assert pattern.findall("192.0.2.11 192.0.2.1, x192.0.2.1:80 192.0.2.1.9 a+b aab") == [
        "192.0.2.11",
        "192.0.2.1",
        "192.0.2.1",
        "a+b",
    ]


def test_redactions_leave_the_values_out() -> None:
    vault = Vault((VaultEntry("[secret-1]", "secret", "hunter2x", 2), VaultEntry("[secret-2]", "secret", "other", 0)))
    assert [(each.kind, each.placeholder, each.count) for each in vault.redactions()] == [("secret", "[secret-1]", 2)]
