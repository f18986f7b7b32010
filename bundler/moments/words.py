"""The words of time in English, Danish, Norwegian, Swedish, Finnish and German, as data.

All are written as ``normal.fold`` leaves them: lower case, without accents (``i gar`` for ``i går``).
"""

from __future__ import annotations

from collections.abc import Mapping


def _numbered(*spellings: str) -> Mapping[str, int]:
    return {word: number for number, line in enumerate(spellings) for word in line.split()}


MONTHS = _numbered(
    "",
    "jan january januar januari tammikuu tammikuuta tammi janner",
    "feb february februar februari helmikuu helmikuuta helmi feber",
    "mar march mars marts marz maaliskuu maaliskuuta maalis mrz",
    "apr april huhtikuu huhtikuuta huhti",
    "may maj mai toukokuu toukokuuta touko",
    "jun june juni kesakuu kesakuuta kesa",
    "jul july juli heinakuu heinakuuta heina",
    "aug august augusti elokuu elokuuta elo",
    "sep sept september syyskuu syyskuuta syys",
    "oct october oktober okt lokakuu lokakuuta loka",
    "nov november marraskuu marraskuuta marras",
    "dec december dezember desember dez des joulukuu joulukuuta joulu",
)

WEEKDAYS = _numbered(
    "mon monday man mandag mandags maanantai maanantaina ma montag mo",
    "tue tues tuesday tir tirsdag tirsdags tys tysdag tis tisdag tisdags tiistai tiistaina ti dienstag di",
    "wed weds wednesday ons onsdag onsdags keskiviikko keskiviikkona ke mittwoch mi",
    "thu thur thurs thursday tor tors torsdag torsdags torstai torstaina to donnerstag do",
    "fri friday fre fredag fredags perjantai perjantaina pe freitag fr",
    "sat saturday lor lordag lordags laurdag lauantai lauantaina la samstag sonnabend sa",
    "sun sunday son sondag sondags sunnuntai sunnuntaina su sonntag so",
)

DAYS_BACK: Mapping[str, int] = {
    **dict.fromkeys(("today", "i dag", "idag", "tanaan", "heute", "this morning", "i morges", "i morse"), 0),
    **dict.fromkeys(("yesterday", "i gar", "igar", "i gaar", "igaar", "eilen", "gestern"), 1),
    **dict.fromkeys(
        ("the day before yesterday", "i forgars", "iforgars", "i forgaars", "i forrgar", "toissapaivana", "vorgestern"),
        2,
    ),
}

NOW = frozenset(
    ("now", "right now", "just now", "nu", "lige nu", "na", "akkurat na", "just nu", "nyt", "juuri nyt", "jetzt")
)

LAST = frozenset(
    ("last", "on", "this", "sidste", "forrige", "i", "pa", "sist", "siste", "forra", "viime", "letzten", "am")
)
"""Words before a weekday that say no more than "the one just past"."""

AGO = (
    ("", "ago"),
    ("for", "siden"),
    ("for", "sidan"),
    ("for", "sedan"),
    ("", "siden"),
    ("", "sedan"),
    ("", "sitten"),
    ("vor", ""),
)
"""What stands before and after a length of time that is counted back."""

_UNITS = (
    (1, "s sec secs second seconds sek sekund sekunder sekunti sekuntia sekunde sekunden"),
    (60, "m min mins minute minutes minut minutter minutt minuter minuutti minuuttia minuten"),
    (3600, "h hr hrs hour hours t time timer timme timmar tim tunti tuntia stunde stunden std"),
    (86400, "d day days dag dage dager dagar paiva paivaa pv tag tage tagen"),
    (7 * 86400, "w week weeks uge uger uke uker vecka veckor viikko viikkoa woche wochen"),
)
SECONDS_IN = {word: seconds for seconds, words in _UNITS for word in words.split()}

ONE = frozenset(("a", "an", "one", "en", "et", "ett", "ei", "yksi", "ein", "eine", "einer", "einem"))

CLOCK_PREFIXES = ("kl.", "kl", "klokken", "klokka", "klockan", "klo.", "klo", "um", "at", "@")
CLOCK_SUFFIXES = ("uhr", "o'clock")
