"""Every rule is tested by its own data: each hit in every structure, each miss untouched."""

from __future__ import annotations

import json
import re
from itertools import product
from urllib.parse import quote

import pytest

from bundler.providers.profile import Profile
from bundler.redact import RULES, explain_rule, mask_text, table_rows
from bundler.redact.rule import Rule

NOBODY = Profile(slug="generic", name="Nobody", valid_from="2026-01-01")
MARKED = re.compile("«(.*?)»", re.DOTALL)


def parts(hit: str) -> tuple[str, str]:
    """The text of a hit, and the secret in it."""
    found = MARKED.search(hit)
    return (hit.replace("«", "").replace("»", ""), found[1]) if found else (hit, hit)


SHAPED = [rule for rule in RULES if rule.locate is not None or rule.view == "decoded"]
QUERIED = [rule for rule in RULES if rule.in_query]
NAMED = [rule for rule in RULES if rule not in SHAPED and not rule.inside and not rule.in_query]


def stands_in(value: str, text: str) -> bool:
    """True when ``value`` stands in ``text`` and is not a part of a longer word."""
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])", text) is not None


def around(text: str) -> dict[str, str]:
    """A text that holds a secret, in the structures in which evidence writes texts down."""
    return {
        "log line": f"2026-11-23 13:02:11,482 INFO [http-3] said {text}",
        "quoted": f'it said "{text}" and stopped',
        "JSON": json.dumps({"status": 409, "note": text, "last": True}),
        "JSON in JSON": json.dumps({"outer": json.dumps({"note": text})}),
        "JSON three deep": json.dumps({"a": json.dumps({"b": json.dumps({"c": text})})}),
        "query": f"GET /search?q={quote(text, safe='')}&page=2 HTTP/1.1",
        "form": f"note={quote(text, safe='')}&amount=24900",
        "second line": f"first line\r\n{text}\r\nlast line",
        "HTML": "<td>" + text.replace("&", "&amp;").replace('"', "&quot;") + "</td>",
        "query in a query": "GET /?next=" + quote(f"https://shop.example.com/?q={quote(text, safe='')}&a=1", safe=""),
        "multipart": f'--b1\r\nContent-Disposition: form-data; name="note"\r\n\r\n{text}\r\n--b1--',
        "HAR": json.dumps({"postData": {"mimeType": "text/plain", "text": text}}, indent=2),
    }


def spellings(name: str, value: str) -> dict[str, str]:
    """A name and its value, in the structures in which evidence writes fields down."""
    return {
        "header": f"{name}: {value}",
        "assigned": f"{name}={value}",
        "JSON": json.dumps({"status": 409, name: value, "last": True}),
        "JSON in JSON": json.dumps({"outer": json.dumps({name: value})}),
        "JSON three deep": json.dumps({"a": json.dumps({"b": json.dumps({name: value})})}),
        "encoded JSON": "data=" + quote(json.dumps({name: value}), safe=""),
        "query": f"https://api.example.com/x?{name}={quote(value, safe='')}&page=2",
        "form": f"first=1&{name}={quote(value, safe='')}&last=2",
        "log line": f"2026-11-23 13:02:11,482 INFO {name}={value}, status=409",
        "Python": f"sent { ({name: value})!r} to the API",
        "XML": f"<request><{name}>{value}</{name}></request>",
        "multipart": f'--b1\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--b1--',
        "pair": json.dumps([{"name": name, "value": value}]),
        "list": json.dumps({name: [value, value]}),
        "upper case": f"{name.upper() if name.isascii() else name}: {value}",
        "curl": f"curl -H '{name}: {value}' https://api.example.com/x",
        "query in a query": "/?next=" + quote(f"https://shop.example.com/?{name}={quote(value, safe='')}&a=1", safe=""),
        "XML setting": f'<add key="{name}" value="{value}"/>',
        "YAML": f'settings:\n  {name}: "{value}"\n  other: 1',
        "Go": f"seen map[{name}:{value} status:409]",
        "Ruby": f'{{:status=>409, "{name}"=>"{value}"}}',
    }


@pytest.mark.parametrize("rule", [*SHAPED, *QUERIED], ids=lambda rule: rule.name)
def test_every_shape_is_masked_in_every_structure(rule: Rule) -> None:
    for hit in rule.hits:
        text, secret = parts(hit)
        for structure, written in around(text).items():
            masked = mask_text(written, NOBODY)
            assert secret not in masked, (structure, masked)
            assert quote(secret, safe="") not in masked, (structure, masked)
            assert "withheld" not in masked
            assert masked.count("\n") == written.count("\n")
            if structure.startswith("JSON"):
                json.loads(masked)


@pytest.mark.parametrize("rule", SHAPED, ids=lambda rule: rule.name)
def test_every_shape_is_found_among_many_lines(rule: Rule) -> None:
    """In a long text most lines are left unread; never one with a hit."""
    others = "2026-11-23 11:00:11 INFO [http-7] a payment of the shop is captured at once\n" * 300
    found = [parts(hit) for hit in rule.hits]
    masked = mask_text(others + "".join(f"said {text}\n{others}" for text, _ in found), NOBODY)
    assert [secret for _, secret in found if secret in masked] == []
    assert masked.count("captured at once") == 300 * (len(found) + 1)


@pytest.mark.parametrize("rule", NAMED, ids=lambda rule: rule.name)
def test_every_named_value_is_masked_in_every_structure(rule: Rule) -> None:
    for name, hit in product((*rule.keys, *rule.endings), rule.hits):
        for structure, written in spellings(name, hit).items():
            masked = mask_text(written, NOBODY)
            assert not stands_in(hit, masked), (name, structure, masked)
            assert quote(hit, safe="") not in masked or hit.isalnum(), (name, structure, masked)
            assert "withheld" not in masked
            if structure.startswith(("JSON", "pair", "list")):
                json.loads(masked)


@pytest.mark.parametrize("rule", QUERIED, ids=lambda rule: rule.name)
def test_every_name_of_a_query_is_masked_in_the_lines_of_servers(rule: Rule) -> None:
    for hit in rule.hits:
        _, secret = parts(hit)
        for name in rule.keys:
            address = f"/v1/search?page=2&{name}={secret}"
            line = f'203.0.113.9 - - [23/Nov/2026:13:02:11 +0000] "GET {address} HTTP/1.1" 200 12'
            for written in (line, f'{line} "https://shop.example.com{address}" "curl/8"', json.dumps({"url": address})):
                assert secret not in mask_text(written, NOBODY)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_miss_is_touched(rule: Rule) -> None:
    for miss in rule.misses:
        assert mask_text(miss, NOBODY) == miss
        assert mask_text(f"INFO seen {miss}\nand more", NOBODY) == f"INFO seen {miss}\nand more"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_tells_all_about_itself(rule: Rule) -> None:
    assert rule.misses, "a rule without a miss cannot show what it leaves alone"
    assert rule.hits or rule.inside or rule.name == "cookie", "its hits need a structure; tested apart"
    assert rule.source
    assert re.fullmatch(r"[a-z0-9-]+", rule.name)
    assert (rule.locate is None) == (not rule.anchors)
    for anchor in rule.anchors:
        assert re.match(rb"\\?[^\[\](){}?*|.^$]", anchor), "an anchor begins with a literal, or it is slow"
    explained = explain_rule(rule.name)
    assert explained is not None
    assert rule.what in explained
    assert rule.source in explained


def test_names_of_rules_are_unique() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)


def test_no_name_of_a_field_belongs_to_two_rules() -> None:
    names = [(name, rule.in_query) for rule in RULES for name in {*rule.keys, *rule.endings}]
    assert sorted(names) == sorted(set(names))


def test_nobody_explains_a_rule_that_is_not_there() -> None:
    assert explain_rule("REQ001") is None


def test_the_table_has_one_row_a_kind() -> None:
    rows = table_rows()
    assert [row.kind for row in rows] == list(dict.fromkeys(rule.kind for rule in RULES))
    assert all(row.placeholder.startswith(f"[{row.kind}-1") for row in rows)
