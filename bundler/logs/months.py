"""Names of months and halves of the day as programs write them in the languages of Northern Europe."""

from __future__ import annotations

_STEMS = (
    ("jan", "tammi"),
    ("feb", "helmi"),
    ("mar", "mrt", "mär", "maalis"),
    ("apr", "huhti"),
    ("maj", "mai", "may", "maí", "mei", "touko"),
    ("jun", "jún", "kesä"),
    ("jul", "júl", "heinä"),
    ("aug", "ágú", "elo"),
    ("sep", "syys"),
    ("okt", "oct", "loka"),
    ("nov", "nóv", "marras"),
    ("dec", "des", "dez", "joulu"),
)
"""How their names begin in Danish, Norwegian, Swedish, German, Dutch, English, Icelandic and Finnish."""
_NUMBERS = {stem: number for number, stems in enumerate(_STEMS, 1) for stem in stems}
_LONGEST_FIRST = sorted(_NUMBERS, key=lambda stem: -len(stem))

NAME = "".join(
    (
        "(?:",
        "|".join(f"(?:{stem[0]}|{stem[0].upper()}){stem[1:]}" for stem in _LONGEST_FIRST),
        r")[a-zäöåíúá]{0,9}\.?",
    )
)
"""A pattern of them, short or long."""
HALF = r"(?:[AP]\.?M\.?|[FE]M|[FE]\.H\.|[AI]P\.|FORMIDDAG|ETTERMIDDAG)"
"""A pattern of what stands for AM and PM: FM and EM in Swedish, AP. and IP. in Finnish."""


def month_of(name: str) -> int:
    """The number of a month; raises ``KeyError`` for no month."""
    folded = name.lower()
    return _NUMBERS[next((stem for stem in _LONGEST_FIRST if folded.startswith(stem)), folded)]


def is_afternoon(half: str) -> bool:
    """Whether what ``HALF`` knows stands for PM."""
    return half[0] in "PEI"
