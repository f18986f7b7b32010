"""Planted contact and personal values: mail, phone, addresses of machines, names and where somebody lives.

Sources: ITU-T E.164, field names of the payment providers.
"""

from __future__ import annotations

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted.making import Shape, around, bare, named
from tests.redact.planted.numbers import DIGITS
from tests.redact.planted.pieces import Pieces, secret, words

_FIRST = ("Kari", "Ola", "Søren", "Åse", "Päivi", "Björn", "Maja", "Lars", "Grete", "Timo", "Jürgen", "Zoë")
_LAST = ("Nordmann", "Østergaard", "Mäkinen", "Hansen", "Lindqvist", "Bakke-Holm", "O'Brien", "Sørensen")
_STREETS = ("Storgata", "Nørregade", "Mannerheimintie", "Kirkeveien", "Fjordvägen", "Møllebakken")
_CITIES = ("Lillevik", "Nordby", "Østhavn", "Sandefoss", "Kaarinanranta")


def _mail_address(draws: Draws) -> str:
    name = draws.pick(("ola.nordmann", "kari", "soren_o", "maja-l", "t.makinen", "Billing.Dept", "åse.berg"))
    tag = draws.pick(("", "", "+shop", "+vipps2026", ".77"))
    host = draws.pick(
        (
            "example.com",
            "mail.example.org",
            "EXAMPLE.NET",
            "shop-1.example.co",
            "blåbær.example",
            "xn--blbr-roah.example",
        )
    )
    return f"{name}{tag}{draws.below(900)}@{host}"


def _phone(draws: Draws) -> str:
    def some(count: int) -> str:
        return draws.text(count, DIGITS)

    nine, four = f"9{some(7)}", f"4{some(7)}"
    return draws.pick(
        (
            f"+47{nine}",
            f"+47 {nine[:3]} {nine[3:5]} {nine[5:]}",
            f"+45 {four[:2]} {four[2:4]} {four[4:6]} {four[6:]}",
            f"+45{four}",
            f"+358 40 {some(7)}",
            f"+358-50-{some(3)}-{some(4)}",
            f"+46 70-{some(3)} {some(2)} {some(2)}",
            f"+44 7700 900{some(3)}",
            f"+1 (202) 555-01{some(2)}",
            f"+49.30.{some(8)}",
            f"+47\u00a0{nine[:2]}\u00a0{nine[2:4]}\u00a0{nine[4:6]}\u00a0{nine[6:]}",
        )
    )


def _double_zero(draws: Draws) -> str:
    eight = f"{draws.pick('49')}{draws.text(7, DIGITS)}"
    return draws.pick((f"0047{eight}", f"0045{eight}", f"0046{draws.pick('7')}{draws.text(8, DIGITS)}"))


def _double_zero_grouped(draws: Draws) -> str:
    eight = f"{draws.pick('49')}{draws.text(7, DIGITS)}"
    return f"00{draws.pick(('47', '45'))} {eight[:2]} {eight[2:4]} {eight[4:6]} {eight[6:]}"


def _national_phone(draws: Draws) -> str:
    eight = f"{draws.pick('249')}{draws.text(7, DIGITS)}"
    return draws.pick(
        (eight, f"{eight[:2]} {eight[2:4]} {eight[4:6]} {eight[6:]}", f"{eight[:3]} {eight[3:5]} {eight[5:]}")
    )


def _phone_in_prose(draws: Draws) -> Pieces:
    word = draws.pick(("phone", "mobil", "tlf.", "msisdn", "Telefon", "puhelin"))
    return words(f"{word} ", secret(f"{draws.pick(('', '47', '45'))}{draws.pick('49')}{draws.text(7, DIGITS)}"))


def _ipv4(draws: Draws) -> str:
    network = draws.pick(("192.0.2", "198.51.100", "203.0.113", "10.20.30", "172.16.4"))
    return f"{network}.{draws.below(250) + 2}"


def _ipv6(draws: Draws) -> str:
    groups = [f"{draws.below(65000) + 300:x}" for _ in range(6)]
    short = f"{draws.below(200) + 16:x}"
    return draws.pick(
        (
            f"2001:db8:{':'.join(groups)}",
            f"2001:db8::{groups[0]}",
            f"2001:db8:{groups[0]}::{groups[1]}:{groups[2]}",
            f"fe80::{groups[0]}:{short}ff:fe{draws.take(1).hex()}:{groups[2]}",
            f"2001:DB8::{groups[3].upper()}:{groups[4].upper()}",
        )
    )


def _mac(draws: Draws) -> str:
    pairs = [f"{draws.below(253) + 1:02x}" for _ in range(6)]
    text = draws.pick((":", "-")).join(pairs)
    return text.upper() if draws.below(2) else text


def _full_name(draws: Draws) -> str:
    return f"{draws.pick(_FIRST)} {draws.pick(_LAST)}"


def _street(draws: Draws) -> str:
    return f"{draws.pick(_STREETS)} {draws.below(190) + 1}{draws.pick(('', 'B', 'C'))}"


def _birth_date(draws: Draws) -> str:
    year, month, day = 1940 + draws.below(60), draws.below(12) + 1, draws.below(28) + 1
    return draws.pick((f"{year}-{month:02}-{day:02}", f"{day}.{month}.{year}", f"{day:02}/{month:02}/{year}"))


PEOPLE: tuple[Shape, ...] = (
    Shape("mail", bare(_mail_address)),
    Shape("mail-by-name", named("email userEmail e-mail customer_email", _mail_address)),
    Shape("mailto", around("link note", lambda d: words("mailto:", secret(_mail_address(d)), "?subject=hei"))),
    Shape("phone", bare(_phone), has_blanks=True),
    Shape("phone-00", bare(_double_zero)),
    Shape("phone-00-grouped", bare(_double_zero_grouped), has_blanks=True),
    Shape(
        "phone-by-name",
        named("phoneNumber msisdn mobile customer_phone mobileNumber tlf", _national_phone),
        has_blanks=True,
    ),
    Shape("phone-in-prose", around("note message", _phone_in_prose), has_blanks=True),
    Shape("phone-link", around("link note", lambda d: words("tel:", secret(f"+47{d.pick('49')}{d.text(7, DIGITS)}")))),
    Shape("ipv4", bare(_ipv4, "clientIp note remote_addr X-Forwarded-For")),
    Shape("ipv6", bare(_ipv6, "clientIp note remote_addr X-Real-IP")),
    Shape("ipv4-port", around("note peer", lambda d: words("from ", secret(_ipv4(d)), ":54321")), has_blanks=True),
    Shape("ipv6-port", around("note peer", lambda d: words("from [", secret(_ipv6(d)), "]:8443")), has_blanks=True),
    Shape("mac", bare(_mac, "note mac hwaddr")),
    Shape("device-id", named("deviceId imei androidId idfa deviceFingerprint", lambda d: d.text(15, "123456789"))),
    Shape("device-guid", named("deviceId device_id advertisingId", Draws.guid)),
    Shape("name", named("customerName fullName cardholderName", _full_name), has_blanks=True),
    Shape("first-name", named("firstName given_name lastName family_name surname", lambda d: d.pick(_FIRST + _LAST))),
    Shape("street", named("streetAddress addressLine1 street_address", _street), has_blanks=True),
    Shape("postal-code", named("postalCode zipCode postcode", lambda d: d.text(4, "123456789"))),
    Shape("city", named("city postalPlace", lambda d: d.pick(_CITIES))),
    Shape("birth-date", named("birthdate dateOfBirth birthDate dob", _birth_date)),
)
"""How somebody is reached, by which machine, and who it is."""
