"""Says why a text does not have the form that a field asks for: an identifier, an address, a time, a number."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from bundler.providers.demands import FieldForm

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DATE_TIME = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?"
    r"(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
)
_MSISDN = re.compile(r"[1-9]\d{7,14}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:")
_INWARD = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
"""Endings of names that mean something on one machine or in one network only (RFC 6761, RFC 6762, RFC 8375)."""
_LONGEST_URL = 4_000


def wrong_form(form: FieldForm, text: str) -> str:
    """What keeps ``text`` from being of the form, completing "it …"; empty when it is of that form."""
    if form == "uuid":
        return "" if _UUID.fullmatch(text) else "is not a UUID"
    if form == "date-time":
        return "" if _DATE_TIME.fullmatch(text) else "is not a time with a zone such as 2026-11-23T13:02:38Z"
    if form == "msisdn":
        return "" if _MSISDN.fullmatch(text) else "is not a phone number of digits alone that begins with the country"
    if form in ("url", "https-url"):
        return wrong_url(text, is_https=form == "https-url")
    return ""


def wrong_url(text: str, *, is_https: bool) -> str:
    """What keeps ``text`` from being a URL, with ``is_https`` one that the provider's servers can call; or nothing.

    Plain http is none of either: only https and an app's own scheme are taken.

    Source: RFC 3986 sections 3 and 3.2.2; private and local networks by the registries of IANA.
    """
    if any(letter.isspace() for letter in text):
        return "has a blank in it"
    if not _SCHEME.match(text):
        return "is not a whole URL: its scheme (https://) is missing"
    if text[:5].lower() == "http:":
        inward = _wrong_host(_host(text) or "")
        return f"is http, not https, and {inward}" if inward else "is http, not https"
    if not is_https:
        return "" if _SCHEME.sub("", text, count=1).strip("/") else "ends behind its scheme"
    if (host := _host(text)) is None:
        return "is not a URL"
    if text[:6].lower() != "https:":
        return f"is {text.partition(':')[0].lower()}, not https"
    return _wrong_host(host)


def _host(text: str) -> str | None:
    """The host of a URL, empty where it names none; None where it is no URL."""
    try:
        parts = urlsplit(text[:_LONGEST_URL])
        _ = parts.port
        return (parts.hostname or "").rstrip(".")
    except ValueError:
        return None


def _wrong_host(host: str) -> str:
    if not host:
        return "names no host"
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        if host == "localhost" or host.endswith(_INWARD):
            return f"points at {host}, which nobody outside can reach"
        return "" if "." in host else f"points at {host}, which is no public host name"
    return "" if address.is_global else f"points at {host}, an address that nobody outside can reach"
