"""A name that is known is masked in capitals and with the letters of ASCII alone, and no word of a language with it."""

from __future__ import annotations

import io

import pytest

from bundler.providers import load
from bundler.redact import scrub
from bundler.redact.respelling import respelled

VIPPS = load("vipps-mobilepay")


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("Torbjørn", "TORBJØRN Torbjoern TORBJOERN Torbjorn TORBJORN"),
        ("Odd", "ODD"),
        ("Post", ""),
        ("Wim Post", "WIM_POST wim_post"),
        ("KARI O'HARA-LIE", "Kari_O'Hara-Lie kari_o'hara-lie"),
        ("ØYVIND", "Øyvind OYVIND Oyvind OEYVIND Oeyvind"),
        ("Åsa Öberg", "ÅSA_ÖBERG åsa_öberg Aasa_Oeberg AASA_OEBERG aasa_oeberg Asa_Oberg ASA_OBERG asa_oberg"),
        ("Guðrún", "GUÐRÚN Gudrun GUDRUN"),
        ("Storgata 1", "STORGATA_1 storgata_1"),
    ],
)
def test_other_spellings(name: str, others: str) -> None:
    assert {each.decode() for each in respelled(name.encode())} == {each.replace("_", " ") for each in others.split()}


def test_they_are_masked_wherever_they_stand() -> None:
    said = (
        '{"firstName": "Torbjørn", "lastName": "Aasmundsen", "streetAddress": "Åsveien 1"}\n'
        "receipt for TORBJØRN AASMUNDSEN, ÅSVEIEN 1; torbjoern is no name, Torbjoern is, TORBJORNSEN is another\n"
        "posted to aasveien 1\n"
    )
    sink = io.BytesIO()
    scrub(io.BytesIO(said.encode()), sink, VIPPS)
    assert sink.getvalue().decode() == (
        '{"firstName": "[name-1]", "lastName": "[name-2]", "streetAddress": "[address-1]"}\n'
        "receipt for [name-1] [name-2], [address-1]; torbjoern is no name, [name-1] is, TORBJORNSEN is another\n"
        "posted to [address-1]\n"
    )
