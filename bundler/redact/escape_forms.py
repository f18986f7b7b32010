"""Knows the escapes that texts are written with, which of them a text means, and what it reads without them."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_SIGNS = rb"%&\\\x1b"
_GOES_ON = rb"\\{1,16}x[89ABab][0-9A-Fa-f]"
_OCTETS = rb"(?:[CDcd][0-9A-Fa-f]|[Ee][0-9A-Fa-f]" + _GOES_ON + rb"|[Ff][0-7]" + _GOES_ON + _GOES_ON + rb")" + _GOES_ON
"""A sign of several bytes in UTF-8, written as nginx and Python's ``repr`` of bytes do it."""
_NEXT_OCTET = re.compile(rb"\\+x")
_BEHIND_SIGN = (
    rb"(?<=%)(?P<percent>[0-9A-Fa-f]{2})|(?<=\\)\\{0,14}+(?:(?P<slash>/)|(?P<control>[nrt]))|"
    rb"(?<=\\)\\{0,15}+(?:u(?P<json>(?!d[89a-f])[0-9A-Fa-f]{4})|x(?:(?P<octets>" + _OCTETS + rb")|"
    rb"(?P<python>[0-9A-Fa-f]{2})))|"
    rb"(?<=\x1b)(?P<nothing>\[[0-9;]{0,12}m)|"
    rb"(?<=&)(?:(?P<named>quot|amp|lt|gt|apos)|#(?P<decimal>[0-9]{2,3})|#[xX](?P<hexadecimal>[0-9A-Fa-f]{2}));"
)


def _escapes(sign: bytes = b"", behind_sign: bytes = rb"(?!)") -> re.Pattern[bytes]:
    """One escape, with those of one more sign: a set of bytes first, which is found much faster than a choice."""
    return re.compile(b"[" + _SIGNS + sign + b"](?:" + _BEHIND_SIGN + b"|" + behind_sign + b")")


ESCAPE = _escapes()
"""What is an escape in any text."""
_PRINTABLE = _escapes(b"=", rb"(?<==)(?:(?P<octet>(?!3D%)[0-9A-F]{2})|(?P<soft>\r?\n))")
SURE_OCTETS = rb"3D(?!%)|22|0[9AD]|[C-F][0-9A-F](?==)|(?<==[C-F89AB][0-9A-F]=)[89AB][0-9A-F]"
_PARTLY = _escapes(b"=", rb"(?<==)(?:(?P<octet>" + SURE_OCTETS + rb")|(?P<soft>\r?\n))")
"""Quoted-printable beside ``=`` that begin no octet (``level=info msg="a=3D…"``): ``amount=94`` is a number there."""
_BARE_SIGN = re.compile(rb"=(?![0-9A-F]{2}|\r?\n)")
_FORM = _escapes(b"+", rb"(?<=\+)(?<!=\+)(?P<blank>)")  # "=+47…" begins with a plus sign, no text with a blank
_FORM_WORD = re.compile(rb"=(?<=[A-Za-z0-9_.%\]-]=)[^\s\"'`<>+=\\]++\+")
_ANY_SIGN = re.compile(rb"[%&\\\x1b+]|=(?:[0-9A-F]{2}|\r?\n)")
_ODD = re.compile(rb"=(?:3D|\r?\n|C[2-9A-F]=[89AB][0-9A-F]|22[A-Za-z_]{2,40}=22)")
_BLANK_PLUS = re.compile(rb"(?<!=)\+")
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_SLASHED = re.compile(rb"\\\\{0,14}+/")
_CONSTANT = tuple((re.compile(rb"\\\\{0,14}+" + letter), sign) for letter, sign in _CONTROLS.items())
_COMMON = ((b"%20", b" "), (b"%3A", b":"), (b"%2C", b","), (b"%2F", b"/"), (b"%3D", b"="), (b"%3B", b";"))
"""The commonest codes, each of which is replaced at the speed of memory; none makes a new one."""
_BETWEEN = b"\n\0\n"
SIGNS = tuple(
    (sign, re.compile(form))
    for sign, form in (
        (b"\\", rb"\\[u/nrtx]"),
        (b"&", rb"&(?:quot|amp|lt|gt|apos|#)"),
        (b"\x1b", rb"\x1b\["),
        (b"=", rb"=(?:3D|C[2-9A-F]=|22[A-Za-z_]{2,40}=22)"),
    )
)
"""The escapes that are not ``%XX``, each behind a sign that is looked for many times faster."""
_CODED = ((b"\\", re.compile(rb"\\[ux]")), *SIGNS[1:3])
_NAMED = {b"quot": b'"', b"amp": b"&", b"lt": b"<", b"gt": b">", b"apos": b"'"}
DEPTH = 3
"""How often escapes within escapes are undone."""


def has_form(text: bytes) -> bool:
    """True where ``+`` stands for a blank."""
    return b"\x1b" not in text and _may_have_form(text)  # colours go first, or what is behind one begins nothing


def _may_have_form(text: bytes) -> bool:
    if b"&" not in text and b"%" not in text:
        return False
    return find_form(text, 0) >= 0


def find_form(text: bytes, start: int) -> int:
    """Where the first value begins, with its ``=``, in which ``+`` stands for a blank; -1 where there is none.

    It is looked for by the ``+``, of which a log has fewer than of ``=``.
    """
    plus = text.find(b"+", start)
    while plus >= 0:
        equal = text.rfind(b"=", start, plus)
        if equal >= 0 and _FORM_WORD.match(text, equal) is not None:
            return equal
        start = plus + 1
        plus = text.find(b"+", start)
    return -1


def pattern_of(text: bytes) -> re.Pattern[bytes]:
    """The escapes of this text: quoted-printable and ``+`` mean something in some texts only."""
    if b"=" not in text or b"=\\n" in text or b"=\\r" in text:
        return ESCAPE  # where line feeds are escaped, that is to be undone before what stands within
    if _ODD.search(text[:-1] if text.endswith(b"\n") else text) is not None:
        return _PRINTABLE if _BARE_SIGN.search(text) is None else _PARTLY
    return _FORM if has_form(text) else ESCAPE


class Undone(NamedTuple):
    """Texts without their escapes; ``with_pluses`` those of a form by their numbers, with each ``+`` as it is."""

    texts: list[bytes]
    with_pluses: dict[int, bytes]


def undone(texts: list[bytes], quote: bytes) -> Undone:
    """Each text without its escapes, once; most are decoded at one stroke."""
    whole = b"\n".join(texts)
    printable: dict[int, bytes] = {}
    forms: dict[int, bytes] = {}
    if _ODD.search(whole) is not None or _may_have_form(whole):
        texts = list(texts)
        for number, text in enumerate(texts):
            form = pattern_of(text)
            if form is _FORM:
                forms[number] = text
                texts[number] = _BLANK_PLUS.sub(b" ", text)
            elif form is _PRINTABLE or form is _PARTLY:
                printable[number] = form.sub(lambda found: shown(found, quote), text)
                texts[number] = b""
    decoded = _decoded_together(texts, quote)
    for number, text in printable.items():
        decoded[number] = text
    with_pluses = _decoded_together(list(forms.values()), quote) if forms else ()
    return Undone(decoded, dict(zip(forms, with_pluses, strict=True)))


def _decoded_together(texts: list[bytes], quote: bytes) -> list[bytes]:
    decoded = _decoded_usual(_BETWEEN.join(texts), quote).split(_BETWEEN)
    if len(decoded) == len(texts):
        return decoded
    return [_decoded_usual(each, quote) for each in texts]  # they hold what should stand between them


def _decoded_usual(text: bytes, quote: bytes) -> bytes:
    """The same as ``ESCAPE.sub``: first what always stands for the same, which is many times faster."""
    if b"\\" in text:
        if b"\\/" in text:
            text = _SLASHED.sub(b"/", text)  # as many backslashes as there are, or the way back is another one
        for escape, sign in _CONSTANT:
            text = escape.sub(sign, text)
    if any(sign in text and form.search(text) is not None for sign, form in _CODED):
        return ESCAPE.sub(lambda found: shown(found, quote), text)
    if b"%" not in text:
        return text
    text = text.replace(b"%22", quote)
    for code, sign in _COMMON:
        text = text.replace(code, sign)
    return unquote_to_bytes(text)


def readable(text: bytes, *, joins: bool = True) -> bytes:
    """A short stretch of a text without its escapes, undone as often as need be.

    With ``joins`` a ``=`` at the end of a line is a soft line break of quoted-printable; else it may end a Base64 run.
    """
    is_printable = False
    for _ in range(DEPTH):
        if _ANY_SIGN.search(text) is None:
            break
        pattern = pattern_of(text)
        if is_printable and pattern in (_PRINTABLE, _PARTLY):
            pattern = ESCAPE  # "=" at the end of a line was an octet before
        is_printable = is_printable or pattern in (_PRINTABLE, _PARTLY)
        if not joins:
            text = text.replace(b"=\r\n", b"\r\n").replace(b"=\n", b"\n")
        plain = pattern.sub(_sign, text)
        if plain == text:
            break
        text = plain
    return text.replace(b"#012", b"\n")


def shown(found: re.Match[bytes], quote: bytes) -> bytes:
    """What one escape stands for; an escaped ``"`` is shown as ``quote``."""
    plain = _sign(found)
    return quote if plain == b'"' else plain


def _sign(found: re.Match[bytes]) -> bytes:
    if found["named"] is not None:
        return _NAMED[found["named"]]
    if found["slash"] is not None:
        return b"/"
    if found["control"] is not None:
        return _CONTROLS[found["control"]]
    if found["nothing"] is not None:
        return b""
    if found["octets"] is not None:
        return bytes.fromhex(_NEXT_OCTET.sub(b"", found["octets"]).decode())
    if found["json"] is not None or found["python"] is not None:
        return chr(int(found["json"] or found["python"], 16)).encode("utf-8", "surrogatepass")
    groups = found.groupdict()
    if groups.get("soft") is not None:
        return b""
    if groups.get("blank") is not None:
        return b" "
    if groups.get("octet") is not None:
        return bytes((int(groups["octet"], 16),))
    decimal, hexadecimal = found["decimal"], found["percent"] or found["hexadecimal"]
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    return bytes((code,)) if code < 256 else b"?"
