"""Texts made to take long: each a function from a size in bytes to a text of that size."""

from __future__ import annotations

import json
from collections.abc import Callable


def _row(unit: str, tail: str = "") -> Callable[[int], str]:
    """``unit`` over and over."""
    return lambda size: (unit * (size // len(unit) + 1))[: max(0, size - len(tail))] + tail


def _numbered(template: str) -> Callable[[int], str]:
    """``template`` with another number each time: no two values alike."""

    def write(size: int) -> str:
        one = len(template.format(10**6))
        return "".join(template.format(10**6 + number) for number in range(size // one + 1))[:size]

    return write


def _nested_json(size: int) -> str:
    depth = max(1, size // 12)
    return ('{"token":' * depth + '"x"' + "}" * depth)[:size]


def _nested_lists(size: int) -> str:
    return "[" * (size // 2) + "]" * (size // 2)


def _deep_strings(size: int) -> str:
    """JSON in strings, as deep as it goes: backslashes double with every level."""
    text = '{"password":"hunter2xyz"}'
    while len(text) * 2 < size // 4:
        text = json.dumps({"a": text})
    return (text * (size // len(text) + 1))[:size]


def _deep_percent(size: int) -> str:
    return ("%" + "25" * 40 + "41" + "a=b&") * (size // 88 + 1)


ADVERSARIES: dict[str, Callable[[int], str]] = {
    "digits": _row("4"),
    "digit groups": _row("4111 1111 "),
    "digits and dashes": _row("12-34-"),
    "cards that fail": _row("4111111111111112 "),
    "@": _row("@"),
    "a@": _row("a@"),
    "mail without end": _row("a.b@c."),
    "[": _row("["),
    "{": _row("{"),
    "nested lists": _nested_lists,
    "nested objects": _nested_json,
    "double quotes": _row('"'),
    "single quotes": _row("'"),
    "backslashes": _row("\\"),
    "backslash quotes": _row('\\"'),
    "quoted key, no end": _row('password="'),
    "%25": _row("%25"),
    "%25 nests": _deep_percent,
    "%": _row("%41"),
    "\\u0041": _row("\\u0041"),
    "&quot;": _row("&quot;"),
    "&#34;": _row("&#34;password&#34;:"),
    "eyJ": _row("eyJ"),
    "eyJ.": _row("eyJ."),
    "jwt without end": _row("eyJhbGciOiJIUzI1NiJ9."),
    "base64 of json": _row("eyJhIjoiYiJ9"),
    "base64 run": _row("eyJh/"),
    "BEGIN": _row("-----BEGIN PRIVATE KEY-----"),
    "BEGIN lines": _row("-----BEGIN PRIVATE KEY-----\nMIIB\n"),
    "END": _row("-----END PRIVATE KEY-----"),
    "://": _row("://"),
    "://a:": _row("://a:"),
    "://a:b@": _row("://a:b@"),
    "commas": _row(","),
    "=,": _row("=,"),
    "key:": _row("key:"),
    "token:": _row('"token":'),
    "token=": _row("token="),
    "secret: ": _row("secret: "),
    "address objects": _row('{"address":{"name":'),
    "Bearer": _row("Bearer "),
    "Bearer a": _row("bearer a"),
    "Basic": _row("Basic "),
    "Authorization": _row("Authorization: "),
    "Authorization list": _row('"Authorization":["'),
    "cookies": _row("Cookie: a=b; "),
    "cookie pairs": _row("a=b; ", "Cookie: a"),
    "one cookie header": lambda size: "Cookie: " + _row("a=b; ")(size),
    "curl -u": _row("curl -u a:b "),
    " -u a:b": _row(" -u a:b"),
    "options": _row("--token "),
    "deep strings": _deep_strings,
    "tuples": _row("('a', 'b'), "),
    "pairs": _row('{"name":"token","value":"'),
    "elements": _row("<password>"),
    "closing elements": _row("</password>"),
    "multipart": _row('name="password"\r\n\r\n'),
    "names with blanks": _row("Name: A B C D "),
    "colons": _row("::"),
    "hex pairs": _row("aa:"),
    "IPv4": _row("1.1."),
    "IPv4 addresses": _row("192.0.2.1 "),
    "IBAN": _row("NO93 "),
    "phones": _row("+47 "),
    "phone words": _row("phone 12345678 "),
    "placeholders": _row("[token-1] "),
    "withheld": _row("[withheld: the rule a "),
    "colours": _row("\x1b[0m"),
    "soft breaks": _row("=\r\n"),
    "=3D": _row("password=3D"),
    "line feeds": _row("\n"),
    "NULs": _row("\0"),
    "secrets, all different": _numbered("password=hunter{}xyz "),
    "cards in lines, all different": _numbered("card=4111{}1111\n"),
    "mails, all different": _numbered("kari{}@example.com "),
    "keys, all different": _numbered("k{}=v "),
    "short secrets": _numbered('"cvv":"{}",'),
}
"""What programs for the same job have been seen to stumble over, and what ours might."""
