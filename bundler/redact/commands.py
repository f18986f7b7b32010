"""Finds the passwords and cookies that stand in commands: which option takes one differs from program to program."""

from __future__ import annotations

import re

from bundler.redact.shapes import Place, when_used

_CURL_USER = re.compile(
    rb"(?:-u[ =]{0,3}|-U[ =]{1,3}|--(?:proxy-)?user[ =]{1,3}|--cert[ =]{1,3}(?=[^\s:]{2}))"
    rb"(?:\\?[\"'])?([^\s\"':\\]{1,128}+):([^\s\"'\\]{1,256}+)"
)
_CURL_COOKIE = re.compile(
    rb" (?:-b|--cookie)[ =]{1,3}\\?(?:\$?([\"'`])([^\"'`\r\n]{1,4096}+)|([^\s\"'`$-][^\s\"'`]{0,4096}+))"
)
_BEFORE = 4096
_OPTIONS: dict[bytes, bytes] = {
    b"mysql": rb"-p",
    b"sshpass": rb"-p ?",
    b"redis-cli": rb"-a |--pass ",
    b"docker login": rb"-p ",
    b"podman login": rb"-p ",
    b"ldapsearch": rb"-w ",
    b"ldapmodify": rb"-w ",
    b"keytool": rb"-(?:store|key)pass ",
    b"jarsigner": rb"-(?:store|key)pass ",
    b"smbclient": rb"-U [^\s%]{1,64}%",
    b"sqlcmd": rb"-P ?",
    b"openssl": rb"-(?:pass(?:in|out)?|k) (?:pass:)?",
    b"impacket": rb"-p ",
}
PROGRAMS: tuple[bytes, ...] = tuple(re.escape(program) for program in _OPTIONS)
_VALUE = rb"\\?[\"'`]?([^\s\"'`\\$<>|&;-][^\s\"'`\\<>|&;]{3,256}+)"
_PASSWORDS = {
    program: when_used(re.escape(program) + rb"[a-z_]{0,12}(?: [^\n|;&]{0,400}?)? (?:" + option + rb")" + _VALUE)
    for program, option in _OPTIONS.items()
}
_OPTION = re.compile(
    rb"--([A-Za-z][A-Za-z0-9_.-]{1,40}+)(?:[ \t]{1,4}\\?[\"']?|\\{0,3}[\"'],[ ]?\\{0,3}[\"'])"
    rb"((?:[^\s\"'`\\<>$%{}()|&;,-]|-(?=[A-Za-z0-9_-]{20,512}(?:[\s\"']|\Z)))[^\s\"'`\\<>|&;]{3,512}+)"
)
_HTTPIE = re.compile(rb" (?:-a|--auth)[ =]\\?[\"']?(?:[^\s\"':\\]{1,128}+:)?([^\s\"'\\:-][^\s\"'\\]{3,512}+)")
_OF_HTTPIE = re.compile(rb"(?:\A|[\s$;|&=:>\"'`])(?:https?|xhs?)(?= |\Z)")
_SETTING = re.compile(
    rb"(?:set -g?x|set -Ux|setx|setenv|SetEnv|ENV|set_header|RequestHeader set|config(?:ure)? set)"
    rb"[ \t]{1,4}([A-Za-z_/][A-Za-z0-9_./:-]{2,80}+)[ \t]{1,4}"
    rb"\\?[\"'`]?([^\s\"'`\\$<>|&;-][^\s\"'`\\<>|&;]{5,512}+)"
)
_SERIALIZED_NAME = re.compile(rb":\\{0,15}[\"`]([A-Za-z][A-Za-z0-9_.-]{2,80})\Z")
_SERIALIZED = re.compile(rb"\\{0,15}[\"`];s:[0-9]{1,6}:\\{0,15}[\"`]([^\"`\\\r\n]{4,4096}+)\\{0,15}[\"`];")
_BEHIND_NAME = re.compile(rb"(?:[0-9]{1,2}|confirm(?:ation)?|prod(?:uction)?|live|test|dev|value)\Z")
_SECRET_OPTIONS = (
    b"password passwd pwd passphrase secret token apikey subscriptionkey accesskey secretkey privatekey"
).split()


def curl_password(text: bytes, start: int, _end: int) -> Place:
    """The password in ``curl -u user:password`` (curl's manual page), on one line or a continued one."""
    found = _CURL_USER.match(text, start + 1)
    return found.span(2) if found is not None and _is_of_curl(text, start) else None


def curl_cookie(text: bytes, start: int, _end: int) -> Place:
    """The cookies in ``curl -b 'name=value; …'``, from the first value on (curl's manual page, option --cookie)."""
    found = _CURL_COOKIE.match(text, start)
    if found is None or not _is_of_curl(text, start):
        return None
    group = 2 if found[2] is not None else 3
    name, equals, value = found[group].partition(b"=")
    return (found.start(group) + len(name) + 1, found.end(group)) if equals and value else None


def _is_of_curl(text: bytes, start: int) -> bool:
    """True where ``curl`` stands before, with no empty line between."""
    return b"curl" in text[max(0, start - _BEFORE) : start].rpartition(b"\n\n")[2]


def command_password(text: bytes, start: int, end: int) -> Place:
    """The password behind the option that this program reads it from."""
    if start > 0 and text[start - 1 : start].isalnum():
        return None
    found = _PASSWORDS[text[start:end]]().match(text, start)
    return found.span(1) if found is not None else None


def option_value(text: bytes, start: int, _end: int) -> Place:
    """What follows ``--password``, ``--client-secret`` and the like as the next word of a command."""
    found = _OPTION.match(text, start) if text[start - 1 : start] != b"-" else None
    if found is None:
        return None
    name = _BEHIND_NAME.sub(b"", found[1].lower().translate(None, b"-_."))
    return found.span(2) if name == b"pass" or name.endswith(tuple(_SECRET_OPTIONS)) else None


def httpie_password(text: bytes, start: int, _end: int) -> Place:
    """The password or token in ``http -a user:password`` (HTTPie's and xh's manual pages)."""
    found = _HTTPIE.match(text, start)
    line = text[max(0, start - _BEFORE) : start].rpartition(b"\n")[2]
    return found.span(1) if found is not None and _OF_HTTPIE.search(line) else None


def serialized_value(text: bytes, start: int, _end: int) -> Place:
    """The string behind the name of a secret in ``s:6:"secret";s:9:"…";`` (PHP manual, serialize)."""
    named = _SERIALIZED_NAME.search(text[max(0, start - 96) : start].rstrip(b"\\"))
    if named is None or not _tells_of_secret(named[1]):
        return None
    found = _SERIALIZED.match(text, start)
    return found.span(1) if found is not None else None


def _tells_of_secret(written: bytes) -> bool:
    name = _BEHIND_NAME.sub(b"", written.lower().translate(None, b"-_."))
    if b"public" in name or name.endswith(b"idempotencykey"):
        return False
    return name.endswith((*_SECRET_OPTIONS, b"key", b"pass", b"keyecommerce"))


def value_set(text: bytes, start: int, _end: int) -> Place:
    """The value in ``setx API_KEY value``, ``set -x …``, ``aws configure set …``, where the name tells of a secret."""
    found = _SETTING.match(text, start)
    if found is None or (start > 0 and text[start - 1 : start].isalnum()):
        return None
    return found.span(2) if _tells_of_secret(found[1]) else None
