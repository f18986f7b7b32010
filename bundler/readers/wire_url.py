"""What becomes of a URL on its way to the wire."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_LOCAL_HOST = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::|$)", re.IGNORECASE)
_PLAIN_PORTS = (":80", ":8000", ":8080", ":3000", ":5000")


def wire_url(written: str, query: str = "", scheme: str = "", *, keeps_dots: bool = False) -> str:
    """The URL that is requested for the one that was written: with a scheme and a path, without a fragment, ``query``
    appended, dot segments taken out (RFC 3986, 5.2.4), bytes beyond ASCII percent-encoded.
    """
    url = written.strip().partition("#")[0]
    if not _SCHEME.match(url):
        url = f"{scheme or 'http'}://{url}"
    start, _, rest = url.partition("://")
    address, mark, own_query = rest.partition("?")
    host, slash, path = address.partition("/")
    if "{{" not in host and not host.startswith("$"):
        path = _without_dots(path) if not keeps_dots else path
        slash = "/"
    queries = "&".join(part for part in (own_query, query) if part)
    url = f"{start}://{host}{slash}{path}" + (f"?{queries}" if queries or mark else "")
    return _NOT_ASCII.sub(_percent_encoded, url)


def split_user(url: str) -> tuple[str, str]:
    """The URL without user and password, and these as they are sent in a Basic header; empty where there are none."""
    start, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    if not at:
        return url, ""
    return f"{start}{mark}{host}{slash}{path}", unquote_to_bytes(user).decode("utf-8", "surrogateescape")


def url_of_message(target: str, host: str | None, *, is_tls: bool | None = None) -> str:
    """The URL of a request line and a Host header. Where nothing tells whether TLS was used, the host decides."""
    target = target.partition("#")[0]
    if not target.startswith("/") or not host:
        return target
    if is_tls is None:
        is_tls = not (_LOCAL_HOST.match(host) or host.endswith(_PLAIN_PORTS))
    return f"{'https' if is_tls else 'http'}://{host}{target}"


def _without_dots(path: str) -> str:
    segments = path.split("/")
    if "." not in segments and ".." not in segments:
        return path
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _percent_encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02x}" for byte in found[0].encode("utf-8", "surrogateescape"))
