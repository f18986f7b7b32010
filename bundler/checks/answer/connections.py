"""Checks whether a call without an answer ever reached anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundler.checks.types import View, check
from bundler.model import Finding
from bundler.providers import host_of
from bundler.providers.json_body import printable

_SURE = 0.8
_LONGEST_SHOWN = 120
_NO_NAME = re.compile(
    r"could ?n[o']t resolve|name or service not known|getaddrinfo|ENOTFOUND|EAI_AGAIN|UnknownHost|no such host"
    r"|nodename nor servname|ERR_NAME_NOT_RESOLVED|name resolution",
    re.IGNORECASE,
)
_NO_CONNECTION = re.compile(
    r"failed to connect|connection refused|ECONNREFUSED|ERR_CONNECTION_REFUSED|\bconnect timed ?out|ConnectTimeout"
    r"|ERR_CONNECTION_TIMED_OUT|ERR_INTERNET_DISCONNECTED|ERR_PROXY|could ?n[o']t connect",
    re.IGNORECASE,
)
_NO_TRUST = re.compile(
    r"certificate|SSL (?:connect error|routines|handshake)|SSLHandshake|TLS (?:alert|handshake)|ERR_(?:CERT|SSL)_",
    re.IGNORECASE,
)
"""What curl, browsers, Java, Node.js, Python and Go say; curl(1), exit codes 5 to 7, 28, 35 and 60. What may be said of
a connection that had been made as well ("Connection timed out") is not among them."""
_ADVICE = (
    (_NO_NAME, "its name was not found", "Check how the host is written, and the DNS of the machine that calls."),
    (_NO_CONNECTION, "no connection was made", "Check proxy, firewall and route of the machine that calls."),
    (_NO_TRUST, "no safe connection was made", "Check the certificates, the TLS version (1.2 or newer) and any proxy."),
)


def lost_before_arrival(text: str) -> tuple[str, str] | None:
    """What kept a call from being made and what to look at, by the words of the program that made it; else None."""
    return next(((told, advice) for pattern, told, advice in _ADVICE if pattern.search(text)), None)


@check("RSP010")
def call_reached_the_provider(view: View) -> Iterator[Finding]:
    """The call never reached the provider: no connection was made.

    The name of the host was not found, the connection was refused or took too long to be made, or the certificate was
    not trusted. Nothing happened to the payment. Look at the machine that calls, and at what stands between.
    """
    said = view.said
    if said is None or said.status != 0 or view.is_delivery or (lost := lost_before_arrival(said.text)) is None:
        return
    told, advice = lost
    request = view.failing.request if view.failing is not None else None
    host = (host_of(request.url) if request is not None else "") or "the host"
    words = printable(" ".join(said.text.split())[:_LONGEST_SHOWN])
    yield Finding(
        code="RSP010",
        severity="warning",
        message=f"The call did not reach {host}: {told} (“{words}”). Nothing happened to the payment.",
        advice=f"{advice} Then repeat the call.",
        who="config",
        confidence=_SURE,
        link=view.profile.links.get("status"),
        origins=(said.origin,),
    )


CHECKS = (call_reached_the_provider,)
