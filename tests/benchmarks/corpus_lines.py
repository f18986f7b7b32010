"""What the lines of the corpus say: a payment integration's logs in seven formats, invented to the last value.

Every value comes from ``Draws``, which is SHA-3 over a name and a counter: the same on every machine and in every
version of Python. Cards are the test numbers that payment providers publish, hosts and addresses are reserved ones.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar
from urllib.parse import quote

T = TypeVar("T")

FORMATS = ("jsonl", "logfmt", "pylog", "access", "syslog3164", "syslog5424", "mixed")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COMMON_EVERY = 16
"""One line of the pool in so many names the merchant account; 8 GiB hold some three million of them."""
SECRET_EVERY = 20
"""One line of the pool in so many carries a secret or personal value, and as many something that only looks like it."""
STACK_EVERY = 250
"""One line of the pool in so many carries a stack trace."""
REQUESTS = (2, 3, 4, 5)
"""How many requests a payment takes: it is made, told of, asked for, captured."""
RECORDS = (1, 2, 3)
"""How many records a request leaves. They share a trace number and a worker, and all records of a payment its id."""
WORKERS = 32
"""So many requests go on at the same time."""
WAITING = 16
"""So many payments of a worker wait for their next request: half a minute, where a GiB is 15 hours."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CARDS = ("4111111111111111", "5555555555554444", "378282246310005", "6011111111111117", "4242 4242 4242 4242")
_ACCOUNTS = ("GB33BUKB20201555555555", "DE75512108001245126199", "NO9386011117947", "DK5000400440116243")
_NAMES = ("anna.berg", "lars.holm", "maja.lind", "otto.vik", "sofia.dahl", "emil.krog", "ida.moe", "noah.elm")
_LOGGERS = ("shop.payments.capture", "shop.payments.refund", "shop.webhooks", "shop.orders", "shop.tokens", "shop.poll")
_LEVELS = (*("DEBUG",) * 3, *("INFO",) * 15, "WARNING", "ERROR")
_SEVERITIES = {"DEBUG": 135, "INFO": 134, "WARNING": 132, "ERROR": 131}
_FUNCTIONS = ("capture", "send", "post", "retry", "settle", "lock", "decode", "dispatch", "handle", "commit")
_STEPS = ("capture", "refund", "cancel", "events", "authorize")


class Draws:
    """An endless row of values, fixed by its name."""

    def __init__(self, *name: object) -> None:
        self._name = "/".join(map(str, name))
        self._block = 0
        self._bytes = b""
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next few bytes."""
        while self._at + count > len(self._bytes):
            fresh = hashlib.shake_128(f"{self._name}#{self._block}".encode()).digest(8192)
            self._bytes, self._at, self._block = self._bytes[self._at :] + fresh, 0, self._block + 1
        self._at += count
        return self._bytes[self._at - count : self._at]

    def below(self, bound: int) -> int:
        """A number from 0 up to, and not including, ``bound``."""
        return int.from_bytes(self.take(4), "big") * bound >> 32

    def pick(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[self.below(len(choices))]

    def text(self, length: int, alphabet: str = _LETTERS) -> str:
        """So many characters."""
        return "".join(alphabet[each % len(alphabet)] for each in self.take(length))

    def guid(self) -> str:
        """A random GUID (version 4), as most payment ids are."""
        digits = self.take(16).hex()
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


class Value(NamedTuple):
    """A value that must not leave the house, or one that only looks like it."""

    kind: str
    text: str
    """The value alone."""
    written: str
    """As it stands in the line."""


class Style(NamedTuple):
    """How one format writes its stamp; ``fraction`` is the format of the milliseconds."""

    stamp: Callable[[int, int, int, str], str]
    """Year, month, day and ``hh:mm:ss`` to text."""
    fraction: str


class Line(NamedTuple):
    """A record without its stamp and its trace number: ``head STAMP middle TRACE tail``."""

    style: str
    head: bytes
    middle: bytes
    tail: bytes


def _iso(year: int, month: int, day: int, clock: str) -> str:
    return f"{year}-{month:02}-{day:02}T{clock}"


STYLES = {
    "jsonl": Style(_iso, ".%03d"),
    "logfmt": Style(_iso, ".%03d"),
    "pylog": Style(lambda year, month, day, clock: f"{year}-{month:02}-{day:02} {clock}", ",%03d"),
    "access": Style(lambda year, month, day, clock: f"{day:02}/{MONTHS[month - 1]}/{year}:{clock}", ""),
    "syslog3164": Style(lambda _, month, day, clock: f"{MONTHS[month - 1]} {day:2} {clock}", ""),
    "syslog5424": Style(_iso, ".%03d"),
}


def secret(draws: Draws) -> Value:
    """A value that a log should never have held."""
    token = draws.text(40)
    number = draws.below(900) + 100
    host = draws.below(254) + 1
    jwt = f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIi{draws.text(28)}.{draws.text(43)}"
    mail = f"{draws.pick(_NAMES)}{number}@example.com"
    basic = base64.b64encode(f"shop-{number}:{draws.text(16)}".encode()).decode()
    key = f"sk_test_{draws.text(24)}"
    cloud = f"AKIA{draws.text(16, _BASE32)}"
    card, account = draws.pick(_CARDS), draws.pick(_ACCOUNTS)
    phone = f"+44 7700 900{number}"
    return draws.pick(
        (
            Value("card", card, f"card {card}"),
            Value("account", account, f"payout to {account}"),
            Value("mail", mail, f"receipt for {mail}"),
            Value("phone", phone, f"customer {phone}"),
            Value("jwt", jwt, f"session {jwt}"),
            Value("bearer", token, f"Authorization: Bearer {token}"),
            Value("basic", basic, f"Authorization: Basic {basic}"),
            Value("key", key, f"api key {key}"),
            Value("cloud-key", cloud, f"upload as {cloud}"),
            Value("client-secret", token, f"client_secret={token}"),
            Value("password", token[:14], f"user=shop password={token[:14]}"),
            Value("access-token", token, f"access_token={token}"),
            Value("cvv", str(number), f"expiry=11/29 cvv={number}"),
            Value("ipv4", f"192.0.2.{host}", f"client 192.0.2.{host}"),
            Value("ipv6", f"2001:db8::{host:x}:{number:x}", f"client 2001:db8::{host:x}:{number:x}"),
        )
    )


def decoy(draws: Draws) -> Value:
    """What a rash rule takes for a secret, and what support needs."""
    number = draws.below(9_000_000) + 1_000_000
    digits = draws.take(20).hex()
    return draws.pick(
        (
            Value("order", f"411111111{number}3", f"order 411111111{number}3" if _odd(number) else f"order #{number}"),
            Value("masked-card", "411111******1111", "card 411111******1111"),
            Value("commit", digits, f"release {digits}"),
            Value("epoch", f"177323{number}", f"created {f'177323{number}'}"),
            Value("version", "1.24.0", f"client shop-sdk 1.24.0 build {number}"),
            Value("words", "password reset", f"password reset page shown {number} times"),
            Value("token-type", "token_type=bearer", f"token_type=bearer expires_in={number % 7200}"),
            Value("amount", f"1,{number % 900 + 100},999.00", f"turnover 1,{number % 900 + 100},999.00 NOK"),
            Value("parcel", f"0034043416{number}", f"parcel 0034043416{number}"),
            Value("handle", "@example", f"mention of @example in note {number}"),
        )
    )


def _odd(number: int) -> bool:
    """Whether ``411111111<number>3``, a 17-digit number, fails the check that every card number passes."""
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(f"411111111{number}")]
    return (sum(each - 9 * (each > 9) for each in doubled) + 3) % 10 != 0


def stack(draws: Draws) -> str:
    """A stack trace of 10 to 45 lines, as Python or Java prints it."""
    count = draws.below(36) + 10
    if draws.below(2):
        calls = [
            f'  File "/srv/shop/{draws.pick(_FUNCTIONS)}.py", line {draws.below(900) + 1}, in {draws.pick(_FUNCTIONS)}'
            f"\n    return self.{draws.pick(_FUNCTIONS)}(payment, attempt={draws.below(9)})"
            for _ in range((count - 2) // 2)
        ]
        return "\n".join(("Traceback (most recent call last):", *calls, "shop.errors.CaptureError: answered 409"))
    frames = [
        f"\tat com.example.shop.{draws.pick(_FUNCTIONS).title()}Client.{draws.pick(_FUNCTIONS)}"
        f"({draws.pick(_FUNCTIONS).title()}Client.java:{draws.below(900) + 1})"
        for _ in range(count - 3)
    ]
    frames.insert(len(frames) // 2, "Caused by: java.net.SocketTimeoutException: Read timed out")
    return "\n".join(("com.example.shop.CaptureException: answered 409", *frames, f"\t... {draws.below(40) + 2} more"))


def message(draws: Draws, payment: str) -> str:
    """What a service says about a payment."""
    number = draws.below(90_000) + 100
    return draws.pick(
        (
            f"POST /v1/payments/{payment}/{draws.pick(_STEPS)} answered 200 in {number % 900} ms",
            f"webhook for {payment} accepted: AUTHORIZED, {number}.00 NOK, attempt {number % 3 + 1}",
            f"payment {payment} moved to {draws.pick(_STEPS)}, {number}.50 EUR, queue depth {number % 70}",
            f"polling {payment}: still pending, next look in {number % 5000} ms",
            f"idempotency key {payment} seen before, the answer of {number % 60} s ago is given again",
            f"reconciled order shop-{number} with payment {payment}: nothing differs",
        )
    )


def line(
    draws: Draws, style: str, text: str, *, level: str = "", trace: str = "", payment: str = "", worker: int = 0
) -> Line:
    """One record of a format. ``trace`` is a stack trace: on lines of its own where the format allows it."""
    level = level or draws.pick(_LEVELS)
    logger = draws.pick(_LOGGERS)
    head, middle, tail = "", "", ""
    if style == "pylog":
        middle = f" {level} {logger}: worker-{worker} trace="
        tail = f" {text}" + (f"\n{trace}" if trace else "")
    elif style == "jsonl":
        head = '{"time":"'
        middle = f'Z","level":"{level.lower()}","logger":"{logger}","worker":{worker},"trace":"'
        tail = f'","msg":{json.dumps(text)}' + (f',"stack":{json.dumps(trace)}' if trace else "") + "}"
    elif style == "logfmt":
        head = "time="
        middle = f"Z level={level.lower()} logger={logger} worker={worker} trace="
        tail = f' msg="{text}"' + (f" stack={json.dumps(trace)}" if trace else "")
    elif style == "access":
        head = f"198.51.100.{draws.below(254) + 1} - - ["
        step, note = draws.pick(_STEPS), quote(text, safe="")
        middle = f' +0000] "POST /v1/payments/{payment or draws.guid()}/{step}?note={note}&trace='
        status = {"ERROR": 502, "WARNING": 409}.get(level, 200)
        tail = f' HTTP/1.1" {status} {draws.below(4000)} "https://shop.example.com/" "shop-sdk/1.24"'
    elif style == "syslog3164":
        middle = f" pay-{worker % 8} {logger.rpartition('.')[2]}[{4000 + worker}]: {level} trace="
        tail = f" {text}" + (f"#012{trace}".replace("\n", "#012") if trace else "")
    else:
        head = f"<{_SEVERITIES[level]}>1 "
        middle = f"Z pay-{worker % 8} {logger} {4000 + worker} ID{draws.below(90)} - trace="
        tail = f" {text}" + (f"#012{trace}".replace("\n", "#012") if trace else "")
    return Line(style, head.encode(), middle.encode(), f"{tail}\n".encode())


class Pool(NamedTuple):
    """The lines that a corpus is put together from, and what is hidden in them."""

    lines: list[Line]
    payments: list[list[range]]
    """Of each payment its requests, in order, as places in ``lines``."""
    secrets: list[Value]
    decoys: list[Value]


def pool(seed: int, name: str, count: int, common: str) -> Pool:
    """``count`` lines of the format ``name``, payment by payment; each of ``mixed`` takes one of the six formats."""
    draws = Draws(seed, name, "pool")
    found = Pool([], [], [], [])
    styles = [name] if name != "mixed" else list(STYLES)
    while len(found.lines) < count:
        payment = draws.guid()
        requests = []
        for _ in range(draws.pick(REQUESTS)):
            first, worker = len(found.lines), draws.below(WORKERS)
            for at in range(first, min(first + draws.pick(RECORDS), count)):
                style = draws.pick(styles)
                found.lines.append(_pool_line(draws, found, at, style, payment, worker, common))
            if len(found.lines) > first:
                requests.append(range(first, len(found.lines)))
        found.payments.append(requests)
    return found


def _pool_line(draws: Draws, found: Pool, at: int, style: str, payment: str, worker: int, common: str) -> Line:
    """The line at that place of the pool; what is hidden in it goes to the pool too."""
    text = message(draws, payment)
    if at % COMMON_EVERY == 3:
        text = f"account {common}: {text}"
    if at % SECRET_EVERY == 7:
        found.secrets.append(secret(draws))
        text = f"{text[:60]}; {found.secrets[-1].written}"
    elif at % SECRET_EVERY == 14:
        found.decoys.append(decoy(draws))
        text = f"{text[:60]}; {found.decoys[-1].written}"
    elif len(text) < 80:
        text = f"{text}; order shop-{draws.below(10**6)}"
    trace = stack(draws) if at % STACK_EVERY == 11 else ""
    return line(draws, style, text, level="ERROR" if trace else "", trace=trace, payment=payment, worker=worker)
