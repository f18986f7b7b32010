"""What curl would send for one command: method, URL, headers and body, as measured against the real program.

The headers that curl adds by itself (Host, its own User-Agent, Accept, Content-Length) are left out, as browsers leave
theirs out when they copy a request.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

from msgspec import Struct

from bundler.model import BodyState, Header, Request
from bundler.readers.bash_words import Word
from bundler.readers.curl_body import DATA_OPTIONS, Body, data_body, encoded_pair, form_body
from bundler.readers.curl_options import Setting
from bundler.readers.source_text import valid_text
from bundler.readers.wire_url import split_user, wire_url

_VERSIONS = {
    "http0.9": "HTTP/0.9", "http1.0": "HTTP/1.0", "http1.1": "HTTP/1.1", "http2": "HTTP/2",
    "http2-prior-knowledge": "HTTP/2", "http3": "HTTP/3", "http3-only": "HTTP/3",
}  # fmt: skip
_REMARKS = {
    "insecure": "The command does not check the server's certificate (-k).",
    "location": "The command follows redirects (-L): the response may come from another address.",
    "location-trusted": "The command follows redirects: the response may come from another address.",
    "compressed": "The command asks for a compressed response (--compressed).",
    "config": "Options in a file that the command names (-K) were not read.",
    "proxy": "The command goes through a proxy.",
    "preproxy": "The command goes through a proxy.",
    "resolve": "The command sets the address of a host by itself (--resolve, --connect-to).",
    "connect-to": "The command sets the address of a host by itself (--resolve, --connect-to).",
    "unix-socket": "The command talks to a local socket, not to the host of the URL.",
    "abstract-unix-socket": "The command talks to a local socket, not to the host of the URL.",
    "cert": "The command shows a client certificate.",
    "request-target": "The command sends another path than the URL says (--request-target).",
    "netrc": "Credentials from a .netrc file were not read.",
    "netrc-file": "Credentials from a .netrc file were not read.",
    "netrc-optional": "Credentials from a .netrc file were not read.",
    "aws-sigv4": "curl signs the request (--aws-sigv4): the Authorization header that is sent is not in the command.",
}
_OTHER_LOGINS = frozenset({"digest", "ntlm", "ntlm-wb", "negotiate", "anyauth"})


URL_LIMIT = 20
"""URLs of one command that are read at most."""


class Planned(Struct, frozen=True):
    """A request that a command makes, with remarks about what the command does not tell."""

    request: Request
    notes: tuple[str, ...]


def plan_requests(settings: Sequence[Setting], stdin: Word | None) -> Iterator[Planned]:
    """One request for each URL of ``settings``, in their order; all get the same headers and body, as curl does it."""
    named = {setting.name for setting in settings}
    notes = dict.fromkeys(remark for name, remark in _REMARKS.items() if name in named)
    for setting in settings:
        if setting.value is not None and setting.value.is_unresolved and setting.name not in DATA_OPTIONS:
            what = "The URL" if setting.name == "url" else f"--{setting.name}"
            notes[f"{what} holds something that the shell would have replaced; it was kept as written."] = None
    body = form_body(settings) or data_body(settings, stdin)
    if body is not None and body.state is BodyState.FILE_REFERENCE:
        notes["A part of the body comes from a file that the command names; it was not opened."] = None
    query = _query(settings, body if "get" in named else None)
    if "get" in named:
        body = None
    targets = [setting for setting in settings if setting.name == "url" and setting.text]
    if len(targets) > URL_LIMIT:
        notes[f"Only the first {URL_LIMIT} URLs of the command were read."] = None
    settings = [setting for setting in settings if setting.name != "url"]
    uploads = [setting for setting in settings if setting.name == "upload-file"]
    for place, target in enumerate(targets[:URL_LIMIT]):
        remarks = dict(notes)
        own_body = body
        url = target.text
        if place < len(uploads):
            own_body = Body(f"@{uploads[place].text}".encode("utf-8", "surrogateescape"), BodyState.FILE_REFERENCE)
            remarks["The body comes from a file that the command names; it was not opened."] = None
            url = _with_file_name(url, uploads[place].text)
        if "globoff" not in named and any(mark in url for mark in "{[") and "[::" not in url:
            remarks["The URL holds a pattern that curl turns into several URLs; it was kept as written."] = None
        address, user = split_user(
            wire_url(url, query, _last(settings, "proto-default"), keeps_dots="path-as-is" in named)
        )
        headers = tuple(_headers(settings, own_body, user, remarks))
        yield Planned(
            Request(
                method=_method(settings, own_body, is_upload=place < len(uploads)),
                url=valid_text(address),
                http_version=next((_VERSIONS[one.name] for one in reversed(settings) if one.name in _VERSIONS), ""),
                headers=headers,
                body=own_body.content if own_body else b"",
                body_state=own_body.state if own_body else BodyState.EMPTY,
            ),
            tuple(remarks),
        )


def _method(settings: Sequence[Setting], body: Body | None, *, is_upload: bool) -> str:
    if typed := _last(settings, "request"):
        return valid_text(typed)
    names = {setting.name for setting in settings}
    if "head" in names:
        return "HEAD"
    if is_upload:
        return "PUT"
    return "POST" if body is not None else "GET"


def _query(settings: Sequence[Setting], moved: Body | None) -> str:
    """What ``-G`` and ``--url-query`` add to the URL; curl takes the former where both are there."""
    if moved is not None:
        return moved.content.decode("utf-8", "surrogateescape")
    pieces = []
    for setting in settings:
        if setting.name == "url-query":
            is_ready = setting.text.startswith("+") or (setting.value is not None and setting.value.is_unresolved)
            pieces.append(setting.text.removeprefix("+") if is_ready else encoded_pair(setting.text))
    return "&".join(pieces)


def _headers(settings: Sequence[Setting], body: Body | None, user: str, notes: dict[str, None]) -> Iterator[Header]:
    """The headers in the order in which curl sends them: its own kinds first, then typed ones, then the media type."""
    typed = [_split(setting.text) for setting in settings if setting.name == "header"]
    taken = {name.casefold() for name, _ in typed}
    if any(setting.name == "header" and setting.text.startswith("@") for setting in settings):
        notes["Headers in a file that the command names were not read."] = None
    for name, value in _own_headers(settings, user, notes):
        if name.casefold() not in taken:
            yield name, value
    yield from ((valid_text(name), valid_text(value)) for name, value in typed if name and value is not None)
    if body is not None and body.media_type and "content-type" not in taken:
        yield "Content-Type", body.media_type
    if any(setting.name == "json" for setting in settings) and "accept" not in taken:
        yield "Accept", "application/json"


def _own_headers(settings: Sequence[Setting], user: str, notes: dict[str, None]) -> Iterator[Header]:
    names = {setting.name for setting in settings}
    login = _last(settings, "user") or user
    if token := _last(settings, "oauth2-bearer"):
        yield "Authorization", f"Bearer {valid_text(token)}"
    elif login and names & _OTHER_LOGINS:
        notes["curl logs in by a scheme whose header is not in the command (--digest, --ntlm, --negotiate)."] = None
    elif login:
        if ":" not in login:
            notes["The command names a user without a password; curl would ask for it."] = None
            login += ":"
        yield "Authorization", f"Basic {base64.b64encode(login.encode('utf-8', 'surrogateescape')).decode()}"
    if value := _last(settings, "range"):
        yield "Range", f"bytes={valid_text(value)}"
    if value := _last(settings, "user-agent"):
        yield "User-Agent", valid_text(value)
    if value := _last(settings, "referer").removesuffix(";auto"):
        yield "Referer", valid_text(value)
    cookies = [setting.text for setting in settings if setting.name == "cookie"]
    if any("=" not in cookie for cookie in cookies):
        notes["Cookies in a file that the command names were not read."] = None
    if pairs := [valid_text(cookie) for cookie in cookies if "=" in cookie]:
        yield "Cookie", ";".join(pairs)


def _split(text: str) -> tuple[str, str | None]:
    """Name and value of ``-H``; the value is None for ``H:``, which takes a header away, the name empty for a file."""
    if text.startswith("@"):
        return "", None
    name, colon, value = text.partition(":")
    if colon:
        return name.strip(), value.strip() or None
    name, semicolon, _ = text.partition(";")
    return (name.strip(), "") if semicolon else ("", None)


def _with_file_name(url: str, file: str) -> str:
    """The URL that ``-T`` sends to: one that ends in ``/`` gets the name of the file."""
    path = url.partition("?")[0]
    return f"{url}{file.rpartition('/')[2]}" if path == url and path.endswith("/") and file not in ("-", ".") else url


def _last(settings: Sequence[Setting], name: str) -> str:
    return next((setting.text for setting in reversed(settings) if setting.name == name), "")
