"""What a user says about masking: texts that are taken, refused, contradict each other, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bundler import providers
from bundler.errors import BundlerError, MisuseError, UnreadableInput
from bundler.redact.masker import Masker
from bundler.redact.words import (
    Words,
    joined,
    kept_secret,
    kept_text,
    masked_word,
    parse_mask_file,
    refuse_masking_of,
)

PAYMENT = "bf9b5a01-78cd-4f9e-b0eb-4e3c5c57ded7"


def masker_of(text: bytes, words: Words, identifiers: tuple[str, ...] = ()) -> Masker:
    masker = Masker(providers.load("generic"), identifiers, words=words)
    masker.discover(text)
    masker.settle()
    return masker


def masked(text: str, words: Words, identifiers: tuple[str, ...] = ()) -> str:
    return masker_of(text.encode(), words, identifiers).mask(text.encode()).decode()


def listed(*lines: str) -> Words:
    return parse_mask_file("\n".join(lines).encode(), "list.txt")


def test_a_mask_file_holds_texts_and_patterns_and_remarks() -> None:
    words = parse_mask_file("\ufeff# ours\r\n\r\nBluebird\r\nregex:CUS-\\d+\r\nBLUEBIRD\r\n".encode(), "list.txt")
    assert [word.text for word in words.masked] == ["Bluebird"]
    assert masked("bluebird CUS-1", words) == "[word-1] [word-2]"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "holds nothing to mask"),
        (b"# only a remark\n", "holds nothing to mask"),
        ("Bluebird".encode("utf-16"), "is not UTF-8"),
        (b"Bl\xe5b\xe6r\n", "is not UTF-8"),
        (b"a\0bc\n", "is not a text"),
        (b"Bluebird\nab\n", "line 2 has fewer than 3 characters"),
        (b"a" * 1001, "line 1 has more than 1,000 characters"),
        (b"one\x1btwo", "line 1 holds a control character"),
        (b"[word-1]", "line 1 holds a placeholder of ours"),
        (b"regex:(a+)+$", "the pattern in line 1 repeats several characters without a bound"),
        (b"regex:(", "the pattern in line 1 is no regular expression"),
        (b"some words\n" * 10_002, "has more than 10,000 lines"),
        (b"some words\n" * 100_000, "is larger than 1 MB"),
    ],
)
def test_a_mask_file_that_cannot_be_relied_on_is_refused_with_the_reason(data: bytes, told: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        parse_mask_file(data, "list.txt")
    assert refused.value.message.startswith("The mask file list.txt ")
    assert told in refused.value.message
    assert refused.value.hint


def test_a_refused_mask_file_is_never_quoted() -> None:
    with pytest.raises(UnreadableInput) as refused:
        listed("regex:bluebird(")
    assert "bluebird" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    ("take", "text"),
    [
        (masked_word, "ab"),
        (masked_word, "two\nlines"),
        (kept_text, "  a "),
        (kept_secret, "value"),
        (kept_secret, "value="),
        (kept_secret, "value=123"),
        (kept_secret, "=a reason"),
    ],
)
def test_a_text_that_says_too_little_is_refused_with_a_hint(take: Callable[[str], object], text: str) -> None:
    with pytest.raises(MisuseError) as refused:
        take(text)
    assert refused.value.hint


def test_a_secret_to_be_kept_may_hold_an_equals_sign_itself() -> None:
    kept = kept_secret("YWJj==a public  test key")
    assert (kept.text, kept.reason) == ("YWJj=", "a public test key")


@pytest.mark.parametrize(
    "words",
    [
        (Words(masked=(masked_word("Bluebird"),)), Words(keep=("bluebird",))),
        (listed("Bluebird"), Words(keep=("BLUEBIRD",))),
        (listed("Bluebird"), Words(kept_secrets=(kept_secret("Bluebird=it is public"),))),
        (listed(r"regex:CUS-\d+"), Words(keep=("CUS-12",))),
    ],
)
def test_a_text_cannot_be_kept_and_masked(words: tuple[Words, Words]) -> None:
    with pytest.raises(MisuseError, match="is also to be kept") as refused:
        joined(words)
    assert refused.value.hint


def test_a_text_of_a_mask_file_stays_hidden_when_it_is_typed_as_well() -> None:
    words = joined((Words(masked=(masked_word("bluebird"),)), listed("Bluebird")))
    assert [word.is_hidden for word in words.masked] == [True]


@pytest.mark.parametrize("text", [PAYMENT, "bf9b5a01", "4f9e-b0eb", "4F9E"])
def test_a_part_of_the_payment_id_cannot_be_masked(text: str) -> None:
    with pytest.raises(MisuseError, match="stands in the payment id"):
        refuse_masking_of(Words(masked=(masked_word(text),)), {"the payment id": PAYMENT})


def test_a_word_that_stands_in_the_payment_id_by_chance_leaves_it_whole() -> None:
    words = listed("5c57")
    refuse_masking_of(words, {"the payment id": PAYMENT})
    assert masked(f"{PAYMENT} 5c57", words, (PAYMENT,)) == f"{PAYMENT} [word-1]"


def test_a_value_that_a_rule_finds_stays_when_it_is_to_be_kept() -> None:
    assert masked("to ann@example.com, bo@example.com", Words(keep=("ann@example.com",))) == (
        "to ann@example.com, [email-1]"
    )


@pytest.mark.parametrize("text", ["4111111111111111", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLW5v"])
def test_what_only_a_secret_looks_like_is_not_kept_for_being_named(text: str) -> None:
    with pytest.raises(BundlerError) as refused:
        masked("", Words(keep=(text,)))
    assert "--keep-secret" in refused.value.hint
    assert text not in refused.value.message


def test_a_password_to_be_kept_is_masked_all_the_same_and_a_finding_says_so() -> None:
    text = b"password=hunter2-is-mine"
    masker = masker_of(text, Words(keep=("hunter2-is-mine",)))
    assert masker.mask(text) == b"password=[secret-1]"
    assert [finding.code for finding in masker.wishes.findings(masker.mask)] == ["PRV903"]


def test_a_secret_kept_for_a_reason_stays_and_the_reason_is_told_without_it() -> None:
    text = b"password=hunter2-is-mine"
    words = Words(kept_secrets=(kept_secret("hunter2-is-mine=hunter2-is-mine of ann@example.com"),))
    masker = masker_of(text, words)
    assert masker.mask(text) == text
    (finding,) = masker.wishes.findings(masker.mask)
    assert finding.code == "PRV904"
    assert finding.message == "A secret (password) stays readable on purpose: … of [email-1]."


def test_a_hidden_word_is_not_in_the_private_map_and_a_typed_one_is() -> None:
    text = b"zanzibar Bluebird Lane 5"
    masker = masker_of(text, joined((listed("Bluebird"), Words(masked=(masked_word("zanzibar"),)))))
    masker.mask(text)
    private = masker.placeholders.vault().to_json()
    assert b"luebird" not in private
    assert b"zanzibar" in private


def test_a_word_in_a_bare_number_takes_the_whole_number_so_that_json_stays_json() -> None:
    assert masked('{"a":104711}', listed("104711")) == '{"a":"[word-1]"}'


def test_a_pattern_leaves_what_support_needs_within_its_find() -> None:
    assert PAYMENT in masked(f"id <{PAYMENT}>", listed("regex:<[0-9a-f-]*>"), (PAYMENT,))


def test_words_do_not_show_in_what_python_prints_of_them() -> None:
    assert "Bluebird" not in repr(listed("Bluebird", "regex:Bluebird-[0-9]")).replace("list.txt", "")
