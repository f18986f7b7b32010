"""HAR, curl, raw HTTP, mail and Postman, as their programs write them, with secrets in every place they have.

HAR 1.2; curl's manual page (``-v``); RFC 9112; RFC 5322 and 2045; Postman collection format 2.1.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted.corpus import tagged
from tests.redact.planted.keepsakes import lookalike, protected
from tests.redact.planted.making import Shape
from tests.redact.planted.pieces import (
    Document,
    Piece,
    Pieces,
    as_form,
    as_json,
    as_percent,
    as_quoted_printable,
    as_shell_single,
    document,
    encoded,
    joined,
    plain,
    secret,
    words,
)
from tests.redact.planted.shapes import SHAPES
from tests.redact.planted.structures import Field, json_object

_BY_NAME = {shape.name: shape for shape in SHAPES}
_HEADERS = [
    "bearer",
    "basic",
    "hmac",
    "authorization-opaque",
    "subscription-key",
    "api-key",
    "client-secret",
    "cookie",
    "webhook-secret-by-name",
    "access-token",
    "ipv4",
]
_BODY = [
    shape.name
    for shape in SHAPES
    if not shape.is_multiline
    and shape.name not in ("cookie", "set-cookie", "digest", "pem-escaped", "netrc", "curl-user")
]


def _field(draws: Draws, name: str) -> Field:
    shape: Shape = _BY_NAME[name]
    made = shape.make(draws)
    return Field(made.name, tagged(made.value, shape.name))


def _some(draws: Draws, names: list[str], count: int) -> list[Field]:
    """So many different shapes, each under a name of its own."""
    chosen: dict[str, Field] = {}
    while len(chosen) < count:
        field = _field(draws, draws.pick(names))
        chosen.setdefault(field.name.lower(), field)
    return list(chosen.values())


def _kept(draws: Draws) -> Field:
    return Field(*protected(draws))


def _body_fields(draws: Draws, count: int) -> tuple[Field, ...]:
    fields = _some(draws, _BODY, count)
    taken = {field.name.lower() for field in fields}
    while len(fields) < count + 3:
        more = Field(*draws.pick((protected, lookalike))(draws))
        if more.name.lower() not in taken:
            taken.add(more.name.lower())
            fields.insert(draws.below(len(fields) + 1), more)
    return tuple(fields)


def _request_headers(draws: Draws) -> list[Field]:
    rows = [_kept(draws), *_some(draws, _HEADERS, 3)]
    return [Field("Host", words("api.example.com")), *rows, Field("Content-Type", words("application/json"))]


def _quoted(pieces: Pieces) -> Pieces:
    return words('"', encoded(pieces, as_json), '"')


def _pairs(fields: list[Field]) -> Pieces:
    rows = [words(f'{{"name": "{name}", "value": ', _quoted(value), "}") for name, value in fields]
    return words("[", joined(rows, ", "), "]")


def _cookie_values(draws: Draws) -> list[Field]:
    return [Field(name, words(secret(draws.text(22), "cookie"))) for name in ("sid", "csrf")]


def har(draws: Draws) -> Pieces:
    """One entry: cookies three times, headers as pairs, parameters, a body as text, an answer as text or Base64."""
    cookies = _cookie_values(draws)
    header = joined([words(f"{name}=", value) for name, value in cookies], "; ")
    kept_query, query = _kept(draws), _some(draws, ["access-token", "phone-by-name", "mail-by-name", "oauth-code"], 1)
    headers = [*_request_headers(draws), Field("Cookie", header)]
    url = words(
        "https://api.example.com/v1/x?",
        joined([words(f"{name}=", encoded(value, as_percent)) for name, value in (kept_query, *query)], "&"),
    )
    form = list(_body_fields(draws, 2))
    text = joined([words(f"{as_form(name)}=", encoded(value, as_form)) for name, value in form], "&")
    answer = json_object(draws, _body_fields(draws, 3))
    set_cookie = words("sid=", secret(draws.text(20), "set-cookie"), "; Path=/; HttpOnly")
    content: Pieces
    if draws.below(2):
        content = words('{"mimeType": "application/json", "text": ', _quoted(answer), "}")
    else:
        packed = base64.b64encode(plain(answer).encode("utf-8", "surrogatepass")).decode()
        hidden = next(piece for piece in answer if piece.role == "secret")
        whole = Piece(packed, "secret", hidden.plain, f"base64 {hidden.tag}")
        content = words('{"mimeType": "application/json", "encoding": "base64", "text": "', whole, '"}')
    return words(
        '{"log": {"version": "1.2", "creator": {"name": "b", "version": "1.2.3.4"}, "entries": [{\n',
        '"startedDateTime": "2026-11-23T13:02:11.482Z", "time": 12, "request": {"method": "POST", "url": ',
        _quoted(url), ', "httpVersion": "HTTP/2", "cookies": ', _pairs(cookies), ', "headers": ', _pairs(headers),
        ', "queryString": ', _pairs([kept_query, *query]),
        ', "postData": {"mimeType": "application/x-www-form-urlencoded", "text": ', _quoted(text), ', "params": ',
        _pairs(form), '}, "headersSize": -1, "bodySize": 1},\n"response": {"status": 409, "statusText": "Conflict", ',
        '"headers": ', _pairs([Field("Set-Cookie", set_cookie), _kept(draws)]), ', "cookies": [], "content": ', content,
        ', "redirectURL": ""}}]}}\n',
    )  # fmt: skip


def http(draws: Draws) -> Pieces:
    """A request and its answer as they go over the wire."""
    query = _some(draws, ["access-token", "phone-by-name", "mail-by-name", "client-secret"], 1)
    pairs = joined([words(f"{name}=", encoded(value, as_percent)) for name, value in (_kept(draws), *query)], "&")
    headers = joined([words(f"{name}: ", value) for name, value in _request_headers(draws)], "\r\n")
    return words(
        "POST /v1/x?", pairs, " HTTP/1.1\r\n", headers, "\r\n\r\n", json_object(draws, _body_fields(draws, 3)),
        "\r\n\r\nHTTP/1.1 409 Conflict\r\nSet-Cookie: sid=", secret(draws.text(20), "set-cookie"),
        "; Path=/; Secure\r\nContent-Type: application/json\r\n\r\n",
        json_object(draws, _body_fields(draws, 2), indent="  "), "\r\n",
    )  # fmt: skip


def curl(draws: Draws) -> Pieces:
    """A command line as browsers copy it, and some typed ones."""
    rows = [
        words(" \\\n  -H '", f"{name}: ", encoded(value, as_shell_single), "'")
        for name, value in _request_headers(draws)
    ]
    cookies = joined([words(f"{name}=", value) for name, value in _cookie_values(draws)], "; ")
    body = encoded(json_object(draws, _body_fields(draws, 2)), as_shell_single)
    form = joined(
        [words(f"{name}=", encoded(value, as_form)) for name, value in (_kept(draws), *_some(draws, _BODY, 1))], "&"
    )
    return words(
        "curl 'https://api.example.com/v1/x'", *rows, " \\\n  -b '", cookies, "' \\\n  --data-raw '",
        body, "' --compressed\n",
        "curl -s -u shop:", secret(draws.text(14), "curl-user"), ' -d "', form, '" https://api.example.com/v1/token\n',
    )  # fmt: skip


def curl_verbose(draws: Draws) -> Pieces:
    """What ``curl -v`` prints."""
    sent = joined([words(f"> {name}: ", value) for name, value in _request_headers(draws)], "\r\n")
    return words(
        "* Host api.example.com:443 was resolved.\n* Server auth using Basic with user 'shop'\n",
        "> POST /v1/x HTTP/1.1\r\n", sent, "\r\n> \r\n",
        "< HTTP/1.1 409 Conflict\r\n< Set-Cookie: sid=", secret(draws.text(20), "set-cookie"), "; Path=/\r\n",
        "< ", joined([words(f"{name}: ", value) for name, value in (_kept(draws),)], ""), "\r\n< \r\n",
        json_object(draws, _body_fields(draws, 3)), "\n* Connection #0 to host api.example.com left intact\n",
    )  # fmt: skip


def mail(draws: Draws) -> Pieces:
    """A message in quoted-printable that tells what happened, with JSON in it."""
    said = words(
        "Hei,\r\nkunden ", _field(draws, draws.pick(("mail", "phone", "card-visa", "fodselsnummer", "iban"))).value,
        " får feil. Authorization: Bearer ", secret(draws.text(30), "bearer"), "\r\n",
    )  # fmt: skip
    body = words(said, json_object(draws, _body_fields(draws, 3), indent="  "))
    return words(
        "From: ", secret(f"kari{draws.below(900)}@example.com", "mail"), "\r\nSubject: feil\r\nMIME-Version: 1.0\r\n",
        'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
        encoded(body, as_quoted_printable), "\r\n",
    )  # fmt: skip


def postman_collection(draws: Draws) -> Pieces:
    """A collection with saved headers, authorization, variables and bodies."""
    headers = joined(
        [
            words(f'{{"key": "{name}", "value": ', _quoted(value), ', "type": "text"}')
            for name, value in _request_headers(draws)
        ],
        ", ",
    )
    form = joined(
        [
            words(f'{{"key": "{name}", "value": ', _quoted(value), ', "type": "text"}')
            for name, value in _body_fields(draws, 2)
        ],
        ", ",
    )
    return words(
        '{"info": {"name": "shop", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},\n',
        '"auth": {"type": "bearer", "bearer": [{"key": "token", "value": "', secret(draws.text(30), "postman-token"),
        '", "type": "string"}]},\n"item": [{"name": "capture", "request": {"method": "POST", "header": [', headers,
        '], "body": {"mode": "raw", "raw": ', _quoted(json_object(draws, _body_fields(draws, 3), indent="  ")),
        '}, "url": {"raw": "https://api.example.com/x?token=', secret(token := draws.text(24), "postman-url"),
        '", "query": [{"key": "token", "value": "', secret(token, "postman-query"), '"}]}}},\n',
        '{"name": "form", "request": {"body": {"mode": "urlencoded", "urlencoded": [', form, "]}}}],\n",
        '"variable": [{"key": "client_secret", "value": "', secret(draws.text(28), "postman-variable"), '"}]}\n',
    )  # fmt: skip


def postman_environment(draws: Draws) -> Pieces:
    """An environment: secrets by key, some of them of the type ``secret``."""
    rows = [
        words(
            f'{{"key": "{name}", "value": ',
            _quoted(value),
            f', "type": "{draws.pick(("secret", "default"))}", "enabled": true}}',
        )
        for name, value in (*_body_fields(draws, 3), _kept(draws))
    ]
    return words('{"name": "shop", "values": [\n', joined(rows, ",\n"), "\n]}\n")


def dump(draws: Draws) -> Pieces:
    """A log record whose message is a whole exchange, JSON-escaped: what most services write on an error."""
    row = {"time": "2026-11-23T13:02:11.482Z", "level": "error", "msg": ""}
    head, _, tail = json.dumps(row).rpartition('""')
    return words(f'{head}"', encoded(http(draws), as_json), f'"{tail}\n')


MESSAGES: dict[str, Callable[[Draws], Pieces]] = {
    "har": har,
    "http": http,
    "curl": curl,
    "curl-v": curl_verbose,
    "mail": mail,
    "postman-collection": postman_collection,
    "postman-environment": postman_environment,
    "dump": dump,
}
"""All of them."""


def message(seed: object, kind: str, number: int) -> Document:
    """One of them, invented anew for every number."""
    draws = Draws("planted", seed, "message", kind, number)
    return document(f"{seed}/{number}/{kind}/message", MESSAGES[kind](draws))
