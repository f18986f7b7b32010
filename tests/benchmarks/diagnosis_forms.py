"""The ways in which people have a story: a recording, curl with its output, raw HTTP, a saved body, or a log."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_calls import Answer, Call, Sent, sent_body
from tests.benchmarks.diagnosis_labels import File, LabelledTicket, Story
from tests.benchmarks.diagnosis_logs import STYLES, written_log


def reason_of(status: int) -> str:
    """The reason phrase; gateways have statuses of their own."""
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _answer_headers(sent: Sent) -> dict[str, str]:
    assert sent.answer is not None
    body = sent.answer.body.lstrip(b"\xef\xbb\xbf \r\n\t")
    page = body[:1] == b"<"
    kind = {"Content-Type": "text/html" if page else "application/json; charset=utf-8"} if body else {}
    date = f"{sent.started + timedelta(milliseconds=sent.took_ms):%a, %d %b %Y %H:%M:%S} GMT"
    return {"Date": date, **kind, "Content-Length": str(len(sent.answer.body)), **sent.answer.headers}


def _har(draws: Draws, story: Story) -> list[File]:
    entries = [_entry(each) for each in story.calls]
    if draws.below(2) and story.kind != "success":
        entries.insert(draws.below(len(entries) + 1), _entry(_page(draws, story.calls[0].started)))
    log: dict[str, Any] = {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": []}
    return [File("trace.har", json.dumps({"log": log | {"entries": entries}}, indent=1).encode())]


def _page(draws: Draws, moment: datetime) -> Sent:
    """What else is in a browser's recording."""
    call = Call("", "GET", f"https://shop.example.com/assets/{draws.text(8)}.js", {"Accept": "*/*"})
    return Sent(
        call, Answer(200, b"console.log(1)", {"Content-Type": "text/javascript"}), moment - timedelta(seconds=5)
    )


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _entry(sent: Sent) -> dict[str, Any]:
    call, answer = sent.call, sent.answer
    asked: dict[str, Any] = {"method": call.method, "url": call.url, "httpVersion": "HTTP/1.1"}
    asked |= {"headers": _pairs(call.headers), "queryString": [], "cookies": [], "headersSize": -1, "bodySize": -1}
    if body := sent_body(call):
        asked["postData"] = {"mimeType": call.headers.get("Content-Type", "application/json"), "text": body}
    told: dict[str, Any] = {"status": 0, "statusText": "", "httpVersion": "", "headers": [], "cookies": []}
    told |= {"content": {"size": 0, "mimeType": ""}, "redirectURL": "", "headersSize": -1, "bodySize": -1}
    if answer is not None:
        headers = _answer_headers(sent)
        text = answer.body.decode("utf-8", "replace")
        content = {"size": len(answer.body), "mimeType": headers.get("Content-Type", ""), "text": text}
        told |= {"status": answer.status, "statusText": reason_of(answer.status)}
        told |= {"headers": _pairs(headers), "content": content, "httpVersion": "HTTP/1.1"}
    else:
        told["_error"] = sent.error
    timings = {"send": 1, "wait": sent.took_ms - 2, "receive": 1}
    return {
        "startedDateTime": _stamp(sent.started),
        "time": sent.took_ms,
        "request": asked,
        "response": told,
        "cache": {},
        "timings": timings,
    }


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def curl_command(call: Call) -> str:
    """The call as documentation and browsers write it."""
    parts = [f"curl -i -X {call.method} {_quoted(call.url)}"]
    parts += [f"-H {_quoted(f'{name}: {value}')}" for name, value in call.headers.items()]
    if body := sent_body(call):
        parts.append(f"--data-raw {_quoted(body)}")
    return " \\\n  ".join(parts) + "\n"


def _raw_answer(sent: Sent) -> bytes:
    answer = sent.answer
    if answer is None:
        return f"curl: (28) {sent.error}\n".encode()
    head = [f"HTTP/1.1 {answer.status} {reason_of(answer.status)}"]
    head += [f"{name}: {value}" for name, value in _answer_headers(sent).items()]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + answer.body


def raw_request(call: Call) -> bytes:
    """The call as it goes over the wire (RFC 9112)."""
    host, _, path = call.url.partition("://")[2].partition("/")
    body = sent_body(call).encode()
    headers = {"Host": host, **call.headers} | ({"Content-Length": str(len(body))} if body else {})
    head = [f"{call.method} /{path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _curl(_: Draws, story: Story) -> list[File]:
    last = story.calls[-1]
    return [
        File("call.sh", curl_command(last.call).encode(), "requests"),
        File("answer.txt", _raw_answer(last), "responses"),
    ]


def _raw(_: Draws, story: Story) -> list[File]:
    parts = [raw_request(each.call) + b"\r\n\r\n" + _raw_answer(each) + b"\r\n\r\n" for each in story.calls]
    return [File("exchange.txt", b"".join(parts))]


def _body_alone(_: Draws, story: Story) -> list[File]:
    answer = story.calls[-1].answer
    assert answer is not None
    return [File("error.json", answer.body, "responses")]


def _body_with_request(_: Draws, story: Story) -> list[File]:
    answer = story.calls[-1].answer
    assert answer is not None
    request = File("request.txt", raw_request(story.calls[-1].call), "requests")
    return [request, File("error.json", answer.body, "responses")]


FORMS: dict[str, Callable[[Draws, Story], list[File]]] = {
    "har": _har,
    "curl": _curl,
    "raw": _raw,
    "body": _body_alone,
    "request-and-body": _body_with_request,
}
"""Those that hold an exchange, or a part of one; the logs are in ``STYLES``."""


def write_down(draws: Draws, number: int, story: Story, forms: tuple[str, ...] = ()) -> LabelledTicket:
    """The story in a form that it can have."""
    form = story.form or draws.pick(forms or _possible(story))
    options: tuple[tuple[str, str], ...] = (("event", story.event),) if story.event else ()
    if form in STYLES:
        last = story.calls[-1]
        files = [File("service.log", written_log(draws, form, story.calls), "logs" if draws.below(2) else "")]
        if last.call.payment:
            options = (*options, ("payment_id", last.call.payment))
        if draws.below(2) or not last.call.payment:
            options = (*options, ("at", last.started.isoformat()))
    else:
        files = FORMS[form](draws, story)
    return LabelledTicket(number, story, form, tuple(files), options)


def _possible(story: Story) -> tuple[str, ...]:
    last = story.calls[-1]
    if len(story.calls) > 1:
        return ("har", "har", "raw")
    if last.answer is None:
        return ("har", "curl")
    is_json = last.answer.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")
    return ("har", "har", "curl", "raw", *(("request-and-body",) if is_json else ()))
