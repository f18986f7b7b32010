"""Logs of a service that calls the API: seven styles, and how SDKs and frameworks write a failed call into a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tests.benchmarks.corpus_lines import MONTHS, Draws
from tests.benchmarks.diagnosis_calls import Sent


class Record(NamedTuple):
    """What a program logs: a message, and further lines below it."""

    moment: datetime
    level: str
    message: str
    more: tuple[str, ...] = ()


LOCAL = ZoneInfo("Europe/Copenhagen")
"""The zone of the machine that wrote the log, and of the one that reads it: some styles write no zone."""


def _local(record: Record, mark: str) -> str:
    moment = record.moment.astimezone(LOCAL)
    return f"{moment:%Y-%m-%d %H:%M:%S}{mark}{moment.microsecond // 1000:03}"


def _json_line(_: Draws, record: Record) -> str:
    stamp = f"{record.moment:%Y-%m-%dT%H:%M:%S}.{record.moment.microsecond // 1000:03}Z"
    held = {"timestamp": stamp, "level": record.level.lower(), "logger": "shop.payments", "message": record.message}
    if record.more:
        held["stack"] = "\n".join(record.more)
    return json.dumps(held, ensure_ascii=False)


def _logfmt(_: Draws, record: Record) -> str:
    text = record.message.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
    more = "\\n".join(record.more).replace('"', '\\"')
    tail = f' trace="{more}"' if more else ""
    return f'ts={record.moment:%Y-%m-%dT%H:%M:%S}Z level={record.level.lower()} caller=pay.go:42 msg="{text}"{tail}'


def _python(_: Draws, record: Record) -> str:
    return "\n".join((f"{_local(record, ',')} {record.level} shop.payments: {record.message}", *record.more))


def _logback(_: Draws, record: Record) -> str:
    level = record.level.replace("WARNING", "WARN")
    head = f"{_local(record, '.')} [http-nio-8080-exec-4] {level:<5} com.example.shop.Payments - {record.message}"
    return "\n".join((head, *record.more))


def _dotnet(_: Draws, record: Record) -> str:
    level = {"ERROR": "fail", "WARNING": "warn"}.get(record.level, "info")
    lines = (line for part in (record.message, *record.more) for line in part.splitlines())
    return "\n".join((f"{_local(record, '.')} {level}: Shop.Payments.Client[0]", *(f"      {line}" for line in lines)))


def _monolog(_: Draws, record: Record) -> str:
    stamp = f"{record.moment:%Y-%m-%dT%H:%M:%S}.{record.moment.microsecond:06}+00:00"
    return "\n".join((f"[{stamp}] shop.{record.level}: {record.message} [] []", *record.more))


STYLES: dict[str, Callable[[Draws, Record], str]] = {
    "json-lines": _json_line,
    "logfmt": _logfmt,
    "python-logging": _python,
    "logback": _logback,
    "dotnet": _dotnet,
    "monolog": _monolog,
    "nginx-access": lambda draws, record: record.message,
}
"""How a record is written; an access log knows no message, only the call."""


def access_line(draws: Draws, sent: Sent) -> str:
    """The call in the log of a proxy in front of it (nginx, combined format)."""
    moment = sent.started
    stamp = f"{moment.day:02}/{MONTHS[moment.month - 1]}/{moment:%Y:%H:%M:%S} +0000"
    parts = urlsplit(sent.call.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    status, size = (sent.answer.status, len(sent.answer.body)) if sent.answer else (499, 0)
    client = f"192.0.2.{draws.below(250) + 1}"
    return f'{client} - - [{stamp}] "{sent.call.method} {target} HTTP/1.1" {status} {size} "-" "acme-shop/4.2"'


_LIMIT = 120
"""Guzzle cuts the body of an error in its message after so many characters."""


def _axios(_: Draws, sent: Sent, status: int, body: str) -> Record:
    flat = " ".join(body.split())
    text = f"AxiosError: Request failed with status code {status} {flat}"
    return Record(sent.started, "ERROR", text, ("    at settle (/srv/node_modules/axios/dist/node/axios.cjs:1967:12)",))


def _guzzle(_: Draws, sent: Sent, status: int, body: str) -> Record:
    flat = " ".join(body.split())
    if len(flat) > _LIMIT:
        flat = flat[:_LIMIT] + " (truncated...)"
    kind = "Client" if status < 500 else "Server"
    text = (
        f"{kind} error: `{sent.call.method} {sent.call.url}` resulted in a `{status} {_PHRASES.get(status, 'Error')}`"
    )
    return Record(sent.started, "ERROR", f"{text} response: {flat}")


def _dotnet_client(_: Draws, sent: Sent, status: int, body: str) -> Record:
    flat = " ".join(body.split())
    text = (
        "System.Net.Http.HttpRequestException: Response status code does not indicate success: "
        f"{status} ({_PHRASES.get(status, 'Error')})."
    )
    more = f"   at Shop.Payments.Client.SendAsync() {sent.call.method} {sent.call.url}"
    return Record(sent.started, "ERROR", f"{text} Body: {flat}", (more,))


def _java(_: Draws, sent: Sent, status: int, body: str) -> Record:
    flat = " ".join(body.split())
    name = _PHRASES.get(status, "Error").replace(" ", "")
    head = f"org.springframework.web.client.HttpClientErrorException${name}: {status}"
    text = f'{head} on {sent.call.method} request for "{sent.call.url}": "{flat}"'
    return Record(sent.started, "ERROR", text, ("\tat com.example.shop.Payments.send(Payments.java:42)",))


def _requests(_: Draws, sent: Sent, status: int, body: str) -> Record:
    flat = " ".join(body.split())
    text = f"{sent.call.method} {sent.call.url} failed: {status} {flat}"
    phrase = _PHRASES.get(status, "Error")
    last = f"requests.exceptions.HTTPError: {status} Client Error: {phrase} for url: {sent.call.url}"
    trace = ("Traceback (most recent call last):", '  File "/srv/shop/pay.py", line 42, in send', last)
    return Record(sent.started, "ERROR", text, trace)


def _plain(_: Draws, sent: Sent, status: int, body: str) -> Record:
    path = urlsplit(sent.call.url).path
    return Record(sent.started, "ERROR", f"{sent.call.method} {path} answered {status}: {' '.join(body.split())}")


_PHRASES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
_PHRASES |= {422: "Unprocessable Entity", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway"}
WRAPPERS: dict[str, Callable[[Draws, Sent, int, str], Record]] = {
    "axios": _axios,
    "guzzle": _guzzle,
    "dotnet": _dotnet_client,
    "java": _java,
    "requests": _requests,
    "plain": _plain,
}
"""How HTTP libraries and those who use them put a failed call into a message."""
WRAPPERS_OF = {
    "json-lines": ("axios", "plain", "requests"),
    "logfmt": ("plain",),
    "python-logging": ("requests", "plain"),
    "logback": ("java", "plain"),
    "dotnet": ("dotnet",),
    "monolog": ("guzzle", "plain"),
}


def shown_by_guzzle(body: bytes) -> str:
    """As much of the body as a message of Guzzle shows."""
    return " ".join(body.decode("utf-8", "replace").split())[:_LIMIT]


def written_log(draws: Draws, style: str, calls: Sequence[Sent], wrapper: str = "") -> bytes:
    """The log of a service around the calls, with records of other payments between them."""
    lines = []
    for sent in calls:
        lines += [_chatter(draws, style, sent.started - timedelta(seconds=each)) for each in (41, 17, 3)]
        if style == "nginx-access":
            lines.append(access_line(draws, sent))
            continue
        status, body = _outcome(sent)
        record = Record(sent.started, "INFO", f"{sent.call.method} {sent.call.url} paymentId={sent.call.payment}")
        if status is None or status >= 400:
            chosen = WRAPPERS[wrapper or draws.pick(WRAPPERS_OF[style])]
            failed = chosen(draws, sent, status or 0, body)
            begun = Record(sent.started, "INFO", f"calling {sent.call.method} {sent.call.url} for {sent.call.payment}")
            lines.append(STYLES[style](draws, begun))
            named = f"[{sent.call.payment}] " if draws.below(3) else ""
            moment = sent.started + timedelta(milliseconds=sent.took_ms)
            record = failed._replace(moment=moment, message=named + failed.message)
        lines.append(STYLES[style](draws, record))
    return ("\n".join(lines) + "\n").encode()


def _outcome(sent: Sent) -> tuple[int | None, str]:
    if sent.answer is None:
        return None, sent.error
    return sent.answer.status, sent.answer.body.decode("utf-8", "replace").removeprefix("\ufeff")


def _chatter(draws: Draws, style: str, moment: datetime) -> str:
    other = f"shop-{draws.text(6)}-{draws.below(90000)}"
    if style == "nginx-access":
        stamp = f"{moment.day:02}/{MONTHS[moment.month - 1]}/{moment:%Y:%H:%M:%S} +0000"
        return f'192.0.2.9 - - [{stamp}] "GET /health HTTP/1.1" 200 2 "-" "probe/1"'
    words = draws.pick(("cart saved", "stock checked", "mail queued", "cache warmed", "session begun"))
    return STYLES[style](draws, Record(moment, draws.pick(("INFO", "DEBUG")), f"{words} for {other}"))
