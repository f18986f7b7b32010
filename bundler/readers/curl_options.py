"""Which options curl knows and which of them take a value; splits the words of a command into settings.

The names are those of curl's manual page (https://curl.se/docs/manpage.html), up to curl 8.17.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from bundler.readers.bash_words import Word

_VALUE_NAMES = """
    abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
    continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
    delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine
    etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port
    ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ip-tos
    ipfs-gateway json keepalive-cnt keepalive-time key key-type knownhosts krb libcurl limit-rate local-port
    login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer
    output output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-default proto-redir proxy
    proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key
    proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype
    proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer request
    request-target resolve retry retry-delay retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5
    socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max
    tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file upload-flags
    url url-query user user-agent variable vlan-priority write-out
"""

_FLAG_NAMES = """
    anyauth append basic ca-native cert-status compressed compressed-ssh create-dirs crlf digest disable disable-eprt
    disable-epsv disallow-username-in-url doh-cert-status doh-insecure fail fail-early fail-with-body false-start
    follow form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control get globoff
    haproxy-protocol head help http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only
    ignore-content-length include insecure ipv4 ipv6 junk-session-cookies keepalive list-only location
    location-trusted mail-rcpt-allowfails manual metalink mptcp negotiate netrc netrc-optional next no-alpn no-buffer
    no-clobber no-keepalive no-npn no-progress-meter no-sessionid ntlm ntlm-wb out-null parallel parallel-immediate
    path-as-is post301 post302 post303 progress-bar proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2
    proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel
    raw remote-header-name remote-name remote-name-all remote-time remove-on-error retry-all-errors retry-connrefused
    sasl-ir show-error show-headers silent skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl
    ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output
    suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1 tlsv1.2
    tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose version xattr
"""
WITH_VALUE = frozenset(_VALUE_NAMES.split())
WITHOUT_VALUE = frozenset(_FLAG_NAMES.split())

SHORT = {
    "#": "progress-bar", "0": "http1.0", "1": "tlsv1", "2": "sslv2", "3": "sslv3", "4": "ipv4", "6": "ipv6",
    ":": "next", "A": "user-agent", "B": "use-ascii", "C": "continue-at", "D": "dump-header", "E": "cert",
    "F": "form", "G": "get", "H": "header", "I": "head", "J": "remote-header-name", "K": "config", "L": "location",
    "M": "manual", "N": "no-buffer", "O": "remote-name", "P": "ftp-port", "Q": "quote", "R": "remote-time",
    "S": "show-error", "T": "upload-file", "U": "proxy-user", "V": "version", "X": "request", "Y": "speed-limit",
    "Z": "parallel", "a": "append", "b": "cookie", "c": "cookie-jar", "d": "data", "e": "referer", "f": "fail",
    "g": "globoff", "h": "help", "i": "include", "j": "junk-session-cookies", "k": "insecure", "l": "list-only",
    "m": "max-time", "n": "netrc", "o": "output", "p": "proxytunnel", "q": "disable", "r": "range", "s": "silent",
    "t": "telnet-option", "u": "user", "v": "verbose", "w": "write-out", "x": "proxy", "y": "speed-time",
    "z": "time-cond",
}  # fmt: skip

_KNOWN = WITH_VALUE | WITHOUT_VALUE
_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,40}")


class Setting(Struct, frozen=True):
    """One option by its long name, with its value where it takes one; a bare word is a ``url``."""

    name: str
    value: Word | None = None

    @property
    def text(self) -> str:
        return self.value.text if self.value is not None else ""


def split_options(words: Sequence[Word]) -> tuple[list[list[Setting]], list[str]]:
    """The settings of a command without its first word, one list for each part between ``--next``; and notes.

    Unknown options are noted and left out; nothing is ever an error.
    """
    waiting = list(reversed(words))
    groups: list[list[Setting]] = [[]]
    notes: dict[str, None] = {}
    options_are_over = False
    while waiting:
        word = waiting.pop()
        if options_are_over or not word.text.startswith("-") or word.text == "-":
            groups[-1].append(Setting("url", word))
        elif word.text == "--":
            options_are_over = True
        elif word.text.startswith("--"):
            _long(word, waiting, groups, notes)
        else:
            _short(word, waiting, groups, notes)
    return groups, list(notes)


def _long(word: Word, waiting: list[Word], groups: list[list[Setting]], notes: dict[str, None]) -> None:
    written = word.text[2:]
    is_expanded = written.startswith("expand-")  # curl 8.3: {{variables}} in the value are replaced by curl itself
    name = _find_name(written.removeprefix("expand-"))
    if name is None:
        shown = written if _PLAIN_NAME.fullmatch(written) else "…"
        notes[f"The option --{shown} is not one of curl's and was left out."] = None
        if waiting and _could_be_value(waiting[-1]):
            waiting.pop()
    elif name == "next":
        groups.append([])
    elif name in WITH_VALUE:
        _with_value(name, waiting, groups, notes, is_expanded=is_expanded)
    else:
        groups[-1].append(Setting(name))


def _short(word: Word, waiting: list[Word], groups: list[list[Setting]], notes: dict[str, None]) -> None:
    letters = word.text[1:]
    for place, letter in enumerate(letters):
        name = SHORT.get(letter)
        if name is None:
            notes["A short option that curl does not have was left out."] = None
        elif name == "next":
            groups.append([])
        elif name in WITH_VALUE:
            if rest := letters[place + 1 :]:
                waiting.append(Word(rest, word.is_unresolved))
            _with_value(name, waiting, groups, notes)
            return
        else:
            groups[-1].append(Setting(name))


def _with_value(
    name: str, waiting: list[Word], groups: list[list[Setting]], notes: dict[str, None], *, is_expanded: bool = False
) -> None:
    if not waiting:
        notes[f"The option --{name} has no value; is the command complete?"] = None
        return
    value = waiting.pop()
    if is_expanded and "{{" in value.text:
        value = Word(value.text, is_unresolved=True)
    groups[-1].append(Setting(name, value))


def _find_name(written: str) -> str | None:
    """The option meant: exactly, negated by ``no-``, or by a beginning that only one option has."""
    for name in (written, written.removeprefix("no-")):
        if name in _KNOWN:
            return written if written in _KNOWN else f"no-{name}"
    meant = [name for name in _KNOWN if name.startswith(written)] if written else []
    return meant[0] if len(meant) == 1 else None


def _could_be_value(word: Word) -> bool:
    return not word.text.startswith("-") and "/" not in word.text and "." not in word.text
