"""Conditions to go live that tell whose payments these are: merchant, name, logo, category, payee."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from urllib.parse import urlsplit

from bundler.amounts import plural
from bundler.checks.golive.items import Verdict, failed, listed, passed, unseen
from bundler.checks.golive.payments import NO_START, is_https
from bundler.checks.golive.traffic import Call, Traffic
from bundler.checks.masked import is_masked
from bundler.model import Origin
from bundler.providers import host_of

_PLACEHOLDERS = frozenset(
    (
        *("test", "merchant", "shop", "store", "webshop", "name", "string", "example", "demo", "todo", "foo", "xxx"),
        *("merchantname", "shopname", "testmerchant", "testshop", "teststore", "myshop", "mystore", "merchanttest"),
    )
)
_SAMPLE_CODE = 1234
"""The category code of the documentation's example."""
_NO_LOGO = "no-logo.png"
_PICTURES = (".png", ".jpg", ".jpeg")
_PICTURE_TYPES = ("image/png", "image/jpeg")


def individual_merchants(traffic: Traffic) -> Verdict:
    """Every shop is a merchant of its own: no merchant id stands for several, and none is the integrator itself.

    Heuristics: names and addresses of shops by merchant id, names by VAT number, the integrator's name and hosts.
    """
    starts = [call for call in traffic.steps("initiate") if call.text("merchantId")]
    created = [call for call in traffic.steps("create-merchant") if call.is_done]
    if not starts and len(created) < 2:
        return unseen(NO_START)
    problems = [*_shared_ids(starts), *_shared_numbers(created)]
    own = [call for call in starts if call.text("merchantName").casefold() in traffic.own_names]
    problems += [(f"merchantName is {call.text('merchantName')}, your own name", [call]) for call in own[:1]]
    problems += _own_addresses(starts)
    if problems:
        origins = [call.origin("request body") for _, calls in problems for call in calls[:2]]
        return failed("; ".join(text for text, _ in problems[:3]), origins)
    count = len({call.text("merchantId").lower() for call in starts} or {call.text("externalId") for call in created})
    return passed(
        f"{plural(count, 'merchant')}, each with one shop", [call.origin("request body") for call in starts or created]
    )


def _shared_ids(starts: list[Call]) -> list[tuple[str, list[Call]]]:
    by_id: defaultdict[str, list[Call]] = defaultdict(list)
    for call in starts:
        by_id[call.text("merchantId").lower()].append(call)
    found = []
    for merchant, calls in by_id.items():
        names = {_plain(call.text("merchantName")): call for call in calls if _plain(call.text("merchantName"))}
        hosts = {host: call for call in calls if (host := _host(call.text("merchantUrl")))}
        several = names if len(names) > 1 else hosts
        if len(several) > 1:
            shops = _written(names, "merchantName") if several is names else list(hosts)
            text = f"merchantId {merchant} stands for {len(several)} shops: {listed(shops)}"
            found.append((text, list(several.values())))
    return found


def _shared_numbers(created: list[Call]) -> list[tuple[str, list[Call]]]:
    by_number: defaultdict[str, dict[str, Call]] = defaultdict(dict)
    for call in created:
        if _plain(call.text("vatNumber")) and _plain(call.text("name")):
            by_number[call.text("vatNumber")][_plain(call.text("name"))] = call
    return [
        (
            f"VAT number {number} was given for {len(names)} merchants: {listed(_written(names, 'name'))}",
            list(names.values()),
        )
        for number, names in by_number.items()
        if len(names) > 1
    ]


def _own_addresses(starts: list[Call]) -> list[tuple[str, list[Call]]]:
    for call in starts:
        host = _host(call.text("merchantUrl"))
        own = {_host(url) for card in call.cards for url in (card.pan_url, card.token_url)} - {""}
        if host and host in own:
            return [(f"merchantUrl {host} is the host of your own callbacks, not of a shop", [call])]
    return []


def merchant_category_code(traffic: Traffic) -> Verdict:
    """Every merchant was created with its category code, 1 to 9999."""
    created = traffic.steps("create-merchant")
    if not created:
        return unseen("no call that creates a merchant is in the evidence")
    read = [call for call in created if call.fields is not None]
    if not read:
        return unseen("the calls that create merchants hold no body that can be read")
    wrong = [call for call in read if not 1 <= _category(call) <= 9999]
    if wrong:
        said = (wrong[0].fields or {}).get("merchantCategoryCode")
        what = "without a merchantCategoryCode" if said is None else f"with merchantCategoryCode {said}"
        return failed(f"{plural(len(wrong), 'merchant')} created {what}; it is a number from 1 to 9999", _codes(wrong))
    if sample := [call for call in read if _category(call) == _SAMPLE_CODE]:
        return failed(f"merchantCategoryCode {_SAMPLE_CODE} is the example of the documentation", _codes(sample))
    return passed(f"{plural(len(read), 'merchant')} created with a category code", _codes(read))


def shop_name_and_logo(traffic: Traffic) -> Verdict:
    """The app can show the shop: a name that is no placeholder, and a logo by https that is a PNG or a JPEG."""
    starts = [call for call in traffic.steps("initiate") if call.fields is not None]
    if not starts:
        return unseen(NO_START)
    problems: dict[str, Origin] = {}
    for call in starts:
        for field, text in (("merchantName", _name_problem(call, traffic)), ("merchantLogoUrl", _logo(call, traffic))):
            if text:
                problems.setdefault(text, call.origin(f"request body, {field}"))
    if problems:
        return failed("; ".join(list(problems)[:3]), problems.values())
    names = [_shown(call.text("merchantName")) for call in starts]
    origins = [call.origin("request body, merchantName") for call in starts]
    return passed(f"name and logo are given: {listed(names)}; whether the logo is 250 x 250 was not looked at", origins)


def dynamic_linking(traffic: Traffic) -> Verdict:
    """The payee is named to the person who pays: by name, and by address or number."""
    starts = [call for call in traffic.steps("initiate") if call.fields is not None]
    if not starts:
        return unseen(NO_START)
    nameless = [call for call in starts if not call.text("merchantName")]
    if nameless:
        origins = [call.origin("request body, merchantName") for call in nameless]
        return failed(f"{plural(len(nameless), 'payment')} without merchantName: the payee is not named", origins)
    unnumbered = [call for call in starts if not (call.text("merchantUrl") or call.text("merchantId"))]
    if unnumbered:
        origins = [call.origin("request body, merchantUrl") for call in unnumbered]
        return failed(f"{plural(len(unnumbered), 'payment')} with neither merchantUrl nor merchantId", origins)
    by_number = sum(not call.text("merchantUrl") for call in starts)
    how = f"; {plural(by_number, 'payment')} without merchantUrl, where merchantId stands for it" if by_number else ""
    return passed(
        f"name and address of the payee are in {plural(len(starts), 'payment')}{how}; whether the name is the one "
        "that your acquirer knows cannot be seen from here",
        [call.origin("request body, merchantName") for call in starts],
    )


def _name_problem(call: Call, traffic: Traffic) -> str:
    name = call.text("merchantName")
    if not name:
        return "merchantName is missing"
    if "".join(sign for sign in name.casefold() if sign.isalpha()) in _PLACEHOLDERS:
        return f"merchantName {_shown(name)} is a placeholder"
    return "merchantName is your own name, not the shop's" if name.casefold() in traffic.own_names else ""


def _logo(call: Call, traffic: Traffic) -> str:
    url = call.text("merchantLogoUrl")
    if not url:
        return "merchantLogoUrl is missing"
    if _NO_LOGO in url.lower():
        return "merchantLogoUrl is the placeholder for no logo"
    if not is_https(url):
        return "merchantLogoUrl is no https address"
    if not urlsplit(url).path.lower().endswith(_PICTURES):
        return "merchantLogoUrl does not end in .png or .jpg"
    kind = traffic.picture_types.get(url, "")
    return f"merchantLogoUrl answers with {_shown(kind)}" if kind and not kind.startswith(_PICTURE_TYPES) else ""


def _category(call: Call) -> int:
    """The category code, 0 where it is none."""
    value = (call.fields or {}).get("merchantCategoryCode")
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 4:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _codes(calls: list[Call]) -> list[Origin]:
    return [call.origin("request body, merchantCategoryCode") for call in calls]


def _host(url: str) -> str:
    return "" if is_masked(url) else host_of(url).removeprefix("www.")


def _plain(text: str) -> str:
    """``text`` as names are compared; empty where it was masked, for placeholders of two calls cannot be compared."""
    return "" if is_masked(text) else " ".join(text.split()).casefold()


def _written(calls: dict[str, Call], field: str) -> list[str]:
    """The field as each of the calls writes it."""
    return [_shown(call.text(field)) for call in calls.values()]


def _shown(text: str) -> str:
    return " ".join(text.split())[:60]


MERCHANT_RULES: dict[str, Callable[[Traffic], Verdict]] = {
    "individual-merchants": individual_merchants,
    "merchant-category-code": merchant_category_code,
    "shop-name-and-logo": shop_name_and_logo,
    "dynamic-linking": dynamic_linking,
}
