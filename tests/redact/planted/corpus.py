"""All the documents of one seed: every shape in every structure, each in some format of logs, with what must stay."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from tests.benchmarks.corpus_lines import Draws
from tests.redact.planted.containers import CONTAINERS, Container
from tests.redact.planted.keepsakes import lookalike, protected
from tests.redact.planted.making import Planted, Shape
from tests.redact.planted.pieces import Document, Pieces, document, plain, secret, words
from tests.redact.planted.shapes import SHAPES
from tests.redact.planted.structures import STRUCTURES, Field, Structure

_DEEPEST = 4
_FOR_LINES = frozenset(
    [
        "prose",
        "json",
        "json-ascii",
        "json-pretty",
        "json-in-json",
        "json-2-deep",
        "json-u00xx",
        "form",
        "query",
        "percent-twice",
        "json-percent",
        "html-named",
        "xml-elements",
        "multipart",
        "printable-json",
        "shell-single",
        "python",
    ]
)
"""Structures that can hold a value of several lines."""
_FOR_OPTIONS = frozenset(["password", "client-secret", "api-key", "access-token", "aws-secret"])
_OF_WORDS = frozenset(("java", "go", "text-plus", "text-percent-20"))
"""Structures in which nothing tells where a value with blanks ends."""


def can_stand(shape: Shape, made: Planted, structure: Structure) -> bool:
    """False where no reader, human or not, could tell that this is a secret, or where it ends."""
    if structure.name == "prose":
        return made.is_bare and not shape.is_multiline
    if structure.name == "java-quoted" and any("'" in piece.text for piece in made.value):
        return False
    if structure.name == "options":
        return shape.name in _FOR_OPTIONS
    if shape.is_multiline:
        return structure.name in _FOR_LINES
    return made.is_bare or not shape.has_blanks or structure.name not in _OF_WORDS


def _containers(structure: Structure) -> list[Container]:
    return [
        each
        for each in CONTAINERS
        if structure.depth + each.depth <= _DEEPEST
        and (each.is_whole or not structure.is_multiline)
        and not (each.name == "access" and structure.name.startswith("printable"))
    ]


def fields_around(draws: Draws, planted: Planted) -> tuple[Field, ...]:
    """The secret's field among two that support needs and a decoy."""
    before, after, between = protected(draws), protected(draws), lookalike(draws)
    rows = [Field(*before), Field(planted.name, planted.value), Field(*after)]
    rows.insert(draws.below(4), Field(*between))
    return tuple(rows)


def tagged(pieces: Pieces, tag: str) -> Pieces:
    """The same parts, the secrets among them marked with the shape they are of."""
    return tuple(piece._replace(tag=tag) if piece.role == "secret" else piece for piece in pieces)


def one(seed: object, shape: Shape, structure: Structure) -> Document | None:
    """One shape in one structure, in the format that the seed decides; None where it cannot stand there."""
    draws = Draws("planted", seed, shape.name, structure.name)
    made = shape.make(draws)
    if not can_stand(shape, made, structure):
        return None
    fields = fields_around(draws, made._replace(value=tagged(made.value, shape.name)))
    container = draws.pick(_containers(structure) or CONTAINERS[2:3])
    name = f"{seed}/{shape.name}/{structure.name}/{container.name}"
    return document(name, container.write(draws, structure.write(draws, fields)))


def every(seed: object, share: int = 1) -> Iterator[Document]:
    """Every shape in every structure, or one in ``share`` of them; which ones is the seed's choice."""
    chosen = Draws("planted", seed, "share")
    for shape in SHAPES:
        for structure in STRUCTURES:
            if chosen.below(share):
                continue
            found = one(seed, shape, structure)
            if found is not None:
                yield found


def seen_elsewhere(seed: object) -> Iterator[Document]:
    """What is named once and later stands in Base64 and Base64url; credentials bare as well."""
    for shape in SHAPES:
        draws = Draws("planted", seed, shape.name, "elsewhere")
        made = shape.make(draws)
        if made.is_bare or len(made.value) != 1 or shape.name not in (_CREDENTIALS | _PERSONAL):
            continue
        value = plain(made.value)
        raw = value.encode()
        forms = {
            "base64": base64.b64encode(raw).decode(),
            "base64url": base64.urlsafe_b64encode(raw).decode().rstrip("="),
            "pair": base64.b64encode(b"shop-7:" + raw).decode(),
            "within": base64.b64encode(b'{"a":"' + raw + b'","b":1}').decode(),
            "bare": value,
        }
        if shape.name in _PERSONAL:
            forms = {form: written for form, written in forms.items() if form in ("pair", "within") and len(raw) > 8}
        for form, written in forms.items():
            before, after = protected(draws), protected(draws)
            text = words(
                f"{before.name}=", before.value, f" {made.name}=", secret(value, shape.name), "\n",
                "retried with ", secret(written, f"{shape.name} {form}")._replace(plain=value),
                f" for {after.name}=", after.value, "\n",
            )  # fmt: skip
            yield document(f"{seed}/{shape.name}/elsewhere/{form}", text)


_CREDENTIALS = frozenset(
    [
        "client-secret",
        "client-secret-base64",
        "subscription-key",
        "api-key",
        "api-key-guid",
        "access-token",
        "password",
        "webhook-secret-by-name",
        "aws-secret",
        "private-key-by-name",
        "code-verifier",
    ]
)
_PERSONAL = frozenset(
    ["card-by-name", "iban-by-name", "mail-by-name", "phone-by-name", "name", "first-name", "street", "device-id"]
)
"""Found in Base64 of a text that is long enough to be told from an id."""
