"""Stand-ins of valid form: each inside a range that is nobody's, chosen by the ticket's key, inert when seen again."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from uuid import UUID

import pytest
from stdnum import luhn

from bundler.providers import load
from bundler.redact import RULES, find_leaks
from bundler.redact.masker import Masker
from bundler.redact.placeholders import Placeholders
from bundler.redact.proofs import is_card, is_cpr, is_fodselsnummer, is_hetu, is_iban, is_personnummer
from bundler.redact.pseudonyms import MAKERS, SELF_EVIDENT, STARTS
from bundler.redact.rule import Rank
from bundler.redact.vault import KINDS, Vault, canonical

VIPPS = load("vipps-mobilepay")
KEY = bytes(range(32))
TOKEN = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0IiwiZXhwIjoxNzAwMDAwMDAwfQ.c2lnbmF0dXJlLW9mLW5vYm9keQ"
DOCUMENTATION_6 = ipaddress.ip_network("2001:db8::/32")
DOCUMENTATION = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


def standing(kind: str, written: str, placeholders: Placeholders | None = None) -> str:
    """What stands for one value."""
    placeholders = placeholders or Placeholders(key=KEY, preserves_format=True)
    return placeholders.given(placeholders.learn(written.encode(), kind, Rank.KEYED, spreads=True)).placeholder


def masked(text: str, known: Vault | None = None, *, preserves_format: bool = True) -> tuple[str, Vault]:
    """One text masked, and its map."""
    placeholders = Placeholders(known, key=KEY, preserves_format=preserves_format)
    masker = Masker(VIPPS, placeholders=placeholders)
    masker.discover(text.encode())
    masker.settle()
    return masker.mask(text.encode()).decode(), placeholders.vault("TB-1")


def _in_documentation(made: str) -> bool:
    return any(ipaddress.ip_address(made) in net for net in DOCUMENTATION)


def _is_unsecured(made: str) -> bool:
    parts = made.split(".")
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
    is_marked = re.fullmatch(r"jwt-[0-9]+", claims.pop("placeholder")) is not None
    return header["alg"] == "none" and is_marked and claims == {"exp": 1_700_000_000} and parts[2:] == [""]


def _is_basic(made: str) -> bool:
    return re.fullmatch(rb"placeholder:[0-9]{9}", base64.b64decode(made, validate=True)) is not None


RANGES: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("email", "ola@example.com", lambda made: re.fullmatch(r"user-[0-9]+@masked\.example\.com", made) is not None),
    ("ip", "10.4.0.12", _in_documentation),
    ("ip", "fe80::1ff:fe23:4567:890a", lambda made: ipaddress.ip_address(made) in DOCUMENTATION_6),
    ("phone", "+44 7911 123456", lambda made: re.fullmatch(r"447700900[0-9]{3}", made) is not None),
    ("phone", "12025551234", lambda made: re.fullmatch(r"120255501[0-9]{2}", made) is not None),
    ("phone", "+46701234567", lambda made: 46701740605 <= int(made) <= 46701740699),
    ("phone", "+47 91 23 45 67", lambda made: re.fullmatch(r"4700[0-9]{6}", made) is not None),
    ("phone", "004512345678", lambda made: re.fullmatch(r"004500[0-9]{6}", made) is not None),
    ("phone", "+358401234567", lambda made: re.fullmatch(r"35800[0-9]{7}", made) is not None),
    ("phone", "91234567", lambda made: re.fullmatch(r"0000[0-9]{4}", made) is not None),
    ("phone", "+353861234567", lambda made: re.fullmatch(r"0000[0-9]{8}", made) is not None),
    ("card", "4571 5018 2740 8723", lambda made: re.fullmatch(r"411111[0-9]{6}8723", made) is not None),
    ("card", "378282246310005", lambda made: re.fullmatch(r"378282[0-9]{5}0005", made) is not None),
    ("card", "4895737462013404", lambda made: re.fullmatch(r"411111[0-9]{10}", made) is not None),
    ("iban", "NO9386011117947", lambda made: re.fullmatch(r"NO00[0-9]{11}", made) is not None),
    ("iban", "GB82 WEST 1234 5698 7654 32", lambda made: re.fullmatch(r"GB00XXXX[0-9]{14}", made) is not None),
    ("iban", "86011117947", lambda made: re.fullmatch(r"0000[0-9]{7}", made) is not None),
    ("national-id", "15108695088", lambda made: re.fullmatch(r"000000[0-9]{5}", made) is not None),
    ("national-id", "211062-5629", lambda made: re.fullmatch(r"000000-[0-9]{4}", made) is not None),
    ("national-id", "19811228-9874", lambda made: re.fullmatch(r"00000000-[0-9]{4}", made) is not None),
    ("national-id", "131052-308T", lambda made: re.fullmatch(r"000000-[0-9]{4}", made) is not None),
    ("birth-date", "1955-05-18", lambda made: date.fromisoformat(made).year == 1900),
    ("birth-date", "18.05.1955", lambda made: re.fullmatch(r"(0[1-9]|1[0-2])\.[01][0-9]\.1900", made) is not None),
    ("device", "3C-22-FB-9A-01-7E", lambda made: re.fullmatch(r"00-00-5e-00-53-[0-9a-f]{2}", made) is not None),
    ("device", "490154203237518", lambda made: re.fullmatch(r"00[0-9]{13}", made) is not None),
    ("jwt", TOKEN, _is_unsecured),
    ("basic", "c2hvcDpsZXRtZWluMTIz", _is_basic),
    ("key", "3f2b7c1e-8d4a-4c5b-9e6f-1a2b3c4d5e6f", lambda made: UUID(made).version == 4 and UUID(made).int >> 80 == 0),
    ("key", "9F86D081884C7D659A2FEAA0C55AD015", lambda made: made[:22] == "706C616365686F6C646572"),
    ("secret", "kq7Zr2x9tAvB4mN8sLd0kq7Z", lambda made: re.fullmatch(r"placeholder0[0-9A-Za-z]{12}", made) is not None),
    ("cryptogram", "IOJgJyzSGYurryefztDPOmQAnnc=", lambda made: len(base64.b64decode(made, validate=True)) == 21),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "written", "is_inside"), RANGES)
def test_a_stand_in_stays_inside_its_reserved_range(kind: str, written: str, is_inside: Callable[[str], bool]) -> None:
    for number in range(40):
        made = standing(kind, written, Placeholders(key=bytes([number]) * 32, preserves_format=True))
        assert is_inside(made), made
        assert re.fullmatch(r"[!-~]+", made), made
        assert canonical(made.encode()) != canonical(written.encode())


def test_every_kind_that_has_stand_ins_is_tried_and_is_one_of_ours() -> None:
    assert set(MAKERS) <= KINDS
    assert {kind for kind, _, _ in RANGES} | {"token", "signature", "cookie"} == set(MAKERS)


@pytest.mark.parametrize("length", range(13, 20))
@pytest.mark.parametrize("first", ["4", "51", "2223", "34", "37", "36", "30", "35", "60", "5019", "9"])
def test_no_stand_in_of_a_card_could_be_charged_or_trips_our_own_rules(first: str, length: int) -> None:
    for number in range(20):
        made = standing("card", f"{first}{number:0{length - len(first)}}")
        assert len(made) == length
        assert not luhn.is_valid(made)
        assert not is_card(made.encode())


@pytest.mark.parametrize(
    ("kind", "written", "proof"),
    [
        ("iban", "NO9386011117947", is_iban),
        ("iban", "DK5000400440116243", is_iban),
        ("national-id", "15108695088", is_fodselsnummer),
        ("national-id", "211062-5629", is_cpr),
        ("national-id", "19811228-9874", is_personnummer),
        ("national-id", "131052-308T", is_hetu),
    ],
)
def test_no_stand_in_passes_the_proof_of_its_kind(kind: str, written: str, proof: Callable[[bytes], bool]) -> None:
    assert proof(canonical(written.encode()) if kind == "iban" else written.encode())
    for number in range(400):
        made = standing(kind, written, Placeholders(key=number.to_bytes(32, "big"), preserves_format=True))
        assert not proof(made.encode()), made


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("name", "Ola Nordmann"),
        ("address", "Storgata 12"),
        ("cvv", "123"),
        ("secret", "hunter2x"),
        ("token", "kq7Zr2x9"),
    ],
)
def test_what_no_parser_needs_in_a_form_gets_its_placeholder(kind: str, written: str) -> None:
    assert standing(kind, written) == f"[{kind}-1]"


def test_the_key_decides_and_the_order_does_not() -> None:
    first, second = (Placeholders(key=KEY, preserves_format=True) for _ in range(2))
    values = [f"10.0.0.{number}" for number in range(1, 9)]
    made = {value: standing("ip", value, first) for value in values}
    assert {value: standing("ip", value, second) for value in reversed(values)} == made
    other = Placeholders(key=KEY[::-1], preserves_format=True)
    assert {value: standing("ip", value, other) for value in values} != made


def test_stand_ins_are_never_given_twice_and_go_on_when_a_net_is_used_up() -> None:
    placeholders = Placeholders(key=KEY, preserves_format=True)
    made = [standing("ip", f"10.{number // 250}.{number % 250}.1", placeholders) for number in range(3000)]
    assert len(set(made)) == 3000
    reserved = [_in_documentation(each) for each in made]
    assert sum(reserved) == 3 * 254
    benchmarking = ipaddress.ip_network("198.18.0.0/15")
    assert all(ipaddress.ip_address(each) in benchmarking for each in made if not _in_documentation(each))


def test_when_all_stand_ins_are_used_up_there_are_placeholders() -> None:
    placeholders = Placeholders(key=KEY, preserves_format=True)
    made = [
        standing("birth-date", f"19{50 + number // 28}-05-{number % 28 + 1:02}", placeholders) for number in range(150)
    ]
    assert made[-1] == "[birth-date-6]"
    assert len(set(made)) == 150


def test_a_value_of_the_evidence_never_stands_for_another() -> None:
    text = " ".join(f"{net}.{host}" for net in ("192.0.2", "198.51.100", "203.0.113") for host in range(1, 255))
    out, _ = masked(f"{text} 10.9.8.7")
    assert set(out.split()).isdisjoint(text.split())
    assert out.split()[-1].startswith(("198.18.", "198.19."))


LOG = f"""from ola@example.com at 10.1.2.3 and fe80::1ff:fe23:4567:890a, call +47 91 23 45 67 or tel 4791234567
{{"phoneNumber":4791234567,"pan":4111111111111111,"birthDate":"1955-05-18","cvv":123,"amount":24900}}
iban NO9386011117947, device 3c:22:fb:9a:01:7e, id 211062-5629
Authorization: Bearer {TOKEN}
Authorization: Bearer kq7Zr2x9tAvB4mN8sLd0kq7Zr2x9tAvB4mN8sLd0==
Authorization: Basic c2hvcDpsZXRtZWluMTIz
client_secret=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08&email=ola%40example.com
"""


def test_masking_what_is_masked_changes_nothing_with_the_map() -> None:
    out, vault = masked(LOG)
    for gone in ("ola@", "ola%40", "10.1.2.3", "91 23", "4791234567", "4111111111111111", TOKEN, "kq7Zr2", "9f86d081"):
        assert gone not in out
    for preserves_format in (True, False):
        again, second = masked(out, vault, preserves_format=preserves_format)
        assert again == out
        assert second.redactions() == ()


def test_without_the_map_only_what_nobody_else_writes_is_recognised() -> None:
    out, _ = masked(LOG)
    again, vault = masked(out, preserves_format=False)
    assert {entry.kind for entry in vault.entries} == {"ip", "phone", "card", "birth-date", "device"}
    assert [line for line in again.splitlines() if line.startswith(("Auth", "client", "iban"))] == [
        re.sub("device .*?,", "device [device-1],", line)
        for line in out.splitlines()
        if line.startswith(("Auth", "client", "iban"))
    ]


def test_json_stays_json_and_a_number_a_number() -> None:
    told = '{"phoneNumber":4791234567,"pan":4111111111111111,"cvv":123,"msisdn":91234567,"orderId":4000056655665556}'
    read = json.loads(masked(told)[0])
    assert isinstance(read["phoneNumber"], int)
    assert isinstance(read["pan"], int)
    assert read["cvv"] == "[cvv-1]"
    assert re.fullmatch("0000[0-9]{4}", read["msisdn"])
    assert read["orderId"] == 4_000_056_655_665_556


def test_the_plus_of_a_number_stays_and_the_same_number_is_the_same_without() -> None:
    out, vault = masked("call +47 91 23 45 67 or phone 4791234567 or +4791234567")
    numbers = re.findall(r"\+?47[0-9]{8}", out)
    assert [number.startswith("+") for number in numbers] == [True, False, True]
    assert len({number.lstrip("+") for number in numbers}) == 1
    assert vault.restore(out) == "call +47 91 23 45 67 or phone +47 91 23 45 67 or +47 91 23 45 67"


def test_the_map_restores_stand_ins_and_no_longer_ones() -> None:
    vault = masked("from 10.1.2.3 password=hunter2x")[1]
    out = vault.entries[0].placeholder
    assert vault.restore(f"{out} {out}0 {out}.7 1{out} [secret-1]") == f"10.1.2.3 {out}0 {out}.7 1{out} hunter2x"


@pytest.mark.parametrize(
    "text",
    ["user-1@example.com", "00000000-0000-0000-0000-000000000000", "placeholder", "cGxhY2Vob2xkZXI=", TOKEN],
)
def test_what_others_write_is_not_taken_for_ours(text: str) -> None:
    assert SELF_EVIDENT.fullmatch(text.encode()) is None


@pytest.mark.parametrize(("kind", "written"), [(kind, written) for kind, written, _ in RANGES])
def test_what_is_recognised_without_the_map_begins_as_it_is_looked_for(kind: str, written: str) -> None:
    made = standing(kind, written).encode()
    if SELF_EVIDENT.fullmatch(made):
        assert made[:1] in STARTS
        assert Placeholders().is_stand_in(made)
    else:
        assert kind in ("ip", "phone", "card", "iban", "national-id", "birth-date", "device")
        assert not Placeholders().is_stand_in(made)


def _samples() -> Iterator[tuple[str, str]]:
    for rule in RULES:
        name = next(iter((*rule.keys, *rule.endings)), "")
        for hit in rule.hits:
            bare = hit.replace("«", "").replace("»", "")
            yield rule.name, f"{name}={bare}\n" if name else f"see {bare} there\n"


@pytest.mark.parametrize(("rule", "text"), sorted(set(_samples())))
def test_every_hit_of_every_rule_is_inert_once_it_is_masked(rule: str, text: str) -> None:
    out, vault = masked(text)
    again, second = masked(out, vault)
    assert out != text, rule
    assert again == out
    assert second.redactions() == ()
    assert find_leaks([("a.log", out.encode())], vault=vault, profile=VIPPS, protected=()).leaks == ()
