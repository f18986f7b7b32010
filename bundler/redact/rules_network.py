"""Rules for where a call came from: addresses of the network, devices."""

from __future__ import annotations

from bundler.redact.rule import Rank, Rule
from bundler.redact.shapes_network import hardware_address, ipv4, ipv6

NETWORK_RULES: tuple[Rule, ...] = (
    Rule(
        name="ipv4",
        kind="ip",
        what="IPv4 addresses; loopback, masks and versions stay",
        source="RFC 791; RFC 1122 section 3.2.1.3",
        view="signs",
        anchors=(rb"\.(?=[0-9]{1,3}\.[0-9]{1,3}\.[0-9])",),
        locate=ipv4,
        hits=("203.0.113.77", "10.4.0.12"),
        misses=(
            "127.0.0.1",
            "0.0.0.0",  # noqa: S104 - an example, nobody binds to it
            "Chrome/124.0.0.0",
            "version 1.2.3.4",
            "1.2.3.4.5",
            "255.255.255.0",
            "999.1.1.1",
        ),
    ),
    Rule(
        name="ipv6",
        kind="ip",
        what="IPv6 addresses",
        source="RFC 4291",
        view="hexed",
        anchors=(rb"0:0{1,4}:0{1,4}:0{1,4}:0{1,4}:0",),
        locate=ipv6,
        hits=("2001:db8:85a3:8d3:1319:8a2e:370:7348",),
        misses=("12:34:56", "1:2:3:4:5", "12:34:56:78:90:ab:cd:ef:01"),
    ),
    Rule(
        name="shortened-ipv6",
        kind="ip",
        what="IPv6 addresses with their zeros left out; loopback stays",
        source="RFC 4291 section 2.2",
        view="signs",
        anchors=(rb"::",),
        locate=ipv6,
        hits=("2001:db8::77", "fe80::1ff:fe23:4567:890a"),
        misses=("::1", "12:34:56", "std::abs", "Foo::Bar::add"),
    ),
    Rule(
        name="hardware-address",
        kind="device",
        what="hardware addresses of network cards",
        source="IEEE 802, EUI-48",
        view="hexed",
        anchors=(rb"00:00:00:00:00:00", rb"00-00-00-00-00-00"),
        locate=hardware_address,
        hits=("3c:22:fb:9a:01:7e",),
        misses=("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "aa:bb:cc:dd:ee:ff:00:11:22", "3c:22:fb:9a:01"),
    ),
    Rule(
        name="device-id",
        kind="device",
        what="device ids and advertising ids by name",
        source="IMEI: 3GPP TS 23.003; advertising ids of Android and iOS",
        rank=Rank.KEYED_LOOSELY,
        keys=(
            "imei",
            "imsi",
            "idfa",
            "idfv",
            "gaid",
            "aaid",
            "udid",
            "androidid",
            "advertisingid",
            "macaddress",
            "devicefingerprint",
        ),
        endings=("deviceid", "deviceidentifier", "fingerprint"),
        hits=("a1b2c3d4e5f60718", "490154203237518"),
        misses=("deviceType=phone12345678", "deviceIdHash: missing"),
    ),
)
