"""Every row of every profile tests itself: the rows bring their samples, this file runs them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from bundler.providers import PROVIDERS, find_code, find_family, find_host, find_operation, load, read_error
from bundler.providers.loading import hosts_of
from bundler.providers.profile import ErrorShape, Host, Identifier, Operation, Profile

PROFILES = [pytest.param(load(slug), id=slug) for slug in PROVIDERS]
VIPPS = load("vipps-mobilepay")

SLUGS = """
mobilepay-online epayment epayment-psp vipps-psp psp-merchants ecom recurring recurring-psp checkout login
userinfo access-token webhooks order-management report qr partner app-payments subscriptions pos invoice
"""

IDENTIFIERS = [
    pytest.param(identifier, id="-".join((slug, identifier.name, *identifier.families)))
    for slug in PROVIDERS
    for identifier in load(slug).identifiers
]
SHAPES = [
    pytest.param(load(slug), shape, id=f"{slug}-{shape.name}") for slug in PROVIDERS for shape in load(slug).shapes
]
OPERATIONS = [
    pytest.param(row, id=f"{row.family}-{row.method}-{row.path}")
    for row in VIPPS.operations
    if row.direction == "outgoing"
]
OTHERS = [
    pytest.param(load(slug), row, id=f"{slug}-{row.family}-{row.method}-{row.path}")
    for slug in PROVIDERS
    for row in load(slug).operations
    if slug != VIPPS.slug and row.direction == "outgoing"
]
HOSTS = [
    pytest.param(load(slug), row, id=f"{slug}-{row.host}{row.path}") for slug in PROVIDERS for row in load(slug).hosts
]
NO_IDS = {"vipps-mobilepay": {"paymentType", "topic", "ledgerDate", "sub", "userId", "scheme"}}
"""Places in paths that say what is meant and not which one, or whose."""


def test_the_families_are_those_that_ticket_json_promises() -> None:
    assert [family.slug for family in VIPPS.families] == SLUGS.split()


@pytest.mark.parametrize("profile", PROFILES)
def test_every_family_that_a_row_names_exists(profile: Profile) -> None:
    known = {family.slug for family in profile.families}
    named = {row.family for row in profile.hosts if row.family}
    named |= {row.family for row in profile.operations} | {row.family for row in profile.codes}
    named |= {slug for identifier in profile.identifiers for slug in identifier.families}
    named |= {slug for shape in profile.shapes for slug in shape.families}
    named |= {slug for status in profile.statuses for slug in status.families}
    named |= {family.like for family in profile.families if family.like}
    assert named <= known


@pytest.mark.parametrize("profile", PROFILES)
def test_no_key_stands_twice_in_a_table(profile: Profile) -> None:
    keys: list[object] = [("code", row.family, row.group, row.code) for row in profile.codes]
    keys += [("operation", row.family, row.method, row.path.lower()) for row in profile.operations]
    keys += [("identifier", row.name, row.families) for row in profile.identifiers]
    keys += [("shape", row.name) for row in profile.shapes]
    keys += [("status", row.status, row.families) for row in profile.statuses]
    keys += [("host", row.host, row.path) for row in profile.hosts]
    keys += [("header", name.lower()) for row in profile.headers for name in row.names]
    keys += [("key", name.lower()) for row in profile.keys for name in row.names]
    keys += [("path", path) for family in profile.families for path in family.paths]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


@pytest.mark.parametrize("profile", PROFILES)
def test_every_code_and_status_says_what_to_do_who_acts_and_where_it_is_written(profile: Profile) -> None:
    for row in profile.codes:
        assert row.title, row.code
        assert row.remedy, row.code
        assert row.source, row.code
        assert row.valid_from, row.code
        assert urlsplit(row.link).hostname in documentation_of(profile), row.code
    for status in profile.statuses:
        assert status.cause, status.status
        assert status.remedy, status.status
        assert status.source, status.status


def documentation_of(profile: Profile) -> set[str | None]:
    """The hosts on which the provider documents what it does, as its profile links them."""
    return {urlsplit(link).hostname for link in profile.links.values()}


@pytest.mark.parametrize("slug", [slug for slug in PROVIDERS if slug != VIPPS.slug])
def test_a_profile_says_in_a_sentence_how_sure_it_is_and_by_which_pages(slug: str) -> None:
    profile = load(slug)
    assert re.fullmatch(r"[A-Z][^.\n]+\.", profile.certainty)
    assert profile.sources
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", profile.valid_from)
    assert not profile.support.address or profile.support.source.startswith("https://")


@pytest.mark.parametrize("slug", [slug for slug in PROVIDERS if slug != "generic"])
def test_a_provider_is_asked_for_with_its_own_trace_id(slug: str) -> None:
    assert [ask.label for ask in load(slug).asks if ask.item == "trace_id"]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_code_is_found_by_its_key(profile: Profile) -> None:
    for row in profile.codes:
        assert find_code(profile, row.family, row.code, row.group) is row


@pytest.mark.parametrize("profile", PROFILES)
def test_the_ask_list_begins_with_the_seven_items(profile: Profile) -> None:
    assert [ask.item for ask in profile.asks][:7] == [
        "merchant_id",
        "payment_id",
        "occurred_at",
        "request",
        "response",
        "screenshot",
        "logs",
    ]
    assert all(ask.need == "required" for ask in profile.asks[:7])
    assert [ask.item for ask in profile.asks[:7] if ask.when == "in-app"] == ["screenshot"]


@pytest.mark.parametrize("profile", PROFILES)
def test_everything_asked_for_says_how_it_is_added(profile: Profile) -> None:
    for ask in profile.asks:
        assert ask.label, ask.item
        assert "--" in ask.how, ask.item
        assert not ask.why.endswith("."), ask.item


def test_tickets_go_to_the_developer_desk_and_the_generic_profile_knows_no_address() -> None:
    assert VIPPS.support.address == "developer@vippsmobilepay.com"
    assert load("generic").support.address == ""


@pytest.mark.parametrize("identifier", IDENTIFIERS)
def test_identifier_matches_its_samples_and_not_its_misses(identifier: Identifier) -> None:
    assert identifier.samples
    assert identifier.misses
    assert identifier.keys or identifier.headers
    for sample in identifier.samples:
        assert re.fullmatch(identifier.pattern, sample), sample
    for miss in identifier.misses:
        assert not re.fullmatch(identifier.pattern, miss), miss


@pytest.mark.parametrize(("profile", "shape"), SHAPES)
def test_shape_reads_its_samples(profile: Profile, shape: ErrorShape) -> None:
    assert shape.samples
    for sample in shape.samples:
        reading = read_error(profile, shape.families[0] if shape.families else None, sample.encode())
        assert reading is not None, sample
        assert reading.shape == shape.name, sample
        assert reading.code or reading.title or reading.detail or reading.reasons, sample


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation_is_found_by_its_url_with_its_parameters(operation: Operation) -> None:
    base = {"mobilepay-online": "https://api.sandbox.mobilepay.dk/cardpassthrough-restapi"}
    host = "https://api.mobilepay.dk" if operation.family in {"app-payments", "pos"} else "https://apitest.vipps.no"
    params = {name: f"value-of-{name}" for name in re.findall(r"\{(\w+)\}", operation.path)}
    path = operation.path
    for name, value in params.items():
        path = path.replace(f"{{{name}}}", value)
    url = base.get(operation.family, host) + path
    family = find_family(VIPPS, url)
    assert family is not None
    assert family.slug == operation.family
    found = find_operation(VIPPS, operation.method.lower(), url + "?page=2")
    assert found is not None
    assert (found.operation, found.params) == (operation, params)


@pytest.mark.parametrize(("profile", "operation"), OTHERS)
def test_operation_is_found_on_a_host_of_its_provider(profile: Profile, operation: Operation) -> None:
    params = {name: f"value-of-{name}" for name in re.findall(r"\{(\w+)\}", operation.path)}
    path = re.sub(r"\{(\w+)\}", r"value-of-\1", operation.path)
    urls = [f"{base}{path}?page=2" for base in bases(profile, operation)]
    found = [find_operation(profile, operation.method.lower(), url) for url in urls]
    assert (operation, params) in [(match.operation, match.params) for match in found if match is not None]


def bases(profile: Profile, operation: Operation) -> Iterator[str]:
    """Addresses at which the API of the operation may begin, without the prefixes of its paths and with them."""
    family = next(family for family in profile.families if family.slug == operation.family)
    for row in profile.hosts:
        host = f"acme{row.host}" if row.host.startswith(".") else row.host
        yield from (f"https://{host}{row.path}{prefix}" for prefix in ("", *family.paths))


@pytest.mark.parametrize("profile", PROFILES)
def test_every_place_in_a_path_that_is_an_id_belongs_to_an_identifier(profile: Profile) -> None:
    names = {name for row in profile.operations for name in re.findall(r"\{(\w+)\}", row.path)}
    known = {key for row in profile.identifiers for key in (row.name, *row.keys)}
    assert names - known == NO_IDS.get(profile.slug, set())


@pytest.mark.parametrize("profile", PROFILES)
def test_what_an_operation_creates_is_an_identifier(profile: Profile) -> None:
    names = {row.name.lower() for row in profile.identifiers}
    assert {row.creates.lower() for row in profile.operations if row.creates} <= names


@pytest.mark.parametrize(("profile", "row"), HOSTS)
def test_host_is_found_by_a_url(profile: Profile, row: Host) -> None:
    host = f"acme{row.host}" if row.host.startswith(".") else row.host
    assert find_host(profile, f"https://{host}:443{row.path}/x?y=1") is row


@pytest.mark.parametrize("slug", PROVIDERS)
def test_hosts_are_known_without_the_rest_of_the_profile(slug: str) -> None:
    assert hosts_of(slug) == load(slug).hosts


def test_the_links_that_checks_print_are_there() -> None:
    assert {"errors", "mobilepay-online", "contact", "status"} <= VIPPS.links.keys()
    assert all("errors" in load(slug).links for slug in PROVIDERS)


def test_loading_is_cached() -> None:
    assert load("vipps-mobilepay") is VIPPS


@pytest.mark.parametrize("profile", PROFILES)
def test_no_idempotency_key_passes_for_a_trace_id(profile: Profile) -> None:
    named = [row for row in profile.identifiers if "idempotency" in row.name.lower()]
    assert all(row.role == "idempotency_key" for row in named)
