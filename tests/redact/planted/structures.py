"""The ways in which fields are written down: each takes names with their values and gives one text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted.pieces import (
    Piece,
    Pieces,
    as_ascii_json,
    as_form,
    as_html,
    as_json,
    as_numeric_html,
    as_percent,
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


def _is_bare_number(value: Pieces) -> bool:
    return len(value) == 1 and _NUMBER.fullmatch(value[0].text) is not None


def json_object(draws: Draws, fields: Fields, *, indent: str = "", ascii_only: bool = False) -> Pieces:
    """A JSON object; numbers now and then without quotes."""
    encode = as_ascii_json if ascii_only else as_json
    rows: list[Pieces] = []
    for name, value in fields:
        if plain(value) == "null" or (_is_bare_number(value) and draws.below(2)):
            rows.append(words(f'"{name}": ', value))
        else:
            rows.append(words(f'"{name}": "', encoded(value, encode), '"'))
    if indent:
        return words(f"{{\n{indent}", joined(rows, f",\n{indent}"), "\n}")
    return words("{", joined(rows, draws.pick((", ", ","))), "}")


def in_string(pieces: Pieces, name: str = "body") -> Pieces:
    """A text as a JSON string in a JSON object."""
    return words(f'{{"ok":false,"{name}":"', encoded(pieces, as_json), '","n":7}')


def _json(draws: Draws, fields: Fields) -> Pieces:
    return json_object(draws, fields)


def _json_ascii(draws: Draws, fields: Fields) -> Pieces:
    return json_object(draws, fields, ascii_only=True)


def _json_pretty(draws: Draws, fields: Fields) -> Pieces:
    return json_object(draws, fields, indent="  ")


def _json_1(draws: Draws, fields: Fields) -> Pieces:
    return in_string(json_object(draws, fields))


def _json_2(draws: Draws, fields: Fields) -> Pieces:
    return in_string(_json_1(draws, fields), "outer")


def _json_3(draws: Draws, fields: Fields) -> Pieces:
    return in_string(_json_2(draws, fields), "message")


def _json_escaped(draws: Draws, fields: Fields) -> Pieces:
    encode = with_unicode_escapes(draws, draws.pick((1, 2, 5)))
    rows = [
        words(f'"{name}":"', encoded(value, encode if _holds_a_secret(value) else as_json), '"')
        for name, value in fields
    ]
    return words("{", joined(rows, ","), "}")


def _json_slashes(draws: Draws, fields: Fields) -> Pieces:
    rows = [
        words(f'"{name}":"', encoded(value, lambda text: as_ascii_json(text).replace("/", "\\/")), '"')
        for name, value in fields
    ]
    return words("{", joined(rows, ","), "}")


def _json_list(draws: Draws, fields: Fields) -> Pieces:
    rows = [words(f'{{"name":"{name}","value":"', encoded(value, as_json), '"}') for name, value in fields]
    return words("[", joined(rows, draws.pick((",", ", "))), "]")


def _json_of_lists(draws: Draws, fields: Fields) -> Pieces:
    rows = [words(f'"{name}":["', encoded(value, as_json), '"]') for name, value in fields]
    return words("{", joined(rows, ","), "}")


def _quoted_where_needed(value: Pieces) -> Pieces:
    text = plain(value)
    return words('"', encoded(value, as_json), '"') if _UNSAFE.search(text) else value


def _assigned(draws: Draws, fields: Fields) -> Pieces:
    return joined([words(f"{name}=", _quoted_where_needed(value)) for name, value in fields], " ")


def _glued(draws: Draws, fields: Fields) -> Pieces:
    separator = draws.pick((",", ";", "|", ", ", " | "))
    return joined([words(f"{name}=", _quoted_where_needed(value)) for name, value in fields], separator)


def _headers(draws: Draws, fields: Fields) -> Pieces:
    return joined([words(f"{name}: ", value) for name, value in fields], draws.pick(("\r\n", "\n")))


def _colons(draws: Draws, fields: Fields) -> Pieces:
    return joined([words(f"{name}: ", _quoted_where_needed(value)) for name, value in fields], ", ")


def _prose(draws: Draws, fields: Fields) -> Pieces:
    """The secret stands bare; what is only known by its name has it."""
    rows = [
        words(draws.pick(("saw ", "got ", "for ")), value if _holds_a_secret(value) else words(f"{name}=", value))
        for name, value in fields
    ]
    return joined(rows, draws.pick((" then ", ", ", "; ")))


def _holds_a_secret(value: Pieces) -> bool:
    return any(piece.role == "secret" for piece in value)


def _form(draws: Draws, fields: Fields) -> Pieces:
    return joined([words(f"{as_form(name)}=", encoded(value, as_form)) for name, value in fields], "&")


def _query(draws: Draws, fields: Fields) -> Pieces:
    pairs = joined([words(f"{name}=", encoded(value, as_percent)) for name, value in fields], "&")
    return words("GET /v1/search?", pairs, " HTTP/1.1")


def _twice(draws: Draws, fields: Fields) -> Pieces:
    once = joined([words(f"{name}=", encoded(value, as_percent)) for name, value in fields], "&")
    return words("GET /r?next=%2Fback%3F", encoded(once, as_percent), "&x=1 HTTP/1.1")


def _text_in_query(draws: Draws, fields: Fields) -> Pieces:
    return words("GET /log?msg=", encoded(_headers_in_line(fields), as_percent), "&v=2 HTTP/1.1")


def _text_in_form(draws: Draws, fields: Fields) -> Pieces:
    return words("msg=", encoded(_headers_in_line(fields), as_form), "&v=2")


def _headers_in_line(fields: Fields) -> Pieces:
    return joined([words(f"{name}: ", value) for name, value in fields], " | ")


def _json_in_query(draws: Draws, fields: Fields) -> Pieces:
    return words("POST /cb?data=", encoded(json_object(draws, fields), as_percent), "&v=2 HTTP/1.1")


def _json_in_form(draws: Draws, fields: Fields) -> Pieces:
    return words("payload=", encoded(json_object(draws, fields), as_form), "&v=2")


def _json_in_html(draws: Draws, fields: Fields) -> Pieces:
    return words('<div data-state="', encoded(json_object(draws, fields), as_html), '">')


def _json_in_numeric_html(draws: Draws, fields: Fields) -> Pieces:
    return words("<pre>", encoded(json_object(draws, fields), as_numeric_html), "</pre>")


def _elements(draws: Draws, fields: Fields) -> Pieces:
    prefix = draws.pick(("", "ns:", "soap."))
    prefix = "" if "." in prefix else prefix
    rows = [words(f"<{prefix}{name}>", encoded(value, as_html), f"</{prefix}{name}>") for name, value in fields]
    return words("<request>", joined(rows, ""), "</request>")


def _attributes(draws: Draws, fields: Fields) -> Pieces:
    rows = [words(f'{name}="', encoded(value, as_html), '"') for name, value in fields]
    return words("<call ", joined(rows, " "), "/>")


def _element_pairs(draws: Draws, fields: Fields) -> Pieces:
    rows = [words(f'<add key="{name}" value="', encoded(value, as_html), '"/>') for name, value in fields]
    return words("<settings>", joined(rows, ""), "</settings>")


def _hidden_inputs(draws: Draws, fields: Fields) -> Pieces:
    rows = [
        words(f'<input type="hidden" name="{name}" value="', encoded(value, as_html), '">') for name, value in fields
    ]
    return joined(rows, "")


def _multipart(draws: Draws, fields: Fields) -> Pieces:
    rows = [
        words(f'--b7c1\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n', value, "\r\n")
        for name, value in fields
    ]
    return words(joined(rows, ""), "--b7c1--")


def _printable(draws: Draws, fields: Fields) -> Pieces:
    return encoded(_headers(draws, fields), as_quoted_printable)


def _printable_json(draws: Draws, fields: Fields) -> Pieces:
    return encoded(json_object(draws, fields), as_quoted_printable)


def _printable_form(draws: Draws, fields: Fields) -> Pieces:
    return encoded(_assigned(draws, fields), as_quoted_printable)


def _printable_broken(draws: Draws, fields: Fields) -> Pieces:
    """Quoted-printable with soft line breaks wherever a line grows to 76 characters, within values too."""
    width, rows = 0, [Piece("Content-Transfer-Encoding: quoted-printable\r\n\r\n")]
    for piece in _printable_json(draws, fields):
        text = ""
        for sign in re.findall(r"=[0-9A-F]{2}|\r?\n|[\s\S]", piece.text):
            if "\n" in sign:
                width = 0
            elif width + len(sign) > 75:
                text, width = f"{text}=\r\n", 0
            text, width = text + sign, width + len(sign)
        rows.append(piece._replace(text=text))
    return tuple(rows)


def _shell_single(draws: Draws, fields: Fields) -> Pieces:
    return words("curl -d '", encoded(json_object(draws, fields), as_shell_single), "' https://api.example.com/x")


def _shell_double(draws: Draws, fields: Fields) -> Pieces:
    return words('curl -d "', encoded(json_object(draws, fields), as_shell_double), '" https://api.example.com/x')


def _shell_headers(draws: Draws, fields: Fields) -> Pieces:
    rows = [words(f"-H '{name}: ", encoded(value, as_shell_single), "'") for name, value in fields]
    return words("curl https://api.example.com/x ", joined(rows, draws.pick((" ", " \\\n  "))))


def _shell_ansi(draws: Draws, fields: Fields) -> Pieces:
    body = encoded(json_object(draws, fields), lambda text: text.replace("\\", "\\\\").replace("'", "\\'"))
    return words(
        "curl --data-raw $'", encoded(body, lambda text: text.replace("\n", "\\n")), "' https://api.example.com"
    )


def _exports(draws: Draws, fields: Fields) -> Pieces:
    rows = [
        words(f"export {re.sub(r'[^A-Za-z0-9_]', '_', name)}='", encoded(value, as_shell_single), "'")
        for name, value in fields
    ]
    return joined(rows, "\n")


def _coloured(draws: Draws, fields: Fields) -> Pieces:
    rows = [words(f"\x1b[36m{name}\x1b[0m=\x1b[33m", _quoted_where_needed(value), "\x1b[0m") for name, value in fields]
    return joined(rows, " ")


def _coloured_json(draws: Draws, fields: Fields) -> Pieces:
    rows = [
        words(f'\x1b[34;1m"{name}"\x1b[0m\x1b[1;39m:\x1b[0m \x1b[0;32m"', encoded(value, as_json), '"\x1b[0m')
        for name, value in fields
    ]
    return words("{", joined(rows, ", "), "}")


def _python(draws: Draws, fields: Fields) -> Pieces:
    rows = [words(f"'{name}': '", encoded(value, lambda text: repr(f'"{text}')[2:-1]), "'") for name, value in fields]
    return words("sent {", joined(rows, ", "), "}")


def _tuples(draws: Draws, fields: Fields) -> Pieces:
    rows = [words(f"('{name}', '", encoded(value, lambda text: repr(f'"{text}')[2:-1]), "')") for name, value in fields]
    return words("headers [", joined(rows, ", "), "]")


def _hash(draws: Draws, fields: Fields) -> Pieces:
    rows = [words(f'"{name}" => "', encoded(value, as_json), '"') for name, value in fields]
    return words("{", joined(rows, ", "), "}")


def _java(draws: Draws, fields: Fields) -> Pieces:
    return words("Request{", joined([words(f"{name}=", value) for name, value in fields], ", "), "}")


def _java_quoted(draws: Draws, fields: Fields) -> Pieces:
    return words("Request[", joined([words(f"{name}='", value, "'") for name, value in fields], ", "), "]")


def _go(draws: Draws, fields: Fields) -> Pieces:
    return words("map[", joined([words(f"{name}:[", value, "]") for name, value in fields], " "), "]")


def _yaml(draws: Draws, fields: Fields) -> Pieces:
    rows = [words(f"  {name}: ", _quoted_where_needed(value)) for name, value in fields]
    return words("request:\n", joined(rows, "\n"))


def _ini(draws: Draws, fields: Fields) -> Pieces:
    return words("[default]\n", joined([words(f"{name} = ", value) for name, value in fields], "\n"))


def _options(draws: Draws, fields: Fields) -> Pieces:
    return words("run ", joined([words(f"--{name} ", _quoted_where_needed(value)) for name, value in fields], " "))


STRUCTURES: tuple[Structure, ...] = (
    Structure("assigned", _assigned),
    Structure("glued", _glued),
    Structure("headers", _headers, is_multiline=True),
    Structure("colons", _colons),
    Structure("prose", _prose, is_open=True),
    Structure("json", _json, 1),
    Structure("json-ascii", _json_ascii, 1),
    Structure("json-pretty", _json_pretty, 1, is_multiline=True),
    Structure("json-in-json", _json_1, 2),
    Structure("json-2-deep", _json_2, 3),
    Structure("json-3-deep", _json_3, 4),
    Structure("json-u00xx", _json_escaped, 1),
    Structure("json-slashes", _json_slashes, 1),
    Structure("json-pairs", _json_list, 1),
    Structure("json-lists", _json_of_lists, 1),
    Structure("form", _form, 1),
    Structure("query", _query, 1),
    Structure("percent-twice", _twice, 2),
    Structure("text-percent-20", _text_in_query, 1, is_open=True),
    Structure("text-plus", _text_in_form, 1, is_open=True),
    Structure("json-percent", _json_in_query, 2),
    Structure("json-form", _json_in_form, 2),
    Structure("html-named", _json_in_html, 2),
    Structure("html-numeric", _json_in_numeric_html, 2),
    Structure("xml-elements", _elements, 1),
    Structure("xml-attributes", _attributes, 1),
    Structure("xml-key-value", _element_pairs, 1),
    Structure("html-inputs", _hidden_inputs, 1),
    Structure("multipart", _multipart, is_multiline=True),
    Structure("printable", _printable, 1, is_multiline=True),
    Structure("printable-json", _printable_json, 2),
    Structure("printable-assigned", _printable_form, 1),
    Structure("printable-soft", _printable_broken, 2, is_multiline=True),
    Structure("shell-single", _shell_single, 1),
    Structure("shell-double", _shell_double, 2),
    Structure("shell-headers", _shell_headers, 1),
    Structure("shell-ansi-c", _shell_ansi, 2),
    Structure("shell-exports", _exports, 1, is_multiline=True),
    Structure("colours", _coloured),
    Structure("colours-json", _coloured_json, 1),
    Structure("python", _python, 1),
    Structure("tuples", _tuples, 1),
    Structure("hash", _hash, 1),
    Structure("java", _java, is_open=True),
    Structure("java-quoted", _java_quoted),
    Structure("go", _go, is_open=True),
    Structure("yaml", _yaml, is_multiline=True),
    Structure("ini", _ini, is_multiline=True),
    Structure("options", _options),
)
"""All of them; ``containers.py`` puts their texts into log lines."""
