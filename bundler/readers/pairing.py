"""Brings a request saved alone together with the response saved alone, never against what they say themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec.structs import replace

from bundler.model import Exchange, Request, Response
from bundler.readers.bodies import find_header

_BODY_LIMIT = 1 << 20
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_ID_KEYS = frozenset(
    {
        "paymentid", "reference", "orderid", "agreementid", "chargeid", "captureid", "refundid", "merchantid",
        "merchantserialnumber",
    }
)  # fmt: skip
_ECHOED_HEADERS = ("x-request-id", "x-correlation-id", "correlation-id", "idempotency-key")


def pair(exchanges: Sequence[Exchange], *, told: bool = False) -> tuple[Exchange, ...]:
    """The exchanges with lone requests and lone responses joined; whatever contradicts stays apart.

    ``told`` is True when the user said which is the request and which the response: then the one that remains of each
    is joined although they contradict, for a check to tell.

    First neighbours of one source: a request directly followed by its response. Then, where exactly one lone request
    and one lone response remain among all sources, these two. A joined exchange stands where its request stood, and a
    note says where the response came from.
    """
    joined: list[Exchange] = []
    for exchange in exchanges:
        before = joined[-1] if joined else None
        if before is not None and before.source == exchange.source and _fit(before, exchange):
            joined[-1] = _join(before, exchange)
        else:
            joined.append(exchange)
    requests = [place for place, exchange in enumerate(joined) if _is_lone_request(exchange)]
    answers = [place for place, exchange in enumerate(joined) if _is_lone_answer(exchange)]
    if len(requests) == 1 and len(answers) == 1 and (told or _fit(joined[requests[0]], joined[answers[0]])):
        joined[requests[0]] = _join(joined[requests[0]], joined[answers[0]])
        del joined[answers[0]]
    return tuple(joined)


def _is_lone_request(exchange: Exchange) -> bool:
    return exchange.request is not None and exchange.response is None and exchange.error is None


def _is_lone_answer(exchange: Exchange) -> bool:
    return exchange.request is None and (exchange.response is not None or exchange.error is not None)


def _fit(asked: Exchange, answer: Exchange) -> bool:
    if not _is_lone_request(asked) or not _is_lone_answer(answer) or asked.request is None:
        return False
    return answer.response is None or not _contradict(asked.request, answer.response)


def _join(asked: Exchange, answer: Exchange) -> Exchange:
    where = f"{answer.source}, {answer.place}" if answer.place else answer.source
    note = f"Request and response were saved apart; the response is from {where}."
    return replace(
        asked,
        response=answer.response,
        response_source=answer.source if answer.source != asked.source else "",
        error=answer.error,
        started=asked.started or answer.started,
        started_written=asked.started_written or answer.started_written,
        notes=tuple(dict.fromkeys((*asked.notes, *answer.notes, note))),
    )


def _contradict(request: Request, response: Response) -> bool:
    """True when the response names another call, another id or another path than the request."""
    if request.method == "HEAD" and response.body:
        return True
    for name in _ECHOED_HEADERS:
        sent, received = find_header(request.headers, name), find_header(response.headers, name)
        if sent is not None and received is not None and sent.strip().casefold() != received.strip().casefold():
            return True
    answered = _members(response.body)
    return _ids_differ(request, answered) or _paths_differ(request, answered)


def _ids_differ(request: Request, answered: dict[str, str]) -> bool:
    asked = _members(request.body)
    try:
        path = urlsplit(request.url).path
    except ValueError:
        path = request.url
    in_path = {found.casefold() for found in _UUID.findall(path[:10_000])}
    for key in _ID_KEYS & answered.keys():
        value = answered[key].casefold()
        if key in asked and asked[key].casefold() != value:
            return True
        # a path that names a payment by its UUID is answered with that payment
        if key in ("paymentid", "reference", "orderid") and in_path and _UUID.fullmatch(value) and value not in in_path:
            return True
    return False


def _paths_differ(request: Request, answered: dict[str, str]) -> bool:
    """Frameworks put the path of the call into their error body: Spring as ``path``, others as ``instance``."""
    try:
        path = urlsplit(request.url).path.rstrip("/")
    except ValueError:
        return False
    for key in ("path", "instance"):
        named = answered.get(key, "").partition("?")[0].rstrip("/")
        # a gateway may have taken a part off either end of the path
        if named.startswith("/") and named.count("/") > 1 and not (path.endswith(named) or named.endswith(path)):
            return True
    return False


def _members(body: bytes) -> dict[str, str]:
    """The plain members of a JSON body by their keys, without case, ``-`` and ``_``."""
    if not body.lstrip().startswith((b"{", b"[")) or len(body) > _BODY_LIMIT:
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if isinstance(value, list):
        value = value[0] if value else None
    members = value.items() if isinstance(value, dict) else ()
    return {
        key.replace("_", "").replace("-", "").casefold(): str(content)
        for key, content in members
        if isinstance(content, str | int) and not isinstance(content, bool)
    }
