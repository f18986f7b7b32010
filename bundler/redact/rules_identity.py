"""Rules for national identity numbers: by their check digits, by a word before them, by the name of the field."""

from __future__ import annotations

from bundler.redact.proofs import has_digits, is_fodselsnummer, is_hetu, is_nordic_id
from bundler.redact.rule import Rank, Rule
from bundler.redact.shapes import birth_number, digits, national_id_in_context

_SPECIFIED = "Vipps MobilePay specifications, userDetails, userinfo and address callback"

IDENTITY_RULES: tuple[Rule, ...] = (
    Rule(
        name="fodselsnummer",
        kind="national-id",
        what="Norwegian national identity numbers by their check digits",
        source="Skatteetaten, national identity number; python-stdnum",
        rank=Rank.CHECKED,
        view="folded",
        anchors=(rb"00000000+",),
        locate=digits(11, 11),
        proof=is_fodselsnummer,
        hits=("15108695088",),
        misses=("15108695077", "17123456981", "12345678901"),
    ),
    Rule(
        name="grouped-fodselsnummer",
        kind="national-id",
        what="the same, written as six and five digits",
        source="Skatteetaten, national identity number",
        rank=Rank.CHECKED,
        view="folded",
        anchors=(rb"000000 00000",),
        locate=digits(12, 12),
        proof=is_fodselsnummer,
        hits=("151086 95088",),
        misses=("151086 95077",),
    ),
    Rule(
        name="hetu",
        kind="national-id",
        what="Finnish personal identity codes by their check character",
        source="Digital and Population Data Services Agency, personal identity code",
        rank=Rank.CHECKED,
        view="folded",
        anchors=(rb"000000[-+a-fu-y]000[0-9a-y]",),
        locate=birth_number,
        proof=is_hetu,
        hits=("131052-308T",),
        misses=("131052-308U", "310252-308Y"),
    ),
    Rule(
        name="nordic-birth-number",
        kind="national-id",
        what="Danish and Swedish personal numbers with their separator: a date, and Luhn for the Swedish",
        source="CPR-kontoret, CPR number (check digit given up in 2007); Skatteverket, personnummer",
        rank=Rank.CHECKED,
        view="folded",
        anchors=(rb"000000[-+a-fu-y]000[0-9a-y]",),
        locate=birth_number,
        proof=is_nordic_id,
        hits=("211062-5629", "19811228-9874", "880320-0016"),
        misses=("451362-5629", "20240131-1234", "990199-1234"),
    ),
    Rule(
        name="national-id-in-context",
        kind="national-id",
        what="bare numbers of 10 or 12 digits after a word for personal numbers",
        source="CPR-kontoret; Skatteverket",
        rank=Rank.CHECKED,
        view="folded",
        anchors=(rb"00000000+",),
        locate=national_id_in_context,
        proof=is_nordic_id,
        hits=("the CPR of the payer is «2110625629»",),
        misses=("created at 1712345698", "cpr check took 1312345698999 ns"),
    ),
    Rule(
        name="national-id-by-name",
        kind="national-id",
        what="national identity numbers by name",
        source=_SPECIFIED,
        rank=Rank.KEYED,
        keys=("ssn", "nin", "cpr", "hetu", "fnr", "nnin", "pesel", "personnr"),
        endings=(
            "nationalid",
            "nationalidentitynumber",
            "personnummer",
            "personalnumber",
            "personalidentitycode",
            "fodselsnummer",
            "fødselsnummer",
            "u00f8dselsnummer",  # the same in JSON without other alphabets
            "cprnumber",
            "socialsecuritynumber",
            "nationalidnumber",
        ),
        fits=has_digits(4),
        hits=("12345678901",),
        misses=("ssn: required", "nin=null"),
    ),
)
