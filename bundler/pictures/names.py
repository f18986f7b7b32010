"""A file name for a picture that every system, mail program and archive takes."""

from __future__ import annotations

import re
import unicodedata

from bundler.pictures.formats import OutputFormat

# letters that Unicode does not take apart
_SPELT_OUT = str.maketrans({"æ": "ae", "ø": "o", "ß": "ss", "ð": "d", "þ": "th", "Æ": "Ae", "Ø": "O", "ł": "l"})
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")
# names that Windows keeps for devices, whatever the ending
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)


def safe_name(source: str, form: OutputFormat) -> str:
    """A name of ``A-Z a-z 0-9 . _ -`` only, from the last part of ``source``, with the ending that fits ``form``."""
    last = source.replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = unicodedata.normalize("NFKD", last.translate(_SPELT_OUT)).encode("ascii", "ignore").decode()
    stem = _UNSAFE.sub("-", _ENDING.sub("", plain)).strip("-")[:60].rstrip("-")
    if not stem or _DEVICE.fullmatch(stem):
        stem = f"picture-{stem}".rstrip("-")
    return f"{stem}.{'png' if form == 'png' else 'jpg'}"
