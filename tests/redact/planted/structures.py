"""The ways in which fields are written down: each takes names with their values and gives one text."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted.making import in_base64
from tests.redact.planted.pieces import (
    Piece,
    Pieces,
    as_ascii_json,
    as_form,
    as_html,
    as_json,
    as_numeric_html,
    as_percent,
    as_python,
    as_quoted_printable,
    as_shell_double,
    as_shell_single,
    encoded,
    joined,
    plain,
    with_unicode_escapes,
    words,
)

_UNSAFE = re.compile(r"[\s\"'`,;&|<>(){}\[\]\\=]")
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")


class Field(NamedTuple):
    """A name and what stands under it."""

    name: str
    value: Pieces


Fields = tuple[Field, ...]
Write = Callable[[Draws, Fields], Pieces]


class Structure(NamedTuple):
    """A way of writing. ``depth`` counts the escapings; ``is_open`` tells that blanks in a value have no border."""

    name: str
    write: Write
    depth: int = 0
    is_open: bool = False
    is_multiline: bool = False


def rows(fields: Fields, row: str, separator: str, encode: Callable[[str], str] = str) -> Pieces:
    """All fields as ``row`` says, in which NAME and VALUE stand for theirs."""
    before, after = row.split("VALUE")
    return joined(
        [
            words(before.replace("NAME", name), encoded(value, encode), after.replace("NAME", name))
            for name, value in fields
        ],
        separator,
    )


def _listed(
    head: str, row: str, separators: str | tuple[str, ...], tail: str = "", encode: Callable[[str], str] = str
) -> Write:
    """``rows`` between ``head`` and ``tail``; of several separators the draws choose one."""

    def write(draws: Draws, fields: Fields) -> Pieces:
        separator = separators if isinstance(separators, str) else draws.pick(separators)
        return words(head, rows(fields, row, separator, encode), tail)

    return write


def _inside(head: str, inner: Write, encode: Callable[[str], str], tail: str = "") -> Write:
    """What ``inner`` writes, encoded as a whole between ``head`` and ``tail``."""
    return lambda draws, fields: words(head, encoded(inner(draws, fields), encode), tail)


def _quoted(inner: Write) -> Write:
    """The same with values in quotes where anything in them could end them."""
    return lambda draws, fields: inner(draws, tuple(Field(name, _quoted_if_unsafe(value)) for name, value in fields))


def _quoted_if_unsafe(value: Pieces) -> Pieces:
    return words('"', encoded(value, as_json), '"') if _UNSAFE.search(plain(value)) else value


def _is_bare_number(value: Pieces) -> bool:
    return len(value) == 1 and _NUMBER.fullmatch(value[0].text) is not None


def _holds_a_secret(value: Pieces) -> bool:
    return any(piece.role == "secret" for piece in value)


def json_object(draws: Draws, fields: Fields, *, indent: str = "", encode: Callable[[str], str] = as_json) -> Pieces:
    """A JSON object; numbers now and then without quotes."""
    members: list[Pieces] = []
    for name, value in fields:
        if plain(value) == "null" or (_is_bare_number(value) and draws.below(2)):
            members.append(words(f'"{name}": ', value))
        else:
            members.append(words(f'"{name}": "', encoded(value, encode), '"'))
    if indent:
        return words(f"{{\n{indent}", joined(members, f",\n{indent}"), "\n}")
    return words("{", joined(members, draws.pick((", ", ","))), "}")


def _json_ascii(draws: Draws, fields: Fields) -> Pieces:
    return json_object(draws, fields, encode=as_ascii_json)


def _json_pretty(draws: Draws, fields: Fields) -> Pieces:
    return json_object(draws, fields, indent="  ")


def _json_escaped(draws: Draws, fields: Fields) -> Pieces:
    encode = with_unicode_escapes(draws, draws.pick((1, 2, 5)))
    members = [
        words(f'"{name}":"', encoded(value, encode if _holds_a_secret(value) else as_json), '"')
        for name, value in fields
    ]
    return words("{", joined(members, ","), "}")


def _prose(draws: Draws, fields: Fields) -> Pieces:
    """The secret stands bare; what is only known by its name has it."""
    phrases = [
        words(draws.pick(("saw ", "got ", "for ")), value if _holds_a_secret(value) else words(f"{name}=", value))
        for name, value in fields
    ]
    return joined(phrases, draws.pick((" then ", ", ", "; ")))


def _form(draws: Draws, fields: Fields) -> Pieces:
    return joined([words(f"{as_form(name)}=", encoded(value, as_form)) for name, value in fields], "&")


def _elements(draws: Draws, fields: Fields) -> Pieces:
    prefix = draws.pick(("", "ns:", ""))
    return words("<request>", rows(fields, f"<{prefix}NAME>VALUE</{prefix}NAME>", "", as_html), "</request>")


def _printable_broken(draws: Draws, fields: Fields) -> Pieces:
    """Quoted-printable with soft line breaks wherever a line grows to 76 characters, within values too."""
    width, broken = 0, [Piece("Content-Transfer-Encoding: quoted-printable\r\n\r\n")]
    for piece in encoded(json_object(draws, fields), as_quoted_printable):
        text = ""
        for sign in re.findall(r"=[0-9A-F]{2}|\r?\n|[\s\S]", piece.text):
            if "\n" in sign:
                width = 0
            elif width + len(sign) > 75:
                text, width = f"{text}=\r\n", 0
            text, width = text + sign, width + len(sign)
        broken.append(piece._replace(text=text))
    return tuple(broken)


def _exports(draws: Draws, fields: Fields) -> Pieces:
    renamed = tuple(Field(re.sub(r"[^A-Za-z0-9_]", "_", name), value) for name, value in fields)
    return rows(renamed, "export NAME='VALUE'", "\n", as_shell_single)


def _with_escaped_slashes(text: str) -> str:
    return as_ascii_json(text).replace("/", "\\/")


def _as_ansi_c(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")


def _in_base64(pack: Callable[[bytes], bytes]) -> Write:
    """Each field as a packed JSON object of its own in Base64, which is masked or left as a whole."""
    return lambda _, fields: joined([words("data=", _packed(field, pack)) for field in fields], " ")


def _packed(field: Field, pack: Callable[[bytes], bytes]) -> Piece:
    text = json.dumps({field.name: plain(field.value)}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    inner = next((piece for piece in field.value if piece.role), Piece(""))
    return inner._replace(text=in_base64(pack(text)))


_assigned = _quoted(_listed("", "NAME=VALUE", " "))
_headers = _listed("", "NAME: VALUE", ("\r\n", "\n"))
_in_one_line = _listed("", "NAME: VALUE", " | ")
_encoded_pairs = _listed("", "NAME=VALUE", "&", "", as_percent)
_json_1 = _inside('{"ok":false,"body":"', json_object, as_json, '","n":7}')
_json_2 = _inside('{"ok":false,"outer":"', _json_1, as_json, '","n":7}')
_json_3 = _inside('{"ok":false,"message":"', _json_2, as_json, '","n":7}')

STRUCTURES: tuple[Structure, ...] = (
    Structure("assigned", _assigned),
    Structure("glued", _quoted(_listed("", "NAME=VALUE", (",", ";", "|", ", ", " | ")))),
    Structure("headers", _headers, is_multiline=True),
    Structure("colons", _quoted(_listed("", "NAME: VALUE", ", "))),
    Structure("prose", _prose, is_open=True),
    Structure("json", json_object, 1),
    Structure("json-ascii", _json_ascii, 1),
    Structure("json-pretty", _json_pretty, 1, is_multiline=True),
    Structure("json-in-json", _json_1, 2),
    Structure("json-2-deep", _json_2, 3),
    Structure("json-3-deep", _json_3, 4),
    Structure("json-u00xx", _json_escaped, 1),
    Structure("json-slashes", _listed("{", '"NAME":"VALUE"', ",", "}", _with_escaped_slashes), 1),
    Structure("json-pairs", _listed("[", '{"name":"NAME","value":"VALUE"}', (",", ", "), "]", as_json), 1),
    Structure("json-lists", _listed("{", '"NAME":["VALUE"]', ",", "}", as_json), 1),
    Structure("form", _form, 1),
    Structure("query", _inside("GET /v1/search?", _encoded_pairs, str, " HTTP/1.1"), 1),
    Structure("percent-twice", _inside("GET /r?next=%2Fback%3F", _encoded_pairs, as_percent, "&x=1 HTTP/1.1"), 2),
    Structure("text-percent-20", _inside("GET /log?msg=", _in_one_line, as_percent, "&v=2 HTTP/1.1"), 1, is_open=True),
    Structure("text-plus", _inside("msg=", _in_one_line, as_form, "&v=2"), 1, is_open=True),
    Structure("json-percent", _inside("POST /cb?data=", json_object, as_percent, "&v=2 HTTP/1.1"), 2),
    Structure("json-form", _inside("payload=", json_object, as_form, "&v=2"), 2),
    Structure("html-named", _inside('<div data-state="', json_object, as_html, '">'), 2),
    Structure("html-numeric", _inside("<pre>", json_object, as_numeric_html, "</pre>"), 2),
    Structure("xml-elements", _elements, 1),
    Structure("xml-attributes", _listed("<call ", 'NAME="VALUE"', " ", "/>", as_html), 1),
    Structure("xml-key-value", _listed("<settings>", '<add key="NAME" value="VALUE"/>', "", "</settings>", as_html), 1),
    Structure("html-inputs", _listed("", '<input type="hidden" name="NAME" value="VALUE">', "", "", as_html), 1),
    Structure(
        "multipart",
        _listed("", '--b7c1\r\nContent-Disposition: form-data; name="NAME"\r\n\r\nVALUE\r\n', "", "--b7c1--"),
        is_multiline=True,
    ),
    Structure("printable", _inside("", _headers, as_quoted_printable), 1, is_multiline=True),
    Structure("printable-json", _inside("", json_object, as_quoted_printable), 2),
    Structure("printable-assigned", _inside("", _assigned, as_quoted_printable), 1),
    Structure("printable-soft", _printable_broken, 2, is_multiline=True),
    Structure("shell-single", _inside("curl -d '", json_object, as_shell_single, "' https://api.example.com/x"), 1),
    Structure("shell-double", _inside('curl -d "', json_object, as_shell_double, '" https://api.example.com/x'), 2),
    Structure(
        "shell-headers",
        _listed("curl https://api.example.com/x ", "-H 'NAME: VALUE'", (" ", " \\\n  "), "", as_shell_single),
        1,
    ),
    Structure("shell-ansi-c", _inside("curl --data-raw $'", json_object, _as_ansi_c, "' https://api.example.com"), 2),
    Structure("shell-exports", _exports, 1, is_multiline=True),
    Structure("colours", _quoted(_listed("", "\x1b[36mNAME\x1b[0m=\x1b[33mVALUE\x1b[0m", " "))),
    Structure(
        "colours-json",
        _listed("{", '\x1b[34;1m"NAME"\x1b[0m\x1b[1;39m:\x1b[0m \x1b[0;32m"VALUE"\x1b[0m', ", ", "}", as_json),
        1,
    ),
    Structure("python", _listed("sent {", "'NAME': 'VALUE'", ", ", "}", as_python), 1),
    Structure("tuples", _listed("headers [", "('NAME', 'VALUE')", ", ", "]", as_python), 1),
    Structure("clojure", _listed("{", ':NAME "VALUE"', ", ", "}", as_json), 1),
    Structure("scala", _listed("Map(", "NAME -> VALUE", ", ", ")"), is_open=True),
    Structure("erlang", _listed("[", '{<<"NAME">>,<<"VALUE">>}', ",", "]", as_json), 1),
    Structure("elixir", _listed("[", '{"NAME", "VALUE"}', ", ", "]", as_json), 1),
    Structure("setters", _listed("request", '.NAME("VALUE")', "", ";", as_json), 1),
    Structure("additions", _listed("", 'headers.add("NAME", "VALUE");', " ", "", as_json), 1),
    Structure("hash", _listed("{", '"NAME" => "VALUE"', ", ", "}", as_json), 1),
    Structure("java", _listed("Request{", "NAME=VALUE", ", ", "}"), is_open=True),
    Structure("java-quoted", _listed("Request[", "NAME='VALUE'", ", ", "]")),
    Structure("go", _listed("map[", "NAME:[VALUE]", " ", "]"), is_open=True),
    Structure("yaml", _quoted(_listed("request:\n", "  NAME: VALUE", "\n")), is_multiline=True),
    Structure("ini", _listed("[default]\n", "NAME = VALUE", "\n"), is_multiline=True),
    Structure("base64", _in_base64(bytes), 1),
    Structure("base64-gzip", _in_base64(partial(gzip.compress, mtime=0)), 1),
    Structure("options", _quoted(_listed("run ", "--NAME VALUE", " "))),
)
"""All of them; ``containers.py`` puts their texts into log lines."""
