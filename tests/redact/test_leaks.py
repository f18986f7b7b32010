"""The last look at finished files."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from bundler.model import Kept
from bundler.providers import load
from bundler.redact import Vault, VaultEntry, find_leaks
from bundler.redact.blocks import BLOCK
from bundler.redact.rule import RuleFailure
from bundler.redact.rules import RULES
from bundler.redact.search import Search
from bundler.redact.words import parse_mask_file

ROOT = Path(__file__).parents[2]

VIPPS = load("vipps-mobilepay")
SECRET = 'n0t/a "real"+secret'
VAULT = Vault((VaultEntry("[secret-1]", "secret", SECRET, 2), VaultEntry("[name-1]", "name", "Ola Nordmann", 1)))


def leaks(text: bytes, vault: Vault | None = VAULT, protected: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    found = find_leaks([("report.md", text)], vault=vault, profile=VIPPS, protected=protected).leaks
    return [(leak.place, leak.kind, leak.rule) for leak in found]


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET, safe=""),
        json.dumps(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(b"user:" + SECRET.encode()).decode(),
        base64.urlsafe_b64encode(b"\xfb\xff" + SECRET.encode() + b"tail").decode(),
    ],
)
def test_a_value_of_the_map_is_found_however_it_is_written(written: str) -> None:
    ((place, *found),) = leaks(f"first\nthen {written} end".encode())
    assert (place.partition(" > ")[0], found) == ("line 2", ["secret", "value"])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.QUJDREVGR0hJSktM", "jwt"),
        ("Bearer kq7Zr2x9tAvB4mN8sLd0", "bearer"),
        ("Basic c2hvcDpsZXRtZWluMTIz", "basic"),
        ("4111111111111111", "card-number"),
        ("sk_live_51Nq0ZrExampleOnlyKey00", "stripe-key"),
        ("postgres://app:hunter2pass@db.example.com/x", "url-password"),
        ("-----BEGIN PRIVATE KEY-----MIIBVgIBADANBgkqhkiG9w0-----END PRIVATE KEY-----", "private-key"),
    ],
)
def test_what_only_a_secret_looks_like_is_found_without_a_map(text: str, rule: str) -> None:
    assert [found[2] for found in leaks(f"a\nb\n{text}\n".encode(), None)] == [rule]


def test_protected_values_and_placeholders_are_no_leaks() -> None:
    text = (
        b"[secret-1] [jwt-1:alg=RS256,exp=2026-11-23T14:00:00Z] Ola Nordmann 4111111111111111 Bearer [token-12345678]"
    )
    assert leaks(text, protected=("Ola Nordmann", "4111111111111111")) == []


def test_a_leak_never_holds_the_value() -> None:
    found = find_leaks([("n0t.txt", SECRET.encode())], vault=VAULT, profile=VIPPS, protected=()).leaks
    assert found
    assert SECRET not in repr(found)
    assert all(leak.hint for leak in found)


def test_the_name_of_a_file_is_searched_too() -> None:
    found = find_leaks([("Ola Nordmann.log", b"")], vault=VAULT, profile=VIPPS, protected=()).leaks
    assert [leak.kind for leak in found] == ["name"]


def test_a_mail_address_needs_a_map_and_one_of_a_machine_is_found_by_shape_before() -> None:
    text = b"support@example.com ola@example.com\n203.0.113.77"
    assert leaks(text, None) == []
    known = Vault(
        (VaultEntry("[email-1]", "email", "ola@example.com", 1), VaultEntry("[ip-1]", "ip", "203.0.113.77", 1))
    )
    assert leaks(text, known) == [("line 1", "email", "value")]


def test_values_that_any_text_holds_by_chance_are_not_searched_for() -> None:
    vault = Vault(
        (VaultEntry("[address-1]", "address", "Oslo", 1, False), VaultEntry("[cvv-1]", "cvv", "123", 1, False))
    )
    assert leaks(b"Europe/Oslo 123", vault) == []


def test_what_is_beside_a_placeholder_is_still_a_leak() -> None:
    text = b"postgres://app:[secret-1]@db.example.com/x postgres://app:hunter2pass[secret-1]@db.example.com/x"
    assert leaks(text) == [("line 1", "secret", "url-password")]


@pytest.mark.parametrize(
    "cut", ["secret-10…", "secret-1:x=…", "secret-…", "secret…", "secret-10", "secret-1\\u2026", "sec…"]
)
def test_the_beginning_of_a_placeholder_is_no_leak_where_a_long_text_was_cut(cut: str) -> None:
    assert leaks(f'"curl --user=shop:[{cut} (+195 bytes)"'.encode()) == []


@pytest.mark.parametrize(
    "kept", ["secret-10x7Qmz9rT", "secret-1:x7Qmz9rT", "secretx7Qmz9rT…", "x7Qmz9rT…", "hunter2pass"]
)
def test_what_only_looks_cut_is_still_a_leak(kept: str) -> None:
    assert [found[2] for found in leaks(f'"curl --user=shop:[{kept} (+195 bytes)"'.encode())] == ["curl-user"]


def test_a_key_that_a_placeholder_was_put_into_is_still_a_leak() -> None:
    text = (
        b"-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkq\n[private-key-1]\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"
    )
    assert [found[2] for found in leaks(text)] == ["private-key"]


def test_a_stand_in_that_looks_real_is_no_leak_and_its_like_is_one() -> None:
    vault = Vault((VaultEntry("4571501827408723", "card", "5555555555554444", 1),))
    assert leaks(b"pan 4571501827408723 and so on", vault) == []
    assert leaks(b"pan 4111111111111111 and so on", vault) == [("line 1", "card", "card-number")]
    assert leaks(b"pan 5555555555554444 and so on", vault) == [
        ("line 1", "card", "card-number"),
        ("line 1", "card", "value"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1712345698123 20261123130211482 4111111111111112 00000000000000000",
        "orderId=15108695088 reference: 4111111111111111 paymentId 211062-5629",
        "XX9386011117947 15108695077 211062-5629 010203-1235",
        "1b0c5c2e-6f0e-4a55-9d0b-3f8e5a7c2d11 4bf92f3577b34da6a3ce929d0e0e4736 v1.2.3 479694XXXXXX1234",  # masked
        "Bearer token is missing; Basic authentication failed; the PRIVATE KEY was rotated",
    ],
)
def test_what_only_looks_a_little_like_a_secret_is_none(text: str) -> None:
    assert leaks(text.encode(), None, protected=("211062-5629",)) == []


@pytest.mark.parametrize("text", ["NO9386011117947", "15108695088", "151086 95088", "131052-308T", "880320-0016"])
def test_numbers_with_a_check_digit_are_found_without_a_map(text: str) -> None:
    assert len(leaks(f"a\nthe number {text} b".encode(), None)) == 1


@pytest.mark.parametrize("written", ["Bluebird", "BLUEBIRD", "x-bluebird-y", "Qmx1ZWJpcmQ", r"\u0042luebird"])
def test_words_of_a_mask_file_are_found_however_they_are_written(written: str) -> None:
    words = parse_mask_file(b"# ours\nBluebird\nregex:proj-[0-9]{4}\n", "names.txt")
    look = find_leaks([("x", f"a\nb {written} c".encode())], vault=None, profile=VIPPS, protected=(), words=words)
    assert [(leak.place.partition(" > ")[0], leak.kind) for leak in look.leaks] == [("line 2", "word")]
    assert "bluebird" not in repr(look).lower()
    look = find_leaks([("x", b"a\nb proj-1234 c")], vault=None, profile=VIPPS, protected=(), words=words)
    assert len(look.leaks) == 1


def test_a_rule_that_raises_stops_the_search() -> None:
    def fail(text: bytes, start: int, end: int) -> None:
        raise ZeroDivisionError

    broken = [replace(rule, locate=fail) if rule.name == "jwt" else rule for rule in RULES]
    with pytest.raises(RuleFailure):
        Search(VIPPS, broken).certain_hits(b"x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.QUJDREVGR0hJSktM")


def test_what_lies_across_the_border_of_two_blocks_is_found_once() -> None:
    line = b"2026-11-23 an ordinary line of a log that says nothing at all 1b0c5c2e-6f0e\n"
    key = (
        b"-----BEGIN PRIVATE KEY-----\n" + b"MIIBVgIBADANBgkqhkiG9w0BAQEFAASC\n" * 200 + b"-----END PRIVATE KEY-----\n"
    )
    for shift in range(0, len(key), 997):
        text = (line * (BLOCK // len(line) + 1))[: BLOCK - shift] + b"\n" + key + line * 2000
        assert [found[2] for found in leaks(text, None)] == ["private-key"], shift


def test_a_file_that_is_larger_than_memory_may_hold_is_searched_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    line = b"2026-11-23T13:02:11Z INFO an ordinary line of a log that says nothing at all, number %08d\n"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.log", "w") as log,
    ):
        for block in range(30):
            log.write(b"".join(line % (block * 10_000 + number) for number in range(10_000)))
        log.write(b"pan 4111111111111111\n")
    program = (
        "import resource, sys; from bundler.providers import load; from bundler.redact import find_leaks\n"
        "data = open(sys.argv[1], 'rb').read()\n"
        "find_leaks([('x', b'warm')], vault=None, profile=load('generic'), protected=())\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "look = find_leaks([('x', data)], vault=None, profile=load('generic'), protected=())\n"
        "print([leak.place for leak in look.leaks], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, check=True, text=True, cwd=ROOT)
    places, _, grown = done.stdout.rpartition(" ")
    assert places == "['line 300001']"
    assert int(grown) < 20_000, "kilobytes for 27 MB of log"


def test_a_file_full_of_leaks_is_told_of_by_its_first_ones() -> None:
    found = leaks(b"pan 4111111111111111\n" * 20_000, None)
    assert len(found) == 50
    assert found[-1] == ("line 50", "card", "card-number")


def test_a_list_of_what_was_kept_excuses_the_values_it_knows_and_no_others() -> None:
    kept = (Kept("card-number", "a test card", sha256(b"4111111111111111").hexdigest()),)
    text = b"pan 4111 1111 1111 1111\npan 4111111111111111\npan 5555555555554444\n"
    look = find_leaks([("x", text)], vault=None, profile=VIPPS, protected=(), kept=kept)
    assert [(leak.place, leak.rule) for leak in look.leaks] == [("line 3", "card-number")]
    (excused,) = look.kept
    assert excused.count == 2
    assert str(excused).endswith(", kept on purpose: a test card")
    assert excused.first.place in ("line 1", "line 2")


def test_a_list_of_what_was_kept_excuses_no_word_and_shows_no_name_of_a_file() -> None:
    kept = (
        Kept("x", "mine", sha256(b"bluebird").hexdigest()),
        Kept("x", "mine", sha256(b"NO9386011117947").hexdigest()),
    )
    words = parse_mask_file(b"bluebird\n", "names.txt")
    files = [("NO9386011117947.log", b"bluebird")]
    look = find_leaks(files, vault=None, profile=VIPPS, protected=(), words=words, kept=kept)
    assert [(leak.member, leak.kind) for leak in look.leaks] == [("file 1", "word")]
    assert [(each.first.member, each.first.place) for each in look.kept] == [("the files", "the name of file 1")]
