"""Rules for names that give a secret away in a query or a form alone, and that stand for anything elsewhere."""

from __future__ import annotations

from bundler.redact.proofs import is_opaque
from bundler.redact.rule import Rank, Rule

_MISSES = (
    "https://shop.example.com/?{0}=shop-2026-11-23-000012345&page=2",
    "https://shop.example.com/?{0}=1b0c5c2e-7a54-4d63-9f0e-2c9a6f1d83b7",
    "?{0}=FB-20261123-0381-ABCDEF&x=1",
    "?{0}=INV-2026-0001-DK-0099-A1-0001",
    "?{0}=20261123130211482000&x=1",
    "?{0}=A7F3",
    "?{0}=order_confirmation_page_2&x=1",
    "{0}=required",
)


def _misses(name: str) -> tuple[str, ...]:
    return tuple(miss.format(name) for miss in _MISSES)


QUERY_RULES: tuple[Rule, ...] = (
    Rule(
        name="key-in-query",
        kind="key",
        what="keys under short names in the queries of URLs",
        source="OWASP, Information exposure through query strings in URL; Google Maps Platform, API keys (key=)",
        rank=Rank.KEYED_LOOSELY,
        keys=("key", "auth", "userkey", "license", "licence"),
        in_query=True,
        fits=is_opaque,
        hits=(
            "https://api.example.com/v1/search?key=«9f86d081884c7d659a2feaa0c55ad015»&page=2",
            "GET /v1/search?page=2&key=«Zk3vQ9xL2mN8pR4tW7yB1cD6» HTTP/1.1",
            "key=«9f86d081884c7d659a2feaa0c55ad015»&amount=24900",
            "https://shop.firebaseio.example/users.json?auth=«Zk3vQ9xL2mN8pR4tW7yB1cD6fG0hJ5kS»",
        ),
        misses=(
            *_misses("key"),
            '{"key": "9f86d081884c7d659a2feaa0c55ad015"}',
            "cache key=9f86d081884c7d659a2feaa0c55ad015 expired",
            "?key=uploads/2026/9f86d081884c7d659a2feaa0c55ad015.png",
        ),
    ),
    Rule(
        name="token-in-query",
        kind="token",
        what="session ids, tickets and links to log in by, under short names in the queries of URLs",
        source="OWASP Session Management Cheat Sheet, session id exposure; CAS Protocol 3.0; RFC 5849",
        rank=Rank.KEYED_LOOSELY,
        keys=("sid", "session", "ticket", "magic", "invite", "assertion", "oauthverifier", "usercode"),
        in_query=True,
        fits=is_opaque,
        hits=(
            "https://shop.example.com/cart?sid=«9f86d081884c7d659a2feaa0c55ad015»",
            "https://shop.example.com/?a=1&ticket=«ST-1856339-aA5Yuvrxzpv8Tau1cYQ7»&lang=da",
        ),
        misses=_misses("sid"),
    ),
    Rule(
        name="signature-in-query",
        kind="signature",
        what="signatures under short names in the queries of URLs",
        source="OWASP, Information exposure through query strings in URL; Alipay (sign=); DIBS (MAC=)",
        rank=Rank.KEYED_LOOSELY,
        keys=("sign", "mac"),
        in_query=True,
        fits=is_opaque,
        hits=("https://pay.example.com/gateway?sign=«9f86d081884c7d659a2feaa0c55ad015»&sign_type=MD5",),
        misses=_misses("sign"),
    ),
)
