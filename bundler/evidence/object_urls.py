"""What an address of an object in a cloud store means; the outside thing it touches: the settings of the stores."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from bundler.errors import EnvironmentProblem, MisuseError, UnreadableInput
from bundler.evidence.object_refusals import refusals

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

CONNECT_TIMEOUT = timedelta(seconds=3)
ANSWER_TIMEOUT = timedelta(seconds=6)
"""How long a store may be silent."""
REQUEST_TIMEOUT = timedelta(seconds=60)
"""How long one request may take while bytes keep coming."""
RETRY_COUNT = 2
RETRY_TIMEOUT = timedelta(seconds=11)
"""After this no new attempt begins, so that a dead store is given up in less than 18 seconds."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SERVICES = {
    "s3": "s3", "s3a": "s3", "gs": "gs", "az": "az", "azure": "az", "adl": "az", "abfs": "az", "abfss": "az",
}  # fmt: skip
_AZURE_HOST = (".blob.core.windows.net", ".dfs.core.windows.net")
_S3_HOST = (".amazonaws.com", ".r2.cloudflarestorage.com")
_EXAMPLE = "Write it like s3://bucket/app.log, gs://bucket/app.log or az://container/app.log."
_PREFIXES = {"s3": "AWS_", "gs": "GOOGLE_", "az": "AZURE_", "https": "AWS_"}
_ONE_WORD = (
    "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_TOKEN", "GOOGLE_BASE_URL", "GOOGLE_BEARER_TOKEN",
    "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT", "AZURE_STORAGE_TOKEN",
)  # fmt: skip
"""Settings in which a blank or a line end, pasted along, brings obstore 0.12 down instead of being refused."""


class Place(NamedTuple):
    """Where an object lies: the store's own address, the object's name in it, and how both are shown."""

    service: str
    """``s3``, ``gs``, ``az``, or ``https`` for a server that is only asked for this one address."""
    store: str
    key: str
    shown: str

    def address(self, key: str) -> str:
        """The address of another object of the same store, as a user would type it."""
        return f"{self.store}/{quote(key) if self.store.startswith('https:') else key}"


def is_object_url(name: str) -> bool:
    """True for what is written as an address (``scheme://…``) and so is no path."""
    return _SCHEME.match(name) is not None


def locate(url: str) -> Place:
    """What ``url`` names; raises ``MisuseError``, which never repeats what may be a password or a signature."""
    found = _SCHEME.match(url)
    scheme = found[1].lower() if found else ""
    rest = url[found.end() :] if found else url
    if scheme in ("https", "http"):
        return _web_place(scheme, rest)
    if scheme not in _SERVICES:
        raise MisuseError(f"Evidence cannot be read from an address that begins with {scheme}://.", _EXAMPLE)
    if "?" in rest and re.search(r"(?i)[?&](sig|x-\w+-signature)=", rest):
        raise MisuseError(f"A signed address does not begin with {scheme}://.", "Give the whole https:// address.")
    bucket, _, key = rest.partition("/")
    account = r"(@[\w.-]+)?" if scheme in ("abfs", "abfss") else ""
    if not re.fullmatch(rf"[\w.$-]+{account}", bucket):
        what = "names no bucket" if not bucket else "holds something beside the bucket's name"
        raise MisuseError(f"The address that begins with {scheme}:// {what}.", _EXAMPLE)
    store = f"{scheme}://{bucket}"
    return Place(_SERVICES[scheme], store, key, _shown(f"{store}/{key}"))


def _web_place(scheme: str, rest: str) -> Place:
    address, _, query = rest.partition("#")[0].partition("?")
    host, _, path = address.partition("/")
    if "@" in host:
        raise MisuseError(
            f"The {scheme}:// address carries a user name or a password.", "Use a signed link, or the store's settings."
        )
    shown = _shown(f"{scheme}://{address}")
    if not host or not path:
        raise MisuseError(f"{shown} names no object.", _EXAMPLE)
    name = host.lower()
    if not query and scheme == "https" and name.endswith(_S3_HOST) and not re.match(r"s3[.-]|[^.]+\.r2\.", name):
        return Place("s3", f"https://{host}", unquote(path), shown)
    if not query and scheme == "https" and name.endswith((*_AZURE_HOST, *_S3_HOST)):
        bucket, _, key = path.partition("/")
        return Place("az" if name.endswith(_AZURE_HOST) else "s3", f"https://{host}/{bucket}", unquote(key), shown)
    # everything that is signed is asked for exactly as it was given: a signature fits one address only
    return Place("https", f"{scheme}://{address}" + (f"?{query}" if query else ""), "", shown)


def _shown(address: str) -> str:
    """``address`` as one printable line without its query."""
    text = address.partition("?")[0]
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def open_store(place: Place) -> ObjectStore:
    """The store that holds ``place``, with the credentials of the environment; nothing is sent yet.

    Raises ``EnvironmentProblem`` without obstore and for settings that cannot be used, ``UnreadableInput`` for an
    address that obstore does not take.
    """
    try:
        from obstore.store import HTTPStore, from_url
    except ImportError as error:
        raise EnvironmentProblem(
            "Reading logs from a cloud store needs the package obstore, which is not installed.",
            "pip install 'ticket-bundler[cloud]'",
        ) from error
    allow_http = os.environ.get(f"{_PREFIXES[place.service]}ALLOW_HTTP", "").lower() in ("1", "true", "yes", "on")
    _check_settings(place, allow_http=allow_http)
    client: ClientConfig = {
        "allow_http": allow_http,
        "connect_timeout": CONNECT_TIMEOUT,
        "read_timeout": ANSWER_TIMEOUT,
        "timeout": REQUEST_TIMEOUT,
    }
    retry: RetryConfig = {
        "max_retries": RETRY_COUNT,
        "retry_timeout": RETRY_TIMEOUT,
        "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1), "base": 2},
    }
    with refusals(place):
        if place.service == "https":
            return HTTPStore.from_url(place.store, client_options=client, retry_config=retry)
        return from_url(place.store, client_options=client, retry_config=retry)


def _check_settings(place: Place, *, allow_http: bool) -> None:
    if place.service == "https":
        if place.store.startswith("http://") and not allow_http:
            raise UnreadableInput(
                f"{place.shown} would be read without encryption.",
                "Use https://. On a network of your own: set AWS_ALLOW_HTTP=true.",
            )
        return
    for name in _ONE_WORD:
        value = os.environ.get(name, "") if name.startswith(_PREFIXES[place.service]) else ""
        if any(not "!" <= letter <= "~" for letter in value):
            raise EnvironmentProblem(
                f"The environment variable {name} holds a blank, a line end or an odd letter.",
                "Set it again without what was pasted along.",
            )
        if value and re.search("URL|ENDPOINT", name) and not value.startswith(("https://", "http://")):
            raise EnvironmentProblem(f"The environment variable {name} is not an address.", "It begins with https://.")
