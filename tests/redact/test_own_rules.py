"""Rules of users' own: they mask what they say, and a rule that does not keep its word is refused in words."""

from __future__ import annotations

import json
import tomllib

import pytest

from bundler import providers
from bundler.errors import UnreadableInput
from bundler.redact.masker import Masker
from bundler.redact.own_rules import load_rules
from bundler.redact.words import Words

SHAPE = """[[rule]]
name = "customer-number"
kind = "secret"
what = "our customer numbers"
source = "our order system"
anchor = "CUS-"
pattern = 'CUS-[0-9]{6,10}'
hits = ["«CUS-104711»"]
misses = ["CUS-1"]
"""
NAMED = """[[rule]]
name = "badge"
what = "numbers of badges"
source = "the staff office"
keys = ["badge_no"]
hits = ["badge_no=«AB12»", '{"badgeNo": "«x99»"}']
misses = ["badge=AB12"]
"""


def masked(rules: str, text: str) -> str:
    words = Words(rules=load_rules([("rules.toml", rules.encode())]))
    masker = Masker(providers.load("generic"), words=words)
    masker.discover(text.encode())
    masker.settle()
    return masker.mask(text.encode()).decode()


def refusal(rules: str | bytes, *more: str) -> UnreadableInput:
    data = rules.encode() if isinstance(rules, str) else rules
    with pytest.raises(UnreadableInput) as refused:
        load_rules([("rules.toml", data), *((f"more{at}.toml", text.encode()) for at, text in enumerate(more))])
    assert refused.value.hint
    return refused.value


def changed(old: str, new: str, rules: str = SHAPE) -> str:
    assert old in rules
    return rules.replace(old, new)


def test_a_rule_with_a_shape_masks_it_wherever_it_stands() -> None:
    text = 'a CUS-104711 b %43US-104711 c {"x":"{\\"y\\":\\"CUS-999999\\"}"}'
    assert masked(SHAPE, text) == 'a [secret-1] b [secret-1] c {"x":"{\\"y\\":\\"[secret-2]\\"}"}'


def test_a_rule_with_a_key_masks_the_value_under_it_and_json_stays_json() -> None:
    assert json.loads(masked(NAMED, '{"badge_no": 12345, "a": 1}')) == {"badge_no": "[word-1]", "a": 1}
    assert masked(NAMED, "BADGE-NO: QX7 rest") == "BADGE-NO: [word-1] rest"


def test_our_own_rules_go_on_beside_those_of_the_user() -> None:
    assert masked(SHAPE, "CUS-104711 jane@example.com") == "[secret-1] [email-1]"


def test_the_first_group_of_a_pattern_is_what_is_masked() -> None:
    rules = changed("'CUS-[0-9]{6,10}'", "'CUS-([0-9]{6,10})'").replace("«CUS-104711»", "CUS-«104711»")
    assert masked(rules, "CUS-104711") == "CUS-[secret-1]"


def test_the_example_in_the_hint_is_a_rule_that_works() -> None:
    example = refusal("x = 1").hint.partition("\n")[2]
    assert [rule["name"] for rule in tomllib.loads(example)["rule"]] == ["customer-number"]
    assert [rule.name for rule in load_rules([("example", example.encode())])] == ["customer-number"]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (changed("«CUS-104711»", "CUS-1"), "The rule customer-number in rules.toml does not find its own hit 1"),
        (changed("«CUS-104711»", "«CUS-1047»11"), "does not find its own hit 1"),
        (changed('"CUS-1"', '"CUS-1234567"'), "finds miss 1, which it should leave alone"),
        (changed('["CUS-1"]', "[]"), "shows no hit or no miss"),
        (changed("[0-9]{6,10}", "([0-9]+)+x"), "customer-number in rules.toml repeats several characters"),
        (changed("'CUS-[0-9]{6,10}'", "'(?i)CUS-[0-9]{6,10}'"), "its anchor does not always stand"),
        (changed('"CUS-"', '"XUS-"'), "its anchor does not always stand"),
        (changed('"CUS-"', '"12"'), "an anchor by which nothing can be found"),
        (changed('anchor = "CUS-"\n', ""), "needs both an anchor and a pattern"),
        (changed('"secret"', '"banana"'), "has a kind that nobody knows"),
        (changed('"customer-number"', '"jwt"'), "has the name of a rule or a kind of ours"),
        (changed('"customer-number"', '"Customer No"'), "A rule in rules.toml has no usable name"),
        (changed("our order system", ""), "does not say what it masks, or how one knows"),
        (changed('["badge_no"]', '["no"]', NAMED), "has a key of fewer than 3"),
        (changed('keys = ["badge_no"]\n', "", NAMED), "says neither what its values look like nor"),
        (SHAPE + SHAPE, "has the name of another rule of yours"),
        (SHAPE + changed("keys", "kyes", NAMED), "rule 2: object contains unknown field `kyes`"),
        (changed('["badge_no"]', '"badge_no"', NAMED), "rule 1.keys: expected `array`, got `str`"),
        (changed('what = "our customer numbers"\n', ""), "rule 1: object missing required field `what`"),
        (changed("kind =", "kind"), "is not TOML"),
        ("", "holds no rule"),
        ("rule = []", "holds no rule"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"#" * (1024 * 1024 + 1), "is larger than 1 MB"),
    ],
)
def test_a_rule_that_cannot_be_relied_on_is_refused_with_the_reason(rules: str | bytes, told: str) -> None:
    assert told in refusal(rules).message


def test_two_files_cannot_hold_rules_of_one_name() -> None:
    assert "in more0.toml has the name of another rule of yours" in refusal(SHAPE, SHAPE).message
